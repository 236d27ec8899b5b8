"""An account that slept while its owner worked is told by that; one that slept while they were away is not."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.organisation import Org, of

FIRST, LAST = date(2017, 6, 1), date(2017, 11, 3)
AWAY = (date(2017, 10, 2), date(2017, 10, 23))
"""The person is not there from the first of these days until before the last."""


@pytest.mark.parametrize("works", [False, True], ids=["away, while a job runs in their name", "at work with the other"])
def test_an_account_that_sleeps_for_three_weeks(tmp_path: Path, works: bool) -> None:
    """Two accounts, used every day: on one a job makes a report at noon, weekends and all."""
    org = Org(FIRST, LAST)
    staff = org.team("sales", 60)
    person = org.person(staff[0], department="sales", title="sales", accounts="admin-1")
    org.usual(staff, "file.view", per_day=6, target=lambda d: f"papers/{d.randint(1, 200)}")
    org.usual(staff, "user.disable", per_day=2, target=lambda d: f"user-{d.randint(1, 900)}")
    for event in org.events:
        if event["actor"] == person and event["action"] == "user.disable":
            event["actor"] = "admin-1"
    kept = []
    for event in org.events:
        away = event["actor"] == "admin-1" or (event["actor"] == person and not works)
        if not (away and AWAY[0] <= date.fromisoformat(event["time"][:10]) < AWAY[1]):
            kept.append(event)
    org.events = kept
    for i in range((LAST - FIRST).days):
        org.does(person, "report.run", FIRST + timedelta(days=i), "12:00", target="daily")
    org.leaves(person, "2017-11-02", accounts="admin-1")
    reasons = [r.detector for f in of(org.scan(tmp_path).found, person) for r in f.reasons]
    assert ("dormancy" in reasons) is works
