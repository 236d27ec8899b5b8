"""The audit chain in the state database. A row is appended within the transaction that it tells of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from monitor.core.audit import BROKEN, Entry, Fault, Head, head_of, is_signed, read_head, seal, verify
from monitor.core.clocks import micros
from monitor.store.schema import audit, erasures, holds, kv, requests, silences, steps
from monitor.store.schema import outbox as notices
from monitor.store.state import CASEWORK, get, put, take_lock

HEAD = "audit head"
"""In the store: seq:digest:signature of the last row."""
JOURNAL = "journal"
"""In the store: what operators did before there was a chain; taken in first."""
BEGAN = "audit began"
"""In the store: when the first row was written. A chain that is empty after that was emptied."""
_NOTED = {
    "something was done with a case": steps.c.at, "something was revealed or asked for": requests.c.made_at,
    "a request was decided": requests.c.decided_at, "somebody was erased": erasures.c.at,
    "a legal hold was set": holds.c.made_at, "notices were silenced": silences.c.made_at,
}  # fmt: skip
"""Times of what is written only together with a row of the chain, in one transaction and at the same time."""
_FIELDS = ("seq", "who", "role", "what", "subject", "reason", "detail", "previous", "digest", "signature")


def append(connection: Connection, key: bytes, entries: Sequence[Entry]) -> Head:
    """Chain rows behind the last one; one process at a time. Returns the new head."""
    take_lock(connection, CASEWORK)
    head, broken = _after(connection, key)
    if head is None:
        entries = [*_journal(connection), *entries]
    if broken:
        entries = [replace(entries[0], what=BROKEN, subject=None, reason=None, detail=broken), *entries]
    for entry in entries:
        sealed = seal(key, entry, head)
        row = {name: getattr(sealed, name) for name in _FIELDS}
        connection.execute(insert(audit).values(at=sealed.at_us, **row))
        head = head_of(key, sealed)
    if head is None:
        raise ValueError("nothing to append")
    put(connection, HEAD, f"{head}:{head.signature}")
    if head.seq == len(entries):
        put(connection, BEGAN, str(entries[0].at_us))
    return head


def entry(
    now: datetime, who: str, role: str, what: str, subject: str | None = None, reason: str | None = None,
    detail: str = "",
) -> Entry:  # fmt: skip
    """A row that is not chained yet. subject: a pseudonym."""
    clean = [_clean(text) for text in (who, role, what, subject, reason, detail)]
    return Entry(0, micros(now), *clean)  # type: ignore[arg-type]


def head_in(connection: Connection) -> Head | None:
    """The head as the store keeps it; None where there is none, or none that could be one."""
    told = get(connection, HEAD)
    if told is None:
        return None
    place, _, signature = told.rpartition(":")
    head = read_head(place)
    return Head(head.seq, head.digest, signature) if head else None


def entries(
    connection: Connection, subject: str | None = None, since: datetime | None = None, limit: int | None = None
) -> list[Entry]:
    """Rows, the oldest first; of these the last `limit`."""
    query = select(audit).order_by(audit.c.seq.desc()).limit(limit)
    if subject is not None:
        query = query.where(audit.c.subject == subject)
    if since is not None:
        query = query.where(audit.c.at >= micros(since))
    return [_entry(row) for row in connection.execute(query)][::-1]


def faults(connection: Connection, key: bytes, anchors: Sequence[Head] = ()) -> list[Fault]:
    """Everything that is wrong with the chain, also by the heads that digests carried away."""
    rows = connection.execute(select(audit).order_by(audit.c.seq), execution_options={"yield_per": 5000})
    head = head_in(connection)
    found = list(verify(key, map(_entry, rows), head, [*anchors, *_told_heads(connection)]))
    if head is None and not found and get(connection, BEGAN):
        found.append(Fault(1, "cut off", "every row was cut off, with the head"))
    return [*found, *_untold(connection)]


def _untold(connection: Connection) -> Iterator[Fault]:
    """What was done later than the last row tells of, though it never is without a row: the rows behind it are gone."""
    seq, last = connection.execute(select(func.max(audit.c.seq), func.max(audit.c.at))).one()
    if seq is None and not get(connection, BEGAN):
        return  # a store from before there was a chain
    for what, column in _NOTED.items():
        done = connection.execute(select(func.max(column))).scalar()
        if done is not None and micros(done) > (last or 0):
            when = f"{done:%Y-%m-%d %H:%M:%SZ}"
            text = f"rows from {(seq or 0) + 1} on were cut off: {what} on {when}, of which no row tells"
            yield Fault((seq or 0) + 1, "cut off", text)


def _after(connection: Connection, key: bytes) -> tuple[Head | None, str]:
    """The head to chain behind, and what is wrong with it: that is a row of its own, so that it never heals unseen."""
    head, last = head_in(connection), connection.execute(select(audit).order_by(audit.c.seq.desc()).limit(1)).first()
    if head is not None and is_signed(key, head) and (last is None or last.seq <= head.seq):
        return head, ""
    if last is None:
        return None, "the signed head was not the one that was written" if get(connection, HEAD) else ""
    return Head(last.seq, last.digest), f"the signed head did not fit row {last.seq}, the last one there"


def _told_heads(connection: Connection) -> Iterator[Head]:
    """Heads in the digests that were written."""
    for body in connection.scalars(select(notices.c.body).where(notices.c.kind == "digest")):
        head = read_head(str(json.loads(body).get("audit_head", "")))
        if head:
            yield head


def _journal(connection: Connection) -> list[Entry]:
    told = json.loads(get(connection, JOURNAL) or "[]")
    connection.execute(kv.delete().where(kv.c.key == JOURNAL))
    return [Entry(0, at, who, "operator", what, None, None, detail) for at, who, what, detail in told]


def _entry(row: object) -> Entry:
    return Entry(at_us=row.at, **{name: getattr(row, name) for name in _FIELDS})  # type: ignore[attr-defined]


def _clean(text: str | None) -> str | None:
    """What every database keeps as it is: no NUL, no half of a character."""
    return None if text is None else text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
