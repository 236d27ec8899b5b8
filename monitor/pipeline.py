"""The straight line in a working folder: `ingest`, `assess`, `deliver`.

Each works in transactions of its own, so that it can stop anywhere. Over files, with nothing
stored, monitor.scanning walks the same line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb
from sqlalchemy import Connection

from detectors import person_day
from monitor import assess as judgement
from monitor import telling
from monitor.again import freeze, judge_again
from monitor.core import casework, retry
from monitor.core.clocks import CLOCK_AHEAD, micros
from monitor.core.veiling import veiled
from monitor.findings import findings
from monitor.matching import NothingMatched
from monitor.model import BadInput, Departure, Feedback, Finding, Notice, Person, Rejected, Retryable
from monitor.notify.channels import Channel
from monitor.scanning import beside, open_engine
from monitor.sources.files import MOST_SET_ASIDE
from monitor.sql import suit_threads
from monitor.station import Station
from monitor.store import cases, fresh, inbox, kept, outbox, rosters, steps
from monitor.store.around import months_of, sources_of
from monitor.store.history import History
from monitor.store.inbox import Stored
from monitor.store.recall import lost_files, recall
from monitor.store.state import get, put

MOST_FRESH = 200_000
"""All of them are gone through beside each new event: beyond so many everything is judged anew, so that this ends."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What came in: new events, and lines set aside."""

    fresh: int
    set_aside: int


def ingest(station: Station, now: datetime) -> Ingested:
    """Read every source on. A source that cannot be read is a problem of the station, and the others go on."""
    total = Stored(0, 0, 0, 0, 0)
    keep_days = station.settings.store.keep_days
    for source in station.sources:
        came = Stored(0, 0, 0, 0, 0)
        try:
            with station.state.read() as connection:
                after = inbox.cursors_of(connection, source.name)
            for batch in source.read(after, now):
                came += inbox.take(
                    station.state, batch, lambda: station.watched(now), now, keep_days=keep_days,
                    hold=station.lease.hold, erased=station.gone,
                )  # fmt: skip
            station.problems.pop(source.name, None)
        except (BadInput, OSError) as error:
            station.problems[source.name] = str(error)
        _tell_too_old(station, source.name, came.too_old, now)
        _tell_unusable(station, source.name, came, now)
        total += came
    return Ingested(total.fresh, total.set_aside)


def _tell_unusable(station: Station, source: str, came: Stored, now: datetime) -> None:
    """Lines that cannot be used: many of this pass are a problem of it; of a log without any the operator is told."""
    if not came.received:
        return
    topic = f"lines of {source}"
    with station.state.read() as connection:
        broken = inbox.unusable(connection, source)
        changes = bool(broken) != telling.stands(connection, topic)
    if changes:
        with station.state.write() as connection:
            telling.warn(connection, station, topic, broken, now)
    many = came.received >= inbox.MANY_LINES and came.set_aside > MOST_SET_ASIDE * came.received
    told = f"{came.set_aside:,} of {came.received:,} lines of {source} could not be used; see lastday rejects"
    station.problems.pop(topic, None)
    if broken or many:
        station.problems[topic] = broken or told


def _tell_too_old(station: Station, source: str, too_old: int, now: datetime) -> None:
    """Tell the operator of events that will not be kept; a problem of this pass, as they came in it."""
    topic, keep_days = f"age of {source}", station.settings.store.keep_days
    station.problems.pop(topic, None)
    if not too_old:
        return
    text = (
        f"{too_old:,} events of {source} are older than store.keep_days = {keep_days:,} days: "
        "the next upkeep deletes them; raise it to keep them"
    )
    station.problems[topic] = text
    with station.state.write() as connection:
        telling.warn(connection, station, topic, text, now)


def assess(station: Station, now: datetime, *, anyway: bool = False) -> int | None:
    """Judge all that is known where something changed that matters. Returns how many notices were written.

    None where there was nothing to judge.  anyway: also where no watched person did anything, once a day.
    Also where the station keeps judgements and has none: until then nobody is answered who asks before an act.
    """
    with station.judging:
        with station.state.read() as connection:
            keys = (inbox.CHANGED, inbox.URGENT, rosters.CHANGED, steps.CHANGED)
            stand = {key: get(connection, key) for key in keys}
            before = json.loads(get(connection, "assessed") or "{}")
            matters = [key for key in stand if key != inbox.CHANGED or anyway]
            wanted = (anyway and _is_old(before, now)) or station.lacks(stand[rosters.CHANGED])
            if all(stand[key] == before.get(key) for key in matters) and not wanted:
                return None
            people, leaving = station.rosters(connection)
            lost = lost_files(connection, station.data)
            verdicts = casework.verdicts_in_force(steps.all_steps(connection))
            version = stand[rosters.CHANGED]
            again = None if anyway else _look_again(station, connection, version, people, verdicts, now)
            looked = again or _look(station, connection, version, people, leaving, verdicts, now)
        with station.state.write() as connection:
            station.lease.hold(connection)
            assigned = telling.assign(cases.all_cases(connection), looked.found, station.key(connection))
            cases.save_findings(connection, assigned, now, looked.sources, measured=looked.measured)
            written = telling.tell(connection, station, people, leaving, now, looked.months)
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
    notice = _as_shown(station, channel.name, claimed.notice)
    try:
        channel.send(notice, key=claimed.key, recipients=claimed.recipients)
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
            outbox.mark_given_up(connection, claimed.key, holder, now, trouble.why, trouble.left)
            text = f"{channel.name} refused a notice: {trouble.why}"
            telling.warn(connection, station, topic, text, now)
        return False
    outbox.mark_sent(station.state, claimed.key, holder, now)
    station.problems.pop(channel.name, None)
    _mended(station, topic, now)
    return True


def _as_shown(station: Station, channel: str, notice: Notice) -> Notice:
    """The notice with names only where the channel's settings say so."""
    if any(rule.name == channel and rule.names for rule in station.settings.channels):
        return notice
    with station.state.read() as connection:
        return veiled(notice, station.veil(connection))


def _try_again(station: Station, claimed: outbox.Claimed, trouble: Retryable, now: datetime) -> None:
    holder = station.lease.holder
    hours = station.settings.notices.give_up_hours
    due = retry.next_try(claimed.notice.created_at, now, claimed.attempts, claimed.key, trouble.after_seconds, hours)
    if due is not None:
        outbox.mark_waiting(station.state, claimed.key, holder, now, due, trouble.why, trouble.left)
        return
    with station.state.write() as connection:
        outbox.mark_given_up(connection, claimed.key, holder, now, trouble.why, trouble.left)
        text = f"a notice could not be sent through {claimed.channel} for {hours:g} hours: {trouble.why}"
        telling.warn(connection, station, f"channel {claimed.channel}", text, now)


def _mended(station: Station, topic: str, now: datetime) -> None:
    with station.state.read() as connection:
        if not telling.stands(connection, topic):
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


@dataclass(frozen=True, slots=True)
class Looked:
    """Findings, the logs that each comes from, and what to draw of each person's last month.

    measured: are their rates, see severity.Scale.
    """

    found: list[Finding]
    sources: dict[str, list[str]]
    months: dict[str, dict[str, object]]
    measured: bool


def _look(
    station: Station, connection: Connection, version: str | None, people: Mapping[str, Person],
    leaving: Sequence[Departure], verdicts: Sequence[Feedback], now: datetime,
) -> Looked:  # fmt: skip
    """Judge all that is known, and keep it where the station keeps judgements. version: of the rosters."""
    until, settings = micros(now + CLOCK_AHEAD), station.settings
    with open_engine(station.settings) as db:
        with beside(person_day.prepare):
            attributes = recall(connection, db, station.data)
        suit_threads(db, "event")
        history = History(db, keep=kept.TABLES if station.keeps else ())
        try:
            assessed = judgement.assess(
                history, people.values(), leaving, settings, attributes, feeds=station.feeds(connection), until=until
            )
        except NothingMatched:
            station.forget()
            station.looked = version, settings
            return Looked([], {}, {}, measured=False)
        if station.keeps:
            known = fresh.mark(connection, until)
            frozen = freeze(history, assessed, open_engine(station.settings), leaving, known, station.settings)
            station.keep(version, frozen)
        station.looked = version, settings
        damped = judgement.damp(assessed, verdicts, station.settings)
        found = findings(history, damped)
        months = months_of(history, people, found, now)
        return Looked(found, sources_of(history, found), months, damped.scale.measured)


def _look_again(
    station: Station, connection: Connection, version: str | None, people: Mapping[str, Person],
    verdicts: Sequence[Feedback], now: datetime,
) -> Looked | None:  # fmt: skip
    """Judge what is new under the kept judgement; None where all must be judged."""
    frozen = station.kept_for(version)
    if frozen is None:
        return None
    with frozen.lock:
        came = frozen.came.read(connection)
        if came is None or came.num_rows > MOST_FRESH:
            return None
        try:
            again = judge_again(frozen, came, micros(now + CLOCK_AHEAD))
        except duckdb.Error:  # what is kept was lost or does not fit into memory: it can be made anew
            again = None
        if again is None:
            return None
        history, assessed = again
        damped = judgement.damp(assessed, verdicts, station.settings)
        found = findings(history, damped)
        months = months_of(history, people, [f for f in found if f.person_id in frozen.people], now)
        return Looked(found, sources_of(history, found), months, damped.scale.measured)


def _is_old(before: Mapping[str, str], now: datetime) -> bool:
    """Was the last judgement on another day?"""
    return "at" not in before or datetime.fromisoformat(before["at"]).date() != now.date()
