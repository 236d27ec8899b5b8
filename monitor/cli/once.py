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

if TYPE_CHECKING:
    from monitor.station import Station


@click.command()
@folder_option
@click.pass_context
def once(ctx: click.Context, folder: Path) -> None:
    """Do every step of the daemon once: read rosters and logs, judge, tell. For a timer, or to try a configuration.

    Exit codes: 0 done, 2 something in lastday.toml must be mended, 3 done, but something could not be read, judged or
    sent, or many lines could not be used.

    \b
    Example:
      lastday once -C /var/lib/lastday
    """
    from monitor.checking import faults
    from monitor.daemon import make_daemon
    from monitor.logs import log_to_stderr
    from monitor.report.safe import plain

    log_to_stderr()
    for fault in faults(folder):
        raise fault
    with opened(folder, migrate=True) as station:
        daemon = make_daemon(station)
        daemon.tick()
        if not station.lease.leads:
            click.echo("another daemon leads: rosters and logs were left to it", err=True)
        else:
            station.lease.release()
        for name, problem in sorted(station.problems.items()):
            click.echo(f"{plain(name)}: {plain(problem, 500)}", err=True)
        if sys.stdout.isatty():
            click.echo(_came_to(station, daemon.clock.now()), err=True)
        troubles = daemon.troubles()
        click.echo(json.dumps({"troubles": troubles, "problems": sorted(station.problems)}))
        if troubles or station.problems:
            ctx.exit(DEGRADED)


def _came_to(station: Station, now: datetime) -> str:
    """For whoever watches: how many people are watched and cases open, and where to go on."""
    from monitor.store.cases import all_cases

    with station.state.read() as connection:
        _, leaving = station.rosters(connection)
        standing = sum(case.state != "closed" for case in all_cases(connection))
    watched = len({departure.person_id for departure in leaving if station.is_open(departure, now)})
    people = "1 person is" if watched == 1 else f"{watched:,} people are"
    cases = "1 case is" if standing == 1 else f"{standing:,} cases are"
    return f"{people} watched, {cases} open; see lastday case list"
