"""Files read through profiles, in a form to compare with their cases: attributes have no mark."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.pipeline import open_engine
from monitor.settings import load_settings
from monitor.sources.canonical import ATTRIBUTE
from monitor.sources.files import Intake, load
from monitor.sources.formats import Reading


def read(files: list[Path], reading: Reading) -> tuple[list[dict], list[tuple], Intake]:
    """Events without what they lack, by time; rejects; counts."""
    with open_engine(load_settings()) as db:
        intake = load(db, files, look=reading.look)
        rows = db.sql("SELECT * EXCLUDE (file, n, why) FROM event ORDER BY t, id").to_arrow_table().to_pylist()
        rejects = db.sql("SELECT file, line, why FROM reject ORDER BY file, line").fetchall()
    events = []
    for row in rows:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=row.pop("t"))
        form = "milliseconds" if moment.microsecond else "seconds"
        time = moment.isoformat(timespec=form).replace("+00:00", "Z")
        told = {key.removeprefix(ATTRIBUTE): value for key, value in row.items() if value is not None}
        events.append(told | {"time": time})
    return events, rejects, intake
