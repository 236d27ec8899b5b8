"""Odd but readable input through the whole scan: it ends with findings or one line of error, never with a traceback."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path

import pytest

from tests.cli.running import Ran, lastday
from tests.faults.test_fuzz import ODD, spoilt_event, spoilt_roster
from tests.organisation import Org, write_csv
from tests.sources.reading import write_json

EVENT = {"time": "2017-11-02T18:51:00Z", "actor": "p1", "action": "file.delete"}
LEAVER = {"person_id": "p1", "last_day": "2017-11-02"}


def look(folder: Path, people: list[dict], events: list[dict], *options: str) -> Ran:
    roster, log = write_csv(folder / "hr.csv", people), write_json(folder / "e.jsonl", events)
    return lastday("scan", "--hr", roster, "--events", log, "--format", "jsonl", *options)


TINY: list[tuple[list[dict], list[dict]]] = [
    ([LEAVER], [EVENT]),
    ([LEAVER], [EVENT, EVENT]),
    ([LEAVER], [EVENT | {"magnitude": 1e308}, EVENT | {"magnitude": -5, "action": "x"}]),
    ([LEAVER], [EVENT | {"magnitude": 0, "target": "t"}] * 3),
    ([LEAVER], [EVENT | {"time": "1970-01-01T00:00:00Z"}, EVENT | {"time": "2099-12-31T23:59:59Z"}]),
    ([LEAVER], [EVENT | {"time": "2017-12-02T23:59:59Z"}]),
    ([LEAVER], [EVENT | {"action": "." * 50}, EVENT | {"action": "delete"}]),
    ([LEAVER | {"last_day": ""}], [EVENT]),
    ([LEAVER | {"last_day": "2098-12-31"}], [EVENT]),
    ([LEAVER | {"last_day": "1971-01-01"}], [EVENT]),
    ([LEAVER | {"notice_date": "2018-11-02"}], [EVENT]),
    ([LEAVER | {"status": "withdrawn"}], [EVENT]),
    ([LEAVER, LEAVER | {"last_day": "2017-11-05"}, LEAVER | {"last_day": "2017-10-05"}], [EVENT]),
    ([{"person_id": f"q{i}", "last_day": "2017-11-02"} for i in range(50)] + [LEAVER], [EVENT]),
    (
        [LEAVER | {"timezone": "Pacific/Kiritimati"}, {"person_id": "p2", "timezone": "Pacific/Pago_Pago"}],
        [EVENT, EVENT | {"actor": "p2"}],
    ),
    ([LEAVER, {"person_id": "p2"}], [EVENT | {"actor": "p2"}]),
    ([LEAVER], [EVENT | {"outcome": "failure", "reason": "T-1", "target": "p1@x.org", "to": "a@b.c"}]),
    (
        [LEAVER],
        [
            EVENT | {"target": f"t{i % 7}", "host": f"h{i % 3}", "time": f"2017-1{i % 2}-0{1 + i % 9}T10:00:00Z"}
            for i in range(300)
        ],
    ),
]


@pytest.mark.parametrize(("people", "events"), TINY, ids=range(len(TINY)))
def test_hardly_anything(tmp_path: Path, people: list[dict], events: list[dict]) -> None:
    ran = look(tmp_path, people, events)
    assert ran.code == 0
    assert all(finding["person_id"] == "p1" for finding in ran.lines)


@pytest.mark.parametrize("seed", range(6))
def test_spoilt_rosters_and_logs_together(tmp_path: Path, seed: int) -> None:
    """Events of people on a roster, with odd values in every field: whatever is readable is judged."""
    draw = random.Random(f"both {seed}")
    (tmp_path / "hr.csv").write_bytes(spoilt_roster(draw))
    days = [f"2017-{month:02}-{day:02}" for month in (8, 9, 10, 11) for day in range(1, 29)]
    lines = [spoilt_event(draw) for _ in range(100)]
    for _ in range(900):
        event = {
            "time": f"{draw.choice(days)}T{draw.randrange(24):02}:00:00Z",
            "actor": f"p{draw.randrange(3)}",
            "action": "file.delete",
        }
        event |= {
            draw.choice(["target", "magnitude", "source", "host", "reason", "ip", "to"]): draw.choice(ODD)
            for _ in range(3)
        }
        lines.append(json.dumps(event).encode())
    (tmp_path / "e.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    ran = lastday("scan", "--hr", tmp_path / "hr.csv", "--events", tmp_path / "e.jsonl", "--format", "jsonl")
    assert ran.code in (0, 2, 3)
    assert ran.err


@pytest.fixture(scope="module")
def org() -> Org:
    org = Org(date(2017, 8, 1), date(2017, 11, 10))
    people = org.team("ops", 40)
    org.usual(
        people,
        "file.delete",
        per_day=2,
        target=lambda d: f"/tmp/{d.randint(1, 999)}",
        magnitude=lambda d: d.randint(1, 999),
    )
    org.leaves("ops-07", "2017-11-03")
    org.does("ops-07", "file.delete", "2017-11-02", "23:10", target="/all", magnitude=44_000_000)
    return org


@pytest.mark.parametrize("time", ["1970-01-01T00:00:00Z", "2099-12-31T23:59:59Z"])
@pytest.mark.parametrize("actor", ["ops-08", "stranger"])
def test_one_broken_clock(org: Org, tmp_path: Path, time: str, actor: str) -> None:
    """One event from 1970 or 2099 changes nothing of what anybody would be told about."""
    people = list(org.people.values())
    before = look(tmp_path, people, org.events)
    after = look(tmp_path, people, [*org.events, EVENT | {"actor": actor, "time": time}])
    keep = ("person_id", "action", "target", "severity", "event_ids")
    loud = [[{key: f[key] for key in keep} for f in ran.lines if f["severity"] != "low"] for ran in (before, after)]
    assert loud[0] == loud[1]
    assert before.lines[0]["magnitude"] == 44_000_000
