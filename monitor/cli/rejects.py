"""lastday rejects"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.folder import folder_option, opened

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from monitor.station import Station


@click.command()
@folder_option
@click.option("--source", help="Only of this source or roster.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
def rejects(folder: Path, source: str | None, limit: int, form: str) -> None:
    """Lines that could not be used, the newest first, and why; names in them are blurred.

    \b
    Example:
      lastday rejects --source logs --limit 10
    """
    from sqlalchemy import func, select

    from monitor.report.safe import plain
    from monitor.store.schema import rejects as table

    with opened(folder) as station, station.state.read() as connection:
        groups = select(table.c.source, func.count()).group_by(table.c.source).order_by(table.c.source)
        total = dict(map(tuple, connection.execute(groups)))
        if source:
            total = {source: total[source]} if source in total else _none_of(station, connection, source)
        query = select(table).where(table.c.source.in_(total)).order_by(table.c.seq.desc()).limit(limit)
        rows = connection.execute(query).all()
        veil = station.veil(connection)
    for row in rows:
        file, why = veil.blur(row.file), veil.blur(row.why)
        told = {"source": row.source, "file": file, "line": row.line, "why": why, "at": row.at.isoformat()}
        click.echo(json.dumps(told) if form == "jsonl" else plain(f"{file}:{row.line}: {why}", 500))
    for name, n in total.items():
        click.echo(f"{plain(name)}: {n:,} set aside in all", err=True)
    if not total:
        click.echo("no line is set aside", err=True)


def _none_of(station: Station, connection: Connection, source: str) -> dict[str, int]:
    """No line of a source is set aside. Raises BadInput where there is no such source."""
    from sqlalchemy import select

    from monitor.model import BadInput
    from monitor.sources import push
    from monitor.store.schema import tallies

    settings = station.settings
    named = {feed.name for feed in (*settings.rosters, *settings.sources)}
    known = named | {push.NAME} | set(connection.scalars(select(tallies.c.source)))
    if source not in known:
        what = "no source or roster has that name"
        raise BadInput(f"--source {source}", None, what, f"there are {', '.join(sorted(known))}")
    return {source: 0}
