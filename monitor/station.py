"""A working folder, opened: its settings, its state, its sources, and whether this process leads."""

from __future__ import annotations

import shutil
import stat
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from monitor.core.fold import TellRules
from monitor.core.pseudonyms import Veil
from monitor.core.routing import Audience, names_of
from monitor.core.windows import day_number, is_zone, watch_days
from monitor.credentials import Credentials
from monitor.databases import url_to_read
from monitor.model import BadInput, Departure, Person
from monitor.operation import Email, Folder, LogSource
from monitor.settings import Settings, load_settings
from monitor.store import audit, gone, pseudonyms, rosters
from monitor.store.gone import Gone
from monitor.store.lease import Lease, new_holder
from monitor.store.state import State, get, open_state, state_url

if TYPE_CHECKING:
    from monitor.again import Frozen
    from monitor.sources.folder import FolderSource
    from monitor.sources.table import TableSource

CONFIG_NAME = "lastday.toml"
EXPORTS = "exports"
"""The folder for reports and tables that were taken out of the store."""
KEY_NAME = "LASTDAY_PRIVACY_KEY"


@dataclass(slots=True)
class Station:
    """What every step of the daemon works on."""

    folder: Path
    settings: Settings
    secrets: Credentials
    state: State
    data: Path
    lease: Lease
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
    looked: tuple[str | None, Settings] | None = None
    """Under which version of the rosters and which settings this process last judged everything."""
    _watched: tuple[str | None, int, frozenset[str]] = (None, 0, frozenset())
    _sources: list[FolderSource | TableSource] | None = None
    _rosters: tuple[str | None, tuple[str, ...], dict[str, Person], list[Departure]] | None = None
    """As they stood at this version; whoever erases people from the tables counts the version up."""
    _key: bytes = b""
    _veil: tuple[str | None, Veil] | None = None
    _gone: tuple[str | None, Gone | None] | None = None

    @property
    def sources(self) -> list[FolderSource | TableSource]:
        """Where action logs are read; made when first asked for: whoever only looks does not read."""
        if self._sources is None:
            self._sources = list(make_sources(self.folder, self.settings, self.secrets))
        return self._sources

    @sources.setter
    def sources(self, made: list[FolderSource | TableSource]) -> None:
        self._sources = made

    def watched(self, now: datetime) -> frozenset[str]:
        """Lower-case names of people in a watch window, and of those who left before: access may outlive them."""
        today = _utc_day(now)
        with self.state.read() as connection:
            version = get(connection, rosters.CHANGED)
            if self._watched[:2] != (version, today):
                everybody, leaving = self.rosters(connection)
                inside = {d.person_id for d in leaving if d.certainty != "withdrawn" and self.window(d)[0] - 1 <= today}
                self._watched = (version, today, names_of(everybody[p] for p in sorted(inside) if p in everybody))
        return self._watched[2]

    def rosters(self, connection: Connection) -> tuple[dict[str, Person], list[Departure]]:
        """People and departures as all rosters together tell them now."""
        names = tuple(feed.name for feed in self.settings.rosters)
        version = get(connection, rosters.CHANGED)
        if self._rosters is None or self._rosters[:2] != (version, names):
            merged = rosters.merged(connection, names, zone=self.settings.people.timezone)
            self._rosters = version, names, *merged
        return dict(self._rosters[2]), list(self._rosters[3])

    def feeds(self, connection: Connection) -> dict[str, int]:
        """The place of the roster that has the say on each person."""
        return rosters.places(connection, [feed.name for feed in self.settings.rosters])

    def key(self, connection: Connection) -> bytes:
        """The secret of pseudonyms and of the audit chain, made on first use. Raises BadInput where it is another one.

        With another key every pseudonym would change and no row of the chain would hold.
        """
        if not self._key:
            key = self.secrets.keep(KEY_NAME, lambda: token_hex(32)).encode()
            pseudonyms.check_key(connection, KEY_NAME, key)
            self._key = key
        elif pseudonyms.writes(connection):
            pseudonyms.check_key(connection, KEY_NAME, self._key)
        return self._key

    def veil(self, connection: Connection) -> Veil:
        """Pseudonyms of everybody, as the rosters tell them now."""
        version = get(connection, rosters.CHANGED)
        if self._veil is None or self._veil[0] != version:
            everybody, _ = self.rosters(connection)
            self._veil = version, pseudonyms.veil(connection, self.key(connection), everybody)
        return self._veil[1]

    def gone(self, connection: Connection) -> Gone | None:
        """Who was erased, for telling what comes of them anew; None where nobody is."""
        version = get(connection, rosters.CHANGED)
        if self._gone is None or self._gone[0] != version:
            everybody, _ = self.rosters(connection)
            self._gone = version, gone.load(connection, self.key(connection), everybody.values())
        return self._gone[1]

    def note(
        self, connection: Connection, now: datetime, who: str, role: str, what: str, person_id: str | None = None,
        reason: str | None = None, detail: str = "",
    ) -> None:  # fmt: skip
        """Append a row to the audit chain, within the caller's transaction; it holds pseudonyms only."""
        veil, about = self.veil(connection), () if person_id is None else (person_id,)
        subject = None if person_id is None else veil.pseudonym(person_id)
        told = audit.entry(now, who, role, what, subject, reason and veil.blur(reason, about), veil.blur(detail, about))
        audit.append(connection, self.key(connection), [told])

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

    def lacks(self, version: str | None) -> bool:
        """Is a judgement to be kept, and none was tried yet under these rosters and settings: as after a start?"""
        tried = self.looked is not None and self.looked[0] == version and self.looked[1] is self.settings
        return self.keeps and not tried and self.kept_for(version) is None

    def keep(self, version: str | None, frozen: Frozen) -> None:
        """Keep a judgement in place of the one before, which answers until then."""
        before, self.frozen = self.frozen, (version, frozen)
        if before:
            before[1].close()

    def forget(self) -> None:
        """Give up the kept judgement."""
        before, self.frozen, self.looked = self.frozen, None, None
        if before:
            before[1].close()

    def close(self) -> None:
        """Let the database go."""
        self.forget()
        self.state.close()

    def window(self, departure: Departure) -> tuple[int, int]:
        """The days of a departure's watch window, as `watch_days` tells them."""
        return watch_days(departure, self.settings.windows.rules())

    def is_open(self, departure: Departure, now: datetime, slack_days: int = 0) -> bool:
        """Is it now within the watch window, anywhere on earth, or so shortly after it?"""
        first, end = self.window(departure)
        return departure.certainty != "withdrawn" and first - 1 <= _utc_day(now) <= end + slack_days


def free_bytes(station: Station) -> int:
    """How much can be written where there is least room; the data may lie on another disk, or not be there yet."""
    return min(shutil.disk_usage(place).free for place in (station.folder, station.data) if place.exists())


def open_to_others(station: Station, path: Path) -> bool:
    """May users of the machine who are neither the owner nor in the group reach what lies in a folder of it?"""
    way = [path, *([station.folder] if path.is_relative_to(station.folder) else [])]
    return path.exists() and all(part.stat().st_mode & stat.S_IXOTH for part in way)


def open_station(
    folder: Path, *, settings: Settings | None = None, holder: str | None = None, migrate: bool = True
) -> Station:
    """Open a working folder. Raises BadInput where something in it must be mended."""
    if settings is None and not (folder / CONFIG_NAME).exists():
        raise BadInput(
            str(folder / CONFIG_NAME), None, "is not there",
            "name the working folder with -C or $LASTDAY_FOLDER, or make one with lastday init",
        )  # fmt: skip
    settings = settings or load_settings(folder / CONFIG_NAME)
    secrets = Credentials(folder)
    data = folder / settings.store.data
    url = secrets.fill(settings.store.url)
    state = open_state(state_url(url) if url else str(data / "state.db"), migrate=migrate)
    lease = Lease(state, holder or new_holder(), settings.schedule.lease_seconds)
    return Station(folder, settings, secrets, state, data, lease)


def make_sources(folder: Path, settings: Settings, secrets: Credentials) -> Iterable[FolderSource | TableSource]:
    """The sources of action logs that the settings name."""
    for rule in settings.sources:
        yield make_source(folder, rule, secrets)


def make_source(folder: Path, rule: LogSource, secrets: Credentials) -> FolderSource | TableSource:
    """One source. Raises BadInput where its format, its zone, its driver or a secret is not there."""
    from monitor.sources.folder import FolderSource  # noqa: PLC0415  # brings pyarrow: only where logs are read
    from monitor.sources.profiles import beside, load_format  # noqa: PLC0415
    from monitor.sources.table import TableSource  # noqa: PLC0415

    if rule.timezone and not is_zone(rule.timezone):
        mend = "write a name such as Europe/Berlin"
        raise BadInput(rule.name, None, f"{rule.timezone!r} is no time zone", mend)
    profile = load_format(beside(folder, rule.format), rule.timezone or None) if rule.format else None
    if isinstance(rule, Folder):
        return FolderSource(rule, folder / rule.path, profile)
    return TableSource(rule, url_to_read(secrets.fill(rule.url), rule.name), profile=profile)


def _utc_day(now: datetime) -> int:
    return day_number(now.astimezone(UTC).date())


def expired(then: datetime, now: datetime, seconds: float) -> bool:
    """Is so much time over since then? Also where the clock was set back behind it."""
    return now < then or now - then >= timedelta(seconds=seconds)
