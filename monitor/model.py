"""The records that travel through lastday: frozen, and the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


class BadInput(Exception):
    """A file, line or setting that cannot be used, with the mend."""

    def __init__(self, where: str, line: int | None, what: str, mend: str) -> None:
        self.where, self.line, self.what, self.mend = where, line, what, mend
        super().__init__(str(self))

    def __str__(self) -> str:
        place = self.where if self.line is None else f"{self.where}:{self.line}"
        return f"{place}: {self.what}; {self.mend}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a roster. `accounts` are lower-case names under which the person acts; `zone` is an IANA name."""

    person_id: str
    name: str | None
    email: str | None
    accounts: tuple[str, ...]
    department: str | None
    title: str | None
    manager: str | None
    employment_type: str | None
    zone: str | None
    start_date: date | None


@dataclass(frozen=True, slots=True)
class Departure:
    """A person's leaving. The last day is a local date and ends at midnight in the person's zone."""

    person_id: str
    last_day: date
    notice_date: date | None
    kind: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Reject:
    """One line that could not be used, and why."""

    file: str
    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One detector's answer on an act: bits it gave to the score, in words, with the figures behind it."""

    detector: str
    bits: float
    text: str
    value: str
    own_usual: str
    peer_usual: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A judged act of somebody who leaves. Times are in the person's zone; `one_in` placebo departures score as high."""

    finding_id: str
    person_id: str
    last_day: date
    hours_to_end: float
    time: datetime
    action: str
    target: str | None
    magnitude: float | None
    event_ids: tuple[str, ...]
    score: float
    severity: str
    one_in: int
    impact: float
    undo: str
    reasons: tuple[Reason, ...]


VERDICTS = ("malicious", "honest-mistake", "benign")


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody who looked into acts says of their like: one person's, or a team's (department or department/title).

    `action` is a glob pattern; the verdict, one of VERDICTS, holds for acts up to and on the day `expires`.
    """

    person_id: str | None
    team: str | None
    action: str
    verdict: str
    reason: str
    expires: date


@dataclass(frozen=True, slots=True)
class Label:
    """What is known of a person's leaving: an incident or not. `kind` is a verdict, or what a generator planted."""

    person_id: str
    incident: bool
    kind: str
    event_ids: tuple[str, ...] = ()
    story: str = ""
