"""lastday once"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli import DEGRADED
from monitor.cli.folder import folder_option, opened
from monitor.core.counted import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.station import Station


@click.command()
@folder_option
@click.pass_context
def once(ctx: click.Context, folder: Path) -> None:
    """Do every step of the daemon once: read rosters and logs, judge, tell. For a timer, or to try a configuration.

    A line on stderr says what came of it. Exit codes: 0 done, 2 something in lastday.toml must be mended, 3 done, but
    something could not be read, judged or sent, many lines could not be used, or what the operator was told of before
    is not mended yet.

    \b
    Example:
      lastday once -C /var/lib/lastday
    """
    from monitor.checking import obstacles
    from monitor.cli.once_shown import came_of, stand_of
    from monitor.daemon import make_daemon
    from monitor.logs import log_to_stderr
    from monitor.report.safe import plain

    log_to_stderr()
    for fault in obstacles(folder):
        raise fault
    with opened(folder, migrate=True) as station:
        daemon = make_daemon(station)
        before = stand_of(station)
        daemon.tick()
        after = stand_of(station)
        if not station.lease.leads:
            click.echo("another daemon leads: rosters and logs were left to it", err=True)
        else:
            station.lease.release()
        for name, problem in sorted(station.problems.items()):
            click.echo(f"{plain(name)}: {plain(problem, 500)}", err=True)
        if untold := after.given_up - before.given_up:
            click.echo(
                f"{counted(untold, 'notice')} reached nobody; see lastday notices list --state given_up", err=True
            )
        for topic in (topic for topic in after.standing if not _is_told(topic, station.problems)):
            click.echo(f"{plain(topic)} is not mended yet; see lastday doctor", err=True)
        click.echo(came_of(before, after), err=True)
        if sys.stdout.isatty():
            click.echo(_came_to(station, daemon.clock.now()), err=True)
        troubles = daemon.troubles()
        click.echo(
            json.dumps({"troubles": troubles, "problems": sorted(station.problems), "not_mended": after.standing})
        )
        unsent = untold and station.settings.channels  # without a channel that is as was wanted, and doctor tells of it
        if troubles or station.problems or unsent or after.standing:
            ctx.exit(DEGRADED)


def _is_told(topic: str, problems: Mapping[str, str]) -> bool:
    """Is a topic of the operator among the problems of this tick? They call a source by its name alone."""
    return topic in problems or topic.partition(" ")[2] in problems


def _came_to(station: Station, now: datetime) -> str:
    """For whoever watches: how many people are watched and cases open, and where to go on."""
    from monitor.store.cases import all_cases

    with station.state.read() as connection:
        _, leaving = station.rosters(connection)
        standing = sum(case.state != "closed" for case in all_cases(connection))
    watched = len({departure.person_id for departure in leaving if station.is_open(departure, now)})
    people = counted(watched, "person is", "people are")
    return f"{people} watched, {counted(standing, 'case is', 'cases are')} open; see lastday case list"
