"""Is this one of the things the person usually uses: machine, address, tool, partner?"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from detectors.base import Floats, bits, rows

_STRIDE = 1 << 31


class Habit:
    """Tail over a person's own values, by how often they use each.

    X has shape (n, 3), integers below 2**31: `own` (code of the person's history), `value` (code
    of what is used) and `count` (on how many days; ignored in scoring). The answer is the share
    of the person's days on which they used something as seldom as this, or more seldom; a value
    never used before gets half a day's share.
    """

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Self:
        X = rows(X, 3)
        code = X[:, :2].astype(np.int64)
        self.keys_, inverse = np.unique(code[:, 0] * _STRIDE + code[:, 1], return_inverse=True)
        count = np.bincount(inverse, X[:, 2], minlength=len(self.keys_))
        own = self.keys_ // _STRIDE
        self.owners_, first = np.unique(own, return_index=True)
        order = np.lexsort((count, own))
        running = np.concatenate(([0.0], count[order].cumsum()))
        total = running[np.append(first[1:], len(own))] - running[first] if len(own) else np.zeros(0)
        # values used equally often share the rank of the last of them
        levels = own[order] * (count.max(initial=0) + 1) + count[order]
        end = np.searchsorted(levels, levels, side="right")
        start = first[np.searchsorted(self.owners_, own[order])]
        self.count_, self.rank_ = count, np.empty(len(own))
        self.rank_[order] = running[end] - running[start]
        self.total_ = total
        return self

    def counts(self, X: ArrayLike) -> Floats:
        """Days with this very value, days with values as rare or rarer, days in all: shape (n, 3)."""
        code = rows(X, 3)[:, :2].astype(np.int64)
        key, known = _find(self.keys_, code[:, 0] * _STRIDE + code[:, 1])
        owner, member = _find(self.owners_, code[:, 0])
        return np.stack(
            [
                np.append(self.count_, 0.0)[np.where(known, key, -1)],
                np.append(self.rank_, 0.0)[np.where(known, key, -1)],
                np.append(self.total_, 0.0)[np.where(member, owner, -1)],
            ],
            1,
        )

    def decision_function(self, X: ArrayLike) -> Floats:
        counts = self.counts(X)
        surprise = bits(np.minimum((counts[:, 1] + 0.5) / (counts[:, 2] + 1.0), 1.0))
        return np.where(counts[:, 2] > 0, surprise, np.nan)


def _find(keys: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places of the wanted among the sorted keys, and whether each is there."""
    if not len(keys):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return place, keys[place] == wanted
