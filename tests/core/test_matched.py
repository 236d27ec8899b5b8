"""Matched leavers: what share of them does alike, and what that takes off a score."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from monitor.core.matched import FEW, LEAST, alike, taken, tell
from monitor.core.windows import Window, date_of
from monitor.model import Departure

LAST = 17_000


def window(person: int, last: int = LAST, placebo: bool = False) -> Window:
    day = date_of(last)
    told = None if placebo else Departure(str(person), day, None, "unknown", "planned")
    return Window(person, last - 30, last + 31, day, 0, told)


def counted(windows: list[Window], acts: list[tuple[int, int, float]]) -> list[float]:
    """What is left of the score of each act (window, action, score), as a share."""
    events = {"w": np.array([w for w, _, _ in acts], int), "a": np.array([a for _, a, _ in acts], int)}
    scores = np.array([score for _, _, score in acts])
    return list(1 + taken(events, windows, scores) / scores)


def test_what_every_leaver_does_counts_least() -> None:
    windows = [window(i) for i in range(100)]
    assert set(counted(windows, [(i, 0, 5.0) for i in range(100)])) == {LEAST}


def test_an_act_twice_as_strong_as_the_custom_stands_out() -> None:
    windows = [window(i) for i in range(100)]
    assert counted(windows, [(0, 0, 10.1), *((i, 0, 5.0) for i in range(1, 100))])[0] == 1.0


def test_another_action_is_not_alike() -> None:
    windows = [window(i) for i in range(100)]
    assert counted(windows, [(0, 1, 5.0), *((i, 0, 5.0) for i in range(1, 100))])[0] == 1.0


def test_what_one_in_nine_does_is_no_custom() -> None:
    windows = [window(i) for i in range(91)]
    shares = counted(windows, [(i, 0, 5.0) for i in range(11)])
    assert shares == [1.0] * 11
    assert max(counted(windows, [(i, 0, 5.0) for i in range(40)])) < 1.0


def test_a_few_leavers_prove_no_custom() -> None:
    assert min(counted([window(0), window(1)], [(0, 0, 5.0), (1, 0, 5.0)])) > 0.8
    assert counted([window(0)], [(0, 0, 5.0)]) == [1.0]


def test_the_same_person_leaving_twice_is_nobody_else() -> None:
    windows = [window(0, LAST - 100), window(0)] + [window(i) for i in range(1, 100)]
    events = {"w": np.array([0, 1]), "a": np.array([0, 0])}
    found = alike(events, windows, np.array([5.0, 5.0]), np.array([0, 1]))
    assert (found.k.tolist(), found.n.tolist()) == ([0, 0], [99, 99])


def test_nobody_leaves() -> None:
    assert counted([], []) == []


def test_placebos_are_no_leavers() -> None:
    windows = [window(0)] + [window(i, placebo=True) for i in range(1, 100)]
    assert counted(windows, [(i, 0, 5.0) for i in range(100)]) == [1.0] * 100


@pytest.mark.parametrize(("apart", "left"), [(0, LEAST), (61, 1.0)])
def test_a_layoff_is_compared_with_those_who_leave_at_the_same_time(apart: int, left: float) -> None:
    """Eighty of four hundred leave on one day and do alike; those who left before did nothing of the kind."""
    windows = [window(i) for i in range(80)] + [window(i, LAST - 61) for i in range(80, 400)]
    windows[0] = window(0, LAST - apart)
    shares = counted(windows, [(i, 0, 5.0) for i in range(80)])
    assert shares[0] == pytest.approx(left, abs=0.12)


def test_it_is_told_with_figures() -> None:
    windows = [window(i) for i in range(30)] + [window(i, LAST - 100) for i in range(30, 60)]
    events = {"w": np.arange(30), "a": np.zeros(30, int)}
    found = alike(events, windows, np.full(30, 5.0), np.array([3]))
    share = (29 + FEW * 29 / (59 + FEW)) / (29 + FEW)
    assert found.share[0] == pytest.approx(share)
    assert tell(found, 0) == "counts 25 %: 29 of 59 other leavers did alike, 29 of the 29 who leave at the same time"
    assert windows[3].last_day == date(2016, 7, 18)
