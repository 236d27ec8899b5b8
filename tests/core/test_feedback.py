"""Feedback: whom and what it damps, until when, and what it never damps."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from monitor.core.feedback import SHARE, Damping, damper, damping, tell
from monitor.core.windows import day_number
from monitor.model import Feedback, Person

ACTIONS = ["file.read", "report.export", "report.print"]
DAY = date(2017, 11, 2)


def person(person_id: str, department: str | None = "Sales", title: str | None = "Agent") -> Person:
    return Person(person_id, None, None, (), department, title, None, None, None, None)


PEOPLE = [person("ann"), person("bob", title="Clerk"), person("cy", "Ops"), person("dan", None, None)]


def benign(
    person_id: str | None = None, team: str | None = None, action: str = "*", verdict: str = "benign",
    expires: date = DAY,
) -> Feedback:  # fmt: skip
    return Feedback(person_id, team, action, verdict, "the yearly audit", expires)


def whom(*entries: Feedback, action: str = "report.export", day: date = DAY) -> list[str]:
    return [p.person_id for p in PEOPLE if damper(entries, p, action, day)]


@pytest.mark.parametrize(
    ("entry", "damped"),
    [
        (benign("ann"), ["ann"]),
        (benign("Ann"), []),
        (benign(team="Sales"), ["ann", "bob"]),
        (benign(team="sales/CLERK"), ["bob"]),
        (benign(team="Sales/"), []),
        (benign(team="Agent"), []),
        (benign(team=""), []),
    ],
)
def test_whom(entry: Feedback, damped: list[str]) -> None:
    assert whom(entry) == damped


def test_people_without_a_team_are_no_team() -> None:
    assert whom(benign(team="None")) == whom(benign(team="/")) == []


@pytest.mark.parametrize(
    ("pattern", "damped"),
    [
        ("report.*", True), ("REPORT.export", True), ("report", False), ("*", True), ("*.read", False),
        ("report.?xport", True),
    ],
)  # fmt: skip
def test_which_actions(pattern: str, damped: bool) -> None:
    assert (whom(benign("ann", action=pattern)) == ["ann"]) is damped


def test_until_its_last_day_and_no_longer() -> None:
    assert whom(benign("ann")) == ["ann"]
    assert whom(benign("ann"), day=date(2017, 11, 3)) == []


@pytest.mark.parametrize("verdict", ["malicious", "honest-mistake"])
def test_what_did_harm_is_never_damped(verdict: str) -> None:
    harm = benign("ann", action="report.export", verdict=verdict)
    assert whom(harm) == []
    for entries in ([harm, benign(team="Sales")], [benign(team="Sales"), harm]):
        assert whom(*entries) == ["bob"]
        assert whom(*entries, action="report.print") == ["ann", "bob"]


def test_an_expired_warning_does_nothing_either() -> None:
    harm = benign("ann", verdict="malicious", expires=date(2017, 11, 1))
    assert whom(benign("ann"), harm) == ["ann"]


def test_of_several_the_first_is_named() -> None:
    first, second = benign(team="Sales"), benign("ann")
    found = damper([first, second], PEOPLE[0], "file.read", DAY)
    assert found is first
    assert tell(first) == "counts a quarter: found benign until 2017-11-02, because the yearly audit"


def test_events_at_once_are_as_one_by_one() -> None:
    entries = [benign("ann", action="report.*"), benign(team="Sales/Clerk"), benign("cy", verdict="malicious")]
    draw = np.random.default_rng(1)
    p, a = draw.integers(0, len(PEOPLE), 200), draw.integers(0, len(ACTIONS), 200)
    d = day_number(DAY) + draw.integers(-2, 3, 200)
    found = damping(entries, PEOPLE, ACTIONS, {"p": p, "a": a, "d": d})
    for i in range(200):
        alone = damper(entries, PEOPLE[p[i]], ACTIONS[a[i]], date.fromordinal(int(d[i]) + date(1970, 1, 1).toordinal()))
        assert (found.entry(i) if found.damped[i] else None) is alone


def test_a_share_is_left_and_nothing_else_changes() -> None:
    scores = np.array([8.0, 5.0, 0.0])
    taken = Damping((benign("ann"),), np.array([0, -1, 0])).taken(scores)
    assert (scores + taken).tolist() == [8.0 * SHARE, 5.0, 0.0]


def test_nobody_and_nothing() -> None:
    none = np.zeros(0, np.int64)
    assert not damping([benign("ann")], PEOPLE, ACTIONS, {"p": none, "a": none, "d": none}).damped.any()
    assert not damping(
        [], PEOPLE, ACTIONS, {"p": np.zeros(3, int), "a": np.zeros(3, int), "d": np.zeros(3, int)}
    ).damped.any()
