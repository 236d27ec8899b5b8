"""Which versions of a roster are refused."""

from __future__ import annotations

from datetime import timedelta

from monitor.core.guard import refusal
from tests.core.made import LAST_DAY


def test_a_roster_that_breaks_is_refused() -> None:
    people = {f"p{i}" for i in range(100)}
    fewer = {f"p{i}" for i in range(79)}
    assert refusal(people, set(), {}, {}) == "it is empty"
    assert refusal(people, fewer, {}, {}) == "21 of 100 people are missing"
    assert refusal(people, fewer | {"p79"}, {}, {}) is None
    assert refusal(set(), people, {}, {}) is None
    old = {f"p{i}": [LAST_DAY] for i in range(10)}
    new = {f"p{i}": [LAST_DAY + timedelta(days=i % 2)] for i in range(10)}
    assert refusal(people, people, old, new) is None
    new |= {"p0": [LAST_DAY + timedelta(days=1)]}
    assert refusal(people, people, old, new) == "6 of 10 last days have moved"


def test_a_roster_whose_last_days_are_gone_is_refused() -> None:
    people = {f"p{i}" for i in range(100)}
    old = {"p0": [LAST_DAY], "p1": [LAST_DAY], "p2": []}
    assert refusal(people, people, old, {}) == "all 2 departures have vanished"
    assert refusal(people, people, old, {"p1": []}) is None, "one is told as withdrawn: the feed speaks"
    assert refusal(people, people, {"p0": [LAST_DAY]}, {}) is None, "one alone was withdrawn"
    assert refusal(people, people, {}, {}, 1, 1) == "1 of 1 last day cannot be read"
    assert refusal(people, people, {}, {}, 6, 11) == "6 of 11 last days cannot be read"
    assert refusal(people, people, {}, {}, 5, 10) is None
