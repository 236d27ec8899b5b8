"""Severity: the rate among placebo departures, and the notices a week that can be read."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.core.levels import MOST_CLAIMED, Thresholds
from monitor.core.severity import Scale, scale

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
