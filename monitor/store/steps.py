"""What people did with cases, a row a step; nothing in it is ever changed."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select

from monitor.model import CaseStep
from monitor.store.schema import steps
from monitor.store.state import bump

CHANGED = "verdicts changed"
"""Counter in the store: a case was closed or reopened, so that judgement has something to learn."""


class _Body(msgspec.Struct, omit_defaults=True):
    """What a closing has besides its reason."""

    verdict: str | None = None
    actions: tuple[str, ...] = ()
    expires: str | None = None


def add_step(connection: Connection, step: CaseStep) -> None:
    """Write down what somebody did."""
    body = _Body(step.verdict, step.actions, step.expires.isoformat() if step.expires else None)
    row = {name: getattr(step, name) for name in ("case_id", "person_id", "at", "who", "what", "text")}
    connection.execute(insert(steps).values(body=msgspec.json.encode(body).decode(), **row))
    if step.what in ("close", "reopen"):
        bump(connection, CHANGED)


def all_steps(connection: Connection, case_id: str | None = None) -> list[CaseStep]:
    """Every step, or those of one case, oldest first."""
    query = select(steps).order_by(steps.c.seq)
    if case_id is not None:
        query = query.where(steps.c.case_id == case_id)
    return [_read(row) for row in connection.execute(query)]


def _read(row: Any) -> CaseStep:
    given = msgspec.json.decode(row.body)
    return msgspec.convert(
        {name: getattr(row, name) for name in ("case_id", "person_id", "at", "who", "what", "text")} | given, CaseStep
    )
