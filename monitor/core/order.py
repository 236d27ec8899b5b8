"""What prepares what: two acts on one target whose order has a purpose, where others meet by chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
NAMING = ("money", "forward", "share")
"""Kinds of action that may name in an attribute what they are about: a payment whom it pays, a share what it shares."""
COVERED = 2
"""To cover up is to destroy at least so many things in a day that were taken out: one meets that by chance."""


def prepared(events: Mapping[str, NDArray], kinds: Sequence[str]) -> NDArray:
    """Which events have a purpose that the person's act before on the same thing prepared, shape (n,).

    events: w, d, a, before (1 + the action before, 0 for none), shape (n,).  kinds: of each action.
    """
    kind = np.array(kinds)[events["a"]]
    told = purposeful(kinds)[events["before"], events["a"]]
    covering = told & (kind == "destroy")
    _, day = np.unique(events["w"].astype(np.int64) << 32 | events["d"], return_inverse=True)
    covered = np.bincount(day, covering)[day] if len(day) else np.zeros(0)
    return told & ~(covering & (covered < COVERED))


def purposeful(kinds: Sequence[str]) -> NDArray:
    """Which action prepares which, shape (n + 1, n): row 0 stands for none before, row 1 + i for action i."""
    prepares = [[before in PREPARED_BY.get(kind, ()) for kind in kinds] for before in kinds]
    return np.array([[False] * len(kinds), *prepares], bool)


def named_steps(kinds: Sequence[str]) -> list[tuple[int, int]]:
    """An action and one of NAMING that it prepares, by their places in `kinds`."""
    table = purposeful(kinds)[1:] & np.isin(kinds, NAMING)
    return [(int(first), int(then)) for first, then in np.argwhere(table)]
