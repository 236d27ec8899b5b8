"""What came since a judgement: the hot events that it did not know, each read once."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import BigInteger, Connection, func, or_, select, type_coerce

from monitor.store.inbox import SEEN
from monitor.store.manifest import listed
from monitor.store.schema import events
from monitor.store.segments import SCHEMA, hot_table
from monitor.store.state import get

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


@dataclass(slots=True)
class Came:
    """The events that came since a mark.  table: those that were read so far.  seen_at: when the newest came."""

    mark: Mark
    table: pa.Table = field(default_factory=SCHEMA.empty_table)
    seen_at: int | None = None

    def read(self, connection: Connection) -> pa.Table | None:
        """The events as this connection sees them, as they are stored; None where all must be read again.

        That is so when events were sealed or went, and when one came under a clock that was set back by a day and more.
        Nobody else may read at the same time.
        """
        if _files(connection) != self.mark.files:
            return None
        new = seen_column > (self.mark.seen_at if self.seen_at is None else self.seen_at)
        if self.seen_at is None:
            new = or_(new, events.c.t > self.mark.until)
        self.table = pa.concat_tables([self.table, hot_table(connection, new)]).combine_chunks()
        newest = int(get(connection, SEEN) or 0)
        self.seen_at = max(newest, self.seen_at or self.mark.seen_at)
        # whoever saw a later moment of the store may have read on before
        table = self.table.filter(pc.less_equal(self.table["seen_at"], newest)) if newest < self.seen_at else self.table
        total = connection.execute(select(func.count()).select_from(events)).scalar()
        return table if total == self.mark.rows + table.num_rows else None


def mark(connection: Connection, until: int) -> Mark:
    """The mark of a judgement that reads the store through this connection."""
    rows, newest = connection.execute(select(func.count(), func.max(seen_column)).where(events.c.t <= until)).one()
    everything = connection.execute(select(func.max(seen_column))).scalar()
    return Mark(until, max(newest or 0, everything or 0), rows, _files(connection))


def _files(connection: Connection) -> tuple[str, ...]:
    return tuple(row.name for row in listed(connection))
