"""Sources, senders and rosters that have fallen silent: what does not come, nobody misses by itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from monitor import telling
from monitor.model import BadInput
from monitor.operation import RosterFeed
from monitor.sources import push
from monitor.sources.roster_feeds import newest
from monitor.station import Station, expired
from monitor.store import senders
from monitor.store.schema import tallies

_SENDER = f"source {push.NAME}/"
"""How the topics begin of what is told of single sources that are pushed."""


def check_silence(station: Station, now: datetime) -> None:
    """Tell the operator of sources that have sent nothing for too long or cannot be read, and of stale rosters."""
    hours = station.settings.notices.silent_source_hours
    with station.state.write() as connection:
        last = {row.source: row.last_at for row in connection.execute(select(tallies))}
        names = [source.name for source in station.sources]
        if push.NAME not in names and station.settings.http.listen:
            names.append(push.NAME)
        for topic in _gone_topics(connection, station, names):
            telling.warn(connection, station, topic, None, now)
        for name in names:
            since = last.get(name)
            silent = since is not None and now >= since and expired(since, now, hours * 3600)
            text = f"{name} has sent nothing for {hours:g} hours" if silent else station.problems.get(name)
            telling.warn(connection, station, f"source {name}", text, now)
            if name == push.NAME and not silent:
                _check_senders(connection, station, now)
        for feed in station.settings.rosters:
            telling.warn(connection, station, f"age of roster {feed.name}", staleness(station, feed, now), now)


def _gone_topics(connection: Connection, station: Station, sources: Collection[str]) -> list[str]:
    """What the operator was told of a source, roster or channel that the configuration no longer names."""
    feeds = [feed.name for feed in station.settings.rosters]
    named = {
        "source ": sources, "lines of ": sources, "age of ": sources, "roster ": feeds, "age of roster ": feeds,
        "channel ": [channel.name for channel in station.settings.channels],
    }  # fmt: skip
    there = {what + name for what, names in named.items() for name in names}
    told = [topic for topic in telling.standing(connection) if topic.startswith(tuple(named))]
    pushed = push.NAME in sources  # its senders are nobody's to name, see _check_senders
    return [t for t in told if t not in there and not (pushed and t.startswith(_SENDER))]


def _check_senders(connection: Connection, station: Station, now: datetime) -> None:
    """Tell of single sources that are no longer pushed while others are.

    Only of one that was pushed for as long as it may be silent: somebody may just have tried it.
    """
    hours = station.settings.notices.silent_source_hours
    there = senders.heard(connection, now)
    for name, (first, last) in there.items():
        silent = last - first >= timedelta(hours=hours) and now >= last and expired(last, now, hours * 3600)
        text = f"{name}, which is pushed, has sent nothing for {hours:g} hours" if silent else None
        telling.warn(connection, station, _SENDER + name, text, now)
    for told in telling.standing(connection):
        if told.startswith(_SENDER) and told.removeprefix(_SENDER) not in there:
            telling.warn(connection, station, told, None, now)


def staleness(station: Station, feed: RosterFeed, now: datetime) -> str | None:
    """What is wrong where a roster's file has not been written for too long; None where all is well.

    Of a database nobody can tell, a folder of monthly rosters is quiet for weeks, and that there is no file is told
    where it is read.
    """
    hours = station.settings.notices.stale_roster_hours
    if not hours or feed.url or (station.folder / feed.path).is_dir():
        return None
    try:
        written = datetime.fromtimestamp(newest(feed, station.folder).stat().st_mtime, UTC)
    except (BadInput, OSError):
        return None
    stale = now >= written and expired(written, now, hours * 3600)
    return f"the file of the roster {feed.name} has not been written for {hours:g} hours" if stale else None
