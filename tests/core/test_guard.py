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
