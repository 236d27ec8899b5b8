"""CSV as numbered records: each is cut into its values alone, so that a bad one spoils no other.

A value in quotes may run over several lines. A quote that never closes costs the line on which it
opens and nothing more.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from monitor.model import BadInput
from monitor.sources.lines import MAX_LINE_BYTES, Lines, read_lines

DELIMITERS = "\t;,|"
_UNFINISHED = "unexpected end of data"
"""What Python's csv says of a record whose quote is still open when the lines run out."""


@dataclass(slots=True)
class Records:
    """Consecutive records of one file: `values[i]`, a list of texts, begins on line `numbers[i]`.

    bad: (line, reason).
    """

    values: pa.Array
    numbers: np.ndarray
    bad: list[tuple[int, str]] = field(default_factory=list)

    def after(self, line: int) -> Records:
        """The records that begin after this line."""
        later = self.numbers > line
        if later.all():
            return self
        return Records(self.values.filter(pa.array(later)), self.numbers[later], [b for b in self.bad if b[0] > line])


@dataclass(frozen=True, slots=True)
class Header:
    """The first record: names of the columns, the line on which it begins, and what separates the values."""

    names: list[str]
    line: int
    delimiter: str


def read_header(path: Path) -> Header | None:
    """The file's first record, None for a file with nothing in it. Raises BadInput where it cannot be used."""
    for lines in read_lines(path):
        first = lines.without_blank()
        if not len(first.text) and not first.bad:
            continue
        delimiter = delimiter_of(first.text[0].as_py()) if len(first.text) else ","
        for records in read_records(path, delimiter):
            begun = [(int(n), "") for n in records.numbers[:1]]
            line, why = min([*begun, *records.bad], default=(0, ""))
            if why:
                raise BadInput(
                    str(path), line, f"the line with the column names cannot be used: {why}", "mend that line"
                )
            if line:
                names = [name.strip() for name in records.values[0].as_py()]
                if again := sorted({name for name in names if name and names.count(name) > 1}):
                    raise BadInput(
                        str(path), line, f"two columns have the same name, {', '.join(again)}", "name each column once"
                    )
                return Header(names, line, delimiter)
    return None


def read_records(path: Path, delimiter: str) -> Iterator[Records]:
    """Yield the file's records in order, blank lines left out. Raises OSError where the file cannot be opened."""
    cutter = _Cutter(delimiter)
    for lines in read_lines(path):
        yield _split(lines.without_blank(), delimiter) if cutter.idle and _is_plain(lines) else cutter.cut(lines)
    yield cutter.finish()


def delimiter_of(text: str) -> str:
    """The character that separates the values of a header line; a comma where there is none."""
    bare = re.sub(r'"[^"]*"?', "", text)
    return max(DELIMITERS, key=bare.count) if any(c in bare for c in DELIMITERS) else ","


def _is_plain(lines: Lines) -> bool:
    """No quotes, and no carriage returns but at line ends: values are what stands between delimiters."""
    quotes, returns, ends = (pc.sum(pc.count_substring(lines.text, s)).as_py() or 0 for s in ('"', "\r", "\r\n"))
    return quotes == 0 and returns == ends


def _split(lines: Lines, delimiter: str) -> Records:
    return Records(pc.split_pattern(pc.utf8_rtrim(lines.text, "\r\n"), delimiter), lines.numbers, lines.bad)


class _Cutter:
    """Cuts lines with quotes, and holds an unfinished record back until its next lines come."""

    def __init__(self, delimiter: str) -> None:
        self._reader = csv.reader(self, delimiter=delimiter, strict=True)
        self._lines: list[str] = []
        self._numbers: list[int] = []
        self._next = 0

    @property
    def idle(self) -> bool:
        """Is no record unfinished?"""
        return not self._lines

    def __iter__(self) -> _Cutter:
        return self

    def __next__(self) -> str:
        if self._next == len(self._lines):
            raise StopIteration
        self._next += 1
        return self._lines[self._next - 1]

    def cut(self, lines: Lines, last: bool = False) -> Records:
        """The records that end within these lines."""
        self._lines += lines.text.to_pylist()
        self._numbers += lines.numbers.tolist()
        rows: list[list[str]] = []
        begins: list[int] = []
        bad = list(lines.bad)
        self._next = begin = 0
        while self._next < len(self._lines):
            begin = self._next
            try:
                row = next(self._reader)
            except csv.Error as error:
                unfinished = str(error) == _UNFINISHED
                if unfinished and not last and self._size(begin) <= MAX_LINE_BYTES:
                    break
                bad.append((self._numbers[begin], _reason(str(error))))
                self._next = begin + 1
                continue
            if self._numbers[self._next - 1] - self._numbers[begin] != self._next - 1 - begin:
                bad.append((self._numbers[begin], "a line inside the quotes could not be used"))
            elif len(row) > 1 or "".join(row).strip():
                rows.append(row)
                begins.append(self._numbers[begin])
        else:
            begin = self._next
        del self._lines[:begin], self._numbers[:begin]
        return Records(_lists(rows), np.array(begins, np.int64), bad)

    def finish(self) -> Records:
        """The records of the lines that were held back: no more lines come."""
        return self.cut(Lines(pa.array([], pa.string()), np.zeros(0, np.int64)), last=True)

    def _size(self, begin: int) -> int:
        return sum(map(len, itertools.islice(self._lines, begin, None)))


def _reason(error: str) -> str:
    """What Python's csv says of a record, in words for the user."""
    if error == _UNFINISHED:
        return "the quotes are wrong: one opens and does not close"
    if error.startswith("new-line"):
        return "a carriage return in a value without quotes"
    if error.startswith("field larger"):
        return f"a value longer than {csv.field_size_limit():,} characters"
    return f"the quotes are wrong: {error}"


def _lists(rows: list[list[str]]) -> pa.Array:
    offsets = np.zeros(len(rows) + 1, np.int32)
    np.cumsum([len(row) for row in rows], out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(list(itertools.chain.from_iterable(rows)), pa.string()))
