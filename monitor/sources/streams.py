"""A file's bytes as a stream, decompressed by its ending; damage is told, and what stood before it is kept."""

from __future__ import annotations

import gzip
import io
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

import zstandard

COMPRESSED = (".gz", ".zst")
DAMAGED = "the compressed file is damaged"
_DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error, zstandard.ZstdError)
_PIECE_BYTES = 1 << 8
"""So little of a .zst file may stand for 8 MiB: that much is held at most."""


def open_bytes(path: Path) -> io.BufferedIOBase:
    """The file's bytes, decompressed by its ending (.gz, .zst); any other ending is read as it is.

    Raises OSError where it cannot be opened.
    """
    match path.suffix.lower():
        case ".gz":
            return gzip.open(path, "rb")
        case ".zst":
            return io.BufferedReader(_Zstd(path), 1 << 17)
        case _:
            return path.open("rb")


def read_block(stream: io.BufferedIOBase, size: int) -> tuple[bytes, str | None]:
    """Up to `size` bytes (fewer only at the end), and what is wrong with the stream after them."""
    parts: list[bytes] = []
    try:
        while size > 0 and (part := stream.read1(size)):
            parts.append(part)
            size -= len(part)
    except _DAMAGE as error:
        return b"".join(parts), f"{DAMAGED} from here on ({error})"
    return b"".join(parts), None


def unpack(path: Path, into: Path) -> str | None:
    """Write the decompressed file to `into`. Returns what is wrong with it, or None."""
    with open_bytes(path) as stream, into.open("wb") as out:
        try:
            shutil.copyfileobj(stream, out)
        except _DAMAGE as error:
            return f"{DAMAGED} ({error})"
    return None


class _Zstd(io.RawIOBase):
    """Decompresses frame after frame. Raises EOFError where the file ends within one: zstandard's own
    reader takes a cut-off file for a whole one."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._pieces = self._decompressed()
        self._ready = memoryview(b"")
        self._damage: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill the buffer; damage is raised only when all that stood before it has been handed over."""
        filled = 0
        while filled < len(buffer) and (self._ready or self._fetch()):
            size = min(len(buffer) - filled, len(self._ready))
            buffer[filled : filled + size] = self._ready[:size]
            self._ready, filled = self._ready[size:], filled + size
        if self._damage and not filled:
            raise self._damage
        return filled

    def _fetch(self) -> bool:
        """Make the next piece ready; False at the end and at damage."""
        try:
            self._ready = memoryview(next(self._pieces, b""))
        except _DAMAGE as error:
            self._damage = error
        return bool(self._ready)

    def _decompressed(self) -> Iterator[bytes]:
        """Pieces of the text, none of them empty."""
        frame = None
        while piece := self._file.read(_PIECE_BYTES):
            while piece:
                frame = frame or zstandard.ZstdDecompressor().decompressobj()
                text = frame.decompress(piece)
                piece = frame.unused_data
                if frame.eof:
                    frame = None
                if text:
                    yield text
        if frame:
            raise EOFError("it ends too early")

    def close(self) -> None:
        self._file.close()
        super().close()
