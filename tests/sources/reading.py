"""What a reading of files gave, in a form to compare."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from monitor.sources.files import Intake, load
from monitor.sources.formats import Reading


def read(files: list[Path], reading: Reading) -> tuple[list[dict], list[tuple], Intake]:
    """Events without what they lack, by time; rejects; counts."""
    db = duckdb.connect()
    intake = load(db, files, look=reading.look)
    rows = db.sql("SELECT * EXCLUDE (file, n, why) FROM event ORDER BY t, id").to_arrow_table().to_pylist()
    events = []
    for row in rows:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=row.pop("t"))
        form = "milliseconds" if moment.microsecond else "seconds"
        time = moment.isoformat(timespec=form).replace("+00:00", "Z")
        events.append({key: value for key, value in row.items() if value is not None} | {"time": time})
    return events, db.execute("SELECT file, line, why FROM reject ORDER BY file, line").fetchall(), intake
