"""A replay held against what is known of the departures: incidents caught, precision and recall, what feedback hid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from monitor.core.backtest import HOUR, Life, Moment, Noticed
from monitor.core.levels import Thresholds
from monitor.model import Feedback, Finding, Label


@dataclass(frozen=True, slots=True)
class Incident:
    """What became of a labelled incident.

    rank, score: of the departure at the end of the replay; None where it scores nothing.  noticed: None where missed.
    located: a loud finding held one of its events; None where the label names none.  ended: its last event.
    """

    label: Label
    rank: int | None
    score: float
    noticed: Noticed | None
    located: bool | None
    ended: datetime | None

    @property
    def hours_before_it_ended(self) -> float | None:
        """From being told, at the earliest, to the incident's last event; negative where it was over by then."""
        return (self.ended - self.noticed.told_from) / HOUR if self.noticed and self.ended else None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a watch window (days before the last day) and a budget (notices a week) would have come to.

    right, wrong, unlabelled: notices on incidents, on departures labelled harmless, on others.
    locatable: incidents whose label names an event, without which none can be located.
    filled: how many departures fill the budget, whatever their severity; filled_right, filled_wrong: what those are
    that score highest at the end.
    """

    before: int
    budget: float
    notices: int
    notices_a_week: float
    right: int
    wrong: int
    unlabelled: int
    caught: int
    located: int
    locatable: int
    incidents: int
    filled: int
    filled_right: int
    filled_wrong: int
    filled_caught: int

    @property
    def precision(self) -> float | None:
        """Share of the labelled notices that were on incidents; None without any."""
        return share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        """Share of the incidents of whose departure somebody was told; None without any."""
        return share(self.caught, self.incidents)

    @property
    def filled_precision(self) -> float | None:
        """The precision, had the budget been filled with what scores highest at the end."""
        return share(self.filled_right, self.filled_right + self.filled_wrong)

    @property
    def filled_recall(self) -> float | None:
        """The recall, had the budget been filled with what scores highest at the end."""
        return share(self.filled_caught, self.incidents)


@dataclass(frozen=True, slots=True)
class Hidden:
    """A finding that would have been loud without feedback, and was not.

    left: its score with feedback, None where too little is left of it for a finding.  entry: what damps it; None where
    it fell only because acts beside it were damped.  incident: it holds an act of a labelled incident.
    """

    finding: Finding
    left: float | None
    entry: Feedback | None
    incident: bool


@dataclass(frozen=True, slots=True)
class Backtest:
    """All that a replay says, with the settings' own budget and window where no other is named.

    moments, life: with feedback, where there is any.  outcomes: other budgets and windows too.  hidden, risen: what
    feedback made quiet, and what became loud in its place.  later: departures known only after the replay.
    """

    step: timedelta
    budget: float
    before: int
    thresholds: Thresholds
    events: int
    moments: tuple[Moment, ...]
    life: Life
    labels: tuple[Label, ...]
    incidents: tuple[Incident, ...]
    outcomes: tuple[Outcome, ...]
    average_precision: float | None
    feedback: tuple[Feedback, ...]
    hidden: tuple[Hidden, ...]
    risen: tuple[Finding, ...]
    later: int

    @property
    def notices_a_step(self) -> list[int]:
        """How many departures somebody was told of at each moment, without the backlog."""
        told = Counter(noticed.told_by for noticed in self.life.noticed if not noticed.backlog)
        return [told[moment.as_of] for moment in self.moments]

    @property
    def own(self) -> Outcome:
        """What the settings' own budget and window came to."""
        return next(o for o in self.outcomes if (o.before, o.budget) == (self.before, self.budget))


def share(part: int, whole: int) -> float | None:
    """A share; None of nothing."""
    return part / whole if whole else None


def within(labels: Sequence[Label], times: Mapping[str, datetime], until: datetime) -> tuple[Label, ...]:
    """The labels without incidents that happened after the replay.  times: event id -> when."""

    def begun(label: Label) -> bool:
        told = [times[i] for i in label.event_ids if i in times]
        return not told or min(told) <= until

    return tuple(label for label in labels if begun(label))


def incidents(labels: Sequence[Label], life: Life, last: Moment, times: Mapping[str, datetime]) -> tuple[Incident, ...]:
    """What became of each labelled incident, those caught first, by rank."""
    found = []
    for label in labels:
        if not label.incident:
            continue
        own = [
            (score, case.key)
            for case, score in zip(last.cases, last.scores, strict=True)
            if case.person_id == label.person_id
        ]
        score, key = max(own, default=(0.0, None))
        noticed = next((n for n in life.noticed if n.case.person_id == label.person_id), None)
        ended = max((times[i] for i in label.event_ids if i in times), default=None)
        rank = last.rank(key) if key else None
        found.append(Incident(label, rank, float(score), noticed, _located(label, life), ended))
    return tuple(sorted(found, key=lambda i: (i.noticed is None, i.rank or len(last.cases) + 1, i.label.person_id)))


def outcome(
    life: Life, budget: float, before: int, moments: Sequence[Moment], *, labels: Sequence[Label], weeks: float
) -> Outcome:
    """Count the notices of so many weeks, and hold them against the labels."""
    bad, good = _sides(labels)
    told = [noticed.case.person_id for noticed in life.noticed]
    planted = [label for label in labels if label.incident]
    ranked = _ranked(moments[-1])
    full = ranked[: int(budget * moments[-1].weeks)]
    return Outcome(
        before=before,
        budget=budget,
        notices=len(told),
        notices_a_week=sum(not noticed.backlog for noticed in life.noticed) / weeks,
        right=sum(person in bad for person in told),
        wrong=sum(person in good for person in told),
        unlabelled=sum(person not in bad | good for person in told),
        caught=sum(label.person_id in told for label in planted),
        located=sum(bool(_located(label, life)) for label in planted),
        locatable=sum(bool(label.event_ids) for label in planted),
        incidents=len(planted),
        filled=len(full),
        filled_right=sum(person in bad for person in full),
        filled_wrong=sum(person in good for person in full),
        filled_caught=sum(label.person_id in full for label in planted),
    )


def average_precision(labels: Sequence[Label], last: Moment) -> float | None:
    """Mean, over the people with an incident, of the precision down to their rank, at the end; None without any.

    Departures without a label are left out.
    """
    bad, good = _sides(labels)
    hits = [place for place, p in enumerate((p for p in _ranked(last) if p in bad | good), 1) if p in bad]
    return sum(i / place for i, place in enumerate(hits, 1)) / len(bad) if bad else None


def _sides(labels: Sequence[Label]) -> tuple[set[str], set[str]]:
    """People with an incident, and people known to have left harmlessly."""
    bad = {label.person_id for label in labels if label.incident}
    return bad, {label.person_id for label in labels} - bad


def _ranked(last: Moment) -> list[str]:
    """Everybody whose departure scores anything, highest first."""
    best: dict[str, float] = {}
    for case, score in zip(last.cases, last.scores, strict=True):
        if score > 0:
            best[case.person_id] = max(best.get(case.person_id, 0.0), float(score))
    return sorted(best, key=lambda person: (-best[person], person))


def hidden(
    without: Life, life: Life, last: Moment, labels: Sequence[Label], damping: Callable[[Finding], Feedback | None]
) -> tuple[Hidden, ...]:
    """What was loud without feedback and not with it, highest score first.

    last: the last moment, with feedback.  damping: tells what damps a finding.
    """
    found = []
    for finding_id, finding in without.loud.items():
        if finding_id not in life.loud:
            theirs = [label for label in labels if label.incident and label.person_id == finding.person_id]
            harm = any(not label.event_ids or set(label.event_ids) & set(finding.event_ids) for label in theirs)
            found.append(Hidden(finding, last.found.get(finding_id), damping(finding), harm))
    return tuple(sorted(found, key=lambda h: (-h.finding.score, h.finding.finding_id)))


def _located(label: Label, life: Life) -> bool | None:
    return bool(set(label.event_ids) & set(life.heard.get(label.person_id, ()))) if label.event_ids else None
