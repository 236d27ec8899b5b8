"""How records come in: the table `event` while it is read, and the one statement that fills it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from monitor.sources.canonical import COLUMNS
from monitor.sql import quote

TYPES = {"file": "INTEGER", "n": "BIGINT", "t": "BIGINT", "magnitude": "DOUBLE"}

Progress = Callable[[Path, int, int], None]
"""Called with (file, bytes read so far, bytes in all)."""


def create_tables(db: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
    """The empty tables `event` (file, n, why, COLUMNS, attributes) and `reject` (file, line, why)."""
    columns = ", ".join(f"{quote(c)} {TYPES.get(c, 'VARCHAR')}" for c in ("file", "n", "why", *COLUMNS, *names))
    db.execute(f"CREATE TABLE event ({columns})")
    db.execute("CREATE TABLE reject (file INTEGER, line BIGINT, why VARCHAR)")


def insert(db: duckdb.DuckDBPyConnection, index: int, names: Sequence[str], mine: Collection[str], select: str) -> None:
    """Fill `event` from a SELECT made by `typed`.  names: all attributes.  mine: those that this file has."""
    extra = "".join(f", {quote(name) if name in mine else 'NULL'}" for name in names)
    db.execute(f"INSERT INTO event SELECT {index}, n, why, {', '.join(COLUMNS)}{extra} FROM ({select})")


@contextmanager
def streamed(db: duckdb.DuckDBPyConnection, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> Iterator[None]:
    """The batches as the relation `incoming`, which can be read once."""
    db.register("incoming", pa.RecordBatchReader.from_batches(schema, batches))
    try:
        yield
    finally:
        db.unregister("incoming")


def told(bad: Sequence[tuple[int, str]], schema: pa.Schema) -> pa.RecordBatch:
    """Lines that could not be read, as a batch: n and bad, nothing else."""
    known = {"n": pa.array([n for n, _ in bad], pa.int64()), "bad": pa.array([why for _, why in bad], pa.string())}
    return pa.record_batch([known.get(f.name, pa.nulls(len(bad), f.type)) for f in schema], schema=schema)


def first_of(texts: Sequence[str]) -> str:
    """SQL for the first of several texts that is there; NULL of none."""
    return f"coalesce({', '.join(texts or ['NULL'])}, NULL)::VARCHAR"
