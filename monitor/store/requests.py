"""What was revealed, and what waits for a second person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from monitor.store.schema import requests


@dataclass(frozen=True, slots=True)
class Request:
    """`state` is waiting, granted or refused; `until` ends the waiting, or what was granted. `subject`: a pseudonym."""

    seq: int
    kind: str
    subject: str | None
    payload: dict[str, Any]
    reason: str
    made_at: datetime
    made_by: str
    state: str
    decided_by: str | None
    decided_at: datetime | None
    until: datetime


def make(
    connection: Connection, kind: str, subject: str | None, payload: dict[str, Any], reason: str, now: datetime,
    who: str, until: datetime, granted_by: str | None = None,
) -> int:  # fmt: skip
    """Write a request down, already granted where somebody did. Returns its number."""
    granted = granted_by is not None
    row = {
        "kind": kind, "subject": subject, "payload": json.dumps(payload, sort_keys=True), "reason": reason,
        "made_at": now, "made_by": who, "state": "granted" if granted else "waiting", "decided_by": granted_by,
        "decided_at": now if granted else None, "until": until,
    }  # fmt: skip
    made = connection.execute(requests.insert().values(**row)).inserted_primary_key
    return int(made[0]) if made else 0


def decide(connection: Connection, seq: int, state: str, who: str, now: datetime, until: datetime) -> bool:
    """Grant or refuse one that waits. Was it there?"""
    mine = (requests.c.seq == seq) & (requests.c.state == "waiting") & (requests.c.until > now)
    done = update(requests).where(mine).values(state=state, decided_by=who, decided_at=now, until=until)
    return bool(connection.execute(done).rowcount)


def waiting_of(connection: Connection, now: datetime, kind: str, subject: str, who: str) -> int | None:
    """The number of what this viewer asked for already and still waits for, the oldest; None where there is nothing."""
    found = (r.seq for r in standing(connection, now, [kind], "waiting") if (r.subject, r.made_by) == (subject, who))
    return next(found, None)


def settle(connection: Connection, request: Request, state: str, who: str, now: datetime, until: datetime) -> list[int]:
    """Decide what the same viewer asked for besides of the same kind about the same person. Returns the numbers."""
    same = [
        other.seq
        for other in standing(connection, now, [request.kind], "waiting")
        if (other.subject, other.made_by) == (request.subject, request.made_by) and other.seq != request.seq
    ]
    return [seq for seq in same if decide(connection, seq, state, who, now, until)]


def find(connection: Connection, seq: int) -> Request | None:
    """The request of that number."""
    row = connection.execute(select(requests).where(requests.c.seq == seq)).first()
    return _request(row) if row else None


def standing(connection: Connection, now: datetime, kinds: Sequence[str], state: str) -> list[Request]:
    """Requests in a state that are in time, the oldest first."""
    there = requests.c.kind.in_(kinds) & (requests.c.state == state)
    there &= (requests.c.until > now) & (requests.c.made_at <= now)
    return [_request(row) for row in connection.execute(select(requests).where(there).order_by(requests.c.seq))]


def _request(row: Any) -> Request:
    told = {name: getattr(row, name) for name in Request.__dataclass_fields__}
    return Request(**told | {"payload": json.loads(row.payload)})
