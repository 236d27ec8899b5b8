"""Every kind of evidence in words: what was seen, and how often it was so before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detectors.tail import bin_of
from monitor.core.explain import STATES, Figures, tell
from monitor.core.questions import NEW_TO_ALL, NEW_TO_ME, QUESTIONS

COUNTS = np.array([2.0, 40.0, 30.0, 900.0, 0.0, 0.0])
USUAL = bin_of([10, 1000, 5, 400]).astype(float)
EVENT: dict[str, Any] = {
    "action": "file.read", "to": "", "unit": "rows", "action_before": "file.copy", "where": "Sunday 03:00",
    "used": "pc-7", "again": 0, "n_unstated": 3, "n_day": 5, "n_hour": 4, "s_day": 80.0, "idle": 30, "campaign": 1.0,
    "magnitude": 44e6, "s_many": 12.0, "n_many": 9, "s_split": 900.0, "n_same": 3, "n_new": 6, "n_foreign": 7,
    "n7": 20, "c7": 20, "n28": 60, "c28": 10, "new7": 8, "new28": 9, "new_pc": 4, "target_state": NEW_TO_ME,
    "target_users": 3, "place_state": NEW_TO_ALL, "place_users": 0,
}  # fmt: skip


def told(question: str, **changes: Any) -> str:
    counts = COUNTS[:3] if question.startswith("habit") else COUNTS
    return tell(question, EVENT | changes, Figures(counts, USUAL)).text


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (
            "habit @pc",
            "pc pc-7: this person used it on 2 days before the watch window, and other ones on 28 days (each",
        ),
        ("rarity days", "file.read: on 2 of 40 own days before, on 30 of 900 of the peers' days"),
        ("sequence order", "file.read after file.copy on the same thing: 2 of 40 own times"),
        ("unstated day", "file.read without a stated reason, 3 of 5 that day; so 2 of 40 own times before"),
        ("foreign @pc", "pc pc-7 is nearly always used by somebody else; so in 2 of 40 own uses before"),
        ("novelty target", "the target is new to this person, known in the team and used by 3 others; so in 2 of 40"),
        ("novelty place", f"this sort of target is {STATES[NEW_TO_ALL]}; so in 2 of 40 own acts"),
        ("rhythm hour", "Sunday 03:00: active in this hour of the week in 2 of 40 own active hours"),
        ("adopted pc", "pc pc-7: new to this person and used on 4 days since its first use, within four weeks"),
        ("dormancy days", "the account lay idle for 30 active days; longer in 2 of 40 own gaps"),
        ("magnitude magnitude", "44,000,000 rows: above 95 % of 40 own acts before, above 96.7 % of 900 peer acts"),
        ("volume day", "5 times that day: above 95 % of 40 own days with it"),
        ("drift month", "60 times in four weeks: above 95 % of 40 own spells of four weeks, above 96.7 % of 900 peer"),
        ("novelty many", "7 first uses of what other teams or people use, in one day: above 95 % of 40 own days"),
        ("magnitude many", "12 bits above chance, the sizes of that day's 9 targets together: above 95 % of 40"),
    ],
)
def test_each_kind_is_told_with_its_figures(question: str, words: str) -> None:
    assert told(question).startswith(words)


def test_every_question_can_be_told() -> None:
    for question in QUESTIONS:
        assert told(question.key)


def test_what_is_unusual_again_and_again_is_told_with_its_days() -> None:
    once = told("habit @pc")
    assert told("habit again @pc", again=5) == f"{once}; something as unusual on 5 days within four weeks"


@pytest.mark.parametrize(
    ("days", "in_all", "words", "own"),
    [
        (0, 69, "this person never used it before the watch window, but other ones on 69 days (each one's added up)",
         "never, other ones 69 days"),
        (1, 2, "this person used it on 1 day before the watch window, and other ones on 1 day (each one's added up)",
         "1 day, other ones 1 day"),
        (9, 9, "this person used it on 9 days before the watch window, and no other one", "9 days, no other one"),
    ],
)  # fmt: skip
def test_a_thing_used_is_held_against_the_same_persons_others(days: int, in_all: int, words: str, own: str) -> None:
    found = tell("habit @pc", EVENT, Figures(np.array([days, 1.0, in_all])))
    assert (found.text, found.own_usual) == (f"pc pc-7: {words}", own)


def test_what_goes_out_is_told_as_such() -> None:
    assert told("rarity days", to=" to outsiders").startswith("file.read to outsiders: on 2 of 40")
    assert told("volume day", to=" to outsiders").startswith("5 times that day to outsiders:")


def test_a_campaign_of_the_team_is_told_where_it_explains_a_part() -> None:
    assert told("volume day", campaign=1.19).count("(") == 0
    assert told("volume day", campaign=3.0).endswith("(the team did 3.0 times its usual that day; that is taken out)")
    assert told("drift month").endswith("(10 without what the whole team did)")
    assert "(" not in told("drift week")


def test_what_nobody_did_before_is_told_so() -> None:
    nothing = tell("volume day", EVENT, Figures(np.zeros(6), np.full(4, -1.0)))
    assert nothing.text == "5 times that day: nobody did it before"
    assert (nothing.own_usual, nothing.peer_usual) == ("none known", "none known")
    first = tell("rarity days", EVENT, Figures(np.zeros(6)))
    assert (first.own_usual, first.peer_usual) == ("none known", "none known")


def test_what_is_a_little_unusual_again_and_again_is_told_with_its_days() -> None:
    assert told("habit @pc", again=6).endswith("; something as unusual on 6 days within four weeks")


def test_usual_sizes_stand_beside() -> None:
    found = tell("magnitude magnitude", EVENT, Figures(COUNTS, USUAL))
    assert found.value == "44,000,000 rows"
    assert found.own_usual == "usually about 10, at most about 1,030"
    assert found.peer_usual == "usually 5, at most about 429"


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("magnitude magnitude", "usually about 10, at most about 1,030"),
        ("volume size", "usually about 10, at most about 1,030"),
        ("volume day", "usually about 10, at most about 1,030"),
        ("magnitude many", "usually about 9.4, at most about 1,030"),
    ],
)
def test_what_is_usual_is_told_no_more_exactly_than_it_is_known(question: str, own: str) -> None:
    assert tell(question, EVENT, Figures(COUNTS, USUAL)).own_usual == own
