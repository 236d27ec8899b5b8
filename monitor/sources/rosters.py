"""A roster in CSV: people and their departures. A bad line is set aside; the rest goes on."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from monitor.model import BadInput, Departure, Person, Reject
from monitor.sources.lines import open_bytes

COLUMNS = (
    "person_id", "name", "email", "accounts", "department", "title", "manager", "employment_type",
    "timezone", "start_date", "notice_date", "last_day", "departure_kind", "status",
)  # fmt: skip
KINDS = ("resignation", "dismissal", "contract_end", "unknown")
CERTAINTIES = {"planned": "planned", "confirmed": "confirmed", "withdrawn": "withdrawn"}


@dataclass(slots=True)
class Roster:
    """People in the file's order, one departure at most for each line, and what was set aside."""

    people: dict[str, Person] = field(default_factory=dict)
    departures: list[Departure] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    received: int = 0
    gone: list[Gone] = field(default_factory=list)
    """People whom a later snapshot lacks, and whose last day is still to be found in the events."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody whom a feed names until the month ending `last_seen`, and not in that ending `until` or later."""

    person_id: str
    last_seen: date
    until: date


Rows = list[list[str]]
Translate = Callable[[list[str], Rows], tuple[list[str], Rows]]
"""Turns an HR feed's header and rows into the canonical ones, row by row."""


def read_roster(path: Path, translate: Translate | None = None) -> Roster:
    """Read a roster file; `translate` is asked where it has no column person_id.

    A person on several lines (a rehire) has several departures; the last line
    gives the person's particulars. Raises BadInput where the file as a whole
    is no roster.
    """
    try:
        with open_bytes(path) as stream:
            text = stream.read().decode("utf-8-sig")
    except OSError as error:
        raise BadInput(str(path), None, f"cannot be read ({error.strerror})", "name a roster in CSV") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise BadInput(str(path), line, "not UTF-8 text", "export the roster as UTF-8") from None
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    header = [name.strip().lower() for name in next(rows, [])]
    if "person_id" not in header and translate is None:
        raise BadInput(str(path), 1, "no column person_id", f"the columns may be {', '.join(COLUMNS)}")
    roster, numbered = Roster(), []
    try:
        numbered = [(rows.line_num, [v.strip() for v in values]) for values in rows if any(values)]
    except csv.Error as error:
        raise BadInput(str(path), rows.line_num, str(error), "check the quotes on this line") from None
    surplus = [max(0, len(values) - len(header)) for _, values in numbered]
    told = [values for _, values in numbered]
    if translate is not None and "person_id" not in header:
        header, told = translate(header, told)
    roster.received = len(numbered)
    for (line, _), values, more in zip(numbered, told, surplus, strict=True):
        try:
            _add(roster, dict(zip(header, values, strict=False)), more)
        except ValueError as error:
            roster.rejects.append(Reject(str(path), line, str(error)))
    if not roster.people:
        raise BadInput(str(path), None, "no person in it", "give a line for each person")
    return roster


def _add(roster: Roster, row: dict[str, str], surplus: int) -> None:
    if surplus > 0:
        raise ValueError(f"{surplus} more values than columns; quote values that hold a comma")
    person_id = row.get("person_id", "")
    if not person_id:
        raise ValueError("no person_id")
    zone = row.get("timezone") or None
    if zone:
        try:
            ZoneInfo(zone)
        except (ValueError, OSError):
            raise ValueError(f"unknown timezone {zone!r}; write a name such as Europe/Berlin") from None
    dates = {c: _date(c, row.get(c, "")) for c in ("start_date", "notice_date", "last_day")}
    if dates["start_date"] and dates["last_day"] and dates["last_day"] < dates["start_date"]:
        raise ValueError(f"last_day {dates['last_day']} is before start_date {dates['start_date']}")
    accounts = (a.strip().lower() for a in row.get("accounts", "").split("|"))
    roster.people[person_id] = Person(
        person_id, row.get("name") or None, (row.get("email") or "").lower() or None,
        tuple(dict.fromkeys(a for a in accounts if a)), row.get("department") or None, row.get("title") or None,
        row.get("manager") or None, row.get("employment_type") or None, zone, dates["start_date"],
    )  # fmt: skip
    if last_day := dates["last_day"]:
        kind = row.get("departure_kind", "").lower().replace(" ", "_")
        certainty = CERTAINTIES.get(row.get("status", "").lower(), "planned")
        departure = Departure(person_id, last_day, dates["notice_date"], kind if kind in KINDS else "unknown", certainty)
        if departure not in roster.departures:
            roster.departures.append(departure)


def _date(column: str, text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ValueError(f"{column} {text[:40]!r} is no date; write it as 2017-11-02") from None


def _delimiter(text: str) -> str:
    first = text.split("\n", 1)[0]
    return max(",;\t", key=first.count)
