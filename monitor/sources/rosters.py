"""A roster in CSV: people and their departures. A bad line is set aside; the rest goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from monitor.core.identity import lowered
from monitor.core.windows import is_zone
from monitor.model import BadInput, Departure, Person, Reject
from monitor.sources.lines import NOT_UTF8
from monitor.sources.records import Header, Records, read_header, read_records
from monitor.sources.streams import DAMAGED

COLUMNS = (
    "person_id", "name", "email", "accounts", "department", "title", "manager", "employment_type",
    "timezone", "start_date", "notice_date", "last_day", "departure_kind", "status",
)  # fmt: skip
KINDS = ("resignation", "dismissal", "contract_end", "unknown")
CERTAINTIES = {"planned": "planned", "confirmed": "confirmed", "withdrawn": "withdrawn"}
HOW = "by --roster-of or format (docs/formats.md)"
"""How a profile is named: for a scan, and in lastday.toml."""
_YEARS = range(1901, 2099)
"""HR systems write "no end" as 9999-12-31 or 2099-12-31 and "unknown" as 1900-01-01: no such day is a date."""


@dataclass(slots=True)
class Roster:
    """People in the file's order, one departure at most for each line, and what was set aside.

    received = lines that gave a person + rejects.
    """

    people: dict[str, Person] = field(default_factory=dict)
    departures: list[Departure] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    received: int = 0
    dates: list[Reject] = field(default_factory=list)
    """Dates that could not be read: these alone were set aside, the people are kept without them."""
    last_days: int = 0
    """How many last days are told, read or not."""
    undated: list[str] = field(default_factory=list)
    """Whose last day could not be read, one each."""
    gone: list[Gone] = field(default_factory=list)
    """People whom a later snapshot lacks, and whose last day is still to be found in the events."""
    feeds: dict[str, int] = field(default_factory=dict)
    """Of several rosters that were joined, the place of the one that has the say on each person."""
    unknown: list[str] = field(default_factory=list)
    """Columns that say nothing here, of files that are read without a profile: a misspelt name is one."""


@dataclass(frozen=True, slots=True)
class Gone:
    """Somebody whom a feed names until the month ending `last_seen`, and not in that ending `until` or later."""

    person_id: str
    last_seen: date
    until: date


Row = dict[str, str]
Translate = Callable[[list[str], list[list[str]]], list[Row]]
"""Turns rows under an HR feed's header into rows of canonical columns, one each."""


def read_roster(path: Path, translate: Translate | None = None, called: Mapping[str, str] = {}) -> Roster:
    """Read a roster file, through `translate` where there is one.  called: our column -> the file's name of it.

    A person on several lines (a rehire) has several departures; the last line
    gives the person's particulars. Raises BadInput where the file as a whole
    is no roster, is damaged or is not UTF-8: half a roster would make leavers
    of those who are missing.
    """
    try:
        header = read_header(path)
        if header is None:
            raise BadInput(str(path), None, "nothing in it", "give a line with column names and one for each person")
        columns = _columns(path, header, called)
        roster = Roster()
        if translate is None and "person_id" in columns:
            translate = _as_told
            roster.unknown = [name for name in columns if name and name not in COLUMNS]
        elif translate is None:
            raise _no_roster(path, header, columns)
        for records in read_records(path, header.delimiter):
            after = records.after(header.line)
            _set_aside(roster, path, after.bad)
            _add_records(roster, path, columns, after, translate)
    except (OSError, ValueError) as error:
        what = f"cannot be read ({getattr(error, 'strerror', None) or error})"
        raise BadInput(str(path), None, what, "name a roster in CSV") from None
    roster.rejects.sort(key=lambda reject: reject.line)
    if not roster.people:
        raise _no_person(path, roster)
    return roster


def _no_roster(path: Path, header: Header, columns: list[str]) -> BadInput:
    what = "no column person_id"
    if {"time", "actor", "action"} <= set(columns) or columns[0].startswith("{"):
        return BadInput(str(path), header.line, f"{what}: a log, not a roster", "are --hr and --events swapped?")
    mend = f"the columns may be {', '.join(COLUMNS)}; for others name a profile {HOW}"
    return BadInput(str(path), header.line, what, mend)


def _no_person(path: Path, roster: Roster) -> BadInput:
    if not roster.rejects:
        return BadInput(str(path), None, "no person in it", "give a line for each person")
    first = roster.rejects[0]
    what = f"none of {roster.received:,} lines could be used"
    return BadInput(str(path), None, what, f"the first: {first.file}:{first.line}: {first.why}")


def _columns(path: Path, header: Header, called: Mapping[str, str]) -> list[str]:
    ours = {theirs.lower(): name for name, theirs in called.items()}
    columns = [ours.get(name.lower(), name.lower()) for name in header.names]
    if again := sorted({name for name in columns if name and columns.count(name) > 1}):
        what = f"two columns have the same name, {', '.join(again)}"
        raise BadInput(str(path), header.line, what, "name each column once")
    return columns


def _as_told(columns: list[str], rows: list[list[str]]) -> list[Row]:
    return [dict(zip(columns, values, strict=False)) for values in rows]


def _set_aside(roster: Roster, path: Path, bad: list[tuple[int, str]]) -> None:
    for line, why in bad:
        if why == NOT_UTF8:
            raise BadInput(str(path), line, "not UTF-8 text", "export the roster as UTF-8")
        if why.startswith(DAMAGED):
            raise BadInput(str(path), line, why, "check that the file is whole")
        roster.received += 1
        roster.rejects.append(Reject(str(path), line, why))


def _add_records(roster: Roster, path: Path, columns: list[str], records: Records, translate: Translate) -> None:
    cells = [[value.strip() for value in values] for values in records.values.to_pylist()]
    rows = translate(columns, cells)
    for line, values, row in zip(records.numbers.tolist(), cells, rows, strict=True):
        if not any(values):
            continue
        roster.received += 1
        try:
            _check_count(values, columns)
            unread = _add(roster, row)
            roster.dates += [Reject(str(path), line, why) for why in unread]
        except ValueError as error:
            roster.rejects.append(Reject(str(path), line, str(error)))


def _check_count(values: list[str], columns: list[str]) -> None:
    if len(values) != len(columns):
        hint = "; quote values that hold a comma" if len(values) > len(columns) else ""
        raise ValueError(f"{len(values)} values for {len(columns)} columns{hint}")


def _add(roster: Roster, row: Row) -> list[str]:
    """Add the row's person and departure. Returns what is wrong with dates of it, which are left out."""
    person_id = row.get("person_id", "")
    if not person_id:
        raise ValueError("no person_id")
    zone = row.get("timezone") or None
    if zone and not is_zone(zone):
        raise ValueError(f"unknown timezone {zone[:40]!r}; write a name such as Europe/Berlin")
    dates: dict[str, date | None] = {}
    unread: dict[str, str] = {}
    for column in ("start_date", "notice_date", "last_day"):
        try:
            dates[column] = _date(column, row.get(column, ""))
        except ValueError as error:
            dates[column], unread[column] = None, str(error)
    if dates["start_date"] and dates["last_day"] and dates["last_day"] < dates["start_date"]:
        raise ValueError(f"last_day {dates['last_day']} is before start_date {dates['start_date']}")
    accounts = (lowered(a.strip()) for a in row.get("accounts", "").split("|"))
    roster.people[person_id] = Person(
        person_id, row.get("name") or None, lowered(row.get("email") or "") or None,
        tuple(dict.fromkeys(a for a in accounts if a)), row.get("department") or None, row.get("title") or None,
        row.get("manager") or None, row.get("employment_type") or None, zone, dates["start_date"],
    )  # fmt: skip
    roster.last_days += bool(dates["last_day"]) or "last_day" in unread
    roster.undated += [person_id] * ("last_day" in unread)
    if last_day := dates["last_day"]:
        kind = row.get("departure_kind", "").lower().replace(" ", "_")
        certainty = CERTAINTIES.get(row.get("status", "").lower(), "planned")
        departure = Departure(
            person_id, last_day, dates["notice_date"], kind if kind in KINDS else "unknown", certainty
        )
        if departure not in roster.departures:
            roster.departures.append(departure)
    return list(unread.values())


def _date(column: str, text: str) -> date | None:
    """A day, also with a time after it; None for nothing and for a placeholder."""
    if not text:
        return None
    day = re.fullmatch(r"(\d{4}-\d\d-\d\d)([T ][\d:.]+(Z|[+-]\d\d:?\d\d)?)?", text, re.ASCII)
    try:
        told = date.fromisoformat(day[1] if day else "")
    except ValueError:
        mend = f"write it as 2017-11-02, or name a profile with its date_format {HOW}"
        raise ValueError(f"{column} {text[:40]!r} is no date; {mend}") from None
    return told if told.year in _YEARS else None
