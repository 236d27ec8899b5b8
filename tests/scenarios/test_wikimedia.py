"""Real input: thirteen years of changes by 714 people who had production access at Wikimedia, 352 of whom lost it.

The files stand beside the project (or where LASTDAY_DATA says); without them the tests are skipped.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.report.rows import as_json
from monitor.scanning import Scan, scan
from monitor.settings import load_settings

DATA = Path(os.environ.get("LASTDAY_DATA", Path(__file__).parents[3] / "shared" / "data")) / "wikimedia"
HR, EVENTS = DATA / "hr.csv", DATA / "events.jsonl.gz"
GRACE_HOURS = 16
"""A late shift may run over; from then on an act past the end counts in full (monitor.core.judge)."""

pytestmark = pytest.mark.skipif(not EVENTS.is_file(), reason="the Wikimedia files are not here")


@pytest.fixture(scope="module")
def result() -> Scan:
    return scan([HR], [str(EVENTS)], load_settings())


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    with gzip.open(EVENTS, "rt", encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def test_everything_is_accepted_or_set_aside_with_a_reason(result: Scan, rows: list[dict[str, Any]]) -> None:
    intake, roster = result.intake, result.roster
    assert intake.received == len(rows) == 102_823
    assert intake.accepted + intake.set_aside == intake.received
    assert len(result.rejects) == intake.set_aside
    with HR.open(encoding="utf-8", newline="") as stream:
        assert roster.received == len(list(csv.DictReader(stream))) == 714
    assert len(roster.people) + len(roster.rejects) == roster.received
    assert all(reject.why for reject in [*result.rejects, *roster.rejects])


def test_nearly_everybody_is_matched(result: Scan) -> None:
    unmatched = sum(events for _, _, events, _ in result.unmatched)
    assert unmatched < 0.001 * result.intake.accepted


def late(result: Scan, rows: list[dict[str, Any]]) -> Iterator[tuple[str, date, str]]:
    """(person, last day, event) of acts past the end of an access, by nothing but the two files."""
    ends: dict[str, list[date]] = {}
    for departure in result.roster.departures:
        ends.setdefault(departure.person_id, []).append(departure.last_day)
    owner = {name: person.person_id for person in result.roster.people.values() for name in person.accounts}
    for row in rows:
        person = owner.get(row["actor"].lower(), "")
        for last_day in ends.get(person, ()):
            over = datetime.combine(last_day + timedelta(days=1), time(), UTC)
            if datetime.fromisoformat(row["time"]) - over > timedelta(hours=GRACE_HOURS):
                yield person, last_day, row["id"]


def test_who_acts_after_the_access_ended_is_found(result: Scan, rows: list[dict[str, Any]]) -> None:
    people = {(person, last_day) for person, last_day, _ in late(result, rows)}
    assert len(people) == 6, "and a seventh, whose roster line is set aside"
    found = {
        (finding.person_id, finding.last_day): finding.severity
        for finding in reversed(result.found)
        if "after" in {reason.detector for reason in finding.reasons}
    }
    assert people <= set(found)
    assert {found[person] for person in people} <= {"medium", "high", "critical"}


def test_notices_stay_within_the_budget(result: Scan, record_property: pytest.RecordProperty) -> None:
    """Replayed over thirteen years: one notice for each departure with a loud finding."""
    loud = {(f.person_id, f.last_day) for f in result.found if f.severity in ("high", "critical")}
    low, high = result.history.span() or (0, 0)
    weeks = (high - low) / 1e6 / 86_400 / 7
    record_property("notices_a_week", len(loud) / weeks)
    assert weeks > 600
    assert 0 < len(loud) / weeks <= load_settings().severity.alert_budget


def test_the_same_twice(result: Scan) -> None:
    again = scan([HR], [str(EVENTS)], load_settings())
    assert [as_json(asdict(f)) for f in again.found] == [as_json(asdict(f)) for f in result.found]
