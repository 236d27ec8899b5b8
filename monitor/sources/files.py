"""Action logs in files: JSON lines, CSV and Parquet, each also .gz or .zst, read in place by DuckDB."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import duckdb

from monitor.model import BadInput
from monitor.sources.canonical import COLUMNS, OWN_ID
from monitor.sources.csv_files import CsvReader
from monitor.sources.incoming import Progress, create_tables
from monitor.sources.json_lines import JsonReader
from monitor.sources.log_names import ending_of, kind_of, readable_kinds
from monitor.sources.parquet import ParquetReader
from monitor.sql import attribute_columns, drop_repeats, drop_rows, find_repeats

MOST_SET_ASIDE = 0.05
"""Reading is degraded where a larger share of the lines could not be used."""


class Reader(Protocol):
    """Reads one file; `attributes` are the columns that it fills besides COLUMNS, and how often."""

    attributes: Counter[str]

    def insert(self, index: int, names: Sequence[str], progress: Progress | None) -> None:
        """Add the file's records to the table `event`."""


Look = Callable[[duckdb.DuckDBPyConnection, Path, ExitStack], Reader]
"""Opens a file; the stack keeps what the reader needs, for as long as it is open."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What came in. received = accepted + set_aside; repeats are accepted lines whose id had come before.

    clashing: ids that stand for several acts, of which one was kept.  alike: those repeats that have no id and say the
    same as another line.
    """

    received: int
    accepted: int
    repeated: int
    clashing: int
    set_aside: int
    attributes: tuple[str, ...]
    alike: int = 0


def find_files(patterns: list[str]) -> list[Path]:
    """The files that the patterns name (files, folders, globs), sorted, each once.

    Raises BadInput where a pattern names nothing or a file of no known kind.
    """
    found: set[Path] = set()
    for pattern in patterns:
        try:
            matches = _matches(pattern)
        except (OSError, ValueError) as error:
            raise BadInput(pattern, None, f"no name of a file ({error})", "name a file, folder or pattern") from None
        if not matches:
            here = Path(pattern).is_dir()
            what = "a folder in which no file is of a readable kind" if here else "no such file, folder or pattern"
            raise BadInput(pattern, None, what, f"readable: {readable_kinds()}")
        found.update(matches)
    for path in found:
        if not kind_of(path):
            raise BadInput(str(path), None, f"unknown kind of file {path.suffix!r}", f"readable: {readable_kinds()}")
    return sorted(found)


def left_out(patterns: Iterable[str]) -> list[Path]:
    """The files in folders among the patterns that are no logs, which `find_files` leaves out; sorted."""
    folders = [Path(pattern) for pattern in patterns if Path(pattern).is_dir()]
    return sorted({p for folder in folders for p in _within(folder) if p.is_file() and not ending_of(p)})


def _matches(pattern: str) -> list[Path]:
    path = Path(pattern)
    if path.is_dir():
        return [p for p in _within(path) if p.is_file() and ending_of(p)]
    if path.is_file():
        return [path]
    found = map(Path, glob.glob(pattern, recursive=True))  # noqa: PTH207 (Path.glob takes no absolute pattern)
    return [p for p in found if p.is_file()]


def _within(folder: Path) -> Iterator[Path]:
    """Everything in it, at any depth. Raises BadInput where a part may not be read: it would be missed in silence."""

    def refuse(error: OSError) -> None:
        where, why = str(error.filename), f"cannot be read ({error.strerror})"
        raise BadInput(where, None, why, "give the right to read it, or name the files that may be read")

    for place, _, names in os.walk(folder, onerror=refuse):
        yield from (Path(place) / name for name in names)


def look_at(db: duckdb.DuckDBPyConnection, path: Path, held: ExitStack, *, at_once: bool = False) -> Reader:
    """The reader of a file of canonical events.

    at_once: a file of JSON lines without fault may be read in one go, which does not tell the number `n` of a line.
    """
    match kind_of(path):
        case "json":
            return JsonReader.look(db, path, at_once=at_once)
        case "csv":
            return CsvReader.look(db, path)
        case _:
            return ParquetReader.look(db, path, held)


def load(
    db: duckdb.DuckDBPyConnection, files: list[Path], *, progress: Progress | None = None, look: Look = look_at
) -> Intake:
    """Read the files into db's new tables `event` and `reject`.

    event: COLUMNS and one text column for each attribute (any other key; of more
    than sql.MAX_ATTRIBUTES those that most lines carry); each id once, whatever
    the order of the lines.
    reject: file (index into files), line, why.
    Raises BadInput where a whole file cannot be read.
    """
    with ExitStack() as held:
        readers: list[Reader] = []
        for path in files:
            with _reading(path):
                readers.append(look(db, path, held))
        names = attribute_columns(sum((reader.attributes for reader in readers), Counter[str]()))
        create_tables(db, names)
        for index, (path, reader) in enumerate(zip(files, readers, strict=True)):
            with _reading(path):
                reader.insert(index, names, progress)
    return _settle(db, names)


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turns what goes wrong with a whole file into BadInput."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise BadInput(str(path), None, "not enough memory for it", "raise engine.memory in the settings") from error
    except duckdb.Error as error:
        raise BadInput(
            str(path), None, next(iter(str(error).splitlines()), "unreadable"), "check that the file is whole"
        ) from error
    except OSError as error:
        raise BadInput(
            str(path), None, f"cannot be read ({error.strerror or error})", "name a readable file"
        ) from error


def _settle(db: duckdb.DuckDBPyConnection, attributes: tuple[str, ...]) -> Intake:
    """Move bad records to `reject`; of the records that share an id keep the least, whatever their order."""
    bad = _one(db, "SELECT count(why) FROM event")
    if bad:
        db.execute("INSERT INTO reject SELECT file, n, why FROM event WHERE why IS NOT NULL")
        drop_rows(db, "event", "why IS NOT NULL")
    accepted = _one(db, "SELECT count(*) FROM event")
    set_aside = _one(db, "SELECT count(*) FROM reject")
    find_repeats(db)
    clashing = _one(
        db,
        """SELECT count(*) FROM (SELECT id FROM event SEMI JOIN repeated USING (id) GROUP BY id
          HAVING min(t) <> max(t) OR min(actor) <> max(actor) OR min(action) <> max(action))""",
    )
    own = f"regexp_full_match(id, '{OWN_ID}')"
    alike = _one(db, f"SELECT count(*) - count(DISTINCT id) FROM event SEMI JOIN repeated USING (id) WHERE {own}")
    drop_repeats(db, (*COLUMNS[1:], *attributes))
    kept = _one(db, "SELECT count(*) FROM event")
    return Intake(accepted + set_aside, accepted, accepted - kept, clashing, set_aside, attributes, alike)


def _one(db: duckdb.DuckDBPyConnection, sql: str) -> int:
    return int(db.execute(sql).fetchall()[0][0])
