"""Slow taking: no day stands out, the weeks do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from monitor.model import Finding
from tests.organisation import Org, of

FIRST, LAST = date(2017, 6, 1), date(2017, 11, 3)
DAYS = [f"2017-10-{day:02}" for day in (16, 17, 18, 19, 20, 23, 24, 25, 26, 27)]


def office() -> tuple[Org, str]:
    """Engineers who fetch the same sixty drawings again and again; one of them leaves."""
    org = Org(FIRST, LAST)
    staff = org.team("engineering", 40)
    org.usual(staff, "file.download", per_day=4, target=lambda d: f"drawings/{d.randint(1, 60)}")
    org.leaves(staff[0], "2017-11-02")
    return org, staff[0]


def fetch(org: Org, person: str, targets: list[str]) -> None:
    """Six more a day, for two weeks."""
    for i, target in enumerate(targets):
        org.does(person, "file.download", DAYS[i // 6], f"1{i % 6}:20", target=target)


def told(found: list[Finding]) -> list[str]:
    return [reason.text for finding in found for reason in finding.reasons if reason.detector == "drift"]


def test_a_few_drawings_a_day_that_were_never_fetched_before_are_told_by_the_week(tmp_path: Path) -> None:
    org, person = office()
    fetch(org, person, [f"drawings/{1000 + i}" for i in range(60)])
    found = of(org.scan(tmp_path).found, person)
    assert any("targets never used before, in" in text for text in told(found))


def test_the_same_number_of_well_known_drawings_is_not_told_so(tmp_path: Path) -> None:
    org, person = office()
    fetch(org, person, [f"drawings/{1 + i}" for i in range(60)])
    found = of(org.scan(tmp_path).found, person)
    assert not any("never used before" in text for text in told(found))


def test_the_week_in_which_watching_begins_is_not_held_against_itself(tmp_path: Path) -> None:
    """The window begins on a Tuesday; what is fetched from then on teaches nothing, its Monday does."""
    org, person = office()
    for i in range(90):
        org.does(
            person, "file.download", f"2017-10-0{4 + i // 30}", f"1{i % 6}:{i % 30:02}", target=f"drawings/{2000 + i}"
        )
    told_of = [r for f in of(org.scan(tmp_path).found, person) for r in f.reasons if r.detector == "drift"]
    assert told_of
    assert all("above all" in reason.text.partition(": ")[2].partition(",")[0] for reason in told_of)
