"""Jobs that take their turns: each in a thread of its own, every so often, and at once when it is woken."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


def _at_once() -> float:
    return 0.0


@dataclass(slots=True)
class Turn:
    """A job that comes up at least every so many seconds.  rest: for how long it may not come up now, in seconds."""

    name: str
    seconds: float
    run: Callable[[], object]
    rest: Callable[[], float] = _at_once
    woken: threading.Event = field(default_factory=threading.Event)


class Turns:
    """The jobs at work, from now on until they are stopped."""

    def __init__(self, turns: Iterable[Turn]) -> None:
        """Each comes up at once for the first time."""
        self._turns = {turn.name: turn for turn in turns}
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._go, args=(turn,), name=turn.name) for turn in self._turns.values()
        ]
        for thread in self._threads:
            thread.start()

    def wake(self, what: str) -> None:
        """Let the jobs whose names begin so come up as soon as they may; one at work comes up once more after that."""
        for name, turn in self._turns.items():
            if name.startswith(what):
                turn.woken.set()

    def stop(self) -> None:
        """Let no job come up any more, and wait until those at work are done."""
        self._over.set()
        for turn in self._turns.values():
            turn.woken.set()
        for thread in self._threads:
            thread.join()

    def _go(self, turn: Turn) -> None:
        while not self._over.is_set():
            turn.woken.clear()  # before the work: who wakes it from here on may have come too late for it
            turn.run()
            turn.woken.wait(turn.seconds)
            while (seconds := turn.rest()) > 0 and not self._over.wait(seconds):
                pass
