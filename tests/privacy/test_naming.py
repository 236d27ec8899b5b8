"""Who may not reveal anybody cannot turn a name into a pseudonym either: not by asking, nor by what they write."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor import seconding
from monitor.investigating.caseload import decide, held_case
from monitor.investigating.views import asked
from monitor.looking import Look, open_look
from monitor.model import BadInput
from monitor.notebook import Book
from monitor.station import Station
from monitor.store import audit, cases, requests
from monitor.telling import assign, tell
from tests.cli.running import lastday
from tests.core.made import finding, person
from tests.daemon.test_telling import LEAVING
from tests.office import roster
from tests.privacy.test_looking import NOW, station_of, told, viewers
from tests.privacy.test_second_person import TWO, look_of, with_ann

TWO_PERSON = "[privacy]\ntwo_person = true\n"
NAMES = ["acct.p000", "p000", "P000@corp.example", "Person 0 (p000)", "acct.p001", "p001", "acct.nobody", "p777"]
"""Of somebody who leaves, of somebody who does not, of nobody."""


def open_case(station: Station) -> str:
    """A case about p000."""
    with station.state.write() as connection:
        cases.save_findings(connection, assign([], [finding()], station.key(connection)), NOW, {}, measured=True)
        tell(connection, station, {"p000": person("p000")}, LEAVING, NOW)
    with station.state.read() as connection:
        return cases.all_cases(connection)[0].case_id


@pytest.mark.parametrize("config", [viewers("viewer"), viewers("operator"), TWO_PERSON + viewers("investigator")])
def test_every_name_gets_the_same_answer(tmp_path: Path, config: str) -> None:
    station = station_of(tmp_path / "work", config)
    answers = set()
    for who in NAMES:
        with open_look(station, NOW, reason="r", reveal=True) as look, pytest.raises(BadInput) as error:
            look.person_id(who)
        answers.add((error.value.what, error.value.mend))
    assert len(answers) == 1
    refused = ("refused", None, "somebody asked for by name, by one who may not")
    assert told(station) == [refused] * len(NAMES)
    with station.state.read() as connection:
        rows = str(audit.entries(connection))
    assert not [who for who in NAMES if who in rows]
    station.close()


def test_by_pseudonym_and_by_case_everything_goes_on(tmp_path: Path) -> None:
    station = station_of(tmp_path / "work", viewers("viewer"))
    case_id = open_case(station)
    with open_look(station, NOW) as look:
        pseudonym = look.veil.pseudonym("p000")
        assert look.find(pseudonym.upper()).person_id == "p000"
        assert held_case(look, case_id)[1].person_id == "p000"
        assert held_case(look, pseudonym)[0].case.case_id == case_id
    station.close()


def test_a_case_is_not_found_by_the_name_of_its_person(tmp_path: Path) -> None:
    for folder, config in (("a", viewers("viewer")), ("b", viewers("investigator"))):
        station = station_of(tmp_path / folder, config)
        case_id = open_case(station)
        with open_look(station, NOW, reason="r") as look:
            if folder == "b":
                assert held_case(look, "acct.p000")[0].case.case_id == case_id
            else:
                for who in NAMES:
                    with pytest.raises(BadInput, match="is no case"):
                        held_case(look, who)
        station.close()


@pytest.mark.parametrize(
    "words", [("timeline",), ("compare",), ("events", "--at", "2017-11-02"), ("case", "show"), ("report",)]
)
def test_no_command_tells_who_leaves(tmp_path: Path, words: tuple[str, ...]) -> None:
    station = station_of(tmp_path / "work", TWO_PERSON + viewers("investigator"))
    said = set()
    for who in ("acct.p000", "acct.p001", "acct.p777"):
        ran = lastday(*words, who, "-C", station.folder)
        assert ran.code == 2
        assert "p-" not in ran.err.replace("lastday p-", "")
        said.add(ran.err.replace(who, "X"))
    assert len(said) == 1
    station.close()


def test_a_silence_and_the_audit_are_asked_for_by_pseudonym(tmp_path: Path) -> None:
    station = station_of(tmp_path / "work", viewers("operator", "privacy-officer"))
    for words in (("silence", "add", "--hours", "2", "--reason", "r", "--person"), ("audit", "show", "--person")):
        said = {lastday(*words, who, "-C", station.folder).err.replace(who, "X") for who in ("p001", "p777")}
        assert len(said) == 1
        assert "is no pseudonym" in said.pop()
    station.close()


def test_who_may_erase_names_people_for_that_and_learns_no_pseudonym(tmp_path: Path) -> None:
    """A request to be erased comes under a name."""
    station = station_of(tmp_path / "work", viewers("privacy-officer"))
    ran = lastday("hold", "add", "acct.p001", "--reason", "court", "-C", station.folder)
    assert (ran.code, ran.err) == (0, "the person is held\n")
    assert told(station)[0][::2] == ("hold", "hold add; asked for by name")
    station.close()


def test_the_notebook_asks_as_the_command_line_does(tmp_path: Path) -> None:
    station = station_of(tmp_path / "work", viewers("viewer"))
    with Book(station.folder, reason="r") as book, pytest.raises(BadInput, match="is no pseudonym"):
        book.events("acct.p000")
    station.close()


def test_an_approved_reveal_lets_ask_for_that_person_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    station = with_ann(station_of(tmp_path / "work", TWO_PERSON + TWO.replace('"p000"', '"p009"')))
    us = look_of(station, "us", monkeypatch, reveal=True)
    pseudonym = us.veil.pseudonym("p000")
    with pytest.raises(BadInput, match="is no pseudonym"):
        us.find("acct.p000")
    with pytest.raises(BadInput, match="waits as request 1"):
        us.find(pseudonym)
    seconding.decide(look_of(station, "ann", monkeypatch), 1, True)
    us = look_of(station, "us", monkeypatch)
    assert us.find("acct.p000").person_id == "p000"
    assert told(station)[-1] == ("look", pseudonym, "asked for by name; names shown")
    with pytest.raises(BadInput, match="is no pseudonym"):
        us.find("acct.p001")
    station.close()


def test_what_they_write_comes_back_with_one_mark_for_everybody(tmp_path: Path) -> None:
    people = roster(20).replace("Person 0,", "Zyx Canaryname,")
    station = station_of(tmp_path / "work", TWO_PERSON + viewers("investigator"), people)
    case_id = open_case(station)
    with open_look(station, NOW, reveal=True, reason="is it acct.p000, Zyx or Canaryname?") as look:
        with pytest.raises(BadInput, match="waits as"):
            look.find(look.veil.pseudonym("p000"))
        decide(look, case_id, "note", None, text="canaryname or acct.p001")
        held, _ = held_case(look_again(station), case_id)
    with station.state.read() as connection:
        (request,) = requests.standing(connection, NOW, ["reveal"], "waiting")
    assert request.reason == "is it (name), Zyx or (name)?"
    assert held.steps[0].text == "(name) or (name)"
    station.close()


def look_again(station: Station) -> Look:
    with open_look(station, NOW) as look:
        return look


@pytest.mark.parametrize("query", ["SELECT 'acct.p000'", "SELECT 'acct.p' || '000'", "SELECT ['acct.p000']"])
def test_an_answer_of_sql_tells_not_whose_a_name_is(tmp_path: Path, query: str) -> None:
    for folder, config in (("a", viewers("viewer")), ("b", viewers("investigator"))):
        station = station_of(tmp_path / folder, config)
        with open_look(station, NOW) as look, asked(look, query, 10, "200MB") as answer:
            (((value),),) = answer.rows
        assert ("p-" in str(value)) == (folder == "b")
        assert ("(name)" in str(value)) == (folder == "a")
        station.close()


def test_an_error_of_sql_tells_not_whose_a_name_is(tmp_path: Path) -> None:
    station = station_of(tmp_path / "work", viewers("viewer"))
    query = "SELECT CAST('acct.p000' AS INTEGER)"
    with open_look(station, NOW) as look, pytest.raises(BadInput) as error, asked(look, query, 10, "200MB") as answer:
        list(answer.rows)
    assert "p-" not in str(error.value)
    assert "(name)" in str(error.value)
    station.close()
