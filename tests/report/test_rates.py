"""How often people who did not leave score as high, in words that claim no more than is known."""

from __future__ import annotations

import pytest

from monitor.core.levels import MOST_CLAIMED
from monitor.model import Against
from monitor.report.rates import DRAWN_ON, basis, of_people, rate

HIGH = "an act that scores as high"
BEYOND = Against(windows=92, benign=0, as_high=0)
WITHIN = Against(windows=92, benign=0, as_high=3)


@pytest.mark.parametrize(
    ("one_in", "measured", "words"),
    [
        (1800, True, "about one in 1,800 placebo departures"),
        (1800, False, "about one in 1,800 placebo departures, by the default scale"),
        (100_000, True, "rarer than one in 100,000 placebo departures"),
        (100_000, False, "rarer than one in 100,000 placebo departures, by the default scale"),
        (1, True, "as most placebo departures"),
        (1, False, "as most placebo departures, by the default scale"),
    ],
)
def test_a_rate(one_in: int, measured: bool, words: str) -> None:
    assert rate(one_in, measured=measured) == words


@pytest.mark.parametrize(
    ("against", "words"),
    [
        (BEYOND, f"more than any of the 92 windows of people who did not leave; the rate holds {DRAWN_ON}"),
        (WITHIN, "reached in 3 of the 92 windows of people who did not leave"),
        (Against(93, 1, 9), "reached in 9 of the 93 windows of people who did not leave and leavers found benign"),
        (Against(), ""),
    ],
)
def test_what_a_rate_rests_on(against: Against, words: str) -> None:
    assert basis(against) == words


@pytest.mark.parametrize(
    ("one_in", "against", "who", "words"),
    [
        (48_000, BEYOND, "", f"none has {HIGH}; about one in 48,000 has {DRAWN_ON}"),
        (MOST_CLAIMED, BEYOND, "", f"none has {HIGH}; fewer than one in 100,000 have {DRAWN_ON}"),
        (28, WITHIN, "", f"3 have {HIGH}"),
        (60, Against(92, 1, 1), " and leavers found benign", f"1 has {HIGH}"),
    ],
)
def test_a_sentence_of_people(one_in: int, against: Against, who: str, words: str) -> None:
    assert of_people(one_in, against) == f"Of the 92 windows of people who did not leave{who} {words}"


@pytest.mark.parametrize(
    ("one_in", "begin"),
    [
        (47000, "About one in 47,000 people who did not leave has"),
        (100_000, "Fewer than one in 100,000 people"),
        (1, "Most "),
    ],
)
def test_a_sentence_where_no_windows_are_known(one_in: int, begin: str) -> None:
    assert of_people(one_in, Against(), measured=False).startswith(begin)
    assert of_people(one_in, Against(), measured=False).endswith(", by the default scale")
