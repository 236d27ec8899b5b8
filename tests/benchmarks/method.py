"""One method over one folder, in a process of its own: `python -m tests.benchmarks.method NAME FOLDER OUT`."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks.metrics import Told, first_findings

Method = Callable[[Path], list[Told]]


def _lastday(folder: Path) -> list[Told]:
    from monitor.scanning import scan
    from monitor.settings import load_settings

    found = scan([folder / "hr.csv"], [str(next(folder.glob("events.jsonl*")))], load_settings()).found
    return [Told(one.person_id, one.score, frozenset(one.event_ids), one.severity) for one in found]


def _rules(folder: Path) -> list[Told]:
    from tests.benchmarks.peers import rules
    from tests.benchmarks.peers.log import read_log

    return rules.find(read_log(folder))


def _stream(folder: Path) -> list[Told]:
    from tests.benchmarks.peers import stream
    from tests.benchmarks.peers.log import read_log

    return stream.find(read_log(folder))


def _vectors(scorer: str, **how: bool) -> Method:
    def find(folder: Path) -> list[Told]:
        from tests.benchmarks.peers import groups, vectors
        from tests.benchmarks.peers.log import read_log

        return vectors.find(read_log(folder), {**vars(vectors), **vars(groups)}[scorer], **how)

    return find


METHODS: dict[str, tuple[str, Method]] = {
    "lastday": ("lastday", _lastday),
    "rules": ("rule list", _rules),
    "ecod": ("PyOD ECOD", _vectors("ecod")),
    "ecod_own": ("PyOD ECOD, own deviations", _vectors("ecod", own=True)),
    "iforest": ("PyOD IForest", _vectors("iforest")),
    "knn": ("PyOD KNN", _vectors("knn")),
    "knn_own": ("PyOD KNN, own deviations", _vectors("knn", own=True)),
    "groups": ("scikit-learn IsolationForest per peer group", _vectors("isolation_forest", by_group=True)),
    "stream": ("River HalfSpaceTrees", _stream),
}
"""name -> (as the tables call it, what it does)."""


def save(told: list[Told], path: Path) -> None:
    kept = [one for own in first_findings(told).values() for one in own]
    path.write_text(json.dumps([[t.person_id, t.score, sorted(t.event_ids), t.severity] for t in kept]), "utf-8")


def load(path: Path) -> list[Told]:
    """What `save` wrote: the first findings of each person."""
    return [Told(p, score, frozenset(ids), severity) for p, score, ids, severity in json.loads(path.read_text("utf-8"))]


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # the libraries' own; they are not what is measured
    save(METHODS[sys.argv[1]][1](Path(sys.argv[2])), Path(sys.argv[3]))
