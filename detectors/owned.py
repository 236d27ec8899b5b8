"""Whose is it? A machine, an address or a tool that one person uses nearly alone is that person's."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from detectors.base import rows

LEAST_DAYS = 10
SHARE = 0.8


class Owned:
    """Owners of values.

    X has shape (n, 3), integers: `person`, `value` and `count` (on how many days). A value has an owner where
    one person makes up SHARE of its days, LEAST_DAYS of them at least, and no more than MOST_PEOPLE use it.
    """

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Self:
        X = rows(X, 3)
        code = X[:, :2].astype(np.int64)
        values, row = np.unique(code[:, 1], return_inverse=True)
        pair, back = np.unique(row * (1 << 31) + code[:, 0], return_inverse=True)
        days = np.bincount(back, X[:, 2], minlength=len(pair))
        row, person = pair >> 31, pair & ((1 << 31) - 1)
        total = np.bincount(row, days, minlength=len(values))
        order = np.lexsort((days, row))
        last = np.searchsorted(row[order], np.arange(len(values)), side="right") - 1
        most = order[last]
        owned = (days[most] >= LEAST_DAYS) & (days[most] >= SHARE * total)
        self.values_, self.owner_ = values[owned], person[most][owned]
        return self

    def others(self, person: NDArray, value: NDArray) -> NDArray:
        """Is the value somebody else's? Shape (n,)."""
        if not len(self.values_):
            return np.zeros(len(value), bool)
        at = np.minimum(np.searchsorted(self.values_, value), len(self.values_) - 1)
        return (self.values_[at] == value) & (self.owner_[at] != person)
