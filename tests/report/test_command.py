"""lastday report: what it writes where, for whom, and what stays on record."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path

import pytest

from monitor.looking import system_user
from monitor.station import open_station
from monitor.store import audit
from tests.cli.running import Ran, lastday
from tests.demonstration import DemoFolder

SIGNS = {"html": b"<!doctype html>", "pdf": b"%PDF-", "md": b"# Case ", "json": b"{", "png": b"\x89PNG"}


def report(demo: DemoFolder, *more: object, reason: str = "a test") -> Ran:
    return lastday("report", "-C", demo.path, demo.contractor, "--reason", reason, *more)


def chain(demo: DemoFolder) -> list[tuple[str, str]]:
    station = open_station(demo.path)
    with station.state.read() as connection:
        rows = [(row.what, row.detail) for row in audit.entries(connection)]
    station.close()
    return rows


def allow(demo: DemoFolder, *roles: str, person: str = "") -> None:
    config = demo.path / "lastday.toml"
    who = f'\n[[viewers]]\nname = "ann"\nuser = "{system_user()}"\nroles = {json.dumps(roles)}\nperson = "{person}"\n'
    config.write_text(config.read_text("utf-8") + who, "utf-8")


@pytest.mark.parametrize("form", SIGNS)
def test_every_form_is_a_private_file_whose_hash_is_on_record(own_demo: DemoFolder, tmp_path: Path, form: str) -> None:
    path = tmp_path / "out"
    ran = report(own_demo, "--format", form, "-o", path)
    assert (ran.code, ran.out) == (0, ""), ran.err
    content = path.read_bytes()
    assert content.startswith(SIGNS[form])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (first, _), (asked, how), (written, what) = chain(own_demo)[-3:]
    assert (first, asked, written) == ("look", "export", "exported")
    assert f"as {form}" in how
    assert hashlib.sha256(content).hexdigest() in what
    assert not list(tmp_path.glob(".lastday-*"))


def test_the_form_is_what_the_files_name_ends_in(own_demo: DemoFolder, tmp_path: Path) -> None:
    for name, form in [("case.pdf", "pdf"), ("case.MD", "md"), ("case", "html")]:
        ran = report(own_demo, "-o", tmp_path / name)
        assert ran.code == 0, ran.err
        assert (tmp_path / name).read_bytes().startswith(SIGNS[form])
    assert report(own_demo, "--format", "json", "-o", tmp_path / "odd.pdf").code == 0
    assert (tmp_path / "odd.pdf").read_bytes().startswith(SIGNS["json"])


def test_an_ending_that_is_no_form_is_refused(own_demo: DemoFolder, tmp_path: Path) -> None:
    ran = report(own_demo, "-o", tmp_path / "case.docx")
    assert (ran.code, "'.docx' is no form that is written: name the file .html" in ran.err) == (2, True)
    assert list(tmp_path.glob("case.*")) == []


def test_by_default_it_lies_where_an_erasure_finds_it(own_demo: DemoFolder) -> None:
    for form in SIGNS:
        ran = report(own_demo, "--format", form)
        (path,) = (own_demo.path / "exports").glob(f"lastday-c*.{form}")
        assert ran.err == f"wrote {path}\n"
    assert len(list((own_demo.path / "exports").iterdir())) == len(SIGNS)
    erase = ("erase", "-C", own_demo.path, own_demo.contractor, "--reason", "a request")
    refused = lastday(*erase)
    assert (refused.code, "add --yes" in refused.err) == (2, True)
    assert len(list((own_demo.path / "exports").iterdir())) == len(SIGNS)
    ran = lastday(*erase, "--yes")
    assert ran.code == 0, ran.err
    assert list((own_demo.path / "exports").iterdir()) == []


def test_whatever_it_is_called_an_erasure_finds_it(own_demo: DemoFolder) -> None:
    folder = own_demo.path / "exports"
    folder.mkdir(exist_ok=True)
    for form in SIGNS:
        assert report(own_demo, "-o", folder / f"mine.{form}").code == 0
    ran = lastday("erase", "-C", own_demo.path, own_demo.contractor, "--reason", "a request", "--yes")
    assert ran.code == 0, ran.err
    assert list(folder.iterdir()) == []


def test_nothing_is_written_over_unless_forced(own_demo: DemoFolder, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("mine")
    path.chmod(0o644)
    before = len(chain(own_demo))
    ran = report(own_demo, "-o", path)
    assert ran.code == 2
    assert "is there already" in ran.err
    assert path.read_text() == "mine"
    assert [what for what, _ in chain(own_demo)[before:]] == ["look"]
    assert report(own_demo, "-o", path, "--force").code == 0
    assert path.read_text().startswith("<!doctype html>")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_is_not_followed(own_demo: DemoFolder, tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "report.html"
    link.symlink_to(target)
    assert report(own_demo, "-o", link).code == 2
    assert not target.exists()
    target.write_text("mine")
    assert report(own_demo, "-o", link, "--force").code == 0
    assert target.read_text() == "mine"
    assert not link.is_symlink()


def test_a_place_that_cannot_be_written_is_told(own_demo: DemoFolder, tmp_path: Path) -> None:
    ran = report(own_demo, "-o", tmp_path / "nowhere" / "report.html")
    assert ran.code == 2
    assert "cannot be written" in ran.err


def test_names_show_only_with_a_reveal(own_demo: DemoFolder, tmp_path: Path) -> None:
    name = own_demo.by_person[own_demo.contractor]["name"]
    hidden, shown = tmp_path / "hidden.html", tmp_path / "shown.html"
    report(own_demo, "-o", hidden)
    report(own_demo, "--reveal", "-o", shown)
    assert name not in hidden.read_text("utf-8")
    assert name in shown.read_text("utf-8")
    assert any(what == "reveal" for what, _ in chain(own_demo))


@pytest.mark.parametrize("roles", [("viewer",), ("operator",), ("privacy-officer",)], ids=str)
def test_who_has_no_right_gets_nothing(own_demo: DemoFolder, tmp_path: Path, roles: tuple[str, ...]) -> None:
    allow(own_demo, *roles)
    ran = report(own_demo, "-o", tmp_path / "out.html")
    assert ran.code == 2
    assert "no right to export" in ran.err
    assert not (tmp_path / "out.html").exists()


def test_a_list_says_that_names_are_revealed_one_at_a_time(own_demo: DemoFolder) -> None:
    asking = ("-C", own_demo.path, "--reveal", "--reason", "a call")
    assert "one person at a time" in lastday("case", "list", *asking).err
    assert "one person at a time" not in lastday("timeline", own_demo.contractor, *asking).err


def test_nobody_gets_a_report_about_themselves(own_demo: DemoFolder, tmp_path: Path) -> None:
    allow(own_demo, "investigator", person=own_demo.contractor)
    ran = report(own_demo, "-o", tmp_path / "out.html")
    assert ran.code == 2
    assert "is no case" in ran.err
    assert not (tmp_path / "out.html").exists()


def test_after_the_window_an_open_case_needs_no_reason_and_a_closed_one_does(
    own_demo: DemoFolder, tmp_path: Path
) -> None:
    who = ("-C", own_demo.path, own_demo.contractor)
    assert lastday("report", *who, "-o", tmp_path / "open.html").code == 0
    closed = lastday("case", "close", *who, "--as", "benign", "--reason", "looked into")
    assert closed.code == 0
    ran = lastday("report", *who, "-o", tmp_path / "out.html")
    assert ran.code == 2
    assert "--reason" in ran.err


def test_an_unknown_case_is_told(own_demo: DemoFolder) -> None:
    ran = lastday("report", "-C", own_demo.path, "c0000000", "--reason", "x")
    assert ran.code == 2
    assert "is no case" in ran.err
