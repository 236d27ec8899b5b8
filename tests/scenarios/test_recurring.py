"""A second machine that a person has always used now and then, and of late every few days: no single day is strange."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from monitor.model import Finding
from tests.organisation import Org, of

FIRST, LAST, LEFT = date(2017, 6, 1), date(2017, 11, 20), "2017-11-10"
BEFORE = ("2017-06-20", "2017-07-18", "2017-08-22", "2017-09-20")
OF_LATE = ("2017-10-18", "2017-10-23", "2017-10-26", "2017-10-31", "2017-11-03", "2017-11-07")


def office() -> tuple[Org, list[str]]:
    """Everybody writes mails from a machine of their own, and on four days from a second one, the lab's."""
    org = Org(FIRST, LAST)
    staff = org.team("desk", 40)
    for person in staff:
        org.usual([person], "mail.send", per_day=4, target=lambda d: f"to-{d.randint(1, 40)}", pc=f"pc-{person}")
        for day in BEFORE:
            in_the_lab(org, person, day)
    org.leaves(staff[4], LEFT)
    return org, staff


def in_the_lab(org: Org, person: str, day: str) -> str:
    return org.does(person, "mail.send", day, "11:11", target="to-7", pc=f"lab-{person}")


def again(found: list[Finding]) -> list[str]:
    return [r.text for f in found for r in f.reasons if r.detector == "habit" and "within four weeks" in r.text]


def test_a_seldom_used_machine_that_is_used_every_few_days(tmp_path: Path) -> None:
    org, staff = office()
    ids = [in_the_lab(org, staff[4], day) for day in OF_LATE]
    top = of(org.scan(tmp_path).found, staff[4])[0]
    assert set(top.event_ids) & set(ids)
    (text,) = again([top])
    assert text.startswith("pc lab-desk-05: this person used it on 4 days before the watch window, and other ones on ")
    assert text.endswith(("; something as unusual on 5 days within four weeks", " 6 days within four weeks"))


def test_the_same_machine_once_a_month_is_as_usual(tmp_path: Path) -> None:
    org, staff = office()
    in_the_lab(org, staff[4], OF_LATE[2])
    assert not again(of(org.scan(tmp_path).found, staff[4]))
