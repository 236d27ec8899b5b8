"""lastday requests"""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.common import clock
from monitor.cli.folder import folder_option, opened
from monitor.cli.group import Group


@click.group(cls=Group)
def requests() -> None:
    """What waits for a second person: reveals, and changes by somebody about themselves."""


@requests.command("list")
@folder_option
def show(folder: Path) -> None:
    """What waits, and reveals that are in force.

    \b
    Example:
      lastday requests list
    """
    from monitor.looking import open_look
    from monitor.report.safe import plain
    from monitor.seconding import KINDS
    from monitor.store import requests as store

    now = clock()
    with opened(folder) as station, open_look(station, now, command="requests list") as look:
        look.record("requests shown")
        with station.state.read() as connection:
            found = store.standing(connection, now, KINDS, "waiting")
            found += store.standing(connection, now, ("reveal",), "granted")
    own = look.own_pseudonyms()
    shown = False
    for request in found:
        if request.subject in own and request.made_by != look.viewer.name:
            continue
        about = " of yourself" if request.subject in own else f" of {request.subject}" if request.subject else ""
        click.echo(
            f"{request.seq}: {request.kind}{about}, {request.state} until {request.until:%Y-%m-%d %H:%MZ}, "
            f"asked by {plain(request.made_by)}: {plain(request.reason)}"
        )
        shown = True
    if not shown:
        click.echo("nothing waits, and no name is shown", err=True)


@requests.command()
@folder_option
@click.argument("number", type=int)
@click.option("--reason", metavar="TEXT", help="Kept on record.")
def approve(folder: Path, number: int, reason: str | None) -> None:
    """Agree to what another viewer asked for; nobody approves their own request, or one about themselves.

    \b
    Example:
      lastday requests approve 7
    """
    _decide(folder, number, True, reason)


@requests.command()
@folder_option
@click.argument("number", type=int)
@click.option("--reason", metavar="TEXT", help="Kept on record.")
def refuse(folder: Path, number: int, reason: str | None) -> None:
    """Turn down what another viewer asked for, or take back your own request.

    \b
    Example:
      lastday requests refuse 7 --reason "no need to know the name for this"
    """
    _decide(folder, number, False, reason)


def _decide(folder: Path, number: int, grant: bool, reason: str | None) -> None:
    from monitor.looking import open_look
    from monitor.seconding import decide

    now = clock()
    words = f"requests {'approve' if grant else 'refuse'}"
    with opened(folder) as station, open_look(station, now, command=words, reason=reason) as look:
        request = decide(look, number, grant)
    click.echo(f"{request.kind} {'granted' if grant else 'refused'}", err=True)
