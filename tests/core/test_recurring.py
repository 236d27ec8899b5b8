"""What is a little unusual adds up over the days of four weeks, within one watch window."""

from __future__ import annotations

import numpy as np

from monitor.core.recurring import SPAN_DAYS, facet_of, recurring, recurring_days


def told(*events: tuple[int, int, float]) -> tuple[list[float], list[int]]:
    """What both functions say of events (window, day, bits), with one bit of chance."""
    w, d, bits = (np.array(column) for column in zip(*events, strict=True))
    columns = {"w": w, "d": d}
    return recurring(columns, bits, 1.0).tolist(), recurring_days(columns, bits, 1.0).tolist()


def test_the_strangest_of_each_earlier_day_is_added_to_ones_own() -> None:
    bits, days = told((0, 5, 3.0), (0, 5, 2.0), (0, 8, 4.0), (0, 9, 2.5))
    assert bits == [0.0, 0.0, 2.0 + 3.0, 2.0 + 3.0 + 1.5]
    assert days == [1, 1, 2, 3]


def test_what_is_not_strange_neither_counts_nor_is_counted() -> None:
    assert told((0, 5, 1.0), (0, 8, 4.0), (0, 9, 0.0)) == ([0.0, 0.0, 0.0], [0, 1, 0])


def test_days_beyond_four_weeks_and_other_windows_do_not_count() -> None:
    assert told((0, 5, 3.0), (0, 5 + SPAN_DAYS, 3.0), (1, 6, 3.0)) == ([0.0, 0.0, 0.0], [1, 1, 1])
    assert told((0, 5, 3.0), (0, 4 + SPAN_DAYS, 3.0))[1] == [1, 2]


def test_of_no_strange_event_nothing_is_told() -> None:
    assert told((0, 5, 0.0)) == ([0.0], [0])


def test_the_facet_that_a_key_names() -> None:
    assert [facet_of(key) for key in ("habit again @pc", "habit @pc", "foreign ip")] == ["@pc", "@pc", "ip"]
