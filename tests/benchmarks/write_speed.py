"""docs/speed.md from what was measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks import large_log, machine
from tests.benchmarks.markdown import figure, table
from tests.benchmarks.speed import HELPS, Speed

TIME_AIM, MEMORY_AIM, HELP_AIM = 1 / 4, 1 / 3, 0.3
QUIET = 0.3


def write(speed: Speed, folder: Path, command: str) -> None:
    """The file into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    ours, theirs = _medians(speed.lastday), _medians(speed.peer)
    time_share, memory_share = ours[0] / theirs[0], ours[1] / theirs[1]
    runs = [
        ["lastday scan", figure(ours[0]), figure(ours[1], 0), figure(speed.lines / ours[0], 0), _all(speed.lastday)],
        [
            "pandas + PyOD ECOD",
            figure(theirs[0]),
            figure(theirs[1], 0),
            figure(speed.lines / theirs[0], 0),
            _all(speed.peer),
        ],
    ]
    aims = [
        ["wall time, share of the script's", f"{TIME_AIM:.2f}", figure(time_share), _met(time_share, TIME_AIM)],
        [
            "peak memory, share of the script's",
            f"{MEMORY_AIM:.2f}",
            figure(memory_share),
            _met(memory_share, MEMORY_AIM),
        ],
        [
            "`lastday --help`, seconds",
            f"{HELP_AIM:.2f}",
            figure(speed.help_seconds),
            _met(speed.help_seconds, HELP_AIM),
        ],
    ]
    text = f"""# How fast lastday is, beside a plain script

Written by `{command}`; every figure comes from that run.
{machine.describe()}{_busy(speed)}

**The file**: {speed.lines:,} JSON lines ({speed.file_mb:.0f} MB) of {large_log.PEOPLE} people over
{large_log.DAYS} days, {large_log.LEAVERS} of whom leave; generated, seed {large_log.SEED}.
**The script**: tests/benchmarks/peer_ecod.py, what a user would write instead: pandas reads the lines and pivots
them into a vector for each
person and day, PyOD's ECOD ranks the leavers by them. Both run as processes of their own, by turns, imports and
reading included;
the median of {len(speed.lastday)}. Memory is the process's peak resident set.

{table(["", "seconds", "MB", "lines a second", "each run"], runs)}
{table(["aim, at most", "", "measured", "met"], aims)}
`lastday --help` is the median of {HELPS} starts. The two do not do the same: the script gives a score a day and no
reasons; lastday judges every act with its
reasons, and holds it against placebo departures. What each finds: [evaluation.md](evaluation.md).
"""
    (folder / "speed.md").write_text(text, "utf-8")


def _medians(runs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return median(seconds for seconds, _ in runs), median(peak for _, peak in runs)


def _all(runs: Sequence[tuple[float, float]]) -> str:
    return ", ".join(f"{seconds:.2f} s" for seconds, _ in runs)


def _met(measured: float, aim: float) -> str:
    return "yes" if measured <= aim else "**no**"


def _busy(speed: Speed) -> str:
    if speed.busy <= QUIET:
        return ""
    told = f"**The machine was not quiet**: {speed.busy:.1f} processes a core ran before the measurement began."
    return f"\n\n{told} Do not quote these figures."
