"""lastday run"""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.folder import folder_option, opened


@click.command()
@folder_option
def run(folder: Path) -> None:
    """Run as a daemon: join rosters and logs on schedule, open cases, tell the right person.

    Logs are JSON lines on stderr, without names. SIGTERM finishes what is under way; SIGHUP takes
    over a changed lastday.toml, or keeps the old one where the new one is wrong.

    \b
    Example:
      lastday run -C /var/lib/lastday
    """
    from monitor.api import Api, Server
    from monitor.checking import obstacles
    from monitor.daemon import make_daemon
    from monitor.logs import log_to_stderr
    from monitor.running import run as run_until_stopped

    log_to_stderr()
    found = obstacles(folder)
    if found:
        raise found[0]
    with opened(folder, migrate=True) as station:
        daemon = make_daemon(station)
        server = None
        if station.settings.http.listen:
            server = Server(Api(station, daemon.clock.now, daemon.troubles, daemon.runs, daemon.came))
            server.start()
        try:
            run_until_stopped(daemon)
        finally:
            if server:
                server.stop()
