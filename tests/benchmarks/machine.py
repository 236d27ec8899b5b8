"""What the figures were measured on: hardware and versions, no names and no paths."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

from monitor import __version__

PACKAGES = ("duckdb", "numpy", "pandas", "pyarrow", "pyod", "river", "scikit-learn")


def describe() -> str:
    """A sentence on the machine and one on the versions."""
    memory_gb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory_gb:.0f} GB of memory, {platform.system()}. "
        f"lastday {__version__}, Python {platform.python_version()}, {versions}."
    )


def load() -> float:
    """Running processes for each core, of the last minute; 1 is a machine that is busy without us."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
