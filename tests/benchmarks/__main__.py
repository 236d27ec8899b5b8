"""`python -m tests.benchmarks`: measures, and writes evaluation, speed, commands-speed and latency.md in docs."""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path

PROJECT = Path(__file__).parents[2]
DOCS, TRIAL = PROJECT / "docs", PROJECT / "build" / "bench"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one seed, two kinds, a small log; written to build/bench")
    parser.add_argument("--only", choices=["detection", "speed", "commands", "latency"], help="one part alone")
    parser.add_argument("--seeds", type=int, default=3, help="organisations of each kind (3)")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time, detection only (2)")
    parser.add_argument("--out", type=Path, help="folder for what is written (docs)")
    told = parser.parse_args()
    out = told.out or (TRIAL if told.quick else DOCS)
    command = " ".join(["python -m tests.benchmarks", *_without_out(sys.argv[1:])])
    warnings.simplefilter("ignore")  # the peers' libraries'; nothing here is under test
    if told.only in (None, "commands"):
        from tests.benchmarks import commands, write_commands

        write_commands.write(commands.measure(told.quick, say), out, command)
    if told.only in (None, "latency"):
        from tests.benchmarks import latency, write_latency

        write_latency.write(latency.measure(told.quick, say), out, command)
    if told.only in (None, "speed"):  # first, while nothing has warmed the machine up
        from tests.benchmarks import speed, write_speed

        write_speed.write(speed.measure(told.quick, say), out, command)
    if told.only in (None, "detection"):
        from tests.benchmarks import detection, real, write_evaluation

        folder = real.folder_of_real_data()
        on_real = real.measure(folder, told.quick, say) if folder else None
        measured = detection.measure(told.seeds, told.quick, told.jobs, say)
        write_evaluation.write(measured, on_real, out, command)
    say(f"written to {out}")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _without_out(words: list[str]) -> list[str]:
    """The command's words but for --out, which is a path of this machine."""
    if "--out" in words:
        at = words.index("--out")
        return words[:at] + words[at + 2 :]
    return [word for word in words if not word.startswith("--out=")]


if __name__ == "__main__":
    main()
