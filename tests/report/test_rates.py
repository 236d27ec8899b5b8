"""How often placebo departures score as high, in words that claim no more than is known."""

from __future__ import annotations

import pytest

from monitor.report.rates import of_people, rate


@pytest.mark.parametrize(
    ("one_in", "measured", "words"),
    [
        (1835, True, "one in 1,835 placebo departures"),
        (1835, False, "about one in 1,835 placebo departures, by the default scale"),
        (100_000, True, "rarer than one in 100,000 placebo departures"),
        (100_000, False, "rarer than one in 100,000 placebo departures, by the default scale"),
        (1, True, "as most placebo departures"),
        (1, False, "as most placebo departures, by the default scale"),
    ],
)
def test_a_rate(one_in: int, measured: bool, words: str) -> None:
    assert rate(one_in, measured=measured) == words


@pytest.mark.parametrize(
    ("one_in", "begin"),
    [
        (47056, "One in 47,056 people who did not leave has"),
        (100_000, "Fewer than one in 100,000 people"),
        (1, "Most "),
    ],
)
def test_a_sentence_of_people(one_in: int, begin: str) -> None:
    assert of_people(one_in).startswith(begin)
