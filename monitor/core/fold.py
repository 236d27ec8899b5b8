"""Findings fold into one case a departure; what of it somebody must be told, and why."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from monitor.core.levels import LEVELS
from monitor.model import Case, Finding

SAME_DEPARTURE_DAYS = 90
"""A last day that moves by no more than this is still the same departure; a rehire leaves later."""


@dataclass(frozen=True, slots=True)
class TellRules:
    """From which severity on somebody is told at once or in the digest, and how often they are reminded."""

    at_once: str = "high"
    digest: str = "medium"
    reminder_hours: float = 24.0
    reminders: int = 2


def rank(severity: str | None) -> int:
    """low is 0; nothing is -1."""
    return -1 if severity is None else LEVELS.index(severity)


def act_of(finding: Finding) -> str:
    """What a finding is about, whatever becomes of the last day: the action and its local date."""
    return f"{finding.action}@{finding.time.date().isoformat()}"


def case_for(cases: Sequence[Case], person_id: str, last_day: date) -> Case | None:
    """The case of this departure, also where its last day has moved."""

    def distance(case: Case) -> int:
        return abs((case.last_day - last_day).days)

    mine = [c for c in cases if c.person_id == person_id and distance(c) <= SAME_DEPARTURE_DAYS]
    return min(mine, key=lambda c: (distance(c), c.case_id), default=None)


def fold(
    case: Case | None, found: Sequence[Finding], now: datetime, rules: TellRules, case_id: str = ""
) -> tuple[Case | None, str | None]:
    """The case as it stands with these findings, and why somebody must be told at once (None: they need not).

    found: every finding of the departure, as judged now; at least one where there is no case yet.
    case_id: of the case, where it opens.
    Nothing is marked as told: that is `told`, called when the notice is written. A closed case keeps the severity that
    it was closed at, unless it is reopened: what was found benign counts less from then on.
    """
    severity = max((f.severity for f in found), key=rank, default="low")
    if case is None:
        if rank(severity) < rank(rules.digest):
            return None, None
        first = found[0]
        case = Case(case_id, first.person_id, first.last_day, "open", severity, now)
    before = case.severity
    case = replace(case, severity=severity, last_day=found[0].last_day if found else case.last_day)
    why = needs_notice(case, found, now, rules)
    return replace(case, severity=before) if case.state == "closed" and why is None else case, why


def needs_notice(case: Case, found: Sequence[Finding], now: datetime, rules: TellRules) -> str | None:
    """Why somebody must be told at once: opened, escalated, reopened, reminder; or None."""
    loud = [f for f in found if rank(f.severity) >= rank(rules.at_once)]
    fresh = [f for f in loud if act_of(f) not in case.told]
    if case.state == "closed":
        return "reopened" if _reopening(case, fresh) else None
    if loud and case.told_severity is None:
        return "opened"
    actions = {act.partition("@")[0] for act in case.told}
    if loud and (rank(case.severity) > rank(case.told_severity) or any(f.action not in actions for f in fresh)):
        return "escalated"
    due = case.told_at is not None and now - case.told_at >= timedelta(hours=rules.reminder_hours)
    if loud and due and case.state == "open" and case.reminders < rules.reminders:
        return "reminder"
    return None


def _reopening(case: Case, fresh: Sequence[Finding]) -> bool:
    """Do these untold acts reopen a closed case? What was found benign is asked about again only where it is graver."""
    if case.closed_as != "benign":
        return bool(fresh)
    actions = {act.partition("@")[0] for act in case.told}
    return any(f.action not in actions or rank(f.severity) > rank(case.told_severity) for f in fresh)


def untold(case: Case, found: Sequence[Finding], rules: TellRules) -> list[Finding]:
    """What the daily digest should tell of this case."""
    if case.state == "closed":
        return []
    return [f for f in found if rank(f.severity) >= rank(rules.digest) and act_of(f) not in case.told]


def told(case: Case, found: Sequence[Finding], now: datetime, rules: TellRules, kind: str) -> Case:
    """The case after somebody was told of all that the digest and more would tell."""
    acts = {act_of(f) for f in found if rank(f.severity) >= rank(rules.digest)}
    severity = max(case.severity, case.told_severity, key=rank)
    return replace(
        case, told=tuple(sorted({*case.told, *acts})), told_severity=severity, told_at=now, notices=case.notices + 1,
        state="open" if kind in ("reopened", "escalated") else case.state,
        closed_as=None if kind == "reopened" else case.closed_as,
        reminders=case.reminders + 1 if kind == "reminder" else 0,
    )  # fmt: skip


def case_id_of(key: bytes, person_id: str, last_day: date) -> str:
    """The id of a case that opens with this last day; who has a roster and not the key cannot tell whose it is."""
    text = f"case {person_id}\x1f{last_day.isoformat()}"
    return "c" + hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")[:8].hex()


def notice_id_of(*parts: str) -> str:
    """The same notice has the same id, whoever writes it."""
    return "n" + hashlib.blake2b("\x1f".join(parts).encode(), digest_size=10).hexdigest()
