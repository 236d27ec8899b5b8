"""A session is one thing done: its beginning and its end are one finding, not two that push others out."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.model import Feedback
from monitor.scanning import Scan
from tests.organisation import Org, of

FIRST, LAST = date(2017, 6, 1), date(2017, 11, 3)
NIGHTS = ("2017-10-24", "2017-10-26", "2017-10-30")


@pytest.fixture(scope="module")
def office() -> Org:
    """Thirty people who log on in the morning and off in the evening; office-01 comes back on three nights."""
    org = Org(FIRST, LAST)
    staff = org.team("office", 30)
    for i, person in enumerate(staff):
        for day in org.working_days():
            org.does(person, "session.logon", day, f"08:{(i * 7 + day.day) % 60:02}", target=f"PC-{i:02}")
            org.does(person, "session.logoff", day, f"17:{(i * 5 + day.day) % 60:02}", target=f"PC-{i:02}")
    org.leaves("office-01", "2017-11-02", notice_date="2017-10-02")
    for night in NIGHTS:
        org.does("office-01", "session.logon", night, "02:10", target="PC-00")
        org.does("office-01", "session.logoff", night, "02:55", target="PC-00")
    return org


@pytest.fixture(scope="module")
def scanned(office: Org, tmp_path_factory: pytest.TempPathFactory) -> Scan:
    return office.scan(tmp_path_factory.mktemp("office"))


def test_each_night_is_one_finding_that_holds_both_ends(office: Org, scanned: Scan) -> None:
    told = of(scanned.found, "office-01")[: len(NIGHTS)]
    assert sorted(str(finding.time.date()) for finding in told) == sorted(NIGHTS)
    for finding in told:
        night = [
            e["id"]
            for e in office.events
            if e["actor"] == "office-01" and e["time"][:13] == f"{finding.time.date()}T02"
        ]
        assert sorted(finding.event_ids) == sorted(night)
        assert finding.that_day == 4


def test_a_session_is_told_by_its_beginning(scanned: Scan) -> None:
    told = of(scanned.found, "office-01")[0]
    assert (told.action, told.time.strftime("%H:%M")) == ("session.logon", "02:10")
    assert told.undo.startswith("Ask the account's owner about the session on PC-00")
    assert "Likewise" not in told.undo


def test_whoever_found_the_beginning_benign_hears_no_more_of_the_end(
    office: Org, scanned: Scan, tmp_path_factory: pytest.TempPathFactory
) -> None:
    benign = Feedback("office-01", None, "session.logon", "benign", "on call", date(2017, 12, 1))
    damped = office.scan(tmp_path_factory.mktemp("damped"), feedback=[benign])
    before, after = (of(scan.found, "office-01")[0].score for scan in (scanned, damped))
    assert after < before / 3
