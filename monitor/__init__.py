"""lastday: the insider-risk monitor for offboarding."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from monitor.notebook import Book

__version__ = "0.1.0"


def open(folder: str | PathLike[str], *, reveal: bool = False, reason: str | None = None) -> Book:
    """A working folder for a notebook: pandas frames of people, departures, findings and events.

    reason: why you look; it is kept on record, and needed for people in no watch window.  reveal: show names, for
    a while and with a reason only. Raises BadInput where the folder cannot be opened or you may not look.

    Example: `book = monitor.open("/var/lib/lastday"); book.findings().head()`
    """
    from pathlib import Path  # noqa: PLC0415  # whoever imports monitor for its commands loads nothing more

    from monitor.notebook import Book  # noqa: PLC0415

    return Book(Path(folder), reveal=reveal, reason=reason)
