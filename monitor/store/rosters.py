"""Rosters as they were told: every version of every person and departure, and which is in force."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, Table, func, insert, select, update

from monitor.core.clocks import micros
from monitor.core.windows import end_of, usual_zone
from monitor.model import Departure, Person
from monitor.store.schema import accounts, departures, feeds, people
from monitor.store.state import bump, get, put

CHANGED = "rosters changed"
"""Counter in the store: any version of anything that came into force."""
_PERSON, _DEPARTURE = msgspec.json.Decoder(Person), msgspec.json.Decoder(Departure)
CUT_SHORT = timedelta(days=7)
"""Feeds drop people some days early; who vanishes sooner than that before the last day told has left by then."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one feed says now: people by id, and the departures of each."""

    people: dict[str, Person]
    departures: dict[str, list[Departure]]

    def days(self) -> dict[str, list[date]]:
        """The last days of each person."""
        return {
            person: [d.last_day for d in told if d.certainty != "withdrawn"] for person, told in self.departures.items()
        }


@dataclass(frozen=True, slots=True)
class Version:
    """One reading of a feed: `status` is in_force or refused."""

    feed: str
    sha256: str
    people: int
    departures: int
    set_aside: int
    status: str
    why: str


@dataclass(frozen=True, slots=True)
class DepartureVersion:
    """A departure as a feed told it, in force from `told_at` to `ended_at` (None: still)."""

    feed: str
    departure: Departure
    told_at: datetime
    ended_at: datetime | None


def versions(connection: Connection, person_id: str) -> list[DepartureVersion]:
    """Everything that was ever told of a person's leaving, oldest first."""
    rows = connection.execute(
        select(departures).where(departures.c.person_id == person_id).order_by(departures.c.told_at, departures.c.seq)
    )
    return [DepartureVersion(row.feed, _DEPARTURE.decode(row.particulars), row.told_at, row.ended_at) for row in rows]


def in_force(connection: Connection, feed: str, at: datetime | None = None) -> Told:
    """What a feed says, now or as it was known at a time. Who vanished from it is still known, with the last word."""
    persons = connection.execute(select(people.c.person_id, people.c.particulars).where(_holds(people, feed, at))).all()
    found = {person_id: _PERSON.decode(text) for person_id, text in persons}
    columns = departures.c.person_id, departures.c.particulars
    rows = select(*columns).where(_holds(departures, feed, at)).order_by(departures.c.last_day)
    told: dict[str, list[Departure]] = {}
    for person_id, text in connection.execute(rows).all():
        told.setdefault(person_id, []).append(_DEPARTURE.decode(text))
    return Told(found, told)


def still_there(connection: Connection, feed: str) -> set[str]:
    """People who stand in the feed's last version."""
    rows = select(people.c.person_id).where(
        people.c.feed == feed, people.c.ended_at.is_(None), people.c.gone_at.is_(None)
    )
    return set(connection.scalars(rows))


def vanished(connection: Connection, feed: str, at: datetime | None = None) -> dict[str, datetime]:
    """Since when the feed lacks somebody whom it knew, by person, now or as it was known at a time."""
    rows = select(people.c.person_id, people.c.gone_at).where(_holds(people, feed, at), people.c.gone_at.is_not(None))
    return {person_id: gone for person_id, gone in connection.execute(rows) if at is None or gone <= at}


def merged(
    connection: Connection, names: Sequence[str], at: datetime | None = None, zone: str = "UTC"
) -> tuple[dict[str, Person], list[Departure]]:
    """All feeds as one; where two know a person, the first named has the say.

    Who vanished from every feed and was never told as leaving by then has a departure all the same:
    of unknown kind, planned, on the day of vanishing.  zone: of people whose zone no roster tells.
    """
    everybody: dict[str, Person] = {}
    leaving: dict[str, list[Departure]] = {}
    gone: dict[str, datetime] = {}
    there: set[str] = set()
    for name in names:
        told = in_force(connection, name, at)
        lost = vanished(connection, name, at)
        there |= told.people.keys() - lost.keys()
        gone |= {person_id: max(when, gone.get(person_id, when)) for person_id, when in lost.items()}
        for person_id, person in told.people.items():
            everybody.setdefault(person_id, person)
        for person_id, theirs in told.departures.items():
            leaving.setdefault(person_id, theirs)
    usual = usual_zone(everybody.values(), zone)
    for person_id in gone.keys() - there:
        person = everybody[person_id]
        day = gone[person_id].astimezone(ZoneInfo(person.zone or usual)).date()
        leaving[person_id] = _left_by(person, leaving.get(person_id, []), day)
    return everybody, [d for person_id in sorted(leaving) for d in leaving[person_id]]


def places(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    """The place of the feed that has the say on each person, in the order of the names."""
    rows = connection.execute(select(people.c.person_id, people.c.feed).where(people.c.ended_at.is_(None))).all()
    place = {name: i for i, name in enumerate(names)}
    found: dict[str, int] = {}
    for person_id, feed in rows:
        if feed in place:
            found[person_id] = min(place[feed], found.get(person_id, place[feed]))
    return found


def _left_by(person: Person, told: list[Departure], day: date) -> list[Departure]:
    """The departures of somebody who vanished on that day: as told, unless none was told or it was to come later."""
    since = [
        d for d in told if d.certainty != "withdrawn" and (not person.start_date or d.last_day >= person.start_date)
    ]
    if not since:
        return [*told, Departure(person.person_id, day, None, "unknown", "planned")]
    last = max(since, key=lambda d: d.last_day)
    if last.last_day - day <= CUT_SHORT:
        return told
    return [replace(d, last_day=day, certainty="planned") if d is last else d for d in told]


def apply(connection: Connection, feed: str, new: Told, now: datetime) -> int:
    """Bring a version into force. Returns how many people or departures it changed."""
    old = in_force(connection, feed)
    there = still_there(connection, feed)
    changed = 0
    for person_id, person in new.people.items():
        if old.people.get(person_id) != person or person_id not in there:
            _replace(connection, people, feed, person_id, now, [{"particulars": msgspec.json.encode(person).decode()}])
            before = old.people.get(person_id)
            if before is None or before.accounts != person.accounts:
                _replace(connection, accounts, feed, person_id, now, [{"account": name} for name in person.accounts])
            changed += 1
        theirs = new.departures.get(person_id, [])
        if set(old.departures.get(person_id, [])) != set(theirs):
            _replace(connection, departures, feed, person_id, now, [_row(d) for d in theirs])
            changed += 1
    for person_id in sorted(there - set(new.people)):
        connection.execute(update(people).where(_mine(people, feed, person_id)).values(gone_at=now))
        changed += 1
    if changed:
        bump(connection, CHANGED)
    return changed


def note_version(connection: Connection, version: Version, now: datetime) -> None:
    """Record that a feed was read."""
    row = {name: getattr(version, name) for name in Version.__dataclass_fields__}
    connection.execute(insert(feeds).values(told_at=now, **row))


def last_version(connection: Connection, feed: str) -> Any | None:
    """The newest row about a feed."""
    return connection.execute(select(feeds).where(feeds.c.feed == feed).order_by(feeds.c.seq.desc()).limit(1)).first()


def accept(connection: Connection, feed: str, sha256: str) -> None:
    """Let a refused version through when it is read again."""
    put(connection, f"accepted roster {feed}", sha256)


def is_accepted(connection: Connection, feed: str, sha256: str) -> bool:
    """Did an operator let this version through?"""
    return get(connection, f"accepted roster {feed}") == sha256


def first_told(connection: Connection) -> dict[str, datetime]:
    """When each feed's first version came into force: whatever stands in it may have been known for long."""
    first = func.min(feeds.c.told_at).label("first")
    rows = select(feeds.c.feed, first).where(feeds.c.status == "in_force").group_by(feeds.c.feed)
    return {row.feed: row.first for row in connection.execute(rows)}


def lateness(connection: Connection, feed: str, zone: str) -> tuple[int, int]:
    """(late, all): departures that reached us after the last day, of those told since the feed was first read."""
    first = first_told(connection).get(feed)
    rows = connection.execute(
        select(departures.c.person_id, departures.c.last_day, func.min(departures.c.told_at).label("told_at"))
        .where(departures.c.feed == feed, departures.c.certainty != "withdrawn")
        .group_by(departures.c.person_id, departures.c.last_day)
    ).all()  # fmt: skip
    zones = {p: person.zone for p, person in in_force(connection, feed).people.items()}
    since = [row for row in rows if first is None or row.told_at > first]
    late = sum(micros(row.told_at) > end_of(row.last_day, zones.get(row.person_id) or zone) for row in since)
    return late, len(since)


def digest_of(told: Told) -> str:
    """The same for the same content, whatever the order of its lines."""
    parts = [msgspec.json.encode(told.people[p]) for p in sorted(told.people)]
    parts += [
        msgspec.json.encode(d)
        for p in sorted(told.departures)
        for d in sorted(told.departures[p], key=lambda d: d.last_day)
    ]
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def _holds(table: Table, feed: str, at: datetime | None) -> Any:
    if at is None:
        return (table.c.feed == feed) & table.c.ended_at.is_(None)
    return (table.c.feed == feed) & (table.c.told_at <= at) & (table.c.ended_at.is_(None) | (table.c.ended_at > at))


def _mine(table: Table, feed: str, person_id: str) -> Any:
    return (table.c.feed == feed) & (table.c.person_id == person_id) & table.c.ended_at.is_(None)


def _replace(
    connection: Connection, table: Table, feed: str, person_id: str, now: datetime, rows: Iterable[dict[str, Any]]
) -> None:
    connection.execute(update(table).where(_mine(table, feed, person_id)).values(ended_at=now))
    fresh = [{"feed": feed, "person_id": person_id, "told_at": now, **row} for row in rows]
    if fresh:
        connection.execute(insert(table), fresh)


def _row(departure: Departure) -> dict[str, Any]:
    particulars = msgspec.json.encode(departure).decode()
    return {"last_day": departure.last_day, "certainty": departure.certainty, "particulars": particulars}
