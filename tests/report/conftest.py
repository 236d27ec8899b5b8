"""The report of the demo organisation's gravest case, gathered as an investigator would."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.investigating.caseload import held_case
from monitor.investigating.reports import case_file
from monitor.looking import open_look, system_user
from monitor.report.case_file import CaseFile
from monitor.report.case_words import document
from monitor.report.page_html import as_html
from monitor.station import open_station
from tests.demonstration import NOW, DemoFolder


@pytest.fixture(scope="session")
def looked_at(untouched_demo: DemoFolder, tmp_path_factory: pytest.TempPathFactory) -> DemoFolder:
    """A copy of the demo organisation in which Ann is an investigator."""
    demo = untouched_demo.copy(tmp_path_factory.mktemp("looked-at") / "work")
    config = demo.path / "lastday.toml"
    who = f'\n[[viewers]]\nname = "ann"\nuser = "{system_user()}"\nroles = ["investigator"]\n'
    config.write_text(config.read_text("utf-8") + who, "utf-8")
    return demo


@pytest.fixture(scope="session")
def case(looked_at: DemoFolder) -> CaseFile:
    """The contractor's case, as of the demo organisation's day."""
    station = open_station(looked_at.path)
    try:
        with open_look(station, NOW, command="report") as look:
            held, person = held_case(look, looked_at.contractor)
            return case_file(look, held.case, person)
    finally:
        station.close()


@pytest.fixture(scope="session")
def page(case: CaseFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report as a file."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(as_html(document(case)), "utf-8")
    return path
