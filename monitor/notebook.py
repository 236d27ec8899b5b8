"""A working folder in a notebook: `monitor.open(folder)` gives pandas frames, through the same door as the commands.

Everything is asked for anew, and every question leaves a row in the audit chain. People stand under their
pseudonyms unless the folder was opened with reveal and a reason; of people in no watch window nothing is
told by person unless a reason is given. Times are aware, in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec
import pandas as pd
from sqlalchemy import select

from monitor.core.clocks import begin_of, instant
from monitor.core.levels import LEVELS
from monitor.investigating.circle import everybody, numbered, reading
from monitor.looking import Look, open_look
from monitor.model import BadInput, Departure, Finding, Person
from monitor.station import open_station
from monitor.store.schema import departures as versions
from monitor.store.schema import findings as judged

COMMAND = "notebook"
EVENT_COLUMNS = (
    "t", "action", "target", "target_type", "magnitude", "outcome", "source", "ip", "session", "reason", "attributes",
    "id", "p",
)  # fmt: skip
LONGEST_DAYS = 400
_BLURRED = ("action", "target", "session", "reason", "attributes", "id", "ip")


class Book:
    """A working folder, opened for looking. Use it as a context manager, or call `close`."""

    def __init__(self, folder: Path, *, reveal: bool = False, reason: str | None = None) -> None:
        """See `monitor.open`."""
        self.folder, self.reveal, self.reason = folder, reveal, reason
        self._station = open_station(folder, migrate=False)
        with self._look() as look:
            look.may("look")

    def __enter__(self) -> Book:
        """The book itself."""
        return self

    def __exit__(self, *ended: object) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        """The folder, and what can be asked."""
        return f"<lastday folder {self.folder}: people(), departures(), findings(), events(person)>"

    def close(self) -> None:
        """Let the database go."""
        self._station.close()

    def people(self) -> pd.DataFrame:
        """Who is on the rosters, one row a person, by pseudonym.

        Columns: person, title, department, employment_type, timezone (string), start_date (datetime64, days),
        watched (boolean: in a watch window today). Only watched people, unless a reason was given.
        """
        with self._look() as look:
            look.record("look", detail="people")
            rows = [
                {"person": look.label(p.person_id), "title": _blur(look, p, p.title),
                 "department": _blur(look, p, p.department), "employment_type": p.employment_type, "timezone": p.zone,
                 "start_date": p.start_date, "watched": watched}
                for p, watched in self._shown(look)
            ]  # fmt: skip
        return _frame(
            rows, text=("person", "title", "department", "employment_type", "timezone"), days=("start_date",),
            flags=("watched",), index="person",
        )  # fmt: skip

    def departures(self, *, every_version: bool = False) -> pd.DataFrame:
        """Who leaves and when, one row a departure, the nearest last day first.

        every_version: one row for each version that a roster ever told. Columns: person, kind, certainty, feed
        (string), last_day, notice_date (datetime64, days), told_at, ended_at (datetime64, UTC; ended_at is NaT
        for what is in force).
        """
        query = select(versions).order_by(versions.c.last_day, versions.c.person_id, versions.c.told_at)
        if not every_version:
            query = query.where(versions.c.ended_at.is_(None))
        with self._look() as look:
            look.record("look", detail="departures")
            shown = {p.person_id for p, _ in self._shown(look)}
            with look.station.state.read() as connection:
                found = [row for row in connection.execute(query) if row.person_id in shown]
            rows = []
            for row in found:
                told = msgspec.json.decode(row.particulars, type=Departure)
                rows.append({
                    "person": look.label(row.person_id), "last_day": told.last_day, "notice_date": told.notice_date,
                    "kind": told.kind, "certainty": told.certainty, "feed": row.feed, "told_at": row.told_at,
                    "ended_at": row.ended_at,
                })  # fmt: skip
        return _frame(
            rows, text=("person", "kind", "certainty", "feed"), days=("last_day", "notice_date"),
            times=("told_at", "ended_at"),
        )  # fmt: skip

    def findings(self) -> pd.DataFrame:
        """What stands out now, one row a finding, the highest score first.

        Columns: person, case_id, action, target, undo, why (string: the strongest reason), severity (ordered
        category, low to critical), score, impact, magnitude, hours_to_end (float64), one_in, events (Int64),
        time (datetime64, UTC), last_day (datetime64, days), event_ids (tuple); the index is finding_id.
        """
        with self._look() as look:
            look.record("look", detail="findings")
            shown = {p.person_id: p for p, _ in self._shown(look)}
            with look.station.state.read() as connection:
                found = connection.execute(select(judged).where(judged.c.gone_at.is_(None))).all()
            rows = [
                _finding_row(look, shown[row.person_id], row.case_id, msgspec.json.decode(row.body, type=Finding))
                for row in found
                if row.person_id in shown
            ]
        rows.sort(key=lambda row: (-row["score"], row["finding_id"]))
        frame = _frame(
            rows, text=("finding_id", "person", "case_id", "action", "target", "undo", "why"), days=("last_day",),
            times=("time",), index="finding_id",
            numbers=("score", "impact", "magnitude", "hours_to_end"), counts=("one_in", "events"),
        )  # fmt: skip
        frame["severity"] = pd.Categorical(frame.get("severity", []), categories=[*LEVELS], ordered=True)
        return frame

    def events(
        self, person: str | Sequence[str], *, since: date | str | None = None, until: date | str | None = None,
        action: str | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """What the named people did, one row an event, in the order of time; nothing else is read.

        person: pseudonym (for who may reveal: or account, e-mail, person_id), or several; each is a look of its own on
        record.  since, until: first and last day, on the person's own clock; the last 30 days where not given.
        action: only this one, or a pattern such as "file.*". Columns: person, action, target, target_type, outcome,
        source, ip, session, reason, attributes (string; JSON), magnitude (float64), time (datetime64, UTC); the index
        is the event's id. Raises BadInput for somebody unknown, and for more than 400 days.
        """
        named = [person] if isinstance(person, str) else [*person]
        with self._look() as look:
            found = list({p.person_id: p for p in map(look.find, named)}.values())
            first, last = _days(look, since, until)
            rows = [row for p in found for row in _events(look, p, first, last, action)]
        rows.sort(key=lambda row: (row["time"], row["id"]))
        text = ("id", "person", *(c for c in EVENT_COLUMNS if c not in ("t", "p", "id", "magnitude")))
        return _frame(rows, text=text, times=("time",), numbers=("magnitude",), index="id")

    @contextmanager
    def _look(self) -> Iterator[Look]:
        now = datetime.now(UTC)
        with open_look(self._station, now, command=COMMAND, reveal=self.reveal, reason=self.reason) as look:
            yield look

    def _shown(self, look: Look) -> list[tuple[Person, bool]]:
        """People who may be told of by person, each with whether they are watched, in the order of their pseudonyms."""
        watched = {d.person_id for d in look.departures if look.watches(d.person_id)}
        found = [(person, person_id in watched) for person_id, person in look.people.items()]
        found = [one for one in found if one[1] or look.reason]
        return sorted(found, key=lambda one: look.veil.pseudonym(one[0].person_id))


def _events(look: Look, person: Person, first: date, last: date, action: str | None) -> Iterable[dict[str, Any]]:
    group = everybody(look)
    zone = group.zone(person.person_id)
    span = begin_of(first, zone), begin_of(last + timedelta(days=1), zone)
    with reading(look) as (_, acted):
        acted.draw("own", numbered(group, [person.person_id]), EVENT_COLUMNS[:-1], *span)
        found = acted.rows(f"SELECT {', '.join(EVENT_COLUMNS)} FROM own")
    for values in found:
        row = dict(zip(EVENT_COLUMNS, values, strict=True))
        if action is None or fnmatchcase(row["action"], action):
            del row["p"]
            time = instant(row.pop("t"))
            blurred = {c: _blur(look, person, row[c]) for c in _BLURRED}
            yield {"person": look.label(person.person_id), "time": time, **row, **blurred}


def _finding_row(look: Look, person: Person, case_id: str, found: Finding) -> dict[str, Any]:
    return {
        "finding_id": found.finding_id, "person": look.label(person.person_id), "case_id": case_id,
        "time": found.time, "action": _blur(look, person, found.action), "target": _blur(look, person, found.target),
        "magnitude": found.magnitude, "severity": found.severity, "score": found.score, "one_in": found.one_in,
        "impact": found.impact, "hours_to_end": found.hours_to_end, "last_day": found.last_day,
        "why": _blur(look, person, found.reasons[0].text if found.reasons else None),
        "undo": _blur(look, person, found.undo), "events": len(found.event_ids), "event_ids": found.event_ids,
    }  # fmt: skip


def _days(look: Look, since: date | str | None, until: date | str | None) -> tuple[date, date]:
    today = look.now.astimezone(ZoneInfo("UTC")).date()
    last = _day(until, "until") or today
    first = _day(since, "since") or last - timedelta(days=29)
    if first > last:
        raise BadInput("since", None, f"{first} comes after {last}", "name an earlier day")
    if (last - first).days >= LONGEST_DAYS:
        raise BadInput("since", None, f"more than {LONGEST_DAYS} days", "name a later first day")
    return first, last


def _day(told: date | str | None, name: Literal["since", "until"]) -> date | None:
    if isinstance(told, str):
        try:
            return date.fromisoformat(told)
        except ValueError:
            raise BadInput(name, None, f"{told[:40]!r} is no day", "write it as 2017-11-02") from None
    return told


def _blur(look: Look, person: Person, text: str | None) -> str | None:
    return None if text is None else look.blur(text, person.person_id)


def _frame(
    rows: Sequence[dict[str, Any]], *, text: Sequence[str], days: Sequence[str] = (), times: Sequence[str] = (),
    numbers: Sequence[str] = (), counts: Sequence[str] = (), flags: Sequence[str] = (), index: str = "",
) -> pd.DataFrame:  # fmt: skip
    """Rows with the same types whether there are any or not."""
    known = (*text, *days, *times, *numbers, *counts, *flags)
    frame = pd.DataFrame(list(rows), columns=list(rows[0]) if rows else list(known))
    kinds = {
        **dict.fromkeys(text, "string"), **dict.fromkeys(numbers, "float64"), **dict.fromkeys(counts, "Int64"),
        **dict.fromkeys(flags, "boolean"),
    }  # fmt: skip
    frame = frame.astype(kinds)
    for name in days:
        frame[name] = pd.to_datetime(frame[name]).astype("datetime64[us]")
    for name in times:
        frame[name] = pd.to_datetime(frame[name], utc=True).astype("datetime64[us, UTC]")
    return frame.set_index(index) if index else frame
