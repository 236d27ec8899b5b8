"""All that a report of a case tells, gathered: texts in it are blurred already, times are in the person's zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from monitor.model import Case, Finding
from monitor.report.picture import Days


@dataclass(frozen=True, slots=True)
class About:
    """The person as the report may show them: `label` is a pseudonym, or name and id where they are revealed."""

    label: str
    title: str | None
    department: str | None
    employment_type: str | None
    zone: str
    revealed: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One version of the departure, in force from `told_at` until `ended_at` (None: still)."""

    feed: str
    told_at: datetime
    ended_at: datetime | None
    last_day: date
    notice_date: date | None
    kind: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, since when it stands, and since when it no longer does (None: it stands).

    measured: does its rate come from placebo departures, not from the default scale.
    """

    finding: Finding
    first_at: datetime
    gone_at: datetime | None
    measured: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One event of a finding as it came in. `line_sha256`: hash of the line as received, in hex; None: unknown."""

    finding_id: str
    event_id: str
    time: datetime
    action: str
    target: str | None
    magnitude: float | None
    source: str | None
    feed: str
    seen_at: datetime
    line_sha256: str | None


@dataclass(frozen=True, slots=True)
class Log:
    """One log that was read, and how far."""

    name: str
    received: int
    set_aside: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody did about the case or the person, first at that time, so many times that day."""

    at: datetime
    who: str
    what: str
    detail: str
    times: int


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One case. `chain_head`: newest row of the audit chain when this was written."""

    case: Case
    about: About
    written_at: datetime
    written_by: str
    version: str
    chain_head: str | None
    versions: Sequence[Told]
    findings: Sequence[Judged]
    logs: Sequence[Log]
    steps: Sequence[Step]
    lines: Sequence[Line]
    days: Days

    def standing(self) -> list[Judged]:
        """The findings that stand, the highest score first."""
        return [judged for judged in self.findings if judged.gone_at is None]

    def known_at(self, when: datetime) -> Told | None:
        """The version of the departure in force at a time."""
        held = [v for v in self.versions if v.told_at <= when and (v.ended_at is None or when < v.ended_at)]
        return held[-1] if held else None
