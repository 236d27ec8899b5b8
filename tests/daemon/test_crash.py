"""The daemon is killed at any point, and nothing is lost, told twice or forgotten.

By default it dies before each commit in turn and at a few random points, which keeps the suite
short; LASTDAY_CRASHES=all adds the beginning of each transaction and 200 random points.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.station import open_station
from monitor.store import cases, segments
from monitor.store.schema import outbox
from tests.daemon.conftest import NOW, new_database
from tests.office import as_lines, incident, lay_out, roster, usual
from tests.receivers import CHANNELS, SECRET, HttpReceiver, MailReceiver

ALL = os.environ.get("LASTDAY_CRASHES") == "all"
EVENTS = [*usual(people=12, days=20), incident(), incident(person="p004")]
CONFIG = (
    """
[severity]
medium = 1
high = 2
alert_budget = 100.0
[notices]
allow_internal = ["127.0.0.1"]
at_once = "medium"
"""
    + CHANNELS
)


class Crasher:
    """The warm process."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.daemon.crash"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, folder: Path, number: int, kill: object = None) -> dict:
        order = {"folder": str(folder), "now": (NOW + timedelta(seconds=300 * number)).isoformat(), "kill": kill}
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        self.process.communicate()


@pytest.fixture(scope="module")
def crasher() -> Iterator[Crasher]:
    crasher = Crasher()
    yield crasher
    crasher.close()


@contextmanager
def office(folder: Path, store: str = "") -> Iterator[tuple[Path, MailReceiver, HttpReceiver]]:
    with MailReceiver().listening() as mail, HttpReceiver().listening() as hook:
        lay_out(folder, store + CONFIG.format(mail=mail.port, hook=hook.url), HOOK=SECRET)
        (folder / "rosters" / "people.csv").write_text(roster(12, {"p000": "2017-11-02", "p004": "2017-11-02"}))
        (folder / "inbox" / "admin.log").write_text(as_lines(EVENTS))
        yield folder, mail, hook


def check(folder: Path, mail: MailReceiver, hook: HttpReceiver, sends: int) -> None:
    """Everything is there once; each notice was sent once, and at most `sends` times under the same id."""
    station = open_station(folder)
    with station.state.read() as connection:
        from monitor.pipeline import open_engine, recall

        with open_engine(station.settings) as db:
            recall(connection, db, station.data)
            kept = {event_id for (event_id,) in db.execute("SELECT id FROM event").fetchall()}
        assert [c.person_id for c in sorted(cases.all_cases(connection), key=lambda c: c.person_id)] == ["p000", "p004"]
        rows = connection.execute(sa.select(outbox.c.key, outbox.c.state, outbox.c.kind)).all()
    assert segments.faults(station.state, station.data) == []
    station.close()
    assert kept == {e["id"] for e in EVENTS}
    assert sorted((row.kind, row.state) for row in rows) == [("opened", "sent")] * 4
    hooked = Counter(request.id for request in hook.requests)
    mailed = Counter(message["message-id"] for _, message in mail.messages)
    assert set(hooked) == {row.key for row in rows if row.key.endswith(".hook")}
    assert set(mailed) == {f"<{row.key}@corp.example>" for row in rows if row.key.endswith(".mail")}
    assert max([*hooked.values(), *mailed.values()]) <= sends
    assert sum(hooked.values()) + sum(mailed.values()) <= len(rows) + sends - 1


def passes(crasher: Crasher, folder: Path) -> dict:
    with office(folder) as (work, mail, hook):
        seen = crasher.run(work, 0)
        check(work, mail, hook, sends=1)
    return seen


@pytest.mark.slow
def test_killed_at_every_commit_in_turn(crasher: Crasher, tmp_path: Path) -> None:
    seen = passes(crasher, tmp_path / "whole")
    points = [(kind, n) for kind in (("commit", "begin") if ALL else ("commit",)) for n in range(seen[kind])]
    assert len(points) > 20
    for kind, n in points:
        with office(tmp_path / f"{kind}{n}") as (work, mail, hook):
            assert crasher.run(work, 0, [kind, n])["killed"]
            assert not crasher.run(work, 1)["killed"]
            check(work, mail, hook, sends=2)


@pytest.mark.slow
def test_killed_at_random_points(crasher: Crasher, tmp_path: Path) -> None:
    seconds = passes(crasher, tmp_path / "whole")["seconds"]
    draw = random.Random(4)
    for n in range(200 if ALL else 3):
        with office(tmp_path / str(n)) as (work, mail, hook):
            crasher.run(work, 0, ["after", draw.uniform(0.0, seconds)])
            assert not crasher.run(work, 1)["killed"]
            check(work, mail, hook, sends=2)


@pytest.mark.slow
def test_killed_on_postgresql(crasher: Crasher, tmp_path: Path, postgres: str) -> None:
    draw = random.Random(5)
    for n in range(40 if ALL else 2):
        store = f'[store]\nurl = "{new_database(postgres)}"\n'
        with office(tmp_path / str(n), store) as (work, mail, hook):
            crasher.run(work, 0, ["commit", draw.randrange(30)])
            assert not crasher.run(work, 1)["killed"]
            check(work, mail, hook, sends=2)
