"""How soon the daemon stores, judges and tells: from a line appended, or an event pushed, to the mail that arrives."""

from __future__ import annotations

import json
import random
import re
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from monitor.store.state import State, open_state
from monitor.world import generate, made_recent, write
from tests.benchmarks import machine
from tests.benchmarks.speed import LASTDAY
from tests.receivers import CHANNELS, SECRET, HttpReceiver, MailReceiver, free_port

SEED, PEOPLE, DAYS = 17, 400, 200
QUICK_PEOPLE, QUICK_DAYS = 120, 100
TRIALS, QUICK_TRIALS = 12, 3
CHECKS = 30
EVENTS_A_SECOND = 200
PATIENCE_SECONDS = 60.0
WAIT_SECONDS, NOTICE_SECONDS = 10.0, 4.0
NEAR_DAYS = 25
STREAM_LINES = 20_000
TOKEN = "geheim"
STEPS = ("stored", "judged", "webhook", "mail")
ACTIONS = ("account.deactivate", "file.delete", "file.copy_to_usb", "table.drop", "device.wipe")
CONFIG = (
    """[http]
listen = "127.0.0.1:{port}"
[notices]
allow_internal = ["127.0.0.1"]
flood = 100000
[[rosters]]
name = "hr"
path = "rosters/*.csv"
[[sources]]
name = "logs"
kind = "folder"
path = "inbox"
"""
    + CHANNELS
)


@dataclass(slots=True)
class Figures:
    """Milliseconds of each trial, by (how it came, beside what) and step; of checks; of the daemon in MB."""

    events: int
    people: int
    watched: int
    store: str
    start_seconds: float = 0.0
    trials: dict[tuple[str, str], dict[str, list[float]]] = field(default_factory=dict)
    checks: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    memory_mb: list[float] = field(default_factory=list)
    busy: float = 0.0


def measure(quick: bool, say: Callable[[str], None]) -> Figures:
    """A daemon over an organisation of some hundred people, at rest and beside a steady stream."""
    busy = machine.load()
    with TemporaryDirectory() as parent, MailReceiver().listening() as mail, HttpReceiver().listening() as hook:
        scene = _scene(Path(parent), mail, hook, quick)
        figures = scene.figures
        figures.busy = busy
        say(f"{figures.events:,} events of {figures.people} people, {figures.watched} of them watched")
        with scene.running():
            say(f"judged {figures.start_seconds:.1f} s after the start")
            number = QUICK_TRIALS if quick else TRIALS
            for beside in ("at rest", f"{EVENTS_A_SECOND} events a second"):
                with scene.stream(EVENTS_A_SECOND if beside != "at rest" else 0):
                    for way, send in (("appended", scene.append), ("pushed", scene.push)):
                        figures.trials[way, beside] = scene.trials(send, number)
                        say(f"{way}, {beside}: {shown(figures.trials[way, beside])}")
                    for who in ("watched", "not watched"):
                        figures.checks[who, beside] = scene.checks(
                            scene.watched if who == "watched" else scene.others, 20 if quick else CHECKS
                        )
                        say(f"check, {who}, {beside}: {shown({'answered': figures.checks[who, beside]})}")
                figures.memory_mb.append(scene.memory_mb())
                say(f"{figures.memory_mb[-1]:.0f} MB")
    return figures


def shown(steps: dict[str, list[float]]) -> str:
    """Median and highest of each step."""
    return "; ".join(
        f"{name} {quantile(ms, 0.5):.0f}, at most {max(ms, default=float('nan')):.0f} ms ({len(ms)})"
        for name, ms in steps.items()
    )


def quantile(values: Sequence[float], q: float) -> float:
    """The least of the values that so large a share does not exceed."""
    return sorted(values)[min(len(values) - 1, int(q * len(values)))] if values else float("nan")


@dataclass(slots=True)
class Scene:
    """A working folder, the receivers, and the organisation's usual day as lines to be told again."""

    folder: Path
    mail: MailReceiver
    hook: HttpReceiver
    port: int
    usual: list[dict[str, Any]]
    watched: list[str]
    others: list[str]
    figures: Figures
    draw: random.Random = field(default_factory=lambda: random.Random(SEED))
    number: int = 0
    told: int = 0
    process: subprocess.Popen[str] | None = None
    state: State | None = None

    @contextmanager
    def running(self) -> Iterator[None]:
        """The daemon as a process of its own, from when it has judged everything."""
        subprocess.run([*LASTDAY, "once", "-C", str(self.folder)], capture_output=True, check=True)
        began = time.perf_counter()
        with (self.folder / "log").open("w") as log, ExitStack() as over:
            self.process = subprocess.Popen([*LASTDAY, "run", "-C", str(self.folder)], stderr=log, text=True)
            over.callback(self.process.wait)
            over.callback(self.process.terminate)
            self._wait_until_ready()
            self.figures.start_seconds = time.perf_counter() - began
            self.state = open_state(str(self.folder / "data" / "state.db"))
            over.callback(self.state.close)
            yield

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + 30 * PATIENCE_SECONDS
        while time.monotonic() < until:
            time.sleep(0.1)
            try:
                if self._ask("/v1/check", json.dumps(self._act(self.watched[0]))) == 200:
                    return
            except OSError:
                pass
        raise AssertionError((self.folder / "log").read_text()[-2000:])

    def _ask(self, path: str, body: str) -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        connection.request("POST", path, body, {"authorization": f"Bearer {TOKEN}"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    def _act(self, actor: str, action: str = ACTIONS[0]) -> dict[str, Any]:
        self.number += 1
        return {
            "id": f"trial-{self.number}", "time": datetime.now(UTC).isoformat(), "actor": actor, "action": action,
            "target": f"account:{self.number}", "magnitude": 44_000_000 + self.number, "source": "trial",
        }  # fmt: skip

    def append(self, event: dict[str, Any]) -> None:
        """As a tool writes its log."""
        with (self.folder / "inbox" / "trial.log").open("a") as stream:
            stream.write(json.dumps(event) + "\n")

    def push(self, event: dict[str, Any]) -> None:
        """As a tool sends it."""
        assert self._ask("/v1/events", json.dumps(event)) == 200

    def trials(self, send: Callable[[dict[str, Any]], None], number: int) -> dict[str, list[float]]:
        """One act after the other, each of which somebody must be told of; milliseconds until each step."""
        found: dict[str, list[float]] = {step: [] for step in STEPS}
        for _ in range(number):
            time.sleep(0.3 + self.draw.random())  # never in step with anything that runs once a second
            self._settle()
            actor = self.watched[self.number % len(self.watched)]
            event = self._act(actor, ACTIONS[self.number // len(self.watched) % len(ACTIONS)])
            began = time.perf_counter()
            arrived = [self._arrival(receiver) for receiver in (self.hook, self.mail)]
            send(event)
            seen = self._watch_store(event)
            for name, moment in zip(STEPS, (*seen, *(told() for told in arrived)), strict=True):
                if moment is not None:
                    found[name].append(1000 * (moment - began))
        return found

    def _settle(self) -> None:
        """Whatever was told until now is of another act."""
        for receiver in (self.hook, self.mail):
            while receiver.arrived.acquire(blocking=False):
                pass

    def _arrival(self, receiver: HttpReceiver | MailReceiver) -> Callable[[], float | None]:
        """Wait for the next notice in a thread; call what is returned for when it came."""
        moments: list[float] = []

        def wait() -> None:
            if receiver.arrived.acquire(timeout=NOTICE_SECONDS):
                moments.append(time.perf_counter())

        thread = threading.Thread(target=wait)
        thread.start()

        def told() -> float | None:
            thread.join()
            return moments[0] if moments else None

        return told

    def _watch_store(self, event: Mapping[str, Any]) -> tuple[float | None, float | None]:
        """When the event, and the finding of it, were there for others to read."""
        assert self.state
        stored = sa.text("SELECT 1 FROM events WHERE id = :id")
        judged = sa.text("SELECT 1 FROM findings WHERE body LIKE :id")
        return (
            self._until_there(stored, event["id"]),
            self._until_there(judged, f'%"{event["id"]}"%'),
        )

    def _until_there(self, query: sa.TextClause, event_id: str) -> float | None:
        assert self.state
        until = time.perf_counter() + WAIT_SECONDS
        while time.perf_counter() < until:
            with self.state.read() as connection:
                if connection.execute(query, {"id": event_id}).first():
                    return time.perf_counter()
            time.sleep(0.002)
        return None

    def checks(self, people: Sequence[str], number: int) -> list[float]:
        """Milliseconds until each question was answered."""
        found = []
        for _ in range(number):
            time.sleep(self.draw.random() / 20)
            body = json.dumps(self._act(self.draw.choice(people)))
            began = time.perf_counter()
            if self._ask("/v1/check", body) == 200:
                found.append(1000 * (time.perf_counter() - began))
        return found

    @contextmanager
    def stream(self, events_a_second: int) -> Iterator[None]:
        """The usual work of everybody, told again as if it were done now, by a log that grows ten times a second."""
        over = threading.Event()

        def write() -> None:
            began, written = time.monotonic(), 0
            with (self.folder / "inbox" / "stream.log").open("a") as log:
                while not over.wait(0.1):
                    now, due = datetime.now(UTC).isoformat(), int((time.monotonic() - began) * events_a_second)
                    for _ in range(due - written):
                        self.told += 1
                        event = self.usual[self.told % len(self.usual)]
                        log.write(json.dumps(event | {"id": f"stream-{self.told}", "time": now}) + "\n")
                    log.flush()
                    written = due

        thread = threading.Thread(target=write)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def memory_mb(self) -> float:
        """What the daemon holds now."""
        assert self.process
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def _scene(parent: Path, mail: MailReceiver, hook: HttpReceiver, quick: bool) -> Scene:
    world = made_recent(
        generate("platform", SEED, QUICK_PEOPLE if quick else PEOPLE, QUICK_DAYS if quick else DAYS),
        datetime.now(UTC),
    )
    folder, port = parent / "watch", free_port()
    for name in ("inbox", "rosters", "secrets"):
        (folder / name).mkdir(parents=True)
    hr, events, _ = write(world, parent / "world")
    hr.rename(folder / "rosters" / "hr.csv")
    events.rename(folder / "inbox" / "events.jsonl")
    (folder / "secrets" / "LASTDAY_TOKEN").write_text(TOKEN)
    (folder / "secrets" / "HOOK").write_text(SECRET)
    (folder / "lastday.toml").write_text(CONFIG.format(port=port, mail=mail.port, hook=hook.url))
    leaving = [row for row in world.roster if row["last_day"] and row["status"] != "withdrawn"]
    soon = {row["person_id"] for row in leaving if _is_near(row["last_day"])}
    names = {row["person_id"]: row["accounts"].split("|")[0] or row["email"] for row in world.roster}
    lines = world.events.slice(world.events.num_rows - STREAM_LINES).to_pylist()
    usual = [{key: value for key, value in line.items() if value is not None} for line in lines]
    figures = Figures(world.events.num_rows, len(world.roster), len(soon), "SQLite")
    return Scene(
        folder, mail, hook, port, usual,
        sorted(names[p] for p in soon), sorted(name for p, name in names.items() if p not in soon), figures,
    )  # fmt: skip


def _is_near(last_day: str) -> bool:
    return abs((date.fromisoformat(last_day) - datetime.now(UTC).date()).days) < NEAR_DAYS
