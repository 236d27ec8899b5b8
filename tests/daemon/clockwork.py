"""A daemon under a clock of the test's own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from monitor import upkeep
from monitor.daemon import Clock, Daemon, make_channels
from monitor.model import Finding, Notice
from monitor.station import Station, open_station
from monitor.store import cases
from monitor.store.schema import outbox
from monitor.telling import assign, tell
from tests.core.made import LAST_DAY, person
from tests.daemon.conftest import NOW


class SetClock(Clock):
    """Stands still until it is moved; its monotonic side never goes back."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at, self.ran = at, 0.0

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.ran

    def go(self, **later: float) -> None:
        """Time goes by."""
        self.at += timedelta(**later)
        self.ran += timedelta(**later).total_seconds()

    def set(self, **later: float) -> None:
        """Somebody sets the time of day."""
        self.at += timedelta(**later)


@dataclass
class Kept:
    """A channel that keeps what it takes."""

    name: str
    taken: list[tuple[str, Notice, tuple[str, ...]]] = field(default_factory=list)

    def send(self, notice: Notice, *, key: str, recipients: Sequence[str]) -> None:
        self.taken.append((key, notice, tuple(recipients)))

    @property
    def kinds(self) -> list[str]:
        return [notice.kind for _, notice, _ in self.taken]


def daemon_of(station: Station, clock: SetClock) -> Daemon:
    return Daemon(station, make_channels(station.settings.channels, station), clock)


def kept(station: Station, clock: SetClock) -> tuple[Daemon, Kept]:
    """A daemon whose channels all lead to one that keeps."""
    channel = Kept(station.settings.channels[0].name)
    return Daemon(station, {channel.name: channel}, clock), channel


def open_at(folder: Path) -> Station:
    """A station that leads, with a roster of 300 people who all leave on the same day."""
    station = open_station(folder)
    station.lease.renew(0.0)
    lines = [f"p{i:03d},p{i:03d}@corp.example,acct.p{i:03d},Trust,{LAST_DAY}" for i in range(300)]
    (folder / "rosters" / "people.csv").write_text(
        "\n".join(["person_id,email,accounts,department,last_day", *lines]) + "\n"
    )
    upkeep.sync_rosters(station, NOW)
    return station


def beat(daemon: Daemon) -> None:
    """A tick without judging: what is told of the findings that stand."""
    daemon.step("lease", daemon.lease)
    daemon.step("remind", daemon.remind)
    for name in daemon.channels:
        daemon.step(f"deliver {name}", lambda name=name: daemon.deliver(name))
    assert not daemon.troubles()


def judge(
    station: Station, found: Sequence[Finding], now: datetime, leaving: Sequence = (), *, measured: bool = True
) -> int:
    """As `assess` does once it has judged, with these findings."""
    people = {f.person_id: person(f.person_id) for f in found} | {"p000": person()}
    with station.state.write() as connection:
        assigned = assign(cases.all_cases(connection), found, station.key(connection))
        cases.save_findings(connection, assigned, now, {}, measured=measured)
        return tell(connection, station, people, leaving, now)


def posted(station: Station) -> list[dict]:
    """The outbox, in the order of writing."""
    with station.state.read() as connection:
        rows = connection.execute(select(outbox).order_by(outbox.c.created_at, outbox.c.key)).mappings().all()
    return [dict(row) | {"body": json.loads(row["body"])} for row in rows]
