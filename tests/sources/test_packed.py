"""A compressed log is read a piece at a time, and goes on where it stopped."""

from __future__ import annotations

import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from monitor.model import Batch
from monitor.operation import Folder
from monitor.sources import folder
from monitor.sources.folder import FolderSource

NOW = datetime(2017, 11, 3, tzinfo=UTC)
LINES = 200
PACK = {".gz": gzip.compress, ".zst": zstandard.ZstdCompressor().compress}


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "PIECE_BYTES", 2000)


def log_of(ending: str) -> bytes:
    """So many events, the one on the hundredth line without an actor."""
    events = [
        {"id": f"e{i}", "time": "2017-11-02T18:51:00Z", "actor": "ann" if i != 100 else "", "action": "file.read"}
        for i in range(1, LINES + 1)
    ]
    if ending == ".jsonl":
        return "".join(json.dumps(event) + "\n" for event in events).encode()
    rows = [",".join(event.values()) for event in events]
    return "\n".join([",".join(events[0]), *rows, ""]).encode()


def dropped(tmp_path: Path, name: str, data: bytes) -> FolderSource:
    path = tmp_path / name
    path.write_bytes(data)
    os.utime(path, (0, 0))
    return FolderSource(Folder(name="logs", path="."), tmp_path)


def ids(batches: list[Batch]) -> list[str]:
    return [row[0] for batch in batches for row in batch.rows]


@pytest.mark.parametrize("packed", PACK)
@pytest.mark.parametrize("ending", [".jsonl", ".csv"])
def test_every_event_comes_once_and_what_is_set_aside_keeps_its_line(tmp_path: Path, ending: str, packed: str) -> None:
    source = dropped(tmp_path, f"admin{ending}{packed}", PACK[packed](log_of(ending)))
    batches = list(source.read({}, NOW))
    assert len(batches) > 3
    assert ids(batches) == [f"e{i}" for i in range(1, LINES + 1) if i != 100]
    assert [(r.line, r.why) for b in batches for r in b.rejects] == [(100 + (ending == ".csv"), "no actor")]
    assert sum(batch.received for batch in batches) == LINES
    assert not list(source.read({batches[-1].item: batches[-1].cursor}, NOW))


@pytest.mark.parametrize("ending", [".jsonl", ".csv"])
def test_it_goes_on_after_the_last_piece_that_was_stored(tmp_path: Path, ending: str) -> None:
    source = dropped(tmp_path, f"admin{ending}.gz", gzip.compress(log_of(ending)))
    whole = list(source.read({}, NOW))
    for stopped in range(1, len(whole)):
        after = {whole[0].item: json.loads(json.dumps(whole[stopped - 1].cursor))}
        assert ids(list(source.read(after, NOW))) == ids(whole[stopped:])


def test_another_file_of_that_name_is_read_from_its_beginning(tmp_path: Path) -> None:
    source = dropped(tmp_path, "admin.jsonl.gz", gzip.compress(log_of(".jsonl")))
    first = next(source.read({}, NOW))
    (tmp_path / "admin.jsonl.gz").write_bytes(gzip.compress(log_of(".jsonl") * 2))
    os.utime(tmp_path / "admin.jsonl.gz", (0, 0))
    assert ids(list(source.read({first.item: first.cursor}, NOW)))[0] == "e1"


def test_what_stands_before_a_damage_is_kept(tmp_path: Path) -> None:
    data = gzip.compress(log_of(".jsonl"), compresslevel=0)
    source = dropped(tmp_path, "admin.jsonl.gz", data[: len(data) // 2])
    batches = list(source.read({}, NOW))
    assert len(ids(batches)) > LINES // 3
    assert "the compressed file is damaged from here on" in batches[-1].rejects[-1].why
    assert not list(source.read({batches[-1].item: batches[-1].cursor}, NOW))


def test_an_empty_one_is_no_trouble(tmp_path: Path) -> None:
    source = dropped(tmp_path, "admin.jsonl.gz", gzip.compress(b""))
    (batch,) = source.read({}, NOW)
    assert (batch.rows, batch.rejects, batch.received) == ([], [], 0)
