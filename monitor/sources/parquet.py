"""Events in Parquet, read in place; a compressed file is unpacked to a temporary one first."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import duckdb
from pyarrow.parquet import read_schema

from monitor.model import BadInput
from monitor.sources.canonical import FOREIGN, KNOWN, REQUIRED, TEXT, attribute, typed
from monitor.sources.incoming import Progress, first_of, insert
from monitor.sources.streams import COMPRESSED, unpack
from monitor.sql import literal, quote


@dataclass(slots=True)
class ParquetReader:
    """One file; the time column is text with an offset or a timestamp in UTC."""

    db: duckdb.DuckDBPyConnection
    path: Path
    plain: Path
    types: dict[str, str]
    attributes: Counter[str]

    @classmethod
    def look(cls, db: duckdb.DuckDBPyConnection, path: Path, held: ExitStack) -> ParquetReader:
        """Learn the columns. `held` keeps an unpacked file for as long as it is open. Raises BadInput."""
        plain, types = open_parquet(db, path, held)
        missing = [c for c in REQUIRED if c not in types]
        if missing:
            raise BadInput(str(path), None, f"no column {', '.join(missing)}", f"it has {', '.join(types)}; {FOREIGN}")
        if types["time"].startswith("TIMESTAMP") and not has_zone(plain, "time"):
            raise BadInput(str(path), None, "the column time has no time zone", "write it as a UTC timestamp")
        unknown = [attribute(name) for name in types if name not in KNOWN]
        return cls(db, path, plain, types, Counter(dict.fromkeys(unknown, 1 << 62)))

    def insert(self, index: int, names: Sequence[str], progress: Progress | None) -> None:
        """Add the file's records to the table `event`."""
        mine = [name for name in names if name in self.attributes]
        texts: dict[str, list[str]] = {name: [] for name in (*KNOWN, *mine)}
        for column in self.types:
            name = column if column in KNOWN else attribute(column)
            if name in texts:
                texts[name].append(self._text(column))
        columns = ", ".join(f"{first_of(same)} AS {quote(name)}" for name, same in texts.items())
        file = literal(str(self.plain))
        raw = f"SELECT file_row_number + 1 AS n, {columns} FROM read_parquet({file}, file_row_number = true)"
        insert(self.db, index, names, mine, typed(raw, mine, wrong=self._wrong()))
        if progress:
            size = self.path.stat().st_size
            progress(self.path, size, size)

    def _text(self, column: str) -> str:
        kind = self.types[column]
        if column == "time" and kind.startswith("TIMESTAMP"):
            return f"{moment_text(column, kind)} || 'Z'"
        return column_text(column, kind)

    def _wrong(self) -> str:
        """A reason for a row with a list, object or truth value where text belongs."""
        nested = {c: "a list or an object" for c in TEXT if _is_nested(self.types.get(c, ""))}
        truth = {c: "a truth value" for c in TEXT if self.types.get(c) == "BOOLEAN"}
        told = " ".join(f"WHEN {c} IS NOT NULL THEN '{c} is {what}, not text'" for c, what in (nested | truth).items())
        return f"CASE {told} END" if told else "NULL"


def open_parquet(db: duckdb.DuckDBPyConnection, path: Path, held: ExitStack) -> tuple[Path, dict[str, str]]:
    """The file itself, unpacked for as long as `held` is open, and its columns with DuckDB's types. Raises BadInput."""
    plain = path
    if path.suffix.lower() in COMPRESSED:
        plain = Path(held.enter_context(tempfile.TemporaryDirectory())) / "events.parquet"
        if damage := unpack(path, plain):
            raise BadInput(str(path), None, damage, "check that the file is whole")
    try:
        rows = db.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(plain))})").fetchall()
    except duckdb.Error as error:
        what = f"no Parquet file ({str(error).splitlines()[0]})"
        raise BadInput(str(path), None, what, "write it again as Parquet") from None
    return plain, {name: kind for name, kind, *_ in rows}


def has_zone(plain: Path, column: str) -> bool:
    """Does a column of timestamps count from a moment in UTC? DuckDB's types do not always tell."""
    return read_schema(plain).field(column).type.tz is not None


def moment_text(column: str, kind: str) -> str:
    """SQL for a timestamp as text, without an offset; in UTC where the column has a zone."""
    plain = "TIMESTAMPTZ" if "TZ" in kind or "ZONE" in kind else "TIMESTAMP"
    return f"strftime(make_timestamp(epoch_us({quote(column)}::{plain})), '%Y-%m-%dT%H:%M:%S.%f')"


def column_text(column: str, kind: str) -> str:
    """SQL for any other column as text: JSON for what is nested."""
    return f"to_json({quote(column)})::VARCHAR" if _is_nested(kind) else f"{quote(column)}::VARCHAR"


def _is_nested(kind: str) -> bool:
    return kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION"))
