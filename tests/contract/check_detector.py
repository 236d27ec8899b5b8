"""What every detector must keep, whatever it looks for: the contract of detectors.base as checks.

A case brings what the checks cannot know: how rows of this detector look. `draw` makes rows of
ordinary life, `planted` one row that nobody can miss, `vague` a table whose columns never change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from detectors.base import Detector, Floats

ROWS = 700
"""More than the trees of an isolation forest take, so that a draw of rows shows."""


@dataclass(frozen=True, slots=True)
class Case:
    """A detector, how its rows look, and which of its answers tell more than rows alone."""

    name: str
    make: Callable[[], Detector]
    draw: Callable[[np.random.Generator, int], Floats]
    planted: Callable[[], Floats]
    constant: Callable[[int], Floats]
    to_score: Callable[[Floats], Floats] = field(default=lambda X: X)
    """Rows of the fit as they are asked about."""


def fitted(case: Case, seed: int = 1) -> tuple[Detector, Floats, Floats]:
    """A fitted detector, what it was fitted on, and other rows to score."""
    draw = np.random.default_rng(seed)
    X = case.draw(draw, ROWS)
    return case.make().fit(X), X, case.to_score(case.draw(draw, 60))


def check_fit_returns_the_detector(case: Case) -> None:
    detector = case.make()
    assert detector.fit(case.draw(np.random.default_rng(1), ROWS)) is detector


def check_one_number_a_row(case: Case) -> None:
    detector, _, Z = fitted(case)
    found = detector.decision_function(Z)
    assert found.shape == (len(Z),)
    assert found.dtype == np.float64
    assert not np.isinf(found).any()


def check_nothing_asked_nothing_answered(case: Case) -> None:
    """An empty batch has no answers (PyOD's own detectors answer it with the scores of the fit)."""
    detector, _, Z = fitted(case)
    assert detector.decision_function(Z[:0]).shape == (0,)


def check_order_of_the_fit(case: Case) -> None:
    detector, X, Z = fitted(case)
    for seed in (2, 3):
        other = case.make().fit(np.random.default_rng(seed).permutation(X))
        np.testing.assert_array_equal(other.decision_function(Z), detector.decision_function(Z))


def check_order_of_the_batch(case: Case) -> None:
    detector, _, Z = fitted(case)
    order = np.random.default_rng(2).permutation(len(Z))
    np.testing.assert_array_equal(detector.decision_function(Z[order]), detector.decision_function(Z)[order])


def check_what_stands_beside_a_row(case: Case) -> None:
    """Alone, in a batch, and beside five hundred extreme rows a row has the same answer."""
    detector, _, Z = fitted(case)
    whole = detector.decision_function(Z)
    alone = np.concatenate([detector.decision_function(Z[i : i + 1]) for i in range(len(Z))])
    np.testing.assert_allclose(alone, whole, rtol=1e-12, atol=1e-12)
    crowd = np.repeat(case.to_score(case.planted()), 500, axis=0)
    among = detector.decision_function(np.concatenate([crowd, Z]))[len(crowd) :]
    np.testing.assert_allclose(among, whole, rtol=1e-12, atol=1e-12)


def check_refit_forgets(case: Case) -> None:
    detector, X, Z = fitted(case)
    used = case.make().fit(case.draw(np.random.default_rng(9), ROWS // 2))
    used.decision_function(Z)
    np.testing.assert_array_equal(used.fit(X).decision_function(Z), detector.decision_function(Z))


def check_seeded(case: Case) -> None:
    """Neither chance nor the global random state has a say."""
    first, X, Z = fitted(case)
    np.random.seed(1234)
    np.testing.assert_array_equal(case.make().fit(X).decision_function(Z), first.decision_function(Z))


def check_asking_teaches_nothing(case: Case) -> None:
    detector, _, Z = fitted(case)
    before = detector.decision_function(Z)
    detector.decision_function(case.to_score(case.planted()))
    np.testing.assert_array_equal(detector.decision_function(Z), before)


def check_missing_values_are_refused(case: Case) -> None:
    """In the fit and in a batch; a model that takes NaN in silence scores it as something."""
    detector, X, Z = fitted(case)
    for value in (np.nan, np.inf, -np.inf):
        for column in range(Z.shape[1]):
            bad = Z.copy()
            bad[3, column] = value
            with pytest.raises(ValueError, match=r"NaN|finite"):
                detector.decision_function(bad)
        bad = X.copy()
        bad[3, 0] = value
        with pytest.raises(ValueError, match=r"NaN|finite"):
            case.make().fit(bad)


def check_other_shapes_are_refused(case: Case) -> None:
    detector, X, Z = fitted(case)
    for wrong in (Z[:, :-1], np.hstack([Z, Z]), Z[0]):
        with pytest.raises(ValueError, match=r"shape|table|column"):
            detector.decision_function(wrong)
    with pytest.raises(ValueError, match=r"shape|table|column"):
        case.make().fit(X[:, 0])


def check_constant_columns(case: Case) -> None:
    X = case.constant(ROWS)
    found = case.make().fit(X).decision_function(case.to_score(X[:5]))
    assert np.isfinite(found).all()
    assert (found == found[0]).all()


def check_input_is_left_alone(case: Case) -> None:
    detector, X, Z = fitted(case)
    for table in (X, Z):
        table.flags.writeable = False
    kept = X.copy(), Z.copy()
    case.make().fit(X).decision_function(Z)
    detector.decision_function(Z)
    np.testing.assert_array_equal(X, kept[0])
    np.testing.assert_array_equal(Z, kept[1])


def check_what_was_planted_comes_first(case: Case) -> None:
    detector, _, Z = fitted(case)
    found = detector.decision_function(np.concatenate([Z, case.to_score(case.planted())]))
    assert np.nanargmax(found) == len(Z)
    assert found[-1] > np.nanmax(found[:-1])


def check_lists_are_taken(case: Case) -> None:
    detector, X, Z = fitted(case)
    other = case.make().fit(X.tolist())
    np.testing.assert_array_equal(other.decision_function(Z.tolist()), detector.decision_function(Z))


CHECKS = [check for name, check in sorted(globals().items()) if name.startswith("check_")]
