"""lastday explain: every piece of evidence on one event."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Office
from tests.cli.running import lastday


@pytest.fixture(scope="module", autouse=True)
def screen() -> Iterator[None]:
    """As wide as a table of evidence asks for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "110")
        yield


@pytest.fixture(scope="module")
def told(office: Office) -> str:
    ran = lastday("explain", *office.files, "--event", office.dropped)
    assert ran.code == 0
    return re.sub(r"\s+", " ", ran.out)


def test_what_happened(told: str) -> None:
    assert told.startswith("ops-07 Thu 02 Nov 2017 23:10:00 +0100 database.drop customers 44,000,000 ")


@pytest.mark.parametrize("kind", ["magnitude", "novelty", "rhythm", "day"])
def test_what_gave_bits_stands_with_its_figures(told: str, kind: str) -> None:
    assert re.search(rf" \d+\.\d\d {kind} ", told)


def test_what_gave_nothing_is_named_in_one_line(told: str) -> None:
    """So that one sees what was looked at."""
    nothing = re.search(r"nothing came of: ([a-z, ]+) part of finding", told)
    assert nothing
    assert not re.search(r" 0\.00 ", told)
    named = set(nothing[1].split(", "))
    shown = set(re.findall(r" \d+\.\d\d ([a-z]+) ", told))
    assert not named & shown
    assert {"magnitude", "rarity", "volume", "drift", "novelty", "breadth", "rhythm", "day"} <= named | shown


@pytest.mark.parametrize(("columns", "most"), [("80", 80), ("300", 110)])
def test_no_line_is_wider_than_the_screen_or_than_one_reads(
    office: Office, monkeypatch: pytest.MonkeyPatch, columns: str, most: int
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    ran = lastday("explain", *office.files, "--event", office.dropped)
    assert max(map(len, ran.out.splitlines())) <= most


def test_json_has_every_piece_of_evidence(office: Office) -> None:
    for form in ("json", "jsonl"):
        ran = lastday("explain", *office.files, "--event", office.dropped, "--format", form)
        assert ran.code == 0
        told = json.loads(ran.out)
        assert (told["event_id"], told["person_id"], told["action"]) == (office.dropped, "ops-07", "database.drop")
        assert told["time"] == "2017-11-02T23:10:00+01:00"
        assert {"detector", "bits", "text", "value", "own_usual", "peer_usual"} == set(told["reasons"][0])
        assert {reason["detector"] for reason in told["reasons"]} >= {"magnitude", "volume", "drift"}
        assert [found["severity"] for found in told["findings"]] == ["critical"]


def test_a_finding_in_files_is_explained_by_its_gravest_event(office: Office, told: str) -> None:
    found = re.search(r"part of finding (f[0-9a-f]{16})", told)
    assert found
    ran = lastday("explain", *office.files, "--event", found[1])
    assert (ran.code, re.sub(r"\s+", " ", ran.out)) == (0, told)


def test_value_own_usual_and_peers_usual(told: str) -> None:
    for words in ("value", "own usual", "peers' usual", "44,000,000", "usually", "about", "Thursday 23:10"):
        assert words in told


def test_the_finding_that_it_is_part_of(told: str) -> None:
    assert re.search(
        r"part of finding f[0-9a-f]{16}: critical, score \d+\.\d, rarer than one in 100,000 placebo departures", told
    )


def test_an_event_after_the_last_day(office: Office) -> None:
    ran = lastday("explain", *office.files, "--event", office.late)
    assert ran.code == 0
    assert "27.0 hours after the last day ended" in re.sub(r"\s+", " ", ran.out)


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("e1", "not among the watched events"),
        ("nonsense", "no event or finding of that id"),
        ("", "no event or finding of that id"),
        ("f0123456789abcdef", "no event or finding of that id"),
        ("'; DROP TABLE event; --", "no event or finding of that id"),
    ],
)
def test_an_event_that_is_not_watched_or_not_there(office: Office, event: str, why: str) -> None:
    ran = lastday("explain", *office.files, "--event", event)
    assert ran.code == 2
    assert ran.out == ""
    assert why in ran.err
