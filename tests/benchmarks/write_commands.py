"""docs/commands-speed.md from what was measured."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from tests.benchmarks import machine
from tests.benchmarks.commands import Commands
from tests.benchmarks.markdown import figure, table

AIM = 1.0
QUIET = 0.3


def write(told: Commands, folder: Path, command: str) -> None:
    """The file into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for name, runs in told.runs.items():
        seconds = median(s for s, _ in runs)
        met = "yes" if seconds <= AIM else "**no**"
        each = ", ".join(f"{s:.2f}" for s, _ in runs)
        rows.append(
            [f"`lastday {name}`".replace("|", "\\|"), figure(seconds), figure(median(m for _, m in runs), 0), met, each]
        )
    busy = (
        "" if told.busy <= QUIET else
        f"\n\n**The machine was not quiet**: {told.busy:.1f} processes a core ran before the measurement began. "
        "Do not quote these figures."
    )  # fmt: skip
    text = f"""# How long the commands take that look at people

Written by `{command}`; every figure comes from that run.
{machine.describe()}{busy}

**The store**: {told.events:,} events of {told.people:,} people over eight months in sealed Parquet files, one a month,
and the last two days in SQLite; generated. Each command runs as a process of its own, start and imports included,
from byte code as pip leaves it; the median of the runs.

{table(["", "seconds", "MB", f"within {AIM:.0f} s", "each run"], rows)}"""
    (folder / "commands-speed.md").write_text(text.rstrip() + "\n", "utf-8")
