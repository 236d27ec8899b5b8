"""Who is compared with whom: people of the same title and department, or the next wider circle."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from monitor.model import Person

ENOUGH = 6
LEFT = "everybody"
"""The group of those whose trade and department are both smaller: everybody, where nobody's are larger."""
_RANK = re.compile(
    r"\b(senior|sr|junior|jr|lead|leading|principal|staff|chief|head of|associate|trainee|intern|i{1,3}|iv|v|\d+)\b\.?"
)


@lru_cache(maxsize=4096)
def trade(title: str | None) -> str:
    """The title without its rank: a senior account executive's peers are account executives."""
    return " ".join(_RANK.sub(" ", (title or "").lower()).split())


def peer_groups(people: Sequence[Person]) -> tuple[list[int], list[str]]:
    """Each person's group number, and the groups' names.

    The same trade and department where at least ENOUGH share them; else the same trade anywhere,
    the same department, those who are left.
    """
    circles = [
        (
            f"{trade(p.title)} in {p.department or 'no department'}",
            f"{trade(p.title)}" if p.title else "",
            f"department {p.department}" if p.department else "",
        )
        for p in people
    ]
    sizes = [Counter(circle[level] for circle in circles) for level in range(3)]
    names = [
        next((c for c, size in zip(circle, sizes, strict=True) if c and size[c] >= ENOUGH), LEFT) for circle in circles
    ]
    known = sorted(set(names))
    number = {name: i for i, name in enumerate(known)}
    return [number[name] for name in names], known
