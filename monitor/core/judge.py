"""Judgement: evidence in bits, impact and nearness make one score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.base import Floats

CONTENT = (
    ("rarity", "sequence"),
    ("volume", "drift", "magnitude"),
    ("novelty", "breadth"),
    ("unstated",),
)
"""Sides of what was done. Two kinds on one side tell one thing, so the stronger of them counts."""
CIRCUMSTANCE = (("rhythm",), ("habit", "foreign", "adopted"), ("dormancy",), ("day",))
"""Sides of how it came about: the hour, the machine, the account, the whole day."""
KINDS = tuple(kind for side in (*CONTENT, *CIRCUMSTANCE) for kind in side)
LOOKING = ("novelty", "breadth")
"""What makes an act of reading grave: there, to look at what one has no part in is the harm."""
DONE = tuple(kind for side in CONTENT for kind in side)
"""Kinds of evidence on what was done, whatever the circumstances."""


@dataclass(frozen=True, slots=True)
class Weights:
    """How bits add up to a score; found on generated organisations (docs/evaluation.md), the same for all data."""

    kinds: Mapping[str, float] = field(
        default_factory=lambda: {
            "rarity": 1.02, "sequence": 1.71, "volume": 0.78, "drift": 0.71, "magnitude": 1.4, "novelty": 1.03,
            "breadth": 0.37, "unstated": 0.7, "rhythm": 1.01, "habit": 0.92, "foreign": 1.0,
            "adopted": 1.0, "dormancy": 2.0, "day": 0.22,
        }
    )  # fmt: skip
    quiet: float = 0.76
    """Bits of each kind that mean nothing: half of all placebo windows reach one."""
    cap: float = 14.0
    """No kind of evidence decides alone beyond this."""
    sides: tuple[float, ...] = (1.0, 0.76, 0.38, 0.0)
    """What the strongest side of an act counts, the second, and so on: they overlap."""
    muted_to: float = 0.19
    loud_from: float = 0.58
    muting: float = 1.96
    floor: float = 0.026
    """Content counts in full from an impact of `loud_from`, next to nothing up to `muted_to`."""
    reading: float = 0.95
    """What LOOKING counts at least in an act of reading."""
    circumstance: float = 0.18
    circumstance_impact: float = 0.21
    """What circumstances count, and what they count more at full impact."""
    unheard: float = 0.29
    unheard_from: float = 1.97
    """Of the bits of a circumstance beyond the second figure so much more counts, whatever the impact."""
    low_log: float = 0.27
    low_content: float = 0.11
    """In a log whose usual actions all stay below this impact, circumstances count in full and content this much."""
    failed: float = 0.19
    """What circumstances count of a try that failed: a forgotten phone goes on trying, at any hour."""
    nearness: float = 0.35
    nearness_hours: float = 290.0
    """Share of the score that fades with the hours to the end, and how fast."""
    after: float = 2.0
    after_impact: float = 7.6
    after_volume: float = 0.8
    """Bits of any act past the end, more by its impact, and by each doubling of that day's acts."""
    after_hours: tuple[float, float] = (2.0, 16.0)
    """A late shift may run over; from the second hour figure on an act past the end counts in full."""
    by_clock: float = 0.2
    """What an act past the end counts that runs by itself, as it did before."""
    custom: float = 1.0
    """How much of what matched leavers do alike is taken off."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What judgement must know of each event besides the evidence; arrays of shape (n,).

    hours_to_end is negative past the end of the last day; past is false for placebos and for
    failed tries; by_clock: it runs by itself, as it did before; acts_that_day counts the window's
    events of the day; failed: nothing came of it.
    """

    impact: Floats
    reading: NDArray
    hours_to_end: Floats
    past: NDArray
    by_clock: NDArray
    acts_that_day: NDArray
    failed: NDArray


def judge(bits: Mapping[str, Floats], around: Circumstances, low_log: bool, w: Weights) -> dict[str, Floats]:
    """What each kind of evidence gives to each event's score, in bits; the score is their sum.

    bits: kind -> placebo bits.  low_log: do all usual actions of this log have little impact.
    """
    heard = {k: w.kinds[k] * np.maximum(np.minimum(bits[k], w.cap) - w.quiet, 0.0) for k in KINDS if k in bits}
    impact = around.impact
    loud = np.clip((impact - w.muted_to) / (w.loud_from - w.muted_to), w.floor, 1.0) ** w.muting
    if low_log:
        loud = np.maximum(loud, w.low_content)
    looked = np.where(around.reading, np.maximum(loud, w.reading), loud)
    told = {kind: part * (looked if kind in LOOKING else loud) for kind, part in heard.items() if kind in DONE}
    given = _add_up(told, CONTENT, w.sides)

    counted = 1.0 if low_log else w.circumstance + w.circumstance_impact * np.minimum(impact / 0.7, 1.0)
    told = {
        kind: part * counted + (1.0 - counted) * w.unheard * np.maximum(part - w.unheard_from * w.kinds[kind], 0.0)
        for kind, part in heard.items()
        if kind not in DONE
    }
    tried = np.where(around.failed, w.failed, 1.0)
    given |= _add_up({kind: part * tried for kind, part in told.items()}, CIRCUMSTANCE, w.sides)

    near = 1 - w.nearness + w.nearness * np.exp(-np.maximum(around.hours_to_end, 0.0) / w.nearness_hours)
    given = {kind: part * near for kind, part in given.items()}
    grace, full = w.after_hours
    past = (
        np.clip((-around.hours_to_end - grace) / (full - grace), 0.0, 1.0)
        * around.past
        * np.where(around.by_clock, w.by_clock, 1.0)
    )
    given["after"] = past * (w.after + w.after_impact * impact + w.after_volume * np.log2(around.acts_that_day))
    return given


def _add_up(
    heard: Mapping[str, Floats], sides: tuple[tuple[str, ...], ...], shares: tuple[float, ...]
) -> dict[str, Floats]:
    """What each kind gives: of each side its strongest kind, the strongest side in full, the others by their shares."""
    there = [[kind for kind in side if kind in heard] for side in sides]
    there = [side for side in there if side]
    strongest = np.stack([np.max([heard[kind] for kind in side], axis=0) for side in there])
    place = np.argsort(np.argsort(-strongest, axis=0, kind="stable"), axis=0, kind="stable")
    share = np.array(shares)[np.minimum(place, len(shares) - 1)]
    given = {}
    for i, side in enumerate(there):
        first = np.argmax([heard[kind] for kind in side], axis=0)
        for j, kind in enumerate(side):
            given[kind] = np.where(first == j, heard[kind] * share[i], 0.0)
    return given
