"""Tail: the more, the stranger, also beyond all that was ever seen; shrunk where there is little history."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.base import Floats
from detectors.tail import Tail, bin_of, size_of


def rows(own: int, sizes: list[float], peers: int = 0, me: int = 0, count: float = 1) -> Floats:
    return np.array([[own, me, peers, 0, bin_of(size), count] for size in sizes], np.float64)


def test_every_doubling_beyond_the_largest_is_a_bit() -> None:
    """A detector that saturates scores 30, 300 and 44 million alike."""
    tail = Tail().fit(rows(0, [10, 20, 30] * 50))
    found = tail.decision_function(rows(0, [310, 3_100, 31_000, 44e6]))
    assert np.diff(found) == pytest.approx(np.diff(np.log2([311, 3_101, 31_001, 44e6])), abs=0.5)


def test_more_is_never_less_strange() -> None:
    tail = Tail().fit(rows(0, list(np.random.default_rng(1).lognormal(4, 2, 500))))
    found = tail.decision_function(rows(0, list(np.geomspace(1, 1e9, 200))))
    assert (np.diff(found) >= 0).all()


def test_own_history_outweighs_the_peers_when_there_is_enough_of_it() -> None:
    """What the peers never do is usual for who does it every day, and the other way round."""
    peers = rows(-1, [1] * 400, me=5)
    usual = Tail().fit(np.vstack([peers, rows(0, [1000] * 200, me=1)]))
    unknown = Tail().fit(np.vstack([peers, rows(0, [1000] * 2, me=1)]))
    act = rows(0, [1000], me=1)
    assert usual.decision_function(act)[0] < 0.2
    assert unknown.decision_function(act)[0] > 1


def test_without_any_history_it_is_not_judged() -> None:
    tail = Tail().fit(rows(0, [5]))
    assert np.isnan(tail.decision_function(np.array([[7, 7, 7, 7, 3, 1]], np.float64)))[0]


def test_a_bin_begins_with_its_size() -> None:
    bins = np.arange(200)
    assert (bin_of(size_of(bins) * (1 + 1e-12) + 1e-12) == bins)[5:].all()
    assert bin_of([-3, 0]).tolist() == [0, 0]
