"""JSON lines read by the engine in one go, at half the cost of numbered lines.

It cannot say which line is bad, nor why: where a file holds any, nothing is added, and the file
is for monitor.sources.json_lines.
"""

from __future__ import annotations

import glob
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import duckdb

from monitor.sources.canonical import TEXT, typed
from monitor.sources.incoming import Progress, insert
from monitor.sources.lines import has_long_lines
from monitor.sources.streams import COMPRESSED
from monitor.sql import literal, quote

NAMES = ("actor", "action", "target", "id")
"""Here a number is as wrong as a list: an account or a target written as one has lost its leading zeros."""
_NUMERIC = ("time", "magnitude")
_LOOK_SECONDS = 0.1


class _Odd(Exception):
    """There is a line to look at more closely."""


def is_odd(text: str, *, numbers: bool) -> str:
    """SQL: does a text look as a list, an object, a truth value or, where that matters, a number does?

    Its first sign is compared as a number: of a dozen texts in every line, that costs a fifth of comparing texts.
    """
    signs = ", ".join(str(ord(sign)) for sign in ("[{-0123456789" if numbers else "[{"))
    return f"(unicode({text}) IN ({signs}) OR {text} IN ('true', 'false'))"


def insert_whole(
    db: duckdb.DuckDBPyConnection, path: Path, index: int, names: Sequence[str], keys: Mapping[str, str],
    doubtful: Collection[str], progress: Progress | None,
) -> bool:  # fmt: skip
    """Add the file's records to the table `event`. False, and nothing added, where any line needs a closer look.

    keys: column -> key, of KNOWN and the attributes.  doubtful: columns of which some texts are, see is_doubtful;
    they are read with their quotes, which tell a text from a number or a list.
    """
    if path.suffix in COMPRESSED or glob.has_magic(str(path)) or has_long_lines(path):
        return False
    kinds = ", ".join(f"{literal(key)}: '{'JSON' if name in doubtful else 'VARCHAR'}'" for name, key in keys.items())
    columns = ", ".join(
        f"{_unquoted(key) if name in doubtful else quote(key)} AS {quote(name)}" for name, key in keys.items()
    )
    odd = " OR ".join(
        (_is_wrong if name in doubtful else is_doubtful)(name, quote(key))
        for name, key in keys.items()
        if name not in _NUMERIC
    )
    raw = f"""SELECT 0 AS n, {columns}, CASE WHEN {odd} THEN 'odd' END AS odd
        FROM read_json({literal(str(path))}, columns = {{{kinds}}}, format = 'newline_delimited', records = true)"""
    mine = [name for name in names if name in keys]
    db.execute("BEGIN")
    try:
        with _watched(db, path, progress):
            insert(db, index, names, mine, typed(raw, mine, wrong="odd"))
        if db.execute(f"SELECT count(why) FROM event WHERE file = {index}").fetchall()[0][0]:
            raise _Odd
    except (duckdb.Error, _Odd):
        db.execute("ROLLBACK")
        return False
    db.execute("COMMIT")
    return True


def is_doubtful(name: str, text: str) -> str:
    """SQL: does the text of that column not tell whether it stood in quotes, where that matters?"""
    if name in NAMES:
        return is_odd(text, numbers=True)
    # Elsewhere a number is as good as a text, but the engine writes exponents in two ways.
    exponent = f"(contains({text}, 'e+') OR contains({text}, 'e-0'))"
    return f"({is_odd(text, numbers=False)} OR {text} < ':' AND {exponent})"


def _is_wrong(name: str, held: str) -> str:
    """SQL: is it no text, where one belongs?  held: the value with its quotes."""
    if name in NAMES:
        return f"NOT starts_with({held}, '\"')"
    return is_odd(f"({held}::VARCHAR)", numbers=False) if name in TEXT else "false"


def _unquoted(key: str) -> str:
    """SQL for the text that a column of JSON holds."""
    held = f"({quote(key)}::VARCHAR)"
    return f"""CASE WHEN NOT starts_with({held}, '"') THEN {held}
        WHEN contains({held}, '\\') THEN {quote(key)} ->> '$' ELSE {held}[2:-2] END"""


@contextmanager
def _watched(db: duckdb.DuckDBPyConnection, path: Path, progress: Progress | None) -> Iterator[None]:
    """Tells how far the engine is."""
    if not progress:
        yield
        return
    size, done = path.stat().st_size, Event()

    def tell() -> None:
        while not done.wait(_LOOK_SECONDS):
            progress(path, int(size * max(db.query_progress(), 0) / 100), size)
        progress(path, size, size)

    watching = Thread(target=tell)
    db.execute("SET enable_progress_bar = true")
    db.execute("SET enable_progress_bar_print = false")  # the engine would write to stdout, among the findings
    watching.start()
    try:
        yield
    finally:
        done.set()
        watching.join()
        db.execute("SET enable_progress_bar = false")
