"""Which sealed files hold the history, and where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from monitor.sql import literal
from monitor.store.schema import segments


def folder_of(data: Path) -> Path:
    """Where the history files lie."""
    return data / "history"


def listed(connection: Connection) -> list[Any]:
    """The manifest: the files that hold the history now."""
    return list(connection.execute(select(segments).where(segments.c.replaced_at.is_(None)).order_by(segments.c.name)))


def sealed_sql(paths: Sequence[Path]) -> str:
    """SQL of the relation that history files make; those of an older lastday lack `line_sha256`."""
    return f"read_parquet([{', '.join(literal(str(path)) for path in paths)}], union_by_name = true)"
