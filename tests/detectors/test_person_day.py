"""PersonDay: the days that it keeps are drawn from all of them, whatever their order."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.person_day import REFERENCE_DAYS, Forest, PersonDay


def test_more_days_than_it_keeps() -> None:
    draw = np.random.default_rng(1)
    X, Z = draw.normal(0, 1, (REFERENCE_DAYS + 200, 4)), draw.normal(0, 2, (20, 4))
    found = PersonDay().fit(X).decision_function(Z)
    np.testing.assert_array_equal(PersonDay().fit(draw.permutation(X)).decision_function(Z), found)


def test_far_is_stranger_than_odd() -> None:
    """IForest alone saturates; the distance goes on counting."""
    model = PersonDay().fit(np.random.default_rng(1).normal(0, 1, (1000, 4)))
    near, far, farther = model.decision_function(np.array([[4.0] * 4, [8.0] * 4, [12.0] * 4]))
    assert near + 1 < far
    assert far + 1 < farther


@pytest.mark.parametrize(("rows", "sample"), [(2, 2), (3, 3), (40, 40), (900, 512)])
def test_the_bare_forest_scores_as_its_model_does(rows: int, sample: int) -> None:
    from pyod.models.iforest import IForest

    draw = np.random.default_rng(2)
    X, Z = draw.normal(0, 1, (rows, 5)).round(1), draw.normal(0, 3, (50, 5))
    model = IForest(n_estimators=20, max_samples=sample, random_state=0).fit(X)
    for asked in (X, Z, np.float64(np.float32(Z)), Z[:1]):
        np.testing.assert_array_equal(Forest(model).decision_function(asked), model.decision_function(asked))
