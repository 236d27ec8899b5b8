"""What prepares what: two acts on one target whose order has a purpose, where others meet by chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

PREPARED_BY = {
    "money": ("redirect", "empower", "impersonate"),
    "forward": ("empower", "exfiltrate"),
    "share": ("exfiltrate",),
    "send": ("exfiltrate",),
    "destroy": ("exfiltrate", "forward", "share", "send"),
    "read": ("empower",),
    "session": ("empower",),
}
"""Kind of action -> kinds that prepare it: change the bank details, then pay; collect, send, then delete; give access
to an outsider, then use it."""


def purposeful(kinds: Sequence[str]) -> NDArray:
    """Which action prepares which, shape (n + 1, n): row 0 stands for none before, row 1 + i for action i."""
    prepares = [[before in PREPARED_BY.get(kind, ()) for kind in kinds] for before in kinds]
    return np.array([[False] * len(kinds), *prepares], bool)
