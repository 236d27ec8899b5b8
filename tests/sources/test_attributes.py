"""Every unknown key is kept as an attribute, whatever its name."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from monitor.scanning import scan
from monitor.settings import load_settings
from monitor.sql import MAX_ATTRIBUTES
from tests.organisation import Org
from tests.sources.reading import line, read, read_bytes, write_as

ODD_KEYS = [
    "n", "t", "file", "why", "line", "bad", "x", "broken", "wrong", "size", "raw", "rowid", "cells", "found",
    "incoming", "Target", "ID", "Time", "select", "a b", "a.b", "a'b", 'a"b', "a\\b", "a/b", "a~b", "a\nb", "*", "$",
    "#", "?", "0", "", "\N{RIGHT-TO-LEFT OVERRIDE}", "\0", "\N{LATIN SMALL LETTER E WITH ACUTE}", "k" * 5000, "{x}",
    "%s", "--", ";", "@host",
]  # fmt: skip


@pytest.mark.parametrize("key", ODD_KEYS)
def test_any_key_of_a_json_line(tmp_path: Path, key: str) -> None:
    told = read_bytes(tmp_path, line(**{key: "kept"}) + line(id="2"))
    [name] = told.intake.attributes
    assert name == "@" + key.lower().replace("\0", "\N{REPLACEMENT CHARACTER}")
    assert told.events[0][name] == "kept"


@pytest.mark.parametrize("kind", ["csv", "parquet"])
@pytest.mark.parametrize("key", [k for k in ODD_KEYS if k not in ("", "\0", "Target", "ID", "Time", "a\nb")])
def test_any_column(tmp_path: Path, kind: str, key: str) -> None:
    told = read(write_as(kind, tmp_path, [json.loads(line(**{key: "kept"}))]))
    assert told.events[0]["@" + key.lower()] == "kept"


def test_keys_that_differ_in_case_are_one(tmp_path: Path) -> None:
    told = read_bytes(tmp_path, line(id="1", Host="a") + line(id="2", host="b") + line(id="3", HOST="c"))
    assert [event["@host"] for event in told.events] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (5, "5"),
        (1.5, "1.5"),
        (True, "true"),
        ([1, 2], "[1,2]"),
        ({"a": {"b": 1}}, '{"a":{"b":1}}'),
        ("", None),
        (None, None),
    ],
)
def test_any_value(tmp_path: Path, value: object, kept: str | None) -> None:
    data = json.loads(line())
    (tmp_path / "e.jsonl").write_text(json.dumps(data | {"extra": value}) + "\n")
    [event] = read(tmp_path / "e.jsonl").events
    assert event.get("@extra") == kept


def test_of_too_many_those_on_most_lines_are_kept(tmp_path: Path) -> None:
    lines = b"".join(line(id=str(i), host="pc", **{f"a{i}": "once"}) for i in range(MAX_ATTRIBUTES + 10))
    told = read_bytes(tmp_path, lines)
    assert len(told.intake.attributes) == MAX_ATTRIBUTES
    assert all(event["@host"] == "pc" for event in told.events)


def test_no_name_of_the_engine_is_forbidden(tmp_path: Path) -> None:
    """A log may use every column name that any query of the engine uses: its findings stay the same."""
    org = Org(date(2017, 8, 1), date(2017, 11, 10))
    people = org.team("ops", 40)
    org.usual(people, "file.delete", per_day=2, target=lambda d: f"/tmp/{d.randint(1, 9999)}")
    org.usual(
        people[:6],
        "database.drop",
        per_day=1,
        target=lambda d: f"scratch{d.randint(1, 9)}",
        magnitude=lambda d: d.randint(1, 99),
    )
    org.leaves("ops-07", "2017-11-03")
    org.does("ops-07", "database.drop", "2017-11-02", "23:10", target="customers", magnitude=1_200_000)
    first = org.scan(tmp_path)
    names = {name for (name,) in first.history.rows("SELECT column_name FROM duckdb_columns() WHERE NOT internal")}
    assert {"zone", "seconds", "p", "why"} <= names
    for i, event in enumerate(org.events):
        event |= {name.upper(): f"v{i % 3}" for name in sorted(names)[i % 7 :: 7] if name not in event}
    (tmp_path / "again").mkdir()
    roster, log = org.write(tmp_path / "again")
    again = scan([roster], [str(log)], load_settings())
    assert again.rejects == []
    assert again.found[0].action == first.found[0].action == "database.drop"
