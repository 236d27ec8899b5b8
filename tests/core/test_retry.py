from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.core.retry import delay_seconds, next_try

NOW = datetime(2017, 11, 2, tzinfo=UTC)


def test_it_waits_longer_each_time_up_to_an_hour_and_not_all_at_the_same_moment() -> None:
    waits = [delay_seconds(n, "k") for n in range(1, 30)]
    assert 3.75 <= waits[0] <= 6.25
    assert all(2700 <= wait <= 4500 for wait in waits[12:])
    assert len({delay_seconds(3, f"k{i}") for i in range(50)}) == 50
    assert delay_seconds(3, "k") == delay_seconds(3, "k")


def test_what_the_other_side_asks_for_is_kept_within_reason() -> None:
    assert delay_seconds(1, "k", 600) == 600
    assert delay_seconds(1, "k", 10**9) == 86_400
    assert delay_seconds(20, "k", 1) > 1000


def test_three_days_then_it_is_given_up() -> None:
    when, attempts = NOW, 0
    while (due := next_try(NOW, when, attempts := attempts + 1, "k", None, 72)) is not None:
        assert due > when
        when = due
    assert timedelta(hours=72) <= when - NOW < timedelta(hours=74)
    assert 60 < attempts < 120
    assert next_try(NOW, NOW + timedelta(hours=72), 1, "k", None, 72) is None
