"""Events in JSON lines: a file without fault in one go, any other through numbered lines, where a bad one is set
aside alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from monitor.sources.canonical import KNOWN, TEXT, attribute, typed
from monitor.sources.incoming import Progress, first_of, insert, streamed, told
from monitor.sources.json_whole import NAMES, insert_whole, is_doubtful, is_odd
from monitor.sources.lines import ARRAY, MAX_LINE_BYTES, read_lines, sample_lines
from monitor.sql import literal, quote

SCHEMA = pa.schema([("n", pa.int64()), ("line", pa.string()), ("bad", pa.string())])
SPARSE = 8
"""Of the samples so few are looked at for oddities."""
_SAMPLE = pa.schema([("line", pa.string())])
_ARRAY = f"CASE WHEN n = 1 AND starts_with(ltrim(line), '[') THEN {literal('; ' + ARRAY)} ELSE '' END"
NO_OBJECT = rf"""WHEN bad IS NOT NULL THEN bad
    WHEN broken THEN 'not valid JSON' || {_ARRAY}
    WHEN NOT (line >= '{{' AND line < '|') AND NOT starts_with(ltrim(line, E' \t\r'), '{{')
      THEN 'not a JSON object' || {_ARRAY}"""
"""Part of a CASE over `line`, `bad` and `broken` (it cannot be read): why a line is no JSON object.

Nearly every line begins with a brace, which costs less to see than to cut off the blanks before it.
"""
_KINDS = {"ARRAY": "a list", "OBJECT": "an object", "BOOLEAN": "a truth value"}


@dataclass(slots=True)
class JsonReader:
    """One file."""

    db: duckdb.DuckDBPyConnection
    path: Path
    keys: dict[str, list[str]]
    """Attribute -> the keys so named, which differ in case alone."""
    attributes: Counter[str]
    at_once: bool = False
    """May the file be read in one go, as far as its samples tell?"""
    doubtful: frozenset[str] = frozenset()
    """Columns of which some texts do not tell whether they stood in quotes."""

    @classmethod
    def look(cls, db: duckdb.DuckDBPyConnection, path: Path, *, at_once: bool = False) -> JsonReader:
        """Learn the file's keys from samples all over it (all of a small file). at_once: see `files.look_at`."""
        path.open("rb").close()  # raises as it is: within the stream the engine would put its own words around it
        with streamed(db, _SAMPLE, (pa.record_batch([lines.text], _SAMPLE) for lines in sample_lines(path))):
            db.execute("CREATE OR REPLACE TEMP TABLE sample AS SELECT line FROM incoming")
        keys = db.execute("SELECT unnest(try(json_keys(line))) AS key, count(*) FROM sample GROUP BY key")
        often = Counter[str](dict(keys.fetchall()))
        spelled: dict[str, list[str]] = {}
        attributes: Counter[str] = Counter()
        for key in sorted(often.keys() - set(KNOWN)):
            spelled.setdefault(attribute(key), []).append(key)
            attributes[attribute(key)] += often[key]
        faulty, doubtful = True, frozenset[str]()
        if at_once and all(len(same) == 1 for same in spelled.values()):
            faulty, doubtful = _oddities(db, dict(zip(TEXT, TEXT, strict=True)) | {a: k[0] for a, k in spelled.items()})
        db.execute("DROP TABLE sample")
        return cls(db, path, spelled, attributes, not faulty, doubtful)

    def insert(self, index: int, names: Sequence[str], progress: Progress | None) -> None:
        """Add the file's records to the table `event`."""
        mine = [name for name in names if name in self.keys]
        keys = dict(zip(KNOWN, KNOWN, strict=True)) | {name: self.keys[name][0] for name in mine}
        if not (self.at_once and insert_whole(self.db, self.path, index, names, keys, self.doubtful, progress)):
            self._insert_lines(index, names, mine, progress)

    def _insert_lines(self, index: int, names: Sequence[str], mine: list[str], progress: Progress | None) -> None:
        wanted = [*((c, [c]) for c in KNOWN), *((name, self.keys[name]) for name in mine)]
        keys = [key for _, same in wanted for key in same]
        place = {key: f"x[{i}]" for i, key in enumerate(keys, 1)}
        columns = ", ".join(f"{first_of([place[k] for k in same])} AS {quote(name)}" for name, same in wanted)
        paths = "[" + ", ".join(literal(_pointer(key)) for key in keys) + "]"
        raw = f"""SELECT n, bad, line, x IS NULL AS broken, {columns}
            FROM (SELECT n, bad, line, try(json_extract_string(line, {paths})) AS x FROM incoming)"""
        with streamed(self.db, SCHEMA, numbered_lines(self.path, progress)):
            insert(self.db, index, names, mine, typed(raw, mine, wrong=_WRONG))


def numbered_lines(
    path: Path, progress: Progress | None, *, max_line_bytes: int = MAX_LINE_BYTES
) -> Iterator[pa.RecordBatch]:
    """The file's lines in SCHEMA, without blank ones; `bad` is why a line could not be read, or null."""
    size, done = path.stat().st_size, 0
    for block in read_lines(path, max_line_bytes=max_line_bytes):
        lines = block.without_blank()
        none = pa.nulls(len(lines.text), pa.string())
        yield pa.record_batch([pa.array(lines.numbers), lines.text, none], schema=SCHEMA)
        if lines.bad:
            yield told(lines.bad, SCHEMA)
        if progress:
            done += lines.text.nbytes
            progress(path, min(done, size), size)


def _oddities(db: duckdb.DuckDBPyConnection, keys: dict[str, str]) -> tuple[bool, frozenset[str]]:
    """Is a line of the table `sample` no JSON object? And the columns with odd texts; keys: column -> key."""
    odd = ", ".join(f"bool_or({is_doubtful(name, f'x[{i}]')})" for i, name in enumerate(keys, 1))
    paths = ", ".join(literal(_pointer(key)) for key in keys.values())
    faulty, *found = db.execute(f"""SELECT bool_or(x IS NULL OR NOT starts_with(ltrim(line, E' \t\r'), '{{')), {odd}
        FROM (SELECT line, try(json_extract_string(line, [{paths}])) AS x FROM sample WHERE rowid % {SPARSE} = 0)
        """).fetchall()[0]
    return bool(faulty), frozenset(name for name, strange in zip(keys, found, strict=True) if strange)


def _pointer(key: str) -> str:
    """The key as a JSON pointer (RFC 6901), which any key can be written as; a JSON path cannot."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _json_wrong() -> str:
    """A reason for a line that is no JSON object or has a list, object or truth value where text belongs.

    Types are looked up only where the text looks as one of these does, and the line does not plainly
    show it in quotes: a second parse of every line would cost a third of the reading.
    """
    odd = " OR ".join(f"{is_odd(n, numbers=n in NAMES)} AND {_unquoted(n)}" for n in TEXT)
    words = "', not text; write it in quotes'"
    told = " ".join(
        f"WHEN json_type(line, '/{n}') {_is_wrong(n)} THEN '{n} is ' || {_spoken(n)} || {words}" for n in TEXT
    )
    return f"""CASE {NO_OBJECT}
        WHEN {odd} THEN CASE {told} END END"""


def _unquoted(name: str) -> str:
    return f"""NOT contains(line, '"{name}":"') AND NOT contains(line, '"{name}": "')"""


def _is_wrong(name: str) -> str:
    return "NOT IN ('VARCHAR', 'NULL')" if name in NAMES else "IN ('ARRAY', 'OBJECT', 'BOOLEAN')"


def _spoken(name: str) -> str:
    kinds = " ".join(f"WHEN '{kind}' THEN '{words}'" for kind, words in _KINDS.items())
    return f"CASE json_type(line, '/{name}') {kinds} ELSE 'a number' END"


_WRONG = _json_wrong()
