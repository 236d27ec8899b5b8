"""Rosters from wherever they lie: the newest of some files, a folder of snapshots, or a database."""

from __future__ import annotations

import csv
import tempfile
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from monitor.model import BadInput, Departure
from monitor.operation import RosterFeed
from monitor.sources import feeds
from monitor.sources.profiles import RosterProfile, beside, load_roster_profile
from monitor.sources.rosters import COLUMNS, Roster, Translate, read_roster


def read_feed(feed: RosterFeed, folder: Path, url: str, now: datetime) -> Roster:
    """The feed as it is now. url: with its secrets filled in. Raises BadInput where there is nothing to read."""
    check_columns(feed)
    profile = profile_of(feed, folder)
    translate = feeds.translator(profile) if profile else None
    if feed.url:
        return _read_rows(feed, _rows(feed, url), translate)
    if (folder / feed.path).is_dir():
        return _read_snapshots(folder / feed.path, profile, now)
    return read_roster(newest(feed, folder), translate, feed.columns)


def check_columns(feed: RosterFeed) -> None:
    """Raises BadInput where the feed's columns name one of ours that there is not: it would be taken for nothing."""
    if strange := sorted(set(feed.columns) - set(COLUMNS)):
        raise BadInput(
            feed.name, None, f"no column {strange[0]!r} is known", f"on the left may stand {', '.join(COLUMNS)}"
        )


def profile_of(feed: RosterFeed, folder: Path) -> RosterProfile | None:
    """The profile that the feed names. Raises BadInput."""
    return load_roster_profile(beside(folder, feed.format)) if feed.format else None


def files_of(feed: RosterFeed, folder: Path) -> list[Path]:
    """The files that the feed is read from. Raises BadInput where there is none."""
    path = folder / feed.path
    if not path.is_dir():
        return [newest(feed, folder)]
    return sorted(p for p in path.iterdir() if p.is_file())


def _read_snapshots(path: Path, profile: RosterProfile | None, now: datetime) -> Roster:
    """A folder with a roster a month: who is gone from the newest left when the last month that names them ended."""
    roster = feeds.read_feed(path, profile, as_of=now)
    roster.departures += [Departure(gone.person_id, gone.last_seen, None, "unknown", "planned") for gone in roster.gone]
    return roster


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


def _read_rows(feed: RosterFeed, rows: list[list[str]], translate: Translate | None) -> Roster:
    """Rows with a header."""
    with tempfile.TemporaryDirectory(prefix="lastday-") as folder:
        path = Path(folder) / f"{Path(feed.name).name}.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows(rows)
        return read_roster(path, translate, feed.columns)
