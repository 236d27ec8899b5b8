"""The same log in any form gives the same findings, to the byte, whatever the order of its lines."""

from __future__ import annotations

import random
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.summary import messages, shortfalls
from monitor.report.rows import as_json
from monitor.scanning import Scan, scan
from monitor.settings import load_settings
from tests.organisation import Org, write_csv
from tests.sources.reading import write_as, write_json

KINDS = ["jsonl", "csv", "parquet", "jsonl.gz", "jsonl.zst", "csv.gz", "csv.zst", "parquet.gz", "parquet.zst"]


@pytest.fixture(scope="module")
def org() -> Org:
    """Thirty people on hosts of their own, and one who leaves with a deletion and a copy to a stick."""
    org = Org(date(2017, 8, 1), date(2017, 11, 10), zone="Europe/Berlin")
    people = org.team("ops", 30)
    for person in people:
        org.usual([person], "file.read", per_day=4, target=lambda d: f"/shared/{d.randint(1, 90)}", host=f"pc-{person}")
        org.usual(
            [person], "file.delete", per_day=1, target=lambda d: f"/tmp/{d.randint(1, 9999)}", host=f"pc-{person}"
        )
    org.leaves("ops-07", "2017-11-03")
    org.does("ops-07", "database.drop", "2017-11-02", "23:10", target="customers", magnitude=1_200_000, host="gate")
    org.does("ops-07", "file.copy_to_usb", "2017-11-03", "17:50", target='price "list", 2018\nfinal', magnitude=5e9)
    return org


@pytest.fixture(scope="module")
def roster(org: Org, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_csv(tmp_path_factory.mktemp("hr") / "hr.csv", list(org.people.values()))


@pytest.fixture(scope="module")
def plain(org: Org, roster: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The findings of the log as JSON lines in the order of time."""
    log = write_json(tmp_path_factory.mktemp("plain") / "events.jsonl", org.events)
    found = told(look(roster, log))
    assert {"database.drop", "file.copy_to_usb"} <= {f.split('"action":"')[1].split('"')[0] for f in found[:3]}
    return found


def look(roster: Path, *events: Path | str) -> Scan:
    return scan([roster], [str(e) for e in events], load_settings())


def told(result: Scan) -> list[str]:
    return [as_json(asdict(finding)) for finding in result.found]


@pytest.mark.parametrize("kind", KINDS)
def test_every_form_tells_the_same(org: Org, roster: Path, plain: list[str], tmp_path: Path, kind: str) -> None:
    result = look(roster, write_as(kind, tmp_path, org.events))
    assert result.rejects == []
    assert told(result) == plain


def shuffled(rows: list[dict[str, Any]], seed: int) -> list[dict[str, Any]]:
    """The rows in another order, with one in ten told again, and the keys of each in another order."""
    draw = random.Random(seed)
    rows = rows + draw.sample(rows, len(rows) // 10)
    draw.shuffle(rows)
    return [dict(draw.sample(sorted(row.items(), key=str), len(row))) for row in rows]


@pytest.mark.parametrize("kind", ["jsonl", "csv.gz", "parquet"])
def test_neither_order_nor_repeats_matter(org: Org, roster: Path, plain: list[str], tmp_path: Path, kind: str) -> None:
    for seed in (1, 2):
        result = look(roster, write_as(kind, tmp_path, shuffled(org.events, seed)))
        assert told(result) == plain
        assert (result.intake.repeated, result.intake.clashing) == (len(org.events) // 10, 0)
        assert result.intake.received == len(org.events) + len(org.events) // 10


def test_events_without_ids(org: Org, roster: Path, tmp_path: Path) -> None:
    """They get one from all that they hold: told twice they count once, whatever the form and the order."""
    rows = [{key: value for key, value in event.items() if key != "id"} for event in org.events]
    (tmp_path / "a").mkdir()
    first = look(roster, write_as("jsonl", tmp_path / "a", rows))
    again = look(roster, write_as("csv", tmp_path, shuffled(rows, 3)))
    assert told(first) == told(again)
    assert again.intake.repeated == first.intake.repeated + len(rows) // 10


def test_what_differs_in_an_attribute_alone_is_no_repeat(tmp_path: Path, roster: Path) -> None:
    """Two mails of one second to two people are two events."""
    event = {"time": "2017-11-02T10:00:00Z", "actor": "ops-07", "action": "mail.send", "target": "hello"}
    log = write_json(tmp_path / "e.jsonl", [event | {"to": "a@x"}, event | {"to": "b@x"}, event | {"to": "b@x"}])
    assert look(roster, log).intake.repeated == 1


def test_two_systems_that_count_from_one_clash(org: Org, roster: Path, tmp_path: Path) -> None:
    """Their events are not repeats of one another: what was dropped is told, with the mend."""
    rows = [event | {"id": str(i % 900)} for i, event in enumerate(org.events)]
    result = look(roster, write_as("jsonl", tmp_path, rows))
    assert (result.intake.repeated, result.intake.clashing) == (len(rows) - 900, 900)
    assert shortfalls(result)
    [told_so] = [line for line in messages(result) if line.startswith("clashing")]
    assert "900 ids stand for several acts" in told_so


def test_many_files_are_one_log(org: Org, roster: Path, plain: list[str], tmp_path: Path) -> None:
    """In a folder, as a glob, one by one, in several forms, and overlapping."""
    logs = tmp_path / "logs"
    (logs / "more").mkdir(parents=True)
    rows = shuffled(org.events, 4)
    third = len(rows) // 3
    files = [
        write_as("jsonl.zst", logs, rows[:third]),
        write_as("csv", logs / "more", rows[third : 2 * third]),
        write_as("parquet", logs / "more", rows[2 * third :]),
    ]
    (logs / "notes.txt").write_text("not a log")
    for patterns in (
        [logs],
        files,
        files[::-1],
        [f"{logs}/**/*.*sv", f"{logs}/*.zst", f"{logs}/more/*.parquet"],
        [*files, logs],
    ):
        result = look(roster, *patterns)
        assert told(result) == plain
        assert len(result.files) == 3


def test_the_smaller_of_two_that_share_an_id_is_kept(tmp_path: Path, roster: Path) -> None:
    """An id that comes twice with other content is one event, the same whichever came first."""
    rows = [
        {"id": "1", "time": f"2017-11-02T1{i}:00:00Z", "actor": "ops-07", "action": "database.drop", "target": f"t{i}"}
        for i in range(3)
    ]
    found = []
    for order in (rows, rows[::-1]):
        result = look(roster, write_json(tmp_path / "e.jsonl", order))
        found.append(result.history.rows("SELECT t, target FROM event"))
    assert found[0] == found[1] == [(1509616800000000, "t0")]
