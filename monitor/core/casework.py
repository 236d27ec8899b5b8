"""What people decide about cases, acknowledged, closed with a verdict, reopened; and what judgement learns of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from monitor.core.fold import act_of
from monitor.model import VERDICTS, BadInput, Case, CaseStep, Feedback, Finding

LONGEST_REASON = 500
"""As long as an entry of a feedback file may be."""


def acknowledged(case: Case) -> Case:
    """Somebody looks after it: no reminder any more. Raises BadInput where it is closed."""
    if case.state == "closed":
        raise BadInput(f"case {case.case_id}", None, "is closed", "reopen it first: lastday case reopen")
    return replace(case, state="acked")


def closed(case: Case, found: Sequence[Finding], verdict: str) -> Case:
    """Nothing of it is told again. found: its findings, all of which count as told to whoever closes it."""
    if case.state == "closed":
        raise BadInput(
            f"case {case.case_id}", None, f"is closed already as {case.closed_as}", "reopen it first, to close it anew"
        )
    if verdict not in VERDICTS:
        raise ValueError(verdict)
    told = tuple(sorted({*case.told, *map(act_of, found)}))
    return replace(case, state="closed", closed_as=verdict, told=told)


def reopened(case: Case, now: datetime) -> Case:
    """It is looked into again, and reminded of. Raises BadInput where it is not closed."""
    if case.state != "closed":
        raise BadInput(f"case {case.case_id}", None, "is not closed", "there is nothing to reopen")
    return replace(case, state="open", closed_as=None, told_at=now, reminders=0)


def checked_reason(text: str) -> str:
    """The reason, trimmed. Raises BadInput where it is empty or too long to be kept."""
    reason = " ".join(text.split())
    if not reason:
        raise BadInput("--reason", None, "is empty", "write down why, for those who look at it later")
    if len(reason) > LONGEST_REASON:
        raise BadInput("--reason", None, f"is longer than {LONGEST_REASON} characters", "write it shorter")
    return reason


def until(case: Case, days_after: int) -> date:
    """How long a verdict holds where nobody says: to the end of the watch window."""
    return case.last_day + timedelta(days=days_after)


def verdicts_in_force(steps: Iterable[CaseStep]) -> tuple[Feedback, ...]:
    """What closed cases teach: of every case the last verdict, unless somebody reopened it. steps: oldest first."""
    standing: dict[str, CaseStep] = {}
    for step in steps:
        if step.what == "close":
            standing[step.case_id] = step
        elif step.what == "reopen":
            standing.pop(step.case_id, None)
    return tuple(
        Feedback(step.person_id, None, action, step.verdict, step.text, step.expires)
        for _, step in sorted(standing.items())
        if step.verdict and step.expires
        for action in step.actions
    )


def assignees(steps: Iterable[CaseStep]) -> dict[str, str]:
    """Who looks after each case: whom it was last given to. steps: oldest first."""
    return {step.case_id: step.text for step in steps if step.what == "assign"}
