"""How often was it at least this much? For sizes and counts of any kind."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.base import Floats, bits, rows, shrink
from detectors.counts import GroupCounts

BINS_PER_OCTAVE = 4
OCTAVES = 3
OWN, SELF, PEERS, ALL, BIN, COUNT = range(6)


def bin_of(size: ArrayLike) -> np.ndarray:
    """The bin of a size: 0 for 0 and less, then BINS_PER_OCTAVE bins an octave of 1 + size.

    >>> bin_of([0, 1, 3, 44e6]).tolist()
    [0, 5, 9, 102]
    """
    size = np.maximum(np.asarray(size, np.float64), 0.0)
    return np.where(size > 0, 1 + np.floor(BINS_PER_OCTAVE * np.log2(1 + size)), 0).astype(np.int64)


def size_of(bins: ArrayLike) -> Floats:
    """The smallest size in each bin: the inverse of bin_of, to tell a figure in words."""
    return np.where(np.asarray(bins) > 0, np.exp2((np.asarray(bins, np.float64) - 1) / BINS_PER_OCTAVE) - 1, 0.0)


class Tail:
    """Empirical upper tail under a frozen reference: own history, then peers', then everybody's.

    X has shape (n, 6), all integers: `own` (code of the person's history before the window, in
    fit -1 for rows outside it), `self` (code of the person, to leave them out of the peers),
    `peers`, `all` (codes of what to compare with), `bin` (see bin_of) and `count` (how often;
    ignored in scoring).

    Beyond the largest size that anybody ever had, each octave adds `octave_bits`: the tails of
    sizes are heavy, and a straight line in log-log is their usual shape (Clauset, Shalizi and
    Newman 2009). And what was seen might as well have been an octave larger, `octave_share` of
    the time, or two: three where it was always one is little, thirty is much.
    """

    def __init__(
        self,
        own_weight: float = 8.0,
        peer_weight: float = 20.0,
        octave_bits: float = 1.0,
        octave_share: float = 0.05,
    ) -> None:
        self.own_weight, self.peer_weight = own_weight, peer_weight
        self.octave_bits, self.octave_share = octave_bits, octave_share

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Self:
        X = rows(X, 6)
        code = X[:, :5].astype(np.int64)
        size = int(code[:, BIN].max(initial=0)) + 1
        self.levels_ = [
            GroupCounts(code[:, level], code[:, BIN], X[:, COUNT], size) for level in (OWN, SELF, PEERS, ALL)
        ]
        self.tables_ = [level.at_least() for level in self.levels_]
        self.top_ = np.where(self.levels_[ALL].table > 0, np.arange(size), 0).max(1)
        return self

    def counts(self, X: ArrayLike) -> Floats:
        """k and n for own, peers, everybody: shape (n, 6)."""
        code = rows(X, 6)[:, :5].astype(np.int64)
        return self._counts(self._places(code), code[:, BIN])

    def _places(self, code: NDArray) -> list[NDArray]:
        """The row of each level's table that each row of codes asks for."""
        return [level.row(code[:, column]) for column, level in enumerate(self.levels_)]

    def _counts(self, places: list[NDArray], bins: NDArray) -> Floats:
        size = self.levels_[OWN].size
        inside = np.minimum(bins, size - 1)
        k, n = [], []
        for row, table in zip(places, self.tables_, strict=True):
            k.append(np.where(bins < size, table[row, inside], 0.0))
            n.append(table[row, 0])
        pairs = [(k[OWN], n[OWN]), (k[PEERS] - k[SELF], n[PEERS] - n[SELF]), (k[ALL] - k[SELF], n[ALL] - n[SELF])]
        return np.maximum(np.stack([column for pair in pairs for column in pair], 1), 0.0)

    def usual(self, X: ArrayLike) -> Floats:
        """Median and largest bin of the own history and of the peers: shape (n, 4), -1 where there is none."""
        code = rows(X, 6)[:, :5].astype(np.int64)
        own, me, peers = (self.levels_[i].table[self.levels_[i].row(code[:, i])] for i in (OWN, SELF, PEERS))
        found = []
        for table in (own, np.maximum(peers - me, 0.0)):
            running, total = table.cumsum(1), table.sum(1)
            found.append(np.where(total > 0, (running < total[:, None] / 2).sum(1), -1))
            found.append(np.where(table > 0, np.arange(table.shape[1]), -1).max(1))
        return np.stack(found, 1).astype(np.float64)

    def decision_function(self, X: ArrayLike) -> Floats:
        X = rows(X, 6)
        code = X[:, :5].astype(np.int64)
        places, counts = self._places(code), np.zeros((len(X), 6))
        for octaves in range(OCTAVES):
            lower = np.where(code[:, BIN] > 0, np.maximum(code[:, BIN] - octaves * BINS_PER_OCTAVE, 1), 0)
            counts += self.octave_share**octaves * self._counts(places, lower)
        counts /= sum(self.octave_share**octaves for octaves in range(OCTAVES))
        surprise = bits(shrink(counts[:, 0:2], counts[:, 2:4], counts[:, 4:6], self.own_weight, self.peer_weight))
        beyond = X[:, BIN] - self.top_[places[ALL]]
        surprise += self.octave_bits * np.maximum(beyond, 0.0) / BINS_PER_OCTAVE
        return np.where(counts[:, 1] + counts[:, 5] > 0, surprise, np.nan)
