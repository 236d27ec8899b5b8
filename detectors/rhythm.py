"""When does this person act? Learned a person, never by fixed office hours."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from detectors.base import Floats, bits, rows
from detectors.counts import GroupCounts
from detectors.tail import ALL, COUNT, OWN, PEERS, SELF

WEEK_HOURS = 168
HOUR = 4
_KERNEL = np.array([0.05, 0.25, 0.40, 0.25, 0.05])


class Rhythm:
    """Tail over the hours of the own local week.

    X has shape (n, 6) as in Tail, with the hour of the week (0 is Monday, 00:00) in place of the
    bin. Each level's hours are smoothed over neighbouring hours and over days of the same sort
    (weekday, weekend), then shrunk: everybody's to even, the peers' to everybody's, the own to
    the peers'. The answer is the summed rate of the hours that are no busier than this one.
    """

    def __init__(self, own_weight: float = 20.0, peer_weight: float = 60.0) -> None:
        self.own_weight, self.peer_weight = own_weight, peer_weight

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Self:
        X = rows(X, 6)
        code = X[:, :5].astype(np.int64)
        self.levels_ = [GroupCounts(code[:, level], code[:, HOUR], X[:, COUNT], WEEK_HOURS) for level in range(4)]
        return self

    def counts(self, X: ArrayLike) -> Floats:
        """k (active in this hour of the week) and n (active hours) for own, peers, everybody: shape (n, 6)."""
        code = rows(X, 6)[:, :5].astype(np.int64)
        hour = code[:, HOUR]
        pick = []
        for level, column in zip(self.levels_, (OWN, SELF, PEERS, ALL), strict=True):
            row = level.row(code[:, column])
            pick.append((level.table[row, hour], level.table.sum(1)[row]))
        own, me, peers, everyone = pick
        pairs = [own, (peers[0] - me[0], peers[1] - me[1]), (everyone[0] - me[0], everyone[1] - me[1])]
        return np.maximum(np.stack([column for pair in pairs for column in pair], 1), 0.0)

    def decision_function(self, X: ArrayLike) -> Floats:
        code = rows(X, 6)[:, :5].astype(np.int64)
        who, back = np.unique(code[:, :4], axis=0, return_inverse=True)
        own, me, peers, everyone = (
            level.table[level.row(who[:, column])]
            for level, column in zip(self.levels_, (OWN, SELF, PEERS, ALL), strict=True)
        )
        everyone, peers = np.maximum(everyone - me, 0.0), np.maximum(peers - me, 0.0)
        density = np.full((1, WEEK_HOURS), 1 / WEEK_HOURS)
        for table, weight in ((everyone, 20.0), (peers, self.peer_weight), (own, self.own_weight)):
            density = (_smooth(table) + weight * density) / (table.sum(1, keepdims=True) + weight)
        order = np.argsort(density, 1, kind="stable")
        tail = np.empty_like(density)
        np.put_along_axis(tail, order, np.take_along_axis(density, order, 1).cumsum(1), 1)
        surprise = bits(np.minimum(tail, 1.0))[back.reshape(-1), code[:, HOUR]]
        judged = (own.sum(1) + everyone.sum(1) > 0)[back.reshape(-1)]
        return np.where(judged, surprise, np.nan)


def _smooth(table: Floats) -> Floats:
    near = sum(np.roll(table, shift - 2, 1) * share for shift, share in enumerate(_KERNEL))
    days = np.asarray(near).reshape(-1, 7, 24)
    sort = np.concatenate(
        [np.repeat(days[:, :5].mean(1, keepdims=True), 5, 1), np.repeat(days[:, 5:].mean(1, keepdims=True), 2, 1)], 1
    )
    return (0.5 * days + 0.5 * sort).reshape(-1, WEEK_HOURS)
