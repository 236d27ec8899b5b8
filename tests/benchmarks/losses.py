"""Where lastday loses: taken from the results, whatever they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tests.benchmarks.detection import Detection, Fate
from tests.benchmarks.method import METHODS
from tests.benchmarks.metrics import interval

OURS = "lastday"
PEERS = tuple(name for name in METHODS if name != OURS)
MEASURES = {
    "average precision": lambda merit: merit.average_precision,
    "located": lambda merit: merit.located,
    "own share": lambda merit: merit.own_share,
    "incidents among the loud": lambda merit: merit.incidents_loud,
}
"""What higher is better of."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of incident or harmless ending. loud, located: shares; rank: mean place among the leavers.

    best_peer, best_peer_loud: the peer that is loud about most of this kind, with the same number of loud leavers.
    """

    kind: str
    n: int
    loud: float
    located: float
    rank: float
    best_peer: str
    best_peer_loud: float


@dataclass(frozen=True, slots=True)
class Better:
    """A peer whose mean over the seeds of a shape is higher than lastday's."""

    shape: str
    measure: str
    peer: str
    ours: float
    theirs: float


def kinds(detection: Detection, incident: bool) -> list[Kind]:
    """Every kind; those that lastday treats worst first: incidents that stay quiet, endings that are loud."""
    fates: dict[tuple[str, str], list[Fate]] = {}
    for row in detection.rows:
        for fate in row.fates:
            if fate.incident == incident:
                fates.setdefault((fate.kind, fate.method), []).append(fate)
    found = []
    for kind in sorted({kind for kind, _ in fates}):
        ours = fates[kind, OURS]
        loud = {peer: float(np.mean([f.loud for f in fates[kind, peer]])) for peer in PEERS if (kind, peer) in fates}
        best = max(loud, key=lambda peer: loud[peer])
        means = (float(np.mean([getattr(f, name) for f in ours])) for name in ("loud", "located", "rank"))
        found.append(Kind(kind, len(ours), *means, best, loud[best]))
    return sorted(found, key=lambda k: (k.loud, -k.rank) if incident else (-k.loud, k.rank))


def better_peers(detection: Detection) -> Iterator[Better]:
    """Every shape, measure and peer where the peer's mean is higher."""
    for shape in detection.shapes:
        for measure, of in MEASURES.items():
            mean = {
                name: interval([[of(r.merit) for r in detection.rows if (r.shape, r.method) == (shape, name)]])[0]
                for name in METHODS
            }
            for peer in PEERS:
                if mean[peer] > mean[OURS]:
                    yield Better(shape, measure, peer, mean[OURS], mean[peer])


def lost_worlds(detection: Detection) -> list[tuple[str, int, str, float, float]]:
    """Where a peer's average precision is as high: (shape, seed, peer, lastday's, the peer's)."""
    ours = {(r.shape, r.seed): r.merit.average_precision for r in detection.rows if r.method == OURS}
    return [
        (r.shape, r.seed, r.method, ours[r.shape, r.seed], r.merit.average_precision)
        for r in detection.rows
        if r.method != OURS and r.merit.average_precision >= ours[r.shape, r.seed]
    ]
