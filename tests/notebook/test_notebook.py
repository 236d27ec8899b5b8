"""The notebook door: frames with fixed types, pseudonyms, looks on record; and the example in docs runs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

import monitor
from monitor.looking import system_user
from monitor.model import BadInput
from monitor.notebook import Book
from monitor.station import open_station
from monitor.store import audit
from tests.demonstration import DemoFolder

EXAMPLE = Path(__file__).parents[2] / "docs" / "notebook.ipynb"
US = "datetime64[us, UTC]"


@pytest.fixture
def book(own_demo: DemoFolder) -> Iterator[Book]:
    with monitor.open(own_demo.path, reason="a test") as book:
        yield book


def asked(demo: DemoFolder) -> list[tuple[str, str | None, str]]:
    station = open_station(demo.path)
    with station.state.read() as connection:
        rows = [(row.what, row.subject, row.detail) for row in audit.entries(connection)]
    station.close()
    return rows


def test_types_are_the_same_with_and_without_rows(book: Book, own_demo: DemoFolder) -> None:
    with monitor.open(own_demo.path) as nobody:  # nobody of 2017 is in a window, and no reason is given
        for ask in ("people", "departures", "findings"):
            empty, full = getattr(nobody, ask)(), getattr(book, ask)()
            assert len(empty) == 0 < len(full), ask
            assert dict(empty.dtypes) == {name: kind for name, kind in full.dtypes.items() if name in empty}, ask
    none = book.events(own_demo.contractor, since="2016-01-01", until="2016-01-02")
    some = book.events(own_demo.contractor, since="2017-09-01", until="2017-09-13")
    assert len(none) == 0 < len(some)
    assert dict(none.dtypes) == dict(some.dtypes)


def test_findings(book: Book) -> None:
    found = book.findings()
    top = found.iloc[0]
    assert (top.action, top.magnitude, top.severity) == ("account.deactivate", 44_475_740.0, "critical")
    assert found.score.is_monotonic_decreasing
    assert found.time.dtype == US
    assert found.last_day.dtype == "datetime64[us]"
    assert list(found.severity.cat.categories) == ["low", "medium", "high", "critical"]
    assert 0 < (found.severity >= "medium").sum() < len(found)
    assert (found.severity >= "medium").sum() == found.severity.isin(["medium", "high", "critical"]).sum()
    assert found.index.is_unique


def test_departures_and_their_versions(book: Book) -> None:
    person = book.findings().iloc[0].person
    now = book.departures()
    assert now[now.person == person].last_day.tolist() == [pd.Timestamp("2017-09-13")]
    told = book.departures(every_version=True).query("person == @person").sort_values("told_at")
    assert told.last_day.tolist() == [pd.Timestamp("2017-10-31"), pd.Timestamp("2017-09-13")]
    assert told.ended_at.iloc[0] == told.told_at.iloc[1]
    assert pd.isna(told.ended_at.iloc[1])


def test_events_are_those_of_the_log(book: Book, own_demo: DemoFolder) -> None:
    log = [json.loads(line) for line in (own_demo.path / "inbox" / "events.jsonl").read_text("utf-8").splitlines()]
    told = own_demo.by_person[own_demo.contractor]
    names = {own_demo.contractor.lower(), told["email"].lower(), *told["accounts"].lower().split("|")}
    mine = {e["id"]: e for e in log if e["actor"].lower() in names}
    events = book.events(own_demo.contractor, since="2017-05-01", until="2017-10-01")
    assert set(events.index) == set(mine)
    assert events.time.is_monotonic_increasing
    one = events.loc["e0328020"]
    assert (one.action, one.magnitude) == ("account.deactivate", 44_475_740.0)
    assert one.time == pd.Timestamp(mine["e0328020"]["time"])
    some = book.events(own_demo.contractor, since="2017-05-01", until="2017-10-01", action="account.*")
    assert set(some.index) == {i for i, e in mine.items() if e["action"].startswith("account.")}


def test_several_people_at_once(book: Book, own_demo: DemoFolder) -> None:
    both = book.events([own_demo.contractor, own_demo.seller], since="2017-07-01", until="2017-07-31")
    assert both.person.nunique() == 2


def test_no_name_without_reveal(book: Book, own_demo: DemoFolder) -> None:
    frames = [book.people().reset_index(), book.departures(every_version=True), book.findings().reset_index()]
    frames.append(book.events(own_demo.contractor, since="2017-08-01", until="2017-09-18").reset_index())
    text = "\n".join(frame.to_csv() for frame in frames)
    for person in own_demo.by_person.values():
        assert person["name"] not in text
        assert person["email"] not in text
        assert person["person_id"] not in text


def test_a_reveal_shows_those_who_are_looked_at(own_demo: DemoFolder) -> None:
    name = own_demo.by_person[own_demo.contractor]["name"]
    with monitor.open(own_demo.path, reveal=True, reason="hearing") as book:
        assert book.events(own_demo.contractor, since="2017-09-13", until="2017-09-13").person.str.contains(name).all()
        assert book.people().index.str.contains(name).sum() == 1, "the others stay under their pseudonyms"
        (label,) = book.events(own_demo.contractor, since="2017-09-13", until="2017-09-13").person.unique()
        assert len(book.events(label, since="2017-09-13", until="2017-09-13")), "what is shown is understood"


def test_every_question_is_on_record(book: Book, own_demo: DemoFolder) -> None:
    before = len(asked(own_demo))
    person = book.findings().iloc[0].person
    book.people(), book.departures(), book.events(person)
    rows = asked(own_demo)[before:]
    assert [(what, subject) for what, subject, _ in rows] == [
        ("look", None), ("look", None), ("look", None), ("look", person),
    ]  # fmt: skip
    assert all(detail.startswith("notebook") for _, _, detail in rows)


def test_refusals(own_demo: DemoFolder) -> None:
    with monitor.open(own_demo.path) as book:
        with pytest.raises(BadInput, match="not in a watch window"):
            book.events(own_demo.contractor)
        with pytest.raises(BadInput, match="nobody whom a roster knows"):
            book.events("nobody")
    with monitor.open(own_demo.path, reason="x") as book:
        with pytest.raises(BadInput, match="comes after"):
            book.events(own_demo.contractor, since="2017-02-01", until="2017-01-01")
        with pytest.raises(BadInput, match="more than 400 days"):
            book.events(own_demo.contractor, since="2015-02-01", until="2017-01-01")
        with pytest.raises(BadInput, match="is no day"):
            book.events(own_demo.contractor, since="yesterday")
    config = own_demo.path / "lastday.toml"
    me = f'\n[[viewers]]\nname = "me"\nuser = "{system_user()}"\nroles = ["operator"]\n'
    config.write_text(config.read_text("utf-8") + me, "utf-8")
    with pytest.raises(BadInput, match="no right to look"):
        monitor.open(own_demo.path)


def test_ones_own_person_is_left_out(own_demo: DemoFolder) -> None:
    config = own_demo.path / "lastday.toml"
    me = f'\n[[viewers]]\nname = "me"\nuser = "{system_user()}"\nroles = ["investigator"]\n'
    config.write_text(config.read_text("utf-8") + me + f'person = "{own_demo.contractor}"\n', "utf-8")
    with monitor.open(own_demo.path, reason="x") as book:
        assert len(book.people()) == len(own_demo.by_person) - 1
        assert "e0328020" not in {i for ids in book.findings().event_ids for i in ids}
        with pytest.raises(BadInput, match="is nobody whom a roster knows"):
            book.events(own_demo.contractor)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # of the kernel and its event loop, none of them ours
def test_the_example_runs(own_demo: DemoFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LASTDAY_FOLDER", str(own_demo.path))
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(EXAMPLE.parents[1]), os.environ.get("PYTHONPATH", "")]))
    notebook = nbformat.read(EXAMPLE, as_version=4)
    nbformat.validate(notebook)
    assert not any(cell.get("outputs") for cell in notebook.cells), "kept without outputs: they would hold people"
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    shown = json.dumps(notebook.cells)
    assert "44475740" in shown
    assert not any(person["name"] in shown for person in own_demo.by_person.values())
