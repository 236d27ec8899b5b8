"""Rows of figures on stdout: a table for people, JSON or CSV for programs. Nothing in them can act."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.report.fitted import Want, fit
from monitor.report.safe import plain

WIDTH = 110
LEAST_WIDTH = 40
LEAST_CELL = 12
LONGEST_FIELD = 300
"""Characters of a value that has lines of its own."""
EMPTY = 1 << 10
"""Before every other column one is left out in which nothing stands."""
HANGING = " " * 4
FORMS = ("table", "json", "jsonl", "csv")
RISKY = "=+-@\t\r|%"
"""Spreadsheets take a cell that begins so for a formula."""
LONGEST_CELL = 32_000
"""What a spreadsheet holds in a cell."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the row's key, the heading, and how it is shown.

    cut: at most so many characters.  fold: goes on in the next line.  keep: gives no room to other columns, nor does
    one of figures.  least: gives room down to so many characters.  drop: where there is not even room for that, the
    column with the highest is left out first; 0 for never.
    """

    key: str
    head: str
    right: bool = False
    cut: int = 80
    style: str = ""
    fold: bool = False
    keep: bool = False
    least: int = LEAST_CELL
    drop: int = 0


def screen(*, stderr: bool = False, most: int = WIDTH) -> Console:
    """A console as wide as the terminal, within reason; it never colours what is not a terminal."""
    width = max(min(shutil.get_terminal_size((most, 40)).columns, most), LEAST_WIDTH)
    return Console(width=width, highlight=False, markup=False, emoji=False, stderr=stderr)


def print_hanging(console: Console, line: Text) -> None:
    """Print a line that goes on indented where it is longer than the screen."""
    if line.cell_len <= console.width:
        console.print(line)
        return
    first, *more = line.wrap(console, console.width - len(HANGING))
    first.rstrip()
    console.print(first)
    for rest in more:
        rest.rstrip()
        console.print(Text.assemble(HANGING, rest))


def write_rows(rows: Sequence[Mapping[str, Any]], columns: Sequence[Column], form: str, empty: str = "") -> None:
    """Rows on stdout. JSON and CSV have every key of a row; a table has the columns.

    empty: what a table says where there is no row.
    """
    if form == "json":
        write_json(list(rows))
    elif form == "jsonl":
        sys.stdout.write("".join(as_json(row) + "\n" for row in rows))
    elif form == "csv":
        write_csv(rows, sys.stdout, [column.key for column in columns])
    elif rows:
        console = screen()
        shown, gone = laid_out(rows, columns, console.width)
        console.print(shown)
        if gone:
            words = f"no room for {', '.join(gone)}; a wider screen or --format json shows them"
            screen(stderr=True).print(Text(words, style="dim"))
    elif empty:
        screen(stderr=True).print(Text(plain(empty)))


def laid_out(
    told: Sequence[Mapping[str, Any]], columns: Sequence[Column], room: int
) -> tuple[RenderableType, list[str]]:  # fmt: skip
    """The rows as a table without lines, in so many columns of characters, and the headings that are left out.

    Where even what may not be left out does not fit: every row as lines, a field each.
    """
    cells = [[_cell(row.get(column.key), column.cut) for column in columns] for row in told]
    widths = fit([_want(column, [row[i] for row in cells]) for i, column in enumerate(columns)], room)
    if widths is None:
        return _upright(told, columns), []
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    for column, width in zip(columns, widths, strict=True):
        if width:
            table.add_column(
                column.head, justify="right" if column.right else "left", style=column.style, width=width,
                overflow="fold" if column.fold else "ellipsis", no_wrap=not column.fold,
            )  # fmt: skip
    for row in cells:
        table.add_row(*(cell for cell, width in zip(row, widths, strict=True) if width))
    gone = [i for i, width in enumerate(widths) if not width and any(row[i].cell_len for row in cells)]
    return table, [columns[i].head for i in gone]


def _want(column: Column, cells: Sequence[Text]) -> Want:
    """A column in which nothing stands is the first to be left out."""
    longest = max(cell.cell_len for cell in cells)
    natural = max(cell_len(column.head), longest)
    least = natural if column.keep or column.right else min(natural, max(column.least, cell_len(column.head)))
    return Want(natural, least, column.fold, column.drop if longest else EMPTY)


def _upright(told: Sequence[Mapping[str, Any]], columns: Sequence[Column]) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for number, row in enumerate(told):
        if number:
            grid.add_row("", "")
        for column in columns:
            grid.add_row(column.head, _cell(row.get(column.key), max(column.cut, LONGEST_FIELD)))
    return grid


def write_json(told: object) -> None:
    """Anything as JSON, a line for each entry of a list; every character that a terminal could obey is escaped."""
    if isinstance(told, list):
        sys.stdout.write("[" + ",\n".join(map(as_json, told)) + "]\n")
    else:
        sys.stdout.write(as_json(told) + "\n")


def as_json(told: object) -> str:
    """On one line, in ASCII."""
    return json.dumps(told, default=_as_text, ensure_ascii=True, separators=(",", ":"))


def write_csv(rows: Sequence[Mapping[str, Any]], stream: IO[str], first: Sequence[str] = ()) -> None:
    """Rows as CSV. first: keys that come first, and make the heading where there is no row."""
    writing = CsvWriter(stream, list(dict.fromkeys([*first, *(key for row in rows for key in row)])))
    for row in rows:
        writing.add(row)


class CsvWriter:
    """CSV with a heading; a cell that a spreadsheet would take for a formula begins with an apostrophe."""

    def __init__(self, stream: IO[str], keys: Sequence[str]) -> None:
        """keys: the columns, in their order."""
        self._keys, self._writer = keys, csv.writer(stream, lineterminator="\n")
        self._writer.writerow([inert(key) for key in keys])

    def add(self, row: Mapping[str, Any]) -> None:
        """A line."""
        self._writer.writerow([inert(row.get(key)) for key in self._keys])


def heading(name: str) -> str:
    """A column's name as it may be shown."""
    return plain(name, 40)


def inert(value: object) -> object:
    """A cell that no spreadsheet calculates.

    >>> inert("=1+1"), inert(-5), inert(None), inert(["a", "b"])
    ("'=1+1", -5, '', 'a | b')
    """
    if value is None:
        return ""
    if isinstance(value, (int, float)):
        return value
    if isinstance(value, (list, tuple)):
        value = " | ".join(str(_plain(part)) for part in value)
    text = plain(_plain(value), LONGEST_CELL)
    return "'" + text if text.lstrip().startswith(tuple(RISKY)) else text


def _cell(value: object, cut: int) -> Text:
    if isinstance(value, Text):
        return value
    if value is None:
        return Text("")
    if isinstance(value, bool):
        return Text("yes" if value else "no")
    if isinstance(value, (int, float)):
        return Text(number(value))
    if isinstance(value, (list, tuple)):
        value = ", ".join(str(_plain(part)) for part in value)
    return Text(plain(_plain(value), cut))


def number(value: float) -> str:
    """A figure with its thousands parted, and no decimal that tells nothing.

    >>> number(44000000), number(2.5), number(3.0)
    ('44,000,000', '2.5', '3')
    """
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 100 else f"{value:,.1f}"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return value.isoformat() if isinstance(value, date) else value


def _as_text(value: object) -> str:
    if isinstance(value, Text):
        return value.plain
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return str(value)
