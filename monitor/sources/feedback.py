"""Feedback that people write down, in CSV or TOML: read whole, and refused at the first entry that is not complete."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from monitor.model import VERDICTS, BadInput, Feedback
from monitor.settings import read_toml
from monitor.sources.tables import read_table

COLUMNS = ("person_id", "team", "action", "verdict", "reason", "expires")
LONGEST_REASON = 500


def read_feedback(path: Path) -> tuple[Feedback, ...]:
    """The entries in the file's order.

    CSV with COLUMNS, or TOML with a table [[feedback]] for each entry. Raises BadInput with the line to mend: an
    entry without a reason or an expiry would damp for ever, and nobody would know why.
    """
    rows = _toml(path) if path.suffix.lower() == ".toml" else read_table(path, COLUMNS, ("verdict",))
    return tuple(_entry(path, line, row) for line, row in rows)


def _toml(path: Path) -> list[tuple[int | None, Mapping[str, Any]]]:
    told = read_toml(path)
    tables = told.get("feedback", [])
    strange = [name for name in told if name != "feedback"]
    if strange or not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        what = f"unknown key {strange[0][:40]!r}" if strange else "feedback is no list of tables"
        raise BadInput(str(path), None, what, "begin each entry with a line [[feedback]]")
    text = path.read_text("utf-8-sig").splitlines()
    heads = [i for i, line in enumerate(text, 1) if "".join(line.split()).startswith("[[feedback]]")]
    # An entry written some other way has no head of its own: then no line is told rather than a wrong one.
    lines: list[int | None] = [*heads] if len(heads) == len(tables) else [None] * len(tables)
    return list(zip(lines, tables, strict=True))


def _entry(path: Path, line: int | None, row: Mapping[str, Any]) -> Feedback:
    def refuse(what: str, mend: str) -> BadInput:
        return BadInput(str(path), line, what, mend)

    if strange := [name for name in row if name not in COLUMNS]:
        raise refuse(f"unknown key {strange[0][:40]!r}", f"an entry has {', '.join(COLUMNS)}")
    given = {name: _text(row.get(name)) for name in COLUMNS}
    person, team = given["person_id"], given["team"]
    if bool(person) == bool(team):
        what = "both person_id and team" if person else "neither person_id nor team"
        raise refuse(what, "write the person_id, or the team as department or department/title")
    if not given["action"]:
        raise refuse("no action", "write one, or a pattern such as report.* or *")
    if given["verdict"] not in VERDICTS:
        what = f"unknown verdict {given['verdict'][:40]!r}" if given["verdict"] else "no verdict"
        raise refuse(what, f"write {', '.join(VERDICTS[:-1])} or {VERDICTS[-1]}")
    if not given["reason"]:
        raise refuse("no reason", "write down why, for those who look at it later")
    if len(given["reason"]) > LONGEST_REASON:
        raise refuse(f"a reason longer than {LONGEST_REASON} characters", "write it shorter")
    if not given["expires"]:
        raise refuse("no expires", "write the last day on which this holds, such as 2017-12-31")
    try:
        expires = date.fromisoformat(given["expires"])
    except ValueError:
        what = f"expires {given['expires'][:40]!r} is no date"
        raise refuse(what, "write it as 2017-12-31") from None
    return Feedback(person or None, team or None, given["action"], given["verdict"], given["reason"], expires)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return "" if value is None else str(value).strip()
