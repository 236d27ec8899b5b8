"""What is known, laid out for judgement."""

from __future__ import annotations

from pathlib import Path

from monitor.engine import own_tables
from monitor.sql import MAX_ATTRIBUTES
from monitor.store.recall import recall
from monitor.store.state import State
from tests.store.test_inbox import event, take


def test_of_too_many_attributes_those_on_most_events_are_kept_as_in_a_scan(state: State, tmp_path: Path) -> None:
    for batch in "ab":
        rare = [f"{batch}{i}" for i in range(MAX_ATTRIBUTES)]
        take(state, *(event(f"{batch}{i}") | {"host": "pc", name: "once"} for i, name in enumerate(rare)))
    with state.read() as connection, own_tables() as db:
        names = recall(connection, db, tmp_path)
        hosts = db.execute('SELECT DISTINCT "@host" FROM event').fetchall()
    assert len(names) == MAX_ATTRIBUTES
    assert hosts == [("pc",)]
