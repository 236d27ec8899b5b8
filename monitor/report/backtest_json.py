"""A backtest as JSON: docs/backtest.md says what each key means."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from monitor.core.backtest import Noticed
from monitor.core.outcomes import Backtest, Hidden, Incident, Outcome
from monitor.model import Finding

Json = dict[str, Any]


def as_dict(told: Backtest) -> Json:
    """Everything in a backtest; times as ISO 8601 with offset, hours and scores rounded to two places."""
    kinds = {label.person_id: label.kind for label in reversed(told.labels)}
    return {
        "from": told.moments[0].as_of.isoformat(),
        "until": told.moments[-1].as_of.isoformat(),
        "step_days": told.step.days,
        "budget": told.budget,
        "before": told.before,
        "events": told.events,
        "departures": len(told.moments[-1].cases),
        "departures_known_later": told.later,
        "moments": [
            {
                "as_of": moment.as_of.isoformat(),
                "departures": len(moment.cases),
                "placebos": len(moment.harmless_scores),
                "measured": moment.measured,
                "notices": count,
            }
            for moment, count in zip(told.moments, told.notices_a_step, strict=True)
        ],
        "notices_a_week": _round(told.own.notices_a_week),
        "notices": [_noticed(noticed, kinds) for noticed in told.life.noticed],
        "incidents": [_incident(incident) for incident in told.incidents],
        "average_precision": _round(told.average_precision, 4),
        "outcomes": [_outcome(outcome) for outcome in told.outcomes],
        "feedback": {
            "entries": len(told.feedback),
            "hidden": [_hidden(one) for one in told.hidden],
            "risen": [_finding(finding) for finding in told.risen],
        },
    }


def _noticed(one: Noticed, kinds: dict[str, str]) -> Json:
    return {
        "person_id": one.case.person_id,
        "last_day": one.case.last_day.isoformat(),
        "known": one.case.known.isoformat(),
        "told_from": one.told_from.isoformat(),
        "told_by": one.told_by.isoformat(),
        "lead_hours": _round(one.lead_hours),
        "lead_hours_at_best": _round(one.lead_hours_at_best),
        "severity": one.severity,
        "rank": one.rank,
        "backlog": one.backlog,
        "label": kinds.get(one.case.person_id),
        "finding": _finding(one.finding),
    }


def _incident(one: Incident) -> Json:
    noticed = one.noticed
    return {
        "person_id": one.label.person_id,
        "kind": one.label.kind,
        "story": one.label.story,
        "caught": noticed is not None,
        "located": one.located,
        "rank": one.rank,
        "score": _round(one.score),
        "ended": _when(one.ended),
        "told_from": _when(noticed.told_from if noticed else None),
        "told_by": _when(noticed.told_by if noticed else None),
        "rank_then": noticed.rank if noticed else None,
        "lead_hours": _round(noticed.lead_hours if noticed else None),
        "lead_hours_at_best": _round(noticed.lead_hours_at_best if noticed else None),
        "hours_before_it_ended": _round(one.hours_before_it_ended),
    }


def _outcome(one: Outcome) -> Json:
    return {
        "before": one.before,
        "budget": one.budget,
        "notices": one.notices,
        "notices_a_week": _round(one.notices_a_week),
        "right": one.right,
        "wrong": one.wrong,
        "unlabelled": one.unlabelled,
        "incidents": one.incidents,
        "caught": one.caught,
        "located": one.located,
        "precision": _round(one.precision, 4),
        "recall": _round(one.recall, 4),
        "filled": one.filled,
        "filled_precision": _round(one.filled_precision, 4),
        "filled_recall": _round(one.filled_recall, 4),
    }


def _hidden(one: Hidden) -> Json:
    entry = one.entry
    because = {"reason": entry.reason, "expires": entry.expires.isoformat()} if entry else None
    return {"finding": _finding(one.finding), "left": _round(one.left), "entry": because, "incident": one.incident}


def _finding(finding: Finding) -> Json:
    return {
        "finding_id": finding.finding_id,
        "person_id": finding.person_id,
        "last_day": finding.last_day.isoformat(),
        "time": finding.time.isoformat(),
        "action": finding.action,
        "target": finding.target,
        "magnitude": finding.magnitude,
        "score": finding.score,
        "event_ids": list(finding.event_ids),
    }


def _when(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _round(value: float | None, places: int = 2) -> float | None:
    return None if value is None else round(float(value), places)
