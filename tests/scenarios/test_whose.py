"""Whose things an act touches: a colleague's machine, another team's papers, what nobody else ever used."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random

import pytest

from monitor.model import Finding, Reason
from monitor.scanning import Scan
from tests.organisation import Org, of

FIRST, LAST = date(2017, 6, 1), date(2017, 11, 10)
LEAVER = "ops-07"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """Two teams with papers of their own, each person at a machine of their own; five leave."""
    org = Org(FIRST, LAST, zone="Europe/Berlin")
    for team, other in (("ops", "law"), ("law", "ops")):
        for person in org.team(team, 25):
            machine = f"pc-{person}"

            def paper(draw: Random, mine: str = team, theirs: str = other) -> str:
                """Now and then somebody looks into a paper of the other team."""
                return f"/{mine if draw.random() < 0.99 else theirs}/papers/{draw.randint(1, 900)}"

            org.usual([person], "file.read", per_day=4, target=paper, pc=machine)
            org.usual([person], "file.delete", per_day=1, target=lambda d: f"{d.randint(1, 10**8)}.xls", pc=machine)
    for person in (LEAVER, "ops-08", "ops-09", "law-08", "law-09"):
        org.leaves(person, "2017-11-03")
    for minute in range(12):
        org.does(
            LEAVER, "file.read", "2017-11-01", f"15:{minute:02}", target=f"/ops/papers/{minute + 1}", pc="pc-law-03"
        )
        org.does(
            "ops-08", "file.read", "2017-11-01", f"15:{minute:02}", target=f"/law/papers/{minute + 1}", pc="pc-ops-08"
        )
        for day in ("2017-11-01", "2017-11-02"):
            org.does(
                "ops-09", "file.delete", day, f"15:{minute:02}", target=f"{minute}{day[-2:]}77.xls", pc="pc-ops-09"
            )
    for minute in range(30):
        org.does("law-08", "table.drop", "2017-11-02", f"14:{minute:02}", target=f"scratch_law-08.t{minute}")
        org.does("law-09", "table.drop", "2017-11-02", f"14:{minute:02}", target=f"scratch_law-11.t{minute}")
    return org.scan(tmp_path_factory.mktemp("whose"))


def first(scan: Scan, person: str) -> Finding:
    return of(scan.found, person)[0]


def reason(finding: Finding, detector: str) -> Reason:
    return next(reason for reason in finding.reasons if reason.detector == detector)


def test_acts_from_a_colleagues_machine_are_told_as_such(office: Scan) -> None:
    found = first(office, LEAVER)
    told = reason(found, "foreign")
    assert found.action == "file.read"
    assert found.severity != "low"
    assert "pc pc-law-03 is nearly always used by somebody else" in told.text
    assert told.own_usual.startswith("0 of ")


def test_many_papers_of_another_team_on_one_day(office: Scan) -> None:
    found = first(office, "ops-08")
    assert found.severity != "low"
    told = reason(found, "novelty")
    assert "first uses of what other teams or people use, in one day: above all" in told.text
    assert told.own_usual == "usually 0, at most 1"
    assert len(found.event_ids) >= int(told.value) >= 8


def test_clearing_away_documents_that_nobody_else_used_stays_quiet(office: Scan) -> None:
    """The shape of their names is everybody's; the documents are not."""
    assert {f.severity for f in of(office.found, "ops-09") if f.action == "file.delete"} <= {"low", "medium"}
    assert all(f.impact < 0.1 for f in of(office.found, "ops-09") if f.action == "file.delete")


def test_a_place_named_after_its_owner_is_their_own(office: Scan) -> None:
    """Whoever drops their own scratch tables tidies up; a colleague's are not theirs, though as little used."""
    assert {f.severity for f in of(office.found, "law-08") if f.action == "table.drop"} <= {"low", "medium"}
    found = first(office, "law-09")
    assert found.action == "table.drop"
    assert found.severity in ("high", "critical")
    assert found.impact >= 0.8


def test_what_everybody_reads_one_day_is_no_news(tmp_path: Path) -> None:
    """Nobody downloads the handbook twice: each first use is as rare as that of the board's minutes."""
    org = Org(FIRST, LAST)
    team = org.team("law", 40)
    for person in team:
        org.usual([person], "file.download", per_day=3, target=lambda d, p=person: f"/{p}/notes/{d.randint(1, 5)}")
    for day, person in zip(org.working_days()[30:], team[2:], strict=False):
        org.does(person, "file.download", day, "13:00", target="/all/handbook/1")
    for person in team[2:4]:
        org.does(person, "file.download", "2017-08-01", "14:00", target="/board/minutes/1")
    for person, target in zip(team, ("/all/handbook/1", "/board/minutes/1"), strict=False):
        org.leaves(person, "2017-11-03")
        org.does(person, "file.download", "2017-11-02", "13:00", target=target)
    found = org.scan(tmp_path).found
    assert not [f for f in of(found, team[0]) if f.target == "/all/handbook/1"]
    minutes = of(found, team[1])[0]
    assert minutes.target == "/board/minutes/1"
    assert "known in the team and used by 2 others" in reason(minutes, "novelty").text


def test_who_moves_to_another_team_of_the_trade_reads_its_papers_and_that_is_no_finding(tmp_path: Path) -> None:
    """Whoever reads those of another trade has no part in them."""
    org = Org(FIRST, LAST)
    sales, law = org.team("sales", 30), org.team("law", 20)
    for squad in range(3):
        for action, per_day in (("file.read", 5), ("file.download", 4)):
            org.usual(
                sales[squad::3], action, per_day=per_day, target=lambda d, k=squad: f"/sales-{k}/{d.randint(1, 90)}"
            )
    org.usual(law, "file.read", per_day=5, target=lambda d: f"/law/{d.randint(1, 90)}")
    mover, reader = sales[0], sales[3]
    for person in (mover, reader):
        org.leaves(person, "2017-11-03")
    for day in org.working_days()[-20:-5]:
        for minute in range(4):
            org.does(mover, "file.read", day, f"14:{minute:02}", target=f"/sales-1/{day.day + minute}")
        org.does(mover, "file.download", day, "15:30", target=f"/sales-1/{day.day}")
    for minute in range(10):
        org.does(reader, "file.read", "2017-10-18", f"15:{minute:02}", target=f"/law/{minute}")
    found = org.scan(tmp_path).found
    assert {f.severity for f in of(found, mover)} <= {"low", "medium"}
    assert of(found, reader)[0].severity in ("high", "critical")
    assert of(found, reader)[0].target.startswith("/law/")
