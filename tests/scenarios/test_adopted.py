"""A stranger to whom somebody writes again and again: each mail is ordinary, and so is one to somebody new."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

from monitor.model import Finding
from tests.organisation import Org, of

FIRST, LAST = date(2017, 6, 1), date(2017, 11, 20)
LEFT = "2017-11-10"
DAYS = ("2017-10-18", "2017-10-23", "2017-10-26", "2017-10-31", "2017-11-03", "2017-11-07")


def office() -> tuple[Org, list[str]]:
    """A team whose mails go to colleagues, and every twentieth to somebody to whom its sender never wrote before."""
    org = Org(FIRST, LAST)
    staff = org.team("desk", 60)
    for person in staff:
        for day in org.working_days():
            draw = random.Random(f"{person} {day}")
            for _ in range(draw.randint(3, 8)):
                to = draw.choice(staff) if draw.random() < 0.95 else f"guest{draw.randint(1, 90_000)}"
                mail(org, person, day, f"{draw.randint(9, 16):02}:{draw.randint(0, 59):02}", to)
    return org, staff


def mail(org: Org, person: str, day: str | date, clock: str, to: str) -> str:
    return org.does(person, "mail.send", day, clock, partners=f"{to}@corp.example;{person}@corp.example")


def adopted(found: list[Finding]) -> list[str]:
    return [r.text for f in found for r in f.reasons if r.detector == "adopted"]


def test_somebody_new_who_is_written_to_again_and_again(tmp_path: Path) -> None:
    org, staff = office()
    org.leaves(staff[4], LEFT)
    ids = [mail(org, staff[4], day, "11:11", "recruiter") for day in DAYS]
    top = of(org.scan(tmp_path).found, staff[4])[0]
    assert set(top.event_ids) & set(ids)
    (text,) = adopted([top])
    assert text.startswith("partners recruiter@corp.example;desk-05@corp.example: new to this person and used on ")


def test_as_many_mails_to_as_many_strangers_are_as_usual(tmp_path: Path) -> None:
    org, staff = office()
    org.leaves(staff[4], LEFT)
    for i, day in enumerate(DAYS):
        mail(org, staff[4], day, "11:11", f"stranger{i}")
    assert not adopted(of(org.scan(tmp_path).found, staff[4]))


def test_who_writes_to_usual_partners_only_adopts_nobody(tmp_path: Path) -> None:
    org, staff = office()
    org.leaves(staff[4], LEFT)
    for day in DAYS:
        mail(org, staff[4], day, "11:11", staff[9])
    assert not adopted(of(org.scan(tmp_path).found, staff[4]))


def test_somebody_new_in_the_first_weeks_of_a_record_is_nobody_new(tmp_path: Path) -> None:
    """To a joiner everybody is new."""
    org, staff = office()
    joined = "2017-10-16"
    org.leaves(staff[4], LEFT)
    org.events = [e for e in org.events if e["actor"] != staff[4] or e["time"] >= joined]
    for day in DAYS:
        mail(org, staff[4], day, "11:11", "recruiter")
    assert not adopted(of(org.scan(tmp_path).found, staff[4]))
