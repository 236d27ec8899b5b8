"""scikit-learn's IsolationForest, a model for each peer group."""

from __future__ import annotations

from numpy.typing import NDArray

SEED = 0


def isolation_forest(past: NDArray, watched: NDArray) -> NDArray:
    """Liu, Ting and Zhou 2008, as in scikit-learn with its defaults."""
    from sklearn.ensemble import IsolationForest

    return -IsolationForest(random_state=SEED).fit(past).score_samples(watched)
