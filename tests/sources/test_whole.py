"""A file read in one go holds the same events as line by line, and one with any odd line is left to that."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.scanning import open_engine
from monitor.settings import load_settings
from monitor.sources.canonical import KNOWN
from monitor.sources.files import load
from monitor.sources.formats import Reading
from monitor.sources.incoming import create_tables
from monitor.sources.json_lines import JsonReader
from monitor.sources.json_whole import insert_whole
from tests.sources.reading import line, read_bytes
from tests.sources.test_bad_lines import BAD_JSON

KEYS = dict(zip(KNOWN, KNOWN, strict=True)) | {"@disk": "Disk"}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["5", "-1", "true", "[a]", "{", '"', '"q"', "a\\b", "é\n", "\0", "null", "NaN", "0x1", ""]
)
VALUES = TEXTS | st.none() | st.booleans() | st.integers() | st.floats() | st.lists(st.floats(), max_size=2)


def engine() -> duckdb.DuckDBPyConnection:
    db = duckdb.connect()
    create_tables(db, ["@disk"])
    return db


def whole(path: Path, doubtful: tuple[str, ...] = ()) -> list[tuple] | None:
    """The events of a file read in one go, None where it is not for that."""
    with engine() as db:
        read = insert_whole(db, path, 0, ["@disk"], KEYS, doubtful, None)
        found = db.execute("SELECT * EXCLUDE (n) FROM event ORDER BY ALL").fetchall()
    assert read or not found
    return found if read else None


def by_lines(path: Path) -> tuple[list[tuple], bool]:
    """The events of a file read line by line, and whether each line is one."""
    with engine() as db:
        reader = JsonReader(db, path, {"@disk": ["Disk"]}, Counter())
        reader.insert(0, ["@disk"], None)
        events = db.execute("SELECT * EXCLUDE (n) FROM event WHERE why IS NULL ORDER BY ALL").fetchall()
        return events, not db.execute("SELECT count(why) FROM event").fetchall()[0][0]


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.fixed_dictionaries({}, optional={"target": VALUES, "ip": VALUES, "id": VALUES, "Disk": VALUES}), max_size=3
    )
)
def test_it_reads_what_the_lines_say_or_nothing(tmp_path_factory: pytest.TempPathFactory, rows: list[dict]) -> None:
    path = tmp_path_factory.mktemp("rows") / "events.jsonl"
    path.write_bytes(b"".join(line(**{"id": f"e{i}"} | row) for i, row in enumerate(rows)))
    events, good = by_lines(path)
    for doubtful in ((), ("id", "target", "ip", "@disk")):
        found = whole(path, doubtful)
        assert found is None or (good and found == events)


@pytest.mark.parametrize(
    ("row", "doubtful"),
    [
        ({}, ()), ({"target": "é\n\"q\" \\ \U0001f600"}, ()), ({"target": "007"}, ("target",)),
        ({"id": "[x]", "target": 'a\\"b', "ip": "{"}, ("id", "target", "ip")), ({"magnitude": 5.5}, ()),
        ({"reason": ""}, ()), ({"target": None}, ("target",)), ({"actor": " ann "}, ("actor",)),
        ({"ip": 12, "Disk": -0.5, "reason": "1.5"}, ()), ({"time": " 2025-01-01T00:00:00Z "}, ()),
    ],
)  # fmt: skip
def test_it_reads_good_lines(tmp_path: Path, row: dict[str, Any], doubtful: tuple[str, ...]) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(line(id="e0") + line(**{"id": "e1"} | row))
    assert whole(path, doubtful) == by_lines(path)[0] != []


@pytest.mark.parametrize("number", [1e22, 8.2e-07, -1e-05, 1e-10, 123456789012345678901234567890, 0.1])
def test_a_number_is_written_as_line_by_line(tmp_path: Path, number: float) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(line(id="e1", ip=number, Disk=number))
    assert whole(path) in (None, by_lines(path)[0])
    assert whole(path, ("ip", "@disk")) == by_lines(path)[0] != []


@pytest.mark.parametrize("bad", [bad for bad, _ in BAD_JSON], ids=range(len(BAD_JSON)))
def test_one_bad_line_leaves_the_file_to_the_lines(tmp_path: Path, bad: bytes) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(line(id="e0") + bad + line(id="e2"))
    assert whole(path) is None
    assert whole(path, ("id", "target", "ip", "actor", "action", "source", "reason")) is None
    path.write_bytes(line(id="e0") + line(id="e2"))
    assert whole(path)


def test_a_name_with_signs_of_a_pattern_is_a_name(tmp_path: Path) -> None:
    read_bytes(tmp_path, line(id="other"), "log1.jsonl")
    assert read_bytes(tmp_path, line(id="mine"), "log[1].jsonl").ids == ["mine"]


def test_an_odd_text_after_many_lines_is_read(tmp_path: Path) -> None:
    """The samples did not tell that it needs a closer look."""
    data = b"".join(line(id=f"e{i}") for i in range(3)) + line(id="4", target="0815") + line(id="e5", target=815)
    found = read_bytes(tmp_path, data)
    assert found.ids == ["4", "e0", "e1", "e2"]
    assert found.aside == [(5, "target is a number, not text; write it in quotes")]


def test_progress_is_told_to_the_end(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(line(id=f"e{i}") for i in range(20_000)))
    told: list[tuple[Path, int, int]] = []
    with open_engine(load_settings()) as db:
        db.execute("SET progress_bar_time = 10; SET enable_progress_bar = false")
        load(db, [path], look=Reading().look, progress=lambda *at: told.append(at))
    size = path.stat().st_size
    assert told[-1] == (path, size, size)
    assert capfd.readouterr().out == ""
