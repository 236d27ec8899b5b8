"""A document as Markdown (CommonMark with tables). Hostile text stays text: what could mean something is escaped."""

from __future__ import annotations

import re

from monitor.report.document import Block, Document, Facts, Heading, Para, Picture, Table
from monitor.report.safe import plain

LONGEST = 1000
_MEANS = re.compile(r"([\\`*_\[\]<>#|~!$&^{}])")
_LINK = re.compile(r"(?i)(https?|ftp|www|mailto)([:.])")
_MAIL = re.compile(r"(?<=\w)@(?=\w)")
_BEGINS = re.compile(r"^(\s*)([-+=:]|\d+[.)](?=\s|$))")


def as_markdown(document: Document) -> str:
    """The document as text; pictures are told in words."""
    parts = [_block(block) for block in document.blocks]
    return "\n\n".join([*parts, "---", escaped(document.footer)]) + "\n"


def escaped(text: str) -> str:
    """The text so that it means nothing in Markdown: no markup, link, HTML, list, or line of its own.

    >>> escaped("<b>*x*</b> | www.example.org\\n# y")
    '\\\\<b\\\\>\\\\*x\\\\*\\\\</b\\\\> \\\\| www\\\\.example.org \\\\# y'
    """
    clean = _MEANS.sub(r"\\\1", plain(text, LONGEST))
    clean = _MAIL.sub(r"\\@", _LINK.sub(r"\1\\\2", clean))
    return _BEGINS.sub(_harmless, clean).strip()


def _harmless(found: re.Match[str]) -> str:
    """A beginning that would make a list or a heading, with a backslash before its sign."""
    blanks, sign = found.groups()
    return f"{blanks}{sign[:-1]}\\{sign[-1]}"


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"{'#' * block.level} {escaped(block.text)}"
        case Para():
            text = escaped(block.text)
            return f"> **Undo:** {text}" if block.kind == "undo" else text
        case Facts():
            return "\n".join(f"- {escaped(term)}: {escaped(value)}" for term, value in block.rows)
        case Picture():
            return escaped(block.drawing.told)
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    rule = [("---:" if i in table.right else "---") for i in range(len(table.columns))]
    rows = [table.columns, rule, *table.rows]
    lines = ["| " + " | ".join(cell if n == 1 else escaped(cell) for cell in row) + " |" for n, row in enumerate(rows)]
    return f"{escaped(table.caption)}:\n\n" + "\n".join(lines)
