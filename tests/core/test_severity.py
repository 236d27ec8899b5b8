"""Severity: the rate among placebo departures, and the notices a week that can be read."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.core.levels import MOST_CLAIMED, Thresholds
from monitor.core.severity import Scale, scale
from monitor.model import Against

PLACEBOS = list(np.random.default_rng(1).exponential(2.0, 400))
LOUD = [30.0, 25.0, 20.0]


def of(cases: list[float], budget: float, weeks: float = 10.0, placebos: list[float] = PLACEBOS) -> Scale:
    return scale(placebos, cases, weeks, budget, Thresholds())


@pytest.mark.parametrize(("budget", "loud"), [(0.0, 0), (0.05, 0), (0.1, 1), (0.2, 2), (0.29, 2), (0.3, 3), (9.0, 3)])
def test_the_loudest_cases_fill_the_budget_and_the_others_stay_medium(budget: float, loud: int) -> None:
    told = [of(LOUD, budget).severity(score) for score in LOUD]
    assert told == ["critical"] * loud + ["medium"] * (len(LOUD) - loud)


def test_a_rate_names_the_level() -> None:
    measured, levels = of([], 9.0), Thresholds()
    at = {score: (measured.one_in(score), measured.severity(score)) for score in np.arange(0.0, 40.0, 0.5)}
    assert {severity for _, severity in at.values()} == {"low", "medium", "high", "critical"}
    for one_in, severity in at.values():
        assert (severity != "low") == (one_in >= levels.medium)
        assert (severity in ("high", "critical")) == (one_in >= levels.high)
        assert (severity == "critical") == (one_in >= levels.critical)
    assert [one_in for one_in, _ in at.values()] == sorted(one_in for one_in, _ in at.values())
    assert measured.one_in(1e9) == MOST_CLAIMED


def test_few_placebos_leave_a_stated_default() -> None:
    assert of([], 9.0).measured
    assert not of([], 9.0, placebos=[1.0, 2.0]).measured


def test_a_rate_beyond_what_was_measured_is_told_with_two_digits() -> None:
    few = of([], 9.0, placebos=PLACEBOS[:92])
    told = [few.one_in(score) for score in np.arange(0.0, 40.0, 0.1)]
    beyond = [one_in for one_in in told if one_in > 92]
    assert len(set(beyond)) > 20
    assert all(len(str(one_in).rstrip("0")) <= 2 for one_in in beyond)
    assert all(isinstance(one_in, int) for one_in in told)


def test_a_score_is_held_against_all_windows_without_harm() -> None:
    placebos = PLACEBOS[:92]
    measured = scale([*placebos, 9.0], [], 10.0, 9.0, Thresholds(), benign=1)
    top = max(placebos)
    assert measured.against(max(top, 9.0) + 0.1) == Against(windows=93, benign=1, as_high=0)
    assert measured.against(0.0).as_high == 93
    assert measured.against(9.0).as_high == sum(score >= 9.0 for score in placebos) + 1
    assert of([], 9.0, placebos=[1.0, 2.0]).against(5.0) == Against()
