"""A document as blocks of text, rendered as HTML, Markdown and PDF: what is said is written once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from monitor.report.drawing import Drawing


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph: plain, the one that leads, a remark, or what to do to undo something."""

    text: str
    kind: Literal["plain", "lead", "remark", "undo"] = "plain"


@dataclass(frozen=True, slots=True)
class Facts:
    """Terms with their values."""

    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; `right` are the columns of figures, `mono` those of ids and hashes."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: frozenset[int] = frozenset()
    mono: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with a line below it."""

    drawing: Drawing
    caption: str


Block = Heading | Para | Facts | Table | Picture


@dataclass(frozen=True, slots=True)
class Document:
    """A title and what stands below it. `footer` stands on every printed page of a PDF."""

    title: str
    footer: str
    blocks: tuple[Block, ...]
