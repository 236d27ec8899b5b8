"""docs/latency.md from what was measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks import machine
from tests.benchmarks.latency import Figures, quantile
from tests.benchmarks.markdown import figure, table

AIM_MS = 50.0
QUIET = 0.3


def write(told: Figures, folder: Path, command: str) -> None:
    """The file into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        row
        for (way, beside), steps in told.trials.items()
        for row in _rows({f"{step}, {way}, {beside}": ms for step, ms in steps.items()})
    ]
    asked = _rows({f"{who}, {beside}": ms for (who, beside), ms in told.checks.items()})
    judged = max(told.trials["appended", "at rest"]["judged"])
    busy = (
        "" if told.busy <= QUIET else
        f"\n\n**The machine was not quiet**: {told.busy:.1f} processes a core ran before the measurement began. "
        "Do not quote these figures."
    )  # fmt: skip
    memory = " and ".join(f"{mb:.0f} MB" for mb in told.memory_mb)
    text = f"""# How soon the daemon stores, judges and tells

Written by `{command}`; every figure comes from that run.
{machine.describe()}{busy}

**The daemon**: `lastday run` over {told.events:,} events of {told.people} generated people, {told.watched} of whom
leave soon, on {told.store}. It had judged everything {told.start_seconds:.1f} s after its start. An act that somebody
must be told of is appended to a log or pushed; *stored* is when its event, *judged* when its finding can be read by
others, *webhook* and *mail* when real receivers on loopback have taken the notice. Beside a stream, everybody's usual
work goes on in another log. Of a case that was told a notice goes out again only when it has become graver, so there
are fewer of these than acts; beside the stream one may be of another act that came before. In milliseconds:

{table(["", "median", "highest", "acts"], rows)}
The aim for an alert stored is {AIM_MS:.0f} ms at p99: {"met" if judged <= AIM_MS else "**not met**"}.

`POST /v1/check`, in milliseconds, about somebody who is

{table(["", "median", "highest", "questions"], asked)}
The daemon held {memory} at rest and after the stream.
"""
    (folder / "latency.md").write_text(text, "utf-8")


def _rows(told: Mapping[str, Sequence[float]]) -> list[list[str]]:
    return [
        [name, figure(quantile(ms, 0.5), 0), figure(max(ms, default=float("nan")), 0), str(len(ms))]
        for name, ms in told.items()
    ]
