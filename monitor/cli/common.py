"""What several commands share: options, progress on stderr, output forms."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from functools import partial, wraps
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.folder import folder_option, opened
from monitor.report.safe import plain

if TYPE_CHECKING:
    from rich.progress import Progress

    from monitor.looking import Look


def file_options(command: Callable, *, required: bool = True) -> Callable:
    """--hr, --events, --config, -v: what every command over files takes; those that name profiles become `reading`."""

    @wraps(command)
    def with_reading(**given: Any) -> Any:
        named = [given.pop(name) for name in ("format_of", "roster_of", "log_timezone")]
        if not required and not given["events"]:
            return command(reading=None, **given)
        from monitor.sources.formats import read_through

        return command(reading=read_through(*named), **given)

    taking: Callable = with_reading
    for option in (
        click.option("-v", "--verbose", is_flag=True,
                     help="Tell on stderr what each step took and, but for explain, every line that was set aside."),
        click.option("--config", type=click.Path(path_type=Path), help="Settings over the shipped ones (TOML)."),
        click.option("--log-timezone", metavar="ZONE",
                     help="Zone of times without an offset. [default: as the format says]"),
        click.option("--roster-of", multiple=True, metavar="NAME[=FILE|FOLDER|GLOB]",
                     help="Profile of the rosters, e.g. workday, or my.toml; with = for some of them. "
                          "May be given often. [default: as the format says]"),
        click.option("--format-of", multiple=True, metavar="NAME[=FILE|FOLDER|GLOB]",
                     help="Profile of the logs, e.g. cert, or my.toml; with = for some of them. May be given often."),
        click.option("--events", "events", multiple=True, required=required, metavar="FILE|FOLDER|GLOB",
                     help="Action logs: JSON lines, CSV or Parquet, also .gz or .zst. May be given often."),
        click.option("--hr", "rosters", multiple=True, required=required, type=click.Path(path_type=Path),
                     metavar="FILE|FOLDER",
                     help="Roster in CSV, or a folder of monthly ones. May be given often; the first one has the say."),
    ):  # fmt: skip
        taking = option(taking)
    return taking


_read_clock = partial(datetime.now, UTC)
"""Looked up at each call, whoever imported `clock`: tests set another."""


def clock() -> datetime:
    """The time of day, aware, UTC; read once a command."""
    return _read_clock()


@contextmanager
def look_into(folder: Path, reveal: bool, reason: str | None) -> Iterator[Look]:
    """The look into a working folder that a command's options ask for."""
    from monitor.looking import open_look

    words = click.get_current_context().command_path.split()[1:]
    with (
        opened(folder) as station,
        open_look(station, clock(), command=" ".join(words), reveal=reveal, reason=reason) as look,
    ):
        yield look
        if reveal and not look.veil.shown:
            click.echo("--reveal shows the name of one person at a time: name them, as in lastday timeline", err=True)


def form_of(out: Path | None, forms: Collection[str]) -> str | None:
    """The form that a file's name ends in; None where it has no ending. Raises UsageError where it is none of these.

    >>> form_of(Path("case.PDF"), ("html", "pdf")), form_of(Path("case"), ("html", "pdf"))
    ('pdf', None)
    """
    ending = out.suffix.lower().removeprefix(".") if out else ""
    if ending and ending not in forms:
        known = ", ".join(f".{form}" for form in forms if form != "table")
        raise click.UsageError(f"'.{ending[:20]}' is no form that is written: name the file {known}, or add --format")
    return ending or None


def look_options(command: Callable) -> Callable:
    """-C, --reveal, --reason"""
    taking = command
    for option in (
        click.option("--reason", metavar="TEXT", help="Why you look; kept on record."),
        click.option("--reveal", is_flag=True, help="Show names for a while; needs --reason."),
        folder_option,
    ):
        taking = option(taking)
    return taking


def looking(command: Callable) -> Callable:
    """-C, --reveal, --reason: what every command takes that looks at people; it is given the `look`."""

    @wraps(command)
    def with_look(folder: Path, reveal: bool, reason: str | None, **given: Any) -> Any:
        with look_into(folder, reveal, reason) as look:
            return command(look=look, **given)

    return look_options(with_look)


def feedback_option(command: Callable) -> Callable:
    """--feedback"""
    told = "What was found benign, in CSV or TOML: counts less for that person or team until it expires."
    return click.option("--feedback", type=click.Path(path_type=Path), metavar="FILE", help=told)(command)


def read_time(text: str | None, option: str) -> datetime | None:
    """The time that an option gives, for a day alone its end in UTC; None where it is not given."""
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time.max, UTC)
    except ValueError:
        pass  # more than a day
    try:
        then = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"{text!r} is no time; write it as 2017-11-02T19:00:00Z", param_hint=option) from None
    if then.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no offset; write it as {text}Z or {text}+01:00", param_hint=option)
    return then


class Steps:
    """Tells the steps of long work on stderr: a bar on a terminal, timings with -v, nothing else."""

    def __init__(self, verbose: bool) -> None:
        """verbose: tell timings."""
        self.verbose, self.name, self.began = verbose, "", perf_counter()
        self.bar: Progress | None = None
        self.task: Any = None

    @contextmanager
    def shown(self) -> Iterator[Steps]:
        """While the work goes on."""
        if sys.stderr.isatty() and not self.verbose:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

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
        now = perf_counter()
        if self.verbose and self.name:
            click.echo(f"{now - self.began:6.2f} s  {self.name}", err=True)
        self.name, self.began = name, now
        if self.bar and name:
            self.bar.update(self.task, description=name, completed=0, total=None)

    def read(self, path: Path, done: int, size: int) -> None:
        """So many bytes of the file are read."""
        if self.bar:
            self.bar.update(self.task, description=f"reading {plain(path.name, 40)}", completed=done, total=size)

    def count(self, name: str, done: int, total: int) -> None:
        """One of many equal steps begins, after so many."""
        self.step(name)
        if self.bar:
            self.bar.update(self.task, completed=done, total=total)
