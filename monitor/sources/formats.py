"""Vendors' logs in files, read in place through profiles: the same events, rejects and counts as canonical files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import duckdb
import pyarrow as pa

from monitor.model import BadInput
from monitor.sources.canonical import KNOWN, typed
from monitor.sources.fields import Field, Resolve, columns_of, field_sql, fold, path_of, resolver, when_sql
from monitor.sources.files import CsvReader, ParquetReader, Progress, Reader, find_files, insert_sql, kind_of, look_at
from monitor.sources.lines import MAX_LINE_BYTES, read_lines
from monitor.sources.profiles import Format, Log, Mapping, RosterProfile, load_format, load_roster_profile
from monitor.sql import literal, quote

MAX_BUNDLE_BYTES = 64 << 20
"""A line that holds a list of records may be so long."""
_LINE_SCHEMA = pa.schema([("n", pa.int64()), ("line", pa.string())])
_OFFSET = r".*:.*([Zz]|[+-]\d\d:?\d\d)"
_RFC3339 = "'%Y-%m-%dT%H:%M:%S.%fZ'"
_WRONG_JSON = "CASE WHEN x IS NULL THEN 'not valid JSON' WHEN ltrim(line)[1] <> '{' THEN 'not a JSON object' END"
_EPOCHS = {"epoch_seconds": 1_000_000, "epoch_milliseconds": 1_000}


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: profiles, each for all files or for some, and the profile of the rosters."""

    formats: tuple[tuple[Format, frozenset[Path] | None], ...] = ()
    roster: RosterProfile | None = None

    def choose(self, files: Iterable[Path]) -> list[Path]:
        """The files that hold events; a profile may tell others that lie beside them.

        Raises BadInput where a profile that was named for a file knows no file of that name.
        """
        return [path for path in files if (profile := self._format(path)) is None or _log(profile, path)]

    def look(self, db: duckdb.DuckDBPyConnection, path: Path) -> Reader:
        """The reader of a file, for `files.load`."""
        profile = self._format(path)
        log = None if profile is None else _log(profile, path)
        return look_at(db, path) if profile is None or log is None else look_through(db, path, profile, log)

    def _format(self, path: Path) -> Format | None:
        return next((profile for profile, mine in self.formats if mine is None or path in mine), None)


def read_through(formats: Sequence[str], roster: str | None = None, timezone: str | None = None) -> Reading:
    """What --format-of, --roster-of and --log-timezone say.

    formats: NAME for every file, or NAME=FILE|FOLDER|GLOB for those files; NAME is a shipped
    profile or a path to one.  Raises BadInput.
    """
    told: list[tuple[Format, frozenset[Path] | None]] = []
    for text in formats:
        name, _, pattern = text.partition("=")
        told.append((load_format(name, timezone), frozenset(find_files([pattern])) if pattern else None))
    told.sort(key=lambda one: one[1] is None)
    roster = roster or next((profile.roster for profile, _ in told if profile.roster), None)
    return Reading(tuple(told), load_roster_profile(roster) if roster else None)


def _log(profile: Format, path: Path) -> Log | None:
    """The part of the profile that reads the file; None for a file to be left out."""
    name = re.sub(r"\.(gz|zst)$", "", path.as_posix().lower())
    if any(_matches(name, pattern) for pattern in profile.ignore):
        return None
    for log in profile.log:
        if any(_matches(name, pattern) for pattern in log.files):
            return log
    known = ", ".join(pattern for log in profile.log for pattern in log.files)
    raise BadInput(str(path), None, f"no file that the format {profile.title!r} knows", f"it knows {known}")


def _matches(name: str, pattern: str) -> bool:
    """A pattern is matched against as many last parts of the path as it has itself."""
    parts = pattern.lower().count("/") + 1
    return fnmatch("/".join(name.split("/")[-parts:]), pattern.lower())


def look_through(db: duckdb.DuckDBPyConnection, path: Path, profile: Format, log: Log) -> Reader:
    """The reader of a file through one log of a profile.

    Raises BadInput where the file lacks the columns of time, actor or action.
    """
    kind = kind_of(path)
    if kind == "json":
        return JsonThrough(db, path, profile, log)
    reader = CsvReader.look(db, path, ()) if kind == "csv" else ParquetReader.look(db, path, ())
    names = reader.header if isinstance(reader, CsvReader) else list(reader.types)
    have = {fold(name) for name in names}
    for what in ("time", "actor", "action"):
        spec = getattr(log, what)
        wanted = () if isinstance(spec, Field) and spec.default is not None else columns_of(spec)
        if wanted and not any(fold(c) in have or fold(c.partition(".")[0]) in have for c in wanted):
            raise BadInput(
                str(path),
                1,
                f"no column {' or '.join(wanted)} for the {what}",
                f"it has {', '.join(names)}",
            )
    return TableThrough(db, path, profile, log, reader, names)


@dataclass(slots=True)
class JsonThrough:
    """JSON lines through a profile: a record a line, or a list of records a line."""

    db: duckdb.DuckDBPyConnection
    path: Path
    profile: Format
    log: Log
    attributes: set[str] = field(init=False)

    def __post_init__(self) -> None:
        """Tell which attributes the profile keeps."""
        self.attributes = set(self.log.attributes())

    def insert(self, index: int, names: list[str], progress: Progress | None) -> None:
        """Read the file into `event` and `reject`, as number `index`."""
        used = list(dict.fromkeys(c for m in (self.log, *self.log.rule) for c in _columns(m)))
        paths = "[" + ", ".join(literal(path_of(c)) for c in used) + "]"
        place = {c: f"x[{i}]" for i, c in enumerate(used, 1)}
        lines = "SELECT n, line FROM incoming"
        if self.log.each:
            at = path_of(self.log.each)
            lines = f"""SELECT n, unnest(CASE WHEN try(json_type(line, {literal(at)})) = 'ARRAY'
                THEN json_extract_string(line, {literal(at + "[*]")}) ELSE [line] END) AS line FROM incoming"""
        records = f"""SELECT n, x, {_WRONG_JSON} AS "set aside"
            FROM (SELECT n, line, try(json_extract_string(line, {paths})) AS x FROM ({lines}))"""
        bad: list[tuple[int, str]] = []
        self.db.register("incoming", pa.RecordBatchReader.from_batches(_LINE_SCHEMA, self._batches(bad, progress)))
        self.db.execute(_through(self, records, place.get, index, names))
        self.db.unregister("incoming")
        if bad:
            self.db.executemany("INSERT INTO reject VALUES (?, ?, ?)", [(index, n, why) for n, why in bad])

    def _batches(self, bad: list[tuple[int, str]], progress: Progress | None) -> Iterator[pa.RecordBatch]:
        size, done = self.path.stat().st_size, 0
        for lines in read_lines(self.path, max_line_bytes=MAX_BUNDLE_BYTES if self.log.each else MAX_LINE_BYTES):
            bad += lines.bad
            yield pa.record_batch([lines.numbers, lines.text], schema=_LINE_SCHEMA)
            if progress:
                done += lines.text.nbytes
                progress(self.path, min(done, size), size)


@dataclass(slots=True)
class TableThrough:
    """CSV or Parquet through a profile."""

    db: duckdb.DuckDBPyConnection
    path: Path
    profile: Format
    log: Log
    reader: CsvReader | ParquetReader
    names: list[str]
    attributes: set[str] = field(init=False)

    def __post_init__(self) -> None:
        """Tell which attributes the profile keeps."""
        self.attributes = set(self.log.attributes())

    def insert(self, index: int, names: list[str], progress: Progress | None) -> None:
        """Read the file into `event` and `reject`, as number `index`."""
        if isinstance(self.reader, CsvReader):
            records = f'SELECT *, NULL::VARCHAR AS "set aside" FROM ({self.reader.records()})'
            self.db.execute(_through(self, records, resolver(self.names), index, names))
            self.reader.set_aside(index)
        else:
            file = literal(str(self.path))
            records = f"""SELECT file_row_number + 1 AS n, *, NULL::VARCHAR AS "set aside"
                FROM read_parquet({file}, file_row_number = true)"""
            self.db.execute(_through(self, records, resolver(self.names, self.reader.text), index, names))
        if progress:
            size = self.path.stat().st_size
            progress(self.path, size, size)


def _through(reader: JsonThrough | TableThrough, records: str, resolve: Resolve, index: int, names: list[str]) -> str:
    """SQL that puts records, as the profile maps them, into `event`.

    records: SELECT with n (row number), the columns that `resolve` knows, and "set aside", a reason or NULL.
    """
    log, keep = reader.log, {name: f"kept {name}" for name in names if name in reader.attributes}
    columns = [f"{_field(log, c, resolve)} AS {quote(c)}" for c in KNOWN if c != "time"]
    columns += [f"{_field(log, name, resolve, kept=True)} AS {quote(source)}" for name, source in keep.items()]
    written = _field(log, "time", resolve)
    read = _time_sql(reader.profile, "written")
    form = reader.profile.time_format
    like = literal(f"the time is not in the form {form if isinstance(form, str) else ' or '.join(form)}")
    raw = f"""SELECT * EXCLUDE (wrong),
            coalesce(wrong, CASE WHEN written IS NOT NULL AND time IS NULL THEN {like} END) AS wrong
        FROM (SELECT *, {read} AS time FROM (
            SELECT n, "set aside" AS wrong, {written} AS written, {", ".join(columns)} FROM ({records})))"""
    return insert_sql(index, names, keep, typed(raw, keep, wrong="wrong"))


def _field(log: Log, name: str, resolve: Resolve, *, kept: bool = False) -> str:
    """SQL of one field of the event: that of the first rule which fits, or the log's own."""
    own = log.keep.get(name) if kept else getattr(log, name)
    told = []
    for rule in log.rule:
        other = rule.keep.get(name) if kept else getattr(rule, name)
        told.append((when_sql(rule.when, resolve), own if other is None else other))
    if all(spec is own for _, spec in told):
        return field_sql(own, resolve)
    cases = " ".join(f"WHEN {when} THEN {field_sql(spec, resolve)}" for when, spec in told)
    return f"CASE {cases} ELSE {field_sql(own, resolve)} END"


def _columns(mapping: Mapping) -> Iterator[str]:
    """The columns that a log or rule needs."""
    for spec in (*(getattr(mapping, name) for name in KNOWN), *mapping.keep.values()):
        yield from columns_of(spec)
    yield from getattr(mapping, "when", {})


def _time_sql(profile: Format, written: str) -> str:
    """SQL of the time as RFC 3339 text in UTC, NULL where it is not in the profile's form."""
    form = profile.time_format
    if form in _EPOCHS:
        moment = f"make_timestamp((try_cast({written} AS DECIMAL(28, 6)) * {_EPOCHS[str(form)]})::BIGINT)"
        return f"strftime(try({moment}), {_RFC3339})"
    if form == "iso":
        local = f"strftime({_in_utc(f'try_cast({written} AS TIMESTAMP)', profile.timezone)}, {_RFC3339})"
        offset = f"regexp_full_match({written}, {literal(_OFFSET)})"
        return f"CASE WHEN {offset} THEN {written} ELSE {local} END"
    forms = (form,) if isinstance(form, str) else form
    moments = []
    for one in forms:
        moment = f"try_strptime({written}, {literal(one)})"
        moments.append(f"timezone('UTC', {moment})" if "%z" in one else _in_utc(moment, profile.timezone))
    return f"strftime(coalesce({', '.join(moments)}), {_RFC3339})"


def _in_utc(local: str, timezone: str) -> str:
    return local if timezone == "UTC" else f"timezone('UTC', timezone({literal(timezone)}, {local}))"
