"""Who acted: an actor is matched by account, e-mail or person_id whatever its case; who is not is counted and told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.cli.summary import messages
from monitor.matching import identify
from monitor.model import BadInput, Person
from monitor.scanning import Scan, scan
from monitor.settings import load_settings
from tests.organisation import write_csv


def person(person_id: str, email: str | None = None, *accounts: str) -> Person:
    return Person(person_id, None, email, accounts, None, None, None, None, None, None)


def names(*people: Person) -> dict[str, str]:
    found = identify(people, "UTC")
    return {name: found.all[number].person_id for name, number in found.names.items()}


def test_every_name_of_a_person() -> None:
    ann = person("P1", "ann@example.org", "ann", "adm-ann")
    assert names(ann) == {"p1": "P1", "ann@example.org": "P1", "ann": "P1", "adm-ann": "P1"}


def test_a_name_of_two_people_is_nobodys() -> None:
    found = identify([person("p1", None, "root", "ann"), person("p2", None, "root")], "UTC")
    assert found.ambiguous == ["root"]
    assert "root" not in found.names


def test_an_account_goes_before_an_email_and_a_person_id() -> None:
    """An account called like somebody else's id is the account's."""
    assert names(person("p1", None, "p2"), person("p2", "p2@x"))["p2"] == "p1"


def look(folder: Path, actors: list[str], people: list[dict[str, str]], **event: str) -> Scan:
    roster = write_csv(folder / "hr.csv", people)
    log = folder / "events.jsonl"
    lines = [
        json.dumps({"id": str(i), "time": "2017-11-02T10:00:00Z", "actor": actor, "action": "file.delete"} | event)
        for i, actor in enumerate(actors)
    ]
    log.write_text("\n".join(lines), "utf-8")
    return scan([roster], [str(log)], load_settings())


ANN = {"person_id": "P1", "email": "Ann.Lee@Example.ORG", "accounts": "ALee|adm-ann", "last_day": "2017-11-02"}
BOB = {"person_id": "P2", "email": "bob@example.org", "accounts": "root"}


@pytest.mark.parametrize(("account", "actor"), [("İbrahim", "İBRAHİM"), ("ΝΊΚΟΣ", "ΝΊΚΟΣ"), ("Straẞe", "STRAẞE")])
def test_letters_that_python_and_the_engine_lower_in_two_ways(tmp_path: Path, account: str, actor: str) -> None:
    found = look(tmp_path, [actor], [{"person_id": "P1", "accounts": account, "last_day": "2017-11-02"}, BOB])
    assert found.unmatched == []


@pytest.mark.parametrize(
    "actor", ["alee", "ALEE", "Adm-Ann", "ann.lee@example.org", "ANN.LEE@EXAMPLE.ORG", "p1", "P1", " alee "]
)
def test_case_does_not_matter(tmp_path: Path, actor: str) -> None:
    result = look(tmp_path, [actor], [ANN, BOB])
    assert result.unmatched == []
    assert result.history.rows("SELECT count(*) FROM who") == [(1,)]


def test_the_unmatched_are_counted_by_source_with_an_example(tmp_path: Path) -> None:
    result = look(tmp_path, ["alee", "svc-2", "svc-1", "svc-1", "al", "ann.lee"], [ANN, BOB], source="mail")
    assert result.unmatched == [("mail", 4, 5, "al")]
    assert any(
        "not on the roster: 5 events by 4 actors (source mail), for example al" in line for line in messages(result)
    )


def test_the_ambiguous_are_told(tmp_path: Path) -> None:
    result = look(tmp_path, ["root", "alee"], [ANN, BOB, BOB | {"person_id": "P3", "email": ""}])
    assert result.unmatched == [(None, 1, 1, "root")]
    assert any(
        line.startswith("ambiguous: 1 name belongs to several people and was left out") and "root" in line
        for line in messages(result)
    )


def test_nobody_is_matched(tmp_path: Path) -> None:
    """Two files that do not belong together are wrong input, told with what to look at."""
    with pytest.raises(BadInput, match=r"no actor of any event is on the roster.*svc-1"):
        look(tmp_path, ["svc-1"], [ANN])


def test_no_event_at_all(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no event"):
        look(tmp_path, [], [ANN])


def test_all_lines_are_bad(tmp_path: Path) -> None:
    (tmp_path / "hr.csv").write_text("person_id\np1\n")
    (tmp_path / "e.jsonl").write_text("{}\nx\n")
    with pytest.raises(BadInput, match=r"no event in it.*e\.jsonl:1: no actor"):
        scan([tmp_path / "hr.csv"], [str(tmp_path / "e.jsonl")], load_settings())
