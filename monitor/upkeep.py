"""What keeps the store true and whole: rosters read anew, history sealed and checked."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from monitor import telling
from monitor.core import routing
from monitor.core.counted import counted
from monitor.core.guard import Dated, refusal
from monitor.core.routing import names_of
from monitor.databases import url_to_read
from monitor.erasing import actors_held, erased_ids
from monitor.model import BadInput
from monitor.operation import RosterFeed
from monitor.sources.roster_feeds import files_of, read_feed
from monitor.sources.rosters import Roster
from monitor.station import Station
from monitor.store import gone as names
from monitor.store import holds, inbox, retention, rosters, segments
from monitor.store.rosters import Told, Version
from monitor.store.state import bump, get, put
from monitor.viewers import system_user

STILL = timedelta(seconds=60)
"""A roster's file that somebody is missing from must have lain still for so long: copied slowly it is cut anywhere."""


@dataclass(frozen=True, slots=True)
class Tended:
    """What upkeep did to the history."""

    sealed: int
    replaced: int
    deleted: int
    faults: list[str]


def sync_rosters(station: Station, now: datetime) -> int:
    """Read every roster; a changed version comes into force or is refused. Returns how many things changed."""
    return sum(sync_roster(station, feed, now) for feed in station.settings.rosters)


def sync_roster(station: Station, feed: RosterFeed, now: datetime) -> int:
    """Read one roster, as `sync_rosters` does."""
    known = station.stamps.pop(feed.name, None)  # forgotten as soon as another version was looked at, also a bad one
    try:
        stamp = _stamp(station, feed)
        if stamp and known == stamp:
            station.stamps[feed.name] = stamp
            return 0
        url = url_to_read(station.secrets.fill(feed.url), feed.name) if feed.url else ""
        roster = read_feed(feed, station.folder, url, now)
    except (BadInput, OSError) as error:
        station.problems[feed.name] = str(error)
        _refuse_unreadable(station, feed.name, str(error), now)
        return 0
    station.problems.pop(feed.name, None)
    new = _without_erased(station, as_told(roster))
    sha256 = rosters.digest_of(new)
    with station.state.read() as connection:
        last = rosters.last_version(connection, feed.name)
        accepted = rosters.is_accepted(connection, feed.name, sha256)
    if last is not None and last.sha256 == sha256 and not (last.status == "refused" and accepted):
        if stamp and last.status == "in_force":
            station.stamps[feed.name] = stamp
        return 0
    written = datetime.fromtimestamp(stamp[2] / 1e9, UTC) if stamp else None
    return _bring_in(station, feed.name, new, sha256, accepted, roster, now, written)


def _bring_in(
    station: Station,
    feed: str,
    new: Told,
    sha256: str,
    accepted: bool,
    roster: Roster,
    now: datetime,
    written: datetime | None,
) -> int:
    """Put a version into force, or refuse it and tell the operator. Returns how many things changed.

    accepted: somebody said that it is right, however much is missing.  roster: as it was read; who is told there with a
    last day that cannot be read has the departures told before.  written: when the file was, None for a database.
    """
    rejects = sorted([*roster.rejects, *roster.dates], key=lambda reject: reject.line)
    with station.state.write() as connection:
        station.lease.hold(connection)
        inbox.lock(connection)
        there = rosters.still_there(connection, feed)
        before = rosters.in_force(connection, feed)
        kept = {p: before.departures[p] for p in roster.undated if p in new.people and p in before.departures}
        new = replace(new, departures=kept | new.departures)
        old = {p: days for p, days in before.days().items() if p in there}
        unread = len(roster.undated), roster.last_days
        why = None if accepted else refusal(there, set(new.people), old, new.days(), *unread)
        young = written is not None and abs(now - written) < STILL  # the clock of the disk may not be quite ours
        if young and not accepted and not why and (lacking := _lacking(there, old, new, roster.undated)):
            station.problems[feed] = (
                f"the file that was just written lacks {lacking}: it may be half-written, and is read again "
                f"when it has lain still for {STILL.seconds} seconds"
            )
            return 0
        departures = sum(map(len, new.departures.values()))
        status = "refused" if why else "in_force"
        version = Version(feed, sha256, len(new.people), departures, len(rejects), status, why or "")
        rosters.note_version(connection, version, now)
        inbox.set_aside(connection, feed, rejects, now)
        stays = "the last good one stays in force" if there else "there is none before it, so nobody is watched"
        text = f"a new version of the roster {feed} was refused: {why}; {stays}"
        telling.warn(connection, station, f"roster {feed}", text if why else None, now)
        return 0 if why else rosters.apply(connection, feed, new, now)


def _lacking(there: set[str], old: Dated, new: Told, undated: Collection[str]) -> str:
    """Whom a version no longer tells, or no longer as leaving; "" where nobody is missing.

    there, old: people and last days before.  undated: whose last day could not be read.
    """
    gone = there - new.people.keys()
    staying = {p for p in there - gone if old.get(p)} - {*new.departures, *undated}
    told = ((gone, "person", "people"), (staying, "departure", "departures"))
    return " and ".join(counted(len(who), one, many) for who, one, many in told if who)


def _stamp(station: Station, feed: RosterFeed) -> tuple[str, int, int] | None:
    """What tells one state of a roster's files from another; None for a database."""
    if feed.url:
        return None
    files = files_of(feed, station.folder)
    stats = [path.stat() for path in files]
    return "\n".join(map(str, files)), sum(s.st_size for s in stats), max((s.st_mtime_ns for s in stats), default=0)


def as_told(roster: Roster) -> Told:
    """A roster as read, by person."""
    told: dict[str, list] = {}
    for departure in roster.departures:
        told.setdefault(departure.person_id, []).append(departure)
    return Told(dict(roster.people), told)


def _without_erased(station: Station, told: Told) -> Told:
    """What a roster tells, without people who were erased."""
    with station.state.read() as connection:
        gone = erased_ids(station, connection, set(told.people))
    if gone:
        _remember(station, told, gone)
    with station.state.read() as connection:
        erased = station.gone(connection)
    kept = {p: person for p, person in told.people.items() if p not in gone}
    if erased:  # others' managers, as erasing blurred them
        kept = {p: replace(one, manager=one.manager and erased.blur(one.manager)) for p, one in kept.items()}
    return Told(
        kept,
        {p: days for p, days in told.departures.items() if p not in gone},
    )


def _remember(station: Station, told: Told, erased: set[str]) -> None:
    """What a roster calls people who were erased is hashed: logs may come that call them so."""
    others = names_of(person for p, person in told.people.items() if p not in erased)
    with station.state.write() as connection:
        station.lease.hold(connection)
        veil, key = station.veil(connection), station.key(connection)
        new = [
            names.remember(connection, key, names_of([person]) - others, [person], veil.pseudonym(person.person_id))
            for person in (told.people[person_id] for person_id in sorted(erased))
        ]
        if any(new):
            bump(connection, rosters.CHANGED)


def tend(station: Station, now: datetime) -> Tended:
    """Seal old events, join small files, delete what is past its time, check the rest."""
    with station.state.write() as connection:
        station.lease.hold(connection)
    store = station.settings.store
    sealed = segments.seal(station.state, station.data, now, store.hot_days)
    replaced = segments.compact(station.state, station.data, now)
    with station.state.read() as connection:
        kept = actors_held(station, connection)
    deleted = segments.retire(station.state, station.data, now, store.keep_days, kept)
    faults = segments.faults(station.state, station.data)
    with station.state.write() as connection:
        telling.warn(connection, station, "history", "; ".join(faults[:3]) or None, now)
        forgotten = retention.forget(connection, station.settings.privacy, store.keep_days, now, holds.held(connection))
        if forgotten:
            told = ", ".join(f"{count} {name}" for name, count in sorted(forgotten.items()))
            station.note(connection, now, system_user(), "daemon", "retention", None, None, told)
            bump(connection, rosters.CHANGED)
        for source in station.sources:
            telling.warn(connection, station, f"age of {source.name}", None, now)
            inbox.forget_cursors(connection, source.name, source.gone(inbox.cursors_of(connection, source.name)))
    return Tended(sealed, replaced, deleted, faults)


def is_due(station: Station, job: str, clock: str, now: datetime, *, days: int = 1) -> bool:
    """Is a job due that runs every so many days, so late on the local clock? A missed run is caught up once."""
    last = _last_run(station, job)
    due = routing.last_time_of_day(now, clock, station.settings.schedule.timezone) - timedelta(days=days - 1)
    return last is None or last < due or last > now


def ran(station: Station, job: str, now: datetime) -> None:
    """Remember that a daily job is done."""
    with station.state.write() as connection:
        station.lease.hold(connection)
        put(connection, f"ran {job}", now.isoformat())


def _last_run(station: Station, job: str) -> datetime | None:
    with station.state.read() as connection:
        text = get(connection, f"ran {job}")
    return datetime.fromisoformat(text) if text else None


def _refuse_unreadable(station: Station, feed: str, why: str, now: datetime) -> None:
    """Note a version that cannot be read, where there was a good one before, and say so once."""
    sha256 = hashlib.sha256(why.encode()).hexdigest()
    with station.state.read() as connection:
        last = rosters.last_version(connection, feed)
    if last is None or last.sha256 == sha256:
        return
    with station.state.write() as connection:
        station.lease.hold(connection)
        rosters.note_version(connection, Version(feed, sha256, 0, 0, 0, "refused", why), now)
        text = f"the roster {feed} cannot be read: {why}; the last good one stays in force"
        telling.warn(connection, station, f"roster {feed}", text, now)
