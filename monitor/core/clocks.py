"""People's own clocks: how far a zone's time stands from UTC, and since when."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_US, HOUR_US, SECOND_US = 86_400_000_000, 3_600_000_000, 1_000_000
CLOCK_AHEAD = timedelta(hours=1)
"""A log whose clock runs ahead by no more than this is believed at once."""


def spells(zone: str, first_us: int, last_us: int) -> list[tuple[int, int]]:
    """(from when, seconds east of UTC) of each stretch without a change, in order; times in microseconds since 1970.

    >>> summer = 1_509_235_200_000_000  # 29 October 2017, 00:00 UTC
    >>> spells("Europe/Berlin", summer, summer + 2 * HOUR_US)
    [(1509235200000000, 7200), (1509238800000000, 3600)]
    """
    found = [(first_us, _seconds(zone, first_us))]
    at = first_us
    while at < last_us:
        step = min(at + DAY_US, last_us)
        if _seconds(zone, step) != found[-1][1]:
            low, high = at, step
            while high - low > SECOND_US:
                middle = (low + high) // 2
                low, high = (middle, high) if _seconds(zone, middle) == found[-1][1] else (low, middle)
            change = -(-low // (60 * SECOND_US)) * 60 * SECOND_US
            found.append((change, _seconds(zone, change)))
        at = step
    return found


def micros(when: datetime) -> int:
    """Microseconds since 1970 UTC. Raises ValueError for a time without a zone."""
    if when.tzinfo is None:
        raise ValueError("a time without a zone")
    return (when - EPOCH) // timedelta(microseconds=1)


def instant(t: int) -> datetime:
    """The aware time in UTC of so many microseconds since 1970 UTC.

    >>> instant(micros(datetime(2017, 11, 2, 18, 51, 0, 1, tzinfo=UTC))).isoformat()
    '2017-11-02T18:51:00.000001+00:00'
    """
    return EPOCH + timedelta(microseconds=int(t))


def local(t: int, zone: str) -> datetime:
    """A time, microseconds since 1970 UTC, on a zone's clock."""
    return instant(t).astimezone(ZoneInfo(zone))


def begin_of(day: date, zone: str) -> int:
    """When a local date begins, in microseconds since 1970 UTC."""
    return micros(datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC))


def _seconds(zone: str, t: int) -> int:
    offset = local(t, zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
