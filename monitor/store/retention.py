"""What is past its time, deleted by schedule; people under a legal hold keep everything."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select

from monitor.operation import Privacy
from monitor.store.schema import (
    accounts,
    cases,
    departures,
    findings,
    outbox,
    people,
    rejects,
    requests,
    silences,
    steps,
)  # fmt: skip

SPARE_DAYS = 120
"""Cases outlive the events that they rest on by the longest watch window, or the next judging would find them anew."""


def forget(
    connection: Connection, rules: Privacy, keep_days: int, now: datetime, held: Collection[str]
) -> dict[str, int]:
    """Delete what is past its time. Returns rows by table, where there were any."""
    counts: dict[str, int] = {}

    def drop(table: Any, *where: Any) -> None:
        if "person_id" in table.c and held:
            where = (*where, table.c.person_id.is_(None) | table.c.person_id.not_in(held))
        gone = connection.execute(delete(table).where(*where)).rowcount
        counts[table.name] = counts.get(table.name, 0) + gone

    if rules.case_days:
        day = (now - timedelta(days=at_least(rules.case_days, keep_days))).date()
        old = select(cases.c.case_id).where(cases.c.last_day < day, cases.c.person_id.not_in(held))
        for table in (steps, findings, outbox):
            drop(table, table.c.case_id.in_(old))
        drop(cases, cases.c.last_day < day)
        drop(silences, silences.c.until < _before(now, rules.case_days), ~_about(held))
        drop(requests, requests.c.until < _before(now, rules.case_days))
    if rules.finding_days:
        drop(findings, findings.c.gone_at < _before(now, rules.finding_days))
        drop(findings, findings.c.last_day < _before(now, at_least(rules.finding_days, keep_days)).date())
    if rules.notice_days:
        done = outbox.c.state.in_(["sent", "given_up"])
        drop(outbox, done, outbox.c.created_at < _before(now, rules.notice_days))
    if rules.reject_days:
        drop(rejects, rejects.c.at < _before(now, rules.reject_days))
    if rules.roster_days:
        _forget_people(connection, drop, _before(now, rules.roster_days))
    return {name: count for name, count in counts.items() if count}


def at_least(days: int, keep_days: int) -> int:
    """The days for which cases and findings are kept in truth; 0 for ever."""
    return max(days, keep_days + SPARE_DAYS) if days else 0


def _forget_people(connection: Connection, drop: Any, before: datetime) -> None:
    """Versions that no longer hold, and people who are gone from every roster and have no case."""
    for table in (people, accounts, departures):
        drop(table, table.c.ended_at < before)
    there = select(people.c.person_id).where(
        people.c.ended_at.is_(None), people.c.gone_at.is_(None) | (people.c.gone_at >= before)
    )
    told = select(cases.c.person_id)
    gone = select(people.c.person_id).where(people.c.person_id.not_in(there), people.c.person_id.not_in(told))
    names = list(connection.scalars(gone.distinct()))
    for table in (accounts, departures, people):
        drop(table, table.c.person_id.in_(names))


def _about(held: Collection[str]) -> Any:
    return (silences.c.scope == "person") & silences.c.value.in_(held)


def _before(now: datetime, days: int) -> datetime:
    return now - timedelta(days=days)
