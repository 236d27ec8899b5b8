"""The report in a real browser: nothing goes wrong, nothing leaves, it can be seen, read, reached and printed."""

from __future__ import annotations

import io
import os
import re
import shutil
import socket
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from monitor.report.case_file import CaseFile
from monitor.report.case_words import document
from monitor.report.drawing import DARK, LIGHT
from monitor.report.page_html import as_html
from tests.report.hostile import hostile

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSER = os.environ.get("LASTDAY_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(BROWSER is None, reason="no Chromium here: apt-get install chromium, or set LASTDAY_BROWSER"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

CONTRAST = """() => {
  const luminance = (c) => {
    const [r, g, b] = c.map((v) => { v /= 255; return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (el) => {
    for (; el; el = el.parentElement) {
      const c = parse(getComputedStyle(el).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c.slice(0, 3);
    }
    return matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];
  };
  return [...document.querySelectorAll("h1,h2,h3,p,dt,dd,th,td,caption,figcaption,strong,a")]
    .filter((el) => el.textContent.trim())
    .map((el) => {
      const ink = parse(getComputedStyle(el).color).slice(0, 3);
      const [a, b] = [luminance(ink), luminance(ground(el))].sort((x, y) => y - x);
      return [(a + 0.05) / (b + 0.05), el.tagName, el.className];
    });
}"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=BROWSER, args=[*FLAGS])
        yield browser
        browser.close()


class Seen:
    """A page, and what it said and asked for."""

    def __init__(self, browser: Browser, path: Path, scheme: str = "light", wide: int = 1000) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []
        scheme_name = "dark" if scheme == "dark" else "light"
        self.page: Page = browser.new_page(viewport={"width": wide, "height": 1200}, color_scheme=scheme_name)  # type: ignore[arg-type]
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.said.append(dialog.message), dialog.dismiss()))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.as_uri(), wait_until="networkidle")


@pytest.fixture(params=["light", "dark"])
def seen(request: pytest.FixtureRequest, browser: Browser, page: Path) -> Iterator[Seen]:
    seen = Seen(browser, page, request.param)
    yield seen
    seen.page.close()


def colours(png: bytes) -> set[str]:
    from PIL import Image

    image = Image.open(io.BytesIO(png)).convert("RGB")
    return {f"#{bytes(colour).hex()}" for _, colour in image.getcolors(1 << 24) or []}


def test_nothing_goes_wrong_and_nothing_leaves(seen: Seen, page: Path) -> None:
    assert seen.said == []
    assert seen.asked == [page.as_uri()]
    assert seen.page.evaluate("document.scripts.length") == 0


def test_the_picture_is_there(seen: Seen) -> None:
    picture = seen.page.locator("figure svg")
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] > 600
    assert box["height"] > 150
    dark = seen.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    palette, other = (DARK, LIGHT) if dark else (LIGHT, DARK)
    drawn = colours(picture.screenshot())
    assert {palette[role] for role in ("ground", "bar", "found", "line")} <= drawn
    assert other["ground"] not in drawn


def test_every_text_stands_out_from_its_ground(seen: Seen) -> None:
    found = seen.page.evaluate(CONTRAST)
    assert len(found) > 100
    assert [one for one in found if one[0] < 4.5] == []


def test_those_who_do_not_see_it_are_told(seen: Seen) -> None:
    page = seen.page
    assert page.evaluate("document.documentElement.lang") == "en"
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map((h) => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.evaluate("document.querySelectorAll('th:not([scope])').length") == 0
    assert page.evaluate("[...document.querySelectorAll('table')].every((t) => t.caption.textContent.trim())")
    assert page.get_by_role("img", name="Acts a day around the last day", exact=True).count() == 1
    assert "critical finding on 13 Sep" in page.locator("#picture-told").text_content()  # type: ignore[operator]


def test_it_can_be_reached_by_keyboard(seen: Seen) -> None:
    page = seen.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().x") >= 0
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "wide picture"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "wide"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_it_fits_a_telephone(browser: Browser, page: Path) -> None:
    """WCAG 2.2, 1.4.10: 320 pixels wide without scrolling sideways, but for the picture, whose words can be read."""
    seen = Seen(browser, page, wide=320)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 320
    wider = "(all) => all.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.className)"
    assert seen.page.locator(".wide").evaluate_all(wider) == ["wide picture"]
    word = seen.page.locator("figure svg text").first.bounding_box()
    assert word is not None
    assert word["height"] >= 11
    caption = seen.page.locator("caption").first.bounding_box()
    assert caption is not None
    assert caption["width"] > 200
    seen.page.close()


def test_it_prints_on_pages(browser: Browser, page: Path, case: CaseFile) -> None:
    from pypdf import PdfReader

    for scheme in ("light", "dark"):
        seen = Seen(browser, page, scheme)
        reader = PdfReader(io.BytesIO(seen.page.pdf(prefer_css_page_size=True)))
        seen.page.close()
        assert 3 <= len(reader.pages) < 20
        for sheet in reader.pages:
            width, height = float(sheet.mediabox.width), float(sheet.mediabox.height)
            assert (round(width), round(height)) == (595, 842), "A4"
        texts = [sheet.extract_text() for sheet in reader.pages]
        whole = re.sub(r"\s", "", "".join(texts))
        assert "Undo:" in texts[0]
        for line in case.lines:
            assert line.line_sha256
            assert line.line_sha256 in whole, "nothing is cut off at the edge"
        assert not [text for text in texts if not text.strip()]


def test_hostile_text_is_text(browser: Browser, case: CaseFile, tmp_path: Path) -> None:
    path = tmp_path / "hostile.html"
    path.write_text(as_html(document(hostile(case))), "utf-8")
    seen = Seen(browser, path)
    assert seen.said == []
    assert seen.asked == [path.as_uri()]
    assert (
        seen.page.evaluate("document.querySelectorAll('script,img,iframe,object,form,base,link,a:not(.skip)').length")
        == 0
    )
    assert seen.page.evaluate(
        "[...document.querySelectorAll('*')].every((e) => [...e.attributes].every((a) => !a.name.startsWith('on')))"
    )
    assert "<script>" in seen.page.inner_text("h1")
    seen.page.close()


def test_the_page_itself_would_stop_a_request(browser: Browser, case: CaseFile, tmp_path: Path) -> None:
    """Were a text ever let through, the page's policy still holds it back."""
    path = tmp_path / "broken.html"
    html = as_html(document(replace(case, lines=[])))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        evil = f'<img src="http://127.0.0.1:{port}/x"><script>document.title="x"</script></main>'
        path.write_text(html.replace("</main>", evil), "utf-8")
        seen = Seen(browser, path)
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert seen.page.title() != "x"
    assert sum("Content Security Policy" in text for text in seen.said) == 2
    seen.page.close()
