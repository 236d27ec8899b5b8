"""Single events as they were received, straight from the sealed files and hot rows that can hold them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Connection, select, type_coerce

from monitor.core.clocks import instant
from monitor.store.manifest import folder_of, listed, sealed_sql
from monitor.store.schema import events

if TYPE_CHECKING:
    import duckdb

_KEPT = ("id", "t", "actor", "action", "target", "magnitude", "source", "feed", "seen_at", "line_sha256")

_NO_HASH = "SELECT NULL::BLOB AS line_sha256 WHERE false"
"""So that files of an older lastday, which have no such column, can be read."""


@dataclass(frozen=True, slots=True)
class Original:
    """An event as it is kept. `line_sha256`: hash of the line as received, in hex; None where it is not known."""

    id: str
    time: datetime
    actor: str
    action: str
    target: str | None
    magnitude: float | None
    source: str | None
    feed: str
    seen_at: datetime
    line_sha256: str | None


def originals(
    connection: Connection, db: duckdb.DuckDBPyConnection, data: Path, ids: Collection[str],
    spans: Sequence[tuple[int, int]],
) -> dict[str, Original]:  # fmt: skip
    """Events by id, as first received; the least content where an id came with several.

    db: reads the sealed files.  spans: first and last t that they can have; narrow ones read little of a large history.
    """
    hot = [type_coerce(events.c[n], BigInteger) if n == "seen_at" else events.c[n] for n in _KEPT]
    rows = [
        tuple(row)
        for part in _parts(sorted(ids))
        for row in connection.execute(select(*hot).where(events.c.id.in_(part)))
    ]
    for low, high in _joined(spans):
        files = _files(connection, data, low, high)
        if files:
            sealed = f"(SELECT * FROM ({_NO_HASH}) UNION ALL BY NAME SELECT * FROM {sealed_sql(files)})"
            query = f"SELECT {', '.join(_KEPT)} FROM {sealed} WHERE t BETWEEN $1 AND $2 AND list_contains($3, id)"
            rows += db.execute(query, [low, high, sorted(ids)]).fetchall()
    found: dict[str, Original] = {}
    for row in sorted(rows, key=lambda row: tuple(str(value) for value in row[:-2])):
        found.setdefault(row[0], _kept(row))
    return found


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same, without overlaps."""
    joined: list[tuple[int, int]] = []
    for low, high in sorted(spans):
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined


def _files(connection: Connection, data: Path, low: int, high: int) -> list[Path]:
    rows = [row for row in listed(connection) if row.last_t >= low and row.first_t <= high]
    return [path for path in (folder_of(data) / row.name for row in rows) if path.is_file()]


def _kept(row: Sequence) -> Original:
    times = {n: instant(row[n]) for n in (1, 8)}
    id_, _, actor, action, target, magnitude, source, feed, _, line = row
    return Original(
        id_, times[1], actor, action, target, magnitude, source, feed, times[8], line.hex() if line else None
    )


def _parts(ids: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    """As many at once as every database takes."""
    for i in range(0, len(ids), size):
        yield ids[i : i + size]
