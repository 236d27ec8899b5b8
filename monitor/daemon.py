"""The jobs of the daemon, and how each went. All that is decided, is decided below."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

from monitor import custody, pipeline, silence, upkeep
from monitor.checking import obstacles
from monitor.model import BadInput, Rejected, Retryable
from monitor.notify.channels import Channel, make_channel
from monitor.notify.http import post
from monitor.settings import Settings, load_settings
from monitor.station import CONFIG_NAME, Station, free_bytes, make_sources
from monitor.store import audit
from monitor.store.lease import NotLeader
from monitor.store.state import put
from monitor.turns import Turns
from monitor.viewers import system_user

log = logging.getLogger("lastday")
STUCK_SECONDS = 300.0
"""A job that has not come to an end for so long makes the daemon unhealthy."""
LEAST_FREE_BYTES = 200 << 20
NEXT = {"rosters": "assess", "ingest": "assess", "assess": "deliver", "daily": "deliver", "remind": "deliver"}
"""What is woken by a step that did something, by the first word of its name."""


class Clock:
    """The time of day, and seconds that never jump."""

    def now(self) -> datetime:
        """The time of day, aware, UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds of a clock that is never set."""
        return time.monotonic()


@dataclass(slots=True)
class Run:
    """How a job last went: seconds of the clock that never jumps, how long it took, and what went wrong."""

    ended: float
    seconds: float
    trouble: str | None


@dataclass(slots=True)
class Daemon:
    """A station, its channels, and how each job went."""

    station: Station
    channels: dict[str, Channel]
    clock: Clock = field(default_factory=Clock)
    runs: dict[str, Run] = field(default_factory=dict)
    began: dict[str, float] = field(default_factory=dict)
    stopping: threading.Event = field(default_factory=threading.Event)
    turns: Turns | None = None
    """The jobs at work, while the daemon runs."""
    started: Settings = field(init=False)
    """As they were when the daemon began."""

    def __post_init__(self) -> None:
        """Nothing is done yet."""
        self.started = self.station.settings

    def tick(self) -> None:
        """Every step once, in a row: what `lastday once` does, and the daemon under a clock of its own."""
        self.step("lease", self.lease)
        for name, job in self.leader_jobs().items():
            self.step(name, job)
        for name in list(self.channels):
            self.step(f"deliver {name}", partial(self.deliver, name))

    def leader_jobs(self) -> dict[str, Callable[[], Any]]:
        """The jobs that one process does for all, in the order of a tick."""
        return {
            "rosters": lambda: upkeep.sync_rosters(self.station, self.clock.now()) or None,
            "ingest": self.ingest,
            "assess": self.assess,
            "daily": self.daily,
            "remind": self.remind,
        }

    def step(self, name: str, job: Callable[[], Any]) -> None:
        """Run a job; what goes wrong is logged, remembered and tried again at its next turn."""
        leads = name == "lease" or name.startswith("deliver ") or name == "heartbeat" or self.station.lease.leads
        if not leads or self.stopping.is_set():
            return
        begins = self.clock.monotonic()
        self.began[name] = begins
        trouble = None
        try:
            result = job()
            if result is not None:
                log.info("done", extra={"job": name, "result": result})
                self.wake(NEXT.get(name))
        except NotLeader:
            log.warning("another daemon leads now", extra={"job": name})
        except Exception as error:
            trouble = type(error).__name__
            log.exception("failed", extra={"job": name})
        ends = self.clock.monotonic()
        self.began.pop(name, None)
        self.runs[name] = Run(ends, ends - begins, trouble)

    def wake(self, what: str | None) -> None:
        """Let the jobs whose names begin so come up at once, and not only when their time comes."""
        if self.turns and what:
            self.turns.wake(what)

    def came(self) -> None:
        """Events were pushed."""
        self.wake("assess")

    def lease(self) -> None:
        """Keep the lead or take it over."""
        led = self.station.lease.leads
        if self.station.lease.renew(self.clock.monotonic()) != led:
            log.warning("leads" if self.station.lease.leads else "follows", extra={"job": "lease"})

    def ingest(self) -> dict[str, int] | None:
        """Read every source on."""
        came = pipeline.ingest(self.station, self.clock.now())
        return {"fresh": came.fresh, "set_aside": came.set_aside} if came.fresh or came.set_aside else None

    def assess(self) -> int | None:
        """Judge, but not sooner after the last time than the settings allow, nor before all there is was read once.

        By half of the logs too little would be usual.
        """
        now = self.clock.monotonic()
        if "ingest" not in self.runs or self.rest_of("judged", self.station.settings.schedule.assess_seconds) > 0:
            return None
        written = pipeline.assess(self.station, self.clock.now())
        if written is not None:
            self.runs["judged"] = Run(self.clock.monotonic(), self.clock.monotonic() - now, None)
        return written

    def rest_of(self, name: str, seconds: float) -> float:
        """For how many seconds a job may not come up yet that ran and is to rest for so long."""
        last = self.runs.get(name)
        return last.ended + seconds - self.clock.monotonic() if last else 0.0

    def daily(self) -> int | None:
        """What is due once a day: upkeep of the history, and judging everything again."""
        schedule, now = self.station.settings.schedule, self.clock.now()
        if upkeep.is_due(self.station, "upkeep", schedule.upkeep, now):
            tended = upkeep.tend(self.station, now)
            upkeep.ran(self.station, "upkeep", now)
            log.info("upkeep", extra={"job": "daily", "sealed": tended.sealed, "faults": len(tended.faults)})
            self.anchor()
        if upkeep.is_due(self.station, "refit", schedule.refit, now, days=schedule.refit_days):
            written = pipeline.assess(self.station, now, anyway=True)
            upkeep.ran(self.station, "refit", now)
            return written
        return None

    def anchor(self) -> None:
        """Write the head of the audit chain into the log, which goes where the store does not."""
        with self.station.state.read() as connection:
            head = audit.head_in(connection)
        log.info("audit", extra={"job": "daily", "head": str(head or "")})

    def remind(self) -> int | None:
        """Reminders, the digest, sources that fell silent."""
        silence.check_silence(self.station, self.clock.now())
        return pipeline.remind(self.station, self.clock.now()) or None

    def deliver(self, name: str) -> int | None:
        """Send what is due on a channel."""
        channel = self.channels.get(name)  # None where the configuration was read anew a moment ago
        return (pipeline.deliver(self.station, channel, self.clock.now()) or None) if channel else None

    def heartbeat(self) -> None:
        """Leave a mark in the store, and call the heartbeat address while all is well."""
        settings = self.station.settings
        with self.station.state.write() as connection:
            put(connection, "heartbeat", self.clock.now().isoformat())
        if settings.schedule.heartbeat_url and self.station.lease.leads and not self.troubles():
            url = self.station.secrets.fill(settings.schedule.heartbeat_url)
            try:
                post(
                    url, b"", {"user-agent": "lastday"}, deadline_seconds=10.0, allowed=settings.notices.allow_internal
                )
            except (Retryable, Rejected) as trouble:
                log.warning("the heartbeat was not heard", extra={"job": "heartbeat", "why": trouble.why})

    def troubles(self) -> list[str]:
        """Jobs that failed or hang, and a disk that is nearly full."""
        now = self.clock.monotonic()
        found = [f"{name}: {run.trouble}" for name, run in sorted(self.runs.items()) if run.trouble]
        found += [f"{name}: hangs" for name, since in sorted(self.began.items()) if now - since > STUCK_SECONDS]
        if free_bytes(self.station) < LEAST_FREE_BYTES:
            found.append("disk: nearly full")
        return found

    def reload(self) -> bool:
        """Take over lastday.toml as it stands now; where it is wrong, all stays as it is."""
        station = self.station
        try:
            for fault in obstacles(station.folder):
                raise fault
            settings = load_settings(station.folder / CONFIG_NAME)
            sources = list(make_sources(station.folder, settings, station.secrets))
            channels = make_channels(settings.channels, station)
        except BadInput as error:
            log.error("the new configuration is refused, the old one stays", extra={"job": "reload", "why": str(error)})
            return False
        station.settings, station.sources, self.channels = settings, sources, channels
        self.take_over()
        station.problems.clear()  # of what is there no longer; all others are met again at their next turn
        for name in [name for name in self.runs if name.startswith("deliver ")]:
            self.runs.pop(name)
        log.info("reloaded", extra={"job": "reload"})
        began, told = self.started, settings
        kept = {
            "store.url": began.store.url != told.store.url,
            "store.data": began.store.data != told.store.data,
            "http.listen": began.http.listen != told.http.listen,
            "schedule.lease_seconds": began.schedule.lease_seconds != told.schedule.lease_seconds,
        }
        if any(kept.values()):
            late = [name for name, is_other in kept.items() if is_other]
            log.warning("these settings need a restart", extra={"job": "reload", "settings": late})
        return True

    def take_over(self) -> None:
        """Bring the configuration into force; where it touches somebody who may change it, a second person decides."""
        station = self.station
        waits = custody.take_over(station, self.clock.now(), system_user())
        if not waits:
            return
        log.error("a change of the configuration waits for a second person", extra={"job": "config", "tables": waits})
        station.sources = list(make_sources(station.folder, station.settings, station.secrets))
        self.channels = make_channels(station.settings.channels, station)


def make_channels(rules: Iterable[Any], station: Station) -> dict[str, Channel]:
    """The channels by name. Raises BadInput where one cannot be made."""
    allowed = station.settings.notices.allow_internal
    return {rule.name: make_channel(rule, station.secrets, allowed) for rule in rules}


def make_daemon(station: Station, clock: Clock | None = None) -> Daemon:
    """A daemon of a station. Raises BadInput where a channel or a source cannot be made."""
    _ = station.sources  # made now: in a step of its own what is wrong with one would only be logged
    daemon = Daemon(station, make_channels(station.settings.channels, station), clock or Clock())
    daemon.take_over()
    return daemon
