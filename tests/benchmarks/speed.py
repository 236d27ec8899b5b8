"""Wall time and peak memory of `lastday scan` beside a plain script over the same file, in the same run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.benchmarks import large_log, machine
from tests.benchmarks.timed import timed

REPETITIONS, HELPS = 3, 9
QUICK_LINES = 100_000
LASTDAY = (sys.executable, "-m", "monitor.cli")
PEER = (sys.executable, "-W", "ignore", str(Path(__file__).with_name("peer_ecod.py")))


@dataclass(frozen=True, slots=True)
class Speed:
    """(seconds, peak MB) of each repetition. busy: processes a core that ran before the measurement began."""

    lines: int
    file_mb: float
    lastday: tuple[tuple[float, float], ...]
    peer: tuple[tuple[float, float], ...]
    help_seconds: float
    busy: float


def measure(quick: bool, say: Callable[[str], None]) -> Speed:
    """Take turns, so that a slower minute of the machine hits both."""
    lines, busy = QUICK_LINES if quick else large_log.LINES, machine.load()
    with TemporaryDirectory() as folder:
        hr, events = large_log.write(Path(folder), lines)
        ours, theirs = [], []
        for i in range(1 if quick else REPETITIONS):
            ours.append(timed([*LASTDAY, "scan", "--hr", str(hr), "--events", str(events), "--format", "jsonl"]))
            say(f"lastday scan, run {i + 1}: {ours[-1][0]:.2f} s, {ours[-1][1]:.0f} MB")
            theirs.append(timed([*PEER, str(hr), str(events)]))
            say(f"pandas + ECOD, run {i + 1}: {theirs[-1][0]:.2f} s, {theirs[-1][1]:.0f} MB")
        size_mb = events.stat().st_size / 1e6
    helps = [timed([*LASTDAY, "--help"])[0] for _ in range(HELPS)]
    return Speed(lines, size_mb, tuple(ours), tuple(theirs), median(helps), busy)
