"""A person's last month as a small picture for a mail: acts a day, the last day, the days with findings."""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from datetime import date, timedelta

WIDTH, HEIGHT, EDGE = 600, 150, 10
GROUND, BAR, FOUND, END, TEXT = "#ffffff", "#7a8ba3", "#b42318", "#1f2937", "#374151"


def month_png(first: date, counts: Sequence[int], last_day: date, found: Collection[date]) -> bytes:
    """A PNG with a bar a day from `first` on; days with findings in red, a line where the last day ends.

    counts: acts of each day; their square roots are drawn, so that one wild day does not flatten the others.
    """
    from PIL import Image, ImageDraw  # noqa: PLC0415  # only where a mail is written

    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    draw = ImageDraw.Draw(image)
    base, step = HEIGHT - 24, (WIDTH - 2 * EDGE) / max(len(counts), 1)
    most = max([*counts, 1]) ** 0.5
    for i, count in enumerate(counts):
        left = EDGE + i * step
        day = first + timedelta(days=i)
        if count:
            top = base - (base - 22) * count**0.5 / most
            draw.rectangle((left + 1, top, left + step - 2, base), fill=FOUND if day in found else BAR)
        if day in found:
            draw.polygon([(left + step / 2 - 5, 4), (left + step / 2 + 5, 4), (left + step / 2, 13)], fill=FOUND)
    draw.line((EDGE, base, WIDTH - EDGE, base), fill=TEXT)
    ends = (last_day - first).days + 1
    if 0 <= ends <= len(counts):
        draw.line((EDGE + ends * step, 14, EDGE + ends * step, base), fill=END, width=2)
    draw.text((EDGE, base + 6), f"{first:%d %b %Y}", fill=TEXT)
    draw.text((WIDTH / 2, base + 6), "acts a day", fill=TEXT, anchor="ma")
    draw.text((WIDTH - EDGE, base + 6), f"{first + timedelta(days=len(counts) - 1):%d %b %Y}", fill=TEXT, anchor="ra")
    packed = io.BytesIO()
    image.save(packed, "PNG", optimize=True)
    return packed.getvalue()
