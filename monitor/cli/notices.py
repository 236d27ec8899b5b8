"""lastday notices"""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.common import clock
from monitor.cli.folder import folder_option, opened
from monitor.cli.group import Group


@click.group(cls=Group)
def notices() -> None:
    """What was sent, waits or was given up; send again."""


@notices.command("list")
@folder_option
@click.option("--state", type=click.Choice(["waiting", "sending", "sent", "given_up"]), help="Only these.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "json", "jsonl"]), default="table", show_default=True)
def show(folder: Path, state: str | None, limit: int, form: str) -> None:
    """The newest notices, without names.

    \b
    Example:
      lastday notices list --state given_up
    """
    from sqlalchemy import select

    from monitor.report.rows import Column, write_rows
    from monitor.store.schema import outbox

    names = ("key", "channel", "kind", "severity", "case_id", "state", "attempts", "created_at", "due_at", "sent_at")
    with opened(folder) as station, station.state.read() as connection:
        query = select(*(outbox.c[name] for name in (*names, "error")))
        query = query.order_by(outbox.c.created_at.desc(), outbox.c.key).limit(limit)
        rows = connection.execute(query.where(outbox.c.state == state) if state else query).mappings().all()
        veil = station.veil(connection)
    told = [dict(row) | {"error": row["error"] and veil.blur(row["error"])} for row in rows]
    if form == "table":
        told = [row | {"created_at": f"{row['created_at']:%Y-%m-%d %H:%M} UTC"} for row in told]
    columns = (
        Column("key", "key", keep=True), Column("channel", "channel", drop=3), Column("kind", "kind"),
        Column("severity", "severity", drop=1), Column("state", "state", keep=True),
        Column("attempts", "tries", right=True, drop=2), Column("created_at", "created", keep=True),
        Column("error", "why not", fold=True),
    )  # fmt: skip
    write_rows(told, columns, form, "no notice" + (f" {state.replace('_', ' ')}" if state else ""))


@notices.command()
@folder_option
@click.argument("keys", nargs=-1, required=True)
def resend(folder: Path, keys: tuple[str, ...]) -> None:
    """Try again to send what was given up.

    \b
    Example:
      lastday notices resend n3f09c2.mail
    """
    from monitor.looking import acting
    from monitor.model import BadInput
    from monitor.store import outbox

    now = clock()
    with (
        opened(folder) as station,
        acting(station, now, "configure", "notices resend") as look,
        station.state.write() as connection,
    ):
        for key in keys:
            if not outbox.resend(connection, key, now):
                raise BadInput(
                    key, None, "no notice of that key was given up", "see lastday notices list --state given_up"
                )
            look.note(connection, "resend", detail=key)
    click.echo(f"{len(keys)} will be sent again", err=True)
