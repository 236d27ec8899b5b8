"""lastday silence"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli import DEGRADED
from monitor.cli.common import clock
from monitor.cli.folder import folder_option, opened
from monitor.cli.group import Group

if TYPE_CHECKING:
    from monitor.looking import Look

LONGEST_DAYS = 30
SHOWN = 20
"""So many departments are named to whom names another."""


@click.group(cls=Group)
def silence() -> None:
    """Keep notices back for a while; what happened meanwhile is told when it ends."""


@silence.command()
@folder_option
@click.option("--person", help="About this person: their pseudonym.")
@click.option("--department", help="About everybody in this department.")
@click.option("--everybody", is_flag=True, help="About everybody.")
@click.option(
    "--hours",
    type=click.FloatRange(0, LONGEST_DAYS * 24, min_open=True),
    required=True,
    help="It ends after so many hours, 720 at most.",
)
@click.option("--reason", required=True, help="Kept on record.")
def add(folder: Path, person: str | None, department: str | None, everybody: bool, hours: float, reason: str) -> None:
    """Silence a person, a department or everybody.

    \b
    Example:
      lastday silence add --department Facilities --hours 48 --reason "planned office move"
    """
    from monitor import seconding
    from monitor.looking import acting
    from monitor.report.safe import plain
    from monitor.store import cases

    scopes = [
        (s, v) for s, v in (("person", person), ("department", department), ("all", "all" if everybody else None)) if v
    ]
    if len(scopes) != 1:
        raise click.UsageError("name one of --person, --department, --everybody")
    now = clock()
    with opened(folder) as station, acting(station, now, "configure", "silence add", reason) as look:
        scope, value = scopes[0]
        subject = look.person_id(value) if scope == "person" else None
        value = subject or (_known_department(look, value) if scope == "department" else value)
        told = f"{scope}{'' if person else ' ' + value} {hours:g} h"
        with station.state.write() as connection:
            if seconding.silences_own(look, scope, value):
                payload = {"scope": scope, "value": value, "hours": hours}
                seq = seconding.ask(look, connection, "silence", subject, payload)
            else:
                seq = 0
                until = now + timedelta(hours=hours)
                why = look.blur(reason, subject)
                made = cases.add_silence(connection, scope, value, now, until, why, look.viewer.name)
                look.note(connection, "silence", subject, told)
    if seq:
        click.echo(f"it touches yourself: a second person must run lastday requests approve {seq}", err=True)
        click.get_current_context().exit(DEGRADED)
    who = look.veil.pseudonym(value)
    about = {"person": f"person {who}", "department": f"department {value}", "all": "everybody"}[scope]
    click.echo(f"silence {made}: {plain(about)}, until {until:%Y-%m-%d %H:%MZ}", err=True)


def _known_department(look: Look, named: str) -> str:
    """The department as the rosters spell it. Raises BadInput where none knows it: nothing would be kept back."""
    from monitor.model import BadInput

    known = sorted({person.department for person in look.veil.people.values() if person.department})
    for department in known:
        if department.casefold() == named.strip().casefold():
            return department
    told = ", ".join(known[:SHOWN]) + (f" and {len(known) - SHOWN} more" if len(known) > SHOWN else "")
    raise BadInput("--department", None, f"no roster knows a department {named!r}", f"there are {told or 'none'}")


@silence.command("list")
@folder_option
def show(folder: Path) -> None:
    """Every silence, the newest first; people by their pseudonyms.

    \b
    Example:
      lastday silence list
    """
    from monitor.report.safe import plain
    from monitor.store import cases

    now = clock()
    with opened(folder) as station, station.state.read() as connection:
        veil = station.veil(connection)
        found = cases.list_silences(connection)
        for row in found:
            state = "in force" if row.made_at <= now < row.until else "ended"
            value = veil.pseudonym(row.value) if row.scope == "person" else row.value
            click.echo(
                f"{row.seq}: {state}; {row.scope} {plain(value)} until {row.until:%Y-%m-%d %H:%MZ}, "
                f"by {plain(row.made_by)}: {plain(veil.blur(row.reason))}"
            )
    if not found:
        click.echo("there is none", err=True)


@silence.command()
@folder_option
@click.argument("number", type=int)
def end(folder: Path, number: int) -> None:
    """End a silence now.

    \b
    Example:
      lastday silence end 3
    """
    from sqlalchemy import update

    from monitor.looking import acting
    from monitor.model import BadInput
    from monitor.store.schema import silences

    now = clock()
    with (
        opened(folder) as station,
        acting(station, now, "configure", "silence end") as look,
        station.state.write() as connection,
    ):
        mine = (silences.c.seq == number) & (silences.c.until > now)
        if not connection.execute(update(silences).where(mine).values(until=now)).rowcount:
            raise BadInput(f"silence {number}", None, "is not in force", "see lastday silence list")
        look.note(connection, "silence end", detail=str(number))
    click.echo(f"silence {number} has ended", err=True)
