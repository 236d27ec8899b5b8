"""Who hides, who is new, and logs that are not as they should be: what is found all the same, and what stays quiet."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from monitor.model import Finding
from tests.organisation import Org, of

FIRST, LAST = date(2017, 6, 1), date(2017, 11, 20)
LEFT = "2017-11-10"
LOUD = ("high", "critical")


def office(size: int = 40) -> tuple[Org, list[str]]:
    """A sales team that reads, exports a few rows now and then, and mails."""
    org = Org(FIRST, LAST)
    staff = org.team("sales", size)
    org.usual(staff, "record.read", per_day=4, target=lambda d: f"customers/{d.randint(1, 3000)}")
    org.usual(staff, "mail.send", per_day=2, target=lambda d: f"sales-{d.randint(1, size):02}@corp.example")
    rows = lambda d: int(d.lognormvariate(3, 0.8))  # noqa: E731
    org.usual(staff, "record.export", per_day=2, target=lambda d: f"list/{d.randint(1, 60)}", magnitude=rows)
    return org, staff


def days_before(last: str, days: int) -> list[str]:
    """Working days up to `last`, that day included."""
    found = (date.fromisoformat(last) - timedelta(days=i) for i in range(days))
    return [d.isoformat() for d in found if d.weekday() < 5][::-1]


def loud(found: list[Finding]) -> list[tuple[str, str, float]]:
    return [(f.person_id, f.action, f.score) for f in found if f.severity in LOUD]


def first(found: list[Finding], person: str) -> Finding:
    return of(found, person)[0]


def test_an_export_split_into_many_small_ones(tmp_path: Path) -> None:
    """Each is as small as any: two hundred of them in two weeks are not."""
    org, _ = office()
    org.leaves("sales-05", LEFT)
    ids = [
        org.does("sales-05", "record.export", day, f"{9 + i // 3:02}:{i * 17 % 60:02}", target=f"list/{i}", magnitude=9)
        for day in days_before(LEFT, 14)
        for i in range(20)
    ]
    found = org.scan(tmp_path).found
    top = first(found, "sales-05")
    assert top.severity in LOUD
    assert set(top.event_ids) & set(ids)


def test_a_payment_split_below_what_anybody_looks_at(tmp_path: Path) -> None:
    """Sixteen payments to one vendor in a week, none of them large: their sum is."""
    org = Org(FIRST, LAST)
    clerks = org.team("payables", 30)
    amount = lambda d: int(d.lognormvariate(7, 0.6))  # noqa: E731
    org.usual(clerks, "payment.release", per_day=6, target=lambda d: f"vendor-{d.randint(1, 80)}", magnitude=amount)
    for clerk in clerks[4:6]:
        org.leaves(clerk, LEFT)
    ids = {
        org.does(clerks[4], "payment.release", day, f"10:{10 * i:02}", target="vendor-81", magnitude=1900 + 30 * i)
        for day in days_before(LEFT, 4)
        for i in range(4)
    }
    found = org.scan(tmp_path).found
    top = first(found, clerks[4])
    assert top.severity in LOUD
    assert set(top.event_ids) <= ids
    told = next(reason for reason in top.reasons if reason.detector == "magnitude")
    assert f"amount in all, in {len(ids)} acts on one target in a week: above all" in told.text
    assert not {f.severity for f in of(found, clerks[5])} & set(LOUD)


def test_a_baseline_poisoned_over_months(tmp_path: Path) -> None:
    """Exports that double every three weeks, long before notice: the peers never did the like."""
    org, _ = office()
    org.leaves("sales-05", LEFT)
    for i, day in enumerate(days_before(LEFT, 150)):
        org.does("sales-05", "record.export", day, "15:00", target="list/7", magnitude=int(20 * 2 ** (i / 15)))
    top = first(org.scan(tmp_path).found, "sales-05")
    assert top.severity in LOUD
    assert top.action == "record.export"


def test_one_act_through_several_accounts(tmp_path: Path) -> None:
    """All accounts of a person are one person."""
    org, _ = office()
    org.leaves("sales-05", LEFT, accounts="sales-05|svc-a|svc-b|svc-c")
    for i in range(60):
        org.does("sales-05", "record.export", "2017-11-09", f"14:{i:02}", target=f"list/{i + 1}", magnitude=25)
        org.events[-1]["actor"] = ("sales-05", "svc-a", "svc-b", "svc-c")[i % 4]
    top = first(org.scan(tmp_path).found, "sales-05")
    assert top.severity in LOUD
    assert len(top.event_ids) >= 50


def test_work_under_a_colleagues_account(tmp_path: Path) -> None:
    """Where the machine is logged, the leaver's machine under a colleague's account is told of the colleague's case."""
    org = Org(FIRST, LAST)
    staff = org.team("sales", 40)
    for person in staff:
        org.usual([person], "session.logon", per_day=3, target=lambda d: "hq", device=f"pc-{person}")
        org.usual([person], "record.read", per_day=4, target=lambda d: f"c/{d.randint(1, 900)}", device=f"pc-{person}")
    org.leaves("sales-05", LEFT)
    org.leaves("sales-06", "2017-11-17")
    for i in range(6):
        org.does("sales-06", "session.logon", "2017-11-08", f"21:{i * 7:02}", target="hq", device="pc-sales-05")
        org.does("sales-06", "record.read", "2017-11-08", f"21:{i * 7 + 1:02}", target=f"c/{i}", device="pc-sales-05")
    found = org.scan(tmp_path).found
    top = first(found, "sales-06")
    assert (top.severity in LOUD, top.time.date()) == (True, date(2017, 11, 8))
    assert {"foreign", "rhythm"} <= {reason.detector for reason in top.reasons}


@pytest.mark.parametrize("missing", [("target", "magnitude"), ("magnitude",)])
def test_rows_that_miss_fields(tmp_path: Path, missing: tuple[str, ...]) -> None:
    org, _ = office()
    org.leaves("sales-05", LEFT)
    org.does("sales-05", "record.export", "2017-11-09", "17:30", target="list/1", magnitude=400_000)
    draw = random.Random(5)
    for event in org.events[:-1]:
        if draw.random() < 0.05:
            for name in missing:
                event.pop(name, None)
    found = org.scan(tmp_path).found
    assert found[0].person_id == "sales-05"
    assert found[0].magnitude == 400_000
    assert found[0].severity == "critical"


def test_clocks_that_are_off(tmp_path: Path) -> None:
    """A server twelve minutes fast, another that began in 1970, and one that lives in 2099."""
    plain, _ = office()
    broken, _ = office()
    for org in (plain, broken):
        org.leaves("sales-05", LEFT)
        org.does("sales-05", "record.export", "2017-11-09", "17:30", target="list/1", magnitude=400_000)
    for i, event in enumerate(broken.events[:300]):
        if event["action"] == "record.read":
            event["time"] = ("1970-01-01T00:00:05Z", "2099-01-01T00:00:00Z")[i % 2]
    scans = []
    for name, org in (("plain", plain), ("broken", broken)):
        (tmp_path / name).mkdir()
        scans.append(org.scan(tmp_path / name))
    tops = [first(one.found, "sales-05") for one in scans]
    assert [top.severity for top in tops] == ["critical", "critical"]
    assert tops[1].score == pytest.approx(tops[0].score, rel=0.1)
    assert scans[1].assessed.weeks == pytest.approx(scans[0].assessed.weeks, abs=3)


def test_a_team_of_two(tmp_path: Path) -> None:
    """Two administrators with next to no peers, among others; one drops what they only ever backed up."""
    org, _ = office()
    admins = org.team("dba", 2)
    org.usual(admins, "database.backup", per_day=2, target=lambda d: f"db-{d.randint(1, 6)}")
    org.usual(admins, "database.query", per_day=5, target=lambda d: f"db-{d.randint(1, 6)}")
    org.leaves("dba-01", LEFT)
    org.does("dba-01", "database.drop", "2017-11-09", "16:20", target="db-3")
    top = first(org.scan(tmp_path).found, "dba-01")
    assert (top.action, top.severity in LOUD) == ("database.drop", True)


def test_three_days_of_history(tmp_path: Path) -> None:
    """Somebody who came on Monday and leaves on Thursday is compared with the peers: both ways."""
    org, _ = office()
    for person in ("sales-05", "sales-06"):
        org.leaves(person, LEFT, start_date="2017-11-06")
        org.events = [e for e in org.events if e["actor"] != person or e["time"] >= "2017-11-07"]
    org.does("sales-05", "record.export", "2017-11-09", "17:30", target="list/1", magnitude=400_000)
    found = org.scan(tmp_path).found
    assert first(found, "sales-05").severity in LOUD
    assert loud(of(found, "sales-06")) == []


def test_a_small_firm_of_eight(tmp_path: Path) -> None:
    """Few people, so few placebo departures: several of each, one after the other, still measure what is usual."""
    org, _ = office(8)
    org.leaves("sales-05", LEFT)
    org.leaves("sales-06", "2017-11-03")
    org.does("sales-05", "record.export", "2017-11-09", "17:30", target="list/1", magnitude=400_000)
    found = org.scan(tmp_path).found
    assert (found[0].person_id, found[0].severity in LOUD) == ("sales-05", True)
    assert loud(of(found, "sales-06")) == []


def test_a_layoff_of_a_fifth_at_the_end_of_the_year(tmp_path: Path) -> None:
    """Sixty leave on one day and all hand over, clean up and say goodbye. One of them does more than that."""
    org = Org(date(2017, 7, 3), date(2017, 12, 31))
    staff = [p for team in ("sales", "support", "ops") for p in org.team(team, 100)]
    org.usual(staff, "record.read", per_day=3, target=lambda d: f"customers/{d.randint(1, 3000)}")
    rows = lambda d: int(d.lognormvariate(3, 0.8))  # noqa: E731
    org.usual(staff, "record.export", per_day=1, target=lambda d: f"list/{d.randint(1, 60)}", magnitude=rows)
    leaving = staff[::5]
    draw = random.Random(3)
    for person in leaving:
        org.leaves(person, "2017-12-29", departure_kind="dismissal")
        for i in range(draw.randint(20, 60)):
            org.does(person, "file.share", "2017-12-28", f"10:{i:02}", target=f"home/{person}/{i}", recipient="team")
            org.does(person, "file.delete", "2017-12-28", f"16:{i:02}", target=f"home/{person}/old-{i}")
        org.does(person, "mail.send", "2017-12-29", "15:00", target="everybody@corp.example")
    org.does(leaving[7], "record.export", "2017-12-28", "18:40", target="list/all", magnitude=700_000)
    found = org.scan(tmp_path).found
    assert found[0].person_id == leaving[7]
    assert found[0].magnitude == 700_000
    assert len({f.person_id for f in found if f.severity in LOUD}) <= 3


def test_contracts_that_end_far_ahead_leave_people_to_compare_with(tmp_path: Path) -> None:
    """Where everybody has an end date in the future, as contractors do, they still serve as placebo departures."""
    org, staff = office()
    for person in staff[10:]:
        org.people[person] |= {"last_day": "2018-12-31", "departure_kind": "contract_end"}
    org.leaves("sales-05", LEFT)
    result = org.scan(tmp_path)
    assert sum(window.departure is None for window in result.assessed.windows) > 30
    assert result.assessed.scale.measured


def test_what_failed_adds_nothing_to_the_days_size(tmp_path: Path) -> None:
    """A refused export of everything does not make the small one beside it a large day."""
    org, _ = office()
    org.leaves("sales-05", LEFT)
    small = org.does("sales-05", "record.export", "2017-11-09", "12:00", target="list/1", magnitude=20)
    org.does("sales-05", "record.export", "2017-11-09", "12:05", target="list/1", magnitude=10**9, outcome="failure")
    found = org.scan(tmp_path).found
    assert [f.score for f in found if small in f.event_ids and f.severity in LOUD] == []


def test_what_every_leaver_does_is_a_custom(tmp_path: Path) -> None:
    """One by one over months they leave their mails to the team, which nobody else does. One of them takes the list."""
    org, staff = office(80)
    leaving, draw = staff[::3], random.Random(5)
    for i, person in enumerate(leaving):
        last = (date(2017, 8, 7) + timedelta(weeks=i // 2, days=i % 5)).isoformat()
        org.leaves(person, last, departure_kind="resignation")
        for n in range(draw.randint(6, 12)):
            org.does(person, "mailbox.export", last, f"15:{4 * n:02}", target=f"mail/{person}/{n}")
    thief = leaving[11]
    org.does(thief, "record.export", org.people[thief]["last_day"], "16:40", target="list/all", magnitude=700_000)
    found = org.scan(tmp_path).found
    assert (found[0].person_id, found[0].magnitude) == (thief, 700_000)
    assert len({f.person_id for f in found if f.severity in LOUD}) <= 3
    custom = next(f for f in found if f.action == "mailbox.export")
    told = next(reason for reason in custom.reasons if reason.detector == "leavers")
    assert told.bits < 0
    assert "26 of 26 other leavers did alike" in told.text


def test_a_dozen_of_the_largest_where_any_dozen_is_routine(tmp_path: Path) -> None:
    """Who keeps the accounts disables a dozen at once every week, of users of any standing. One takes the largest."""
    org, _ = office()
    admins, draw = org.team("admin", 12), random.Random(8)
    for person in admins:
        for day in days_before("2017-11-17", 160)[::5]:
            for i in range(draw.randint(8, 16)):
                user, size = f"user{draw.randint(1, 5000)}", int(draw.lognormvariate(4, 1))
                org.does(person, "user.disable", day, f"14:{3 * i:02}", target=user, magnitude=size)
    for person in ("admin-02", "admin-03"):
        org.leaves(person, LEFT)
    ids = [
        org.does(
            "admin-02", "user.disable", "2017-11-09", f"15:{2 * i:02}", target=f"user{5100 + i}", magnitude=190 + 9 * i
        )
        for i in range(12)
    ]
    found = org.scan(tmp_path).found
    top = found[0]
    assert (top.person_id, top.severity in LOUD) == ("admin-02", True)
    assert set(top.event_ids) == set(ids)
    told = next(reason for reason in top.reasons if reason.detector == "magnitude")
    assert "bits above chance, the sizes of that day's 12 targets together" in told.text
    assert "rarity" not in {reason.detector for reason in top.reasons}, "it is done every week"
    assert loud(of(found, "admin-03")) == []
