"""Evidence: how surprising each side of an act is, in placebo bits.

A baseline is learned once and then frozen: every detector's fit, and for each what placebo
windows show by chance. Weighing an event needs the baseline and that event alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detectors.base import Counting, Detector, Floats
from detectors.counts import ranked
from detectors.habit import Habit
from detectors.person_day import PersonDay
from detectors.placebo import LEAST_WINDOWS, Placebo
from detectors.rare import Rare
from monitor.core.owners import Owners, find_owners
from monitor.core.questions import AMONG, FOREIGN, QUESTIONS, UNSTATED, Columns, Question, SomeRows, adopted
from monitor.core.recurring import AGAIN, recurring

TIERS = (0.3, 0.55)
"""Acts are compared with placebo acts of like impact: quiet, middling, grave."""
QUESTION_DEFAULT, KIND_DEFAULT = (7.0, 2.3), (2.8, 1.5)
"""Threshold and scale where there are too few placebo windows: the usual ones of generated organisations."""
CAP_BITS = 40.0
NO_SURPRISE = 1.0
"""What happens on every second occasion is none, though people who never do it show less."""
JUDGED = 1e-9
"""Bits of an answer that finds nothing strange, where that must be told from no answer."""
FORMAL_ACTS, FORMAL_SHARE = 20, 0.99
"""From so many acts on, of which so large a share states a reason, the reason is a field that must be filled in."""
LEAST_DAYS = 2
DAY = "day vector"
_CODES = (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is who: the group of each person; person, real (no placebo) and rank (within the person) of each window."""

    group: NDArray
    person: NDArray
    real: NDArray
    rank: NDArray
    actions: int

    def taught_until(self) -> NDArray:
        """The last segment in which each person teaches others: nothing in a watch window does."""
        last = np.full(len(self.group), 1 << 16)
        np.minimum.at(last, self.person[self.real], self.rank[self.real])
        return last

    def windows_of_rank(self, rank: int) -> NDArray:
        """Each person's window of that rank, -1 for none."""
        window = np.full(len(self.group), -1)
        here = np.flatnonzero(self.rank == rank)
        window[self.person[here]] = here
        return window


@dataclass(slots=True)
class Baseline:
    """Detectors and their placebos, frozen.

    detectors: by the key of their question.  days: that of whole days; None where there was too little to learn from.
    placebos: (question or kind, tier) -> what its windows show by chance.
    """

    cast: Cast
    detectors: dict[str, Counting] = field(default_factory=dict)
    days: PersonDay | None = None
    placebos: dict[tuple[str, int], Placebo] = field(default_factory=dict)
    owners: dict[str, Owners] = field(default_factory=dict)

    def learn(self, history: Mapping[str, Columns], habits: Mapping[str, Columns]) -> None:
        """Fit every detector but the one of days.

        history: key of a question -> rows (p, a, seg, value, count).
        habits: facet -> rows (p, seg, v, count).
        """
        for question in QUESTIONS:
            self.detectors[question.key] = question.detector().fit(history_rows(history[question.key], self.cast))
        for facet, rows in habits.items():
            coded = {**rows, "a": np.zeros(len(rows["p"]), np.int64), "value": rows["v"] & _CODES}
            X = history_rows(coded, self.cast)
            own = X[X[:, 0] >= 0]
            own[:, 0] //= self.cast.actions
            self.detectors["habit " + facet] = Habit().fit(own[:, [0, 4, 5]])
            self._learn_owners(facet, coded)
            question = adopted(facet)
            self.detectors[question.key] = question.detector().fit(history_rows(history[question.key], self.cast))

    def _learn_owners(self, facet: str, rows: Columns) -> None:
        """Fit how often people use what is somebody else's, where things of that sort have owners at all."""
        teaches = rows["seg"] <= self.cast.taught_until()[rows["p"]]
        owners = find_owners(rows["p"][teaches], rows["value"][teaches], rows["count"][teaches])
        if len(owners.value):
            others = owners.others(rows["p"], rows["value"]).astype(np.int64)
            self.owners[facet] = owners
            self.detectors[f"foreign {facet}"] = Rare().fit(history_rows({**rows, "value": others}, self.cast))

    def formal(self) -> NDArray:
        """Which actions, by number, state a reason nearly every time: there it tells nothing."""
        nobody, action = np.full(self.cast.actions, -1), np.arange(self.cast.actions)
        X = np.stack([nobody, nobody, nobody, action, np.zeros_like(action), np.ones_like(action)], 1)
        unstated, acts = self.detectors[UNSTATED.key].counts(X.astype(np.float64))[:, 4:].T
        return (acts >= FORMAL_ACTS) & (unstated <= (1 - FORMAL_SHARE) * acts)

    def learn_days(self, past: Floats, watched: Floats) -> Floats:
        """Fit the detector of whole days on history, where there is enough; returns `strange_days` of the watched."""
        if len(past) >= LEAST_DAYS:
            self.days = PersonDay().fit(past)
        return self.strange_days(watched)

    def strange_days(self, vectors: Floats) -> Floats:
        """The surprise of whole days, shape (n,); 0 where it cannot judge."""
        if self.days is None:
            return np.zeros(len(vectors))
        return np.minimum(self.days.decision_function(vectors), CAP_BITS)

    def calibrate(self, surprise: Mapping[str, Floats], window: NDArray, tier: NDArray) -> dict[str, Floats]:
        """Learn what placebo windows show by chance: first of each question, then of each kind's strongest answer.

        Returns these, see `by_kind`.
        """
        placebo = np.flatnonzero(~self.cast.real[window])
        cell = tier[placebo] * len(self.cast.real) + window[placebo]
        for key, found in surprise.items():
            self._calibrate(key, found[placebo], cell, QUESTION_DEFAULT)
        answers = by_kind(self, surprise, tier)
        for kind, found in answers.items():
            self._calibrate(kind, found[placebo], cell, KIND_DEFAULT)
        return answers

    def _calibrate(self, key: str, found: Floats, cell: NDArray, default: tuple[float, float]) -> None:
        """Acts of a tier are compared with the windows that hold any; where those are few, with acts of every tier.

        found: of events in placebo windows.  cell: number of their tier and window.
        """
        cells = np.full((len(TIERS) + 1) * len(self.cast.real), -1.0)
        np.maximum.at(cells, cell, found)  # through one index: through two it takes five times as long
        largest = cells.reshape(len(TIERS) + 1, -1)
        anyhow = largest.max(0)
        if key.partition(" ")[0] in AMONG:
            largest[largest == 0] = -1.0
            anyhow = largest.max(0)
        for level, of_windows in enumerate(largest):
            held = of_windows if np.count_nonzero(of_windows >= 0) >= LEAST_WINDOWS else anyhow
            self.placebos[key, level] = Placebo(*default).fit(held[held >= 0, None])

    def placebo_bits(self, key: str, surprise: Floats, tier: NDArray) -> Floats:
        found = np.zeros(len(surprise))
        there = np.flatnonzero(surprise > 0)
        for level in range(len(TIERS) + 1):
            here = there[tier[there] == level]
            found[here] = self.placebos[key, level].decision_function(surprise[here][:, None])
        return found


def tiers(impact: Floats) -> NDArray:
    """The tier of each impact: 0 quiet, 1 middling, 2 grave."""
    return np.digitize(impact, TIERS)


def surprises(baseline: Baseline, events: Columns, habits: Mapping[str, Columns]) -> dict[str, Floats]:
    """Every detector's answer on every event, 0 where it was not asked or cannot judge; but for whole days.

    habits: facet -> (row, v), values by row of events.
    """
    n = len(events["w"])
    found: dict[str, Floats] = {}
    for question in (*QUESTIONS, *map(adopted, habits)):
        rows = np.flatnonzero(question.asked(events))
        some = events if len(rows) == n else SomeRows(events, rows)
        X = question_rows(question, some, baseline.cast)
        told = _ask(baseline.detectors[question.key], X, 4)
        told = np.maximum(told, JUDGED) if question.among else told
        found[question.key] = _spread(
            n, rows, np.minimum(told, question.most(some)) * question.share(some) - question.explained(some)
        )
    for facet, used in habits.items():
        X = habit_rows(events, used)
        found["habit " + facet] = _spread(n, used["row"], _ask(baseline.detectors["habit " + facet], X, 1))
    for facet, owners in baseline.owners.items():
        row = habits[facet]["row"]
        row = row[owners.others(events["p"][row], habits[facet]["v"] & _CODES)]
        X = question_rows(FOREIGN, SomeRows(events, row), baseline.cast)
        found[f"foreign {facet}"] = _spread(n, row, _ask(baseline.detectors[f"foreign {facet}"], X, 4))
        found[AGAIN + facet] = recurring(events, found["habit " + facet], NO_SURPRISE)
    return found


def by_kind(baseline: Baseline, surprise: Mapping[str, Floats], tier: NDArray) -> dict[str, Floats]:
    """Of the questions of one kind the strongest answer to each event, measured against placebos."""
    strongest: dict[str, Floats] = {}
    for key, found in surprise.items():
        kind = key.partition(" ")[0]
        told = baseline.placebo_bits(key, np.where(found < NO_SURPRISE, 0.0, found), tier)
        strongest[kind] = np.maximum(strongest[kind], told) if kind in strongest else told
    return strongest


def weigh(baseline: Baseline, answers: Mapping[str, Floats], tier: NDArray) -> dict[str, Floats]:
    """Placebo bits by kind: the answers of `by_kind`, measured against placebos once more."""
    return {kind: baseline.placebo_bits(kind, found, tier) for kind, found in answers.items()}


def strongest(baseline: Baseline, surprise: Mapping[str, Floats], tier: NDArray, rows: NDArray) -> dict[str, NDArray]:
    """For each kind the key of the question that tells most about each of the rows, "" where none was surprised."""
    by_kind: dict[str, list[str]] = {}
    for key in surprise:
        by_kind.setdefault(key.partition(" ")[0], []).append(key)
    found = {}
    for kind, keys in by_kind.items():
        bits = np.stack([baseline.placebo_bits(key, surprise[key][rows], tier[rows]) for key in keys])
        asked = np.stack([surprise[key][rows] > 0 for key in keys])
        found[kind] = np.where(asked.any(0), np.array(keys)[np.where(asked, bits, -1.0).argmax(0)], "")
    return found


def question_rows(question: Question, events: Columns, cast: Cast) -> Floats:
    """X for the question's detector: own, self, peers, all, value, count."""
    n = cast.actions
    a = events["a"].astype(np.int64) if question.by_action else np.zeros(len(events["w"]), np.int64)
    columns = [
        events["w"] * n + a,
        events["p"] * n + a,
        events["g"] * n + a,
        a,
        question.value(events),
        question.count(events),
    ]
    return np.stack(columns, 1, dtype=np.float64)


def habit_rows(events: Columns, used: Columns) -> Floats:
    """X for Habit: own, value, count."""
    return np.stack([events["w"][used["row"]], used["v"] & _CODES, np.ones(len(used["row"]))], 1).astype(np.float64)


def history_rows(rows: Columns, cast: Cast) -> Floats:
    """History rows as X for Tail, Rare and Rhythm: once to teach the peers, once for each window that they precede."""
    n = cast.actions
    p, a = rows["p"].astype(np.int64), rows["a"].astype(np.int64)
    teaches = rows["seg"] <= cast.taught_until()[p]
    pt, at = p[teaches], a[teaches]
    codes: list[tuple] = [(-1, pt * n + at, cast.group[pt] * n + at, at, teaches)]
    for rank in range(int(cast.rank.max(initial=-1)) + 1):
        window = cast.windows_of_rank(rank)
        precedes = (rows["seg"] <= rank) & (window[p] >= 0)
        codes.append((window[p[precedes]] * n + a[precedes], -1, -1, -1, precedes))
    return np.concatenate(
        [
            np.stack(np.broadcast_arrays(own, me, peers, everyone, rows["value"][here], rows["count"][here]), 1).astype(
                np.float64
            )
            for own, me, peers, everyone, here in codes
        ]
    )


def with_and_without(days: Columns, active: Columns, cast: Cast) -> Columns:
    """History rows of days with an action (value 1) and active days without it (value 0).

    days: (p, a, seg, count) days with the action.  active: (p, seg, count) days of any activity.
    """
    segments = int(max(days["seg"].max(initial=0), active["seg"].max(initial=0))) + 1
    done = np.zeros((len(cast.group), segments, cast.actions))
    np.add.at(done, (days["p"], days["seg"], days["a"]), days["count"])
    lived = np.zeros(done.shape[:2])
    np.add.at(lived, (active["p"], active["seg"]), active["count"])
    counts = np.stack([lived[:, :, None] - done, done], 3)
    p, seg, a, value = np.nonzero(counts)
    return {"p": p, "seg": seg, "a": a, "value": value, "count": counts[p, seg, a, value]}


def _ask(detector: Detector, X: Floats, value: int) -> Floats:
    """The detector's answers, NaN where it cannot judge.

    Asked once for each different value and count of an own code: thousands of events share a day.
    """
    if not len(X):
        return np.zeros(0)
    own, told, count = X[:, [0, value, value + 1]].astype(np.int64).T
    different, back = ranked((own * (told.max() + 1) + told) * count.max() + count - 1)
    one = np.empty(len(different), np.int64)
    one[back] = np.arange(len(X))
    return np.minimum(detector.decision_function(X[one]), CAP_BITS)[back]


def _spread(n: int, rows: NDArray, values: Floats) -> Floats:
    """The largest value of each row, 0 where there is none, or only NaN."""
    found = np.zeros(n)
    np.maximum.at(found, rows, np.nan_to_num(values))
    return found
