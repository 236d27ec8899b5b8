"""The straight line: events and rosters in, findings out, somebody told.

`scan` walks it over files, with nothing stored; `ingest`, `assess` and `deliver` walk it in a
working folder, each in transactions of its own, so that it can stop anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import duckdb

from detectors import person_day
from monitor import assess as judgement
from monitor import telling
from monitor.assess import Assessment, Step
from monitor.core import retry
from monitor.findings import findings
from monitor.model import BadInput, Departure, Finding, Person, Reject, Rejected, Retryable
from monitor.notify.channels import Channel
from monitor.settings import Settings
from monitor.sources.files import Intake, find_files, load
from monitor.sources.incoming import Progress
from monitor.sources.rosters import Roster, read_roster
from monitor.sources.streams import DAMAGED
from monitor.sql import literal
from monitor.station import Station
from monitor.store import cases, inbox, outbox, rosters
from monitor.store.around import months_of, sources_of
from monitor.store.history import History
from monitor.store.recall import lost_files, recall
from monitor.store.schema import micros
from monitor.store.state import get, put

CLOCK_AHEAD = timedelta(hours=1)
"""A log whose clock runs ahead by no more than this is believed at once."""


@dataclass(slots=True)
class Scan:
    """What a scan found, and what it could not use; `rejects` are lines of events set aside: damage, then the first."""

    found: list[Finding]
    assessed: Assessment
    history: History
    intake: Intake
    roster: Roster
    files: list[Path]
    rejects: list[Reject]
    unmatched: list[tuple[str | None, int, int, str]]


def scan(
    rosters: Sequence[Path], events: Sequence[str], settings: Settings, *, as_of: datetime | None = None, seed: int = 0,
    step: Step = lambda name: None, progress: Progress | None = None, clock: Callable[[], None] = lambda: None,
) -> Scan:  # fmt: skip
    """Read the files and judge. Raises BadInput where a file cannot be used at all."""
    roster = read_rosters(rosters)
    files = find_files(list(events))
    db = open_engine(settings)
    step("reading events")
    with _beside(person_day.prepare):
        intake = load(db, files, progress=progress)
    history = History(db)
    until = None if as_of is None else int(as_of.timestamp() * 1_000_000)
    first = f"starts_with(why, {literal(DAMAGED)}) DESC, file, line"
    told = history.rows(f"SELECT file, line, why FROM reject ORDER BY {first} LIMIT 1000")
    rejects = [Reject(str(files[i]), line, why) for i, line, why in told]
    people, departures = roster.people.values(), roster.departures
    try:
        assessed = judgement.assess(
            history, people, departures, settings, intake.attributes, seed=seed, until=until, step=step
        )  # fmt: skip
    except judgement.NothingMatched as nobody:
        raise _nothing_to_judge(files, intake, rejects, nobody.unmatched, as_of) from None
    step("writing findings")
    found = findings(history, assessed)
    return Scan(found, assessed, history, intake, roster, files, rejects, history.unmatched())


@contextmanager
def _beside(task: Callable[[], None]) -> Iterator[None]:
    """Does the task in a thread beside the block, and waits for it."""
    thread = Thread(target=task)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _nothing_to_judge(
    files: list[Path], intake: Intake, rejects: list[Reject], unmatched: list, as_of: datetime | None
) -> BadInput:
    """Why there is no event of anybody on the roster, and what to look at."""
    where = str(files[0]) if len(files) == 1 else f"{len(files):,} files"
    if unmatched:
        what = f"no actor of any event is on the roster, for example {unmatched[0][3]!r}"
        return BadInput(where, None, what, "give the roster accounts, e-mails or person_ids as the log has them")
    if intake.accepted and as_of:
        return BadInput(where, None, f"no event until {as_of.isoformat()}", "name a later --as-of")
    if rejects:
        what = f"no event in it: {intake.set_aside:,} lines could not be used"
        return BadInput(where, None, what, f"the first: {rejects[0].file}:{rejects[0].line}: {rejects[0].why}")
    return BadInput(where, None, "no event in it", "name files with events")


def read_rosters(paths: Sequence[Path]) -> Roster:
    """Several rosters as one; where two know a person, the first named has the say."""
    rosters = [read_roster(path) for path in paths]
    merged = Roster()
    for roster in rosters:
        for person_id, person in roster.people.items():
            merged.people.setdefault(person_id, person)
        known = {departure.person_id for departure in merged.departures}
        merged.departures += [d for d in roster.departures if d.person_id not in known]
        merged.rejects += roster.rejects
        merged.received += roster.received
    return merged


def open_engine(settings: Settings) -> duckdb.DuckDBPyConnection:
    """DuckDB in memory, within the memory that the settings allow."""
    db = duckdb.connect()
    db.execute(f"SET memory_limit = '{settings.engine.memory}'")
    if settings.engine.threads:
        db.execute(f"SET threads = {settings.engine.threads}")
    db.execute("SET preserve_insertion_order = false")
    db.execute("SET enable_progress_bar = false")  # it would write to stdout, among the findings
    return db


@dataclass(frozen=True, slots=True)
class Ingested:
    """What came in: new events, and lines set aside."""

    fresh: int
    set_aside: int


def ingest(station: Station, now: datetime) -> Ingested:
    """Read every source on. A source that cannot be read is a problem of the station, and the others go on."""
    fresh = set_aside = 0
    for source in station.sources:
        try:
            with station.state.read() as connection:
                after = inbox.cursors_of(connection, source.name)
            for batch in source.read(after, now):
                stored = inbox.take(station.state, batch, lambda: station.watched(now), now, hold=station.lease.hold)
                fresh, set_aside = fresh + stored.fresh, set_aside + stored.set_aside
            station.problems.pop(source.name, None)
        except (BadInput, OSError) as error:
            station.problems[source.name] = str(error)
    return Ingested(fresh, set_aside)


def assess(station: Station, now: datetime, *, anyway: bool = False) -> int | None:
    """Judge all that is known where something changed that matters. Returns how many notices were written.

    None where there was nothing to judge.  anyway: also where no watched person did anything, once a day.
    """
    with station.judging:
        with station.state.read() as connection:
            stand = {key: get(connection, key) for key in (inbox.CHANGED, inbox.URGENT, rosters.CHANGED)}
            before = json.loads(get(connection, "assessed") or "{}")
            matters = [key for key in stand if key != inbox.CHANGED or anyway]
            if all(stand[key] == before.get(key) for key in matters) and not (anyway and _is_old(before, now)):
                return None
            people, leaving = station.rosters(connection)
            with open_engine(station.settings) as db:
                with _beside(person_day.prepare):
                    attributes = recall(connection, db, station.data)
                lost = lost_files(connection, station.data)
                history = History(db)
                found = _judge(history, people, leaving, station.settings, attributes, now)
                sources = sources_of(history, found)
                months = months_of(history, people, found, now)
        with station.state.write() as connection:
            station.lease.hold(connection)
            cases.save_findings(connection, telling.assign(cases.all_cases(connection), found), now, sources)
            written = telling.tell(connection, station, people, leaving, now, months)
            text = f"history is missing ({', '.join(lost[:3])}): it was judged without; restore it from a backup"
            telling.warn(connection, station, "history files", text if lost else None, now)
            put(connection, "assessed", json.dumps(stand | {"at": now.isoformat()}))
        return written


def remind(station: Station, now: datetime) -> int:
    """Fold the cases anew without new findings: reminders, silences that ended, what a flood held back, the digest."""
    with station.state.write() as connection:
        station.lease.hold(connection)
        people, leaving = station.rosters(connection)
        return telling.tell(connection, station, people, leaving, now) + telling.digest(
            connection, station, people, now
        )


def deliver(station: Station, channel: Channel, now: datetime, most: int = 100) -> int:
    """Send what is due on one channel, one by one. Returns how many notices it took.

    It ends where the channel does not take one: the others are tried at the next turn, so that a
    channel that hangs holds nothing up for longer than its deadline.
    """
    for taken in range(most):
        claimed = outbox.claim(station.state, channel.name, station.lease.holder, now)
        if claimed is None or not _send(station, channel, claimed, now):
            return taken
    return most


def _send(station: Station, channel: Channel, claimed: outbox.Claimed, now: datetime) -> bool:
    """Send one notice and mark what became of it. Did the channel take it?"""
    holder, topic = station.lease.holder, f"channel {channel.name}"
    try:
        channel.send(claimed.notice, key=claimed.key, recipients=claimed.recipients)
    except Retryable as trouble:
        station.problems[channel.name] = trouble.why
        _try_again(station, claimed, trouble, now)
        return False
    except Rejected as trouble:
        station.problems[channel.name] = trouble.why
        if trouble.gone:
            _turn_off(station, channel.name, trouble.why, now)
            return False
        with station.state.write() as connection:
            outbox.mark_given_up(connection, claimed.key, holder, now, trouble.why)
            text = f"{channel.name} refused a notice: {trouble.why}"
            telling.warn(connection, station, topic, text, now)
        return False
    outbox.mark_sent(station.state, claimed.key, holder, now)
    station.problems.pop(channel.name, None)
    _mended(station, topic, now)
    return True


def _try_again(station: Station, claimed: outbox.Claimed, trouble: Retryable, now: datetime) -> None:
    holder = station.lease.holder
    hours = station.settings.notices.give_up_hours
    due = retry.next_try(claimed.notice.created_at, now, claimed.attempts, claimed.key, trouble.after_seconds, hours)
    if due is not None:
        outbox.mark_waiting(station.state, claimed.key, holder, now, due, trouble.why)
        return
    with station.state.write() as connection:
        outbox.mark_given_up(connection, claimed.key, holder, now, trouble.why)
        text = f"a notice could not be sent through {claimed.channel} for {hours:g} hours: {trouble.why}"
        telling.warn(connection, station, f"channel {claimed.channel}", text, now)


def _mended(station: Station, topic: str, now: datetime) -> None:
    with station.state.read() as connection:
        if not get(connection, telling.OPERATOR + topic):
            return
    with station.state.write() as connection:
        telling.warn(connection, station, topic, None, now)


def _turn_off(station: Station, channel: str, why: str, now: datetime) -> None:
    """A channel that wants nothing any more: say so elsewhere, and send what waited for it there."""
    with station.state.write() as connection:
        people, _ = station.rosters(connection)
        for row in outbox.give_up_channel(connection, channel, now, why):
            telling.post_elsewhere(connection, station, outbox.as_notice(row), people, now)
        telling.warn(connection, station, f"channel {channel}", f"{channel} is turned off: {why}", now)


def _judge(
    history: History,
    people: Mapping[str, Person],
    leaving: Sequence[Departure],
    settings: Settings,
    attributes: tuple[str, ...],
    now: datetime,
) -> list[Finding]:
    try:
        assessed = judgement.assess(
            history, people.values(), leaving, settings, attributes, until=micros(now + CLOCK_AHEAD)
        )
    except judgement.NothingMatched:
        return []
    return findings(history, assessed)


def _is_old(before: Mapping[str, str], now: datetime) -> bool:
    """Was the last judgement on another day?"""
    return "at" not in before or datetime.fromisoformat(before["at"]).date() != now.date()
