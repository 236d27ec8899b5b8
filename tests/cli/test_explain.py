"""lastday explain: every piece of evidence on one event."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import Office
from tests.cli.running import lastday


@pytest.fixture(scope="module")
def told(office: Office) -> str:
    ran = lastday("explain", *office.files, "--event", office.dropped)
    assert ran.code == 0
    return re.sub(r"\s+", " ", ran.out)


def test_what_happened(told: str) -> None:
    assert told.startswith("ops-07 Thu 02 Nov 2017 23:10:00 +0100 database.drop customers 44,000,000 ")


@pytest.mark.parametrize("kind", ["magnitude", "rarity", "volume", "drift", "novelty", "breadth", "rhythm", "day"])
def test_every_kind_of_evidence_is_there(told: str, kind: str) -> None:
    """Also what gave nothing, so that one sees what was looked at."""
    assert re.search(rf" \d+\.\d\d {kind} ", told)


def test_value_own_usual_and_peers_usual(told: str) -> None:
    for words in ("value", "own usual", "peers' usual", "44,000,000", "usually", "at most", "Thursday 23:10"):
        assert words in told


def test_the_finding_that_it_is_part_of(told: str) -> None:
    assert re.search(r"part of finding f[0-9a-f]{16}: critical, score \d+\.\d, one in [\d,]+ placebo departures", told)


def test_an_event_after_the_last_day(office: Office) -> None:
    ran = lastday("explain", *office.files, "--event", office.late)
    assert ran.code == 0
    assert "27.0 hours after the last day ended" in re.sub(r"\s+", " ", ran.out)


@pytest.mark.parametrize("event", ["e1", "nonsense", "", "'; DROP TABLE event; --"])
def test_an_event_that_is_not_watched(office: Office, event: str) -> None:
    ran = lastday("explain", *office.files, "--event", event)
    assert ran.code == 2
    assert ran.out == ""
    assert "not among the watched events" in ran.err
