"""lastday channels"""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli import DEGRADED
from monitor.cli.common import clock
from monitor.cli.folder import folder_option, opened
from monitor.cli.group import Group


@click.group(cls=Group)
def channels() -> None:
    """Try the channels, and turn one on again."""


@channels.command("test")
@folder_option
@click.argument("names", nargs=-1)
@click.pass_context
def try_out(ctx: click.Context, folder: Path, names: tuple[str, ...]) -> None:
    """Send a test notice through every channel, or those named.

    \b
    Example:
      lastday channels test -C /var/lib/lastday mail
    """
    from monitor.custody import take_over
    from monitor.daemon import make_channels
    from monitor.model import BadInput, Notice, Rejected, Retryable
    from monitor.report.safe import plain
    from monitor.station import open_station
    from monitor.viewers import system_user

    now = clock()
    station = open_station(folder)
    if waits := take_over(station, now, system_user()):
        told = f"the change of {', '.join(waits)} waits for a second person: the old tables are tried"
        click.echo(f"{told}; see lastday requests list", err=True)
    made = make_channels(station.settings.channels, station)
    unknown = sorted(set(names) - set(made))
    if unknown:
        raise BadInput(
            "channels", None, f"there is no channel {', '.join(unknown)}", f"there are {', '.join(made) or 'none'}"
        )
    body = {"topic": "test", "text": f"This is a test of lastday, sent by {system_user()}. Nothing has happened."}
    failed = False
    for name in names or made:
        notice = Notice(f"test-{now:%Y%m%dT%H%M%S}", "operator", "low", None, None, now, body)
        rule = next(rule for rule in station.settings.channels if rule.name == name)
        try:
            made[name].send(notice, key=f"{notice.notice_id}.{name}", recipients=getattr(rule, "to", ()))
        except (Retryable, Rejected) as trouble:
            failed = True
            click.echo(f"{name}: failed: {plain(trouble.why, 300)}")
        else:
            click.echo(f"{name}: taken")
    if not made:
        click.echo("there is no channel: nobody is told; add [[channels]] to lastday.toml", err=True)
    station.close()
    if failed or not made:
        ctx.exit(DEGRADED)


@channels.command("on")
@folder_option
@click.argument("name")
def turn_on(folder: Path, name: str) -> None:
    """Turn a channel on again that was turned off because its receiver was gone.

    \b
    Example:
      lastday channels on mail
    """
    from sqlalchemy import delete

    from monitor.looking import acting
    from monitor.model import BadInput
    from monitor.store.schema import channels as table

    with (
        opened(folder) as station,
        acting(station, clock(), "configure", "channels on") as look,
        station.state.write() as connection,
    ):
        if not connection.execute(delete(table).where(table.c.name == name)).rowcount:
            raise BadInput("channels", None, f"{name} is not turned off", "see lastday doctor")
        look.note(connection, "channel on", detail=name)
    click.echo(f"{name} is on", err=True)
