"""What several commands share: options, progress on stderr, output forms."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from monitor.model import Finding
from monitor.report.safe import plain


def file_options(command: Callable) -> Callable:
    """--hr, --events, --config, -v: what every command over files takes."""
    for option in (
        click.option("-v", "--verbose", is_flag=True, help="Tell what each step took, on stderr."),
        click.option("--config", type=click.Path(path_type=Path), help="Settings over the shipped ones (TOML)."),
        click.option("--events", "events", multiple=True, required=True, metavar="FILE|FOLDER|GLOB",
                     help="Action logs: JSON lines, CSV or Parquet, also .gz or .zst. May be given often."),
        click.option("--hr", "rosters", multiple=True, required=True, type=click.Path(path_type=Path), metavar="FILE",
                     help="Roster in CSV. May be given often; the first one has the say."),
    ):  # fmt: skip
        command = option(command)
    return command


class Steps:
    """Tells the steps of long work on stderr: a bar on a terminal, timings with -v, nothing else."""

    def __init__(self, verbose: bool) -> None:
        """verbose: tell timings."""
        self.verbose, self.name, self.began = verbose, "", time.perf_counter()
        self.bar: Progress | None = None
        self.task: Any = None

    @contextmanager
    def shown(self) -> Iterator[Steps]:
        """While the work goes on."""
        if sys.stderr.isatty() and not self.verbose:
            columns = (
                TextColumn("{task.description}", markup=False),
                BarColumn(bar_width=24),
                TextColumn("{task.percentage:>3.0f} %"),
            )
            with Progress(*columns, console=Console(stderr=True), transient=True) as self.bar:
                self.task = self.bar.add_task("", total=None)
                yield self
        else:
            yield self
        self.step("")

    def step(self, name: str) -> None:
        """The next step begins; "" ends the last one."""
        now = time.perf_counter()
        if self.verbose and self.name:
            click.echo(f"{now - self.began:6.2f} s  {self.name}", err=True)
        self.name, self.began = name, now
        if self.bar and name:
            self.bar.update(self.task, description=name, completed=0, total=None)

    def read(self, path: Path, done: int, size: int) -> None:
        """So many bytes of the file are read."""
        if self.bar:
            self.bar.update(self.task, description=f"reading {plain(path.name, 40)}", completed=done, total=size)


def as_json(found: Finding) -> str:
    """A finding on one line of JSON, with every character that a terminal could obey escaped."""
    return json.dumps(asdict(found), default=_plain, ensure_ascii=True, separators=(",", ":"))


def write_findings(found: Sequence[Finding], form: str) -> None:
    """Findings on stdout as a JSON array or as JSON lines."""
    lines = [as_json(finding) for finding in found]
    sys.stdout.write("[" + ",\n".join(lines) + "]\n" if form == "json" else "".join(line + "\n" for line in lines))


def _plain(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)
