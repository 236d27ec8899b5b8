"""How often was it of a kind as rare as this, or rarer? For a few kinds, such as known, new, new to all."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from detectors.base import Floats, bits, rows, shrink
from detectors.counts import GroupCounts
from detectors.tail import ALL, COUNT, OWN, PEERS, SELF

KIND = 4


class Rare:
    """Tail over kinds, ordered by how rare they are for this person.

    X has shape (n, 6) as in Tail, with a kind (a small integer) in place of the bin.
    A kind that the fit never saw has no counts, not those of another kind.
    Each kind's rate is shrunk from everybody's to the peers' to the own; the answer is the
    summed rate of the kinds that are no more frequent than this one. Kind 0 is the
    unremarkable one and says nothing.
    """

    def __init__(self, own_weight: float = 8.0, peer_weight: float = 20.0) -> None:
        self.own_weight, self.peer_weight = own_weight, peer_weight

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Self:
        X = rows(X, 6)
        code = X[:, :5].astype(np.int64)
        self.size_ = int(code[:, KIND].max(initial=0)) + 1
        self.levels_ = [GroupCounts(code[:, level], code[:, KIND], X[:, COUNT], self.size_) for level in range(4)]
        return self

    def counts(self, X: ArrayLike) -> Floats:
        """k (this kind) and n (all kinds) for own, peers, everybody: shape (n, 6)."""
        code = rows(X, 6)[:, :5].astype(np.int64)
        own, me, peers, everyone = self._tables(code)
        kind = np.minimum(code[:, KIND], self.size_ - 1)[:, None]
        picked = [
            (np.take_along_axis(t, kind, 1)[:, 0] * (code[:, KIND] < self.size_), t.sum(1))
            for t in (own, peers - me, everyone - me)
        ]
        return np.maximum(np.stack([column for pair in picked for column in pair], 1), 0.0)

    def decision_function(self, X: ArrayLike) -> Floats:
        code = rows(X, 6)[:, :5].astype(np.int64)
        own, me, peers, everyone = (np.pad(t, ((0, 0), (0, 1))) for t in self._tables(code))
        peers, everyone = np.maximum(peers - me, 0.0), np.maximum(everyone - me, 0.0)
        n = [table.sum(1) for table in (own, peers, everyone)]
        rate = np.stack(
            [
                shrink(
                    np.stack([own[:, kind], n[0]], 1),
                    np.stack([peers[:, kind], n[1]], 1),
                    np.stack([everyone[:, kind], n[2]], 1),
                    self.own_weight,
                    self.peer_weight,
                )
                for kind in range(self.size_ + 1)
            ],
            1,
        )
        unseen = code[:, KIND] >= self.size_
        mine = np.take_along_axis(rate, np.minimum(code[:, KIND], self.size_)[:, None], 1)
        seen = rate[:, : self.size_]
        tail = np.where(seen <= mine, seen, 0.0).sum(1) + np.where(unseen, mine[:, 0], 0.0)
        tail = np.minimum(tail, 1.0)
        surprise = np.where(code[:, KIND] == 0, 0.0, bits(tail))
        return np.where(n[0] + n[2] > 0, surprise, np.nan)

    def _tables(self, code: np.ndarray) -> list[Floats]:
        return [
            level.table[level.row(code[:, column])]
            for level, column in zip(self.levels_, (OWN, SELF, PEERS, ALL), strict=True)
        ]
