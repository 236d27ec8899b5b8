"""What runs by itself in a leaver's name after the last day, and what only looks like it."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from monitor.model import Finding
from tests.organisation import Org, of

FIRST, LAST = date(2017, 6, 1), date(2017, 11, 20)
LEFT = "2017-11-03"
AFTER = ("2017-11-06", "2017-11-07", "2017-11-08")


def office(*, minutes: bool = True) -> tuple[Org, list[str]]:
    """A team that runs reports by hand; five of it leave on one day."""
    org = Org(FIRST, LAST)
    staff = org.team("finance", 40)
    org.usual(staff, "record.read", per_day=4, target=lambda d: f"ledger/{d.randint(1, 900)}")
    org.usual(staff, "record.export", per_day=2, target=lambda d: f"report-{d.randint(1, 40)}")
    if not minutes:
        org.events = [event | {"time": event["time"][:10] + "T12:00:00Z"} for event in org.events]
    for person in staff[:5]:
        org.leaves(person, LEFT)
    return org, staff


def every_morning(
    org: Org, person: str, since: date, at: str = "06:17", action: str = "record.export", target: str = "report-7"
) -> None:
    """A scheduler's run on each day, on and on after the last day."""
    for day in range((LAST - since).days + 1):
        org.does(person, action, (since + timedelta(days=day)).isoformat(), at, target=target)


def every_hour(org: Org, person: str) -> None:
    """A job that does most of what is done in the person's name, and that nobody runs by hand."""
    for hour in range(24):
        every_morning(org, person, FIRST, at=f"{hour:02}:41", action="file.download")


def after(found: list[Finding], person: str) -> tuple[float, str]:
    """The bits of acting past the end, and what is said of it; of the person's strongest such finding."""
    told = [reason for finding in of(found, person) for reason in finding.reasons if reason.detector == "after"]
    best = max(told, key=lambda reason: reason.bits)
    return best.bits, best.text


def test_a_scheduler_goes_on_in_the_name_of_who_left(tmp_path: Path) -> None:
    org, (scheduled, by_hand, lately, hourly, many, *_) = office()
    every_morning(org, scheduled, FIRST)
    every_morning(org, lately, date(2017, 10, 9))
    every_hour(org, hourly)
    for i in range(9):
        every_morning(org, many, FIRST, at="05:01", action="file.copy", target=f"ledger/{i}")
    for day in AFTER:
        org.does(by_hand, "record.export", day, "11:20", target="report-7")
    found = org.scan(tmp_path).found
    bits, text = after(found, scheduled)
    assert "runs by itself: at this minute of the hour on 1" in text
    assert "runs by itself" in after(found, hourly)[1]
    assert "runs by itself" in after(found, many)[1], "most of what they do is one job's, over several targets"
    human, told = after(found, by_hand)
    assert "runs by itself" not in told
    assert human > 3 * bits > 0
    assert "runs by itself" not in after(found, lately)[1], "it was set up within the watch window"


def test_a_log_that_tells_no_minutes_tells_nothing_of_clocks(tmp_path: Path) -> None:
    org, (person, *_) = office(minutes=False)
    every_morning(org, person, FIRST, at="12:00")
    assert "runs by itself" not in after(org.scan(tmp_path).found, person)[1]
