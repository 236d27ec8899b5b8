"""The question before an act, over HTTP: the same judgement as afterwards."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor import pipeline, upkeep
from monitor.station import Station
from monitor.store import cases, inbox
from tests.daemon import conftest
from tests.daemon.test_api import serving
from tests.office import as_lines, incident, roster, usual

NOW = conftest.NOW.replace(hour=12)
BEFORE = [event for event in usual() if event["time"] < NOW.isoformat()]
ACT = {key: value for key, value in incident(NOW).items() if key not in ("time", "id")}


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[tuple[Station, int]]:
    with serving(tmp_path / "work", 'token = "TOKEN"', NOW, TOKEN="t") as (station, port):
        station.lease.renew(0.0)
        station.keeps = True
        (station.folder / "rosters" / "people.csv").write_text(roster())
        (station.folder / "inbox" / "a.jsonl").write_text(as_lines(BEFORE))
        upkeep.sync_rosters(station, NOW)
        pipeline.ingest(station, NOW)
        yield station, port


def ask(port: int, body: object, token: str = "t") -> tuple[int, dict]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    text = body if isinstance(body, str) else json.dumps(body)
    connection.request("POST", "/v1/check", text, {"authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()
    return answer.status, told


def test_the_incident_of_2017_needs_a_second_person_and_is_judged_alike_once_done(asked: tuple[Station, int]) -> None:
    station, port = asked
    assert ask(port, ACT)[0] == 503, "nothing is judged yet"
    pipeline.assess(station, NOW)
    status, told = ask(port, ACT)
    assert (status, told["answer"], told["watched"]) == (200, "second_person", True)
    assert any("44,000,000" in reason for reason in told["reasons"])
    assert ask(port, ACT)[1] == told, "asking changes nothing"
    with station.state.read() as connection:
        assert inbox.waiting(connection) == len(BEFORE)
        assert cases.all_cases(connection) == []
    (station.folder / "inbox" / "b.jsonl").write_text(as_lines([ACT | {"time": NOW.isoformat()}]))
    pipeline.ingest(station, NOW)
    pipeline.assess(station, NOW)
    with station.state.read() as connection:
        ((case, found),) = cases.findings_of(connection).items()
    assert case
    assert (found[0].score, found[0].severity, found[0].one_in) == (told["score"], told["severity"], told["one_in"])


def test_what_is_usual_and_what_others_do_is_allowed(asked: tuple[Station, int]) -> None:
    station, port = asked
    pipeline.assess(station, NOW)
    small = ACT | {"action": "account.view", "magnitude": 12, "target": "@someone"}
    assert ask(port, small)[1]["answer"] == "allow"
    stays = ask(port, ACT | {"actor": "acct.p003"})[1]
    assert (stays["answer"], stays["watched"]) == ("allow", False)
    assert ask(port, ACT | {"actor": "nobody"})[1]["watched"] is False
    unheard = ask(port, ACT | {"action": "vault.burn"})[1]
    assert (unheard["answer"], unheard["watched"]) == ("confirm", True)


def test_what_is_no_question_is_refused(asked: tuple[Station, int]) -> None:
    station, port = asked
    pipeline.assess(station, NOW)
    assert ask(port, ACT, token="falsch")[0] == 401
    assert ask(port, "[1")[0] == 400
    assert ask(port, [ACT])[0] == 400
    status, told = ask(port, {"actor": "acct.p000"})
    assert (status, "action" in told["error"]) == (400, True)
