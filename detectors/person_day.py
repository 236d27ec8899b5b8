"""A whole day as a vector, for what nobody thought of: an ensemble of PyOD models, fitted once and frozen."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.base import Floats

if TYPE_CHECKING:
    from pyod.models.iforest import IForest

REFERENCE_DAYS = 3000
TREES = 100
TREE_SAMPLE = 512
NEIGHBOURS = 5


def prepare() -> None:
    """Import PyOD ahead of need: two seconds that fit beside the reading of files."""
    import pyod.models.iforest
    import pyod.models.knn  # noqa: F401


class Forest:
    """A fitted IForest with its trees laid bare: the same scores, without the checks that cost 1 ms a tree."""

    def __init__(self, fitted: IForest) -> None:
        inner = fitted.detector_
        self.trees = [one.tree_ for one in inner.estimators_]
        self.depths = [
            tree.compute_node_depths() + average_path_length(tree.n_node_samples) - 1.0 for tree in self.trees
        ]
        self.most = len(self.trees) * float(average_path_length(np.array([inner.max_samples_]))[0])
        self.offset = inner.offset_

    def decision_function(self, X: Floats) -> Floats:
        """Scores, shape (n,), higher is stranger. X has shape (n, features)."""
        narrow, depth = X.astype(np.float32), np.zeros(len(X))
        for tree, depths in zip(self.trees, self.depths, strict=True):
            depth += depths[tree.apply(narrow)]
        return self.offset + 2 ** -(depth / self.most)


def average_path_length(size: NDArray) -> Floats:
    """How deep a search in a tree of so many points goes that finds nothing (Liu, Ting and Zhou 2008, equation 1)."""
    n = np.maximum(size, 3).astype(np.float64)
    deep = 2.0 * (np.log(n - 1.0) + np.euler_gamma) - 2.0 * (n - 1.0) / n
    return np.where(size > 2, deep, np.where(size == 2, 1.0, 0.0))


def _one_thread() -> AbstractContextManager[object]:
    """OpenMP with one thread: models work beside queries, and threads that wait for a core wait by spinning."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="openmp")


class PersonDay:
    """IForest (Liu, Ting and Zhou 2008) and KNN (Ramaswamy, Rastogi and Shim 2000) over day vectors.

    X has shape (n, features): a day's counts and times, each in standard deviations from the
    person's usual. IForest finds odd combinations but saturates, KNN keeps the distance; each is
    turned into bits by its rank among the days it was fitted on. PyOD is imported here and not
    before: it takes two seconds.
    """

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Self:
        from pyod.models.iforest import IForest
        from pyod.models.knn import KNN

        X = np.asarray(X, np.float64)
        if X.ndim != 2 or not np.isfinite(X).all():
            raise ValueError("X must be a table of finite numbers")
        X = X[np.lexsort(X.T[::-1])]
        if len(X) > REFERENCE_DAYS:
            X = X[np.sort(np.random.default_rng(self.seed).choice(len(X), REFERENCE_DAYS, replace=False))]
        self.columns_ = X.shape[1]
        forest = IForest(n_estimators=TREES, max_samples=min(TREE_SAMPLE, len(X)), random_state=self.seed)
        distance = KNN(n_neighbors=min(NEIGHBOURS, len(X) - 1))
        with _one_thread():
            self.ranks_ = [np.sort(model.fit(X).decision_scores_) for model in (forest, distance)]
        self.models_ = [Forest(forest), distance]
        return self

    def decision_function(self, X: ArrayLike) -> Floats:
        X = np.asarray(X, np.float64)
        if X.ndim != 2 or X.shape[1] != self.columns_:
            raise ValueError(f"expected shape (n, {self.columns_}), got {X.shape}")
        if not np.isfinite(X).all():
            raise ValueError("X has NaN or infinite values")
        if not len(X):
            return np.zeros(0)
        answers = []
        with _one_thread():
            scores = [model.decision_function(X) for model in self.models_]
        for score, ranks in zip(scores, self.ranks_, strict=True):
            above = len(ranks) - np.searchsorted(ranks, score, side="left")
            scale = max(float(ranks[-1] - np.median(ranks)), 1e-9)
            beyond = np.maximum(score - ranks[-1], 0.0) / scale * np.log2(len(ranks) + 1)
            answers.append(-np.log2((above + 0.5) / (len(ranks) + 1)) + beyond)
        return np.mean(answers, axis=0)
