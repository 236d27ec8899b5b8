"""Feedback and labels that people write: read whole, or refused with the line and the mend."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from monitor.model import BadInput, Feedback, Label
from monitor.sources.feedback import read_feedback
from monitor.sources.labels import read_labels

HEAD = "person_id,team,action,verdict,reason,expires\n"
GOOD = "ann,,report.*,benign,the yearly audit,2017-12-31\n"
ENTRY = Feedback("ann", None, "report.*", "benign", "the yearly audit", date(2017, 12, 31))
TOML = """
[[feedback]]
person_id = "ann"
action = "report.*"
verdict = "benign"
reason = "the yearly audit"
expires = 2017-12-31

[[ feedback ]]
team = "Sales/Agent"
action = "*"
verdict = "malicious"
reason = "sold the list"
expires = "2018-12-31"
"""


def put(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_feedback_in_csv_and_toml(tmp_path: Path) -> None:
    second = Feedback(None, "Sales/Agent", "*", "malicious", "sold the list", date(2018, 12, 31))
    rows = HEAD + GOOD + ',Sales/Agent,*,malicious,"sold the list",2018-12-31\n'
    assert read_feedback(put(tmp_path, "f.csv", rows)) == (ENTRY, second)
    assert read_feedback(put(tmp_path, "f.toml", TOML)) == (ENTRY, second)


def test_columns_in_any_order_and_without_team(tmp_path: Path) -> None:
    text = "expires;reason;verdict;action;person_id\n2017-12-31;the yearly audit;benign;report.*;ann\n\n"
    assert read_feedback(put(tmp_path, "f.csv", text)) == (ENTRY,)


@pytest.mark.parametrize("name", ["f.csv", "f.toml"])
def test_an_empty_file_says_nothing(tmp_path: Path, name: str) -> None:
    assert read_feedback(put(tmp_path, name, "")) == ()


@pytest.mark.parametrize(
    ("row", "what", "mend"),
    [
        ("ann,,*,benign,,2017-12-31", "no reason", "why"),
        ("ann,,*,benign,  ,2017-12-31", "no reason", "why"),
        ("ann,,*,benign,audit,", "no expires", "last day"),
        ("ann,,*,benign,audit,never", "'never' is no date", "2017-12-31"),
        ("ann,,*,harmless,audit,2017-12-31", "unknown verdict 'harmless'", "malicious, honest-mistake or benign"),
        ("ann,,*,,audit,2017-12-31", "no verdict", "malicious"),
        ("ann,Sales,*,benign,audit,2017-12-31", "both", "department/title"),
        (",,*,benign,audit,2017-12-31", "neither", "department/title"),
        ("ann,,,benign,audit,2017-12-31", "no action", "pattern"),
        ("ann,,*,benign,an audit, yearly,2017-12-31", "7 values for 6 columns", "quote"),
        ('ann,,*,benign,"an audit,2017-12-31', "quotes", "mend"),
        (f"ann,,*,benign,{'x' * 501},2017-12-31", "longer than 500", "shorter"),
    ],
)
def test_an_incomplete_entry_is_refused(tmp_path: Path, row: str, what: str, mend: str) -> None:
    path = put(tmp_path, "f.csv", HEAD + GOOD + row + "\n")
    with pytest.raises(BadInput) as refused:
        read_feedback(path)
    assert refused.value.line == 3
    assert what in refused.value.what
    assert mend in refused.value.mend


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        (TOML.replace("expires = 2017-12-31\n", ""), 2, "no expires"),
        (TOML.replace('reason = "sold the list"\n', ""), 9, "no reason"),
        (TOML.replace("verdict", "verdikt", 1), 2, "unknown key 'verdikt'"),
        (TOML.replace("2017-12-31", "42"), 2, "'42' is no date"),
        (TOML.replace('"report.*"', "= 3"), 4, "nvalid value"),
        ('[feedback]\nperson_id = "ann"\n', None, "no list of tables"),
        ("benign = 1\n", None, "unknown key 'benign'"),
    ],
)
def test_toml_is_refused_with_its_line(tmp_path: Path, text: str, line: int | None, what: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_feedback(put(tmp_path, "f.toml", text))
    assert (refused.value.line, what in refused.value.what) == (line, True)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("person_id,action\n", 1, "no column verdict"),
        ("person_id,verdict,until\n", 1, "unknown column 'until'"),
        ("person_id,verdict,verdict\n", 1, "same name"),
    ],
)
def test_strange_columns_are_refused(tmp_path: Path, text: str, line: int, what: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_feedback(put(tmp_path, "f.csv", text))
    assert (refused.value.line, what in refused.value.what) == (line, True)


def test_labels_in_csv(tmp_path: Path) -> None:
    rows = "person_id,verdict,event_id\nann,malicious,e1\nbob,benign,\nann,malicious,e2\ncy,honest-mistake,e3\n"
    assert read_labels(put(tmp_path, "l.csv", rows)) == (
        Label("ann", True, "malicious", ("e1", "e2")),
        Label("bob", False, "benign"),
        Label("cy", True, "honest-mistake", ("e3",)),
    )
    assert read_labels(put(tmp_path, "l.csv", "verdict,person_id\nbenign,bob\n")) == (Label("bob", False, "benign"),)


def test_labels_of_a_generated_organisation(tmp_path: Path) -> None:
    incident = {"person_id": "ann", "kind": "bulk", "story": "Took it.", "event_ids": ["e1"]}
    truth = {"shape": "bank", "incidents": [incident], "endings": [{"person_id": "bob", "kind": "tidy"}]}
    path = put(tmp_path, "truth.json", json.dumps(truth))
    assert read_labels(path) == (Label("ann", True, "bulk", ("e1",), "Took it."), Label("bob", False, "tidy"))


@pytest.mark.parametrize(
    ("name", "text", "line", "what"),
    [
        ("l.csv", "", None, "no label"),
        ("l.csv", "person_id,verdict\n", None, "no label"),
        ("l.csv", "person_id,verdict\nann,guilty\n", 2, "unknown verdict 'guilty'"),
        ("l.csv", "person_id,verdict\nann,\n", 2, "no verdict"),
        ("l.csv", "person_id,verdict\n,benign\n", 2, "no person_id"),
        ("l.csv", "verdict\nbenign\n", 1, "no column person_id"),
        ("t.json", "[]", None, "no truth.json"),
        ("t.json", '{"incidents": []}', None, "no truth.json"),
        ("t.json", "\x00", None, "no truth.json"),
        ("t.json", "[" * 100_000, None, "no truth.json"),
    ],
)
def test_bad_labels_are_refused(tmp_path: Path, name: str, text: str, line: int | None, what: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_labels(put(tmp_path, name, text))
    assert (refused.value.line, what in refused.value.what) == (line, True)


@pytest.mark.parametrize("name", ["missing.csv", "missing.toml", "missing.json"])
def test_a_missing_file_is_told(tmp_path: Path, name: str) -> None:
    for read in (read_feedback, read_labels):
        with pytest.raises(BadInput, match="cannot be read"):
            read(tmp_path / name)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    for name in ("x.csv", "x.toml", "x.json"):
        path = tmp_path / name
        path.write_bytes(b"person_id,verdict\n\xff\xfe,benign\n")
        for read in (read_feedback, read_labels):
            with pytest.raises(BadInput):
                read(path)
