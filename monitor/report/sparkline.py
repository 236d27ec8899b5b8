"""Counts as a line of blocks."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

BLOCKS = "▁▂▃▄▅▆▇█"
NOTHING = "·"


def sparkline(counts: Sequence[float], most: float | None = None) -> str:
    """A block a count, by its square root: one wild hour does not flatten the others. most: what fills a block.

    >>> sparkline([0, 1, 4, 16])
    '·▂▄█'
    """
    top = sqrt(max([*counts, most or 0.0, 1.0]))
    return "".join(NOTHING if n <= 0 else BLOCKS[min(7, max(0, round(sqrt(n) / top * 8) - 1))] for n in counts)


def joined(counts: Sequence[float], wide: int) -> list[float]:
    """Neighbouring counts added up, so that no more than `wide` are left.

    >>> joined([1, 2, 3, 4, 5], 3)
    [3, 7, 5]
    """
    step = max(-(-len(counts) // max(wide, 1)), 1)
    return [sum(counts[i : i + step]) for i in range(0, len(counts), step)]


def columns(counts: Sequence[float], height: int, most: float | None = None) -> list[str]:
    """Upright bars of `height` lines, the topmost line first.

    >>> columns([0, 1, 4], 2)
    ['  █', ' ██']
    """
    top = sqrt(max([*counts, most or 0.0, 1.0]))
    eighths = [max(1, round(sqrt(n) / top * height * 8)) if n > 0 else 0 for n in counts]
    return ["".join(_piece(n - 8 * line) for n in eighths) for line in reversed(range(height))]


def _piece(eighths: int) -> str:
    return " " if eighths <= 0 else BLOCKS[min(eighths, 8) - 1]
