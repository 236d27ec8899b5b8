"""What tests all over the tree stand on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.demonstration import DemoFolder, make_demo_folder


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> DemoFolder:
    """The demo organisation in a working folder, made once a process: to be looked at, never to be changed."""
    return make_demo_folder(tmp_path_factory.mktemp("demo") / "work")


@pytest.fixture
def own_demo(demo_folder: DemoFolder, tmp_path: Path) -> DemoFolder:
    """A copy of the demo organisation's working folder, which the test may change."""
    return demo_folder.copy(tmp_path / "work")
