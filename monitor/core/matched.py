"""Matched leavers: what others who leave do as well is explained by leaving, most of all where many leave at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.base import Floats
from monitor.core.acts import LEAST_SCORE
from monitor.core.windows import Window

KIND = "leavers"
AS_STRONG = 0.5
"""An act of another leaver is alike when it is of the same action and scores at least this share."""
UNCOMMON_BITS = 3.0
"""What fewer than one leaver in eight does is no custom of leavers."""
FEW = 20
"""So many leavers who did nothing alike are added to the others: a handful proves no custom."""
LEAST = 0.25
"""So much is left of the score of what every leaver does."""


@dataclass(frozen=True, slots=True)
class Alike:
    """How many other leavers did alike, of how many; and of those whose watch windows overlap. Shape (n,) each."""

    k: NDArray
    n: NDArray
    k_near: NDArray
    n_near: NDArray

    @property
    def share(self) -> Floats:
        """The share of leavers who do alike, 0 to 1: that of all, corrected by those who leave at the same time."""
        everyone = self.k / (self.n + FEW)
        return (self.k_near + FEW * everyone) / (self.n_near + FEW)

    @property
    def counted(self) -> Floats:
        """What is left of each score, LEAST to 1."""
        share = self.share
        return np.clip(-np.log2(np.maximum(share, 2.0**-UNCOMMON_BITS)) / UNCOMMON_BITS, LEAST, 1.0)


def alike(events: Mapping[str, NDArray], windows: Sequence[Window], scores: Floats, rows: NDArray) -> Alike:
    """How many other leavers did as each of the rows of events did.

    events: w, a.  scores: shape (events,).  rows: indices; of placebo windows nobody is compared.
    """
    real = [i for i, window in enumerate(windows) if window.departure is not None]
    place = np.full(len(windows), -1)
    place[real] = np.arange(len(real))
    person, first, end = (np.array([getattr(windows[i], name) for i in real]) for name in ("person", "first", "end"))
    w, a = place[events["w"]], events["a"]
    best = np.zeros((len(real), int(a.max(initial=0)) + 1))
    np.maximum.at(best, (w[w >= 0], a[w >= 0]), scores[w >= 0])
    found = np.zeros((4, len(rows)), np.int64)
    for mine in np.unique(w[rows]):
        here = np.flatnonzero(w[rows] == mine)
        others = person != person[mine]
        near = others & (first < end[mine]) & (end > first[mine])
        did = best[:, a[rows[here]]] >= AS_STRONG * scores[rows[here]]
        found[0, here], found[1, here] = did[others].sum(0), others.sum()
        found[2, here], found[3, here] = did[near].sum(0), near.sum()
    return Alike(*found)


def taken(events: Mapping[str, NDArray], windows: Sequence[Window], scores: Floats) -> Floats:
    """What the custom of leavers takes off each event's score: 0 or less, shape (events,). scores: in bits."""
    real = np.array([window.departure is not None for window in windows], bool)[events["w"]]
    rows = np.flatnonzero(real & (scores > LEAST_SCORE))
    off = np.zeros(len(scores))
    off[rows] = -(1 - alike(events, windows, scores, rows).counted) * scores[rows]
    return off


def tell(found: Alike, row: int) -> str:
    """Why such an act counts less, in words."""
    words = f"{found.k[row]:,} of {found.n[row]:,} other leavers did alike"
    if found.n_near[row]:
        words += f", {found.k_near[row]:,} of the {found.n_near[row]:,} who leave at the same time"
    return f"counts {100 * found.counted[row]:.0f} %: {words}"
