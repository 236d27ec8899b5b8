"""Questions that need nothing of one another, asked side by side.

The engine can also divide each question among the cores. But to group a million rows so costs a third more, and small
questions leave cores idle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from monitor.store.history import History

T = TypeVar("T")

BESIDE = 2
"""So many questions at most run beside the caller's own."""


@dataclass(frozen=True, slots=True)
class Lanes:
    """Asks questions of one history beside the caller's own."""

    history: History
    pool: ThreadPoolExecutor

    def ask(self, question: Callable[..., T], *args: Any) -> Future[T]:
        """Begin a question, which is given a history of its own before the arguments."""
        return self.do(_answer, question, self.history.beside(), *args)

    def do(self, task: Callable[..., T], *args: Any) -> Future[T]:
        """Begin a task that asks nothing."""
        return self.pool.submit(task, *args)


@contextmanager
def side_by_side(history: History) -> Iterator[Lanes]:
    """Lanes, each with its share of the engine's threads; at the end all are waited for.

    That the number of threads changes then also makes the engine give back memory that it only holds.
    """
    threads = int(history.rows("SELECT current_setting('threads')")[0][0])
    history.db.execute(f"SET threads = {max(1, threads // BESIDE)}")
    try:
        with ThreadPoolExecutor(BESIDE) as pool:
            yield Lanes(history, pool)
    finally:
        history.db.execute(f"SET threads = {threads}")


def _answer(question: Callable[..., T], history: History, *args: Any) -> T:
    with history.db:
        return question(history, *args)
