"""What came since a judgement: the hot events that it did not know."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import BigInteger, Connection, func, or_, select, type_coerce

from monitor.store.schema import events
from monitor.store.segments import hot_table, listed

seen_column = type_coerce(events.c.seen_at, BigInteger)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a judgement knew of the hot events: those up to `until`, microseconds since 1970 UTC.

    seen_at: when the newest of them came.  ids: of those that came then.  rows: how many there were.
    files: the sealed files.
    """

    until: int
    seen_at: int
    ids: frozenset[str]
    rows: int
    files: tuple[str, ...]


def mark(connection: Connection, until: int) -> Mark:
    """The mark of a judgement that reads the store through this connection."""
    known = events.c.t <= until
    rows, newest = connection.execute(select(func.count(), func.max(seen_column)).where(known)).one()
    seen_at = newest or 0
    ids = connection.scalars(select(events.c.id).where(known, seen_column == seen_at))
    return Mark(until, seen_at, frozenset(ids), rows, _files(connection))


def since(connection: Connection, known: Mark) -> pa.Table | None:
    """The events that came since, as they are stored; None where that cannot be told and all must be read again.

    That is so when events were sealed, and when one came under a clock that was set back.
    """
    if _files(connection) != known.files:
        return None
    table = hot_table(connection, or_(seen_column >= known.seen_at, events.c.t > known.until))
    old = pc.and_(
        pc.is_in(table["id"], pa.array(sorted(known.ids), pa.string())), pc.less_equal(table["t"], known.until)
    )
    fresh = table.filter(pc.invert(pc.and_(old, pc.equal(table["seen_at"], known.seen_at))))
    total = connection.execute(select(func.count()).select_from(events)).scalar()
    return fresh if total == known.rows + fresh.num_rows else None


def _files(connection: Connection) -> tuple[str, ...]:
    return tuple(row.name for row in listed(connection))
