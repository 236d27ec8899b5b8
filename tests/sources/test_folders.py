"""A folder without events is told from one that may not be read, and both from none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from monitor.model import BadInput
from monitor.sources.files import find_files

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
