"""Outputs kept as files. LASTDAY_GOLDEN=write renews them; what changed is then read in the diff."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent


def check_golden(name: str, text: str) -> None:
    """Is the text what the file says?"""
    path = FOLDER / name
    if os.environ.get("LASTDAY_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"there is no {name}; run once with LASTDAY_GOLDEN=write"
    assert text == path.read_text("utf-8"), f"{name} differs; LASTDAY_GOLDEN=write renews it"
