"""A file as numbered lines of UTF-8 text, in Arrow arrays, block by block.

Memory stays flat whatever the file holds: a line longer than the limit is
skipped as it streams past, never held. No loop runs over lines; line ends are
found and lines are cut by NumPy and Arrow.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from monitor.sources.streams import COMPRESSED, open_bytes, read_block

BLOCK_BYTES = 1 << 19
MAX_LINE_BYTES = 1 << 20
NOT_UTF8 = "not UTF-8 text; write the file as UTF-8"
ARRAY = "is the file one JSON array? jq -c '.[]' FILE writes an object a line"
_LONGEST_BLANK = 64
"""A line longer than this counts as text even if it is all blanks."""


@dataclass(slots=True)
class Lines:
    """Consecutive lines of one file: `text[i]` stands on line `numbers[i]`; `bad` are (line, reason)."""

    text: pa.Array
    numbers: np.ndarray
    bad: list[tuple[int, str]] = field(default_factory=list)
    count: int = 0
    """How many lines were looked at: text, bad and blank ones."""

    def without_blank(self) -> Lines:
        """These lines without those that hold nothing but blanks."""
        short = np.diff(_offsets(self.text)) <= _LONGEST_BLANK if len(self.text) else np.zeros(0, bool)
        if not short.any():
            return self
        blank = np.zeros(len(short), bool)
        blank[short] = pc.utf8_is_space(self.text.filter(pa.array(short))).to_numpy(zero_copy_only=False)
        return Lines(self.text.filter(pa.array(~blank)), self.numbers[~blank], self.bad, self.count)


def read_lines(path: Path, *, max_line_bytes: int = MAX_LINE_BYTES, block_bytes: int = BLOCK_BYTES) -> Iterator[Lines]:
    """Yield the file's lines in order, each with its line end; unreadable ones are told in `bad`.

    Raises OSError where the file cannot be opened. A compressed file that ends
    early or is damaged yields what stands before the damage, then one bad line.
    """
    with open_bytes(path) as stream:
        number, rest, skipping = 1, b"", False
        while True:
            block, damage = read_block(stream, block_bytes)
            if number == 1 and not rest:
                block = block.removeprefix(b"\xef\xbb\xbf")
            if skipping and block:
                end = block.find(b"\n") + 1
                if not end and not damage:
                    continue
                block, skipping, number = block[end:] if end else b"", False, number + 1
            data = rest + block
            last = not block or damage is not None
            if not data and not damage:
                return
            cut = len(data) if last else data.rfind(b"\n") + 1
            rest = b"" if last else data[cut:]
            lines = _cut(data, 0, cut, number, max_line_bytes)
            number += lines.count
            if len(rest) > max_line_bytes:
                lines.bad.append((number, _too_long(max_line_bytes, rest if number == 1 else b"")))
                rest, skipping = b"", True
            if damage:
                lines.bad.append((number, damage))
            yield lines
            if last:
                return


def sample_lines(path: Path, *, places: int = 64, block_bytes: int = 1 << 18) -> Iterator[Lines]:
    """Lines from evenly spaced places of a plain file; all lines of a small or compressed one."""
    size = path.stat().st_size
    if path.suffix in COMPRESSED or size <= places * block_bytes:
        yield from read_lines(path)
        return
    with path.open("rb") as stream:
        for place in range(places):
            stream.seek(size * place // places)
            data = stream.read(block_bytes)
            start = data.find(b"\n") + 1 if place else 0
            yield _cut(data, start, data.rfind(b"\n") + 1, 1, MAX_LINE_BYTES)


def has_long_lines(path: Path, max_line_bytes: int = MAX_LINE_BYTES) -> bool:
    """May a plain file have a line longer than that? False is certain: each half of that length has a line end."""
    half, size = max_line_bytes // 2, path.stat().st_size
    if size <= half:
        return False
    with path.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return any(data.find(b"\n", start, start + half) < 0 for start in range(0, size - half, half))


def _cut(data: bytes, start: int, stop: int, first: int, max_line_bytes: int) -> Lines:
    """The lines of data[start:stop], the first of which stands on line `first`."""
    if stop <= start:
        return Lines(pa.array([], pa.string()), np.zeros(0, np.int64))
    ends = np.flatnonzero(np.frombuffer(data, np.uint8, stop - start, start) == 10).astype(np.int64) + start + 1
    if not len(ends) or ends[-1] != stop:
        ends = np.append(ends, stop)
    offsets = np.concatenate(([start], ends)).astype(np.int32)
    numbers = first + np.arange(len(ends), dtype=np.int64)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data)]
    raw = pa.Array.from_buffers(pa.binary(), len(ends), buffers)
    bad: list[tuple[int, str]] = []
    long = np.diff(offsets) > max_line_bytes
    if long.any():
        bad = [(int(n), _too_long(max_line_bytes, data[start:] if n == 1 else b"")) for n in numbers[long]]
        raw, numbers = raw.filter(pa.array(~long)), numbers[~long]
    text = raw.view(pa.string())
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        valid = np.fromiter((_is_utf8(line.as_buffer()) for line in raw), bool, len(raw))
        bad += [(int(n), NOT_UTF8) for n in numbers[~valid]]
        text, numbers = raw.filter(pa.array(valid)).view(pa.string()), numbers[valid]
    return Lines(text, numbers, bad, len(ends))


def _offsets(text: pa.Array) -> np.ndarray:
    return np.frombuffer(text.buffers()[1], np.int32, len(text) + 1 + text.offset)[text.offset :]


def _is_utf8(line: pa.Buffer) -> bool:
    try:
        str(memoryview(line), "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _too_long(limit: int, first: bytes) -> str:
    """first: the file's first line, where it is that one."""
    return f"longer than {limit:,} bytes" + (f"; {ARRAY}" if first.startswith(b"[") else "")
