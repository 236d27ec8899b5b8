"""lastday with one kind of evidence left out: `python -m tests.benchmarks.ablation FOLDER OUT`.

The log is read once; the judgement is made anew with each set of weights.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from monitor import scanning
from monitor.assess import assess
from monitor.core.judge import CIRCUMSTANCE, CONTENT, KINDS, Weights
from monitor.findings import findings
from monitor.model import Finding
from monitor.settings import load_settings

ALL = "everything"


def _without(*kinds: str) -> Weights:
    return replace(Weights(), kinds={kind: 0.0 if kind in kinds else w for kind, w in Weights().kinds.items()})


VARIANTS: Mapping[str, Weights] = {
    ALL: Weights(),
    **{kind: _without(kind) for kind in KINDS},
    "after the last day": replace(Weights(), after=0.0, after_impact=0.0, after_volume=0.0),
    "what other leavers do alike": replace(Weights(), custom=0.0),
    "nearness to the end": replace(Weights(), nearness=0.0),
    "impact (every act weighs alike)": replace(Weights(), floor=1.0, circumstance=1.0, circumstance_impact=0.0),
    "all circumstances": _without(*(kind for side in CIRCUMSTANCE for kind in side)),
    "all content": _without(*(kind for side in CONTENT for kind in side)),
}
"""What is left out -> the weights without it."""


def best_scores(found: list[Finding]) -> dict[str, float]:
    """person_id -> the highest finding's score."""
    best: dict[str, float] = {}
    for one in found:
        best[one.person_id] = max(best.get(one.person_id, 0.0), one.score)
    return best


def _ablate(folder: Path) -> dict[str, dict[str, float]]:
    settings = load_settings()
    read = scanning.scan([folder / "hr.csv"], [str(next(folder.glob("events.jsonl*")))], settings)
    told = {ALL: best_scores(read.found)}
    for name, weights in VARIANTS.items():
        if name != ALL:
            people, departures = read.roster.people.values(), read.roster.departures
            assessed = assess(read.history, people, departures, settings, read.intake.attributes, weights=weights)
            told[name] = best_scores(findings(read.history, assessed))
    return told


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    Path(sys.argv[2]).write_text(json.dumps(_ablate(Path(sys.argv[1]))), "utf-8")
