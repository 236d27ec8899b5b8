"""The pages of a report as PDF: what stands at the foot of each, and how cells of a table break."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC
from importlib.util import find_spec
from pathlib import Path

import pytest
from PIL import ImageFont

from monitor.report.case_file import CaseFile
from monitor.report.case_words import document
from monitor.report.page_pdf import as_pdf

FOOT = 60
"""Points from the lower edge."""
ROLES = "root (viewer+investigator+privacy-officer+operator+auditor+duty-officer)"


def font(size: float) -> ImageFont.FreeTypeFont:
    spec = find_spec("matplotlib")
    assert spec is not None
    assert spec.submodule_search_locations
    return ImageFont.truetype(
        str(Path(spec.submodule_search_locations[0]) / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"), size * 100
    )


@pytest.mark.parametrize("who", ["ann (investigator)", ROLES, ROLES * 8])
def test_the_foot_of_a_page_holds_its_text_and_its_number_apart(case: CaseFile, who: str) -> None:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(as_pdf(document(replace(case, written_by=who)), case.written_at)))
    measure = font(7)
    for n, page in enumerate(reader.pages, 1):
        found: list[tuple[float, float, str]] = []

        def note(text: str, _: object, tm: list[float], *__: object, into: list = found) -> None:
            if text.strip() and tm[5] < FOOT:
                into.append((tm[4], tm[5], text.strip()))

        page.extract_text(visitor_text=note)
        told = " ".join(text for _, _, text in found)
        assert "Confidential" in told
        assert f"{n} of {len(reader.pages)}" in told
        number = max(x for x, _, text in found if text.endswith(f"of {len(reader.pages)}"))
        for x, y, text in found:
            right = x + measure.getlength(text) / 100
            assert y > 10
            assert right < page.mediabox.width - 20, text
            if " of " not in text[:9]:
                assert right < number, text


def test_times_and_heads_of_the_annex_are_broken_between_words(case: CaseFile) -> None:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(as_pdf(document(case), case.written_at)))
    words = " ".join(page.extract_text() for page in reader.pages).split()
    for line in case.lines[:20]:
        for when in (line.time.astimezone(UTC), line.seen_at.astimezone(UTC)):
            assert f"{when:%Y-%m-%d}" in words
            assert f"{when:%H:%M:%S}" in words
    assert "(UTC)" in words
