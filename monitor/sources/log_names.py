"""What a file's name tells: whether it is a log, of which kind, behind what rotation and compression put after it."""

from __future__ import annotations

import re
from pathlib import Path

KINDS = {
    ".jsonl": "json", ".ndjson": "json", ".json": "json", ".log": "json",
    ".csv": "csv", ".tsv": "csv", ".parquet": "parquet",
}  # fmt: skip
_PACKED = (".gz", ".zst")
_ROTATED = re.compile(r"(\.\d{1,4}|[-.]\d{4}-?\d\d-?\d\d([T_-]?\d{2,6}|[-_.]\d{9,11})?)$", re.IGNORECASE)
"""A number, or a day with or without a time of day, or with the seconds since 1970."""
_UNFINISHED = (".tmp", ".part", ".partial", ".swp", ".draft")


def ending_of(path: Path) -> str | None:
    """The ending that tells a log's form, also behind a rotation (app.log.2.gz: .jsonl.gz); None: no log.

    >>> ending_of(Path("app.log-20171102.gz")), ending_of(Path("app.log.2017-11-02_11")), ending_of(Path("app.tmp"))
    ('.jsonl.gz', '.jsonl', None)
    """
    if is_draft(path):
        return None
    suffix, packed = _suffix(path)
    kind = KINDS.get(suffix)
    if kind is None:
        return None
    return {"json": ".jsonl", "parquet": ".parquet"}.get(kind, suffix) + packed


def kind_of(path: Path) -> str | None:
    """json, csv or parquet by the file's name, also of a draft that somebody names; None for any other."""
    return KINDS.get(_suffix(path)[0])


def is_draft(path: Path) -> bool:
    """Is it hidden, or not finished?"""
    return path.name.startswith(".") or path.name.lower().endswith(_UNFINISHED)


def is_rotated(path: Path) -> bool:
    """Did rotation put anything behind its name?"""
    return plain_name(path).name != _unpacked(path.name)


def plain_name(path: Path) -> Path:
    """The path without what rotation and compression put behind the name."""
    name = _unpacked(path.name)
    return path.with_name(_ROTATED.sub("", name) or name)


def readable_kinds() -> str:
    """The endings of files that can be read, in words."""
    return ", ".join(KINDS) + ", each also with .gz or .zst, and rotated (.log.1, .log-20171102)"


def _unpacked(name: str) -> str:
    packed = next((e for e in _PACKED if name.lower().endswith(e)), "")
    return name[: len(name) - len(packed)]


def _suffix(path: Path) -> tuple[str, str]:
    """The ending of the plain name, and that of compression; lower case."""
    name = path.name.lower()
    plain = _unpacked(name)
    return Path(_ROTATED.sub("", plain)).suffix, name[len(plain) :]
