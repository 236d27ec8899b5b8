"""Jobs that take their turns: each every so often, and at once when it is woken."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler


def _at_once() -> float:
    return 0.0


@dataclass(slots=True)
class Turn:
    """A job that comes up at least every so many seconds.  rest: for how long it may not come up now, in seconds."""

    name: str
    seconds: float
    run: Callable[[], object]
    rest: Callable[[], float] = _at_once
    lock: threading.Lock = field(default_factory=threading.Lock)


class Turns:
    """The jobs at work, from now on until they are stopped."""

    def __init__(self, turns: Iterable[Turn], now: Callable[[], datetime]) -> None:
        """Each comes up at once for the first time.  now: the time of day."""
        self._turns, self._now = list(turns), now
        self._over = threading.Event()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": {"type": "threadpool", "max_workers": 2 * len(self._turns)}},
            # Of two, one waits for the other: who wakes a job at work may have come too late for it.
            job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None},
        )
        for turn in self._turns:
            self._scheduler.add_job(
                self._go, "interval", (turn,), seconds=turn.seconds, id=turn.name, next_run_time=now()
            )
        self._scheduler.start()

    def wake(self, what: str) -> None:
        """Let the jobs whose names begin so come up as soon as they may; one at work comes up once more after that."""
        for turn in self._turns:
            if turn.name.startswith(what) and not self._over.is_set():
                with suppress(JobLookupError):  # it stopped meanwhile
                    self._scheduler.modify_job(turn.name, next_run_time=self._now())

    def stop(self) -> None:
        """Let no job come up any more, and wait until those at work are done."""
        self._over.set()
        for turn in self._turns:
            with turn.lock:  # a job that wakes another waits for the scheduler, which would wait for the job
                pass
        self._scheduler.shutdown()

    def _go(self, turn: Turn) -> None:
        with turn.lock:
            while (seconds := turn.rest()) > 0 and not self._over.wait(seconds):
                pass
            if not self._over.is_set():
                turn.run()
