"""Memory stays flat whatever a file holds: a line of a gibibyte, many bad lines, a file that unpacks to a gibibyte."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from tests.sources.reading import line
from tests.sources.test_bad_lines import HEAD, row

GIBIBYTE = 1 << 30
MOST_MEBIBYTES = 150
"""What reading may take beyond a file of one line; a block is 4 MiB, and a few are under way at once."""
READ = """
import json, resource, sys
from tests.sources.reading import read
small = read(sys.argv[1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
told = read(sys.argv[2])
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([told.ids, told.aside[:3], told.intake.set_aside, (after - before) / 1024]))
"""


def read_alone(small: Path, large: Path) -> tuple[list[str], list[list], int]:
    """(ids, first lines set aside, how many) of the large file, read in a process of its own."""
    ran = subprocess.run([sys.executable, "-c", READ, small, large], capture_output=True, text=True, check=True)
    ids, aside, set_aside, mebibytes = json.loads(ran.stdout)
    assert mebibytes < MOST_MEBIBYTES
    return ids, aside, set_aside


def sparse(path: Path, head: bytes, tail: bytes) -> Path:
    """A gibibyte of NUL on one line between head and tail; it takes no room on the disk."""
    with path.open("wb") as stream:
        stream.write(head)
        stream.seek(GIBIBYTE, 1)
        stream.write(b"\n" + tail)
    return path


def packed(path: Path, head: bytes, tail: bytes) -> Path:
    with zstandard.open(path, "wb") as stream:
        stream.write(head)
        for _ in range(256):
            stream.write(b"x" * (GIBIBYTE // 256))
        stream.write(b"\n" + tail)
    return path


@pytest.mark.parametrize("make", [sparse, packed])
def test_a_line_of_a_gibibyte(tmp_path: Path, make: Callable[[Path, bytes, bytes], Path]) -> None:
    ending = ".zst" if make is packed else ""
    (tmp_path / "small.jsonl").write_bytes(line())
    large = make(tmp_path / f"e.jsonl{ending}", line(id="a"), line(id="b"))
    assert read_alone(tmp_path / "small.jsonl", large)[:2] == (["a", "b"], [[2, "longer than 1,048,576 bytes"]])


def test_a_csv_line_of_a_gibibyte(tmp_path: Path) -> None:
    (tmp_path / "small.csv").write_bytes(HEAD + row(1, b'"1"'))
    large = sparse(tmp_path / "e.csv", HEAD + row(1), row(2, b'"2"'))
    assert read_alone(tmp_path / "small.csv", large)[:2] == (["1", "2"], [[3, "longer than 1,048,576 bytes"]])


def test_a_quote_that_never_closes_in_five_megabytes(tmp_path: Path) -> None:
    (tmp_path / "small.csv").write_bytes(HEAD + row(1, b'"1"'))
    with (tmp_path / "e.csv").open("wb") as stream:
        stream.write(HEAD + row(1, b'"open'))
        for _ in range(5):
            stream.write(b"5,never,ann,a.b,t,n\n" * 50_000)
    ids, aside, set_aside = read_alone(tmp_path / "small.csv", tmp_path / "e.csv")
    assert ids == []
    assert aside[0][0] == 2
    assert set_aside == 250_001


def test_many_bad_lines(tmp_path: Path) -> None:
    (tmp_path / "small.jsonl").write_bytes(line())
    (tmp_path / "e.jsonl").write_bytes(b"\xff\n" * 100_000)
    assert read_alone(tmp_path / "small.jsonl", tmp_path / "e.jsonl")[2] == 100_000
