"""Legal holds: people of whom nothing is erased, by hand or by schedule."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from monitor.store.schema import holds
from monitor.store.state import insert_new


def add(connection: Connection, person_id: str, reason: str, now: datetime, who: str) -> bool:
    """Hold a person. Was that new?"""
    row = {"person_id": person_id, "made_at": now, "made_by": who, "reason": reason}
    return bool(connection.execute(insert_new(connection, holds).values(row)).rowcount)


def remove(connection: Connection, person_id: str) -> bool:
    """Let a person go. Was there a hold?"""
    return bool(connection.execute(delete(holds).where(holds.c.person_id == person_id)).rowcount)


def held(connection: Connection) -> dict[str, Any]:
    """The rows of the holds, by person_id."""
    return {row.person_id: row for row in connection.execute(select(holds).order_by(holds.c.made_at))}
