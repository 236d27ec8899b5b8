"""A drop folder: files that appear whole or grow like a log being written, are rotated, compressed.

Growing text files are read on from where reading stopped, known by device and inode; whatever
does not fit what was read before is read again from the start, because a repeated event changes
nothing, once the end of the copy that may lie beside it is read; and so is what was of no use
until another format was named. Only whole lines are taken; a last line without an end is taken
when the file lies still.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from monitor.model import BadInput, Batch, Reject
from monitor.operation import Folder
from monitor.sources.batches import Read, read_piece, read_whole
from monitor.sources.files import Look, look_at
from monitor.sources.formats import holds_lists, look_of
from monitor.sources.log_names import ending_of, is_draft, is_rotated, kind_of
from monitor.sources.profiles import Format
from monitor.sources.streams import COMPRESSED, open_bytes, read_block

PIECE_BYTES = 4 << 20
SEAM_BYTES = 1024
"""So many bytes before the place where reading stopped must be the same to read on."""
WHOLE_SECONDS = 2.0
"""A compressed file or Parquet is read when it has lain still for so long."""
Cursors = Mapping[str, Mapping[str, Any]]


@dataclass(slots=True)
class FolderSource:
    """Reads a drop folder; `profile`: how a vendor's log becomes events."""

    rule: Folder
    path: Path
    profile: Format | None = None
    seen: dict[str, tuple[tuple[int, int], datetime]] = field(default_factory=dict)
    """Size and change time of whole files, and since when they are so."""

    @property
    def name(self) -> str:
        """As it stands in the settings."""
        return self.rule.name

    def read(self, after: Cursors, now: datetime) -> Iterator[Batch]:
        """What is new, file by file.

        Raises BadInput where the folder is not there, and after all the others where a file or a folder within cannot
        be read or the format knows no such file.

        after: cursors by item. A file that was read on and now has a name of no log is read on to its end.
        """
        trouble: BadInput | None = None
        met: set[str] = set()
        _look_into(self.path)
        for path in sorted(self.path.glob(self.rule.match)):
            try:
                if path.is_dir():
                    _look_into(path)  # glob passes over a folder that may not be listed, in silence
                elif ending_of(path) and path.is_file():
                    met.add(_item(path))
                    yield from self._read(path, path, after, now)
            except FileNotFoundError:
                continue  # rotated away between the listing and the reading; its new name comes next time
            except OSError as error:
                trouble = trouble or _unreadable(path, error)
            except BadInput as error:
                trouble = trouble or error
        for path, named in _renamed({item: after[item] for item in after if item not in met and "at" in after[item]}):
            try:
                yield from self._read(path, named, after, now)
            except OSError as error:
                trouble = trouble or _unreadable(path, error)
        if trouble:
            raise trouble

    def _read(self, path: Path, named: Path, after: Cursors, now: datetime) -> Iterator[Batch]:
        """named: by whose name it is known how the file is read."""
        look = look_of(self.profile, named)
        if look is None:
            return
        item = _item(path)
        cursor = dict(after.get(item, {}))
        if self._grows(named):
            yield from self._grown(path, named, item, cursor, now, look, after)
        else:
            yield from self._whole(path, item, cursor, now, look)

    def _copied(self, path: Path, cursor: dict[str, Any], after: Cursors, now: datetime, look: Look) -> Iterator[Batch]:
        """What was written to a log before it was copied, under a name of no log, and emptied in place."""
        for copy in sorted(path.parent.iterdir()):
            passed_over = ending_of(copy) or is_draft(copy) or not copy.is_file()
            if (
                passed_over
                or _item(copy) in after
                or copy.stat().st_size <= cursor["at"]
                or not _holds_on(copy, cursor)
            ):
                continue
            yield from self._grown(copy, Path(cursor["path"]), _item(copy), cursor, now, look, after)

    def gone(self, after: Cursors) -> list[str]:
        """Items with a cursor whose file is no longer there; none while the folder itself is gone."""
        if not self.path.is_dir():
            return []
        return sorted(set(after) - {_item(p) for p in self.path.glob(self.rule.match) if p.is_file()})

    def left_out(self, after: Cursors) -> list[str]:
        """Files of no kind that is read, named from the folder on; but for drafts, and what the profile ignores.

        after: as in `read`; what was read on under another name is not left out.
        """
        files = (p for p in self.path.glob(self.rule.match) if p.is_file())
        found = (p for p in files if not is_draft(p) and not ending_of(p) and _item(p) not in after)
        return sorted(str(path.relative_to(self.path)) for path in found if not self._ignores(path))

    def _ignores(self, path: Path) -> bool:
        try:
            return look_of(self.profile, path) is None
        except BadInput:
            return False

    def _grows(self, path: Path) -> bool:
        """Is it read on by whole lines? A list of records on one line is too long to be read in pieces."""
        return ending_of(path) in (".jsonl", ".csv", ".tsv") and not holds_lists(self.profile, path)

    def _whole(self, path: Path, item: str, cursor: dict[str, Any], now: datetime, look: Look) -> Iterator[Batch]:
        stat = path.stat()
        shape = [stat.st_size, stat.st_mtime_ns]
        known = cursor.get("shape") == shape and not self._in_vain(cursor)
        if known or not self._lies_still(item, stat.st_size, stat.st_mtime_ns, WHOLE_SECONDS, now):
            return
        self.seen.pop(item, None)
        if path.suffix.lower() in COMPRESSED and kind_of(path) != "parquet" and not holds_lists(self.profile, path):
            yield from self._packed(path, item, cursor, shape, look)
            return
        rows, rejects, received = read_whole_of(path, look)
        position = {"path": str(path), "shape": shape, "vain": None if rows else self._way}
        yield Batch(self.name, item, rows, rejects, received, position)

    def _packed(self, path: Path, item: str, cursor: dict[str, Any], shape: list[int], look: Look) -> Iterator[Batch]:
        """A compressed log, a piece at a time: the whole of one may not fit into memory."""
        ending = str(ending_of(path)).removesuffix(path.suffix.lower())
        begun = cursor.get("part") == shape and not self._in_vain(cursor)
        skip, line, vain = (cursor["done"], cursor["line"], cursor["vain"]) if begun else (0, 1, self._way)
        at, header, rest, damage = 0, b"", b"", None
        with open_bytes(path) as stream:
            while damage is None:
                data, damage = read_block(stream, PIECE_BYTES - len(rest))
                ends = damage is not None or len(rest) + len(data) < PIECE_BYTES
                data = rest + data
                cut = len(data) if ends else _cut(data, ending != ".jsonl") or len(data)
                piece, rest = data[:cut], data[cut:]
                if at >= skip:
                    rows, rejects, received = _piece(piece, header, ending, path, line, look)
                    if damage:
                        rejects, received = [*rejects, Reject(str(path), line, damage)], received + 1
                    line, vain = line + max(1, piece.count(b"\n")), None if rows else vain
                    position = {"path": str(path), "part": shape, "done": at + cut, "line": line, "vain": vain}
                    yield Batch(self.name, item, rows, rejects, received, position | ({"shape": shape} if ends else {}))
                header = header or (_first_line(piece) if ending != ".jsonl" else b"")
                at += cut
                if ends:
                    return

    def _grown(
        self,
        path: Path,
        named: Path,
        item: str,
        cursor: dict[str, Any],
        now: datetime,
        look: Look,
        after: Cursors,
    ) -> Iterator[Batch]:
        with path.open("rb") as stream:
            at, line = int(cursor.get("at", 0)), int(cursor.get("line", 1))
            if at and _seam(stream, at) != cursor.get("seam"):
                yield from self._copied(path, cursor, after, now, look)
                at, line = 0, 1
            elif at and self._in_vain(cursor):
                at, line = 0, 1
            vain = self._way if at == 0 else cursor.get("vain")
            while True:
                stream.seek(at)
                data = stream.read(PIECE_BYTES)
                cut = _cut(data, ending_of(named) != ".jsonl")
                if cut == 0 and data:
                    stat = path.stat()
                    if len(data) < PIECE_BYTES and not self._lies_still(
                        item, stat.st_size, stat.st_mtime_ns, self.rule.settle_seconds, now
                    ):
                        return
                    cut = len(data)
                if not cut:
                    return
                ending = str(ending_of(named))
                header = _header(stream) if at and ending != ".jsonl" else b""
                rows, rejects, received = _piece(data[:cut], header, ending, path, line, look)
                at, line = at + cut, line + max(1, data.count(b"\n", 0, cut))
                vain = None if rows else vain
                position = {"path": str(named), "at": at, "line": line, "seam": _seam(stream, at), "vain": vain}
                yield Batch(self.name, item, rows, rejects, received, position)

    @property
    def _way(self) -> str:
        """What tells one way of reading from another."""
        return hashlib.blake2b(repr(self.profile).encode(), digest_size=8).hexdigest()

    def _in_vain(self, cursor: Mapping[str, Any]) -> bool:
        """Was nothing of it usable, read in another way? Only then may it be read again without counting twice."""
        return cursor.get("vain") not in (None, self._way)

    def _lies_still(self, item: str, size: int, changed_ns: int, seconds: float, now: datetime) -> bool:
        """Has the file been as it is for so long, by its own time or by what was seen before?"""
        shape = (size, changed_ns)
        before, since = self.seen.get(item, (None, now))
        if before != shape or now < since:
            since = now
            self.seen[item] = (shape, now)
        changed = datetime.fromtimestamp(changed_ns / 1e9, UTC)
        return max((now - since).total_seconds(), (now - changed).total_seconds()) >= seconds


def _header(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    return _first_line(stream.readline(PIECE_BYTES))


def _first_line(data: bytes) -> bytes:
    return data.split(b"\n", 1)[0].rstrip(b"\r")


def _piece(data: bytes, header: bytes, ending: str, path: Path, line: int, look: Look) -> Read:
    """header: of the columns, where the piece does not begin with it.  line: the number of its first line."""
    if not header:
        return read_piece(data, ending, str(path), line, look)
    return read_piece(header + b"\n" + data, ending, str(path), line - 1, look)


def _item(path: Path) -> str:
    """What a file is known by, whatever its name."""
    stat = path.stat()
    return f"{stat.st_dev}:{stat.st_ino}"


def _renamed(lost: Cursors) -> Iterator[tuple[Path, Path]]:
    """(path, path as it was) of files with more to read that lie beside where they lay, under a name of no log.

    lost: cursors of growing files that are not where they were. The number of a file that is gone may be another's: it
    is the same one where what was read of it stands in it still.
    """
    for folder in sorted({Path(cursor["path"]).parent for cursor in lost.values()}):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            cursor = lost.get(_item(path)) if path.is_file() else None
            if cursor and path.stat().st_size > cursor["at"] and _holds_on(path, cursor):
                yield path, Path(cursor["path"])


def _holds_on(path: Path, cursor: Mapping[str, Any]) -> bool:
    """Does what was read of a file before stand in this one?"""
    with path.open("rb") as stream:
        return _seam(stream, cursor["at"]) == cursor["seam"]


def _look_into(folder: Path) -> None:
    """Raises BadInput where the folder may not be listed or is not there."""
    try:
        os.scandir(folder).close()
    except FileNotFoundError:
        mend = "make it, mount it, or name another in [[sources]]"
        raise BadInput(str(folder), None, "there is no folder of that name", mend) from None
    except OSError as error:
        raise _unreadable(folder, error) from None


def _unreadable(path: Path, error: OSError) -> BadInput:
    mend = "let the user that lastday runs as read it"
    return BadInput(str(path), None, f"cannot be read ({error.strerror or error})", mend)


def read_whole_of(path: Path, look: Look = look_at) -> Read:
    """A compressed file or Parquet, whatever rotation made of its name."""
    if path.suffix in (".gz", ".zst", ".parquet") and not is_rotated(path):
        return read_whole(path, str(path), look=look)
    return read_piece(path.read_bytes(), str(ending_of(path)), str(path), look=look)


def _cut(data: bytes, quoted: bool) -> int:
    """Where the last whole line or quoted record ends."""
    end = data.rfind(b"\n") + 1
    while quoted and end and data.count(b'"', 0, end) % 2:
        end = data.rfind(b"\n", 0, end - 1) + 1
    return end


def _seam(stream: IO[bytes], at: int) -> str:
    start = max(0, at - SEAM_BYTES)
    stream.seek(start)
    return hashlib.blake2b(stream.read(at - start), digest_size=8).hexdigest()
