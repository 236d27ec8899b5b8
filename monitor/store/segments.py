"""History in sealed Parquet files, a manifest of them in the state database.

A file is never changed: readers need no lock. Events are marked with the name of their file
first, then written, then listed and deleted from the hot table in one transaction: whatever
stops the program, the next run writes the same file again or finds it listed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import BigInteger, Connection, delete, func, insert, select, type_coerce, update

from monitor.core.clocks import instant, micros
from monitor.engine import own_tables
from monitor.store.manifest import folder_of, listed, sealed_sql
from monitor.store.schema import events, segments
from monitor.store.state import State

SCHEMA = pa.schema(
    [pa.field("id", pa.string()), pa.field("t", pa.int64())]
    + [
        pa.field(n, pa.string())
        for n in ("actor", "action", "target", "target_type", "outcome", "source", "ip", "session", "reason")
    ]
    + [
        pa.field("magnitude", pa.float64()),
        pa.field("attributes", pa.string()),
        pa.field("line_sha256", pa.binary()),
        pa.field("seen_at", pa.int64()),
        pa.field("feed", pa.string()),
    ]
)
NAMES = tuple(SCHEMA.names)
MOST_FILES_A_MONTH = 4
HELD = "-held.parquet"
"""How the name of a file ends that holds events past their time, of people under a legal hold."""
GRACE = timedelta(hours=1)
"""So long a replaced file stays for those who are reading it."""
SEAL_ROWS = 500_000


def hot_table(connection: Connection, where: Any = None) -> pa.Table:
    """Hot events as an Arrow table."""
    query = select(
        *(type_coerce(events.c[name], BigInteger) if name == "seen_at" else events.c[name] for name in NAMES)
    )
    if where is not None:
        query = query.where(where)
    parts = [SCHEMA.empty_table()]
    for rows in connection.execute(query, execution_options={"yield_per": 50_000}).partitions():
        columns = zip(SCHEMA, zip(*rows, strict=True), strict=True)
        parts.append(pa.Table.from_arrays([pa.array(values, field.type) for field, values in columns], schema=SCHEMA))
    return pa.concat_tables(parts)


def seal(state: State, data: Path, now: datetime, hot_days: int) -> int:
    """Move events older than so many days into history files. Returns how many were moved."""
    before = micros(now - timedelta(days=hot_days))
    moved = _seal_marked(state, data, now)
    while True:
        with state.write() as connection:
            oldest = connection.execute(
                select(func.min(events.c.t)).where(events.c.t < before, events.c.segment.is_(None))
            ).scalar()
            if oldest is None:
                return moved
            low, high = _month(oldest)
            mine = (events.c.t >= low) & (events.c.t < min(high, before)) & events.c.segment.is_(None)
            edge = connection.execute(
                select(events.c.t).where(mine).order_by(events.c.t).offset(SEAL_ROWS).limit(1)
            ).scalar()
            if edge is not None and edge > oldest:
                mine &= events.c.t < edge
            connection.execute(update(events).where(mine).values(segment=_fresh_name(connection, oldest)))
        moved += _seal_marked(state, data, now)


def compact(state: State, data: Path, now: datetime) -> int:
    """Join the files of a month that has many. Returns how many files were replaced."""
    with state.read() as connection:
        months: dict[str, list[Any]] = {}
        for row in listed(connection):
            months.setdefault(row.month, []).append(row)
    replaced = 0
    for month, rows in months.items():
        if len(rows) < MOST_FILES_A_MONTH:
            continue
        table = _read([folder_of(data) / row.name for row in rows])
        name = f"{month}-{hashlib.blake2b(''.join(r.name for r in rows).encode(), digest_size=5).hexdigest()}.parquet"
        about = write_segment(folder_of(data) / name, table)
        with state.write() as connection:
            connection.execute(insert(segments).values(name=name, month=month, sealed_at=now, **about))
            old = segments.c.name.in_([r.name for r in rows])
            connection.execute(update(segments).where(old).values(replaced_at=now))
        replaced += len(rows)
    return replaced


def retire(state: State, data: Path, now: datetime, keep_days: int, held: Collection[str] = ()) -> int:
    """Delete files wholly before what is kept, and replaced ones that nobody reads any more. Returns how many.

    held: lower-case names of actors whose events are kept all the same.
    """
    _set_apart(state, data, now, micros(now - timedelta(days=keep_days)), held)
    with state.write() as connection:
        old = (segments.c.last_t < micros(now - timedelta(days=keep_days))) & segments.c.replaced_at.is_(None)
        if held:
            old &= segments.c.name.not_like(f"%{HELD}")
        connection.execute(update(segments).where(old).values(replaced_at=now))
        gone = list(connection.scalars(select(segments.c.name).where(segments.c.replaced_at < now - GRACE)))
    for name in gone:
        (folder_of(data) / name).unlink(missing_ok=True)
    with state.write() as connection:
        connection.execute(delete(segments).where(segments.c.name.in_(gone)))
    return len(gone)


def _set_apart(state: State, data: Path, now: datetime, before: int, held: Collection[str]) -> None:
    """Write what is held of files past their time into files of their own."""
    if not held:
        return
    with state.read() as connection:
        old = [row for row in listed(connection) if row.last_t < before]
    for row in old:
        if not (folder_of(data) / row.name).is_file():
            continue
        table = pq.read_table(folder_of(data) / row.name)
        kept = table.filter(pc.is_in(pc.utf8_lower(table["actor"]), pa.array(sorted(held), pa.string())))
        if row.name.endswith(HELD) and kept.num_rows == table.num_rows:
            continue
        about = None
        name = f"{row.month}-{hashlib.blake2b(row.name.encode(), digest_size=5).hexdigest()}{HELD}"
        if kept.num_rows:
            about = write_segment(folder_of(data) / name, kept)
        with state.write() as connection:
            connection.execute(update(segments).where(segments.c.name == row.name).values(replaced_at=now))
            if about:
                connection.execute(insert(segments).values(name=name, month=row.month, sealed_at=now, **about))


def faults(state: State, data: Path) -> list[str]:
    """What is wrong with the history, a sentence each: files missing, changed, or not in the manifest."""
    with state.read() as connection:
        rows = list(connection.execute(select(segments)))
    told = []
    for row in rows:
        path = folder_of(data) / row.name
        if not path.is_file():
            if row.replaced_at is None:
                told.append(f"{row.name} is missing: {row.rows:,} events are lost; restore it from a backup")
        elif path.stat().st_size != row.bytes or _sha256(path) != row.sha256:
            told.append(f"{row.name} was changed after it was sealed; restore it from a backup")
    return told


def _seal_marked(state: State, data: Path, now: datetime) -> int:
    """Write the files whose events are marked but not yet moved."""
    with state.read() as connection:
        names = list(connection.scalars(select(events.c.segment).where(events.c.segment.is_not(None)).distinct()))
    moved = 0
    for name in sorted(names):
        with state.read() as connection:
            table = hot_table(connection, events.c.segment == name)
            before = [folder_of(data) / row.name for row in _overlapping(connection, table)]
        new = _unknown(table, [path for path in before if path.is_file()])
        about = write_segment(folder_of(data) / name, new) if new.num_rows else None
        with state.write() as connection:
            connection.execute(delete(events).where(events.c.segment == name))
            if about:
                connection.execute(insert(segments).values(name=name, month=name[:7], sealed_at=now, **about))
        moved += table.num_rows
    return moved


def _overlapping(connection: Connection, table: pa.Table) -> list[Any]:
    """The files that tell of the same time as these events."""
    low, high = (value.as_py() for value in pc.min_max(table["t"]).values())
    return [row for row in listed(connection) if row.first_t <= high and row.last_t >= low]


def _unknown(table: pa.Table, before: Sequence[Path]) -> pa.Table:
    """The events that stand in none of these files yet: a log that is sent again is not kept twice."""
    if not before:
        return table
    content = [name for name in NAMES if name not in ("line_sha256", "seen_at", "feed")]
    new, old = (", ".join(f"{side}.{name}" for name in content) for side in ("new", "old"))
    low, high = (value.as_py() for value in pc.min_max(table["t"]).values())
    with own_tables() as db:
        db.register("new", table)
        return (
            db.sql(
                f"""SELECT new.* FROM new ANTI JOIN
                    (SELECT * FROM {sealed_sql(before)} WHERE t BETWEEN {low} AND {high}) old
                    ON new.id = old.id AND row({new}) IS NOT DISTINCT FROM row({old})"""
            )
            .to_arrow_table()
            .cast(SCHEMA)
        )


def write_segment(path: Path, table: pa.Table) -> dict[str, Any]:
    """Write a file whole or not at all; what the manifest says of it."""
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    table = table.sort_by([("t", "ascending"), ("id", "ascending")])
    draft = path.with_suffix(".draft")
    with draft.open("wb") as stream:
        pq.write_table(table, stream, compression="zstd")
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    times = table.column("t")
    return {
        "first_t": times[0].as_py(), "last_t": times[-1].as_py(), "rows": table.num_rows,
        "bytes": path.stat().st_size, "sha256": _sha256(path),
    }  # fmt: skip


def _read(paths: Sequence[Path]) -> pa.Table:
    """The files as one table, every event once."""
    with own_tables() as db:
        db.register("nothing", SCHEMA.empty_table())
        columns = ", ".join(n for n in NAMES if n not in ("line_sha256", "seen_at", "feed"))
        return (
            db.sql(
                f"""SELECT {columns}, arg_min(line_sha256, (seen_at, feed)) AS line_sha256, min(seen_at) AS seen_at,
                    arg_min(feed, (seen_at, feed)) AS feed
                FROM (SELECT * FROM nothing UNION ALL BY NAME SELECT * FROM {sealed_sql(paths)})
                GROUP BY {columns}"""
            )
            .to_arrow_table()
            .cast(SCHEMA)
        )


def _fresh_name(connection: Connection, t: int) -> str:
    month = instant(t).strftime("%Y-%m")
    used = connection.scalars(select(segments.c.name).where(segments.c.month == month))
    number = 1 + max((int(name[8:12]) for name in used if name[8:12].isdigit() and name[12:13] == "."), default=0)
    return f"{month}-{number:04d}.parquet"


def _month(t: int) -> tuple[int, int]:
    first = instant(t).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return micros(first), micros((first + timedelta(days=32)).replace(day=1))


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
