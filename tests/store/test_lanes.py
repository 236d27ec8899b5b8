"""What is asked side by side is answered alike, whichever question comes first."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from monitor.store import lanes
from tests.faults.test_odd_input import EVENT, LEAVER, look


class _Late(Future):
    """A task that begins when its result is asked for: the latest that a busy machine can make it."""

    def __init__(self, task: Callable[[], Any]) -> None:
        super().__init__()
        self.task = task

    def result(self, timeout: float | None = None) -> Any:
        if not self.done():
            self.set_result(self.task())
        return super().result(timeout)


class LateLanes(ThreadPoolExecutor):
    """Every task begins as late as it can."""

    def submit(self, task: Callable[..., Any], /, *args: Any, **named: Any) -> Future:
        return _Late(lambda: task(*args, **named))


class EarlyLanes(ThreadPoolExecutor):
    """Every task is over before the caller goes on."""

    def submit(self, task: Callable[..., Any], /, *args: Any, **named: Any) -> Future:
        done = super().submit(task, *args, **named)
        done.exception()
        return done


@pytest.mark.parametrize("pool", [LateLanes, EarlyLanes])
def test_the_order_of_questions_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: type[ThreadPoolExecutor]
) -> None:
    people = [LEAVER | {"notice_date": "2017-10-20"}, {"person_id": "p2"}]
    events = [
        EVENT
        | {
            "actor": f"p{1 + i % 2}",
            "target": f"t{i % 7}",
            "host": f"h{i % 3}",
            "time": f"2017-{m:02}-{d:02}T10:00:00Z",
        }
        for i, (m, d) in enumerate((m, d) for m in (8, 9, 10) for d in range(1, 29))
    ] + [EVENT | {"target": f"u{i}"} for i in range(40)]
    usual = look(tmp_path, people, events)
    monkeypatch.setattr(lanes, "ThreadPoolExecutor", pool)
    ran = look(tmp_path, people, events)
    assert (ran.code, ran.out) == (0, usual.out)
    assert ran.lines
