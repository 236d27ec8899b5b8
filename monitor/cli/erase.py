"""lastday erase"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.cli import DEGRADED
from monitor.cli.folder import folder_option, opened


@click.command()
@folder_option
@click.argument("person")
@click.option("--reason", required=True, metavar="TEXT", help="Kept on record.")
def erase(folder: Path, person: str, reason: str) -> None:
    """Erase a person: database, history, waiting and sent notices, and the exports folder. It cannot be undone.

    The audit chain keeps its rows, which know the person by a pseudonym only, and still verifies. A person under
    a legal hold is not erased. Logs and rosters that lie in the working folder are yours: delete them there too.

    \b
    Example:
      lastday erase p-7k3m9qxa --reason "left a year ago, request of 3 May"
    """
    from monitor.erasing import erase as forget
    from monitor.looking import acting
    from monitor.report.safe import plain

    now = datetime.now(UTC)
    with opened(folder) as station, acting(station, now, "erase", "erase", reason) as look:
        done = forget(look, person)
    rows = ", ".join(f"{count:,} {name}" for name, count in sorted(done.rows.items()) if count) or "nothing"
    click.echo(f"{done.pseudonym}: erased {rows}; {done.rewritten:,} files of history written anew")
    for name in done.exports:
        click.echo(f"exports: deleted {plain(name)}")
    for why in done.left:
        click.echo(why, err=True)
    if done.left:
        click.get_current_context().exit(DEGRADED)
