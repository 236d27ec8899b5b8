"""lastday hold"""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.common import clock
from monitor.cli.folder import folder_option, opened
from monitor.cli.group import Group


@click.group(cls=Group)
def hold() -> None:
    """Legal holds: nothing of these people is erased, by hand or by schedule."""


@hold.command()
@folder_option
@click.argument("person")
@click.option("--reason", required=True, metavar="TEXT", help="Kept on record, for example the file number.")
def add(folder: Path, person: str, reason: str) -> None:
    """Keep everything of a person.

    \b
    Example:
      lastday hold add p-7k3m9qxa --reason "case 17 C 204/26"
    """
    from monitor.looking import acting
    from monitor.store import holds

    now = clock()
    with opened(folder) as station, acting(station, now, "erase", "hold add", reason) as look:
        person_id = look.person_id(person, "erase")
        with station.state.write() as connection:
            holds.add(connection, person_id, look.blur(reason, person_id), now, look.viewer.name)
            look.note(connection, "hold", person_id)
    click.echo(f"{look.answered(person_id)} is held", err=True)


@hold.command("list")
@folder_option
def show(folder: Path) -> None:
    """Everybody who is held, since when and why.

    \b
    Example:
      lastday hold list
    """
    from monitor.looking import acting
    from monitor.report.safe import plain
    from monitor.store import holds

    with opened(folder) as station, acting(station, clock(), "erase", "hold list") as look:
        look.record("holds shown")
        with station.state.read() as connection:
            found = holds.held(connection)
    for person_id, row in found.items():
        who, why = plain(look.label(person_id)), plain(row.reason)
        click.echo(f"{who}: since {row.made_at:%Y-%m-%d}, by {plain(row.made_by)}: {why}")
    if not found:
        click.echo("nobody is held", err=True)


@hold.command()
@folder_option
@click.argument("person")
@click.option("--reason", required=True, metavar="TEXT", help="Kept on record.")
def remove(folder: Path, person: str, reason: str) -> None:
    """Let erasing and retention have their way again.

    \b
    Example:
      lastday hold remove p-7k3m9qxa --reason "the case is settled"
    """
    from monitor.looking import acting
    from monitor.model import BadInput
    from monitor.store import holds

    with opened(folder) as station, acting(station, clock(), "erase", "hold remove", reason) as look:
        person_id = look.person_id(person, "erase")
        with station.state.write() as connection:
            if not holds.remove(connection, person_id):
                raise BadInput(look.answered(person_id), None, "is not held", "see lastday hold list")
            look.note(connection, "hold removed", person_id)
    click.echo(f"{look.answered(person_id)} is held no more", err=True)
