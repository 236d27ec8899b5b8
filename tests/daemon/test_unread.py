"""Logs that are not read, or of which nothing can be used: never in silence, and read once that is mended."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor import pipeline, upkeep
from monitor.model import BadInput
from monitor.operation import Folder
from monitor.sources.folder import FolderSource
from monitor.station import Station
from monitor.store.inbox import cursors_of
from tests.daemon.conftest import NOW
from tests.daemon.test_line import drop, some
from tests.office import as_lines

NOBODY = 65534


def test_a_folder_that_is_gone_is_told_and_read_on_when_it_is_back(station: Station) -> None:
    drop(station, "a.jsonl", some(1))
    pipeline.ingest(station, NOW)
    inbox = (station.folder / "inbox").rename(station.folder / "unmounted")
    pipeline.ingest(station, NOW)
    assert "there is no folder" in station.problems["admin"]
    upkeep.tend(station, NOW)
    inbox.rename(station.folder / "inbox")
    with station.state.read() as connection:
        assert len(cursors_of(connection, "admin")) == 1, "what was read is not read anew"
    drop(station, "b.jsonl", some(1, 1))
    assert pipeline.ingest(station, NOW).fresh == 1
    assert station.problems == {}


@pytest.mark.parametrize("locked", ["inbox", "inbox/host1"])
def test_a_folder_that_may_not_be_read_is_told_and_hides_no_other(locked: str) -> None:
    with tempfile.TemporaryDirectory(prefix="lastday-") as top:
        Path(top).chmod(0o755)
        inbox = Path(top) / "inbox"
        for name in ("host1", "host2"):
            (inbox / name).mkdir(parents=True)
            (inbox / name / "a.jsonl").write_text(as_lines(some(1)))
        with unreadable(Path(top) / locked):
            reading = FolderSource(Folder("admin", str(inbox)), inbox).read({}, NOW)
            read = [] if locked == "inbox" else [next(reading)]
            with pytest.raises(BadInput, match=rf"{locked}: cannot be read \(Permission denied\); let the user"):
                list(reading)
            assert len(read) == locked.count("/")


@contextmanager
def unreadable(folder: Path) -> Iterator[None]:
    """As somebody who may not list the folder; root, who may list every one, is somebody else meanwhile."""
    mode, us = folder.stat().st_mode, os.geteuid()
    folder.chmod(0o000)
    if us == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(us)
        folder.chmod(mode)
