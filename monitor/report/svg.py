"""Plain plots as SVG text, for pages that need nothing but themselves. Every text in them is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

from monitor.report.safe import plain

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 720, 56, 16, 12, 34
ROW = 16
INK, FAINT, DARK, LIGHT = "#222", "#ccc", "#9d2235", "#8aa4bd"
LONGEST = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its height, what stands below it, and whether it is one of those that matter."""

    value: float
    label: str
    dark: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """One row: from `low` to `high`, with a mark where there is one."""

    label: str
    low: float
    high: float
    mark: float | None
    dark: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Points joined by a line, dashed or not, one x after the other."""

    label: str
    points: tuple[tuple[float, float], ...]
    dark: bool
    dashed: bool


def ticks(low: float, high: float, least: float = 0.0) -> list[float]:
    """Round figures from `low` or below to `high` or above, some five of them. least: no smaller step.

    >>> ticks(-62, 7)
    [-80.0, -60.0, -40.0, -20.0, 0.0, 20.0]
    """
    rough = max((high - low or 1.0) / 5, least)
    size = 10.0 ** floor(log10(rough))
    step = next(size * part for part in (1, 2, 5, 10) if size * part >= rough * (1 - 1e-9))
    first, last = floor(low / step + 1e-9), max(ceil(high / step - 1e-9), floor(low / step + 1e-9) + 1)
    if high == low:
        last = first + 5
    return [round(i * step, 9) for i in range(first, last + 1)]


def bars(title: str, found: Sequence[Bar], unit: str, line: float | None = None) -> str:
    """Upright bars, some of their labels below them; `line` runs across at that height."""
    height = 200
    marks = ticks(0.0, max([1.0, *(bar.value for bar in found), line or 0.0]), 0.0 if unit else 1.0)
    top = marks[-1]
    wide = (WIDTH - LEFT - RIGHT) / max(1, len(found))
    bottom, room = height - BOTTOM, height - BOTTOM - TOP
    every = -(-len(found) // 9)
    parts = _scale(bottom, room, marks, unit)
    for i, bar in enumerate(found):
        x, tall = LEFT + i * wide, room * bar.value / top
        fill = DARK if bar.dark else LIGHT
        tip = f"<title>{_safe(bar.label)}: {bar.value:g}</title>"
        shape = f'x="{x + wide * 0.1:.1f}" y="{bottom - tall:.1f}" width="{wide * 0.8:.1f}" height="{tall:.1f}"'
        parts.append(f'<rect {shape} fill="{fill}">{tip}</rect>')
        if i % every == 0:
            parts.append(_text(x + wide / 2, bottom + 14, bar.label, "middle"))
    if line is not None:
        parts.append(
            _stroke(LEFT, bottom - room * line / top, WIDTH - RIGHT, bottom - room * line / top, INK, dashed=True)
        )
    return _frame(title, height, parts)


def stretches(title: str, found: Sequence[Stretch], unit: str) -> str:
    """One row a stretch over a common axis, with a line at 0. Marks are small diamonds."""
    places = [0.0, *(x for s in found for x in (s.low, s.high)), *(s.mark for s in found if s.mark is not None)]
    marks = ticks(min(places), max(places))
    low, spread = marks[0], marks[-1] - marks[0]
    left, room = 130, WIDTH - 130 - RIGHT
    height = TOP + ROW * len(found) + BOTTOM
    bottom = height - BOTTOM

    def at(x: float) -> float:
        return left + room * (x - low) / spread

    parts = [_stroke(at(0), TOP, at(0), bottom, INK, dashed=True)]
    for x in marks:
        parts += [_stroke(at(x), TOP, at(x), bottom, FAINT), _text(at(x), bottom + 14, f"{x:g} {unit}", "middle")]
    for i, row in enumerate(found):
        y = TOP + ROW * i + ROW / 2
        colour = DARK if row.dark else LIGHT
        parts.append(_text(left - 8, y + 4, row.label, "end"))
        parts.append(_stroke(at(row.low), y, max(at(row.high), at(row.low) + 3), y, colour, wide=7))
        if row.mark is not None:
            x = at(row.mark)
            parts.append(f'<path d="M{x - 5:.1f} {y}L{x:.1f} {y - 5}L{x + 5:.1f} {y}L{x:.1f} {y + 5}Z" fill="{INK}"/>')
    return _frame(title, height, parts)


def lines(title: str, found: Sequence[Line], unit: str) -> str:
    """Lines over a common axis; y runs from 0 to 1 and is shown as percent. Dark ones lie thin upon the others."""
    height = 220
    bottom, room = height - BOTTOM, height - BOTTOM - TOP
    right = max([1.0, *(x for line in found for x, _ in line.points)])
    across = WIDTH - LEFT - RIGHT - 150
    parts = _scale(bottom, room, ticks(0, 100), "%")
    for x in sorted({x for line in found for x, _ in line.points}):
        parts.append(_text(LEFT + across * x / right, bottom + 14, f"{x:g}", "middle"))
    parts.append(_text(LEFT + across, bottom + 28, unit, "end"))
    for i, line in sorted(enumerate(found), key=lambda one: one[1].dark):
        places = [(LEFT + across * x / right, bottom - room * y) for x, y in line.points]
        colour = DARK if line.dark else LIGHT
        dash = ' stroke-dasharray="5 4"' if line.dashed else ""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(
            f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{2.5 if line.dark else 7}"{dash}/>'
        )
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{3 if line.dark else 5}" fill="{colour}"/>' for x, y in places]
        y = TOP + 14 + 18 * i
        key = WIDTH - RIGHT - 130
        parts.append(_stroke(key, y - 4, key + 26, y - 4, colour, wide=2.5 if line.dark else 7, dashed=line.dashed))
        parts.append(_text(key + 32, y, line.label, "start"))
    return _frame(title, height, parts)


def _scale(bottom: float, room: float, marks: Sequence[float], unit: str) -> list[str]:
    """Level lines with their figures; the lowest is 0."""
    parts = []
    for mark in marks:
        y = bottom - room * mark / marks[-1]
        parts += [_stroke(LEFT, y, WIDTH - RIGHT, y, FAINT), _text(LEFT - 6, y + 4, f"{mark:g}", "end")]
    return [*parts, _text(LEFT - 6, bottom + 28, unit, "end")]


def _frame(title: str, height: float, parts: Sequence[str]) -> str:
    name = _safe(title)
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{name}"><title>{name}</title>'
        + "".join(parts)
        + "</svg>"
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="11" fill="{INK}">{_safe(text)}</text>'


def _stroke(x1: float, y1: float, x2: float, y2: float, colour: str, *, wide: float = 1, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    place = f'x1="{x1:.1f}" x2="{x2:.1f}" y1="{y1:.1f}" y2="{y2:.1f}"'
    return f'<line {place} stroke="{colour}" stroke-width="{wide:g}"{dash}/>'


def _safe(text: str) -> str:
    return escape(plain(text, LONGEST * 4), quote=True)
