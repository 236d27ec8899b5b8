"""Action logs in files: JSON lines, CSV and Parquet, each also .gz or .zst, read in place by DuckDB."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from monitor.model import BadInput
from monitor.sources.canonical import COLUMNS, KNOWN, TEXT, typed
from monitor.sources.lines import MAX_LINE_BYTES, open_bytes, read_lines, sample_lines
from monitor.sql import attribute_columns, literal, quote

KINDS = {
    ".jsonl": "json", ".ndjson": "json", ".json": "json", ".log": "json",
    ".csv": "csv", ".tsv": "csv", ".parquet": "parquet",
}  # fmt: skip
_LINE_SCHEMA = pa.schema([("n", pa.int64()), ("line", pa.string())])

Progress = Callable[[Path, int, int], None]
"""Called with (file, bytes read so far, bytes in all)."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What came in. received = accepted + set_aside; repeats are accepted lines whose id had come before."""

    received: int
    accepted: int
    repeated: int
    set_aside: int
    attributes: tuple[str, ...]


def find_files(patterns: list[str]) -> list[Path]:
    """The files that the patterns name (files, folders, globs), sorted, each once.

    Raises BadInput where a pattern names nothing or a file of no known kind.
    """
    found: set[Path] = set()
    for pattern in patterns:
        path = Path(pattern)
        if path.is_dir():
            matches = [p for p in path.rglob("*") if p.is_file() and _kind(p)]
        elif path.is_file():
            matches = [path]
        else:
            matches = [Path(p) for p in glob.glob(pattern, recursive=True) if Path(p).is_file()]
        if not matches:
            raise BadInput(pattern, None, "no such file, folder or pattern with events", f"readable: {_kinds()}")
        found.update(matches)
    for path in found:
        if not _kind(path):
            raise BadInput(str(path), None, f"unknown kind of file {path.suffix!r}", f"readable: {_kinds()}")
    return sorted(found)


def load(db: duckdb.DuckDBPyConnection, files: list[Path], *, progress: Progress | None = None) -> Intake:
    """Read the files into db's new tables `event` and `reject`.

    event: COLUMNS and one text column for each attribute (any other key that at
    least a few lines carry); each id once, whatever the order of the lines.
    reject: file (index into files), line, why.
    Raises BadInput where a whole file cannot be read.
    """
    readers = [_READERS[_kind(path)](db, path) for path in files]
    names = attribute_columns({name for reader in readers for name in reader.attributes})
    columns = ", ".join(f"{quote(c)} {_TYPES.get(c, 'VARCHAR')}" for c in ("file", "n", "why", *COLUMNS, *names))
    db.execute(f"CREATE TABLE event ({columns})")
    db.execute("CREATE TABLE reject (file INTEGER, line BIGINT, why VARCHAR)")
    for index, reader in enumerate(readers):
        try:
            reader.insert(index, names, progress)
        except duckdb.Error as error:
            raise BadInput(str(files[index]), None, _first_line(error), "check that the file is whole") from error
    return _settle(db, tuple(names))


def _settle(db: duckdb.DuckDBPyConnection, attributes: tuple[str, ...]) -> Intake:
    """Move bad records to `reject`; of the records that share an id keep the least, whatever their order."""
    bad = _one(db, "SELECT count(why) FROM event")
    if bad:
        db.execute("INSERT INTO reject SELECT file, n, why FROM event WHERE why IS NOT NULL")
        db.execute("DELETE FROM event WHERE why IS NOT NULL")
    accepted = _one(db, "SELECT count(*) FROM event")
    set_aside = _one(db, "SELECT count(*) FROM reject")
    db.execute("CREATE TEMP TABLE repeated AS SELECT id FROM event GROUP BY id HAVING count(*) > 1")
    order = ", ".join(quote(c) for c in (*COLUMNS[1:], *attributes))
    db.execute(f"""
        DELETE FROM event WHERE rowid IN (
          SELECT event.rowid FROM event SEMI JOIN repeated USING (id)
          QUALIFY row_number() OVER (PARTITION BY id ORDER BY {order}) > 1)""")
    kept = _one(db, "SELECT count(*) FROM event")
    return Intake(accepted + set_aside, accepted, accepted - kept, set_aside, attributes)


@dataclass(slots=True)
class JsonReader:
    """JSON lines, through numbered lines: a bad one is set aside alone."""

    db: duckdb.DuckDBPyConnection
    path: Path
    attributes: set[str]

    @classmethod
    def look(cls, db: duckdb.DuckDBPyConnection, path: Path) -> JsonReader:
        """Learn the file's keys from samples all over it (all of a small file)."""
        keys: set[str] = set()
        for lines in sample_lines(path):
            db.register("sample", pa.table({"line": lines.text}))
            rows = db.execute("SELECT DISTINCT unnest(try(json_keys(line))) FROM sample").fetchall()
            keys.update(key for (key,) in rows)
        return cls(db, path, keys - set(KNOWN))

    def insert(self, index: int, names: list[str], progress: Progress | None) -> None:
        mine = {name: name for name in names if name in self.attributes}
        keys = [*KNOWN, *mine]
        paths = "[" + ", ".join(literal("$." + quote(k)) for k in keys) + "]"
        columns = ", ".join(f"x[{i}] AS {quote(k)}" for i, k in enumerate(keys, 1))
        raw = f"SELECT n, line, x IS NULL AS broken, {columns} FROM (SELECT n, line, try(json_extract_string(line, {paths})) x FROM incoming)"
        bad: list[tuple[int, str]] = []
        self.db.register("incoming", pa.RecordBatchReader.from_batches(_LINE_SCHEMA, self._batches(bad, progress)))
        self.db.execute(_insert(index, names, mine, typed(raw, mine, wrong=_WRONG_JSON)))
        self.db.unregister("incoming")
        if bad:
            self.db.executemany("INSERT INTO reject VALUES (?, ?, ?)", [(index, n, why) for n, why in bad])

    def _batches(self, bad: list[tuple[int, str]], progress: Progress | None) -> Iterator[pa.RecordBatch]:
        size, done = self.path.stat().st_size, 0
        for lines in read_lines(self.path):
            bad += lines.bad
            yield pa.record_batch([lines.numbers, lines.text], schema=_LINE_SCHEMA)
            if progress:
                done += lines.text.nbytes
                progress(self.path, min(done, size), size)


def _json_wrong() -> str:
    """A reason for a line that is no JSON object or has a number, list or object where a name belongs.

    Types are looked up only where the text begins as a number, list, object or truth value does:
    a second parse of every line would cost a third of the reading.
    """
    names = ("actor", "action", "target", "id")
    begins = (("0", ":"), ("-", "."), ("[", "\\"), ("{", "|"))
    odd = " OR ".join(f"({n} >= '{low}' AND {n} < '{high}')" for n in names for low, high in begins)
    truth = " OR ".join(f"{n} IN ('true', 'false')" for n in names)
    paths = ", ".join(f"'$.{n}'" for n in names)
    told = " ".join(
        f"WHEN json_type(line, '$.{n}') NOT IN ('VARCHAR', 'NULL') THEN '{n} is '"
        f" || lower(json_type(line, '$.{n}')) || ', not text; write it in quotes'"
        for n in names
    )
    return f"""CASE WHEN broken THEN 'not valid JSON' WHEN NOT starts_with(ltrim(line), '{{') THEN 'not a JSON object'
        WHEN ({odd} OR {truth}) AND list_has_any(json_type(line, [{paths}]),
          ['UBIGINT', 'BIGINT', 'HUGEINT', 'DOUBLE', 'BOOLEAN', 'ARRAY', 'OBJECT']) THEN CASE {told} END END"""


_WRONG_JSON = _json_wrong()


@dataclass(slots=True)
class CsvReader:
    """CSV or TSV with a header line."""

    db: duckdb.DuckDBPyConnection
    path: Path
    header: list[str]
    delimiter: str
    attributes: set[str]

    @classmethod
    def look(cls, db: duckdb.DuckDBPyConnection, path: Path) -> CsvReader:
        with open_bytes(path) as stream:
            first = stream.readline(MAX_LINE_BYTES)
        try:
            text = first.decode("utf-8-sig").rstrip("\r\n")
        except UnicodeDecodeError:
            raise BadInput(str(path), 1, "the header is not UTF-8 text", "write the file as UTF-8") from None
        delimiter = max("\t;,|", key=text.count) if text else ","
        header = [name.strip().strip('"') for name in text.split(delimiter)]
        missing = [c for c in ("time", "actor", "action") if c not in header]
        if missing:
            raise BadInput(str(path), 1, f"no column {', '.join(missing)}", "name the columns in the first line")
        if len(set(header)) < len(header):
            raise BadInput(str(path), 1, "two columns have the same name", "name each column once")
        return cls(db, path, header, delimiter, set(header) - set(KNOWN) - {""})

    def insert(self, index: int, names: list[str], progress: Progress | None) -> None:
        mine = {name: name for name in names if name in self.attributes}
        columns = "{" + ", ".join(f"{literal(c or '_')}: 'VARCHAR'" for c in self.header) + "}"
        missing = "".join(f", NULL::VARCHAR AS {quote(c)}" for c in KNOWN if c not in self.header)
        raw = f"""SELECT row_number() OVER () AS n, *{missing} FROM read_csv({literal(str(self.path))},
            auto_detect = false, header = true, columns = {columns}, delim = {literal(self.delimiter)},
            quote = '"', escape = '"', max_line_size = {MAX_LINE_BYTES}, null_padding = false, strict_mode = true,
            store_rejects = true, rejects_limit = 0, rejects_table = 'csv_reject', rejects_scan = 'csv_scan')"""
        self.db.execute(_insert(index, names, mine, typed(raw, mine)))
        self._rejects(index)
        if progress:
            size = self.path.stat().st_size
            progress(self.path, size, size)

    def _rejects(self, index: int) -> None:
        """Lines that DuckDB could not split, and line numbers in place of record numbers for the others."""
        self.db.execute(f"INSERT INTO reject SELECT {index}, line, min(error_message) FROM csv_reject GROUP BY line")
        self.db.execute(f"""
            UPDATE event SET n = n + 1 + (SELECT count(DISTINCT line) FROM csv_reject WHERE line <= event.n + 1)
            WHERE file = {index} AND why IS NOT NULL""")
        self.db.execute("DROP TABLE csv_reject; DROP TABLE csv_scan")


@dataclass(slots=True)
class ParquetReader:
    """Parquet; the time column is text with an offset or a timestamp in UTC."""

    db: duckdb.DuckDBPyConnection
    path: Path
    types: dict[str, str]
    attributes: set[str]

    @classmethod
    def look(cls, db: duckdb.DuckDBPyConnection, path: Path) -> ParquetReader:
        try:
            rows = db.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(path))})").fetchall()
        except duckdb.Error as error:
            raise BadInput(str(path), None, _first_line(error), "write it again as Parquet") from error
        types = {name: kind for name, kind, *_ in rows}
        missing = [c for c in ("time", "actor", "action") if c not in types]
        if missing:
            raise BadInput(str(path), None, f"no column {', '.join(missing)}", f"it has {', '.join(types)}")
        if types["time"].startswith("TIMESTAMP") and not types["time"].endswith("TIME ZONE"):
            raise BadInput(str(path), None, "the column time has no time zone", "write it as a UTC timestamp")
        return cls(db, path, types, set(types) - set(KNOWN))

    def insert(self, index: int, names: list[str], progress: Progress | None) -> None:
        mine = {name: name for name in names if name in self.attributes}
        columns = ", ".join(f"{self._text(c)} AS {quote(c)}" for c in [*KNOWN, *mine])
        raw = f"SELECT file_row_number + 1 AS n, {columns} FROM read_parquet({literal(str(self.path))}, file_row_number = true)"
        self.db.execute(_insert(index, names, mine, typed(raw, mine)))
        if progress:
            size = self.path.stat().st_size
            progress(self.path, size, size)

    def _text(self, column: str) -> str:
        kind = self.types.get(column)
        if kind is None:
            return "NULL::VARCHAR"
        if column == "time" and kind.startswith("TIMESTAMP"):
            return "strftime(to_timestamp(0) + to_microseconds(epoch_us(time)) , '%Y-%m-%dT%H:%M:%S.%fZ')"
        if kind.endswith("[]") or kind.startswith(("STRUCT", "MAP")):
            return f"to_json({quote(column)})::VARCHAR"
        return f"{quote(column)}::VARCHAR"


_READERS = {"json": JsonReader.look, "csv": CsvReader.look, "parquet": ParquetReader.look}
_TYPES = {"file": "INTEGER", "n": "BIGINT", "t": "BIGINT", "magnitude": "DOUBLE"}


def _insert(index: int, names: list[str], mine: dict[str, str], select: str) -> str:
    extra = "".join(f", {quote(name) if name in mine else 'NULL'}" for name in names)
    return f"INSERT INTO event SELECT {index}, n, why, {', '.join(COLUMNS)}{extra} FROM ({select})"


def _kind(path: Path) -> str | None:
    suffixes = [s.lower() for s in path.suffixes]
    if suffixes and suffixes[-1] in (".gz", ".zst"):
        suffixes.pop()
    return KINDS.get(suffixes[-1]) if suffixes else None


def _kinds() -> str:
    return ", ".join(KINDS) + ", each also with .gz or .zst"


def _one(db: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(db.execute(sql).fetchall()[0][0])


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]
