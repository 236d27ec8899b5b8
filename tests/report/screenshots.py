"""Draw the pictures in docs: `python -m tests.report.screenshots`, where a Chromium is installed."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image

from monitor.investigating.caseload import held_case
from monitor.investigating.reports import case_file
from monitor.looking import open_look
from monitor.notify.mail import month_of
from monitor.report.case_words import document
from monitor.report.drawing import as_png
from monitor.report.page_html import as_html
from monitor.station import Station, open_station
from monitor.store import outbox
from monitor.store.schema import outbox as notices
from tests.demonstration import NOW, make_demo_folder
from tests.report.test_browser import BROWSER, FLAGS

DOCS = Path(__file__).parents[2] / "docs"
WIDE, TALL = 900, 1000


def main() -> None:
    """Write report-light.png, report-dark.png and mail-picture.png."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as player:
        demo = make_demo_folder(Path(folder) / "work")
        page = Path(folder) / "report.html"
        station = open_station(demo.path)
        with open_look(station, NOW, command="report") as look:
            held, person = held_case(look, demo.contractor)
            page.write_text(as_html(document(case_file(look, held.case, person))), "utf-8")
        (DOCS / "mail-picture.png").write_bytes(_mail_picture(station, held.case.case_id))
        station.close()
        browser = player.chromium.launch(executable_path=BROWSER, args=[*FLAGS])
        for scheme in ("light", "dark"):
            tab = browser.new_page(viewport={"width": WIDE, "height": TALL}, color_scheme=scheme)  # type: ignore[arg-type]
            tab.goto(page.as_uri())
            _save(tab.screenshot(), DOCS / f"report-{scheme}.png")
        browser.close()


def _mail_picture(station: Station, case_id: str) -> bytes:
    """As the notice of the case carries it."""
    with station.state.read() as connection:
        row = connection.execute(notices.select().where(notices.c.case_id == case_id)).first()
    drawing = month_of(outbox.as_notice(row)) if row else None
    if drawing is None:
        raise SystemExit("no notice about the case has a picture")
    return as_png(drawing)


def _save(png: bytes, path: Path) -> None:
    """In few colours, so that it stays small."""
    Image.open(io.BytesIO(png)).convert("RGB").quantize(48).save(path, optimize=True)


if __name__ == "__main__":
    main()
