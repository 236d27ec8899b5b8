"""What a report tells of the demo organisation's gravest case, and what it does not tell."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from monitor.investigating.caseload import held_case
from monitor.investigating.reports import case_file
from monitor.looking import open_look
from monitor.model import BadInput
from monitor.report.case_file import CaseFile, Step
from monitor.report.case_json import as_json
from monitor.report.case_words import SIGNS, document, story
from monitor.report.drawing import DARK, LIGHT, Word, as_png, as_svg
from monitor.report.page_html import as_html
from monitor.report.page_markdown import as_markdown
from monitor.report.page_pdf import as_pdf
from monitor.report.picture import SEVERITIES, Days, mark, timeline
from monitor.station import open_station
from tests.demonstration import FIRST_LAST_DAY, NOW, TOLD, DemoFolder

GOLDEN = Path(__file__).parents[1] / "golden"


def hold(request: pytest.FixtureRequest, name: str, text: str) -> None:
    """Is it what the file says, but for the version and the head of the chain? --renew writes it anew."""
    text = re.sub(r"\b\d+:[0-9a-f]{64}\b", "1:head", text)
    text = re.sub(r"lastday \d[\w.]*|\"version\": \"[^\"]*\"", "lastday X", text)
    if request.config.getoption("--renew"):
        (GOLDEN / name).write_text(text, "utf-8")
    assert (GOLDEN / name).read_text("utf-8") == text


def test_golden_markdown(case: CaseFile, request: pytest.FixtureRequest) -> None:
    hold(request, "report.md", as_markdown(document(case)))


def test_golden_json(case: CaseFile, request: pytest.FixtureRequest) -> None:
    hold(request, "report.json", as_json(case))


def test_every_key_is_described(case: CaseFile) -> None:
    described = (Path(__file__).parents[2] / "docs" / "report.md").read_text("utf-8")
    told = json.loads(as_json(case))
    keys = {*told, *(key for part in told.values() for key in keys_of(part))} - {"finding"}
    assert len(keys) > 50
    assert [key for key in keys if f"`{key}`" not in described] == []


def keys_of(part: object) -> set[str]:
    """Keys of an object, or of the objects in a list; not of what is a table of days."""
    if isinstance(part, list):
        return set().union(*map(keys_of, part))
    return set(part) if isinstance(part, dict) else set()


def test_the_story_comes_first_and_in_plain_words(case: CaseFile) -> None:
    lead, top, why, moved, state = story(case)
    assert lead.startswith(f"{case.about.label}, Content Agent in Trust & Safety, left on Wed 13 Sep 2017 (end of")
    loud = sum(judged.finding.severity != "low" for judged in case.findings)
    told = "One act around that day stands out" if loud == 1 else f"{loud} acts around that day stand out"
    assert re.search(rf"\. {told}; \d+ more scored low, as many people's acts do\.$", lead)
    assert "account.deactivate on account:828846413, magnitude 44,475,740" in top
    assert "above all 82 own acts before" in why
    assert moved.endswith("as Tue 31 Oct 2017; since Tue 05 Sep 2017 it is Wed 13 Sep 2017.")
    assert state.endswith("is open.")
    html = as_html(document(case))
    assert html.index(lead[:12]) < html.index("<strong>Undo:") < html.index("<svg") < html.index("<h2>Findings")
    for word in ("guilty", "suspect", "culprit", "attack", "malicious", "insider", "threat"):
        assert word not in html.lower()


def test_known_then_and_known_now(case: CaseFile) -> None:
    first, now = case.versions
    assert (first.told_at, first.ended_at, first.last_day) == (TOLD[0], TOLD[2], date.fromisoformat(FIRST_LAST_DAY))
    assert (now.told_at, now.ended_at, now.last_day) == (TOLD[2], None, date(2017, 9, 13))
    assert case.known_at(TOLD[2] - timedelta(seconds=1)) is first
    assert case.known_at(TOLD[0] - timedelta(seconds=1)) is None
    early = next(j.finding for j in case.findings if j.finding.time < TOLD[2])
    text = as_markdown(document(case))
    part = text[text.index(early.finding_id) - 400 : text.index(early.finding_id)]
    assert "Known then: last day Tue 31 Oct 2017, planned" in part
    assert "Known now: last day Wed 13 Sep 2017" in part


def test_the_annex_holds_the_hash_of_every_line(case: CaseFile, looked_at: DemoFolder) -> None:
    log = (looked_at.path / "inbox" / "events.jsonl").read_bytes().splitlines()
    hashes = {json.loads(line)["id"]: hashlib.sha256(line).hexdigest() for line in log}
    standing = [judged.finding for judged in case.standing()]
    assert [line.event_id for line in case.lines[:1]] == ["e0328020"]
    assert {line.event_id for line in case.lines} == {i for f in standing for i in f.event_ids}
    assert all(line.line_sha256 == hashes[line.event_id] for line in case.lines)


def test_the_picture_counts_what_was_done(case: CaseFile, looked_at: DemoFolder) -> None:
    """Every event of the person in the span, on the person's own days."""
    log = [json.loads(line) for line in (looked_at.path / "inbox" / "events.jsonl").read_text("utf-8").splitlines()]
    told = looked_at.by_person[looked_at.contractor]
    names = {looked_at.contractor.lower(), told["email"].lower(), *told["accounts"].lower().split("|")}
    from datetime import datetime
    from zoneinfo import ZoneInfo

    days = [
        datetime.fromisoformat(e["time"]).astimezone(ZoneInfo(told["timezone"])).date()
        for e in {e["id"]: e for e in log}.values()
        if e["actor"].lower() in names
    ]
    drawn = case.days
    expected = [days.count(drawn.first + timedelta(days=i)) for i in range(len(drawn.counts))]
    assert sum(expected) > 100
    assert list(drawn.counts) == expected
    assert drawn.marks[date(2017, 9, 13)] == "critical"


def test_no_name_shows(case: CaseFile, looked_at: DemoFolder) -> None:
    html, md, js = as_html(document(case)), as_markdown(document(case)), as_json(case)
    assert not case.about.revealed
    for person in looked_at.by_person.values():
        for text in (html, md, js):
            assert person["name"] not in text
            assert person["email"] not in text


def test_a_reveal_shows_names_and_says_so(own_demo: DemoFolder) -> None:
    name = own_demo.by_person[own_demo.contractor]["name"]
    station = open_station(own_demo.path)
    with open_look(station, NOW, command="report", reveal=True, reason="hearing") as look:
        held, person = held_case(look, own_demo.contractor)
        shown = case_file(look, held.case, person)
    station.close()
    html = as_html(document(shown))
    assert shown.about.revealed
    assert name in html
    assert "revealed, with a reason that is on record" in html


def test_what_people_did_stands_in_it(own_demo: DemoFolder) -> None:
    from monitor.model import CaseStep
    from monitor.store import steps

    station = open_station(own_demo.path)
    with open_look(station, NOW, command="report") as look:
        held, person = held_case(look, own_demo.contractor)
        step = CaseStep(held.case.case_id, person.person_id, NOW, "ann", "note", f"asked {person.name} about it")
        close = replace(step, what="close", text="took it for a fake account", verdict="honest-mistake")
        with station.state.write() as connection:
            steps.add_step(connection, step)
            steps.add_step(connection, close)
        told = case_file(look, replace(held.case, state="closed", closed_as="honest-mistake"), person)
    station.close()
    pseudonym = told.about.label
    assert [(s.who, s.what, s.detail) for s in told.steps if s.what == "case note"] == [
        ("ann", "case note", f"asked {pseudonym} about it")
    ]
    assert any(s.what == "look" for s in told.steps)
    state = story(told)[-1]
    assert state.endswith("is closed, critical, as honest mistake by ann (honest-mistake: took it for a fake account).")
    assert told.chain_head


def test_a_withdrawn_finding_is_told_as_such(case: CaseFile) -> None:
    gone = [f if f.finding.severity == "low" else replace(f, gone_at=case.written_at) for f in case.findings]
    told = replace(case, findings=gone)
    text = as_markdown(document(told))
    assert "withdrawn)" in text
    assert "At present no act around that day stands out" in text
    assert "judged with what is known now it does not stand out." in text
    step = Step(case.written_at - timedelta(hours=1), "ann", "case close", "benign: a test", 1)
    closed = replace(told, case=replace(case.case, state="closed", closed_as="benign"), steps=[step])
    assert "the case was closed as benign, and what was found benign counts less." in as_markdown(document(closed))


def test_what_was_known_is_told_as_known_to_lastday(case: CaseFile) -> None:
    """A roster may have given the notice long before lastday read it."""
    first = replace(case.versions[-1], told_at=TOLD[0], notice_date=date(2017, 7, 1))
    told = replace(case, versions=[first])
    moves = story(told)[-2]
    assert moves.startswith("The last day has been known to lastday since Thu 20 Jul 2017 and was never moved.")
    assert moves.endswith("The roster gives Sat 01 Jul 2017 as the day of notice.")
    late = replace(first, told_at=case.written_at)
    assert "Known then: lastday knew of no last day" in as_markdown(document(replace(case, versions=[late])))


def test_markdown_and_json_hold_the_whole_annex_and_pages_say_what_is_left_out(case: CaseFile) -> None:
    many = replace(case, lines=[replace(case.lines[0], event_id=f"e{i}") for i in range(500)])
    assert len(json.loads(as_json(many))["lines"]) == 500
    html = as_html(document(many))
    assert "300 more stand in" in html
    assert html.count('<td class="m k" data-head="event">e') == 200


def test_pdf_reads_as_the_page_does(case: CaseFile) -> None:
    import io

    from pypdf import PdfReader

    pdf = as_pdf(document(case), case.written_at)
    assert pdf == as_pdf(document(case), case.written_at), "the same case gives the same file"
    reader = PdfReader(io.BytesIO(pdf))
    pages = [page.extract_text() for page in reader.pages]
    assert len(pages) > 2
    assert all(f"{n} of {len(pages)}" in text for n, text in enumerate(pages, 1))
    whole = re.sub(r"\s", "", "".join(pages))
    for line in case.lines:
        assert line.line_sha256
        assert line.line_sha256 in whole
    assert [item.title for item in reader.outline if not isinstance(item, list)] == [document(case).title]  # type: ignore[union-attr]
    assert reader.trailer["/Root"]["/Lang"] == "en"
    assert sum(len(page.images) for page in reader.pages) == 1


def test_without_fpdf2_the_mend_is_told(case: CaseFile, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "fpdf", None)
    with pytest.raises(BadInput, match=r"lastday\[pdf\]"):
        as_pdf(document(case), case.written_at)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_picture_can_be_read_by_everybody(colours: dict[str, str]) -> None:
    """Contrast by WCAG 2.2; what matters differs in lightness and in shape, so that hue is not needed."""
    ground = colours["ground"]
    assert contrast(colours["text"], ground) >= 4.5
    for role in ("bar", "found", "line"):
        assert contrast(colours[role], ground) >= 3, role
    assert contrast(colours["bar"], colours["found"]) >= 1.6
    assert len({(mark(0, 0, s).points, mark(0, 0, s).filled) for s in SEVERITIES}) == len(SEVERITIES)
    assert len(set(SIGNS.values())) == len(SEVERITIES)


def test_png_and_svg_are_one_picture(case: CaseFile) -> None:
    import io

    from PIL import Image

    drawing = timeline(case.days)
    svg, png = as_svg(drawing), Image.open(io.BytesIO(as_png(drawing))).convert("RGB")
    assert png.size == (drawing.wide * 2, drawing.tall * 2)
    for x, y, wide, tall, colour in re.findall(
        r'<rect class="d-\w+" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" fill="#(\w+)">', svg
    ):
        middle = round((float(x) + float(wide) / 2) * 2), round((float(y) + float(tall) / 2) * 2)
        near = [png.getpixel((middle[0], middle[1] + d)) for d in (-3, 0, 3)]
        assert tuple(bytes.fromhex(colour)) in near


def test_an_empty_month_can_be_drawn() -> None:
    drawing = timeline(Days(date(2017, 11, 1), [], date(2017, 11, 2)))
    assert as_png(drawing)
    assert drawing.told == "0 acts from 01 Nov 2017 to 01 Nov 2017; the last day is 02 Nov 2017."


def contrast(one: str, other: str) -> float:
    """(L1 + 0.05) / (L2 + 0.05) of relative luminances, WCAG 2.2."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [c / 255 for c in bytes.fromhex(colour[1:])]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("days", range(50, 140, 3))
def test_no_date_below_the_picture_is_cut_off(days: int) -> None:
    drawing = timeline(Days(date(2017, 7, 22), [3] * days, date(2017, 8, 21)))
    dates = [part for part in drawing.parts if isinstance(part, Word) and re.match(r"\d\d \w{3}", part.text)]
    assert len(dates) > 2
    assert all(word.anchor == "end" or word.x + 6 * len(word.text) < drawing.wide for word in dates)
