from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.core.routing import Audience, Delivery, deliveries, due_at, last_time_of_day, names_of, silenced
from monitor.operation import Route
from tests.core.made import person

MAIL = Audience("mail", to=("boss@corp.example", "P000@corp.example"), fallback=("ciso@corp.example",))
HOOK = Audience("hook")
CHAT = Audience("chat", owners=("acct.p000",))
ALL = {a.name: a for a in (MAIL, HOOK, CHAT)}


def test_without_routes_every_channel_hears() -> None:
    assert [d.channel for d in deliveries("low", None, (), (), (), ALL)] == ["mail", "hook", "chat"]


def test_the_person_concerned_is_left_out_and_the_next_is_told() -> None:
    concerned = names_of([person()])
    mail, hook = deliveries("high", None, (), concerned, (), ALL)
    assert mail == Delivery("mail", ("boss@corp.example",))
    assert hook == Delivery("hook", ())
    both = concerned | {"boss@corp.example"}
    assert deliveries("high", None, (), both, [Route(("mail",))], ALL) == [Delivery("mail", ("ciso@corp.example",))]
    everybody = both | {"ciso@corp.example"}
    assert deliveries("high", None, (), everybody, [Route(("mail",)), Route(("hook",))], ALL) == [Delivery("hook", ())]
    assert deliveries("high", None, (), everybody, [Route(("mail",))], {"mail": MAIL}) == []


def test_the_first_route_that_fits_has_the_say() -> None:
    routes = [Route(("hook",), severity="critical"), Route(("mail",), departments=("Finance",)), Route(("chat",))]
    names = [
        [d.channel for d in deliveries(s, dep, (), (), routes, ALL)]
        for s, dep in (("critical", "Finance"), ("high", "Finance"), ("low", "Trust"))
    ]
    assert names == [["hook"], ["mail"], ["chat"]]


def test_a_channel_that_is_off_is_gone_round() -> None:
    assert [d.channel for d in deliveries("high", None, (), (), [Route(("mail",))], ALL, off={"mail"})] == [
        "hook",
        "chat",
    ]


@pytest.mark.parametrize(
    ("now", "severity", "due"),
    [
        ("2026-10-24T21:30+02:00", "high", "2026-10-25T07:00+01:00"),  # the night in which the clock is set back
        ("2026-03-28T21:30+01:00", "high", "2026-03-29T07:00+02:00"),  # and forward
        ("2026-10-25T03:00+01:00", "high", "2026-10-25T07:00+01:00"),
        ("2026-10-25T07:00+01:00", "high", "2026-10-25T07:00+01:00"),
        ("2026-10-24T21:30+02:00", "critical", "2026-10-24T21:30+02:00"),
        ("2026-10-24T12:00+02:00", "low", "2026-10-24T12:00+02:00"),
    ],
)
def test_quiet_hours(now: str, severity: str, due: str) -> None:
    when = datetime.fromisoformat(now).astimezone(UTC)
    assert due_at(when, severity, "20:00", "07:00", "critical", "Europe/Berlin") == datetime.fromisoformat(due)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
@pytest.mark.parametrize("clock", ["02:30", "01:45", "08:00", "00:00"])
def test_a_time_of_day_comes_once_a_day_all_year(zone: str, clock: str) -> None:
    when, seen = datetime(2026, 1, 1, tzinfo=UTC), []
    while when.year == 2026:
        last = last_time_of_day(when, clock, zone)
        assert timedelta() <= when - last < timedelta(hours=25, minutes=1)
        if not seen or last != seen[-1]:
            assert not seen or last > seen[-1]
            seen.append(last)
        when += timedelta(minutes=15)
    days = {t.astimezone(ZoneInfo(zone)).date() for t in seen}
    assert len(seen) == len(days) or len(seen) == len(days) + 1
    assert 365 <= len(seen) <= 366


def test_silences() -> None:
    assert silenced([("person", "p000")], person())
    assert silenced([("department", "Trust")], person())
    assert silenced([("all", "all")], person())
    assert not silenced([("person", "p001"), ("department", "Finance")], person())
