"""A person's day as a vector: how much of what, when, and through how many things."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detectors.base import Floats
from monitor.core.evidence import Cast
from monitor.core.windows import Window
from monitor.store.history import Columns, History

COMMON_ACTIONS = 20
OWN_DAYS = 10.0
LEAST_VARIANCE = 0.05
FAR = 12.0
"""Further than this many standard deviations is far enough: one wild count must not drown the others."""
PEER_SHARE = 0.5
_DAYS = 1 << 20


@dataclass(frozen=True, slots=True)
class Usual:
    """What days are held against: mean and mean square of each feature, each person's and each group's.

    common: the actions with a feature of their own.
    """

    common: NDArray
    own: tuple[Floats, Floats]
    peers: tuple[Floats, Floats]


@dataclass(frozen=True, slots=True)
class Days:
    """past, watched: vectors of history days and of watched days, shape (days, features). key: whose and which watched day."""

    past: Floats
    watched: Floats
    key: NDArray
    usual: Usual

    def row(self, events: Columns) -> NDArray:
        """The row in `watched` of each event's day."""
        return np.searchsorted(self.key, events["p"].astype(np.int64) * _DAYS + events["d"])

    def without_vectors(self) -> Days:
        """The same days, where only their rows are still asked for."""
        return replace(self, past=self.past[:0].copy(), watched=self.watched[:0].copy())


def day_vectors(
    history: History, cast: Cast, kinds: Sequence[str], windows: Sequence[Window], usual: Usual | None = None
) -> Days:
    """Every person's past and watched days as vectors.

    Each feature is in standard deviations from the person's usual, and again from the peers'.
    kinds: class of each action.  A day before the person's first window is past, one in a window is watched.
    usual: what to hold them against; None: the past days.
    """
    daily = history.columns("SELECT p, d, a, n, coalesce(s, 0) AS s FROM daily ORDER BY p, d, a")
    clock = history.columns(
        "SELECT p, d, min(h % 24) AS first, max(h % 24) AS last, count(*) AS active FROM active GROUP BY p, d"
    )
    key, row = np.unique(daily["p"].astype(np.int64) * _DAYS + daily["d"], return_inverse=True)
    person, day = key // _DAYS, key % _DAYS

    def total(columns: NDArray, width: int, weight: NDArray) -> Floats:
        sums = np.bincount(row * width + columns, weight, minlength=len(key) * width)
        return sums.astype(np.float64).reshape(-1, width)

    often = np.bincount(daily["a"], minlength=cast.actions)
    common = usual.common if usual else np.sort(np.argsort(-often, kind="stable")[:COMMON_ACTIONS])
    place = np.full(cast.actions, len(common))
    place[common] = np.arange(len(common))
    classes = np.unique(np.array(kinds), return_inverse=True)[1]
    none = np.zeros(len(row), np.int64)
    clocked = np.searchsorted(key, clock["p"].astype(np.int64) * _DAYS + clock["d"])
    hours = np.zeros((len(key), 3))
    hours[clocked] = np.stack([clock["first"], clock["last"], clock["active"]], 1)
    X = np.hstack(
        [
            np.log2(1 + total(place[daily["a"]], len(common) + 1, daily["n"])),
            np.log2(1 + total(classes[daily["a"]], int(classes.max(initial=0)) + 1, daily["n"])),
            np.log2(1 + total(none, 1, daily["n"])),
            total(none, 1, np.ones(len(row))),
            np.log2(1 + total(none, 1, daily["s"])) / 4,
            hours,
        ]
    )
    past, watched = day < _first_days(windows, len(cast.group))[person], _watched(key, windows)
    usual = usual or _usual(common, X[past], person[past], cast.group)
    Z = _deviations(X, person, cast.group, usual)
    return Days(Z[past], Z[watched], key[watched], usual)


def _first_days(windows: Sequence[Window], people: int) -> NDArray:
    first = np.full(people, 1 << 30)
    for window in windows:
        first[window.person] = min(first[window.person], window.first)
    return first


def _watched(key: NDArray, windows: Sequence[Window]) -> NDArray:
    watched = np.zeros(len(key), bool)
    for window in windows:
        begin, end = np.searchsorted(key, window.person * _DAYS + np.array([window.first, window.end]))
        watched[begin:end] = True
    return watched


def _usual(common: NDArray, X: Floats, person: NDArray, group: NDArray) -> Usual:
    """The own history, shrunk towards the peers', and the peers'."""
    peers = _moments(X, group[person], int(group.max(initial=0)) + 1)
    n, mean, square = _moments(X, person, len(group))
    prior_mean, prior_square = peers[1][group], peers[2][group]
    mean = (n * mean + OWN_DAYS * prior_mean) / (n + OWN_DAYS)
    square = (n * square + OWN_DAYS * prior_square) / (n + OWN_DAYS)
    return Usual(common, (mean, square), peers[1:])


def _deviations(X: Floats, person: NDArray, group: NDArray, usual: Usual) -> Floats:
    """X in standard deviations from the own history, and from the peers'."""

    def far(who: NDArray, mean: Floats, square: Floats) -> Floats:
        spread = np.sqrt(np.maximum(square - mean**2, 0.0) + LEAST_VARIANCE)
        return np.clip((X - mean[who]) / spread[who], -FAR, FAR)

    return np.hstack([far(person, *usual.own), PEER_SHARE * far(group[person], *usual.peers)])


def _moments(X: Floats, who: NDArray, size: int) -> tuple[Floats, Floats, Floats]:
    """Number of rows, mean and mean square of each feature, for each of `size`."""
    n = np.bincount(who, minlength=size).astype(np.float64)[:, None]
    sums = np.stack([np.bincount(who, column, minlength=size) for column in X.T], 1)
    squares = np.stack([np.bincount(who, column**2, minlength=size) for column in X.T], 1)
    return n, sums / np.maximum(n, 1), squares / np.maximum(n, 1)
