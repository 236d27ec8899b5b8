"""Tables and figures as Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose first column is text and whose others are figures."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def figure(value: float, digits: int = 2) -> str:
    """A figure, or a dash where there is none."""
    return f"{value:.{digits}f}" if math.isfinite(value) else "-"


def with_interval(told: tuple[float, float, float], digits: int = 2) -> str:
    """Mean and interval; the mean alone where one organisation leaves nothing to draw from.

    >>> with_interval((0.951, 0.93, 0.97))
    '0.95 (0.93 to 0.97)'
    """
    if told[1] == told[2]:
        return figure(told[0], digits)
    mean, low, high = (figure(value, digits) for value in told)
    return f"{mean} ({low} to {high})"
