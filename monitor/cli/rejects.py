"""lastday rejects"""

from __future__ import annotations

import json
from pathlib import Path

import click

from monitor.cli.folder import folder_option, opened


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
        query = select(table).order_by(table.c.seq.desc()).limit(limit)
        rows = connection.execute(query.where(table.c.source == source) if source else query).all()
        groups = select(table.c.source, func.count()).group_by(table.c.source).order_by(table.c.source)
        total = connection.execute(groups).all()
        veil = station.veil(connection)
    for row in rows:
        file, why = veil.blur(row.file), veil.blur(row.why)
        told = {"source": row.source, "file": file, "line": row.line, "why": why, "at": row.at.isoformat()}
        click.echo(json.dumps(told) if form == "jsonl" else plain(f"{file}:{row.line}: {why}", 500))
    for name, n in total:
        click.echo(f"{plain(name)}: {n:,} set aside in all", err=True)
