"""Pieces of evidence with all their figures, on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.table import Table
from rich.text import Text

from monitor.model import Reason
from monitor.report.safe import plain

WIDE = 100
"""From this width on all figures stand beside each other; below, under each other."""
HEADS = ("bits", "evidence", "value", "own usual", "peers' usual", "in words")


def evidence(
    reasons: Sequence[Reason], width: int, shown: Callable[[str], str] = lambda text: text
) -> list[Table | Text]:
    """Every reason with its figures. shown: a text as it may be read."""
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    told: list[Table | Text] = []
    for name in HEADS:
        table.add_column(name, justify="right" if name == "bits" else "left", overflow="fold")
    for reason in reasons:
        words = (reason.detector, reason.value, reason.own_usual, reason.peer_usual, reason.text)
        cells = [plain(shown(cell), 300) for cell in words]
        table.add_row(f"{reason.bits:.2f}", *map(Text, cells))
        told.append(Text.assemble((f"{reason.bits:6.2f} bits  ", "bold"), f"{cells[0]}: {cells[4]}"))
        figures = zip(HEADS[2:5], cells[1:4], strict=True)
        told += [Text(f"             {name}: {cell}", style="dim") for name, cell in figures if cell]
    return [table] if width >= WIDE else told
