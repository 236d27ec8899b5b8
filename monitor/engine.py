"""DuckDB in memory: a new one, or tables of one's own for a moment, without the 20 ms that starting one takes."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import duckdb

_started: dict[int, duckdb.DuckDBPyConnection] = {}
_starting = threading.Lock()
_number = count()


def start(threads: int = 0, memory: str = "") -> duckdb.DuckDBPyConnection:
    """A new engine. What its memory does not hold goes to a temporary folder of this user's, never to the folder that
    the process stands in.

    threads: how many work on a query; 0: as many as there are cores.  memory: such as "600MB"; "": most of all.
    """
    spilled = str(_spill_folder() / str(next(_number)))
    told = {"threads": threads, "memory_limit": memory}
    config: dict[str, Any] = {"temp_directory": spilled, "preserve_insertion_order": False}
    db = duckdb.connect(config=config | {name: value for name, value in told.items() if value})
    with suppress(duckdb.InvalidInputException):  # a notebook without ipywidgets has no bar to turn off
        db.execute("SET enable_progress_bar = false")  # it would write to stdout, among the findings
    return db


@cache
def _spill_folder() -> Path:
    """Of this process: nobody else may read what is spilled, since events are among it; gone at the end."""
    folder = tempfile.mkdtemp(prefix="lastday-spill-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


@contextmanager
def own_tables(threads: int = 0) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose tables nobody else sees, and which are gone at the end.

    threads: how many work on a query; 0: as many as there are cores. All connections of one such
    number share an engine, so the engine's settings are nobody's to change.
    """
    with _starting:
        if threads not in _started:
            _started[threads] = start(threads)
            _started[threads].execute("SET preserve_insertion_order = true")  # what is read in order stays so
            # A list of words made into a join costs more than all else of reading one line.
            _started[threads].execute("SET disabled_optimizers = 'in_clause'")
        db, name = _started[threads].cursor(), f"own_{next(_number)}"
    try:
        db.execute(f"ATTACH ':memory:' AS {name}")
        db.execute(f"USE {name}")
        yield db
    finally:
        db.close()
        with _starting:
            _started[threads].execute(f"DETACH DATABASE IF EXISTS {name}")
