"""What some people did, read where it lies: sealed files and hot rows of their names alone.

Built for one look: nothing is loaded that is not asked for, so that an answer takes well under a
second whatever the length of the history. Judgement reads everything, see monitor.store.recall.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import msgspec
from sqlalchemy import ColumnElement, Connection, LargeBinary, cast, func, select, true

from monitor.core.clocks import DAY_US, HOUR_US, SECOND_US, spells
from monitor.core.identity import lowered
from monitor.sql import literal, quote
from monitor.store.manifest import folder_of, listed
from monitor.store.schema import events

TYPES = {
    "id": "VARCHAR", "t": "BIGINT", "actor": "VARCHAR", "action": "VARCHAR", "target": "VARCHAR",
    "target_type": "VARCHAR", "magnitude": "DOUBLE", "outcome": "VARCHAR", "source": "VARCHAR", "ip": "VARCHAR",
    "session": "VARCHAR", "reason": "VARCHAR", "attributes": "VARCHAR",
}  # fmt: skip
"""Columns of events that can be asked for."""
AT_ONCE = 10_000
"""So many names in one condition on hot rows."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file: its path and the times of its first and last event."""

    path: Path
    first_t: int
    last_t: int


class Acted:
    """Reads events of named people from one moment of the store."""

    def __init__(self, connection: Connection, db: duckdb.DuckDBPyConnection, data: Path) -> None:
        """connection: sees one moment.  db: where tables are made."""
        self.connection, self.db = connection, db
        rows = [(folder_of(data) / row.name, row.first_t, row.last_t) for row in listed(connection)]
        self.sealed = [Sealed(*row) for row in rows if row[0].is_file()]

    def span(self) -> tuple[int, int] | None:
        """Times of the first and the last event; None where there is none."""
        low, high = self.connection.execute(select(func.min(events.c.t), func.max(events.c.t))).one()
        times = [t for s in self.sealed for t in (s.first_t, s.last_t)] + [t for t in (low, high) if t is not None]
        return (min(times), max(times)) if times else None

    def draw(
        self, table: str, names: Mapping[str, int], columns: Sequence[str], since: int, until: int,
        later: Mapping[int, int] | None = None,
    ) -> None:  # fmt: skip
        """Make the table (p, *columns) of what these names did from `since` until before `until`, every event once.

        names: lower case -> p, a number for the person.  later: p -> since when, of whom less is wanted; two questions
        in one reading take half the time of two.
        """
        begins = later or {}
        whose = [(name, p, begins.get(p, since)) for name, p in names.items()]
        self.put("whose", {"name": "VARCHAR", "p": "INTEGER", "begins": "BIGINT"}, whose)
        kept = [name for name in TYPES if name in {"id", "t", "actor", "action", "target", *columns}]
        hot = self._hot(names, kept, since, until)
        files = [s for s in self.sealed if s.last_t >= since and s.first_t < until]
        once = _overlap(files, hot)
        wanted = list(dict.fromkeys([*columns, *(("id", "t", "action", "target") if once else ())]))
        parts = [f"SELECT p, {', '.join(wanted)} FROM hot JOIN whose ON name = lower(actor) AND t >= begins"]
        self.put("hot", {name: TYPES[name] for name in kept}, hot)
        if files:
            listing = ", ".join(literal(str(s.path)) for s in files)
            parts.append(
                f"""SELECT p, {", ".join(wanted)} FROM read_parquet([{listing}]) JOIN whose
                ON name = lower(actor) AND t >= begins
                WHERE t >= {since} AND t < {until}"""
            )
        only = "QUALIFY row_number() OVER (PARTITION BY id ORDER BY t, p, action, target) = 1" if once else ""
        self.db.execute(f"""CREATE OR REPLACE TEMP TABLE {table} AS
            SELECT p, {", ".join(columns)} FROM ({" UNION ALL ".join(parts)}) {only}""")
        self.db.execute("DROP TABLE hot; DROP TABLE whose")

    def doers(self, ids: Collection[str], since: int, until: int) -> set[str]:
        """Who did the events with these ids, of that time; lower case."""
        wanted, found = sorted(ids), set[str]()
        for i in range(0, len(wanted), AT_ONCE):
            found.update(
                self.connection.scalars(select(events.c.actor).where(events.c.id.in_(wanted[i : i + AT_ONCE])))
            )
        files = [s for s in self.sealed if s.last_t >= since and s.first_t < until]
        if files and ids:
            listing, told = (", ".join(map(literal, texts)) for texts in ([str(s.path) for s in files], wanted))
            rows = self.db.execute(f"SELECT DISTINCT actor FROM read_parquet([{listing}]) WHERE id IN ({told})")
            found.update(actor for (actor,) in rows.fetchall())
        return {lowered(actor) for actor in found}

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of events."""
        return tuple(TYPES)

    def put_hot(self, table: str, columns: Sequence[str]) -> None:
        """Make a table of these columns of every hot row."""
        rows = self.connection.execute(select(*(events.c[name] for name in columns))).all()
        self.put(table, {name: TYPES[name] for name in columns}, rows)

    def repeated(self) -> str | None:
        """SQL of the ids of hot rows that may be repeats of sealed ones, from the files; None where none can be.

        They are left out when they are sealed themselves; until then a log that was sent again stands here twice.
        """
        if not self.sealed:
            return None
        last = max(s.last_t for s in self.sealed)
        low, high = self.connection.execute(
            select(func.min(events.c.t), func.max(events.c.t)).where(events.c.t <= last)
        ).one()
        files = [] if low is None else [s for s in self.sealed if s.last_t >= low and s.first_t <= high]
        if not files:
            return None
        listing = ", ".join(literal(str(s.path)) for s in files)
        return f"SELECT id FROM read_parquet([{listing}]) WHERE t BETWEEN {low} AND {high}"

    def count_repeated(self) -> int:
        """How many hot rows are repeats of sealed ones."""
        known = self.repeated()
        if known is None:
            return 0
        self.put_hot("hot", ("id",))
        ((found,),) = self.rows(f"SELECT count(*) FROM hot WHERE id IN ({known})")
        self.db.execute("DROP TABLE hot")
        return int(found)

    def put(self, table: str, types: Mapping[str, str], rows: Iterable[Sequence]) -> None:
        """Make a table of rows, through JSON, column by column: DuckDB takes rows one by one too slowly."""
        columns = list(zip(*rows, strict=True)) or [()] * len(types)
        text = msgspec.json.encode(dict(zip(types, columns, strict=True))).decode()
        shape = msgspec.json.encode({name: [kind] for name, kind in types.items()}).decode()
        unpacked = ", ".join(f"unnest(given.{quote(name)}) AS {quote(name)}" for name in types)
        told = f"SELECT from_json(?::JSON, {literal(shape)}) AS given"
        self.db.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {unpacked} FROM ({told})", [text])

    def put_clocks(self, zones: Mapping[int, str], since: int, until: int) -> None:
        """Make the table clock (p, since, until, shift): each person's time from UTC, in microseconds."""
        rows = []
        known: dict[str, list[tuple[int, int]]] = {}
        for p, zone in zones.items():
            if zone not in known:
                known[zone] = spells(zone, since, until)
            told = known[zone]
            ends = [start for start, _ in told[1:]] + [until]
            starts = [since] + [start for start, _ in told[1:]]
            rows += [
                (p, start, end, seconds * SECOND_US)
                for start, end, (_, seconds) in zip(starts, ends, told, strict=True)
            ]
        self.put("clock", {"p": "INTEGER", "since": "BIGINT", "until": "BIGINT", "shift": "BIGINT"}, rows)

    def hours(self, table: str) -> list[tuple[int, int, int]]:
        """(p, hour of the person's own clock since 1970, events) of a drawn table with t; needs put_clocks."""
        return self.rows(f"""SELECT p, (t + shift) // {HOUR_US} AS h, count(*) FROM {table} JOIN clock USING (p)
            WHERE t >= since AND t < until GROUP BY ALL""")

    def days(self, table: str, by: Sequence[str] = ()) -> list[tuple]:
        """(p, *by, day of the person's own clock since 1970, events) of a drawn table; needs put_clocks."""
        more = "".join(f", {name}" for name in by)
        return self.rows(f"""SELECT p{more}, (t + shift) // {DAY_US} AS d, count(*) FROM {table} JOIN clock USING (p)
            WHERE t >= since AND t < until GROUP BY ALL""")

    def rows(self, sql: str) -> list[tuple]:
        """A query's rows."""
        return self.db.execute(sql).fetchall()

    def _hot(self, names: Mapping[str, int], columns: Sequence[str], since: int, until: int) -> list[tuple]:
        """These columns of hot rows of these names."""
        wanted = list(names)
        actors: set[str] = set()
        for i in range(0, len(wanted), AT_ONCE):
            alike = _like(self.connection, wanted[i : i + AT_ONCE])
            told = self.connection.scalars(select(events.c.actor).where(alike).distinct())
            actors.update(actor for actor in told if lowered(actor) in names)
        found: list[tuple] = []
        spelt = sorted(actors)
        query = select(*(events.c[name] for name in columns)).where(events.c.t >= since, events.c.t < until)
        for i in range(0, len(spelt), AT_ONCE):
            found += map(tuple, self.connection.execute(query.where(events.c.actor.in_(spelt[i : i + AT_ONCE]))).all())
        return found


def _overlap(files: Sequence[Sealed], hot: Sequence[tuple]) -> bool:
    """Can an event stand twice? Only where files, or files and hot rows, tell of the same time."""
    ordered = sorted(files, key=lambda s: s.first_t)
    if any(a.last_t >= b.first_t for a, b in pairwise(ordered)):
        return True
    if len({row[0] for row in hot}) < len(hot):
        return True
    return bool(hot and files) and min(row[1] for row in hot) <= max(s.last_t for s in files)


def _like(connection: Connection, names: Sequence[str]) -> ColumnElement[bool]:
    """Actors who may have one of these names in other letters; the caller looks closer.

    SQLite knows the small letters of ASCII alone; which ones PostgreSQL knows, its locale says: there all are asked.
    """
    if connection.dialect.name == "postgresql":
        return true()
    octets = func.length(cast(events.c.actor, LargeBinary))
    return func.lower(events.c.actor).in_(names) | (func.length(events.c.actor) != octets)
