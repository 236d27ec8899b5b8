"""A leaver who runs the monitor: what touches themselves needs somebody else."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from monitor import custody, seconding, upkeep
from monitor.cli import main
from monitor.core.casework import reopened
from monitor.core.routing import by_name, chain_of
from monitor.daemon import make_daemon
from monitor.investigating.caseload import caseload, decide, held_case, verdicts
from monitor.looking import Look, open_look
from monitor.model import BadInput
from monitor.settings import load_settings
from monitor.station import Station, open_station
from monitor.store import audit, cases, requests
from monitor.store.state import put
from monitor.telling import assign, tell
from monitor.viewers import SHOWN_TOKEN
from tests.core.made import finding, person
from tests.daemon.clockwork import SetClock, posted
from tests.daemon.test_telling import LEAVING, MAIL
from tests.office import roster
from tests.privacy.test_looking import NOW, US, station_of

TWO = f"""
[[viewers]]
name = "us"
user = "{US}"
roles = ["investigator", "operator"]
person = "p000"
[[viewers]]
name = "ann"
token = "ANN"
roles = ["investigator", "operator", "privacy-officer"]
"""


@pytest.fixture
def two(tmp_path: Path) -> Station:
    """A station run by p000, who leaves today, and by ann."""
    return with_ann(station_of(tmp_path / "work", TWO))


def with_ann(station: Station) -> Station:
    (station.folder / "secrets" / "ANN").write_text("opensesame")
    return station


def look_of(station: Station, name: str, monkeypatch: pytest.MonkeyPatch, **more: object) -> Look:
    if name == "ann":
        monkeypatch.setenv(SHOWN_TOKEN, "opensesame")
    else:
        monkeypatch.delenv(SHOWN_TOKEN, raising=False)
    with open_look(station, NOW, **{"reason": "r", **more}) as look:  # type: ignore[arg-type]
        assert look.viewer.name == name
        return look


def run(station: Station, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, "-C", str(station.folder)])


def said(station: Station) -> list[str]:
    with station.state.read() as connection:
        assert not audit.faults(connection, station.key(connection))
        return [row.what for row in audit.entries(connection)]


SILENCES = [
    ("--person", "p000"), ("--person", "ACCT.p000"), ("--department", "Trust and Safety"), ("--everybody",),
]  # fmt: skip


@pytest.mark.parametrize("scope", SILENCES)
def test_a_silence_about_oneself_waits(two: Station, monkeypatch: pytest.MonkeyPatch, scope: tuple[str, ...]) -> None:
    ran = run(two, "silence", "add", *scope, "--hours", "5", "--reason", "no noise")
    assert (ran.exit_code, "a second person must" in ran.output) == (3, True), ran.output
    with two.state.read() as connection:
        assert not list(cases.list_silences(connection))
    with pytest.raises(BadInput, match="is your own"):
        seconding.decide(look_of(two, "us", monkeypatch), 1, True)
    monkeypatch.setenv(SHOWN_TOKEN, "opensesame")
    ran = run(two, "requests", "approve", "1")
    assert ran.exit_code == 0, (ran.output, ran.exception)
    with two.state.read() as connection:
        (row,) = cases.list_silences(connection)
    assert row.made_by == "us"
    assert [what for what in said(two) if what != "config"] == ["silence asked", "refused", "silence granted"][::2]
    two.close()


def test_a_silence_about_another_does_not_wait(two: Station) -> None:
    assert run(two, "silence", "add", "--person", "p003", "--hours", "5", "--reason", "r").exit_code == 0
    two.close()


def test_a_roster_that_tells_of_oneself_is_accepted_by_another(two: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    (two.folder / "rosters" / "people.csv").write_text(roster(5))
    assert not upkeep.sync_rosters(two, NOW)
    ran = run(two, "roster", "accept", "hr", "--reason", "it is right")
    assert ran.exit_code == 3, ran.output
    assert not upkeep.sync_rosters(two, NOW)
    seconding.decide(look_of(two, "ann", monkeypatch), 1, True)
    assert upkeep.sync_rosters(two, NOW + timedelta(minutes=1))
    two.close()


def test_a_request_is_decided_once_and_in_time(two: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    run(two, "silence", "add", "--everybody", "--hours", "5", "--reason", "r")
    ann = look_of(two, "ann", monkeypatch)
    seconding.decide(ann, 1, False)
    for number in (1, 2):
        with pytest.raises(BadInput, match="does not wait"):
            seconding.decide(ann, number, True)
    two.close()


def test_a_reveal_by_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    station = with_ann(
        station_of(tmp_path / "work", "[privacy]\ntwo_person = true\n" + TWO.replace('"p000"', '"p009"'))
    )
    us = look_of(station, "us", monkeypatch, reveal=True, reason="to call him")
    with pytest.raises(BadInput, match="waits as request 1"):
        us.find(us.label("p000"))
    assert us.label("p000").startswith("p-")
    with pytest.raises(BadInput, match="is your own"):
        seconding.decide(look_of(station, "us", monkeypatch), 1, True)
    seconding.decide(look_of(station, "ann", monkeypatch), 1, True)
    assert look_of(station, "us", monkeypatch).label("p000") == "Person 0 (p000)"
    assert look_of(station, "ann", monkeypatch).label("p000").startswith("p-"), "it was granted to one viewer"
    monkeypatch.delenv(SHOWN_TOKEN, raising=False)
    with open_look(station, NOW + timedelta(minutes=61)) as later:
        assert later.label("p000").startswith("p-")
    station.close()


def test_a_reveal_is_asked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    station = with_ann(
        station_of(tmp_path / "work", "[privacy]\ntwo_person = true\n" + TWO.replace('"p000"', '"p009"'))
    )
    for _ in range(3):
        us = look_of(station, "us", monkeypatch, reveal=True, reason="to call him")
        with pytest.raises(BadInput, match="waits as request 1;"):
            us.find(us.label("p000"))
    with pytest.raises(BadInput, match="waits as request 2;"):
        us.find(us.label("p001"))
    assert [what for what in said(station) if what != "config"] == ["reveal asked"] * 2
    with station.state.write() as connection:  # as a lastday from before left it
        until = NOW + timedelta(hours=9)
        left = requests.make(connection, "reveal", us.label("p000"), {}, "again", NOW, "us", until)
    ann = look_of(station, "ann", monkeypatch)
    seconding.decide(ann, 1, True)
    with station.state.read() as connection:
        assert [r.seq for r in requests.standing(connection, NOW, ["reveal"], "waiting")] == [2]
        assert [r.seq for r in requests.standing(connection, NOW, ["reveal"], "granted")] == [1, left]
    station.close()


def test_channels_are_tried_as_they_are_in_force(two: Station, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.cli.common._read_clock", lambda: NOW)
    custody.take_over(two, NOW, US)
    changed = change(two, MAIL)
    ran = run(changed, "channels", "test")
    assert "waits for a second person: the old tables are tried" in ran.output
    assert "there is no channel" in ran.output
    assert ran.exit_code == 3
    changed.close()


def change(station: Station, text: str) -> Station:
    """Another configuration, and the folder opened anew."""
    path = station.folder / "lastday.toml"
    path.write_text(path.read_text() + text)
    station.close()
    return open_station(station.folder)


def test_a_leaver_cannot_route_their_own_case_away(two: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    assert custody.take_over(two, NOW, US) == []
    station = change(two, MAIL)
    daemon = make_daemon(station, SetClock(NOW))
    assert not daemon.channels, "the new channel waits"
    assert custody.take_over(station, NOW, US) == [], "settings were put back"
    station.close()
    station = open_station(station.folder)
    ann = look_of(station, "ann", monkeypatch)
    assert ann.waits == ["channels"]
    seconding.decide(ann, 1, True)
    station.settings = load_settings(station.folder / "lastday.toml")
    assert list(make_daemon(station, SetClock(NOW)).channels) == ["mail"]
    with station.state.read() as connection:
        told = [(row.what, row.detail) for row in audit.entries(connection) if row.what.startswith("config")]
    assert [what for what, _ in told] == ["config", "config asked", "config granted", "config"]
    assert "names shown through mail" in told[-1][1]
    station.close()


def test_a_leaver_cannot_take_their_own_name_out_of_the_viewers(two: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    custody.take_over(two, NOW, US)
    path = two.folder / "lastday.toml"
    path.write_text(path.read_text().replace('person = "p000"\n', ""))
    two.close()
    station = open_station(two.folder)
    with pytest.raises(BadInput, match="nobody whom a roster knows"):
        look_of(station, "us", monkeypatch).find("p000")
    station.close()


def catalogued(folder: Path, person_id: str, impact: float) -> Station:
    """A station with a catalogue of its own, opened when the catalogue was new."""
    config = TWO.replace('"p000"', f'"{person_id}"') + '[actions]\ncatalogue = "own.toml"\n'
    folder.mkdir()
    rate(folder, impact)  # beside what station_of lays out
    return with_ann(station_of(folder, config))


def rate(folder: Path, impact: float) -> None:
    (folder / "own.toml").write_text(f'[actions."account.deactivate"]\nimpact = {impact}\n')


def impact_of(station: Station) -> float:
    return station.settings.load_catalogue().action("account.deactivate").impact


def test_a_leaver_cannot_make_their_own_acts_harmless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue is a file of its own: its path stays the same when what stands in it does not."""
    station = catalogued(tmp_path / "work", "p000", 0.9)
    assert custody.take_over(station, NOW, US) == []
    rate(station.folder, 0.0)
    assert impact_of(station) == 0.9, "what was loaded is in force until the settings are loaded again"
    station.close()
    station = open_station(station.folder)
    assert custody.take_over(station, NOW, US) == ["actions"]
    assert impact_of(station) == 0.9
    (station.folder / "own.toml").unlink()
    station.settings = load_settings(station.folder / "lastday.toml")
    assert custody.take_over(station, NOW, US) == ["actions"]
    assert impact_of(station) == 0.9
    rate(station.folder, 0.0)
    station.settings = load_settings(station.folder / "lastday.toml")
    ann = look_of(station, "ann", monkeypatch)
    assert ann.waits == ["actions"]
    seconding.decide(ann, 1, True)
    station.settings = load_settings(station.folder / "lastday.toml")
    assert custody.take_over(station, NOW, US) == []
    assert impact_of(station) == 0.0
    station.close()


def test_others_change_the_catalogue_alone(tmp_path: Path) -> None:
    station = catalogued(tmp_path / "work", "p009", 0.9)
    custody.take_over(station, NOW, US)
    rate(station.folder, 0.0)
    station.settings = load_settings(station.folder / "lastday.toml")
    assert custody.take_over(station, NOW, US) == []
    assert impact_of(station) == 0.0
    assert said(station) == ["config", "config"]
    station.close()


def test_a_catalogue_of_which_only_the_path_was_noted_needs_no_second_person(tmp_path: Path) -> None:
    """So it stands in a store of a lastday that did not note what is in the file."""
    station = catalogued(tmp_path / "work", "p000", 0.9)
    with station.state.write() as connection:
        known = json.loads(custody.guarded(station.settings))
        assert known["actions"].pop("written")
        put(connection, custody.IN_FORCE, json.dumps(known, sort_keys=True, separators=(",", ":")))
    assert custody.take_over(station, NOW, US) == []
    rate(station.folder, 0.0)
    station.settings = load_settings(station.folder / "lastday.toml")
    assert custody.take_over(station, NOW, US) == ["actions"]
    station.close()


def test_others_change_the_configuration_alone(tmp_path: Path) -> None:
    station = station_of(tmp_path / "work", TWO.replace('"p000"', '"p009"'))
    custody.take_over(station, NOW, US)
    station = change(station, MAIL)
    assert list(make_daemon(station, SetClock(NOW)).channels) == ["mail"]
    assert said(station) == ["config", "config"]
    station.close()


def test_a_manager_with_an_own_case_is_not_told(tmp_path: Path) -> None:
    lines = roster(20).splitlines()
    rows = [
        lines[0] + ",manager",
        *(f"{row},{'p001@corp.example' if i == 2 else ''}" for i, row in enumerate(lines[1:])),
    ]
    to = MAIL.replace('"security@corp.example"', '"p001@corp.example", "security@corp.example"')
    station = station_of(tmp_path / "work", to, "\n".join(rows) + "\n")
    with station.state.read() as connection:
        people, _ = station.rosters(connection)
    assert [p.person_id for p in chain_of(people["p002"], by_name(people.values()))] == ["p001"]

    def told(*who: str) -> list[str]:
        found = [finding(person=one, day=2) for one in who]
        with station.state.write() as connection:
            assigned = assign(cases.all_cases(connection), found, station.key(connection))
            cases.save_findings(connection, assigned, NOW, {}, measured=True)
            tell(connection, station, people, LEAVING, NOW)
        return [row["recipients"] for row in posted(station) if row["person_id"] == "p002"]

    assert told("p002") == ['["p001@corp.example", "security@corp.example"]']
    with station.state.write() as connection:
        for table in ("cases", "findings", "outbox"):
            connection.execute(sa.text(f"DELETE FROM {table}"))
    told("p001")
    assert told("p001", "p002") == ['["security@corp.example"]']
    with station.state.write() as connection:
        connection.execute(sa.text("DELETE FROM cases WHERE person_id = 'p002'"))
        connection.execute(sa.text("DELETE FROM outbox"))
        connection.execute(sa.text("UPDATE cases SET state = 'closed', closed_as = 'benign'"))
    assert told("p001", "p002") == ['["p001@corp.example", "security@corp.example"]'], "what is closed bars nobody"
    station.close()


def test_managers_who_manage_each_other_end() -> None:
    ring = {f"p{i}": person(f"p{i}", manager=f"p{(i + 1) % 3}", accounts=(), email=None, name=None) for i in range(3)}
    assert [p.person_id for p in chain_of(ring["p0"], by_name(ring.values()))] == ["p1", "p2"]


def test_a_case_about_oneself_is_not_there(two: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [finding(), finding(person="p003")]
    with two.state.write() as connection:
        cases.save_findings(connection, assign([], found, two.key(connection)), NOW, {}, measured=True)
        tell(connection, two, {f.person_id: person(f.person_id) for f in found}, LEAVING, NOW)
        ids = {case.person_id: case.case_id for case in cases.all_cases(connection)}
    us, ann = look_of(two, "us", monkeypatch), look_of(two, "ann", monkeypatch)
    with pytest.raises(BadInput, match="is no case"):
        held_case(us, ids["p000"])
    assert held_case(ann, ids["p000"])[1].person_id == "p000"
    assert held_case(us, ids["p003"])[1].person_id == "p003"
    assert [what for what in said(two) if what != "config"] == ["refused", "look", "look"]
    two.close()


def test_what_a_leaver_finds_harmless_teaches_nothing(two: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their own acts are held against leavers found benign: they could make themselves look usual."""
    found = [finding(), finding(person="p003")]
    with two.state.write() as connection:
        cases.save_findings(connection, assign([], found, two.key(connection)), NOW, {}, measured=True)
        tell(connection, two, {f.person_id: person(f.person_id) for f in found}, LEAVING, NOW)
    by_us = run(two, "case", "close", "--severity", "high", "--as", "benign", "--reason", "ok", "--yes")
    assert by_us.exit_code == 0
    assert "judgement learns nothing from what you found" in by_us.stderr
    ann = look_of(two, "ann", monkeypatch)
    assert {one.case.person_id: one.case.state for one in caseload(ann)} == {"p000": "open", "p003": "closed"}
    assert not verdicts(ann)

    [closed] = [one.case.case_id for one in caseload(ann) if one.case.state == "closed"]
    decide(ann, closed, "reopen", lambda case, _: reopened(case, NOW), text="again")
    by_ann = run(two, "case", "close", "--severity", "high", "--as", "benign", "--reason", "ok", "--yes")
    assert by_ann.exit_code == 0
    assert "judgement learns nothing" not in by_ann.stderr
    assert {entry.person_id for entry in verdicts(ann)} == {"p000", "p003"}
    two.close()
