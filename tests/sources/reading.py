"""Reading files as the tests see it: what came in, what was set aside, and the same events in every form."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from monitor.scanning import open_engine
from monitor.settings import load_settings
from monitor.sources.files import Intake, find_files, load
from monitor.sources.formats import Reading
from tests.organisation import write_csv

GOOD = {"id": "1", "time": "2017-11-02T18:51:00Z", "actor": "ann", "action": "account.deactivate", "target": "t1"}
SQUEEZE = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}


@dataclass(frozen=True, slots=True)
class Read:
    """What `load` made of some files: the counts, the events by id, and (line, why) of the first lines set aside."""

    intake: Intake
    events: list[dict[str, Any]]
    aside: list[tuple[int, str]]

    @property
    def ids(self) -> list[str]:
        return [event["id"] for event in self.events]


def read(*files: Path | str) -> Read:
    """Load the files into a fresh engine, as `scan` does."""
    with open_engine(load_settings()) as db:
        intake = load(db, find_files([str(f) for f in files]), look=Reading().look)
        events = db.sql("SELECT * EXCLUDE (file, n, why) FROM event ORDER BY id").to_arrow_table().to_pylist()
        aside = db.sql("SELECT line, why FROM reject ORDER BY file, line LIMIT 1000").fetchall()
        [(rejects,)] = db.sql("SELECT count(*) FROM reject").fetchall()
    assert intake.accepted + intake.set_aside == intake.received
    assert intake.set_aside == rejects
    assert intake.accepted - intake.repeated == len(events)
    return Read(intake, [{k: v for k, v in event.items() if v is not None} for event in events], aside)


def read_bytes(folder: Path, data: bytes, name: str = "events.jsonl") -> Read:
    path = folder / name
    path.write_bytes(data)
    return read(path)


def line(**changes: Any) -> bytes:
    """GOOD as one JSON line, with changes; None takes a key away."""
    return (json.dumps({k: v for k, v in (GOOD | changes).items() if v is not None}) + "\n").encode()


def write_json(path: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def write_as(kind: str, folder: Path, rows: list[dict[str, Any]], stem: str = "events") -> Path:
    """The rows as a file of that kind, such as csv.gz or parquet."""
    form, _, squeezed = kind.partition(".")
    plain = folder / f"{stem}.{form}"
    if form == "csv":
        write_csv(plain, rows)
    elif form == "parquet":
        columns = list(dict.fromkeys(key for row in rows for key in row))
        pq.write_table(pa.table({c: [row.get(c) for row in rows] for c in columns}), plain)
    else:
        write_json(plain, rows)
    if not squeezed:
        return plain
    packed = folder / f"{stem}.{kind}"
    packed.write_bytes(SQUEEZE["." + squeezed](plain.read_bytes()))
    plain.unlink()
    return packed
