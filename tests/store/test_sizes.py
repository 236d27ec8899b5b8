"""How large a day's targets are together."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.core.evidence import Cast
from monitor.store.sizes import CHANCE_BITS, MOST_BITS, bits_of, size_bits, smallness


def learned(*rows: tuple[int, int, int, int]) -> dict[str, np.ndarray]:
    """History rows of magnitudes: (person, segment, bin, how often), all of action 0."""
    p, seg, value, count = np.array(rows).T
    return {"p": p, "a": np.zeros(len(p), int), "seg": seg, "value": value, "count": count.astype(float)}


def cast(*leavers: int) -> Cast:
    return Cast(np.zeros(3, int), np.array(leavers, int), np.ones(len(leavers), bool), np.zeros(len(leavers), int), 1)


def test_bits_are_nothing_on_average_and_more_for_the_larger() -> None:
    rows = [(0, 0, b, 10) for b in range(100)]
    bits = size_bits(learned(*rows), cast())[0, :100]
    assert np.diff(bits).min() >= 0
    assert bits[50] == pytest.approx(1 - CHANCE_BITS, abs=0.02)
    assert bits[99] == MOST_BITS
    assert bits.mean() == pytest.approx(0, abs=0.1)


def test_beyond_all_that_was_seen_is_one_place_more() -> None:
    bits = size_bits(learned((0, 0, 4, 1000)), cast())
    events = {"a": np.zeros(4, int), "b": np.array([-1, 4, 5, 90])}
    assert bits_of(events, bits).tolist() == pytest.approx([0, 1 - CHANCE_BITS, MOST_BITS, MOST_BITS], abs=0.01)


def test_nothing_in_a_watch_window_teaches() -> None:
    before = size_bits(learned((0, 0, 4, 1000), (1, 0, 2, 50)), cast(1))
    assert np.array_equal(size_bits(learned((0, 0, 4, 1000), (1, 0, 2, 50), (1, 1, 9, 500)), cast(1)), before)


def test_a_payment_below_chance_is_small_unless_it_may_be_a_part_of_a_larger_one() -> None:
    events = {
        "a": np.array([0, 0, 0, 0, 1]),
        "s_one": CHANCE_BITS * np.array([-1.0, -0.5, 2.0, -1.0, -1.0]),
        "s_split": np.array([-1.0, -1.0, -1.0, 9_000.0, -1.0]),
    }
    assert smallness(events, [0]).tolist() == [1.0, 0.5, 0.0, 0.0, 0.0]
