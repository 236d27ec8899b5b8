"""The outbox: notices wait here with the transaction that made them, until their channel has taken them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from monitor.core.routing import Delivery
from monitor.model import Notice
from monitor.store.schema import channels, outbox
from monitor.store.state import State, insert_new

LEASE_SECONDS = 120.0
"""Longer than any channel's deadline: who holds a notice longer is gone."""
SET_BACK = timedelta(minutes=5)
"""A row written further in the future than this was written before the clock was set back."""
NOBODY = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A notice to send now. `key` is the same at every attempt."""

    key: str
    channel: str
    notice: Notice
    recipients: tuple[str, ...]
    attempts: int


def post(connection: Connection, notice: Notice, to: Sequence[Delivery], due_at: datetime) -> None:
    """Put a notice into the outbox, a row for each channel; where nobody can be told, that is visible."""
    for delivery in to or [Delivery(NOBODY, ())]:
        lost = delivery.channel == NOBODY
        connection.execute(
            insert_new(connection, outbox).values(
                key=f"{notice.notice_id}.{delivery.channel}" if delivery.channel else notice.notice_id,
                notice_id=notice.notice_id,
                channel=delivery.channel,
                kind=notice.kind,
                severity=notice.severity,
                case_id=notice.case_id,
                person_id=notice.person_id,
                body=json.dumps(notice.body, sort_keys=True),
                recipients=json.dumps(delivery.recipients),
                created_at=notice.created_at,
                due_at=due_at,
                state="given_up" if lost else "waiting",
                attempts=0,
                changed_at=notice.created_at,
                error="nobody is left to tell" if lost else None,
            )
        )


def claim(state: State, channel: str, holder: str, now: datetime) -> Claimed | None:
    """The oldest notice of a channel that is due, leased to the holder; None where there is none."""
    late = or_(outbox.c.due_at <= now, outbox.c.changed_at > now + SET_BACK)
    free = or_(outbox.c.lease_until <= now, outbox.c.changed_at > now + SET_BACK)
    due = ((outbox.c.state == "waiting") & late) | ((outbox.c.state == "sending") & free)
    query = select(outbox).where(outbox.c.channel == channel, due).order_by(outbox.c.created_at, outbox.c.key).limit(1)
    with state.read() as connection:
        if connection.execute(query).first() is None:
            return None
    with state.write() as connection:
        row = connection.execute(query.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        until = now + timedelta(seconds=LEASE_SECONDS)
        lease = {"state": "sending", "leased_by": holder, "lease_until": until, "changed_at": now}
        mine = update(outbox).where(outbox.c.key == row.key)
        connection.execute(mine.values(attempts=outbox.c.attempts + 1, **lease))
    return _claimed(row)


def mark_sent(state: State, key: str, holder: str, now: datetime) -> None:
    """The channel took it."""
    with state.write() as connection:
        _settle(connection, key, holder, {"state": "sent", "sent_at": now, "changed_at": now, "error": None})


def mark_waiting(
    state: State, key: str, holder: str, now: datetime, due_at: datetime, why: str, left: Sequence[str] = ()
) -> None:
    """The channel did not take it; it is tried again.  left: those who do not have it yet, where some do."""
    values = {"state": "waiting", "due_at": due_at, "changed_at": now, "error": why[:500]}
    with state.write() as connection:
        _settle(connection, key, holder, values | _to(left))


def mark_given_up(
    connection: Connection, key: str, holder: str, now: datetime, why: str, left: Sequence[str] = ()
) -> None:
    """It is not tried again, and shown.  left: as for `mark_waiting`."""
    _settle(connection, key, holder, {"state": "given_up", "changed_at": now, "error": why[:500]} | _to(left))


def give_up_channel(connection: Connection, channel: str, now: datetime, why: str) -> list[Any]:
    """Turn a channel off. Returns what waited for it."""
    connection.execute(insert_new(connection, channels).values(name=channel, off_at=now, why=why[:500]))
    waiting = (outbox.c.channel == channel) & outbox.c.state.in_(["waiting", "sending"])
    rows = list(connection.execute(select(outbox).where(waiting)))
    connection.execute(
        update(outbox).where(waiting).values(state="given_up", changed_at=now, error="the channel is off")
    )
    return rows


def channels_off(connection: Connection) -> dict[str, str]:
    """Channels that are turned off, and why."""
    return {row.name: row.why for row in connection.execute(select(channels))}


def resend(connection: Connection, key: str, now: datetime) -> bool:
    """Try again what was given up."""
    again = {
        "state": "waiting",
        "due_at": now,
        "changed_at": now,
        "created_at": now,
        "attempts": 0,
        "lease_until": None,
    }
    mine = (outbox.c.key == key) & (outbox.c.state == "given_up") & (outbox.c.channel != NOBODY)
    return bool(connection.execute(update(outbox).where(mine).values(**again)).rowcount)


def counts(connection: Connection) -> dict[tuple[str, str], int]:
    """How many notices there are by (channel, state)."""
    query = select(outbox.c.channel, outbox.c.state, func.count()).group_by(outbox.c.channel, outbox.c.state)
    return {(channel, state): n for channel, state, n in connection.execute(query)}


def stuck(connection: Connection) -> dict[str, str]:
    """Why channels did not take what waits for them, by channel: the last word of each."""
    query = select(outbox.c.channel, outbox.c.error).where(outbox.c.state == "waiting", outbox.c.error.is_not(None))
    return {row.channel: row.error for row in connection.execute(query.order_by(outbox.c.changed_at))}


def recent(connection: Connection, since: datetime, kinds: Sequence[str]) -> int:
    """How many different notices of these kinds were written since then."""
    query = select(func.count(outbox.c.notice_id.distinct())).where(
        outbox.c.created_at > since, outbox.c.kind.in_(kinds)
    )
    return int(connection.execute(query).scalar() or 0)


def last_said(connection: Connection, topic: str) -> str | None:
    """What the operator was last told of something; None where that is past its time."""
    query = select(outbox.c.body).where(outbox.c.kind == "operator").order_by(outbox.c.created_at.desc())
    bodies = map(json.loads, connection.scalars(query))
    return next((str(body["text"]) for body in bodies if body["topic"] == topic), None)


def as_notice(row: Any) -> Notice:
    """The notice of a row."""
    return Notice(
        row.notice_id, row.kind, row.severity, row.case_id, row.person_id, row.created_at, json.loads(row.body)
    )


def _claimed(row: Any) -> Claimed:
    return Claimed(row.key, row.channel, as_notice(row), tuple(json.loads(row.recipients)), row.attempts + 1)


def _to(left: Sequence[str]) -> dict[str, Any]:
    return {"recipients": json.dumps(left)} if left else {}


def _settle(connection: Connection, key: str, holder: str, values: dict[str, Any]) -> None:
    mine = (outbox.c.key == key) & (outbox.c.leased_by == holder) & (outbox.c.state == "sending")
    connection.execute(update(outbox).where(mine).values(leased_by=None, lease_until=None, **values))
