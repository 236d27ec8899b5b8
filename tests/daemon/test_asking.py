"""The question before an act, over HTTP: the same judgement as afterwards."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from monitor import pipeline, upkeep
from monitor.asking import Desk
from monitor.station import Station, open_station
from monitor.store import audit, cases, inbox
from tests.daemon import conftest
from tests.daemon.test_api import serving
from tests.office import as_lines, incident, lay_out, roster, usual

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


def test_an_act_in_the_shadow_of_a_graver_one_is_answered_with_its_own_reasons(asked: tuple[Station, int]) -> None:
    station, port = asked
    (station.folder / "inbox" / "b.jsonl").write_text(as_lines([incident(NOW)]))
    pipeline.ingest(station, NOW)
    pipeline.assess(station, NOW)
    told = ask(port, ACT | {"target": "@other", "magnitude": 900_000})[1]
    assert told["answer"] == "second_person"
    assert any("900,000" in reason for reason in told["reasons"])
    assert "@other" in told["undo"]


def test_after_a_restart_or_a_new_configuration_it_answers_before_anything_happens(
    asked: tuple[Station, int],
) -> None:
    station, port = asked
    pipeline.assess(station, NOW)
    station.forget()  # what a process knows that has just started
    assert pipeline.assess(station, NOW) == 0, "nothing new, and nobody is told anew"
    assert ask(port, ACT)[1]["answer"] == "second_person"
    station.settings = replace(station.settings)
    assert ask(port, ACT)[0] == 503
    pipeline.assess(station, NOW)
    assert ask(port, ACT)[1]["answer"] == "second_person"
    assert pipeline.assess(station, NOW) is None


def test_where_nobody_can_be_judged_it_is_not_tried_again_and_again(tmp_path: Path) -> None:
    station = open_station(lay_out(tmp_path / "work"))
    station.lease.renew(0.0)
    station.keeps = True
    assert [pipeline.assess(station, NOW) for _ in range(2)] == [0, None]
    station.close()


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


SMALL = ACT | {"action": "account.view", "magnitude": 12, "target": "@someone"}


def on_record(station: Station) -> list[tuple[str, str | None, str]]:
    """Rows of questions in the audit: what, about whom (an id, for the test knows the pseudonyms), detail."""
    with station.state.read() as connection:
        veil = station.veil(connection)
        ids = {veil.pseudonym(f"p{i:03d}"): f"p{i:03d}" for i in range(60)}
        rows = [row for row in audit.entries(connection) if row.who == "http"]
        assert audit.faults(connection, station.key(connection)) == []
    return [(row.what, row.subject and ids[row.subject], row.detail) for row in rows]


def test_who_is_held_back_is_on_record_before_the_answer_and_the_ticket_with_it(asked: tuple[Station, int]) -> None:
    station, port = asked
    pipeline.assess(station, NOW)
    for _ in range(2):
        assert ask(port, ACT | {"reason": "ticket 17"})[1]["answer"] == "second_person"
    rows = on_record(station)
    assert [row[:2] for row in rows] == [("check", "p000")] * 2
    assert all(detail.startswith("second_") and detail.endswith(": account.deactivate") for *_, detail in rows)
    with station.state.read() as connection:
        assert {row.reason for row in audit.entries(connection) if row.who == "http"} == {"ticket 17"}


def test_that_somebody_is_watched_is_told_once_a_day_on_record(asked: tuple[Station, int]) -> None:
    """An answer of `allow` tells of who leaves, too: somebody could ask about everybody in turn."""
    station, port = asked
    pipeline.assess(station, NOW)
    for _ in range(3):
        assert ask(port, SMALL)[1]["watched"]
    ask(port, ACT | {"actor": "acct.p003"})
    assert on_record(station) == [("check", "p000", "allow: account.view")]


def test_what_tells_nothing_is_counted_and_the_count_is_a_row(asked: tuple[Station, int]) -> None:
    station, _ = asked
    pipeline.assess(station, NOW)
    desk = Desk(station)
    other = json.dumps(ACT | {"actor": "acct.p003"}).encode()
    for minutes in (0, 20, 59):
        desk.ask(other, NOW + timedelta(minutes=minutes))
    assert on_record(station) == []
    desk.ask(other, NOW + timedelta(minutes=61))
    assert on_record(station) == [("checks", None, "4 questions allowed since 12:52 UTC")]
    desk.ask(other, NOW + timedelta(minutes=62))
    desk.close(NOW + timedelta(minutes=63))
    desk.close(NOW + timedelta(minutes=64))
    assert on_record(station)[1:] == [("checks", None, "1 question allowed since 13:54 UTC")]


def test_the_count_is_written_when_the_daemon_stops(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    with serving(folder, 'token = "TOKEN"', NOW, TOKEN="t") as (station, port):
        station.lease.renew(0.0)
        station.keeps = True
        (folder / "rosters" / "people.csv").write_text(roster())
        (folder / "inbox" / "a.jsonl").write_text(as_lines(BEFORE))
        upkeep.sync_rosters(station, NOW)
        pipeline.ingest(station, NOW)
        pipeline.assess(station, NOW)
        assert ask(port, ACT | {"actor": "acct.p003"})[1]["answer"] == "allow"
    station = open_station(folder)
    assert on_record(station) == [("checks", None, "1 question allowed since 12:52 UTC")]
    station.close()
