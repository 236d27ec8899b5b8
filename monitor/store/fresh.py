"""What came since a judgement: the hot events that it did not know."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
from sqlalchemy import BigInteger, Connection, func, or_, select, type_coerce

from monitor.store.manifest import listed
from monitor.store.schema import events
from monitor.store.segments import hot_table

seen_column = type_coerce(events.c.seen_at, BigInteger)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a judgement knew of the hot events: those up to `until`, microseconds since 1970 UTC.

    seen_at: when the newest of them came; those that come later are seen later, see inbox.take.
    rows: how many there were.  files: the sealed files.
    """

    until: int
    seen_at: int
    rows: int
    files: tuple[str, ...]


def mark(connection: Connection, until: int) -> Mark:
    """The mark of a judgement that reads the store through this connection."""
    rows, newest = connection.execute(select(func.count(), func.max(seen_column)).where(events.c.t <= until)).one()
    everything = connection.execute(select(func.max(seen_column))).scalar()
    return Mark(until, max(newest or 0, everything or 0), rows, _files(connection))


def since(connection: Connection, known: Mark) -> pa.Table | None:
    """The events that came since, as they are stored; None where that cannot be told and all must be read again.

    That is so when events were sealed, and when one came under a clock that was set back by a day and more.
    """
    if _files(connection) != known.files:
        return None
    table = hot_table(connection, or_(seen_column > known.seen_at, events.c.t > known.until))
    total = connection.execute(select(func.count()).select_from(events)).scalar()
    return table if total == known.rows + table.num_rows else None


def _files(connection: Connection) -> tuple[str, ...]:
    return tuple(row.name for row in listed(connection))
