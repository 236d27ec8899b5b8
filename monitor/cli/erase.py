"""lastday erase"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from monitor.cli import DEGRADED
from monitor.cli.common import clock
from monitor.cli.folder import folder_option, opened
from monitor.core.counted import counted


@click.command()
@folder_option
@click.argument("person")
@click.option("--reason", required=True, metavar="TEXT", help="Kept on record.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
def erase(folder: Path, person: str, reason: str, *, yes: bool) -> None:
    """Erase a person: database, history, waiting and sent notices, and the exports folder. It cannot be undone.

    The audit chain keeps its rows, which know the person by a pseudonym only, and still verifies. A person under
    a legal hold is not erased. Logs and rosters that lie in the working folder are yours: delete them there too.

    \b
    Example:
      lastday erase p-7k3m9qxa --reason "left a year ago, request of 3 May" --yes
    """
    from monitor.erasing import erase as forget
    from monitor.looking import acting
    from monitor.report.safe import plain

    if not yes:
        ask_first(person)
    now = clock()
    with opened(folder) as station, acting(station, now, "erase", "erase", reason) as look:
        done = forget(look, person)
    rows = ", ".join(f"{count:,} {name}" for name, count in sorted(done.rows.items()) if count) or "nothing"
    click.echo(f"{done.who}: erased {rows}; {counted(done.rewritten, 'file')} of history written anew")
    for name in done.exports:
        click.echo(f"exports: deleted {plain(name)}")
    for why in done.left:
        click.echo(plain(why, 300), err=True)
    if done.left:
        click.get_current_context().exit(DEGRADED)


def ask_first(person: str) -> None:
    """Let somebody at a terminal think again. Raises BadInput where nobody can be asked."""
    from monitor.model import BadInput
    from monitor.report.safe import plain

    if not sys.stdin.isatty():
        raise BadInput(
            "--yes", None, "is missing: what is erased is gone for good", "add --yes, or run it at a terminal"
        )
    click.confirm(f"Erase all that is kept of {plain(person)}, for good?", abort=True)
