from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.store.state import State, open_state


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    """An empty database."""
    state = open_state(str(tmp_path / "state.db"))
    yield state
    state.close()
