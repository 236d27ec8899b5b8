"""docs/architecture.md is the map of this tree: it names what there is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
MAP = PAGE.partition("## What lies where")[2].partition("\n## ")[0]
MAPPED = re.findall(r"^\*\*([a-z/]+)\*\* .*\n((?:[- ] .*\n)+)", MAP, re.MULTILINE)
"""(package, the lines that name its modules); a package whose modules are named as its commands has none."""
CLOCKS = {"monitor/cli/common.py", "monitor/daemon.py", "monitor/notebook.py", "monitor/notify/webhook.py"}
"""Where the time of day is read: all else is given it. A webhook is signed with the time at which it is sent."""


@pytest.mark.parametrize(("package", "lines"), MAPPED, ids=[package for package, _ in MAPPED])
def test_every_module_of_a_package_is_named(package: str, lines: str) -> None:
    there = {path.stem for path in (ROOT / package).glob("*.py")} - {"__init__"}
    assert set(re.findall(r"`([a-z_]+)`", lines)) == there


def test_every_package_is_mapped() -> None:
    there = {path.parent.relative_to(ROOT).as_posix() for path in (ROOT / "monitor").glob("*/__init__.py")}
    assert set(re.findall(r"\*\*([a-z/]+)\*\*", MAP)) == there | {"monitor", "detectors"}
    assert {package for package, _ in MAPPED} == there - {"monitor/cli", "monitor/world"} | {"monitor", "detectors"}


def test_every_path_that_is_named_is_there() -> None:
    paths = re.findall(r"`((?:monitor|core|store|notify|tests|config|detectors)/[\w/.]*)(?:::(\w+))?`", PAGE)
    assert len(paths) > 40
    for path, test in paths:
        where = ROOT if path.split("/")[0] in ("monitor", "tests", "config", "detectors") else ROOT / "monitor"
        assert (where / path).exists(), path
        assert not test or f"\ndef {test}(" in (where / path).read_text("utf-8"), test


def test_the_page_stays_one_page() -> None:
    assert len(PAGE.splitlines()) <= 120


def test_only_the_doors_read_the_clock() -> None:
    reads = re.compile(r"datetime\.now\b|\btime\.time\b|date\.today\(|utcnow")
    found = {path for path in (ROOT / "monitor").rglob("*.py") if reads.search(path.read_text("utf-8"))}
    assert {path.relative_to(ROOT).as_posix() for path in found} == CLOCKS
