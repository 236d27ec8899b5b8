"""`lastday run`: a daemon's jobs in turns, each woken by the one before, until a signal ends them."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from monitor.daemon import Daemon
from monitor.operation import Folder
from monitor.sources.watching import tell_changes
from monitor.turns import Turn, Turns

log = logging.getLogger("lastday")
DAILY_SECONDS, REMIND_SECONDS = 60.0, 30.0


def run(daemon: Daemon) -> None:
    """Run until SIGTERM or SIGINT: then what is under way is finished, and the lead given up."""
    signals = _listen()
    daemon.station.keeps = True
    daemon.step("lease", daemon.lease)
    log.info("running", extra={"job": "daemon", "leads": daemon.station.lease.leads})
    going = True
    while going:
        with _at_work(daemon):
            going = _until_reloaded(daemon, signals)
    daemon.station.lease.release()


def _until_reloaded(daemon: Daemon, signals: socket.socket) -> bool:
    """Wait until a new configuration is in force; False where the daemon is to stop."""
    while signals.recv(1)[0] == signal.SIGHUP:
        if daemon.reload():
            return True
    log.info("stopping", extra={"job": "daemon"})
    daemon.stopping.set()
    return False


@contextmanager
def _at_work(daemon: Daemon) -> Iterator[None]:
    """Every job in its turn, and word of logs that grow; at the end what is under way is finished."""
    station, over = daemon.station, threading.Event()
    logs = [station.folder / rule.path for rule in station.settings.sources if isinstance(rule, Folder)]
    watching = threading.Thread(target=tell_changes, args=(logs, partial(daemon.wake, "ingest"), over), name="watch")
    daemon.turns = _turns(daemon)
    watching.start()
    try:
        yield
    finally:
        over.set()
        watching.join()
        daemon.turns.stop()


def _turns(daemon: Daemon) -> Turns:
    """All jobs, each at its pace."""
    times, jobs = daemon.station.settings.schedule, daemon.leader_jobs()

    def turn(name: str, seconds: float, job: Callable[[], Any], rest: Callable[[], float] | None = None) -> Turn:
        run = partial(daemon.step, name, job)
        return Turn(name, seconds, run, rest) if rest else Turn(name, seconds, run)

    turns = [
        turn("rosters", times.roster_seconds, jobs["rosters"]),
        turn("ingest", times.ingest_seconds, jobs["ingest"], partial(_rest_of_ingest, daemon)),
        turn("assess", times.assess_seconds, jobs["assess"], partial(daemon.rest_of, "judged", times.assess_seconds)),
        turn("daily", DAILY_SECONDS, jobs["daily"]),
        turn("remind", REMIND_SECONDS, jobs["remind"]),
        turn("lease", times.lease_seconds / 5, daemon.lease),
        turn("heartbeat", times.heartbeat_seconds, daemon.heartbeat),
        *(turn(f"deliver {n}", times.deliver_seconds, partial(daemon.deliver, n)) for n in daemon.channels),
    ]  # fmt: skip
    return Turns(turns, daemon.clock.now)


def _rest_of_ingest(daemon: Daemon) -> float:
    """As long as the last pass took: a log that never rests has half of the time, any other comes at once."""
    last = daemon.runs.get("ingest")
    return daemon.rest_of("ingest", min(last.seconds, daemon.station.settings.schedule.ingest_seconds)) if last else 0


def _listen() -> socket.socket:
    """A socket on which signals arrive as numbers: the main thread wakes, whichever thread the system hands them to."""
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    return reader
