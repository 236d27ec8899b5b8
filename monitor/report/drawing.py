"""A drawing as a list of shapes, rendered as SVG for a page and as PNG for a mail: one definition, one picture.

Colours are named by what they mean. The SVG carries the light ones and a class for each, so that a
page can turn them for dark; the pairs keep 4.5 : 1 for text and 3 : 1 for shapes on their ground
(WCAG 2.2, 1.4.3 and 1.4.11), and no two that matter differ in hue alone.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from monitor.report.safe import plain

if TYPE_CHECKING:
    from PIL import ImageDraw

LIGHT = {
    "ground": "#ffffff", "bar": "#7488a1", "found": "#a11d4a", "line": "#111827", "text": "#374151", "grid": "#d1d5db",
}  # fmt: skip
DARK = {
    "ground": "#14181f", "bar": "#6f86a3", "found": "#ff8fb0", "line": "#f3f4f6", "text": "#d1d5db", "grid": "#3b4452",
}  # fmt: skip
TEXT_SIZE = 12
LONGEST = 60
_DASH = 4


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle from the upper left."""

    x: float
    y: float
    wide: float
    tall: float
    role: str
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float
    role: str
    thick: float = 1
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A polygon, filled or as an outline."""

    points: tuple[tuple[float, float], ...]
    role: str
    filled: bool = True
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """Text on its base line; `anchor` is start, middle or end."""

    x: float
    y: float
    text: str
    role: str = "text"
    anchor: str = "start"


Part = Box | Stroke | Shape | Word


@dataclass(frozen=True, slots=True)
class Drawing:
    """Shapes on a ground. `title` names the picture, `told` says in words what can be seen in it."""

    wide: int
    tall: int
    title: str
    told: str
    parts: tuple[Part, ...]


def as_svg(drawing: Drawing) -> str:
    """The drawing as an `svg` element, every text escaped, with title and description for those who do not see it."""
    name, told = _safe(drawing.title), _safe(drawing.told, 2000)
    ground = f'<rect class="d-ground" width="{drawing.wide}" height="{drawing.tall}" fill="{LIGHT["ground"]}"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawing.wide} {drawing.tall}" role="img" '
        f'aria-labelledby="picture-title" aria-describedby="picture-told" '
        f'font-family="system-ui, sans-serif" font-size="{TEXT_SIZE}">'
        f'<title id="picture-title">{name}</title><desc id="picture-told">{told}</desc>{ground}'
        + "".join(map(_svg_part, drawing.parts))
        + "</svg>"
    )


def dark_style() -> str:
    """CSS that turns every role to its dark colour; texts and shapes are filled, lines and outlines stroked."""
    return "".join(f".d-{role}{{fill:{colour}}}.s-{role}{{fill:none;stroke:{colour}}}" for role, colour in DARK.items())


def as_png(drawing: Drawing, *, scale: int = 2, colours: dict[str, str] = LIGHT, title: str = "") -> bytes:
    """The drawing as PNG.  scale: pixels for each unit.  title: of what it is, told in the file."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415  # only where a picture is written
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415

    image = Image.new("RGB", (drawing.wide * scale, drawing.tall * scale), colours["ground"])
    brush = ImageDraw.Draw(image)
    brush.font = ImageFont.load_default(TEXT_SIZE * scale)
    for part in drawing.parts:
        _paint(brush, part, scale, colours[part.role])
    packed = io.BytesIO()
    told = PngInfo()
    if title:
        told.add_text("Title", plain(title))
    image.quantize(64).save(packed, "PNG", optimize=True, pnginfo=told)
    return packed.getvalue()


def _svg_part(part: Part) -> str:
    colour = LIGHT[part.role]
    match part:
        case Box():
            place = f'x="{part.x:.1f}" y="{part.y:.1f}" width="{part.wide:.1f}" height="{part.tall:.1f}"'
            return f'<rect class="d-{part.role}" {place} fill="{colour}">{_tip(part.tip)}</rect>'
        case Stroke():
            dash = f' stroke-dasharray="{_DASH} {_DASH}"' if part.dashed else ""
            place = f'x1="{part.x1:.1f}" y1="{part.y1:.1f}" x2="{part.x2:.1f}" y2="{part.y2:.1f}"'
            return f'<line class="s-{part.role}" {place} stroke="{colour}" stroke-width="{part.thick:g}"{dash}/>'
        case Shape():
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in part.points)
            fill = f'fill="{colour}"' if part.filled else f'fill="none" stroke="{colour}" stroke-width="1.6"'
            kind = "d" if part.filled else "s"
            return f'<polygon class="{kind}-{part.role}" points="{points}" {fill}>{_tip(part.tip)}</polygon>'
        case Word():
            place = f'x="{part.x:.1f}" y="{part.y:.1f}" text-anchor="{part.anchor}"'
            return f'<text class="d-{part.role}" {place} fill="{colour}">{_safe(part.text)}</text>'


def _paint(brush: ImageDraw.ImageDraw, part: Part, scale: int, colour: str) -> None:
    match part:
        case Box():
            right, low = part.x + part.wide, part.y + part.tall
            brush.rectangle((part.x * scale, part.y * scale, right * scale - 1, low * scale - 1), fill=colour)
        case Stroke():
            for x1, y1, x2, y2 in _dashes(part) if part.dashed else [(part.x1, part.y1, part.x2, part.y2)]:
                thick = max(1, round(part.thick * scale))
                brush.line((x1 * scale, y1 * scale, x2 * scale, y2 * scale), fill=colour, width=thick)
        case Shape():
            places = [(x * scale, y * scale) for x, y in part.points]
            if part.filled:
                brush.polygon(places, fill=colour)
            else:
                brush.line([*places, places[0]], fill=colour, width=round(1.6 * scale))
        case Word():
            anchor = {"start": "ls", "middle": "ms", "end": "rs"}[part.anchor]
            brush.text((part.x * scale, part.y * scale), plain(part.text, LONGEST), fill=colour, anchor=anchor)


def _dashes(part: Stroke) -> Sequence[tuple[float, float, float, float]]:
    """A dashed line as its pieces."""
    across, down = part.x2 - part.x1, part.y2 - part.y1
    length = (across**2 + down**2) ** 0.5
    found, at = [], 0.0
    while at < length:
        low, high = at / length, min(at + _DASH, length) / length
        found.append((part.x1 + across * low, part.y1 + down * low, part.x1 + across * high, part.y1 + down * high))
        at += 2 * _DASH
    return found


def _tip(text: str) -> str:
    return f"<title>{_safe(text, 200)}</title>" if text else ""


def _safe(text: str, longest: int = LONGEST) -> str:
    return escape(plain(text, longest), quote=True)
