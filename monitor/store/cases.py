"""Findings, cases and silences."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, insert, select, update

from monitor.model import Case, Finding
from monitor.store.schema import cases, findings, silences
from monitor.store.state import CASEWORK, take_lock

_FIELDS = tuple(Case.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Stored:
    """A finding as it is kept: since when it is known, and since when it no longer holds (None: it does).

    measured: does its rate come from placebo departures, not from the default scale.
    """

    case_id: str
    finding: Finding
    first_at: datetime
    gone_at: datetime | None
    measured: bool


def save_findings(
    connection: Connection, found: Sequence[tuple[str, Finding]], now: datetime, sources: Mapping[str, Sequence[str]],
    *, measured: bool,
) -> int:  # fmt: skip
    """Make the table say what is judged now. Returns how many rows changed.

    found: (case_id, finding).  sources: the logs that each finding's events came from, by its id.
    measured: are their rates, see severity.Scale.
    """
    old = {row.finding_id: row for row in connection.execute(select(findings))}
    changed = 0
    for case_id, finding in found:
        body = msgspec.json.encode(finding).decode()
        before = old.pop(finding.finding_id, None)
        row = {
            "case_id": case_id, "person_id": finding.person_id, "last_day": finding.last_day, "score": finding.score,
            "severity": finding.severity, "sources": json.dumps(sorted(sources.get(finding.finding_id, ()))),
            "measured": measured, "body": body, "changed_at": now, "gone_at": None,
        }  # fmt: skip
        if before is None:
            connection.execute(insert(findings).values(finding_id=finding.finding_id, first_at=now, **row))
        elif (before.body, before.gone_at, before.case_id, before.measured) != (body, None, case_id, measured):
            connection.execute(update(findings).where(findings.c.finding_id == finding.finding_id).values(**row))
        else:
            continue
        changed += 1
    gone = [finding_id for finding_id, row in old.items() if row.gone_at is None]
    for finding_id in gone:
        connection.execute(
            update(findings).where(findings.c.finding_id == finding_id).values(gone_at=now, changed_at=now)
        )
    return changed + len(gone)


def findings_of(connection: Connection) -> dict[str, list[Finding]]:
    """The findings that hold now, by case, highest score first."""
    rows = connection.execute(select(findings.c.case_id, findings.c.body).where(findings.c.gone_at.is_(None)))
    found: dict[str, list[Finding]] = {}
    for case_id, body in rows:
        found.setdefault(case_id, []).append(msgspec.json.decode(body, type=Finding))
    for theirs in found.values():
        theirs.sort(key=lambda f: (-f.score, f.time, f.finding_id))
    return found


def findings_about(connection: Connection, person_id: str) -> list[Finding]:
    """The findings on a person that hold now, in the order of their times."""
    rows = connection.scalars(
        select(findings.c.body).where(findings.c.person_id == person_id, findings.c.gone_at.is_(None))
    )
    return sorted((finding_of(body) for body in rows), key=lambda f: (f.time, f.finding_id))


def stored_finding(connection: Connection, finding_id: str) -> Stored | None:
    """The finding of that id; None where there is none."""
    return next(iter(_stored(connection, findings.c.finding_id == finding_id)), None)


def stored_of(connection: Connection, case_id: str) -> list[Stored]:
    """All that was ever found in a case: those that hold first, then the highest score, the first in time."""
    found = _stored(connection, findings.c.case_id == case_id)
    return sorted(found, key=lambda s: (s.gone_at is not None, -s.finding.score, s.finding.time, s.finding.finding_id))


def _stored(connection: Connection, which: ColumnElement[bool]) -> list[Stored]:
    """Rows from before `measured` was kept tell their rate as it was told then."""
    return [
        Stored(row.case_id, finding_of(row.body), row.first_at, row.gone_at, row.measured is not False)
        for row in connection.execute(select(findings).where(which))
    ]


def finding_of(body: str) -> Finding:
    """A stored finding: its time is the person's own, with the offset that it was told with."""
    return msgspec.json.decode(body, type=Finding)


def sources_of(connection: Connection) -> dict[str, list[str]]:
    """The logs that each case's findings came from."""
    found: dict[str, set[str]] = {}
    for case_id, names in connection.execute(select(findings.c.case_id, findings.c.sources)):
        found.setdefault(case_id, set()).update(json.loads(names))
    return {case_id: sorted(names) for case_id, names in found.items()}


def lock(connection: Connection) -> None:
    """Let nobody else change a case until the commit: the daemon writes back what it read."""
    take_lock(connection, CASEWORK)


def all_cases(connection: Connection) -> list[Case]:
    """Every case, in the order of the ids."""
    rows = connection.execute(select(cases).order_by(cases.c.case_id)).mappings()
    return [Case(**{name: row[name] for name in _FIELDS} | {"told": tuple(json.loads(row["told"]))}) for row in rows]


def save_case(connection: Connection, case: Case) -> None:
    """Insert or change a case."""
    row = {name: getattr(case, name) for name in _FIELDS} | {"told": json.dumps(case.told)}
    if not connection.execute(update(cases).where(cases.c.case_id == case.case_id).values(**row)).rowcount:
        connection.execute(insert(cases).values(**row))


def silences_at(connection: Connection, now: datetime) -> list[tuple[str, str]]:
    """(scope, value) of the silences in force."""
    rows = connection.execute(
        select(silences.c.scope, silences.c.value).where(silences.c.made_at <= now, silences.c.until > now)
    )
    return [(scope, value) for scope, value in rows]


def add_silence(
    connection: Connection, scope: str, value: str, now: datetime, until: datetime, reason: str, who: str
) -> int:
    """Keep notices about somebody back until then; they are told afterwards. Returns the silence's number."""
    row = {"scope": scope, "value": value, "made_at": now, "until": until, "reason": reason, "made_by": who}
    made = connection.execute(insert(silences).values(**row)).inserted_primary_key
    return int(made[0]) if made else 0


def list_silences(connection: Connection) -> Sequence[Any]:
    """Every silence, newest first."""
    return connection.execute(select(silences).order_by(silences.c.seq.desc())).all()
