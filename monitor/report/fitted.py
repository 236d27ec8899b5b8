"""How wide the columns of a table may be, and which are left out where they do not all fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

GAP = 2
"""Blanks between two columns."""


@dataclass(frozen=True, slots=True)
class Want:
    """What a column asks for, in characters.

    natural: what shows all.  least: below that it tells nothing.  first: gives room before the others do.
    drop: the highest is left out first; 0 for never.
    """

    natural: int
    least: int
    first: bool = False
    drop: int = 0


def fit(wants: Sequence[Want], room: int) -> list[int] | None:
    """The widths, 0 for a column that is left out; None where even without those that may be left out it is too much.

    >>> fit([Want(18, 18), Want(40, 12), Want(10, 10, drop=1)], 60), fit([Want(18, 18), Want(40, 12, drop=1)], 20)
    ([18, 28, 10], [18, 0])
    """
    shown = list(range(len(wants)))
    while _needed([wants[i].least for i in shown]) > room:
        droppable = [i for i in shown if wants[i].drop]
        if not droppable:
            return None
        shown.remove(max(droppable, key=lambda i: wants[i].drop))
    widths = {i: wants[i].natural for i in shown}
    while _needed(list(widths.values())) > room:
        givers = [i for i in shown if widths[i] > wants[i].least]
        widths[max(givers, key=lambda i: (wants[i].first, widths[i]))] -= 1
    return [widths.get(i, 0) for i in range(len(wants))]


def _needed(widths: Sequence[int]) -> int:
    return sum(widths) + GAP * (len(widths) - 1)
