"""Events in CSV or TSV with a header line, through numbered records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from monitor.model import BadInput
from monitor.sources.canonical import FOREIGN, KNOWN, REQUIRED, attribute, typed
from monitor.sources.incoming import Progress, first_of, insert, streamed, told
from monitor.sources.records import Header, read_header, read_records
from monitor.sql import quote

SCHEMA = pa.schema([("n", pa.int64()), ("cells", pa.list_(pa.string())), ("bad", pa.string())])


@dataclass(slots=True)
class CsvReader:
    """One file."""

    db: duckdb.DuckDBPyConnection
    path: Path
    header: Header | None
    attributes: Counter[str]

    @classmethod
    def look(cls, db: duckdb.DuckDBPyConnection, path: Path) -> CsvReader:
        """Learn the columns. Raises BadInput where the first line does not name them."""
        header = read_header(path)
        if header is None:
            return cls(db, path, None, Counter())
        missing = [c for c in REQUIRED if c not in header.names]
        if missing:
            what = f"no column {', '.join(missing)}"
            raise BadInput(str(path), header.line, what, FOREIGN)
        return cls(db, path, header, Counter(dict.fromkeys(map(attribute, _unknown(header)), 1 << 62)))

    def insert(self, index: int, names: Sequence[str], progress: Progress | None) -> None:
        """Add the file's records to the table `event`."""
        if self.header is None:
            return
        mine = [name for name in names if name in self.attributes]
        cells: dict[str, list[str]] = {c: [] for c in (*KNOWN, *mine)}
        for i, name in enumerate(self.header.names, 1):
            column = name if name in KNOWN else attribute(name)
            if name and column in cells:
                cells[column].append(f"nullif(cells[{i}], '')")
        columns = ", ".join(f"{first_of(same)} AS {quote(column)}" for column, same in cells.items())
        raw = f"SELECT n, bad, len(cells) AS found, {columns} FROM incoming"
        with streamed(self.db, SCHEMA, numbered_records(self.path, self.header, progress)):
            insert(self.db, index, names, mine, typed(raw, mine, wrong=wrong_sql(self.header, "found")))


def numbered_records(path: Path, header: Header, progress: Progress | None) -> Iterator[pa.RecordBatch]:
    """The records after the header in SCHEMA; `bad` is why a line could not be read, or null."""
    size, done = path.stat().st_size, 0
    for records in read_records(path, header.delimiter):
        after = records.after(header.line)
        n = len(after.values)
        yield pa.record_batch([pa.array(after.numbers), after.values, pa.nulls(n, pa.string())], schema=SCHEMA)
        if after.bad:
            yield told(after.bad, SCHEMA)
        if progress:
            done += records.values.nbytes
            progress(path, min(done, size), size)


def wrong_sql(header: Header, found: str) -> str:
    """SQL for why a record cannot be used, or NULL.  found: SQL for how many values it has."""
    n = len(header.names)
    return f"CASE WHEN bad IS NOT NULL THEN bad WHEN {found} <> {n} THEN {found} || ' values for {n} columns' END"


def _unknown(header: Header) -> list[str]:
    return [name for name in header.names if name and name not in KNOWN]
