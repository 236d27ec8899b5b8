"""What a replay tells: who would have been told of which departure, when, and under which alert budget."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from detectors.base import Floats
from monitor.core import severity
from monitor.core.levels import Thresholds
from monitor.core.severity import Scale
from monitor.model import Finding

LOUD = ("high", "critical")
"""The severities of which somebody is told."""
HOUR = timedelta(hours=1)
Key = tuple[str, date]


@dataclass(frozen=True, slots=True)
class Case:
    """A departure as it was replayed: when its last day ends, in the person's zone, and from when on it was known."""

    person_id: str
    last_day: date
    ends: datetime
    known: datetime

    @property
    def key(self) -> Key:
        """What tells it from other departures, also those of the same person."""
        return self.person_id, self.last_day


@dataclass(frozen=True, slots=True)
class Moment:
    """What the daemon would have known and judged as of a time.

    scores: the highest of each case, shape (cases,).  loud: findings that a budget without bounds makes loud, highest
    score first.  found: finding_id -> score of all findings.
    """

    as_of: datetime
    weeks: float
    measured: bool
    harmless_scores: Floats
    cases: tuple[Case, ...]
    scores: Floats
    loud: tuple[Finding, ...]
    found: Mapping[str, float]

    def scale(self, budget: float, thresholds: Thresholds) -> Scale:
        """What scores meant then, had the budget (notices a week) been this."""
        return severity.scale(list(self.harmless_scores), list(self.scores), self.weeks, budget, thresholds)

    def rank(self, key: Key) -> int | None:
        """The departure's place among all then known, by their highest scores; None where it scores nothing."""
        score = max((s for case, s in zip(self.cases, self.scores, strict=True) if case.key == key), default=0.0)
        return 1 + int(np.sum(self.scores > score)) if score > 0 else None


@dataclass(frozen=True, slots=True)
class Noticed:
    """The first time that somebody was told of a departure: after `told_from`, and by `told_by` at the latest.

    At the moment before it the finding was not loud; and neither can be told before the act is done and the departure
    known.  rank: of the departure among those then known.  backlog: the act was old when the replay began.
    """

    case: Case
    told_from: datetime
    told_by: datetime
    finding: Finding
    severity: str
    rank: int
    backlog: bool

    @property
    def lead_hours(self) -> float:
        """Hours from being told, at the latest, to the end of the last day; negative after it."""
        return (self.case.ends - self.told_by) / HOUR

    @property
    def lead_hours_at_best(self) -> float:
        """Hours from being told, at the earliest, to the end of the last day."""
        return (self.case.ends - self.told_from) / HOUR


@dataclass(frozen=True, slots=True)
class Life:
    """What was told under one budget: notices in order, and every finding that was loud at some time, as it was first.

    heard: person_id -> ids of events in loud findings.
    """

    noticed: tuple[Noticed, ...]
    loud: Mapping[str, Finding]
    heard: Mapping[str, Collection[str]]


def live(moments: Sequence[Moment], budget: float, thresholds: Thresholds, step: timedelta) -> Life:
    """Go through the moments in order: of each departure somebody is told once, when it is loud for the first time."""
    noticed: dict[Key, Noticed] = {}
    loud: dict[str, Finding] = {}
    heard: dict[str, set[str]] = {}
    before = moments[0].as_of - step
    for moment in moments:
        scale = moment.scale(budget, thresholds)
        cases = {case.key: case for case in moment.cases}
        for finding in moment.loud:
            level = scale.severity(finding.score)
            if level not in LOUD:
                continue
            loud.setdefault(finding.finding_id, finding)
            heard.setdefault(finding.person_id, set()).update(finding.event_ids)
            key = (finding.person_id, finding.last_day)
            if key not in noticed:
                case, old = cases[key], finding.time <= moments[0].as_of - step
                since = min(max(finding.time, case.known, before), moment.as_of)
                noticed[key] = Noticed(case, since, moment.as_of, finding, level, moment.rank(key) or 0, old)
        before = moment.as_of
    return Life(tuple(noticed.values()), loud, heard)
