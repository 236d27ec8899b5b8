"""Every string from a log or a roster is inert in what the commands of a working folder write."""

from __future__ import annotations

import csv
import io
import json
import shutil
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from monitor.daemon import make_daemon
from monitor.station import open_station
from tests.cli.running import Ran, lastday
from tests.cli.test_hostile_text import HOSTILE, LONG, assert_inert, hostile_org
from tests.daemon.clockwork import SetClock
from tests.office import lay_out, roster

NOW = datetime(2017, 11, 6, 12, tzinfo=UTC)
FORMULAS = tuple("=+-@\t\r|%")


@pytest.fixture(scope="module", params=[HOSTILE, f"=1+1{HOSTILE}{LONG}"], ids=["hostile", "formula and long"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder in which everything that can be text is that text."""
    folder = lay_out(tmp_path_factory.mktemp("hostile") / "work")
    org = hostile_org(request.param)
    for row in org.people.values():
        if row.get("name"):  # another one: blurring would take the texts away that are to be shown
            row["name"] = "\x1b[2J=Zed\N{RIGHT-TO-LEFT OVERRIDE}<b>"
    hr, log = org.write(folder.parent)
    shutil.move(hr, folder / "rosters" / "hr.csv")
    shutil.move(log, folder / "inbox" / "log.jsonl")
    station = open_station(folder)
    daemon = make_daemon(station, SetClock(NOW))
    daemon.tick()
    assert not daemon.troubles()
    station.close()
    return folder


def run(store: Path, *words: str) -> Ran:
    with patch("monitor.cli.common._read_clock", lambda: NOW):
        return lastday(*words, "-C", store)


@pytest.fixture(scope="module")
def case(store: Path) -> dict:
    """The leaver's case, with notes that are hostile too."""
    case_id = run(store, "case", "list", "--format", "jsonl").lines[0]["case_id"]
    for words in (("note", case_id, HOSTILE), ("assign", case_id, f"=1+1{HOSTILE[:200]}")):
        ran = run(store, "case", *words)
        assert ran.code == 0, ran.err
        assert_inert(ran.err)
    return json.loads(run(store, "case", "show", case_id, "--format", "json").out)


COMMANDS = {
    "leavers": ("leavers", "--all"),
    "case list": ("case", "list"),
    "case show": ("case", "show", "{case_id}"),
    "timeline": ("timeline", "{person}"),
    "compare": ("compare", "{person}"),
    "explain": ("explain", "{finding_id}"),
    "events": ("events", "{person}", "--around", "{finding_id}", "--before", "5d", "--after", "5d"),
    "sql events": ("sql", "SELECT * FROM events WHERE person = '{person}' OR target_type IS NOT NULL"),
    "sql heading": ("sql", 'SELECT 1 AS "=1+1 \x1b[31m[bold]x[/]"'),
    "sql findings": ("sql", "SELECT * FROM findings"),
    "sql people": ("sql", "SELECT * FROM people"),
}
FORMS = {"table": COMMANDS, "json": COMMANDS, "csv": set(COMMANDS) - {"case show", "timeline", "explain"}}


def filled(case: dict, words: tuple[str, ...]) -> list[str]:
    given = {"case_id": case["case_id"], "person": case["person"], "finding_id": case["findings"][0]["finding_id"]}
    return [word.format(**given) if "{" in word else word for word in words]


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("columns", ["100", "60"])
def test_table(store: Path, case: dict, command: str, columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that a terminal obeys, no markup taken for style, and no line wider than the screen."""
    monkeypatch.setenv("COLUMNS", columns)
    ran = run(store, *filled(case, COMMANDS[command]))
    assert ran.code == 0, ran.err
    assert_inert(ran.out)
    assert_inert(ran.err)
    wide = {"F": 2, "W": 2}
    widths = [sum(wide.get(unicodedata.east_asian_width(c), 1) for c in line) for line in ran.out.splitlines()]
    assert max(widths) <= int(columns)
    assert len(ran.out) < 60_000, "ten thousand characters are cut, again and again"


def test_what_is_hostile_is_really_there(store: Path, case: dict) -> None:
    """The texts above are not inert because they were left out."""
    ran = run(store, *filled(case, COMMANDS["events"]), "--format", "json")
    assert "\x1b[2J" in json.dumps(json.loads(ran.out), ensure_ascii=False).replace("\\u001b", "\x1b")
    assert "[bold red" in run(store, *filled(case, COMMANDS["explain"])).out
    assert "<script>" in run(store, *filled(case, COMMANDS["sql findings"]), "--format", "csv").out


@pytest.mark.parametrize("command", sorted(FORMS["csv"]))
def test_csv(store: Path, case: dict, command: str) -> None:
    """No cell that a spreadsheet calculates, no control character, one line a row."""
    ran = run(store, *filled(case, COMMANDS[command]), "--format", "csv")
    assert ran.code == 0, ran.err
    table = list(csv.reader(io.StringIO(ran.out)))
    assert len(ran.out.splitlines()) == len(table)
    assert_inert(ran.out)
    for cell in (cell for row in table for cell in row):
        assert not cell.lstrip().startswith(FORMULAS) or cell.lstrip("-").replace(".", "", 1).isdigit(), cell[:80]


@pytest.mark.parametrize("command", COMMANDS)
def test_json(store: Path, case: dict, command: str) -> None:
    """Everything is escaped to ASCII, and reads back."""
    ran = run(store, *filled(case, COMMANDS[command]), "--format", "json")
    assert ran.code == 0, ran.err
    assert ran.out.isascii()
    assert_inert(ran.out)
    assert json.loads(ran.out) is not None


@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_report(store: Path, case: dict, form: str) -> None:
    """tests/report holds what each form makes of such text; here it comes all the way from a log."""
    ran = run(store, "report", case["case_id"], "--format", form, "-o", "-")
    assert ran.code == 0, ran.err
    assert_inert(ran.out)
    assert "<script>" not in ran.out if form == "html" else "script" in ran.out


def test_errors(store: Path) -> None:
    """What the user types is inert too."""
    for words in (
        ("timeline", HOSTILE), ("explain", HOSTILE), ("case", "show", HOSTILE), ("sql", f"SELECT '{HOSTILE[:40]}"),
        ("sql", f'SELECT * FROM "{LONG}"'), ("case", "close", HOSTILE, "--as", "benign", "--reason", HOSTILE),
    ):  # fmt: skip
        ran = run(store, *(word.replace("\0", "") for word in words))
        assert ran.code == 2
        assert_inert(ran.err)
        assert len(ran.err) < 2000


def test_a_name_is_inert_while_a_reveal_is_in_force(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    hostile = "\a\N{RIGHT-TO-LEFT OVERRIDE}Zed"  # without an escape, which click drops where nobody sees a terminal
    (folder / "rosters" / "hr.csv").write_text(roster(5).replace("Person 0", hostile))
    station = open_station(folder)
    make_daemon(station, SetClock(NOW)).tick()
    station.close()
    why = ("--reason", "a request")
    for words in (("hold", "add", "p000", *why), ("timeline", "p000", "--reveal", *why)):
        ran = run(folder, *words)
        assert ran.code == 0, ran.err
    for words in (("hold", "list"), ("events", "p000", "--at", "2017-11-01")):
        ran = run(folder, *words)
        assert "Zed (p000)" in ran.out + ran.err
        assert_inert(ran.out + ran.err)
