"""Small organisations in which something happened: what must be found, and what must be said of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from monitor.model import Finding
from monitor.scanning import Scan
from monitor.settings import load_settings
from tests.organisation import Org, of

FIRST, LAST = date(2017, 6, 1), date(2017, 11, 20)


@pytest.fixture(scope="module")
def support(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """2 November 2017: an agent deactivates accounts all day, as all do, and one of them has 44 million followers."""
    org = Org(FIRST, LAST, zone="America/Los_Angeles")
    agents = org.team("trust-and-safety", 40)
    followers = lambda draw: int(draw.lognormvariate(4, 1.5))  # noqa: E731
    org.usual(
        agents, "account.deactivate", per_day=6, target=lambda d: f"account-{d.randint(1, 10**6)}", magnitude=followers
    )
    org.usual(agents, "account.view", per_day=3, target=lambda d: f"account-{d.randint(1, 10**6)}")
    org.leaves("trust-and-safety-03", "2017-11-02", employment_type="contractor", departure_kind="contract_end")
    org.leaves("trust-and-safety-04", "2017-10-27")
    org.does(
        "trust-and-safety-03", "account.deactivate", "2017-11-02", "16:53", target="the-president", magnitude=44_000_000
    )
    return org.scan(tmp_path_factory.mktemp("support"))


def test_the_incident_of_2017_comes_first(support: Scan) -> None:
    first = support.found[0]
    assert (first.person_id, first.target, first.magnitude) == ("trust-and-safety-03", "the-president", 44_000_000)
    assert first.severity == "critical"
    assert first.one_in >= 1000
    assert 7 < first.hours_to_end < 7.2


def test_its_magnitude_is_the_first_reason_and_names_own_and_peers(support: Scan) -> None:
    reason = support.found[0].reasons[0]
    assert reason.detector == "magnitude"
    assert "44,000,000 followers" in reason.text
    assert "above all" in reason.text
    assert "own acts" in reason.text
    assert "peer acts" in reason.text
    assert reason.bits >= 10


def test_it_carries_the_way_back(support: Scan) -> None:
    assert "the-president" in support.found[0].undo
    assert support.found[0].undo.startswith("Reactivate")
    assert support.found[0].undo.endswith("Takes about 11 minutes.")


def test_the_leaver_who_did_nothing_stays_quiet(support: Scan) -> None:
    assert all(finding.severity == "low" for finding in of(support.found, "trust-and-safety-04"))


def test_any_seed_finds_it(tmp_path: Path) -> None:
    """The seed draws the placebo departures; what is found does not hang on it."""
    org = Org(FIRST, LAST)
    agents = org.team("agents", 36)
    org.usual(
        agents,
        "account.deactivate",
        per_day=4,
        target=lambda d: f"a{d.randint(1, 10**6)}",
        magnitude=lambda d: d.randint(1, 5000),
    )
    org.leaves("agents-03", "2017-11-02")
    act = org.does("agents-03", "account.deactivate", "2017-11-02", "16:53", target="a0", magnitude=44_000_000)
    for seed in (1, 2, 3):
        first = org.scan(tmp_path, seed=seed).found[0]
        assert act in first.event_ids
        assert first.severity == "critical"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """An office with four leavers: one comes back, one wakes an old account, one clears out, one works on as ever."""
    org = Org(FIRST, LAST, zone="Europe/Berlin")
    staff = org.team("sales", 45)
    org.usual(staff, "file.read", per_day=4, target=lambda d: f"/crm/{d.randint(1, 200)}")
    org.usual(
        staff,
        "record.export",
        per_day=2,
        target=lambda d: f"customer-{d.randint(1, 4000)}",
        magnitude=lambda d: d.randint(1, 30),
    )
    for person in ("sales-01", "sales-02", "sales-03", "sales-04"):
        org.leaves(person, "2017-11-03")
    org.people["sales-02"]["accounts"] = "adm-old|sales-02"
    for day in ("2017-06-12", "2017-06-13", "2017-06-14", "2017-06-20"):
        org.does("sales-02", "user.disable", day, "11:00", target=f"user-{day}")
        org.events[-1]["actor"] = "adm-old"
    org.does("sales-01", "record.export", "2017-11-06", "02:30", target="customer-7", magnitude=20)
    org.does("sales-02", "user.disable", "2017-11-01", "15:00", target="user-9")
    org.events[-1]["actor"] = "adm-old"
    for minute in range(50):
        org.does(
            "sales-03", "record.export", "2017-11-02", f"21:{minute:02}", target=f"customer-{minute}", magnitude=20
        )
    return org.scan(tmp_path_factory.mktemp("office"))


def assert_quiet(found: list[Finding]) -> None:
    """Nothing that anybody would be told of at once."""
    assert [(f.action, f.severity, f.score) for f in found if f.severity in ("high", "critical")] == []


def strongest(result: Scan, person: str) -> Finding:
    return of(result.found, person)[0]


def test_activity_after_the_last_day(office: Scan) -> None:
    first = strongest(office, "sales-01")
    after = next(reason for reason in first.reasons if reason.detector == "after")
    assert first.hours_to_end == -50.5
    assert first.severity in ("high", "critical")
    assert "50.5 hours after the last day ended" in after.text


def test_an_account_that_slept_for_months(office: Scan) -> None:
    first = strongest(office, "sales-02")
    assert first.action == "user.disable"
    assert first.target == "user-9"
    assert first.severity != "low"
    assert "dormancy" in {reason.detector for reason in first.reasons}
    assert any("lay idle" in reason.text for reason in first.reasons)


def test_a_burst_is_one_act(office: Scan) -> None:
    first = strongest(office, "sales-03")
    assert first.action == "record.export"
    assert len(first.event_ids) >= 45
    assert first.severity in ("high", "critical")
    assert "volume" in {reason.detector for reason in first.reasons[:3]}
    assert any(
        "times that day" in reason.text or "times within the hour" in reason.text or "in all that day" in reason.text
        for reason in first.reasons
    )


def test_who_works_on_as_ever_stays_quiet(office: Scan) -> None:
    assert all(finding.severity == "low" for finding in of(office.found, "sales-04"))


def test_the_loud_ones_come_before_the_quiet_one(office: Scan) -> None:
    loud = [finding.person_id for finding in office.found if finding.severity in ("high", "critical")]
    assert {"sales-01", "sales-03"} <= set(loud)
    assert "sales-04" not in loud


@pytest.mark.parametrize("hour", ["09:30", "16:50"])
def test_goodbye_mails_are_strange_and_harmless(tmp_path: Path, hour: str) -> None:
    """Sixty mails to colleagues on the last day, from somebody who writes three a day."""
    org = Org(FIRST, LAST)
    staff = org.team("ops", 45)
    org.usual(staff, "mail.send", per_day=3, target=lambda d: f"ops-{d.randint(1, 45):02}@example.org")
    org.usual(staff, "host.terminate", per_day=1, target=lambda d: f"host-{d.randint(1, 20)}")
    for person in staff:
        org.people[person]["email"] = f"{person}@example.org"
    org.leaves("ops-05", "2017-11-03")
    for second in range(60):
        to = f"ops-{1 + second % 45:02}@example.org"
        org.does("ops-05", "mail.send", "2017-11-03", f"{hour}:{second:02}", target=to)
    assert_quiet(of(org.scan(tmp_path).found, "ops-05"))


def test_a_team_wide_campaign_explains_a_burst(tmp_path: Path) -> None:
    """The same seventy deletions of the same day: alone they are an act, with the whole team a spring clean."""
    found = {}
    for campaign in (False, True):
        org = Org(FIRST, LAST)
        staff = org.team("ops", 45)
        org.usual(staff, "file.delete", per_day=2, target=lambda d: f"/share/{d.randint(1, 500)}")
        org.leaves("ops-05", "2017-11-10")
        for person in staff if campaign else ["ops-05"]:
            for minute in range(70):
                org.does(
                    person,
                    "file.delete",
                    "2017-11-08",
                    f"1{minute // 60 + 3}:{minute % 60:02}",
                    target=f"/share/{minute + 1}",
                )
        folder = tmp_path / str(campaign)
        folder.mkdir()
        found[campaign] = [f for f in of(org.scan(folder).found, "ops-05") if f.time.date() == date(2017, 11, 8)]
    assert found[False][0].severity in ("high", "critical")
    assert_quiet(found[True])


def test_a_withdrawn_departure_is_not_watched(tmp_path: Path) -> None:
    org = Org(FIRST, LAST)
    org.usual(org.team("ops", 35), "file.delete", per_day=2, target=lambda d: f"/share/{d.randint(1, 500)}")
    org.leaves("ops-05", "2017-11-10", status="withdrawn")
    org.does("ops-05", "database.drop", "2017-11-09", "23:00", target="customers", magnitude=10**7)
    assert org.scan(tmp_path).found == []


def test_a_failed_try_is_no_act(tmp_path: Path) -> None:
    """The same deletion, refused by the system, tells far less."""
    scores = {}
    for outcome in ("success", "failure"):
        org = Org(FIRST, LAST)
        staff = org.team("ops", 40)
        org.usual(
            staff,
            "file.delete",
            per_day=2,
            target=lambda d: f"/share/{d.randint(1, 500)}",
            magnitude=lambda d: d.randint(1, 999),
        )
        org.leaves("ops-05", "2017-11-10")
        act = org.does(
            "ops-05", "file.delete", "2017-11-09", "12:00", target="/share/1", magnitude=10**9, outcome=outcome
        )
        folder = tmp_path / outcome
        folder.mkdir()
        scores[outcome] = max((f.score for f in org.scan(folder).found if act in f.event_ids), default=0.0)
    assert scores["failure"] < 0.6 * scores["success"]


def test_a_crown_jewel_is_grave_whatever_is_done_to_it(tmp_path: Path) -> None:
    """The shipped list knows the domain's administrators; the settings add a target of one's own."""
    org = Org(FIRST, LAST)
    staff = org.team("ops", 40)
    org.usual(staff, "group.rename", per_day=2, target=lambda d: f"CN=Project {d.randint(1, 500)},DC=corp")
    for person, target in (("ops-05", "CN=Domain Admins,DC=corp"), ("ops-06", "CN=Treasury,DC=corp")):
        org.leaves(person, "2017-11-10")
        org.does(person, "group.rename", "2017-11-09", "12:00", target=target)
    settings = load_settings()
    settings = replace(settings, actions=replace(settings.actions, crown_jewels=("*treasury*",)))
    found = org.scan(tmp_path, settings).found
    for person in ("ops-05", "ops-06"):
        assert max(f.impact for f in of(found, person)) >= 0.9
    assert max(f.impact for f in of(org.scan(tmp_path).found, "ops-06")) < 0.9


def test_a_stated_reason_does_not_make_44_million_people_few(tmp_path: Path) -> None:
    """The act of 2017 came with a complaint. What reaches more than a million people is grave all the same."""
    org = Org(FIRST, LAST)
    agents = org.team("agents", 40)
    org.usual(
        agents, "account.deactivate", per_day=4, target=lambda d: f"account-{d.randint(1, 10**6)}",
        magnitude=lambda d: int(d.lognormvariate(4, 1.5)), reason="complaint",
    )  # fmt: skip
    org.leaves("agents-03", "2017-11-02")
    act = org.does(
        "agents-03", "account.deactivate", "2017-11-02", "16:53",
        target="the-president", magnitude=44_000_000, reason="complaint",
    )  # fmt: skip
    top = org.scan(tmp_path).found[0]
    assert (top.person_id, top.severity, act in top.event_ids) == ("agents-03", "critical", True)
    assert top.impact > 0.9
