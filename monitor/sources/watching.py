"""Word of a log that grows, from the system: it is read at once, and not only when its turn comes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from watchfiles import watch

log = logging.getLogger("lastday")
STEP_MS, LONGEST_MS = 10, 20
"""A change is told once nothing more has changed for so long, or after so long at most."""


def tell_changes(folders: Iterable[Path], changed: Callable[[], None], over: threading.Event) -> None:
    """Call `changed` whenever something in these folders does, until it is over.

    It makes reading sooner and never surer: of a share on another machine, of a folder that comes later and of more
    files than the system watches nothing is told.
    """
    there = [folder for folder in folders if folder.is_dir()]
    if not there:
        return
    try:
        for _ in watch(
            *there, watch_filter=None, step=STEP_MS, debounce=LONGEST_MS, stop_event=over, raise_interrupt=False,
            ignore_permission_denied=True,
        ):  # fmt: skip
            changed()
    except (OSError, RuntimeError) as error:  # the system watches only so many files, and some kinds of disk not at all
        log.warning("logs are not watched, only read in turn", extra={"job": "watch", "why": type(error).__name__})
