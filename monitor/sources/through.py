"""A vendor's log read through a profile: records come in as canonical ones do, fields are what the profile says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import duckdb

from monitor.model import BadInput
from monitor.sources import csv_files, json_lines
from monitor.sources.canonical import ATTRIBUTE, KNOWN, attribute, moment_of, typed
from monitor.sources.fields import (
    Field,
    Resolve,
    Spec,
    columns_of,
    field_sql,
    fold,
    path_of,
    place_of,
    resolver,
    sought_sql,
    when_sql,
)  # fmt: skip
from monitor.sources.files import Reader
from monitor.sources.incoming import Progress, insert, streamed
from monitor.sources.lines import MAX_LINE_BYTES
from monitor.sources.log_names import kind_of
from monitor.sources.parquet import column_text, has_zone, moment_text, open_parquet
from monitor.sources.profiles import Format, Log, Mapping
from monitor.sources.records import Header, read_header
from monitor.sql import literal, quote

MAX_BUNDLE_BYTES = 64 << 20
"""A line that holds a list of records may be so long."""
_LOCAL = r"\d{4}-\d\d?-\d\d?([Tt ]\d\d?:\d\d(:\d\d(\.\d+)?)?)?"
_BETWEEN_DIGITS = r"\s\x{a0}\x{202f}'’"
"""What else parts the thousands of a number, in a set of RE2: spaces, also those that do not break, and apostrophes."""
_EPOCHS = {"epoch_seconds": 1_000_000, "epoch_milliseconds": 1_000}


def look_through(db: duckdb.DuckDBPyConnection, path: Path, held: ExitStack, profile: Format, log: Log) -> Reader:
    """The reader of a file through one log of a profile.

    Raises BadInput where the file lacks the columns of time, actor or action.
    """
    kept = Counter(dict.fromkeys(map(attribute, log.attributes()), 1 << 62))
    match kind_of(path):
        case "json":
            return JsonThrough(db, path, profile, log, kept)
        case "csv":
            header = read_header(path)
            _check_columns(path, log, header.names if header else None)
            return CsvThrough(db, path, profile, log, kept, header)
        case _:
            plain, types = open_parquet(db, path, held)
            _check_columns(path, log, list(types))
            return ParquetThrough(db, path, profile, log, kept, plain, types)


@dataclass(slots=True)
class _Through:
    """What the readers share."""

    db: duckdb.DuckDBPyConnection
    path: Path
    profile: Format
    log: Log
    attributes: Counter[str]

    def put(
        self, index: int, names: Sequence[str], records: str, resolve: Resolve, *, n: str = "n", wrong: str = "NULL"
    ) -> None:
        """Add records to the table `event`.

        records: SQL of the relation that has the columns of `resolve`, by their places.  n: SQL for the row number.
        wrong: SQL for why a record cannot be used, or NULL.
        """
        records, resolve = self._named(records, resolve)
        if self.log.rule:
            fits = " ".join(f"WHEN {when_sql(rule.when, resolve)} THEN {i}" for i, rule in enumerate(self.log.rule))
            records = f'(SELECT *, CASE {fits} END AS "~fits" FROM {records})'
        mine = [name for name in names if name in self.attributes]
        columns = ", ".join(f"{self._value(name, resolve)} AS {quote(name)}" for name in (*KNOWN, *mine))
        raw = f"""SELECT *, {_moment(self.profile)} AS moment
            FROM (SELECT {n} AS n, {wrong} AS wrong, {columns} FROM {records})"""
        form = self.profile.time_format
        like = literal(f"the time is not in the form {form if isinstance(form, str) else ' or '.join(form)}")
        wrong = f"coalesce(wrong, CASE WHEN time IS NOT NULL AND moment IS NULL THEN {like} END)"
        insert(self.db, index, names, mine, typed(raw, mine, wrong=wrong, moment="moment"))

    def _value(self, name: str, resolve: Resolve) -> str:
        value = _field(self.log, name, resolve)
        if name != "magnitude" or self.profile.decimal is None:
            return value
        thousands = "[" + ("." if self.profile.decimal == "," else ",") + _BETWEEN_DIGITS + "]"
        return f"replace(regexp_replace({value}, {literal(thousands)}, '', 'g'), ',', '.')"

    def _named(self, records: str, resolve: Resolve) -> tuple[str, Resolve]:
        """The relation with a column for each name in the log, which may also lie in the column that holds the record.

        A column each, so that however often a name is used, it is read once.
        """
        holds = resolve(self.log.within) if self.log.within else None
        inner = {place: f'"~inner"[{i}]' for i, place in enumerate(_places(self.log), 1)} if holds else {}
        if holds:
            records = f'(SELECT *, try(json_extract_string({holds}, {_paths(inner)})) AS "~inner" FROM {records})'
        told: list[str] = []
        columns: dict[str, str] = {}
        for name in _names(self.log):
            place = place_of(name)
            if there := [f"nullif({sql}, '')" for sql in (resolve(place), inner.get(place)) if sql]:
                columns[name] = f'"~{len(columns)}"'
                value = sought_sql(name, f"coalesce({', '.join(there)}, NULL)")
                told.append(f"{self._told(value)} AS {columns[name]}")
        return f"(SELECT {', '.join(['*', *told])} FROM {records})", columns.get

    def _told(self, value: str) -> str:
        """SQL for a value that is none of the words by which the vendor says that there is none."""
        words = ", ".join(literal(word.lower()) for word in self.profile.missing)
        return f"CASE WHEN lower(trim({value})) NOT IN ({words}) THEN {value} END" if words else value


@dataclass(slots=True)
class JsonThrough(_Through):
    """JSON lines: a record a line, or a list of records a line."""

    def insert(self, index: int, names: Sequence[str], progress: Progress | None) -> None:
        """Add the file's records to the table `event`."""
        used = [*_places(self.log), *([self.log.within] if self.log.within else [])]
        place = {c: f"x[{i}]" for i, c in enumerate(used, 1)}
        lines, longest = "SELECT n, bad, line FROM incoming", MAX_LINE_BYTES
        if self.log.each:
            at, longest = path_of(self.log.each), MAX_BUNDLE_BYTES
            found = f"json_extract_string(line, {literal(at + '[*]')})"
            if self.log.around:
                own = f"json_merge_patch(line, json_object({literal(self.log.each)}, one))::VARCHAR"
                found = f"list_transform(json_extract(line, {literal(at + '[*]')}), lambda one: {own})"
            lines = f"""SELECT n, bad, unnest(CASE WHEN try(json_type(line, {literal(at)})) = 'ARRAY'
                THEN {found} ELSE [line] END) AS line FROM incoming"""
        records = f"""(SELECT *, x IS NULL AS broken
            FROM (SELECT *, try(json_extract_string(line, {_paths(used)})) AS x FROM ({lines})))"""
        batches = json_lines.numbered_lines(self.path, progress, max_line_bytes=longest)
        with streamed(self.db, json_lines.SCHEMA, batches):
            self.put(index, names, records, place.get, wrong=f"CASE {json_lines.NO_OBJECT} END")


@dataclass(slots=True)
class CsvThrough(_Through):
    """CSV or TSV with a header line."""

    header: Header | None

    def insert(self, index: int, names: Sequence[str], progress: Progress | None) -> None:
        """Add the file's records to the table `event`."""
        if self.header is None:
            return
        place = {name: f"cells[{i}]" for i, name in enumerate(self.header.names, 1) if name}
        wrong = csv_files.wrong_sql(self.header, "len(cells)")
        with streamed(self.db, csv_files.SCHEMA, csv_files.numbered_records(self.path, self.header, progress)):
            self.put(index, names, "incoming", resolver(place, place.__getitem__), wrong=wrong)


@dataclass(slots=True)
class ParquetThrough(_Through):
    """Parquet; timestamps are text in the form `iso`, with an offset where the column has a zone."""

    plain: Path
    types: dict[str, str]

    def insert(self, index: int, names: Sequence[str], progress: Progress | None) -> None:
        """Add the file's records to the table `event`."""
        records = f"read_parquet({literal(str(self.plain))}, file_row_number = true)"
        self.put(index, names, records, resolver(self.types, self._text), n="file_row_number + 1")
        if progress:
            size = self.path.stat().st_size
            progress(self.path, size, size)

    def _text(self, column: str) -> str:
        kind = self.types[column]
        if kind.startswith("TIMESTAMP") and not kind.endswith("]"):
            return f"({moment_text(column, kind)} || '{'Z' if has_zone(self.plain, column) else ''}')"
        return column_text(column, kind)


def _check_columns(path: Path, log: Log, names: list[str] | None) -> None:
    """Raise BadInput where there is none of the columns of time, actor or action. None: an empty file."""
    if names is None:
        return
    have = {fold(name) for name in names}
    if log.within and fold(log.within) in have:
        return
    for what in ("time", "actor", "action"):
        spec = getattr(log, what)
        wanted = () if isinstance(spec, Field) and spec.default is not None else columns_of(spec)
        if wanted and not any(fold(c) in have or fold(c.partition(".")[0]) in have for c in wanted):
            told = f"no column {' or '.join(wanted)} for the {what}"
            raise BadInput(str(path), 1, told, f"it has {', '.join(names)}")


def _field(log: Log, name: str, resolve: Resolve) -> str:
    """SQL of one field of the event, or of an attribute: that of the first rule which fits, or the log's own."""
    own = _spec(log, name)
    others = [(i, spec) for i, rule in enumerate(log.rule) if (spec := _spec(rule, name)) is not None]
    if not others:
        return field_sql(own, resolve)
    cases = " ".join(f"WHEN {i} THEN {field_sql(spec, resolve)}" for i, spec in others)
    return f'CASE "~fits" {cases} ELSE {field_sql(own, resolve)} END'


def _spec(mapping: Mapping, name: str) -> Spec | None:
    if name.startswith(ATTRIBUTE):
        return mapping.keep.get(name.removeprefix(ATTRIBUTE))
    return getattr(mapping, name)


def _columns(mapping: Mapping) -> Iterator[str]:
    """The columns that a log or rule needs."""
    for spec in (*(getattr(mapping, name) for name in KNOWN), *mapping.keep.values()):
        yield from columns_of(spec)
    yield from getattr(mapping, "when", {})


def _places(log: Log) -> list[str]:
    """What is read of a record."""
    return list(dict.fromkeys(map(place_of, _names(log))))


def _names(log: Log) -> list[str]:
    """The names in a log, each once."""
    return list(dict.fromkeys(name for mapping in (log, *log.rule) for name in _columns(mapping)))


def _paths(places: Iterable[str]) -> str:
    return "[" + ", ".join(literal(path_of(place)) for place in places) + "]"


def _moment(profile: Format) -> str:
    """SQL for the microseconds since 1970 of the text `time`, NULL where it is not in the profile's form."""
    form = profile.time_format
    if form in _EPOCHS:
        return f"try_cast(try_cast(time AS DECIMAL(28, 6)) * {_EPOCHS[str(form)]} AS BIGINT)"
    if form == "iso":
        local = f"CASE WHEN regexp_full_match(time, '{_LOCAL}') THEN try_cast(time AS TIMESTAMP) END"
        return f"coalesce({moment_of('time')}, {_local_us(local, profile.timezone)})"
    moments = []
    for one in (form,) if isinstance(form, str) else form:
        moment = f"try_strptime(time, {literal(one)})"
        moments.append(f"epoch_us({moment})" if "%z" in one else _local_us(moment, profile.timezone))
    return f"coalesce({', '.join(moments)}, NULL)"


def _local_us(local: str, timezone: str) -> str:
    return f"epoch_us({local})" if timezone == "UTC" else f"epoch_us(timezone({literal(timezone)}, {local}))"
