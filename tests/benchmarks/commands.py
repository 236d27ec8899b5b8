"""How long each command that looks at people takes on a store of ten million events and five thousand people."""

from __future__ import annotations

import compileall
import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import detectors
import monitor
from tests.benchmarks import large_store, machine
from tests.benchmarks.speed import LASTDAY
from tests.benchmarks.timed import timed

REPETITIONS = 5
QUICK_EVENTS, QUICK_PEOPLE = 200_000, 500


@dataclass(frozen=True, slots=True)
class Commands:
    """command -> (seconds, peak MB) of each repetition. busy: processes a core that ran before."""

    events: int
    people: int
    runs: dict[str, list[tuple[float, float]]]
    busy: float


def measure(quick: bool, say: Callable[[str], None]) -> Commands:
    """Every command as a process of its own, several times, by turns."""
    events, people = (QUICK_EVENTS, QUICK_PEOPLE) if quick else (large_store.EVENTS, large_store.PEOPLE)
    busy = machine.load()
    for package in (monitor, detectors):  # as pip leaves it: nobody compiles at every start
        compileall.compile_dir(Path(str(package.__file__)).parent, quiet=2)
    with TemporaryDirectory() as parent:
        folder = Path(parent) / "store"
        say(f"writing a store of {events:,} events and {people:,} people")
        large_store.make(folder, datetime.now(UTC), events, people)
        asked = _commands(folder)
        runs: dict[str, list[tuple[float, float]]] = {" ".join(words): [] for words in asked}
        for i in range(1 if quick else REPETITIONS):
            for words in asked:
                name = " ".join(words)
                runs[name].append(timed([*LASTDAY, *words, "-C", str(folder)]))
                say(f"{runs[name][-1][0]:.2f} s, run {i + 1}: lastday {name}")
    return Commands(events, people, runs, busy)


def _commands(folder: Path) -> list[list[str]]:
    """What is timed: one of each, about somebody who leaves soon."""
    who = large_store.person_of(large_store.PEOPLE_SOON)
    told = subprocess.run(
        [*LASTDAY, "case", "show", who, "-C", str(folder), "--format", "json"],
        capture_output=True,
        text=True,
        check=True,
    )
    case = json.loads(told.stdout)
    finding = case["findings"][0]["finding_id"]
    return [
        ["leavers"],
        ["case", "list"],
        ["case", "show", case["case_id"]],
        ["case", "note", case["case_id"], "looked into it"],
        ["timeline", who],
        ["compare", who],
        ["explain", finding],
        ["events", who, "--around", finding],
        ["report", case["case_id"], "--force"],
        ["sql", "SELECT severity, count(*) FROM findings GROUP BY 1"],
        ["sql", "SELECT action, count(*) FROM events GROUP BY 1 ORDER BY 2 DESC"],
        ["sql", f"SELECT date_trunc('month', time), count(*) FROM events WHERE person = '{case['person']}' GROUP BY 1"],
    ]
