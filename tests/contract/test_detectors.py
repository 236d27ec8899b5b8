"""Every detector keeps the contract; so does a PyOD model, but for what this house forbids."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable

import numpy as np
import pytest

import detectors
from detectors.base import Floats
from detectors.habit import Habit
from detectors.person_day import PersonDay
from detectors.placebo import Placebo
from detectors.rare import Rare
from detectors.rhythm import Rhythm
from detectors.share import Share
from detectors.tail import Tail, bin_of
from tests.contract import check_detector
from tests.contract.check_detector import CHECKS, Case

PEOPLE, GROUPS = 12, 3


def compared(value: Callable[[np.random.Generator, int], Floats]) -> Callable[[np.random.Generator, int], Floats]:
    """Rows (own, self, peers, all, value, count) of a dozen people in three teams."""

    def draw(rng: np.random.Generator, n: int) -> Floats:
        person = rng.integers(0, PEOPLE, n)
        columns = [person, person, person % GROUPS, np.zeros(n), value(rng, n), rng.integers(1, 5, n)]
        return np.stack(columns, 1).astype(np.float64)

    return draw


def one(value: float) -> Callable[[], Floats]:
    return lambda: np.array([[0, 0, 0, 0, value, 1]], np.float64)


def same(*row: float) -> Callable[[int], Floats]:
    return lambda n: np.tile(np.array(row, np.float64), (n, 1))


def working_hours(rng: np.random.Generator, n: int) -> Floats:
    return rng.integers(0, 5, n) * 24 + rng.integers(9, 17, n)


def machines(rng: np.random.Generator, n: int) -> Floats:
    person = rng.integers(0, PEOPLE, n)
    return np.stack([person, person * 10 + rng.integers(0, 3, n), rng.integers(1, 5, n)], 1).astype(np.float64)


def without_a_reason(rng: np.random.Generator, n: int) -> Floats:
    """A fifth of the acts of some days lack it."""
    person, acts = rng.integers(0, PEOPLE, n), rng.integers(1, 9, n)
    columns = [person, person, person % GROUPS, np.zeros(n), rng.binomial(acts, 0.2), acts]
    return np.stack(columns, 1).astype(np.float64)


CASES = [
    Case(
        "tail", Tail, compared(lambda rng, n: bin_of(rng.lognormal(4, 1, n))), one(bin_of(44e6)), same(0, 0, 0, 0, 7, 1)
    ),
    Case(
        "rare",
        Rare,
        compared(lambda rng, n: rng.choice(4, n, p=[0.6, 0.25, 0.1, 0.05])),
        one(9),
        same(0, 0, 0, 0, 1, 1),
    ),
    Case("rhythm", Rhythm, compared(working_hours), one(6 * 24 + 3), same(0, 0, 0, 0, 10, 1)),
    Case(
        "share", Share, without_a_reason, lambda: np.array([[0, 0, 0, 0, 60, 60]], np.float64), same(0, 0, 0, 0, 1, 4)
    ),
    Case("habit", Habit, machines, lambda: np.array([[0, 999, 1]], np.float64), same(0, 3, 1)),
    Case(
        "person day",
        PersonDay,
        lambda rng, n: rng.normal(0, 1, (n, 6)),
        lambda: np.full((1, 6), 11.0),
        same(*[2.0] * 6),
    ),
    Case("placebo", Placebo, lambda rng, n: rng.exponential(3, (n, 1)), lambda: np.array([[200.0]]), same(5)),
]


@pytest.mark.parametrize("check", CHECKS, ids=[check.__name__.removeprefix("check_") for check in CHECKS])
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_detector(case: Case, check: Callable[[Case], None]) -> None:
    check(case)


def test_every_detector_has_a_case() -> None:
    """A new detector comes with a case, or this fails."""
    found = {
        thing
        for module in pkgutil.iter_modules(detectors.__path__, "detectors.")
        for thing in vars(importlib.import_module(module.name)).values()
        if isinstance(thing, type) and hasattr(thing, "fit") and not getattr(thing, "_is_protocol", False)
    }
    assert found == {case.make for case in CASES}


REFUSALS = ("nothing_asked_nothing_answered", "missing_values_are_refused", "other_shapes_are_refused")
"""PyOD's own models refuse in other words or not at all: what is asked of them is checked by who wraps them."""


def knn() -> object:
    from pyod.models.knn import KNN

    return KNN(n_neighbors=5)


PYOD = Case("pyod knn", knn, lambda rng, n: rng.normal(0, 1, (n, 6)), lambda: np.full((1, 6), 11.0), same(*[2.0] * 6))
FITTING = [check for check in CHECKS if check.__name__.removeprefix("check_") not in REFUSALS]


@pytest.mark.parametrize("check", FITTING, ids=[check.__name__.removeprefix("check_") for check in FITTING])
def test_a_pyod_model_fits_the_same_contract(check: Callable[[Case], None]) -> None:
    check(PYOD)


class Careless(Tail):
    """Looks at what stands beside a row, and remembers what it was asked."""

    def decision_function(self, X: Floats) -> Floats:
        found = super().decision_function(X)
        self.own_weight += 1
        return found - found.max(initial=0)


@pytest.mark.parametrize(
    "check", [check_detector.check_what_stands_beside_a_row, check_detector.check_asking_teaches_nothing]
)
def test_the_checks_can_fail(check: Callable[[Case], None]) -> None:
    tail = CASES[0]
    with pytest.raises(AssertionError):
        check(Case("careless", Careless, tail.draw, tail.planted, tail.constant))
