"""Feedback: what somebody looked into and found benign counts less, for that person or team, until it expires.

Damped, not silenced: an act far stronger than what was looked into still stands out. What was found
malicious, or an honest mistake that did harm, is never damped, whatever else is said of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from detectors.base import Floats
from monitor.core.windows import day_number
from monitor.model import Feedback, Person

KIND = "feedback"
SHARE = 0.25
"""What is left of the score of a damped act: on generated organisations a loud act falls below high, and one four
times as strong as what is just loud stays."""


@dataclass(frozen=True, slots=True)
class Damping:
    """by: shape (n,), which of the entries damps each event; -1 where none does."""

    entries: tuple[Feedback, ...]
    by: NDArray

    @property
    def damped(self) -> NDArray:
        """Which events are damped, shape (n,)."""
        return self.by >= 0

    def entry(self, row: int) -> Feedback:
        """What damps the event."""
        return self.entries[int(self.by[row])]

    def taken(self, scores: Floats) -> Floats:
        """Bits that feedback adds to each event's score: 0, or less. scores: shape (n,), without feedback."""
        return np.where(self.damped, -(1 - SHARE) * scores, 0.0)


def damping(
    entries: Sequence[Feedback], people: Sequence[Person], actions: Sequence[str], events: Mapping[str, NDArray],
    done: NDArray | None = None,
) -> Damping:  # fmt: skip
    """Which events the entries damp; of several benign entries the first counts.

    people, actions: by their numbers.  events: columns p, a, d (days since 1970 on the person's own clock), shape (n,).
    done: the thing done by each action, shape (actions,), where several do one: what is said of one holds for all.
    """
    done = np.arange(len(actions)) if done is None else done
    by = np.full(len(events["p"]), -1)
    spared = np.zeros(len(by), bool)
    for i, entry in enumerate(entries):
        whose = np.array([_is_of(entry, person) for person in people], bool)
        what = np.array([_is_like(entry, action) for action in actions], bool)
        what = np.isin(done, done[what])
        told = whose[events["p"]] & what[events["a"]] & (events["d"] <= day_number(entry.expires))
        if entry.verdict == "benign":
            by[told & (by < 0)] = i
        else:
            spared |= told
    by[spared] = -1
    return Damping(tuple(entries), by)


def damper(entries: Sequence[Feedback], person: Person, action: str, day: date) -> Feedback | None:
    """What damps a person's act of that day; None where nothing does."""
    events = {"p": np.zeros(1, np.int64), "a": np.zeros(1, np.int64), "d": np.array([day_number(day)])}
    found = damping(entries, [person], [action], events)
    return found.entry(0) if found.damped[0] else None


def tell(entry: Feedback) -> str:
    """Why a damped act counts less, in words."""
    return f"counts a quarter: found benign until {entry.expires}, because {entry.reason}"


def _is_of(entry: Feedback, person: Person) -> bool:
    if entry.person_id is not None:
        return entry.person_id == person.person_id
    department = (person.department or "").casefold()
    teams = {department, f"{department}/{(person.title or '').casefold()}"} if department else set()
    return (entry.team or "").casefold() in teams


def _is_like(entry: Feedback, action: str) -> bool:
    return fnmatchcase(action.casefold(), entry.action.casefold())
