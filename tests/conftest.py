"""What tests all over the tree stand on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import pytest

from tests.demonstration import NOW, DemoFolder, make_demo_folder


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew", action="store_true", help="write the golden files anew, to be read before a commit")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long tests come first, so that at the end no worker waits for another that has just begun one."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session")
def untouched_demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFolder:
    """The demo organisation in a working folder, made once a process: to be copied, never even to be looked at."""
    return make_demo_folder(tmp_path_factory.mktemp("demo") / "work")


@pytest.fixture(scope="session")
def demo_folder(untouched_demo: DemoFolder, tmp_path_factory: pytest.TempPathFactory) -> DemoFolder:
    """A copy to be looked at, which leaves rows in its audit, and never to be changed."""
    return untouched_demo.copy(tmp_path_factory.mktemp("looked") / "work")


@pytest.fixture
def own_demo(untouched_demo: DemoFolder, tmp_path: Path) -> DemoFolder:
    """A copy of the demo organisation's working folder, which the test may change."""
    return untouched_demo.copy(tmp_path / "work")


@pytest.fixture
def demo_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Commands run at the time of the demo organisation, by its investigator, on a screen of 100 columns."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("LASTDAY_FOLDER", raising=False)
    with (
        patch("monitor.cli.common._read_clock", lambda: NOW),
        patch("monitor.viewers.system_user", lambda: "investigator"),
    ):
        yield
