"""Pieces of logs as batches of typed events, through the same reading as a scan's files."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb

from monitor.model import BadInput, Reject
from monitor.sources.canonical import COLUMNS
from monitor.sources.files import Look, load, look_at
from monitor.sql import quote

Read = tuple[list[tuple], list[Reject], int]
"""Rows (canonical.COLUMNS, then the attributes as JSON), what was set aside, and how many lines there were."""
_ORDER = (*(c for c in COLUMNS if c != "magnitude"), "magnitude")


def read_piece(piece: bytes, ending: str, told_as: str, first_line: int = 1, look: Look = look_at) -> Read:
    """Events in a piece of a log.

    ending: file ending that tells its form, such as ".jsonl".  told_as: what to call it in rejects.
    first_line: number of the piece's first line in the whole.  look: how it is read.
    """
    with tempfile.TemporaryDirectory(prefix="lastday-") as folder:
        path = Path(folder) / ("piece" + ending)
        path.write_bytes(piece)
        return read_whole(path, told_as, lambda line: line + first_line - 1, look)


def read_whole(path: Path, told_as: str, line: Callable[[int], int] = lambda line: line, look: Look = look_at) -> Read:
    """Events in a file. One that cannot be used at all is one reject."""
    with duckdb.connect(config={"threads": 1}) as db:
        try:
            intake = load(db, [path], look=look)
        except BadInput as error:
            return [], [Reject(told_as, error.line or 0, f"{error.what}; {error.mend}")], 1
        fixed = ", ".join(_ORDER)
        names = intake.attributes
        extra = "".join(f", {quote(name)}" for name in names)
        found = db.execute(f"SELECT {fixed}{extra} FROM event").fetchall()
        bad = db.execute("SELECT line, why FROM reject ORDER BY line").fetchall()
    width = len(_ORDER)
    rows = [(*row[:width], _attributes(names, row[width:])) for row in found]
    rejects = [Reject(told_as, line(n), why) for n, why in bad]
    return rows, rejects, intake.received


def as_lines(values: list) -> bytes:
    """JSON values, one a line."""
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def _attributes(names: tuple[str, ...], values: tuple) -> str | None:
    told = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    return json.dumps(told, sort_keys=True) if told else None
