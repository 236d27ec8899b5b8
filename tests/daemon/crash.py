"""A warm process that forks a daemon for each order on stdin, and lets it die where the order says.

Order: {"folder", "now", "kill": null | ["commit", n] | ["begin", n] | ["after", seconds]}.
Answer: {"killed", "commits", "begins", "seconds"}.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from datetime import datetime
from pathlib import Path

import alembic.command
import pandas as pd
import sqlalchemy as sa
from PIL import ImageDraw

from detectors import person_day
from monitor.daemon import Clock, make_daemon
from monitor.settings import load_settings
from monitor.station import open_station

WARM = (alembic.command, pd, ImageDraw)
"""Imported late by whoever needs them."""
TICKS = 2


class Set(Clock):
    def __init__(self, now: datetime) -> None:
        self.at = now

    def now(self) -> datetime:
        return self.at


def work(order: dict, report: int) -> None:
    seen = {"commit": 0, "begin": 0}
    kind, at = order["kill"] or ("", 0)

    def passing(name: str) -> None:
        if name == kind and seen[name] == at:
            os.kill(os.getpid(), signal.SIGKILL)
        seen[name] += 1

    sa.event.listen(sa.Engine, "commit", lambda _: passing("commit"))
    sa.event.listen(sa.Engine, "begin", lambda _: passing("begin"))
    if kind == "after":
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, max(at, 0.001))
    station = open_station(Path(order["folder"]))
    station.keeps = True
    daemon = make_daemon(station, Set(datetime.fromisoformat(order["now"])))
    for _ in range(TICKS):
        daemon.tick()
    assert not daemon.troubles(), daemon.troubles()
    signal.setitimer(signal.ITIMER_REAL, 0)
    os.write(report, json.dumps(seen).encode())


def main() -> None:
    person_day.prepare()  # this and what is imported late would take each fork two seconds and more
    load_settings().load_catalogue()
    for line in sys.stdin:
        begins = time.perf_counter()
        readable, writable = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(readable)
            try:
                work(json.loads(line), writable)
            except BaseException as error:
                print(repr(error), file=sys.stderr, flush=True)
                os._exit(1)
            os._exit(0)
        os.close(writable)
        told = os.read(readable, 4096)
        os.close(readable)
        _, status = os.waitpid(child, 0)
        answer = {"killed": os.WIFSIGNALED(status), "code": status, "seconds": time.perf_counter() - begins}
        print(json.dumps(answer | (json.loads(told) if told else {})), flush=True)


if __name__ == "__main__":
    main()
