"""Who acted: an actor is matched by account, e-mail or person_id whatever its case; who is not is counted and told."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from monitor.cli.summary import messages, shortfalls
from monitor.core.identity import Stay, own_names
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
    assert found.ambiguous == {"root": ("p1", "p2")}
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
    assert result.unmatched == []
    told = [line for line in messages(result) if "root" in line]
    assert len(told) == 1, "told once, not also as somebody on no roster"
    assert told[0].startswith("ambiguous: 1 name belongs to several people and was left out with 1 event")
    assert shortfalls(result) == []


def test_a_leaver_whose_name_is_ambiguous_makes_a_scan_degraded(tmp_path: Path) -> None:
    result = look(tmp_path, ["alee", "alee", "root"], [ANN, BOB, {"person_id": "P9", "accounts": "alee"}])
    assert "1 name of somebody who leaves belongs to several people, and the events are nobody's" in shortfalls(result)


def whose(folder: Path, others: dict[str, str], **leaver: str) -> str:
    """Whose `shared` is, of P1 and P2, in a log of one day, 2 November 2017."""
    people = [{"person_id": "P1", "accounts": "shared"} | leaver, {"person_id": "P2", "accounts": "shared"} | others]
    result = look(folder, ["shared", "bob@example.org"], [*people, BOB | {"person_id": "P3"}])
    found = result.assessed.people
    return found.all[found.names["shared"]].person_id if "shared" in found.names else ""


def test_of_several_records_the_one_that_is_there_while_the_logs_run_has_the_name(tmp_path: Path) -> None:
    """A rehire's or a contractor's old row does not take the leaver's acts away."""
    assert whose(tmp_path, {"last_day": "2016-06-30"}, last_day="2017-11-02") == "P1"
    assert whose(tmp_path, {"last_day": "2016-06-30"}) == "P1"
    assert whose(tmp_path, {"start_date": "2018-02-01"}, last_day="2017-11-02") == "P1"
    assert whose(tmp_path, {"last_day": "2016-06-30"}, last_day="2015-01-01") == "P2", "the later of two that ended"
    assert whose(tmp_path, {}, last_day="2017-10-20") == "P2", "ended before the logs begin"
    assert whose(tmp_path, {}, last_day="2017-11-02") == "", "both are there: nobody can tell"
    assert whose(tmp_path, {"last_day": "2016-06-30", "status": "withdrawn"}, last_day="2017-11-02") == ""


def test_an_old_account_yields_to_the_email_of_whoever_is_there(tmp_path: Path) -> None:
    people = [
        {"person_id": "V1", "accounts": "ann.lee@example.org", "last_day": "2016-06-30"},
        ANN, BOB,
    ]  # fmt: skip
    result = look(tmp_path, ["ann.lee@example.org"], people)
    assert result.history.rows("SELECT count(*) FROM who") == [(1,)]
    found = result.assessed.people
    assert found.all[found.names["ann.lee@example.org"]].person_id == "P1"


@pytest.mark.parametrize(("first", "owner"), [("hr", "P1"), ("vendors", "V1")])
def test_where_nothing_else_decides_the_roster_named_first_has_the_say(tmp_path: Path, first: str, owner: str) -> None:
    hr = write_csv(tmp_path / "hr.csv", [ANN, BOB])
    vendors = write_csv(tmp_path / "vendors.csv", [{"person_id": "V1", "accounts": "alee"}])
    log = tmp_path / "events.jsonl"
    log.write_text('{"id": "1", "time": "2017-11-02T10:00:00Z", "actor": "alee", "action": "file.delete"}\n')
    order = [hr, vendors] if first == "hr" else [vendors, hr]
    found = scan(order, [str(log)], load_settings()).assessed.people
    assert found.all[found.names["alee"]].person_id == owner


def test_an_event_from_a_broken_clock_does_not_move_the_logs(tmp_path: Path) -> None:
    roster = write_csv(tmp_path / "hr.csv", [ANN, {"person_id": "P9", "accounts": "alee", "last_day": "2016-06-30"}])
    log = tmp_path / "events.jsonl"
    times = ["2014-01-01T10:00:00Z"] + ["2017-11-02T10:00:00Z"] * 2000 + ["2099-01-01T10:00:00Z"]
    lines = [{"id": str(i), "time": t, "actor": "alee", "action": "file.delete"} for i, t in enumerate(times)]
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = scan([roster], [str(log)], load_settings()).assessed.people
    assert found.all[found.names["alee"]].person_id == "P1"


def test_nobody_is_matched_where_every_name_is_ambiguous(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"'alee' belongs to several"):
        look(tmp_path, ["alee"], [{"person_id": "P1", "accounts": "alee"}, {"person_id": "P2", "accounts": "alee"}])


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


def test_a_record_that_ended_more_than_a_watch_window_before_the_logs_do_yields() -> None:
    there = {"p1": Stay(None, date(2017, 6, 30)), "p2": Stay(date(2017, 9, 1), None)}
    both = [person("p1", None, "ann"), person("p2", None, "ann")]
    logs = date(2017, 1, 1), date(2017, 11, 2)
    assert own_names(both, there, lambda: logs)[0]["ann"] == "p2"
    assert own_names(both, there, lambda: (logs[0], date(2017, 7, 15)))[0]["ann"] == "p1", "the other is not there yet"
    assert own_names(both, {"p1": there["p1"], "p2": Stay()}, lambda: (logs[0], date(2017, 7, 15)))[1] == {
        "ann": ("p1", "p2")
    }


def test_leavers_whose_last_day_cannot_be_read_make_a_scan_degraded(tmp_path: Path) -> None:
    result = look(tmp_path, ["alee", "root"], [ANN | {"last_day": "02.11.2017"}, BOB])
    assert shortfalls(result) == ["100 % of the last days on the roster could not be read"]
    told = messages(result)
    assert told[0] == "set aside: 1 date on the roster could not be read, for example"
    assert told[1].startswith(f"  {tmp_path}/hr.csv:2: last_day '02.11.2017' is no date")
    assert result.unmatched == [], "they are people all the same"


@pytest.mark.parametrize(
    ("ids", "told"),
    [
        (["", "", ""], "repeated: 2 identical lines without an id; each counted once"),
        (
            ["", "", "1", "1"],
            "repeated: 1 line had an id that came before; 1 identical line without an id; each counted once",
        ),
        (["1", "1"], "repeated: 1 line had an id that came before; each counted once"),
    ],
)
def test_repeats_are_told_by_what_makes_them_so(tmp_path: Path, ids: list[str], told: str) -> None:
    roster = write_csv(tmp_path / "hr.csv", [ANN, BOB])
    event = {"time": "2017-11-02T10:00:00Z", "actor": "alee", "action": "file.delete"}
    columns = [{"id": i} if any(ids) else {} for i in ids]
    log = write_csv(tmp_path / "log.csv", [column | event for column in columns])
    assert any(line.startswith(told) for line in messages(scan([roster], [str(log)], load_settings())))
