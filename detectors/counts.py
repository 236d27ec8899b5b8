"""Counts by group and category, kept sorted so that any number of groups is looked up at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.base import Floats

Codes = NDArray[np.int64]


_SPARSE = 20


def ranked(codes: Codes) -> tuple[Codes, Codes]:
    """The different codes, sorted, and the place of each of the given ones among them.

    codes: non-negative, shape (n,).
    """
    if codes.max(initial=0) > _SPARSE * len(codes):
        return np.unique(codes, return_inverse=True)
    there = np.bincount(codes) > 0  # where codes lie close together, to count them is ten times faster than to sort
    return np.flatnonzero(there), (there.cumsum() - 1)[codes]


class GroupCounts:
    """For every group a histogram over small non-negative integers, as one dense block.

    group: codes, shape (n,), any integers; negative ones are left out.
    value: shape (n,), 0 <= value < size.  weight: how often, shape (n,).
    """

    def __init__(self, group: Codes, value: Codes, weight: Floats, size: int) -> None:
        kept = group >= 0
        self.groups, place = ranked(group[kept])
        self.size = size
        flat = np.bincount(place * size + value[kept], weight[kept], minlength=(len(self.groups) + 1) * size)
        self.table: Floats = flat.astype(np.float64, copy=False).reshape(-1, size)

    def row(self, group: Codes) -> Codes:
        """Each group's row in `table`; the last row, all zeros, for a group never seen."""
        if not len(self.groups):
            return np.zeros(len(group), np.int64)
        place = np.minimum(np.searchsorted(self.groups, group), len(self.groups) - 1)
        return np.where(self.groups[place] == group, place, len(self.groups))

    def at_least(self) -> Floats:
        """table, summed from each value upwards."""
        return self.table[:, ::-1].cumsum(1)[:, ::-1]
