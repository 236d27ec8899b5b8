"""Watch windows: local days, both nights on which clocks change, early notice, late knowledge, placebos."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from monitor.core.windows import (
    Window,
    WindowRules,
    day_number,
    departures,
    end_of,
    is_zone,
    placebos,
    usual_zone,
)
from monitor.model import Departure, Person

ALWAYS = (0, 40_000)
RULES = WindowRules()


def utc(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1e6, UTC)


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        ("2017-11-02", "UTC", "2017-11-03T00:00"),
        ("2017-11-02", "America/Los_Angeles", "2017-11-03T07:00"),
        ("2017-11-05", "America/Los_Angeles", "2017-11-06T08:00"),
        ("2017-11-02", "Pacific/Kiritimati", "2017-11-02T10:00"),
        ("2017-11-02", "Pacific/Pago_Pago", "2017-11-03T11:00"),
        ("2017-11-02", "Asia/Kathmandu", "2017-11-02T18:15"),
        ("2024-03-30", "Europe/Berlin", "2024-03-30T23:00"),
        ("2024-03-31", "Europe/Berlin", "2024-03-31T22:00"),
        ("2024-10-26", "Europe/Berlin", "2024-10-26T22:00"),
        ("2024-10-27", "Europe/Berlin", "2024-10-27T23:00"),
        ("2018-11-03", "America/Sao_Paulo", "2018-11-04T03:00"),
        ("2011-12-29", "Pacific/Apia", "2011-12-30T10:00"),
    ],
)
def test_the_last_day_ends_at_local_midnight(day: str, zone: str, end: str) -> None:
    """Also where midnight does not exist (Sao Paulo, 4 November 2018) and where a whole day does not (Samoa, 2011)."""
    assert utc(end_of(date.fromisoformat(day), zone)) == datetime.fromisoformat(end).replace(tzinfo=UTC)


@pytest.mark.parametrize(("day", "hours"), [("2024-03-31", 23), ("2024-10-27", 25), ("2024-06-01", 24)])
def test_a_day_is_as_long_as_it_is(day: str, hours: int) -> None:
    last = date.fromisoformat(day)
    length = end_of(last, "Europe/Berlin") - end_of(last - timedelta(days=1), "Europe/Berlin")
    assert length == hours * 3_600_000_000


def window(
    last_day: str, notice: str | None = None, certainty: str = "planned", span: tuple[int, int] = ALWAYS,
    acts: str | None = None,
) -> list[Window]:  # fmt: skip
    told = Departure(
        "p1", date.fromisoformat(last_day), date.fromisoformat(notice) if notice else None, "unknown", certainty
    )
    active = {0: (0, day_number(date.fromisoformat(acts)))} if acts else {}
    return departures({"p1": 0}, {"p1": "UTC"}, [told], span, RULES, active)


def days(found: list[Window]) -> tuple[int, int]:
    """How many days before the last day the window begins, and how many after it end."""
    [one] = found
    last = day_number(one.last_day)
    return last - one.first, one.end - 1 - last


def test_thirty_days_before_and_after() -> None:
    assert days(window("2017-11-02")) == (30, 30)


@pytest.mark.parametrize(
    ("notice", "before"),
    [
        ("2017-10-20", 30),
        ("2017-10-03", 30),
        ("2017-10-02", 31),
        ("2017-09-01", 62),
        ("2017-01-01", 90),
        ("2017-12-01", 30),
    ],
)
def test_from_notice_where_that_is_earlier(notice: str, before: int) -> None:
    """At most ninety days back: a notice of a year ago does not make a year suspicious."""
    assert days(window("2017-11-02", notice)) == (before, 30)


@pytest.mark.parametrize(
    ("acts", "after"),
    [("2017-11-02", 30), ("2017-12-02", 30), ("2017-12-03", 60), ("2018-01-01", 90), ("2019-02-02", 480)],
)
def test_who_acts_later_is_watched_on(acts: str, after: int) -> None:
    """Thirty days at a time, so that the window stays the same while somebody acts every day."""
    assert days(window("2017-11-02", acts=acts)) == (30, after)


def test_who_came_back_and_left_again_is_watched_on_after_the_last_departure_alone() -> None:
    told = [Departure("p1", date(year, 11, 2), None, "unknown", "planned") for year in (2017, 2018)]
    told.append(Departure("p1", date(2019, 11, 2), None, "unknown", "withdrawn"))
    found = departures({"p1": 0}, {"p1": "UTC"}, told, ALWAYS, RULES, {0: (0, day_number(date(2019, 11, 2)))})
    assert [window.end - day_number(window.last_day) > 31 for window in found] == [False, True]


def test_a_withdrawn_departure_is_not_watched() -> None:
    assert window("2017-11-02", certainty="withdrawn") == []


def test_only_windows_that_the_events_touch() -> None:
    last = day_number(date(2017, 11, 2))
    assert window("2017-11-02", span=(last + 31, last + 60)) == []
    assert len(window("2017-11-02", span=(last + 30, last + 60))) == 1
    assert window("2017-11-02", span=(last - 60, last - 31)) == []
    assert len(window("2017-11-02", span=(last - 60, last - 30))) == 1


def test_windows_do_not_depend_on_the_order_of_the_roster() -> None:
    told = [Departure(f"p{i}", date(2017, 11, 2) + timedelta(days=i), None, "unknown", "planned") for i in range(9)]
    people = {f"p{i}": i for i in range(9)}
    zones = dict.fromkeys(people, "UTC")
    assert departures(people, zones, told, ALWAYS, RULES, {}) == departures(
        people, zones, told[::-1], ALWAYS, RULES, {}
    )


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("Europe/Berlin", True),
        ("UTC", True),
        ("Etc/GMT+5", True),
        ("Mars/Olympus", False),
        ("", False),
        ("../x", False),
        ("Europe", False),
        ("a\0b", False),
    ],
)
def test_names_of_zones(name: str, there: bool) -> None:
    assert is_zone(name) is there


def person(person_id: str, zone: str | None) -> Person:
    return Person(person_id, None, None, (), None, None, None, None, zone, None)


def test_the_zone_of_most_people_stands_in_for_an_unknown_one() -> None:
    people = [
        person("1", "Asia/Tokyo"),
        person("2", "Europe/Berlin"),
        person("3", "Europe/Berlin"),
        person("4", None),
        person("5", None),
    ]
    assert usual_zone(people, "UTC") == "Europe/Berlin"
    assert usual_zone(people[:2], "UTC") == "Asia/Tokyo"
    assert usual_zone(people[3:], "Etc/GMT+5") == "Etc/GMT+5"


NAMES = {f"p{i}": i for i in range(400)}
ZONES = dict.fromkeys(NAMES, "UTC")
ACTIVE = dict.fromkeys(NAMES.values(), (1000, 1200))


def test_a_placebo_has_record_enough_before_it() -> None:
    found = placebos(NAMES, ZONES, ACTIVE, set(), RULES, seed=0)
    assert len(found) == RULES.placebos
    for one in found:
        assert one.departure is None
        assert one.first >= 1000 + RULES.history
        assert day_number(one.last_day) <= 1200
        assert (one.first, one.end) == (day_number(one.last_day) - RULES.before, day_number(one.last_day) + 1)


def test_who_leaves_is_no_placebo_and_changes_nobody_elses() -> None:
    """The draw of a person depends on the seed and that person alone."""
    few = WindowRules(placebos=400)
    everybody = placebos(NAMES, ZONES, ACTIVE, set(), few, seed=0)
    without = placebos(NAMES, ZONES, ACTIVE, {7, 9}, few, seed=0)
    assert without == [one for one in everybody if one.person not in (7, 9)]
    assert placebos(NAMES, ZONES, ACTIVE, set(), few, seed=1) != everybody


def test_placebo_days_are_spread_over_the_record() -> None:
    last_days = [day_number(one.last_day) for one in placebos(NAMES, ZONES, ACTIVE, set(), RULES, seed=0)]
    assert min(last_days) < 1070
    assert max(last_days) > 1190


def test_nobody_has_record_enough() -> None:
    assert placebos(NAMES, ZONES, dict.fromkeys(NAMES.values(), (1000, 1057)), set(), RULES, seed=0) == []


def test_few_people_get_several_placebos_that_do_not_overlap() -> None:
    few = {f"p{i}": i for i in range(20)}
    found = placebos(few, dict.fromkeys(few, "UTC"), dict.fromkeys(few.values(), (1000, 1400)), set(), RULES, seed=0)
    assert len(found) == 3 * len(few) >= RULES.enough
    for one, following in pairwise(found):
        assert one.person < following.person or one.end <= following.first
    assert all(one.first >= 1000 + RULES.history and one.end <= 1401 for one in found)


def test_a_short_record_holds_one_placebo_even_where_people_are_few() -> None:
    few = {"p1": 1, "p2": 2}
    found = placebos(few, dict.fromkeys(few, "UTC"), dict.fromkeys(few.values(), (1000, 1070)), set(), RULES, seed=0)
    assert [one.person for one in found] == [1, 2]
