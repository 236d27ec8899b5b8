"""A backtest on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.core.outcomes import Backtest
from monitor.report import backtest_words as words
from monitor.report.safe import plain
from monitor.report.terminal import STYLES

GIVE_WAY = {"act": 16, "what": 20, "because": 20, "label": 16}
WRAPPED = ("what", "because")
TAKES_REST = ("act", *WRAPPED)
EXPENDABLE = ("label", "rank", "score", "severity", "before it ended", "filled", "located")
"""Columns that may shrink to so many characters, those that run over several lines, and what a narrow terminal does
without, in this order."""
LONGEST_CELL = 22
BARS = " ▁▂▃▄▅▆▇█"


def show(console: Console, told: Backtest, limit: int) -> None:
    """The whole of it, with so many notices at most."""
    console.print(Text(words.headline(told), style="bold"))
    console.print(_weeks(told))
    console.print(Text(words.verdict(told)))
    for caution in words.cautions(told):
        console.print(Text(f"{caution}.", style="yellow"))
    if told.life.noticed:
        kinds = words.kinds_of(told)
        rows = [words.notice_row(noticed, kinds) for noticed in told.life.noticed]
        _table(console, "Notices", words.NOTICE_COLUMNS, rows[:limit])
        if len(rows) > limit:
            console.print(Text(f"… and {len(rows) - limit:,} more; --limit shows them", style="dim"))
        console.print(Text(words.LEAD, style="dim"))
    if told.incidents:
        _table(console, "Labelled incidents", words.INCIDENT_COLUMNS, list(map(words.incident_row, told.incidents)))
    _outcomes(console, told)
    if told.feedback:
        console.print(Text(f"\n{words.feedback_line(told)}", style="bold"))
        if told.hidden:
            _table(console, "Made quiet by feedback", words.HIDDEN_COLUMNS, words.hidden_rows(told)[:limit])


def _weeks(told: Backtest) -> Text:
    """Notices at each moment as a row of bars."""
    counts = told.notices_a_step
    most = max(1, *counts)
    bars = "".join(BARS[-(-count * (len(BARS) - 1) // most)] for count in counts)
    return Text.assemble(f"Notices every {words.days(told.step.days)}, at most {max(counts)}: ", (f"|{bars}|", "cyan"))


def _outcomes(console: Console, told: Backtest) -> None:
    title = "Other budgets and windows"
    shown = told.outcomes
    _table(console, title, words.OUTCOME_COLUMNS, [words.outcome_row(outcome) for outcome in shown])
    if told.incidents:
        console.print(Text(words.FILLED, style="dim"))
    if len({(o.notices, o.caught) for o in shown if o.before == told.before}) == 1 and len(shown) > 1:
        note = "No budget here makes a difference: fewer departures than it allows reach severity high."
        console.print(Text(note, style="dim"))


def _table(console: Console, title: str, columns: Sequence[str], rows: list[tuple[str, ...]]) -> None:
    table = Table(
        box=None, padding=(0, 1, 0, 0), header_style="dim", title=f"\n{title}", title_justify="left", title_style="bold"
    )
    figures = words.numbers(columns)
    cells = [[plain(cell, 120) for cell in row] for row in rows]
    least = {i: _least(name, [row[i] for row in cells]) for i, name in enumerate(columns)}
    kept = _kept(columns, least, console.width)
    spare = max(0, console.width - 1 - sum(least[i] + 1 for i in kept))
    for i in kept:
        wide = least[i] + (spare if columns[i] in TAKES_REST else 0)
        table.add_column(
            columns[i],
            justify="right" if i in figures else "left",
            no_wrap=columns[i] not in WRAPPED,
            overflow="ellipsis",
            min_width=least[i],
            max_width=wide,
        )
    for row in cells:
        table.add_row(*(Text(row[i], style=_style(row[i])) for i in kept))
    console.print(table)


def _least(name: str, cells: Sequence[str]) -> int:
    """How wide a column must be at the least."""
    longest = max(len(name), *map(len, cells))
    return min(longest, GIVE_WAY.get(name, LONGEST_CELL))


def _kept(columns: Sequence[str], least: Mapping[int, int], width: int) -> list[int]:
    """The columns that there is room for."""
    kept = list(least)
    for name in EXPENDABLE:
        if sum(least[i] + 1 for i in kept) >= width:
            kept = [i for i in kept if columns[i] != name]
    return kept


def _style(cell: str) -> str:
    return STYLES.get(cell.partition(",")[0], "bold magenta" if cell == "missed" else "")
