"""The records that travel through lastday: frozen, and the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


class BadInput(Exception):
    """A file, line or setting that cannot be used, with the mend."""

    def __init__(self, where: str, line: int | None, what: str, mend: str) -> None:
        """Everything that the message says."""
        self.where, self.line, self.what, self.mend = where, line, what, mend
        super().__init__(str(self))

    def __str__(self) -> str:
        """One line: place, what is wrong, the mend."""
        place = self.where if self.line is None else f"{self.where}:{self.line}"
        return f"{place}: {self.what}; {self.mend}"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on a roster, or of whom nothing is known but the id.

    accounts: lower-case names under which the person acts.  zone: an IANA name.
    """

    person_id: str
    name: str | None = None
    email: str | None = None
    accounts: tuple[str, ...] = ()
    department: str | None = None
    title: str | None = None
    manager: str | None = None
    employment_type: str | None = None
    zone: str | None = None
    start_date: date | None = None


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
class Against:
    """What a score was held against: windows of people who did not leave, and of leavers found benign (`benign`).

    as_high: in how many of them something scores as high.  All 0: by default scale, or judged before that was kept.
    """

    windows: int = 0
    benign: int = 0
    as_high: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """A judged act of somebody who leaves. Times are in the person's zone; one in `one_in` placebos scores as high.

    accounts: under whose accounts the events were done: the person_id of whoever a roster knows, of others the account
    as the log has it.  machines: names and addresses of the machines that the events tell.  that_day: how often the
    person did that on that day; of these the events stand out.
    """

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
    accounts: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    that_day: int = 1
    against: Against = Against()


VERDICTS = ("malicious", "honest-mistake", "benign")


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody who looked into acts says of their like: a person's, or a team's (department or department/title).

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


@dataclass(frozen=True, slots=True)
class Batch:
    """What a source read at once. `rows` are typed events as canonical.COLUMNS, then attributes as JSON, then the hash.

    The hash is the SHA-256 of the line as received, None where it was no line.

    `cursor` comes after them and is stored with them; `item` names what it belongs to within the source.
    """

    source: str
    item: str
    rows: list[tuple]
    rejects: list[Reject]
    received: int
    cursor: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A departure's findings, with a state (open, acked, closed) and what was told of them.

    `told` are acts (action and local date) that somebody was told of; `told_severity` is the highest told.
    """

    case_id: str
    person_id: str
    last_day: date
    state: str
    severity: str
    opened_at: datetime
    told: tuple[str, ...] = ()
    told_severity: str | None = None
    told_at: datetime | None = None
    notices: int = 0
    reminders: int = 0
    closed_as: str | None = None


@dataclass(frozen=True, slots=True)
class CaseStep:
    """What somebody did with a case: ack, assign, note, close or reopen.

    `text` is the reason or the note, of an assignment whom the case was given to. A closing has a verdict, the actions
    that it is about, and the day until which it holds.
    """

    case_id: str
    person_id: str
    at: datetime
    who: str
    what: str
    text: str = ""
    verdict: str | None = None
    actions: tuple[str, ...] = ()
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One message that must go out. `kind`: opened, escalated, reminder, reopened, resolved, digest or operator.

    `body` holds what is to be told, JSON only.
    """

    notice_id: str
    kind: str
    severity: str
    case_id: str | None
    person_id: str | None
    created_at: datetime
    body: dict[str, Any]


class Retryable(Exception):
    """The channel did not take the notice; try again, after so many seconds where it says so.

    left: recipients who do not have it yet, where some do; all of them where none is named.
    """

    def __init__(self, why: str, after_seconds: float | None = None, *, left: tuple[str, ...] = ()) -> None:
        """Everything that the message says."""
        self.why, self.after_seconds, self.left = why, after_seconds, left
        super().__init__(why)


class Rejected(Exception):
    """The channel will never take this notice; `gone` where it takes none any more; `left` as for Retryable."""

    def __init__(self, why: str, *, gone: bool = False, left: tuple[str, ...] = ()) -> None:
        """Everything that the message says."""
        self.why, self.gone, self.left = why, gone, left
        super().__init__(why)
