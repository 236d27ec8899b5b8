from __future__ import annotations

from datetime import UTC, datetime

from monitor.model import Notice

FINDING = {
    "finding_id": "f1",
    "person_id": "p000",
    "last_day": "2017-11-02",
    "hours_to_end": 5.15,
    "time": "2017-11-02T18:51:00+00:00",
    "action": "account.deactivate",
    "target": "@thereal",
    "magnitude": 44_000_000.0,
    "event_ids": ["e1"],
    "score": 20.7,
    "severity": "critical",
    "one_in": 100_000,
    "impact": 0.9,
    "undo": "Reactivate @thereal at once.",
    "reasons": [
        {
            "detector": "magnitude",
            "bits": 12.0,
            "text": "larger than all before",
            "value": "44,000,000",
            "own_usual": "",
            "peer_usual": "",
        }
    ],
}


def case_body(**finding: object) -> dict:
    return {
        "case_id": "c1",
        "kind": "opened",
        "severity": "critical",
        "last_day": "2017-11-02",
        "total": 1,
        "new": ["f1"],
        "person": {"person_id": "p000", "name": "Person Zero", "title": "agent", "department": "Trust and Safety"},
        "findings": [FINDING | finding],
    }


def notice(kind: str = "opened", body: dict | None = None) -> Notice:
    single = kind not in ("digest", "operator")
    told = body or case_body()
    when = datetime(2017, 11, 2, 18, 52, tzinfo=UTC)
    return Notice("n1", kind, "critical", "c1" if single else None, "p000" if single else None, when, told)
