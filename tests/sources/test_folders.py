"""A folder without events is told from one that may not be read, and both from none."""

from __future__ import annotations

import gzip
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.cli.summary import messages
from monitor.model import BadInput
from monitor.operation import Folder
from monitor.scanning import scan
from monitor.settings import load_settings
from monitor.sources.files import find_files
from monitor.sources.folder import FolderSource
from monitor.sources.formats import read_through

NOBODY = 65534


@contextmanager
def as_somebody_ordinary() -> Iterator[None]:
    """Root may read everything: be nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that everybody may look into; those of pytest are its user's alone."""
    with tempfile.TemporaryDirectory(prefix="lastday-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_no_such_folder(folder: Path) -> None:
    with pytest.raises(BadInput, match="no such file, folder or pattern"):
        find_files([str(folder / "none")])


@pytest.mark.parametrize("within", ["", "notes.txt"])
def test_a_folder_without_events(folder: Path, within: str) -> None:
    if within:
        (folder / within).write_text("")
    with pytest.raises(BadInput, match="a folder in which no file is of a readable kind"):
        find_files([str(folder)])


@pytest.mark.parametrize("shut", ["logs", "logs/deeper"])
def test_a_folder_that_may_not_be_read(folder: Path, shut: str) -> None:
    """Also where it lies within another: what stands in it would be missed in silence."""
    (folder / "logs" / "deeper").mkdir(parents=True)
    (folder / "e.jsonl").write_text("")
    (folder / shut).chmod(0)
    try:
        for pattern in (folder, folder / shut):
            with as_somebody_ordinary(), pytest.raises(BadInput, match=f"{shut}: cannot be read .Permission denied."):
                find_files([str(pattern)])
    finally:
        (folder / shut).chmod(0o755)


ROTATED = [
    "app.log", "app.log.1", "app.log-20171102.gz", "app.log.2017-11-02_11", "app.log-20171102-1509620400", "a.csv.2",
]  # fmt: skip


def test_a_folder_is_read_as_the_daemon_reads_it(tmp_path: Path) -> None:
    """Rotated logs too; what is left out is counted."""
    logs = tmp_path / "logs"
    logs.mkdir()
    for i, name in enumerate(ROTATED):
        line = {"id": str(i), "time": "2017-11-02T10:00:00Z", "actor": "p1", "action": "file.open"}
        text = "id,time,actor,action\n" + ",".join(line.values()) + "\n" if ".csv" in name else json.dumps(line) + "\n"
        (logs / name).write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    for name in ("notes.txt", "next.log.tmp", ".hidden.log"):
        (logs / name).write_text("x")
    hr = tmp_path / "hr.csv"
    hr.write_text("person_id,last_day\np1,2017-11-02\n")
    now = datetime(2100, 1, 1, tzinfo=UTC)
    daemon = FolderSource(Folder("logs", str(logs)), logs)
    read = {row[0] for batch in daemon.read({}, now) for row in batch.rows}
    result = scan([hr], [str(logs)], load_settings())
    assert (read, result.intake.accepted) == ({str(i) for i in range(len(ROTATED))}, len(ROTATED))
    assert [path.name for path in result.left_out] == [".hidden.log", "next.log.tmp", "notes.txt"]
    assert any(line.startswith("not read: 3 files of no kind that is read, for example") for line in messages(result))
    assert scan([hr], [str(logs / "app.log.1")], load_settings()).intake.accepted == 1


def test_a_rotated_log_is_read_through_the_profile_of_its_name(tmp_path: Path) -> None:
    profile = tmp_path / "ours.toml"
    profile.write_text(
        'title = "ours"\ntime_format = "iso"\n[[log]]\nfiles = ["app.log"]\n'
        'time = "at"\nactor = "who"\naction = "what"\n'
    )
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "app.log.1").write_text('{"at": "2017-11-02T10:00:00Z", "who": "p1", "what": "file.open"}\n')
    hr = tmp_path / "hr.csv"
    hr.write_text("person_id,last_day\np1,2017-11-02\n")
    result = scan([hr], [str(logs)], load_settings(), reading=read_through([str(profile)]))
    assert result.intake.accepted == 1
