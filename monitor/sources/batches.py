"""Pieces of logs as batches of typed events, through the same reading as a scan's files.

Each row ends with the SHA-256 of the line it came in, so that it can be shown later that a line in
somebody's archive is the one that was judged.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from monitor.engine import own_tables
from monitor.model import BadInput, Reject
from monitor.sources.canonical import COLUMNS
from monitor.sources.files import Look, load, look_at
from monitor.sources.lines import read_lines
from monitor.sources.log_names import kind_of
from monitor.sql import quote

Read = tuple[list[tuple], list[Reject], int]
"""Rows (canonical.COLUMNS, attributes as JSON, hash of the line), what was set aside, how many lines there were."""
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
    with own_tables(threads=1) as db:
        try:
            intake = load(db, [path], look=look)
        except BadInput as error:
            return [], [Reject(told_as, error.line or 0, f"{error.what}; {error.mend}")], 1
        fixed = ", ".join(_ORDER)
        names = intake.attributes
        extra = "".join(f", {quote(name)}" for name in names)
        found = db.execute(f"SELECT n, {fixed}{extra} FROM event").fetchall()
        bad = db.execute("SELECT line, why FROM reject ORDER BY line").fetchall()
    width = 1 + len(_ORDER)
    hashes = line_hashes(path, sorted({row[0] for row in found}))
    rows = [(*row[1:width], _attributes(names, row[width:]), hashes.get(row[0])) for row in found]
    rejects = [Reject(told_as, line(n), why) for n, why in bad]
    return rows, rejects, intake.received


def line_hashes(path: Path, begins: Sequence[int]) -> dict[int, bytes]:
    """SHA-256 of the lines as received, by the number of the line on which a record begins; none of Parquet.

    The line end does not count, so that a log moved between systems still agrees; a CSV record whose
    quotes run over several lines is hashed with all of them.
    """
    kind = kind_of(path)
    if kind == "parquet":
        return {}
    wanted, found = set(begins), {}
    begin, parts = 0, b""
    for number, line in _numbered(path):
        if number in wanted:
            begin, parts = number, line
        elif begin and kind == "csv" and parts.count(b'"') % 2:
            parts += line
        else:
            begin = 0
        if begin:
            found[begin] = hashlib.sha256(parts.rstrip(b"\r\n")).digest()
    return found


def _numbered(path: Path) -> Iterator[tuple[int, bytes]]:
    for lines in read_lines(path):
        yield from zip(lines.numbers.tolist(), map(str.encode, lines.text.to_pylist()), strict=True)


def as_lines(values: list) -> bytes:
    """JSON values, one a line."""
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def _attributes(names: tuple[str, ...], values: tuple) -> str | None:
    told = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    return json.dumps(told, sort_keys=True) if told else None
