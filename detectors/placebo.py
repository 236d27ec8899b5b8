"""What a surprise is worth: how often do people who did not leave show as much in a window?"""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from detectors.base import Floats, rows

QUANTILE = 0.8
LEAST_WINDOWS = 30
LEAST_SCALE = 1.44
"""Bits of a tail probability fall off no faster than that by chance, 1 / ln 2: nothing is extrapolated steeper."""


class Placebo:
    """Block maxima of placebo windows, with an exponential tail above their 80 % quantile.

    The answer for a surprise x is -log2 of the share of placebo windows whose largest surprise
    reaches x: it takes out how many acts a window has, and how noisy a kind of evidence is in
    this log. Above the quantile the excesses are taken as exponential (peaks over threshold,
    Coles 2001, chapter 4; shape 0). With fewer than LEAST_WINDOWS windows a stated default
    stands in, and `measured_` is False.

    threshold, scale: that default, in bits.
    """

    def __init__(self, threshold: float = 7.0, scale: float = 2.3) -> None:
        self.threshold, self.scale = threshold, scale

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Self:
        """X: the largest surprise of each placebo window, shape (windows, 1)."""
        largest = np.sort(rows(X, 1)[:, 0])
        self.measured_ = len(largest) >= LEAST_WINDOWS
        if not self.measured_:
            self.largest_ = np.zeros(0)
            self.threshold_, self.scale_ = self.threshold, self.scale
            return self
        self.largest_ = largest
        self.threshold_ = float(np.quantile(largest, QUANTILE))
        excess = largest[largest > self.threshold_] - self.threshold_
        self.scale_ = max(float(excess.mean()) if len(excess) else 0.0, LEAST_SCALE)
        return self

    def decision_function(self, X: ArrayLike) -> Floats:
        """X: surprises, shape (n, 1). Returns bits, shape (n,); 0 for a surprise of 0."""
        x = rows(X, 1)[:, 0]
        at_threshold = -np.log2(1 - QUANTILE)
        above = at_threshold + (x - self.threshold_) / self.scale_ / np.log(2)
        if self.measured_:
            reached = len(self.largest_) - np.searchsorted(self.largest_, x, side="left")
            below = np.minimum(-np.log2((reached + 0.5) / (len(self.largest_) + 1)), at_threshold)
        else:
            below = at_threshold * np.maximum(x, 0.0) / self.threshold_
        return np.where(x > 0, np.where(x > self.threshold_, above, np.maximum(below, 0.0)), 0.0)
