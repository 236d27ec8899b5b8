"""Whatever stands in a log or a roster is text and nothing else in a report of any form."""

from __future__ import annotations

import io
import json
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from monitor.report.case_file import CaseFile
from monitor.report.case_json import as_json
from monitor.report.case_words import document
from monitor.report.drawing import as_png
from monitor.report.page_html import as_html
from monitor.report.page_markdown import as_markdown, escaped
from monitor.report.page_pdf import as_pdf
from monitor.report.picture import timeline
from tests.report.hostile import BEGINNINGS, HOSTILE, LONG, hostile

TEXTS = pytest.mark.parametrize("text", [HOSTILE, HOSTILE + LONG, LONG], ids=["hostile", "hostile and long", "long"])

ACTS = {"/JS", "/JavaScript", "/URI", "/Launch", "/AA", "/EmbeddedFiles", "/SubmitForm", "/A"}


class Tags(HTMLParser):
    """Every tag with the names of its attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, tuple[str, ...]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, tuple(name for name, _ in attrs)))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", ()))


def controls(text: str) -> set[str]:
    return {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") and c != "\n"}


def harmless(case: CaseFile) -> CaseFile:
    return hostile(case, "x")


@TEXTS
def test_html_has_the_tags_of_a_harmless_report(case: CaseFile, text: str) -> None:
    html = as_html(document(hostile(case, text)))
    assert Tags(html).found == Tags(as_html(document(harmless(case)))).found
    assert controls(html) == set()


@TEXTS
def test_markdown_has_the_blocks_of_a_harmless_report(case: CaseFile, text: str) -> None:
    told = as_markdown(document(hostile(case, text)))
    assert kinds(told) == kinds(as_markdown(document(harmless(case))))
    assert controls(told) == set()


@pytest.mark.parametrize(
    "text", [*BEGINNINGS, "a\\", "\\|", "[x]: http://evil.example", "&copy;", "x  ", "https://evil.example"]
)
def test_a_text_alone_is_a_paragraph(text: str) -> None:
    tokens = markdown().parse(escaped(text))
    assert [t.type for t in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    assert {child.type for child in tokens[1].children or []} <= {"text", "text_special"}
    assert "".join(child.content for child in tokens[1].children or []).strip() == " ".join(text.split("\t")).strip()


@TEXTS
def test_json_holds_the_whole_text_escaped(case: CaseFile, text: str) -> None:
    told = as_json(hostile(case, text))
    assert told.isascii()
    assert controls(told) == set()
    assert json.loads(told)["lines"][0]["target"] == text


@TEXTS
def test_pdf_holds_nothing_that_acts(case: CaseFile, text: str) -> None:
    from pypdf import PdfReader

    small = replace(case, findings=case.findings[:2], lines=case.lines[:3])
    content = as_pdf(document(hostile(small, text)), case.written_at)
    reader = PdfReader(io.BytesIO(content))
    for obj in (reader.get_object(n) for n in range(1, reader.trailer["/Size"])):
        keys = set(obj) if isinstance(obj, dict) else set()
        assert not keys & ACTS
        assert not isinstance(obj, dict) or not isinstance(obj.get("/OpenAction"), dict), "a place, no action"
    if text == HOSTILE:
        whole = "".join(page.extract_text() for page in reader.pages)
        assert "[U+5C71][U+7530]" in "".join(whole.split()), "what the font lacks is told by its number"
    assert len(reader.pages) < 150


@TEXTS
def test_png_holds_no_text_from_outside(case: CaseFile, text: str) -> None:
    assert as_png(timeline(hostile(case, text).days)) == as_png(timeline(case.days))


def markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def kinds(text: str) -> list[str]:
    """Types of everything in a Markdown text, plain words left out."""
    found = []
    for token in markdown().parse(text):
        found.append(token.type)
        found += [child.type for child in token.children or [] if child.type not in ("text", "text_special")]
    return found
