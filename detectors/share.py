"""Do so many of these acts lack something that most acts have, such as a stated reason?"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from detectors.base import Floats, rows, shrink
from detectors.counts import GroupCounts
from detectors.tail import ALL, COUNT, OWN, PEERS, SELF

LACKING = 4
USUAL = 0.5
"""Where so large a share of all acts lacks it, to lack it tells nothing."""


class Share:
    """Tail over how many of some acts lack a thing, given how many they are.

    X has shape (n, 6) as in Tail, with how many of the acts lack it in place of the bin, and `count` is how many
    acts there are. The share that usually lacks it is shrunk from everybody's to the peers' to the own. The
    answer is Chernoff's bound on the tail of the binomial distribution (Hoeffding 1963, theorem 1), count times
    the divergence of this share from the usual one: it does not grow with the count where the share is usual.
    """

    def __init__(self, own_weight: float = 8.0, peer_weight: float = 20.0) -> None:
        self.own_weight, self.peer_weight = own_weight, peer_weight

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Self:
        X = rows(X, 6)
        code = X[:, :LACKING].astype(np.int64)
        lacking = np.repeat([1, 0], len(X))
        weight = np.concatenate([X[:, LACKING], X[:, COUNT] - X[:, LACKING]])
        self.levels_ = [GroupCounts(np.tile(code[:, level], 2), lacking, weight, 2) for level in range(4)]
        return self

    def counts(self, X: ArrayLike) -> Floats:
        """k (lack it) and n (acts) for own, peers, everybody: shape (n, 6)."""
        code = rows(X, 6)[:, :LACKING].astype(np.int64)
        own, me, peers, everyone = (
            level.table[level.row(code[:, column])]
            for level, column in zip(self.levels_, (OWN, SELF, PEERS, ALL), strict=True)
        )
        told = [column for table in (own, peers - me, everyone - me) for column in (table[:, 1], table.sum(1))]
        return np.maximum(np.stack(told, 1), 0.0)

    def decision_function(self, X: ArrayLike) -> Floats:
        X = rows(X, 6)
        counts = self.counts(X)
        usual = shrink(counts[:, 0:2], counts[:, 2:4], counts[:, 4:6], self.own_weight, self.peer_weight)
        share = np.clip(X[:, LACKING] / np.maximum(X[:, COUNT], 1.0), 0.0, 1.0)
        more = (share > usual) & (usual <= USUAL)
        surprise = np.where(more, X[:, COUNT] * (_part(share, usual) + _part(1 - share, 1 - usual)), 0.0)
        return np.where(counts[:, 1] + counts[:, 5] > 0, surprise, np.nan)


def _part(share: Floats, usual: Floats) -> Floats:
    """share x log2(share / usual), 0 where the share is 0."""
    return share * np.log2(np.where(share > 0, share, 1.0) / np.where(share > 0, usual, 1.0))
