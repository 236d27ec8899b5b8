from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from monitor.model import Finding, Person

LAST_DAY = date(2017, 11, 2)


def finding(
    person: str = "p000", action: str = "account.deactivate", severity: str = "high", day: int = 2, **more: Any
) -> Finding:
    values: dict[str, Any] = {
        "finding_id": f"{person}-{action}-{day}",
        "person_id": person,
        "last_day": LAST_DAY,
        "hours_to_end": 5.0,
        "time": datetime(2017, 11, day, 18, 51, tzinfo=UTC),
        "action": action,
        "target": "@t",
        "magnitude": 1.0,
        "event_ids": ("e",),
        "score": 9.0,
        "severity": severity,
        "one_in": 100,
        "impact": 0.9,
        "undo": "Set it back.",
        "reasons": (),
    }
    return Finding(**values | more)


def person(person_id: str = "p000", **more: Any) -> Person:
    values: dict[str, Any] = {
        "person_id": person_id,
        "name": f"Name {person_id}",
        "email": f"{person_id}@corp.example",
        "accounts": (f"acct.{person_id}",),
        "department": "Trust",
        "title": "agent",
        "manager": None,
        "employment_type": None,
        "zone": "UTC",
        "start_date": None,
    }
    return Person(**values | more)
