"""HR feeds with columns of their own: one file, or a folder of monthly snapshots in which leavers are missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from monitor.core.identity import lowered
from monitor.core.windows import usual_zone
from monitor.engine import start
from monitor.model import BadInput, Departure
from monitor.sources.fields import field_sql, resolver
from monitor.sources.profiles import RosterProfile, Snapshots
from monitor.sources.rosters import COLUMNS, Gone, Roster, Row, Translate, read_roster
from monitor.sql import literal, quote

MOST_MISSING = 0.2
"""A snapshot that lacks more of the people before it is a broken feed, not news about people."""
_DATES = ("start_date", "notice_date", "last_day")


def read_feed(path: Path, profile: RosterProfile | None, *, as_of: datetime | None = None) -> Roster:
    """Read a roster file, or a folder of snapshots, through the profile.

    as_of: snapshots of later months are not known yet.  Raises BadInput.
    """
    if not path.is_dir():
        return read_roster(path, None if profile is None else translator(profile))
    if profile is None or profile.snapshots is None:
        mend = "name a roster in CSV, or a profile with snapshots by --roster-of"
        raise BadInput(str(path), None, "a folder, not a roster", mend)
    months = _months(path, profile.snapshots)
    if as_of is not None:
        months = [(month, file) for month, file in months if month <= as_of.date()] or months[:1]
    rosters = [(month, read_roster(file, translator(profile))) for month, file in months]
    _check(rosters, [file for _, file in months])
    return _merge(rosters)


def last_days(db: duckdb.DuckDBPyConnection, roster: Roster, default_zone: str, until: int | None) -> list[Departure]:
    """The departures of people whom the feed lacks: the last day is the local date of their last activity.

    That activity lies before the end of the first month that lacks them; later activity under
    the same name is left for what it is. Without any, and where the events end before the last
    month that names them begins, the last day is the end of that month.
    db: holds `event`.  until: leave out events after this t.
    """
    if not roster.gone:
        return []
    zone = usual_zone(list(roster.people.values()), default_zone)
    zones = {gone.person_id: ZoneInfo(roster.people[gone.person_id].zone or zone) for gone in roster.gone}
    rows = [
        {
            "name": name, "p": one.person_id, "since": _begin_us(one.last_seen.replace(day=1), zones[one.person_id]),
            "until": _begin_us(one.until + timedelta(days=1), zones[one.person_id]),
        }
        for one in roster.gone
        for name in _names(roster, one.person_id)
    ]  # fmt: skip
    db.register("gone", pa.Table.from_pylist(rows))
    known = "true" if until is None else f"t <= {until}"
    found = db.execute(f"""SELECT p, max(t) FROM event JOIN gone ON lower(actor) = name WHERE t < until AND {known}
        GROUP BY p, since HAVING since <= (SELECT max(t) FROM event WHERE {known})""").fetchall()
    db.unregister("gone")
    last = {p: datetime.fromtimestamp(t / 1_000_000, UTC).astimezone(zones[p]).date() for p, t in found}
    return [
        Departure(g.person_id, last.get(g.person_id, g.last_seen), None, "unknown", "confirmed") for g in roster.gone
    ]


def translator(profile: RosterProfile) -> Translate:
    """A function from a feed's header and rows to rows of canonical columns.

    Where a file has the column person_id, those of its columns that have our names are what they say.
    """

    def translate(header: list[str], rows: list[list[str]]) -> list[Row]:
        columns = [f"c{i}" for i in range(len(header))]
        known = {name: column for name, column in zip(header, columns, strict=True) if name}
        resolve = resolver(known, lambda name: quote(known[name]))
        ours = [name for name in COLUMNS if name in known] if "person_id" in known else ()
        specs = profile.columns | {name: name for name in ours}
        fields = ", ".join(_value(name, field_sql(spec, resolve), profile.date_format) for name, spec in specs.items())
        padded = [[*row[: len(header)], *[""] * (len(header) - len(row))] for row in rows]
        given = {c: pa.array([row[i] for row in padded], pa.string()) for i, c in enumerate(columns)}
        db = start()
        db.register("given", pa.table({"n": pa.array(range(len(rows)), pa.int64()), **given}))
        told = db.execute(f"SELECT {fields} FROM given ORDER BY n").fetchall()
        return [dict(zip(specs, (value or "" for value in row), strict=True)) for row in told]

    return translate


def _value(name: str, sql: str, date_format: Sequence[str]) -> str:
    if name not in _DATES or not date_format:
        return sql
    forms = ", ".join(f"try_strptime({sql}, {literal(form)})::DATE" for form in date_format)
    return f"coalesce(coalesce(try_cast({sql} AS DATE), {forms})::VARCHAR, {sql})"


def _months(folder: Path, snapshots: Snapshots) -> list[tuple[date, Path]]:
    found = {}
    for file in sorted(folder.glob(snapshots.files)):
        month = re.search(snapshots.month, file.name)
        if month is None or not 1 <= int(month[2]) <= 12:
            raise BadInput(
                str(file), None, "no month in the name of the snapshot", "name it like 2010-05.csv, or move it away"
            )
        found[date(int(month[1]), int(month[2]), 1)] = file
    if not found:
        raise BadInput(
            str(folder), None, f"no snapshot {snapshots.files} in it", "name the folder with a roster a month"
        )
    return sorted(found.items())


def _check(rosters: Sequence[tuple[date, Roster]], files: Sequence[Path]) -> None:
    for (_, before), (_, after), file in zip(rosters, rosters[1:], files[1:], strict=False):
        missing = len(before.people.keys() - after.people.keys())
        if missing > MOST_MISSING * len(before.people):
            what = f"lacks {missing:,} of the {len(before.people):,} people of the snapshot before it"
            raise BadInput(
                str(file), None, what, "a feed that breaks is not news about people: mend the file, or move it away"
            )


def _merge(rosters: Iterable[tuple[date, Roster]]) -> Roster:
    """One roster: everybody as last told, and who is gone from a snapshot on to the end."""
    merged, months = Roster(), list[date]()
    last_seen: dict[str, int] = {}
    for month, roster in rosters:
        months.append(month)
        merged.people |= roster.people
        merged.departures += [d for d in roster.departures if d not in merged.departures]
        merged.rejects += roster.rejects
        merged.dates += roster.dates
        merged.last_days += roster.last_days
        merged.undated += roster.undated
        merged.received += roster.received
        last_seen |= dict.fromkeys(roster.people, len(months) - 1)
    told = {departure.person_id for departure in merged.departures}
    merged.gone = [
        Gone(person_id, _month_end(months[seen]), _month_end(months[seen + 1]))
        for person_id, seen in last_seen.items()
        if seen + 1 < len(months) and person_id not in told
    ]
    return merged


def _names(roster: Roster, person_id: str) -> set[str]:
    person = roster.people[person_id]
    return {lowered(person_id), *person.accounts, *([person.email] if person.email else [])}


def _month_end(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _begin_us(day: date, zone: ZoneInfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp()) * 1_000_000
