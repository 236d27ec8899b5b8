"""Rosters from wherever they lie: the newest of some files, or a database."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import sqlalchemy as sa

from monitor.model import BadInput
from monitor.operation import RosterFeed
from monitor.sources.rosters import Roster, read_roster
from monitor.sources.streams import open_bytes


def read_feed(feed: RosterFeed, folder: Path, url: str) -> Roster:
    """The feed as it is now. url: with its secrets filled in. Raises BadInput where there is nothing to read."""
    if feed.url:
        return _read_rows(feed, _rows(feed, url))
    path = newest(feed, folder)
    if not feed.columns:
        return read_roster(path)
    with open_bytes(path) as stream:
        rows = list(csv.reader(io.StringIO(stream.read().decode("utf-8-sig"), newline="")))
    return _read_rows(feed, rows)


def newest(feed: RosterFeed, folder: Path) -> Path:
    """The newest file that matches the feed's path."""
    where = Path(feed.path)
    found = [p for p in (folder / where.parent).glob(where.name) if p.is_file()]
    if not found:
        raise BadInput(feed.path, None, f"no file for the roster {feed.name}", "put the roster there")
    return max(found, key=lambda path: (path.stat().st_mtime_ns, path.name))


def _rows(feed: RosterFeed, url: str) -> list[list[str]]:
    try:
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            found = connection.execute(sa.text(feed.query))
            rows = [list(found.keys()), *(["" if v is None else str(v) for v in row] for row in found)]
        engine.dispose()
    except sa.exc.SQLAlchemyError as error:
        what = str(getattr(error, "orig", error)).splitlines()[0]
        raise BadInput(feed.name, None, f"cannot be read ({what})", "check [[rosters]] in lastday.toml") from None
    return rows


def _read_rows(feed: RosterFeed, rows: list[list[str]]) -> Roster:
    """Rows with a header, the columns renamed to ours."""
    theirs = {column.lower(): name for name, column in feed.columns.items()}
    header = [theirs.get(name.strip().lower(), name) for name in rows[0]] if rows else []
    with tempfile.TemporaryDirectory(prefix="lastday-") as folder:
        path = Path(folder) / f"{feed.name}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([header, *rows[1:]])
        return read_roster(path)
