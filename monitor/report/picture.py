"""A person's days as a small picture, the same in a mail and in a report: acts a day, the last day, the findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from monitor.report.drawing import Box, Drawing, Part, Shape, Stroke, Word

WIDE, TALL = 640, 190
LEFT, RIGHT, TOP, BOTTOM = 38, 12, 40, 46
_DATE = 40
"""A date below the axis is so wide."""
SEVERITIES = ("low", "medium", "high", "critical")
_MARK = 6


@dataclass(frozen=True, slots=True)
class Days:
    """What is drawn, in the person's own days.

    counts: acts on each day from `first` on; those after today are left out.  marks: the gravest severity found on a
    day.  usual: acts on a usual day with any.  earlier: last days that were told before.
    """

    first: date
    counts: Sequence[int]
    last_day: date
    marks: Mapping[date, str] = field(default_factory=dict)
    usual: float | None = None
    notice: date | None = None
    earlier: Sequence[date] = ()
    shown: int = 0
    """So many days wide; 0: as many as there are counts."""


def timeline(days: Days) -> Drawing:
    """A bar a day. Square roots are drawn, so that one wild day does not flatten the others."""
    wide = max(days.shown, len(days.counts), 1)
    step, base = (WIDE - LEFT - RIGHT) / wide, TALL - BOTTOM
    most = max([*days.counts, days.usual or 0, 1])

    def across(day: date) -> float:
        return LEFT + step * (day - days.first).days

    def height(count: float) -> float:
        return base - (base - TOP) * (count / most) ** 0.5

    parts: list[Part] = [*_grid(days, wide, most, across, height, base)]
    for i, count in enumerate(days.counts):
        day = days.first + timedelta(days=i)
        if count:
            role = "found" if days.marks.get(day, "low") != "low" else "bar"
            tip = f"{day:%a %d %b %Y}: {count:,} act{'s' if count != 1 else ''}"
            top = height(count)
            parts.append(Box(across(day) + step * 0.12, top, step * 0.76, base - top, role, tip))
    if days.usual:
        parts.append(Stroke(LEFT, height(days.usual), WIDE - RIGHT, height(days.usual), "line", 1, dashed=True))
    end = days.first + timedelta(days=wide)
    for told in sorted({*days.earlier} - {days.last_day}):
        if days.first <= told < end:
            parts.append(Stroke(across(told) + step, TOP - 6, across(told) + step, base, "line", 1, dashed=True))
    if days.first <= days.last_day < end:
        at = across(days.last_day) + step
        parts.append(Stroke(at, TOP - 14, at, base + 6, "line", 2))
        anchor = "end" if at > WIDE / 2 else "start"
        parts.append(Word(at + (-5 if anchor == "end" else 5), 11, f"end of the last day, {days.last_day:%d %b}",
                          "line", anchor))  # fmt: skip
    for day, severity in days.marks.items():
        if days.first <= day < end:
            parts.append(mark(across(day) + step / 2, TOP - 12, severity, f"{day:%a %d %b %Y}: {severity} finding"))
    parts += _key(days, TALL - 8)
    return Drawing(WIDE, TALL, "Acts a day around the last day", told_of(days), tuple(parts))


def gravest(found: Iterable[tuple[date, str]]) -> dict[date, str]:
    """The gravest severity found on each day."""
    marks: dict[date, str] = {}
    for day, severity in sorted(found, key=lambda one: SEVERITIES.index(one[1])):
        marks[day] = severity
    return marks


def mark(x: float, y: float, severity: str, tip: str = "") -> Shape:
    """What a severity looks like without colour: the graver, the more corners; an outline for low."""
    r = _MARK
    points: dict[str, tuple[tuple[float, float], ...]] = {
        "low": ((x - r * 0.7, y - r * 0.7), (x + r * 0.7, y - r * 0.7), (x + r * 0.7, y + r * 0.7),
                (x - r * 0.7, y + r * 0.7)),
        "medium": ((x - r * 0.8, y - r * 0.8), (x + r * 0.8, y - r * 0.8), (x + r * 0.8, y + r * 0.8),
                   (x - r * 0.8, y + r * 0.8)),
        "high": ((x - r, y - r * 0.9), (x + r, y - r * 0.9), (x, y + r)),
        "critical": ((x, y - r * 1.3), (x + r * 1.1, y), (x, y + r * 1.3), (x - r * 1.1, y)),
    }  # fmt: skip
    return Shape(points.get(severity, points["low"]), "found", severity in SEVERITIES[1:], tip)


def told_of(days: Days) -> str:
    """The picture in words, for those who do not see it."""
    last = days.first + timedelta(days=max(len(days.counts) - 1, 0))
    told = [f"{sum(days.counts):,} acts from {days.first:%d %b %Y} to {last:%d %b %Y}"]
    if days.usual:
        told.append(f"a usual day has {days.usual:g}")
    told += [f"{severity} finding on {day:%d %b}" for day, severity in sorted(days.marks.items())]
    told.append(f"the last day is {days.last_day:%d %b %Y}")
    told += [f"before that {day:%d %b %Y} was told" for day in sorted({*days.earlier} - {days.last_day})]
    return "; ".join(told) + "."


def _grid(
    days: Days, wide: int, most: float, across: Callable[[date], float], height: Callable[[float], float], base: float
) -> list[Part]:
    parts: list[Part] = [Stroke(LEFT, base, WIDE - RIGHT, base, "text", 1)]
    for count in sorted({most, most / 4}):
        parts.append(Stroke(LEFT, height(count), WIDE - RIGHT, height(count), "grid", 1))
        parts.append(Word(LEFT - 5, height(count) + 4, f"{count:,.0f}", "text", "end"))
    every = -(-wide // 7 // 7) * 7 or 7
    for i in range(0, wide, every):
        day = days.first + timedelta(days=i)
        parts.append(Stroke(across(day), base, across(day), base + 4, "text", 1))
        year = f" {day:%Y}" if i == 0 else ""
        anchor = "start" if across(day) + _DATE < WIDE else "end"
        parts.append(Word(across(day), base + 17, f"{day:%d %b}{year}", "text", anchor))
    return parts


def _key(days: Days, y: float) -> list[Part]:
    """What the marks mean, those that are there."""
    parts: list[Part] = [Box(LEFT, y - 9, 8, 9, "bar"), Word(LEFT + 13, y, "acts a day")]
    x = LEFT + 92.0
    if days.usual:
        parts += [Stroke(x, y - 4, x + 18, y - 4, "line", 1, dashed=True), Word(x + 23, y, "usual")]
        x += 68
    for severity in (s for s in reversed(SEVERITIES) if s in days.marks.values()):
        parts += [mark(x + _MARK, y - 4, severity), Word(x + 18, y, f"{severity} finding")]
        x += 80 + 7 * len(severity)
    return parts
