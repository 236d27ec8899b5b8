"""What is a little unusual, again and again: a second mail account on one day is chance, on six days of a month not."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detectors.base import Floats
from monitor.core.questions import Columns

SPAN_DAYS = 28
AGAIN = "habit again "
"""Stands before the facet in the key of such a question."""
_DAYS = 1 << 20


def recurring(events: Columns, surprise: Floats, chance: float) -> Floats:
    """Bits of each event and of the strangest on each of the days before it within SPAN_DAYS, beyond chance; in its
    watch window. 0 where the event is not strange, or no day before it was. Shape (n,).

    events: w, d.  surprise: bits of each event.  chance: bits that mean nothing.
    """
    found = np.zeros(len(surprise))
    rows, days, day, first = _strange_days(events, surprise, chance)
    beyond = surprise[rows] - chance
    strangest = np.zeros(len(days))
    np.maximum.at(strangest, day, beyond)
    before = np.concatenate(([0.0], strangest.cumsum()))
    earlier = np.arange(len(days)) - first
    found[rows] = np.where(earlier[day] > 0, before[day] - before[first[day]] + beyond, 0.0)
    return found


def recurring_days(events: Columns, surprise: Floats, chance: float) -> NDArray:
    """On how many days within SPAN_DAYS, its own included, there was something strange; 0 where the event is not."""
    found = np.zeros(len(surprise), np.int64)
    rows, days, day, first = _strange_days(events, surprise, chance)
    found[rows] = (np.arange(len(days)) - first)[day] + 1
    return found


def _strange_days(events: Columns, surprise: Floats, chance: float) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Rows of strange events, the strange days of each window in order, which of them each row is on, and for each
    day the first that is counted with it."""
    rows = np.flatnonzero(surprise > chance)
    days, day = np.unique(events["w"][rows].astype(np.int64) * _DAYS + events["d"][rows], return_inverse=True)
    oldest = np.maximum(days - SPAN_DAYS + 1, days // _DAYS * _DAYS)
    return rows, days, day, np.searchsorted(days, oldest)


def facet_of(key: str) -> str:
    """The facet that the key of a question names: @pc of "habit again @pc"."""
    return once(key).partition(" ")[2]


def once(key: str) -> str:
    """The key of the question whose answers are added up: "habit @pc" for "habit again @pc", others as they are."""
    return "habit " + key.removeprefix(AGAIN) if key.startswith(AGAIN) else key
