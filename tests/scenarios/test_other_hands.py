"""What somebody does through others' accounts: an outsider whom they let in, a colleague whose account is used on
their own machine."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from monitor.model import Finding
from tests.organisation import Org, of

FIRST, LAST = date(2017, 6, 1), date(2017, 11, 3)
GUEST, VENDOR, KNOWN = "eve@rival.example", "vic@vendor.example", "old@vendor.example"


def office() -> Org:
    """Sixty people who open documents on their own machines; vendors are invited, and fetch a few documents."""
    org = Org(FIRST, LAST)
    staff = org.team("sales", 60, email="")
    org.person("ann", email="ann@corp.example", department="office", title="office")
    for i, person in enumerate(staff):
        org.usual([person], "file.view", per_day=6, target=lambda d: f"papers/{d.randint(1, 200)}", host=f"pc-{i:02}")
        org.usual(
            [person], "file.download", per_day=1, target=lambda d: f"papers/{d.randint(1, 200)}", host=f"pc-{i:02}"
        )
    days = org.working_days()
    for i, person in enumerate(staff[2:40]):
        vendor = f"v{i}@vendor.example"
        org.does(person, "guest.invite", days[10 + 2 * i], "11:00", target=vendor)
        for day in days[11 + 2 * i : 20 + 2 * i]:
            for j in range((i * 7 + day.day * 5) % 9):
                by_hand(org, vendor, "file.download", day, f"1{j}:30", target=f"papers/{j + i}")
    org.leaves(staff[0], "2017-11-02", notice_date="2017-10-02")
    org.leaves(staff[1], "2017-11-02", notice_date="2017-10-02")
    return org


def by_hand(org: Org, actor: str, action: str, day: str | date, clock: str, **fields: object) -> str:
    """An act under an account that is not on the roster, or not the person's own."""
    event_id = org.does("sales-01", action, day, clock, **fields)
    org.events[-1]["actor"] = actor
    return event_id


def texts(found: list[Finding], ids: set[str]) -> str:
    return " ".join(r.text for f in found if ids & set(f.event_ids) for r in f.reasons)


@pytest.mark.parametrize("spelt", [GUEST, "Eve_rival.example#EXT#@corp.onmicrosoft.com", f"urn:spo:guest#{GUEST}"])
def test_what_an_outsider_takes_is_laid_at_the_door_of_who_let_them_in(tmp_path: Path, spelt: str) -> None:
    org = office()
    org.does("sales-01", "guest.invite", "2017-10-24", "14:00", target=GUEST)
    ids = {
        by_hand(org, spelt, "file.download", "2017-10-26", f"03:{i:02}", target=f"papers/{i}", host="unmanaged")
        for i in range(40)
    }
    scan = org.scan(tmp_path)
    found = of(scan.found, "sales-01")
    assert ids & set(found[0].event_ids)
    assert found[0].severity in ("high", "critical")
    assert f"by {spelt}, whose account they opened" in texts(found, ids)
    assert (found[0].accounts, found[0].machines) == ((spelt,), ("unmanaged",))
    assert not of(scan.found, "sales-02")
    assert spelt not in {example for *_, example in scan.unmatched}


def test_an_outsider_who_only_looks_at_a_few_things_stays_quiet(tmp_path: Path) -> None:
    org = office()
    org.does("sales-01", "guest.invite", "2017-10-24", "14:00", target=VENDOR)
    for i in range(6):
        by_hand(org, VENDOR, "file.download", f"2017-10-2{6 + i % 2}", f"1{i}:20", target=f"papers/{i}")
    assert all(f.severity in ("low", "medium") for f in of(org.scan(tmp_path).found, "sales-01"))


def test_who_acted_before_the_invitation_acts_for_nobody(tmp_path: Path) -> None:
    org = office()
    by_hand(org, KNOWN, "file.download", "2017-07-03", "11:00", target="papers/1")
    org.does("sales-01", "guest.invite", "2017-10-24", "14:00", target=KNOWN)
    ids = {by_hand(org, KNOWN, "file.download", "2017-10-26", f"03:{i:02}", target=f"papers/{i}") for i in range(40)}
    scan = org.scan(tmp_path)
    assert not any(ids & set(f.event_ids) for f in scan.found)
    assert (None, 1, 41, KNOWN) in scan.unmatched


def test_an_outsider_still_at_work_after_the_last_day_is_no_access_of_the_leavers(tmp_path: Path) -> None:
    org = office()
    org.does("sales-01", "guest.invite", "2017-10-20", "14:00", target=VENDOR)
    for day in ("2017-10-23", "2017-10-25", "2017-11-03"):
        by_hand(org, VENDOR, "file.download", day, "11:20", target="papers/3")
    assert not any(r.detector == "after" for f in of(org.scan(tmp_path).found, "sales-01") for r in f.reasons)


def test_a_colleagues_account_on_ones_own_machine(tmp_path: Path) -> None:
    """sales-01 copies papers as sales-30, whom nobody watches, and who is told of by id alone."""
    org = office()
    org.people["sales-30"]["email"] = "kim@corp.example"
    ids = {
        by_hand(
            org, "Kim@corp.example", "file.download", "2017-10-26", f"18:{i:02}", target=f"papers/{i}", host="pc-00"
        )
        for i in range(30)
    }
    found = of(org.scan(tmp_path).found, "sales-01")
    assert ids & set(found[0].event_ids)
    assert found[0].severity in ("high", "critical")
    assert "under the account of sales-30, at the leaver's machine" in texts(found, ids)
    assert "kim" not in texts(found, ids).lower()
    assert (found[0].accounts, found[0].machines) == (("sales-30",), ("pc-00",))


def test_where_colleagues_often_sit_at_one_anothers_machines_a_visit_says_nothing(tmp_path: Path) -> None:
    org = office()
    for i, day in enumerate(org.working_days()[::3]):
        who, where = f"sales-{3 + i % 30:02}", f"pc-{35 + i % 20:02}"
        for clock in ("10:15", "10:40"):
            org.does(who, "file.view", day, clock, target="papers/7", host=where)
    ids = {
        org.does("sales-30", "file.view", "2017-10-26", f"11:{i:02}", target="papers/8", host="pc-00") for i in (5, 30)
    }
    assert not any(ids & set(f.event_ids) for f in of(org.scan(tmp_path).found, "sales-01"))


def test_a_leaver_at_a_leavers_machine_answers_for_what_their_own_account_does(tmp_path: Path) -> None:
    org = office()
    ids = {
        by_hand(org, "sales-02", "file.download", "2017-10-26", f"18:{i:02}", target=f"papers/{i}", host="pc-00")
        for i in range(30)
    }
    scan = org.scan(tmp_path)
    own = [f for f in of(scan.found, "sales-02") if ids & set(f.event_ids)]
    assert {(f.accounts, f.machines) for f in own} == {(("sales-02",), ("pc-00",))}
    assert not any(ids & set(f.event_ids) for f in of(scan.found, "sales-01"))


def test_the_machine_of_many_is_nobodys(tmp_path: Path) -> None:
    org = office()
    for event in org.events:
        if event.get("host") in ("pc-00", "pc-29"):
            event["host"] = "counter"
    ids = {
        by_hand(org, "sales-30", "file.download", "2017-10-26", f"18:{i:02}", target=f"papers/{i}", host="counter")
        for i in range(30)
    }
    assert not any(ids & set(f.event_ids) for f in of(org.scan(tmp_path).found, "sales-01"))


def test_a_services_account_on_ones_own_machine(tmp_path: Path) -> None:
    """Nobody on the roster is svc-backup: whoever uses it on their own machine holds its key."""
    org = office()
    ids = {
        by_hand(org, "svc-backup", "file.download", "2017-10-26", f"18:{i:02}", target=f"papers/{i}", host="pc-00")
        for i in range(30)
    }
    found = of(org.scan(tmp_path).found, "sales-01")
    assert ids & set(found[0].event_ids)
    assert "under the account of svc-backup, at the leaver's machine" in texts(found, ids)
    assert (found[0].accounts, found[0].machines) == (("svc-backup",), ("pc-00",))


def test_what_follows_at_one_sitting_and_names_no_machine_belongs_to_it(tmp_path: Path) -> None:
    """The logon names the machine, the tool after it does not; the colleague's own logon ends it."""
    org = office()
    by_hand(org, "sales-30", "session.login", "2017-10-26", "18:00", host="pc-00")
    ids = {
        by_hand(org, "sales-30", "file.download", "2017-10-26", f"18:{i + 1:02}", target=f"papers/{i}")
        for i in range(30)
    }
    by_hand(org, "sales-30", "session.login", "2017-10-26", "18:40", host="pc-29")
    own = {
        by_hand(org, "sales-30", "file.download", "2017-10-26", f"18:{i + 41:02}", target=f"papers/{i}")
        for i in range(10)
    }
    told = {i for finding in of(org.scan(tmp_path).found, "sales-01") for i in finding.event_ids}
    assert ids <= told
    assert not own & told


def test_a_colleague_at_an_empty_desk_works_for_themselves(tmp_path: Path) -> None:
    """On a Saturday, when sales-01 is not there."""
    org = office()
    ids = {
        by_hand(org, "sales-30", "file.download", "2017-10-28", f"11:{i:02}", target=f"papers/{i}", host="pc-00")
        for i in range(30)
    }
    assert not any(ids & set(f.event_ids) for f in of(org.scan(tmp_path).found, "sales-01"))


def test_an_outsider_at_work_while_their_host_is_at_anothers_machine_acts_for_the_host_alone(tmp_path: Path) -> None:
    """The vendor's tool names no machine: what they do is no part of the sitting of sales-30's account at pc-00."""
    org = office()
    by_hand(org, "sales-30", "file.download", "2017-10-26", "18:00", target="papers/1", host="pc-00")
    ids = {
        by_hand(org, "v27@vendor.example", "file.download", "2017-10-26", f"18:{i + 1:02}", target=f"papers/{i}")
        for i in range(30)
    }
    told = {i for finding in of(org.scan(tmp_path).found, "sales-01") for i in finding.event_ids}
    assert not ids & told


def taken_over(org: Org, at: str, host: str = "lobby-1") -> set[str]:
    """sales-01 sets a new password for sales-30 in the lobby, and copies papers under that account."""
    org.does("sales-01", "password.reset", "2017-10-26", "18:00", target="sales-30", host=at)
    return {
        by_hand(org, "sales-30", "file.download", "2017-10-26", f"18:{i + 1:02}", target=f"papers/{i}", host=host)
        for i in range(30)
    }


def test_an_account_that_they_reset_and_that_is_used_where_they_are(tmp_path: Path) -> None:
    org = office()
    ids = taken_over(org, "lobby-1")
    found = of(org.scan(tmp_path).found, "sales-01")
    assert ids & set(found[0].event_ids)
    assert found[0].severity in ("high", "critical")
    assert "under the account of sales-30, at the leaver's machine" in texts(found, ids)


@pytest.mark.parametrize(("at", "host"), [("lobby-1", "pc-29"), ("lobby-1", "lobby-2"), ("counter", "counter")])
def test_a_colleague_whose_password_was_reset_works_on(tmp_path: Path, at: str, host: str) -> None:
    """At their own machine, at another than where it was reset, or at one that they were at before."""
    org = office()
    by_hand(org, "sales-30", "file.view", "2017-09-04", "11:00", target="papers/3", host="counter")
    ids = taken_over(org, at, host)
    assert not any(ids & set(f.event_ids) for f in of(org.scan(tmp_path).found, "sales-01"))


def test_a_machine_of_many_is_where_anybody_signs_in(tmp_path: Path) -> None:
    org = office()
    for i in range(40, 50):
        by_hand(org, f"sales-{i}", "file.view", "2017-09-04", "11:00", target="papers/3", host="lobby-1")
    ids = taken_over(org, "lobby-1")
    assert not any(ids & set(f.event_ids) for f in of(org.scan(tmp_path).found, "sales-01"))


def test_a_new_account_is_set_up_not_taken_over(tmp_path: Path) -> None:
    org = office()
    org.events = [e for e in org.events if e["actor"] != "sales-30" or e["time"] > "2017-10-20"]
    ids = taken_over(org, "lobby-1")
    assert not any(ids & set(f.event_ids) for f in of(org.scan(tmp_path).found, "sales-01"))
