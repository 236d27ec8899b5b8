"""A command's wall seconds and peak memory: `python timed.py COMMAND …` writes both as JSON to the last line of stdout.

The standard library alone: a small process, since on Linux a child's peak is never below its parent's at the start.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path


def timed(command: Sequence[str]) -> tuple[float, float]:
    """(seconds, peak MB) of a command. Raises CalledProcessError unless it ends with 0, or 3: done, but degraded."""
    told = subprocess.run(
        [sys.executable, "-S", str(Path(__file__)), *command], stdout=subprocess.PIPE, text=True, check=True
    )
    code, seconds, peak_mb = json.loads(told.stdout)
    if code not in (0, 3):
        raise subprocess.CalledProcessError(code, command)
    return seconds, peak_mb


def _run(command: list[str]) -> None:
    began = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - began
    unit = 2**20 if sys.platform == "darwin" else 2**10  # bytes there, kilobytes elsewhere
    print(json.dumps([os.waitstatus_to_exitcode(status), seconds, usage.ru_maxrss / unit]))


if __name__ == "__main__":
    _run(sys.argv[1:])
