"""The outbox: who may send a notice, who may settle it, and what a clock that was set back changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from monitor.core.routing import Delivery
from monitor.model import Notice
from monitor.store import outbox
from monitor.store.schema import outbox as rows
from monitor.store.state import State

NOW = datetime(2017, 11, 2, 19, tzinfo=UTC)
LEASE = timedelta(seconds=outbox.LEASE_SECONDS)
KEY = "n1.mail"


@pytest.fixture
def state(state: State) -> State:
    """A database with one notice, due now."""
    write(state, "n1", NOW, Delivery("mail", ("a@b.example",)))
    return state


def write(state: State, notice_id: str, due: datetime, *to: Delivery) -> None:
    with state.write() as connection:
        outbox.post(connection, Notice(notice_id, "opened", "high", "c1", "p1", NOW, {"a": 1}), to, due)


def stands(state: State, key: str = KEY) -> tuple[str, str | None]:
    """The state of a notice, and who holds it."""
    with state.read() as connection:
        row = connection.execute(select(rows.c.state, rows.c.leased_by).where(rows.c.key == key)).one()
        return row.state, row.leased_by


def test_who_holds_a_notice_alone_may_settle_it(state: State) -> None:
    first = outbox.claim(state, "mail", "one", NOW)
    assert first is not None
    assert (first.key, first.attempts, stands(state)) == (KEY, 1, ("sending", "one"))
    assert outbox.claim(state, "mail", "two", NOW + LEASE - timedelta(seconds=1)) is None
    again = outbox.claim(state, "mail", "two", NOW + LEASE)
    assert again is not None
    assert (again.key, again.attempts) == (KEY, 2), "whoever held it was too slow, or is gone"
    outbox.mark_sent(state, KEY, "one", NOW + LEASE)
    assert stands(state) == ("sending", "two")
    outbox.mark_sent(state, KEY, "two", NOW + LEASE)
    outbox.mark_waiting(state, KEY, "two", NOW + LEASE, NOW, "too late to say so")
    assert stands(state) == ("sent", None)
    assert outbox.claim(state, "mail", "one", NOW + 2 * LEASE) is None


def test_a_clock_that_is_set_back_holds_nothing_up(state: State) -> None:
    before = NOW - outbox.SET_BACK
    assert outbox.claim(state, "mail", "one", before) is None, "a few minutes are waited out"
    assert outbox.claim(state, "mail", "one", before - timedelta(seconds=1)) is not None
    lost = outbox.claim(state, "mail", "two", before - 2 * outbox.SET_BACK)
    assert lost is not None, "its lease would last until the clock is back where it was"


def test_what_nobody_is_left_to_tell_is_seen_and_not_sent_again(state: State) -> None:
    write(state, "n2", NOW)
    assert stands(state, "n2") == ("given_up", None)
    with state.write() as connection:
        outbox.mark_given_up(connection, KEY, "one", NOW, "not held, so not given up")
        assert not outbox.resend(connection, KEY, NOW), "only what was given up"
        assert not outbox.resend(connection, "n2", NOW)
    claimed = outbox.claim(state, "mail", "one", NOW)
    assert claimed is not None
    with state.write() as connection:
        outbox.mark_given_up(connection, KEY, "one", NOW, "x" * 999)
        assert outbox.resend(connection, KEY, NOW)
    assert stands(state) == ("waiting", None)


def test_a_notice_that_is_written_twice_stands_once(state: State) -> None:
    write(state, "n1", NOW, Delivery("mail", ("a@b.example",)), Delivery("hook", ()))
    with state.read() as connection:
        assert outbox.counts(connection) == {("mail", "waiting"): 1, ("hook", "waiting"): 1}
        assert outbox.recent(connection, NOW - timedelta(hours=1), ["opened"]) == 1
        assert outbox.recent(connection, NOW, ["opened"]) == 0
