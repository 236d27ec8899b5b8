"""The one contract of every detector, and how a surprise is told in bits."""

from __future__ import annotations

from typing import Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


class Detector(Protocol):
    """PyOD's own subset: any PyOD model fits."""

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Self:
        """Learn from X, an array of shape (n, columns) of finite numbers. Returns itself."""
        ...

    def decision_function(self, X: ArrayLike) -> Floats:
        """Strangeness of each row, shape (n,), higher is stranger; NaN where it cannot be judged.

        A row's answer depends on that row and the fit alone, never on the rows beside it.
        """
        ...


class Counting(Detector, Protocol):
    """A detector that can tell what its answers rest on."""

    def counts(self, X: ArrayLike) -> Floats:
        """The figures behind each answer, one row each; every detector says which."""
        ...


def rows(X: ArrayLike, columns: int) -> Floats:
    """X as a float array of shape (n, columns). Raises ValueError on another shape, NaN or infinity."""
    array = np.asarray(X, np.float64)
    if array.ndim != 2 or array.shape[1] != columns:
        raise ValueError(f"expected shape (n, {columns}), got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError("X has NaN or infinite values")
    return array


def shrink(own: Floats, peers: Floats, everyone: Floats, own_weight: float, peer_weight: float) -> Floats:
    """Tail probability from counts at three levels, each shrunk towards the next.

    own, peers, everyone: shape (n, 2) with columns k, n: at least as strange k times of n.
    Everybody's rate is (k + 1/2) / (n + 1), which is never 0 (Krichevsky and Trofimov 1981);
    the peers' rate counts as `peer_weight` of the peers' own observations, and so on down.
    Returns probabilities in (0, 1], shape (n,).
    """
    rate = (everyone[:, 0] + 0.5) / (everyone[:, 1] + 1.0)
    rate = (peers[:, 0] + peer_weight * rate) / (peers[:, 1] + peer_weight)
    rate = (own[:, 0] + own_weight * rate) / (own[:, 1] + own_weight)
    return np.minimum(rate, 1.0)


def bits(probability: Floats) -> Floats:
    """Surprise of an event of that probability: -log2 p, so that one bit is one heads in a row."""
    return -np.log2(probability)
