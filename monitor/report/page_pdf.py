"""A document as PDF through fpdf2, which comes with lastday[pdf]; with an outline, a language and a told picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.model import BadInput
from monitor.report.document import Block, Document, Facts, Heading, Para, Picture, Table
from monitor.report.drawing import as_png
from monitor.report.safe import plain

if TYPE_CHECKING:
    from fpdf import FPDF

LONGEST = 1000
INK, SOFT, UNDO = (31, 41, 55), (75, 85, 99), (11, 61, 24)
SIZES = {1: 18, 2: 14, 3: 11.5, 4: 10}
NUMBER, FOOT_LINES = 22, 3
"""Millimetres that the number of the page takes at its foot, and lines of text that have room beside it: the last."""
_FONT = "DejaVu"


def as_pdf(document: Document, made_at: datetime) -> bytes:
    """The document as PDF.  made_at: when, as the file says it.

    Raises BadInput where fpdf2 is not installed.
    """
    pdf = _new(document, made_at)
    for block in document.blocks:
        _block(pdf, block)
    return bytes(pdf.output())


def _new(document: Document, made_at: datetime) -> FPDF:
    try:
        from fpdf import FPDF  # noqa: PLC0415  # an extra
    except ImportError:
        mend = "pip install 'lastday[pdf]', or print the HTML from a browser"
        raise BadInput("--format pdf", None, "needs fpdf2, which is not installed", mend) from None

    class Pages(FPDF):
        """With a line at the foot of each page."""

        def footer(self) -> None:
            self.set_font(_FONT, size=7)
            self.set_text_color(*SOFT)
            wide, told = self.epw - NUMBER, _known(self, document.footer)
            lines: Any = self.multi_cell(wide, 3.2, told, dry_run=True, output="LINES")
            lines = lines[-FOOT_LINES:]
            self.set_y(-6 - 3.2 * len(lines))
            at = self.get_y()
            self.multi_cell(wide, 3.2, "\n".join(lines), align="L")
            self.set_xy(self.l_margin + wide, at)
            self.cell(NUMBER, 3.2, f"{self.page_no()} of {{nb}}", align="R")

    pdf = Pages(format="A4")
    fonts = _fonts()
    for style, file in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
        pdf.add_font(_FONT, style, fonts / file)
    pdf.add_font("Mono", "", fonts / "DejaVuSansMono.ttf")
    pdf.set_lang("en")
    pdf.set_title(_text(document.title))
    pdf.set_creator("lastday")
    pdf.set_creation_date(made_at)
    pdf.set_auto_page_break(True, margin=18)
    pdf.add_page()
    return pdf


def _fonts() -> Path:
    """DejaVu, as it lies in matplotlib, which PyOD brings."""
    spec = find_spec("matplotlib")
    if spec is None or not spec.submodule_search_locations:
        raise BadInput("--format pdf", None, "needs the fonts of matplotlib", "pip install matplotlib")
    return Path(spec.submodule_search_locations[0]) / "mpl-data" / "fonts" / "ttf"


def _block(pdf: FPDF, block: Block) -> None:
    match block:
        case Heading():
            pdf.ln(2 if block.level > 1 else 0)
            if pdf.will_page_break(30):
                pdf.add_page()
            pdf.start_section(_text(block.text), level=block.level - 1)
            _write(pdf, block.text, SIZES[block.level], style="B")
        case Para():
            before = "Undo: " if block.kind == "undo" else ""
            colour = {"undo": UNDO, "remark": SOFT}.get(block.kind, INK)
            _write(pdf, before + block.text, 8 if block.kind == "remark" else 10, colour=colour)
        case Facts():
            for term, value in block.rows:
                _write(pdf, f"{term}: {value}", 9.5)
        case Picture():
            if pdf.will_page_break(65):
                pdf.add_page()
            pdf.image(io.BytesIO(as_png(block.drawing, scale=3)), w=pdf.epw, alt_text=_text(block.drawing.told))
            _write(pdf, block.caption, 8, colour=SOFT)
        case Table():
            _table(pdf, block)
    pdf.ln(1.5)


def _write(pdf: FPDF, text: str, size: float, *, style: Any = "", colour: tuple[int, int, int] = INK) -> None:
    pdf.set_font(_FONT, style, size)
    pdf.set_text_color(*colour)
    pdf.multi_cell(0, size * 0.5, _known(pdf, text), new_x="LMARGIN", new_y="NEXT", align="L")


def _table(pdf: FPDF, table: Table) -> None:
    if pdf.will_page_break(30):
        pdf.add_page()
    _write(pdf, table.caption, 8, colour=SOFT)
    if not table.rows:
        return
    pdf.set_font(_FONT, "", 6.5)
    pdf.set_text_color(*INK)
    every = [table.columns, *table.rows]
    aligns = ["RIGHT" if i in table.right else "LEFT" for i in range(len(table.columns))]
    with pdf.table(
        text_align=aligns, col_widths=[_weight([row[i] for row in every]) for i in range(len(table.columns))],
        borders_layout="HORIZONTAL_LINES", line_height=3.4, padding=0.6,
    ) as rows:  # fmt: skip
        for cells in every:
            row = rows.row()
            for cell in cells:
                row.cell(_known(pdf, cell))


def _weight(cells: Sequence[str]) -> float:
    """How wide a column should be against the others: as its longest word, or a part of its longest text."""
    word = max((len(part) for cell in cells for part in cell[:80].split()), default=0)
    return max(6.0, min(word + 2, 32), 0.4 * min(60, max(map(len, cells))))


def _known(pdf: FPDF, text: str) -> str:
    """The text with characters that the font lacks written as their number, so that nothing vanishes."""
    glyphs = pdf.fonts[_FONT.lower()].cmap  # type: ignore[union-attr]
    return "".join(c if ord(c) in glyphs or c == " " else f"[U+{ord(c):04X}]" for c in _text(text))


def _text(text: str) -> str:
    return plain(text, LONGEST)
