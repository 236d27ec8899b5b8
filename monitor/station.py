"""A working folder, opened: its settings, its state, its sources, and whether this process leads."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from monitor.again import Frozen
from monitor.core.fold import TellRules
from monitor.core.routing import Audience, names_of
from monitor.core.windows import day_number
from monitor.credentials import Credentials
from monitor.model import Departure, Person
from monitor.operation import Email, Folder, LogSource
from monitor.settings import Settings, load_settings
from monitor.sources.folder import FolderSource
from monitor.sources.profiles import beside, load_format
from monitor.sources.table import TableSource
from monitor.store import rosters
from monitor.store.lease import Lease, new_holder
from monitor.store.state import State, get, open_state

CONFIG_NAME = "lastday.toml"
SLACK_DAYS = 7
"""Events that come late still count as those of a watched person for so long after the window."""


@dataclass(slots=True)
class Station:
    """What every step of the daemon works on."""

    folder: Path
    settings: Settings
    secrets: Credentials
    state: State
    data: Path
    lease: Lease
    sources: list[FolderSource | TableSource]
    problems: dict[str, str] = field(default_factory=dict)
    """What cannot be read or reached now, by source, roster or channel."""
    stamps: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    """Paths, size and change time of each roster's files that are in force: they need not be read again."""
    judging: threading.Lock = field(default_factory=threading.Lock)
    """Held while everything is judged: twice at once would only take twice as long."""
    keeps: bool = False
    """Is a judgement of everything kept, so that new events are judged at once? It pays where many follow."""
    frozen: tuple[str | None, Frozen] | None = None
    """The kept judgement, and the version of the rosters that it rests on."""
    _rosters: tuple[tuple[str | None, str, tuple[str, ...]], tuple[dict[str, Person], list[Departure]]] | None = None
    _watched: tuple[str | None, int, frozenset[str]] = (None, 0, frozenset())

    def watched(self, now: datetime) -> frozenset[str]:
        """Lower-case names of people in a watch window."""
        today = int(now.timestamp() // 86_400)
        with self.state.read() as connection:
            version = get(connection, rosters.CHANGED)
            if self._watched[:2] != (version, today):
                everybody, leaving = self.rosters(connection)
                inside = {d.person_id for d in leaving if self._is_open(d, today)}
                self._watched = (version, today, names_of(everybody[p] for p in sorted(inside) if p in everybody))
        return self._watched[2]

    def rosters(self, connection: Connection) -> tuple[dict[str, Person], list[Departure]]:
        """People and departures as all rosters together tell them now."""
        zone = self.settings.people.timezone
        names = tuple(feed.name for feed in self.settings.rosters)
        stand = (get(connection, rosters.CHANGED), zone, names)
        known = self._rosters
        if known is None or known[0] != stand:
            known = self._rosters = (stand, rosters.merged(connection, names, zone=zone))
        everybody, leaving = known[1]
        return dict(everybody), list(leaving)

    def rules(self) -> TellRules:
        """When somebody is told."""
        told = self.settings.notices
        return TellRules(told.at_once, told.digest, told.reminder_hours, told.reminders)

    def audiences(self) -> dict[str, Audience]:
        """Whom each channel reaches."""
        found = {}
        for channel in self.settings.channels:
            if isinstance(channel, Email):
                found[channel.name] = Audience(channel.name, channel.to, channel.fallback)
            else:
                found[channel.name] = Audience(channel.name, owners=channel.owners)
        return found

    def kept_for(self, version: str | None) -> Frozen | None:
        """The kept judgement where it rests on this version of the rosters and on the settings as they are."""
        if self.frozen is None:
            return None
        theirs, frozen = self.frozen
        return frozen if theirs == version and frozen.settings is self.settings else None

    def keep(self, version: str | None, frozen: Frozen) -> None:
        """Keep a judgement in place of the one before, which answers until then."""
        before, self.frozen = self.frozen, (version, frozen)
        if before:
            before[1].close()

    def forget(self) -> None:
        """Give up the kept judgement."""
        before, self.frozen = self.frozen, None
        if before:
            before[1].close()

    def close(self) -> None:
        """Let the database go."""
        self.forget()
        self.state.close()

    def _is_open(self, departure: Departure, today: int) -> bool:
        rules = self.settings.windows
        last = day_number(departure.last_day)
        first = last - rules.before
        if departure.notice_date:
            first = min(first, max(day_number(departure.notice_date), last - rules.longest_before))
        return departure.certainty != "withdrawn" and first - 1 <= today <= last + rules.after + SLACK_DAYS


def open_station(
    folder: Path, *, settings: Settings | None = None, holder: str | None = None, migrate: bool = True
) -> Station:
    """Open a working folder. Raises BadInput where something in it must be mended."""
    settings = settings or load_settings(folder / CONFIG_NAME)
    secrets = Credentials(folder)
    data = folder / settings.store.data
    state = open_state(secrets.fill(settings.store.url) or str(data / "state.db"), migrate=migrate)
    lease = Lease(state, holder or new_holder(), settings.schedule.lease_seconds)
    return Station(folder, settings, secrets, state, data, lease, list(make_sources(folder, settings, secrets)))


def make_sources(folder: Path, settings: Settings, secrets: Credentials) -> Iterable[FolderSource | TableSource]:
    """The sources of action logs that the settings name."""
    for rule in settings.sources:
        yield make_source(folder, rule, secrets)


def make_source(folder: Path, rule: LogSource, secrets: Credentials) -> FolderSource | TableSource:
    """One source. Raises BadInput where its format or a secret is not there."""
    profile = load_format(beside(folder, rule.format), rule.timezone or None) if rule.format else None
    if isinstance(rule, Folder):
        return FolderSource(rule, folder / rule.path, profile)
    return TableSource(rule, secrets.fill(rule.url), profile=profile)


def expired(then: datetime, now: datetime, seconds: float) -> bool:
    """Is so much time over since then? Also where the clock was set back behind it."""
    return now < then or now - then >= timedelta(seconds=seconds)
