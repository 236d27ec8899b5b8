"""lastday roster"""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli import DEGRADED
from monitor.cli.common import clock
from monitor.cli.folder import folder_option, opened
from monitor.cli.group import Group


@click.group(cls=Group)
def roster() -> None:
    """The rosters as they were told; accept a version that was refused."""


@roster.command("list")
@folder_option
def show(folder: Path) -> None:
    """Each roster: its last version, whether it is in force, how late it tells of departures.

    \b
    Example:
      lastday roster list
    """
    from monitor.report.safe import plain
    from monitor.store import rosters

    with opened(folder) as station, station.state.read() as connection:
        for feed in station.settings.rosters:
            last = rosters.last_version(connection, feed.name)
            if last is None:
                click.echo(f"{plain(feed.name)}: never read")
                continue
            late, told = rosters.lateness(connection, feed.name, station.settings.people.timezone)
            share = f"; {late / told:.0%} of {told:,} departures reached us after the last day" if told else ""
            why = plain(station.veil(connection).blur(last.why), 300)
            state = "in force" if last.status == "in_force" else f"refused: {why}"
            if last.status == "refused" and rosters.is_accepted(connection, feed.name, last.sha256):
                state = "accepted; in force when it is read next"
            click.echo(
                f"{plain(feed.name)}: {state}; {last.people:,} people, {last.departures:,} departures, "
                f"read {last.told_at:%Y-%m-%d %H:%MZ}{share}"
            )


@roster.command()
@folder_option
@click.argument("name")
@click.option("--reason", required=True, help="Why it is right after all; kept on record.")
def accept(folder: Path, name: str, reason: str) -> None:
    """Let the refused version of a roster come into force.

    \b
    Example:
      lastday roster accept hr --reason "the Leeds office was sold"
    """
    from monitor import seconding
    from monitor.looking import acting
    from monitor.model import BadInput
    from monitor.store import rosters

    with (
        opened(folder) as station,
        acting(station, clock(), "configure", "roster accept", reason) as look,
        station.state.write() as connection,
    ):
        last = rosters.last_version(connection, name)
        if last is None or last.status != "refused":
            raise BadInput(name, None, "no version of this roster is refused", "see lastday roster list")
        if not last.people:
            raise BadInput(name, None, f"the refused version holds nobody: {last.why}", "mend the feed")
        seq = 0
        if seconding.on_own_roster(look, connection, name):
            seq = seconding.ask(look, connection, "roster", None, {"feed": name, "sha256": last.sha256})
        else:
            rosters.accept(connection, name, last.sha256)
            look.note(connection, "roster accept", detail=f"{name} {last.sha256}: {last.why}")
    if seq:
        click.echo(f"it touches yourself: a second person must run lastday requests approve {seq}", err=True)
        click.get_current_context().exit(DEGRADED)
    click.echo(f"{name}: the refused version comes into force when it is read next", err=True)
