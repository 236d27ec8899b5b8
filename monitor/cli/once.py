"""lastday once"""

from __future__ import annotations

import json
from pathlib import Path

import click

from monitor.cli import DEGRADED
from monitor.cli.folder import folder_option, opened


@click.command()
@folder_option
@click.pass_context
def once(ctx: click.Context, folder: Path) -> None:
    """Do every step of the daemon once: read rosters and logs, judge, tell. For a timer, or to try a configuration.

    Exit codes: 0 done, 3 done, but something could not be read, judged or sent.

    \b
    Example:
      lastday once -C /var/lib/lastday
    """
    from monitor.daemon import make_daemon
    from monitor.logs import log_to_stderr
    from monitor.report.safe import plain

    log_to_stderr()
    with opened(folder, migrate=True) as station:
        daemon = make_daemon(station)
        daemon.tick()
        if not station.lease.leads:
            click.echo("another daemon leads: rosters and logs were left to it", err=True)
        else:
            station.lease.release()
        for name, problem in sorted(station.problems.items()):
            click.echo(f"{plain(name)}: {plain(problem, 500)}", err=True)
        troubles = daemon.troubles()
        click.echo(json.dumps({"troubles": troubles, "problems": sorted(station.problems)}))
        if troubles or station.problems:
            ctx.exit(DEGRADED)
