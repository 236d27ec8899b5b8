"""What `lastday doctor` looks at: feeds, freshness, who is not matched, the store, the disk, the channels."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from monitor import telling
from monitor.checking import faults, remarks
from monitor.core.counted import counted
from monitor.model import BadInput
from monitor.recognition import Check, people_checks, such_as
from monitor.seconding import KINDS
from monitor.settings import load_settings
from monitor.silence import staleness
from monitor.sources import push
from monitor.sources.folder import FolderSource
from monitor.sources.log_names import readable_kinds
from monitor.sources.roster_feeds import files_of
from monitor.station import CONFIG_NAME, Station, free_bytes, open_to_others
from monitor.store import audit, inbox, outbox, requests, rosters, segments, senders
from monitor.store.schema import cursors, leases, rejects, tallies
from monitor.store.schema import segments as sealed
from monitor.store.state import get, schema_version
from monitor.viewers import folder_owner

SHOWN = 5
NO_CHANNEL = "there is none: nobody is told; add [[channels]]"
HEARTBEAT_LATE = timedelta(minutes=5)
LEAST_FREE_BYTES = 1 << 30
MOST_AHEAD = timedelta(minutes=5)
LATE_SHARE = 0.1
PUSHED = f"source {push.NAME}/"
TEMPORARY = re.compile("contract|contingent|temp|vendor|agency|freelance|extern|fixed.?term|intern", re.IGNORECASE)
"""Employment types that come to an end; whether it is known is another matter."""


def before_the_start(folder: Path) -> Iterator[Check]:
    """What can be told of a working folder of which nothing was ever read, and what to do next."""
    yield from _config(folder)
    if faults(folder):
        return
    settings = load_settings(folder / CONFIG_NAME)
    for feed in settings.rosters:
        try:
            there = "" if feed.url else f"{', '.join(str(path) for path in files_of(feed, folder)[:SHOWN])} is there"
            yield Check(f"roster {feed.name}", "good", there or "read from a database")
        except BadInput as error:
            yield Check(f"roster {feed.name}", "look", str(error))
    if not settings.channels:
        yield Check("channels", "look", NO_CHANNEL)
    yield Check("store", "look", f"nothing is read yet: put rosters and logs in place, then lastday once -C {folder}")


def examine(station: Station, now: datetime) -> Iterator[Check]:
    """Every check, in the order in which they are told, people under their pseudonyms."""
    try:
        with station.state.read() as connection:
            veil = station.veil(connection)
    except BadInput as error:
        yield from _config(station.folder)
        yield Check("secrets", "bad", f"{error}; without it nothing else is told, for names would show")
        return
    yield from (replace(check, text=veil.blur(check.text)) for check in _checks(station, now))


def _checks(station: Station, now: datetime) -> Iterator[Check]:
    yield from _config(station.folder)
    yield Check("schema", "good", f"{station.state.where} at {schema_version(station.state)}")
    free = free_bytes(station)
    text = f"{free / (1 << 30):,.1f} GiB free"
    roomy = free > LEAST_FREE_BYTES
    yield Check("disk", "good" if roomy else "bad", text if roomy else f"{text}; make room, or nothing can be stored")
    broken = segments.faults(station.state, station.data)
    with station.state.read() as connection:
        yield from _daemon(connection, now)
        yield from _rosters(connection, station, now)
        yield from _ends(connection, station)
        yield from _sources(connection, station, now)
        yield from people_checks(connection, station, now)
        yield from _channels(connection, station)
        yield from _privacy(connection, station, now)
        n, rows = connection.execute(
            select(func.count(), func.sum(sealed.c.rows)).where(sealed.c.replaced_at.is_(None))
        ).one()
    text = "; ".join(broken[:SHOWN]) or f"{counted(rows or 0, 'event')} in {counted(n, 'sealed file')}"
    yield Check("history", "bad" if broken else "good", text)


def _config(folder: Path) -> Iterator[Check]:
    found = faults(folder)
    yield from (Check("config", "bad", str(fault)) for fault in found)
    if not found:
        yield from (Check("config", "look", str(remark)) for remark in remarks(folder))
        yield Check("config", "good", "lastday.toml is in order")


def _daemon(connection: Connection, now: datetime) -> Iterator[Check]:
    beat = get(connection, "heartbeat")
    leader = connection.execute(select(leases.c.holder)).scalar()
    if beat is None:
        yield Check("daemon", "look", "lastday run has never run here")
        return
    then = datetime.fromisoformat(beat)
    if then > now + MOST_AHEAD:
        yield Check("clock", "bad", f"the last heartbeat is {then - now} ahead of this clock; set the clock")
    elif now - then > HEARTBEAT_LATE:
        yield Check("daemon", "bad", f"not heard of since {then:%Y-%m-%d %H:%MZ}; start lastday run")
    else:
        yield Check("daemon", "good", f"heard of at {then:%Y-%m-%d %H:%M:%SZ}; {leader or 'nobody'} leads")


def _rosters(connection: Connection, station: Station, now: datetime) -> Iterator[Check]:
    known: dict[str, tuple[str, list]] = {}
    for feed in station.settings.rosters:
        topic = f"roster {feed.name}"
        last = rosters.last_version(connection, feed.name)
        if last is None:
            yield Check(topic, "bad", "has never been read; see lastday once")
            continue
        if last.status == "refused" and rosters.is_accepted(connection, feed.name, last.sha256):
            yield Check(topic, "look", "the version that was refused is accepted; in force when it is read next")
        elif last.status == "refused":
            mend = "mend the feed" + (f", or lastday roster accept {feed.name}" if last.people else "")
            yield Check(topic, "bad", f"the newest version was refused: {last.why}; {mend}")
            continue
        late, told = rosters.lateness(connection, feed.name, station.settings.people.timezone)
        share = late / told if told else 0.0
        tail = f"; {share:.0%} of {told:,} departures reached us after the last day" if told else ""
        aside = counted(last.set_aside, "line or date", "lines or dates")
        tail += f"; {aside} set aside; see lastday rejects" if last.set_aside else ""
        stale, people = staleness(station, feed, now), counted(last.people, "person", "people")
        yield Check(
            topic,
            "look" if stale or last.set_aside or share > LATE_SHARE else "good",
            f"{people}, {counted(last.departures, 'departure')}{tail}{f'; {stale}' if stale else ''}",
        )
        for person, days in rosters.in_force(connection, feed.name).days().items():
            before = known.setdefault(person, (feed.name, days))
            if sorted(before[1]) != sorted(days):
                who = station.veil(connection).pseudonym(person)
                yield Check(
                    topic, "look", f"disagrees with {before[0]} on the last day of {who}; {before[0]} has the say"
                )


def _ends(connection: Connection, station: Station) -> Iterator[Check]:
    """People whose end no roster tells: they vanished, or their kind of contract must have one."""
    everybody, leaving = station.rosters(connection)
    told: set[tuple[str, date]] = set()
    lost: set[str] = set()
    for feed in station.settings.rosters:
        days = rosters.in_force(connection, feed.name).days()
        told |= {(person_id, day) for person_id in days for day in days[person_id]}
        lost |= rosters.vanished(connection, feed.name).keys()
    assumed = sorted({d.person_id for d in leaving if (d.person_id, d.last_day) not in told} & lost)
    if assumed:
        who = counted(len(assumed), "person", "people")
        text = f"{who} vanished without a departure by then, watched as if that were the last day"
        yield Check("vanished", "look", f"{text}, {such_as(assumed)}")
    ending = {d.person_id for d in leaving if d.certainty != "withdrawn"}
    endless = sorted(p.person_id for p in everybody.values() if TEMPORARY.search(p.employment_type or ""))
    endless = [person_id for person_id in endless if person_id not in ending]
    if endless:
        who = counted(len(endless), "person", "people")
        text = f"{who} on temporary contracts without a last day: until it is told nobody watches them"
        yield Check("contracts", "look", f"{text}, {such_as(endless)}")


def _sources(connection: Connection, station: Station, now: datetime) -> Iterator[Check]:
    hours = station.settings.notices.silent_source_hours
    tally = {row.source: row for row in connection.execute(select(tallies))}
    for name in [s.name for s in station.sources] + [n for n in tally if n not in {s.name for s in station.sources}]:
        row = tally.get(name)
        if row is None:
            yield Check(f"source {name}", "look", "nothing has come yet")
            continue
        old = int(get(connection, inbox.TOO_OLD + name) or 0)
        silent = now - row.last_at > timedelta(hours=hours)
        lines = counted(row.received, "line")
        text = f"{lines}, the last at {row.last_at:%Y-%m-%d %H:%MZ}; {row.set_aside:,} set aside"
        nothing = old and old >= row.fresh
        broken = inbox.unusable(connection, name)
        if nothing:
            text += "; all of them older than store.keep_days, so nothing is kept; raise it, or use lastday scan"
        elif old:
            text += f"; {old:,} came older than store.keep_days and are not kept"
        yield Check(
            f"source {name}",
            "bad" if silent or nothing or broken else "look" if row.set_aside or old else "good",
            text + (f"; {broken}" if broken else "; see lastday rejects" if row.set_aside else ""),
        )
    for source in station.sources:
        topic = f"source {source.name}"
        if since := get(connection, telling.OPERATOR + topic):
            text = f"broken or silent since {datetime.fromisoformat(since):%Y-%m-%d %H:%MZ}, as the operator was told"
            said = outbox.last_said(connection, topic) or "see lastday once"
            away = isinstance(source, FolderSource) and not source.path.is_dir()
            yield Check(topic, "bad", f"{text}: {'see config' if away else said}")
        if left := source.left_out(inbox.cursors_of(connection, source.name)):
            text = f"{counted(len(left), 'file is', 'files are')} of no kind that is read, {such_as(left)}"
            text += f"; readable: {readable_kinds()}"
            yield Check(f"source {source.name}", "look", text)
    there = senders.heard(connection, now)
    for name in (topic.removeprefix(PUSHED) for topic in telling.standing(connection) if topic.startswith(PUSHED)):
        since = f" since {there[name][1]:%Y-%m-%d %H:%MZ}" if name in there else ""
        yield Check(PUSHED + name, "bad", f"has sent nothing{since}, while others are pushed; mend its sender")
    files = connection.execute(select(func.count()).select_from(cursors)).scalar()
    bad = connection.execute(select(func.count()).select_from(rejects)).scalar()
    yield Check("reading", "good", f"{files:,} files and tables are followed, {bad:,} lines set aside in all")


def _channels(connection: Connection, station: Station) -> Iterator[Check]:
    off, counts, stuck = outbox.channels_off(connection), outbox.counts(connection), outbox.stuck(connection)
    if not station.settings.channels:
        yield Check("channels", "bad", NO_CHANNEL)
    for channel in station.settings.channels:
        waiting, lost = counts.get((channel.name, "waiting"), 0), counts.get((channel.name, "given_up"), 0)
        text = f"{counts.get((channel.name, 'sent'), 0):,} sent, {waiting:,} waiting, {lost:,} given up"
        if channel.name in off:
            yield Check(
                f"channel {channel.name}", "bad", f"turned off: {off[channel.name]}; lastday channels on {channel.name}"
            )
        why = f" ({stuck[channel.name][:200]})" if channel.name in stuck else ""
        yield Check(
            f"channel {channel.name}",
            "bad" if lost else "look" if why else "good",
            text + ("; see lastday notices list --state given_up" if lost else why),
        )
    if station.settings.channels and all(channel.name in {*off, *stuck} for channel in station.settings.channels):
        yield Check("channels", "bad", "none takes what waits: nobody is told")
    if untold := counts.get((outbox.NOBODY, "given_up")):
        text = f"{counted(untold, 'notice')} had nobody left to tell; add a channel or a fallback"
        yield Check("channels", "bad", text)


def _privacy(connection: Connection, station: Station, now: datetime) -> Iterator[Check]:
    for path, holds, state in ((station.data, "names", "look"), (station.secrets.own, "secrets", "bad")):
        if open_to_others(station, path):
            text = f"other users of this machine may read {path}, and {holds} stand there; chmod 700 {path}"
            yield Check("access", state, text)
    rules = station.settings.viewers
    if rules:
        yield Check("viewers", "good", f"{len(rules):,} are named in [[viewers]]")
    else:
        text = f"none is named: {folder_owner(station)}, who owns the folder, holds every role; add [[viewers]]"
        yield Check("viewers", "look", text)
    faults = audit.faults(connection, station.key(connection))
    head = audit.head_in(connection)
    told = f"{head.seq if head else 0:,} rows, every one holds"
    yield Check("audit", "bad" if faults else "good", "; ".join(f.text for f in faults[:SHOWN]) or told)
    waiting = requests.standing(connection, now, KINDS, "waiting")
    if waiting:
        names = ", ".join(f"{request.seq} ({request.kind})" for request in waiting[:SHOWN])
        text = f"{counted(len(waiting), 'waits', 'wait')} for a second person: {names}; see lastday requests list"
        yield Check("requests", "look", text)
    named = [channel.name for channel in station.settings.channels if channel.names]
    if named:
        yield Check("names", "look", f"the channels {', '.join(named)} show names")
