"""Watch windows: which days of whom are judged, for departures and for placebo departures."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from monitor.core.clocks import begin_of
from monitor.model import Departure, Person

_EPOCH = date(1970, 1, 1)
MOST_EACH = 3
"""Placebo departures of one person: so many windows the history of each person is cut at."""
MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class WindowRules:
    """How far a watch window reaches, in days."""

    before: int = 30
    longest_before: int = 90
    after: int = 30
    history: int = 28
    """A placebo needs that many days of record before its window."""
    placebos: int = 250
    """More than that tell little more: the rarest of 250 is 1 in 250."""
    enough: int = 60
    """Where people are fewer than that, some get several placebo departures, one after the other."""


@dataclass(frozen=True, slots=True)
class Window:
    """Days first <= d < end of a person's local calendar; `end_us`: end of the last day, in microseconds UTC."""

    person: int
    first: int
    end: int
    last_day: date
    end_us: int
    departure: Departure | None


def day_number(day: date) -> int:
    """Days since 1970."""
    return (day - _EPOCH).days


def date_of(number: int) -> date:
    """The day of a number, as `day_number` counts."""
    return _EPOCH + timedelta(days=number)


def end_of(last_day: date, zone: str) -> int:
    """When a local date ends, in microseconds since 1970 UTC."""
    return begin_of(last_day + timedelta(days=1), zone)


def watch_days(departure: Departure, rules: WindowRules) -> tuple[int, int]:
    """The days of a departure's watch window, since 1970: the first, and the one after the last.

    It begins with the notice where that is earlier, but no more than `longest_before` days before the last day.
    """
    last = day_number(departure.last_day)
    first = last - rules.before
    if departure.notice_date:
        first = min(first, max(day_number(departure.notice_date), last - rules.longest_before))
    return first, last + 1 + rules.after


def known_from(departure: Departure, zone: str, rules: WindowRules) -> int:
    """When a departure is known, in microseconds since 1970 UTC, for rosters that do not tell when they said so.

    From the start of its notice day; where no notice is told, from the start of its watch window.
    """
    day = departure.notice_date or departure.last_day - timedelta(days=rules.before)
    return end_of(day - timedelta(days=1), zone)


def is_zone(name: str) -> bool:
    """Is this the name of a time zone, such as Europe/Berlin?"""
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # KeyError: ZoneInfoNotFoundError is one
        return False
    return True


def usual_zone(people: Iterable[Person], default: str) -> str:
    """The zone that most people on the roster have, or the default where none has any."""
    zones = Counter(person.zone for person in people if person.zone)
    return min(zones, key=lambda zone: (-zones[zone], zone), default=default)


def departures(
    people: Mapping[str, int], zones: Mapping[str, str], told: Iterable[Departure], span: tuple[int, int],
    rules: WindowRules, active: Mapping[int, tuple[int, int]],
) -> list[Window]:  # fmt: skip
    """The windows of departures that touch the span (first and last day with events); withdrawn ones have none.

    active: person -> first and last day with an event. Access that nobody took away may be used at any time: whoever
    acts later than `after` days past the latest of their departures is watched on.
    """
    holding = [departure for departure in told if departure.certainty != "withdrawn"]
    latest: dict[str, date] = {}
    for departure in holding:
        latest[departure.person_id] = max(departure.last_day, latest.get(departure.person_id, departure.last_day))
    windows = []
    for departure in holding:
        (first, end), person = watch_days(departure, rules), people[departure.person_id]
        if departure.last_day == latest[departure.person_id] and person in active:
            end = _watched_on(end, active[person][1], rules)
        if end > span[0] and first <= span[1]:
            ends = end_of(departure.last_day, zones[departure.person_id])
            windows.append(Window(person, first, end, departure.last_day, ends, departure))
    return sorted(windows, key=lambda w: (w.person, w.first, w.end))


def _watched_on(end: int, last_active: int, rules: WindowRules) -> int:
    """The end of a window, put off by `after` days as often as it takes to hold the last day with an event (UTC)."""
    step = max(rules.after, 1)
    return end if last_active < end else end + step * -(-(last_active + 2 - end) // step)


def placebos(
    people: Mapping[str, int], zones: Mapping[str, str], active: Mapping[int, tuple[int, int]], leaving: set[int],
    rules: WindowRules, seed: int,
) -> list[Window]:  # fmt: skip
    """Random last days for everybody who did not leave and has record enough before it.

    active: person -> first and last day with an event. The draw depends on the seed and the
    person, so that it does not change with the order of the others; where people are few each
    gets several windows, none of which overlap.
    """

    def earliest(person: int) -> int:
        return active[person][0] + rules.history + rules.before

    fit = [i for i, p in people.items() if p not in leaving and p in active and earliest(p) <= active[p][1]]
    drawn = sorted(fit, key=lambda person_id: _uniform(f"{seed}:who:{person_id}"))[: rules.placebos]
    rounds = -(-min(rules.enough, rules.placebos) // max(len(drawn), 1))
    windows = []
    for person_id in drawn:
        person = people[person_id]
        first, days = earliest(person), active[person][1] - earliest(person) + 1
        times = max(min(rounds, days // (rules.before + 1), MOST_EACH), 1)
        free = days // times - (rules.before if times > 1 else 0)
        for i in range(times):
            draw = _uniform(f"{seed}:{person_id}" + (f":{i}" if i else ""))
            day = first + i * (days // times) + int(draw * free)
            last_day = date_of(day)
            end_us = end_of(last_day, zones[person_id])
            windows.append(Window(person, day - rules.before, day + 1, last_day, end_us, None))
    return sorted(windows, key=lambda w: (w.person, w.first))


def _uniform(text: str) -> float:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") / 2**64
