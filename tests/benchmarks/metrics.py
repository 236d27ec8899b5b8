"""Figures of merit, the same for every method: pure functions of findings and truth."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

FIRST_FINDINGS = 3
"""So many of a person's findings one reads before turning to the next person."""
RESAMPLES = 4000


@dataclass(frozen=True, slots=True)
class Told:
    """What a method says of one person's strangest piece of time, strongest first in a list of them.

    severity is None where a method knows none.
    """

    person_id: str
    score: float
    event_ids: frozenset[str]
    severity: str | None = None


@dataclass(frozen=True, slots=True)
class Merit:
    """Figures of one method on one log.

    recall: budget -> share of the incidents among so many first leavers. located: share of the
    incidents of which an event stands in the person's first findings. own_share: share of the
    locating finding's events that are the incident's, over those located; NaN where none is.
    harmless_loud, incidents_loud: how many of the `loud` first leavers.
    """

    average_precision: float
    recall: Mapping[int, float]
    located: float
    own_share: float
    loud: int
    harmless_loud: int
    incidents_loud: int


def average_precision(positive: ArrayLike, scores: ArrayLike) -> float:
    """Mean precision at each positive; equal scores are one step, so that ties flatter nobody.

    positive, scores: shape (n,). NaN where nothing is positive.

    >>> average_precision([1, 0, 1], [3.0, 2.0, 1.0])
    0.8333333333333333
    >>> average_precision([1, 0, 0, 0], [5.0, 5.0, 5.0, 5.0])
    0.25
    """
    positive, scores = np.asarray(positive, bool), np.asarray(scores, np.float64)
    if not positive.any():
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(positive[order])
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    gained = np.diff(hits[last], prepend=0)
    return float(np.sum(gained * hits[last] / (last + 1)) / hits[-1])


def ranked(leavers: Collection[str], told: Sequence[Told]) -> list[tuple[str, float]]:
    """Every leaver with the best score, highest first; 0 for one of whom nothing is told. Ties go by person_id."""
    best = dict.fromkeys(leavers, 0.0)
    for one in told:
        if one.person_id in best:
            best[one.person_id] = max(best[one.person_id], one.score)
    return sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))


def first_findings(told: Sequence[Told]) -> dict[str, list[Told]]:
    """The first findings of each person, strongest first."""
    own: dict[str, list[Told]] = {}
    for one in sorted(told, key=lambda t: -t.score):
        mine = own.setdefault(one.person_id, [])
        if len(mine) < FIRST_FINDINGS:
            mine.append(one)
    return own


def locating(incident: Collection[str], findings: Sequence[Told]) -> Told | None:
    """The first of the findings that holds an event of the incident."""
    return next((one for one in findings if not one.event_ids.isdisjoint(incident)), None)


def loud_leavers(leavers: Collection[str], told: Sequence[Told]) -> set[str]:
    """Leavers with a finding of high or critical severity."""
    return {one.person_id for one in told if one.severity in ("high", "critical")} & set(leavers)


def merit(
    incidents: Mapping[str, Collection[str]], leavers: Collection[str], told: Sequence[Told], budgets: Sequence[int],
    loud: int | None = None,
) -> Merit:  # fmt: skip
    """Hold findings against the truth.

    incidents: person_id -> ids of the incident's events. leavers: all of them, harmless ones too.
    loud: how many leavers the method may be loud about; None: it says itself, by severity.
    """
    order = ranked(leavers, told)
    positive = [person in incidents for person, _ in order]
    own = first_findings(told)
    found = {person: locating(events, own.get(person, ())) for person, events in incidents.items()}
    shares = [len(one.event_ids & set(incidents[p])) / len(one.event_ids) for p, one in found.items() if one]
    heard = loud_leavers(leavers, told) if loud is None else {person for person, _ in order[:loud]}
    n = max(1, len(incidents))
    return Merit(
        average_precision=average_precision(positive, [score for _, score in order]),
        recall={budget: sum(positive[:budget]) / n for budget in budgets},
        located=len(shares) / n,
        own_share=float(np.mean(shares)) if shares else float("nan"),
        loud=len(heard),
        harmless_loud=len(heard - incidents.keys()),
        incidents_loud=len(heard & incidents.keys()),
    )


def interval(values: Sequence[Sequence[float]], seed: int = 0) -> tuple[float, float, float]:
    """Mean and 95 % bootstrap interval (percentiles; Efron 1979).

    values: a sequence for each stratum (kind of organisation); drawn anew within each, and each
    weighs alike. NaN are left out. All NaN gives NaN.
    """
    strata = [np.asarray(some, np.float64) for some in values]
    strata = [some[np.isfinite(some)] for some in strata]
    strata = [some for some in strata if len(some)]
    if not strata:
        return (float("nan"),) * 3
    rng = np.random.default_rng(seed)
    drawn = np.mean([some[rng.integers(len(some), size=(RESAMPLES, len(some)))].mean(1) for some in strata], axis=0)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(np.mean([some.mean() for some in strata])), float(low), float(high)
