"""lastday doctor"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from monitor.cli import DEGRADED
from monitor.cli.common import clock
from monitor.cli.folder import folder_option, opened

MARKS = {"good": "ok  ", "look": "look", "bad": "BAD "}


@click.command()
@folder_option
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_context
def doctor(ctx: click.Context, folder: Path, form: str) -> None:
    """Tell what is broken, missing, late or silent, with the mend. Reads only; the daemon may run meanwhile.

    Exit codes: 0 all is well or only to be looked at, 3 something is bad.

    \b
    Example:
      lastday doctor -C /var/lib/lastday
    """
    from monitor.doctoring import before_the_start, examine
    from monitor.report.safe import plain
    from monitor.store.state import NotBegun

    try:
        with opened(folder) as station:
            checks = list(examine(station, clock()))
    except NotBegun:
        checks = list(before_the_start(folder))
    if form == "json":
        click.echo(json.dumps([asdict(check) for check in checks]))
    else:
        for check in checks:
            click.echo(f"{MARKS[check.state]}  {plain(check.topic)}: {plain(check.text, 600)}")
    if any(check.state == "bad" for check in checks):
        ctx.exit(DEGRADED)
