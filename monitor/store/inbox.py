"""What came in: events, what was set aside, and how far each source has been read, in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from monitor.core.audit import sign
from monitor.core.clocks import DAY_US, micros
from monitor.core.identity import lowered
from monitor.model import Batch, Reject
from monitor.store import senders
from monitor.store.gone import Gone
from monitor.store.schema import cursors, events, rejects, tallies
from monitor.store.state import INTAKE, State, bump, get, insert_new, put, take_lock

COLUMNS = (
    "id", "digest", "t", "actor", "action", "target", "target_type", "outcome", "source", "ip", "session", "reason",
    "magnitude", "attributes", "line_sha256", "seen_at", "feed",
)  # fmt: skip
_ACTOR, _SOURCE = COLUMNS.index("actor"), COLUMNS.index("source")
TEXTS = ("target", "session", "reason", "attributes")
"""What of an event by others can name somebody."""
ERASED = "an act of somebody who was erased"
LONGEST_ID = 400
SEEN = "events seen at"
"""When the newest batch came: microseconds since 1970 UTC."""
MOST_BACK_US = DAY_US
MANY_LINES = 20
"""After so many lines of no use a log that was of use before has come to be another one."""
TOO_OLD = "too old from "
"""Before a source's name: the counter in the store of events that came when they were too old to be kept."""
UNUSABLE = "unusable from "
"""Before a source's name: the counter in the store of lines that were set aside since the last usable one."""
CHANGED, URGENT = "events changed", "watched events changed"
"""Counters in the store: any new event, and a new event of somebody who is watched."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of a batch: received = accepted + set_aside; fresh events were not known before.

    too_old: accepted events from before the time that is kept; the next upkeep deletes them.
    """

    received: int
    accepted: int
    fresh: int
    set_aside: int
    too_old: int

    def __add__(self, other: Stored) -> Stored:
        """Both together."""
        return Stored(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


def take(
    state: State, batch: Batch, watched: Callable[[], Collection[str]], now: datetime, *, keep_days: int,
    hold: Any = None, erased: Callable[[Connection], Gone | None] = lambda _: None, pushed: bool = False,
) -> Stored:  # fmt: skip
    """Store a batch with its cursor; when this returns, it is safe.

    watched: lower-case names of people in a watch window; asked when no roster can change any more
    before the commit.  keep_days: how long events are kept.  hold: called with the connection before
    anything is written, to make sure that the caller may still write.  erased: who was erased; their acts are set
    aside, and they are blurred in those of others.  pushed: several may send, so it is noted who was heard of.
    """
    rows, long = _rows(batch)
    aside = [*batch.rejects, *long]
    with state.write() as connection:
        if hold:
            hold(connection)
        lock(connection)
        gone = erased(connection)
        received = len(rows)
        if gone:
            rows = [_without(row, gone) for row in rows if not gone.acted(row[_ACTOR])]
        theirs = received - len(rows)
        aside += [Reject(batch.item, 0, ERASED)] * theirs
        if pushed:
            senders.hear(connection, (row[_SOURCE] for row in rows), now)
        seen_at = _stamp(connection, now) if rows else 0
        rows = [(*row, seen_at, batch.source) for row in rows]
        fresh = connection.exec_driver_sql(_insert_sql(connection), rows).rowcount if rows else 0
        if fresh:
            bump(connection, CHANGED)
            names = watched()
            if any(lowered(row[_ACTOR]) in names for row in rows):
                bump(connection, URGENT)
        set_aside(connection, batch.source, aside, now)
        keep_cursor(connection, batch.source, batch.item, batch.cursor, now)
        stored = Stored(batch.received, len(rows), fresh, len(aside), min(fresh, _old(rows, now, keep_days)))
        _count(connection, batch.source, stored, theirs, now)
    return stored


def set_aside(connection: Connection, source: str, found: Sequence[Reject], now: datetime) -> None:
    """Keep what could not be used, with its reason."""
    if found:
        connection.execute(insert(rejects), [_reject(source, reject, now) for reject in found])


def cursors_of(connection: Connection, source: str) -> dict[str, dict[str, Any]]:
    """How far every item of a source has been read."""
    rows = connection.execute(select(cursors.c.item, cursors.c.position).where(cursors.c.source == source))
    return {item: json.loads(position) for item, position in rows}


def keep_cursor(connection: Connection, source: str, item: str, position: dict[str, Any], now: datetime) -> None:
    """Remember how far an item has been read."""
    text = json.dumps(position, sort_keys=True)
    mine = (cursors.c.source == source) & (cursors.c.item == item)
    if not connection.execute(update(cursors).where(mine).values(position=text, updated_at=now)).rowcount:
        connection.execute(insert(cursors).values(source=source, item=item, position=text, updated_at=now))


def forget_cursors(connection: Connection, source: str, items: Iterable[str]) -> None:
    """Drop the cursors of items that are no longer there."""
    for item in items:
        connection.execute(delete(cursors).where(cursors.c.source == source, cursors.c.item == item))


def lock(connection: Connection) -> None:
    """Let nobody else store events or change rosters until the commit.

    On PostgreSQL inserts of the same ids in two orders would wait for each other for ever, and
    events of somebody whom a roster names at that moment would not be taken for watched ones.
    """
    take_lock(connection, INTAKE)


def _stamp(connection: Connection, now: datetime) -> int:
    """When a batch came, later than all before it, also where the clock was set back by less than a day."""
    last, stamp = int(get(connection, SEEN) or 0), micros(now)
    if 0 <= last - stamp < MOST_BACK_US:
        stamp = last + 1
    put(connection, SEEN, str(stamp))
    return stamp


def _rows(batch: Batch) -> tuple[list[tuple], list[Reject]]:
    """Rows to insert but for seen_at and feed, each once, in the order of their ids; and those with too long an id."""
    rows: dict[tuple[str, str], tuple] = {}
    long = []
    for event in batch.rows:
        clean = tuple(v.replace("\x00", "\N{REPLACEMENT CHARACTER}") if isinstance(v, str) else v for v in event)
        if len(clean[0]) > LONGEST_ID:
            long.append(Reject(batch.item, 0, f"the id is longer than {LONGEST_ID} characters"))
            continue
        # the same event in another spelling is the same content: how its line was written does not count
        digest = hashlib.blake2b(repr(clean[:-1]).encode("utf-8", "replace"), digest_size=16).hexdigest()
        rows[clean[0], digest] = (clean[0], digest, *clean[1:])
    return [rows[key] for key in sorted(rows)], long


def _without(row: tuple, gone: Gone) -> tuple:
    """The row with the erased blurred; then no hash that holds for their names stays, as erasing left none."""
    told = dict(zip(COLUMNS, row, strict=False))
    blurred = {name: gone.blur(told[name]) for name in TEXTS if told[name]}
    if all(told[name] == text for name, text in blurred.items()):
        return row
    unguessable = {"digest": sign(gone.key, told["digest"])[:32], "line_sha256": None}
    return tuple((told | blurred | unguessable).values())


def _old(rows: Sequence[tuple], now: datetime, keep_days: int) -> int:
    before = micros(now - timedelta(days=keep_days))
    return sum(row[COLUMNS.index("t")] < before for row in rows)


def _insert_sql(connection: Connection) -> str:
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    marks = ", ".join([mark] * len(COLUMNS))
    return f"INSERT INTO {events.name} ({', '.join(COLUMNS)}) VALUES ({marks}) ON CONFLICT DO NOTHING"


def _reject(source: str, found: Reject, now: datetime) -> dict[str, Any]:
    why, file = (text.replace("\x00", "\N{REPLACEMENT CHARACTER}")[:500] for text in (found.why, found.file))
    return {"source": source, "file": file, "line": found.line, "why": why, "at": now}


def _count(connection: Connection, source: str, stored: Stored, erased: int, now: datetime) -> None:
    if not stored.received:
        return
    nothing = {"source": source, "received": 0, "accepted": 0, "fresh": 0, "set_aside": 0, "last_at": now}
    connection.execute(insert_new(connection, tallies).values(nothing))
    if stored.too_old:
        key = TOO_OLD + source
        put(connection, key, str(int(get(connection, key) or 0) + stored.too_old))
    key = UNUSABLE + source
    before = int(get(connection, key) or 0)
    unusable = 0 if stored.accepted or erased else before + stored.set_aside
    if unusable != before:
        put(connection, key, str(unusable))
    names = ("received", "accepted", "fresh", "set_aside")
    more = {name: tallies.c[name] + getattr(stored, name) for name in names}
    connection.execute(update(tallies).where(tallies.c.source == source).values(last_at=now, **more))


def unusable(connection: Connection, source: str) -> str | None:
    """What is wrong with a source of which nothing could be used for long, or ever; None where it is well."""
    lines = int(get(connection, UNUSABLE + source) or 0)
    ever = connection.execute(select(tallies.c.accepted).where(tallies.c.source == source)).scalar()
    if not lines or (ever and lines < MANY_LINES):
        return None
    return f"none of the last {lines:,} lines of {source} could be used; see lastday rejects --source {source}"


def waiting(connection: Connection) -> int:
    """How many events lie in the hot table."""
    return int(connection.execute(select(func.count()).select_from(events)).scalar() or 0)
