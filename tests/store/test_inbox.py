"""What came in: counted, kept once, and known to have come in the order in which it came."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from monitor.core.clocks import micros
from monitor.sources.push import read_push
from monitor.store import inbox
from monitor.store.schema import events, rejects, tallies
from monitor.store.state import State, get

NOW = datetime(2017, 11, 2, 19, tzinfo=UTC)
KEEP_DAYS = 400


def event(event_id: str, actor: str = "ann", when: datetime = NOW) -> dict:
    return {"id": event_id, "time": when.isoformat(), "actor": actor, "action": "file.read"}


def take(state: State, *came: object, now: datetime = NOW, watched: tuple[str, ...] = ()) -> inbox.Stored:
    body = "".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in came).encode()
    return inbox.take(state, read_push(body), lambda: watched, now, keep_days=KEEP_DAYS)


def counters(state: State) -> list[str | None]:
    with state.read() as connection:
        return [get(connection, name) for name in (inbox.CHANGED, inbox.URGENT)]


def test_accepted_and_set_aside_are_all_that_was_received(state: State) -> None:
    long = event("x" * (inbox.LONGEST_ID + 1))
    assert take(state, event("a"), event("x" * inbox.LONGEST_ID), long, "no json") == inbox.Stored(4, 2, 2, 2, 0)
    assert take(state, event("a"), event("b")) == inbox.Stored(2, 2, 1, 0, 0), "ids are known again"
    with state.read() as connection:
        row = connection.execute(select(tallies)).one()
        assert (row.received, row.accepted, row.fresh, row.set_aside) == (6, 4, 3, 2)
        assert sorted(connection.scalars(select(rejects.c.why)))[1].startswith("the id is longer than 400")


def test_only_what_is_new_and_of_somebody_watched_is_urgent(state: State) -> None:
    assert counters(state) == [None, None]
    take(state, event("a"), watched=("bob",))
    assert counters(state) == ["1", None]
    take(state, event("b", "BOB"), watched=("bob",))
    assert counters(state) == ["2", "1"], "whoever acts is known in any spelling"
    take(state, event("b", "BOB"), watched=("bob",))
    assert counters(state) == ["2", "1"], "it had come before"


def test_what_comes_later_is_known_later_also_where_the_clock_was_set_back(state: State) -> None:
    back = [timedelta(0), timedelta(0), timedelta(hours=1), timedelta(hours=23)]
    for n, earlier in enumerate(back):
        take(state, event(f"e{n}"), now=NOW - earlier)
    with state.read() as connection:
        seen = list(connection.scalars(select(events.c.seen_at).order_by(events.c.id)))
    assert seen == sorted(set(seen))
    take(state, event("f"), now=NOW - timedelta(days=400))
    with state.read() as connection:
        stamp = get(connection, inbox.SEEN)
    assert stamp == str(micros(NOW - timedelta(days=400))), "a clock that was years off is not followed for years"


def test_what_is_older_than_the_time_that_is_kept_is_counted(state: State) -> None:
    oldest = NOW - timedelta(days=KEEP_DAYS)
    stored = take(state, event("a", when=oldest - timedelta(seconds=1)), event("b", when=oldest), event("c"))
    assert (stored.fresh, stored.too_old) == (3, 1)
