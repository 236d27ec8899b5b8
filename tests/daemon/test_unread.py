"""Logs that are not read, or of which nothing can be used: never in silence, and read once that is mended."""

from __future__ import annotations

import gzip
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from monitor import pipeline, upkeep
from monitor.cli import main
from monitor.doctoring import examine
from monitor.model import BadInput
from monitor.operation import Folder
from monitor.sources.folder import FolderSource
from monitor.station import Station, open_station
from monitor.store import segments
from monitor.store.inbox import cursors_of
from tests.daemon.clockwork import posted
from tests.daemon.conftest import NOW
from tests.daemon.test_line import drop, some
from tests.daemon.test_telling import MAIL
from tests.office import as_lines, lay_out, roster

NOBODY = 65534


def test_a_folder_that_is_gone_is_told_and_read_on_when_it_is_back(station: Station) -> None:
    drop(station, "a.jsonl", some(1))
    pipeline.ingest(station, NOW)
    inbox = (station.folder / "inbox").rename(station.folder / "unmounted")
    pipeline.ingest(station, NOW)
    assert "there is no folder" in station.problems["admin"]
    upkeep.tend(station, NOW)
    inbox.rename(station.folder / "inbox")
    with station.state.read() as connection:
        assert len(cursors_of(connection, "admin")) == 1, "what was read is not read anew"
    drop(station, "b.jsonl", some(1, 1))
    assert pipeline.ingest(station, NOW).fresh == 1
    assert station.problems == {}


@pytest.mark.parametrize("locked", ["inbox", "inbox/host1"])
def test_a_folder_that_may_not_be_read_is_told_and_hides_no_other(locked: str) -> None:
    with tempfile.TemporaryDirectory(prefix="lastday-") as top:
        Path(top).chmod(0o755)
        inbox = Path(top) / "inbox"
        for name in ("host1", "host2"):
            (inbox / name).mkdir(parents=True)
            (inbox / name / "a.jsonl").write_text(as_lines(some(1)))
        with unreadable(Path(top) / locked):
            reading = FolderSource(Folder("admin", str(inbox)), inbox).read({}, NOW)
            read = [] if locked == "inbox" else [next(reading)]
            with pytest.raises(BadInput, match=rf"{locked}: cannot be read \(Permission denied\); let the user"):
                list(reading)
            assert len(read) == locked.count("/")


DOORS = """
title = "Doors"
time_format = "%d.%m.%Y %H:%M"
[[log]]
files = ["*.csv", "*.csv.gz"]
time = "when"
actor = "badge"
action = { text = "door.open" }
"""


@pytest.mark.parametrize("packed", [False, True])
def test_what_could_not_be_used_is_read_again_once_its_format_is_named(tmp_path: Path, packed: bool) -> None:
    folder = lay_out(tmp_path / "work")
    lines = b"when,badge\n02.11.2017 09:00,p000\n02.11.2017 10:00,p001\n"
    log = folder / "inbox" / ("doors.csv.gz" if packed else "doors.csv")
    log.write_bytes(gzip.compress(lines) if packed else lines)
    os.utime(log, (0, 0))
    assert read(folder).problems.keys() == {"lines of admin"}
    (folder / "doors.toml").write_text(DOORS)
    config = folder / "lastday.toml"
    config.write_text(config.read_text() + 'format = "doors.toml"\n')
    station = read(folder)
    assert station.problems == {}
    assert [event["actor"] for event in stored(station)] == ["p000", "p001"]
    config.write_text(config.read_text() + 'timezone = "Europe/Berlin"\n')
    assert len(stored(read(folder))) == 2, "what could be used is not read twice, an hour apart"


def read(folder: Path) -> Station:
    """The folder, opened and closed again, and read by what its settings say now."""
    station = open_station(folder)
    station.lease.renew(0.0)
    pipeline.ingest(station, NOW)
    station.lease.release()
    station.close()
    return station


def stored(station: Station) -> list[dict]:
    with station.state.read() as connection:
        return segments.hot_table(connection).sort_by("t").to_pylist()


def test_a_feed_that_changes_its_format_is_told_once_and_when_it_is_mended(tmp_path: Path) -> None:
    station = open_station(lay_out(tmp_path / "work", MAIL))
    station.lease.renew(0.0)
    drop(station, "a.jsonl", some(2))
    (station.folder / "inbox" / "b.jsonl").write_text("{}\n")
    pipeline.ingest(station, NOW)
    assert station.problems == {}, "a line now and then is not worth a word"
    for name in "cd":
        (station.folder / "inbox" / f"{name}.jsonl").write_text('{"zeit": 1}\n' * 15)
        pipeline.ingest(station, NOW)
    assert "none of the last 31 lines" in station.problems["lines of admin"]
    assert [row["kind"] for row in posted(station)] == ["operator"]
    checks = {check.topic: check for check in examine(station, NOW)}
    assert (checks["source admin"].state, "none of the last 31 lines" in checks["source admin"].text) == ("bad", True)
    drop(station, "e.jsonl", some(1, 2))
    pipeline.ingest(station, NOW)
    assert station.problems == {}
    station.close()


def test_once_is_no_success_where_many_lines_cannot_be_used(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    (folder / "rosters" / "people.csv").write_text(roster(20))
    (folder / "inbox" / "a.jsonl").write_text(as_lines(some(90)) + "no json\n" * 10)
    told = CliRunner().invoke(main, ["once", "-C", str(folder)])
    assert (told.exit_code, "10 of 100 lines of admin could not be used" in told.output) == (3, True)


def test_files_of_a_kind_that_is_not_read_are_told(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    (folder / "inbox" / "host").mkdir()
    for name in (
        "a.jsonl",
        "b.csv.1",
        "export.xlsx",
        "host/app.txt",
        "c.jsonl.tmp",
        ".hidden.txt",
        "d.jsonl.gz",
        "SUMS.sha256",
    ):
        (folder / "inbox" / name).write_text("")
    station = read(folder)
    (told,) = [check for check in examine(station, NOW) if check.topic == "source admin" and "kind" in check.text]
    assert (told.state, told.text.startswith("3 files are of no kind that is read, for example ")) == ("look", True)
    assert all(name in told.text for name in ("export.xlsx", "host/app.txt", "SUMS.sha256", ".jsonl"))


def crm(path: Path, *rows: tuple[int, str | None], more: str = "", columns: str = 'time = "at", actor = "who"') -> str:
    """The settings of a table of acts whose times are text, as SQLite keeps them."""
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE IF NOT EXISTS log (n INTEGER, at TEXT, who TEXT, action TEXT)"))
        for n, at in rows:
            connection.execute(sa.text("INSERT INTO log VALUES (:n, :at, 'p000', 'file.view')"), {"n": n, "at": at})
    engine.dispose()
    rule = f'[[sources]]\nname = "crm"\nkind = "table"\nurl = "sqlite:///{path}"\ntable = "log"\ncursor = "n"\n'
    return rule + f"columns = {{ {columns} }}\n" + more


def test_times_of_a_table_that_are_text_get_its_zone(tmp_path: Path) -> None:
    rows = (
        (1, "2017-07-02 10:00:00"),
        (2, "2017-07-02T10:00:00.250"),
        (3, "2017-07-02T10:00:00Z"),
        (4, "soon"),
        (5, None),
    )
    station = read(lay_out(tmp_path / "work", crm(tmp_path / "crm.db", *rows, more='timezone = "Europe/Berlin"\n')))
    times = [datetime.fromtimestamp(event["t"] / 1e6, UTC) for event in stored(station)]
    assert [f"{time:%H:%M:%S.%f}"[:12] for time in times] == ["08:00:00.000", "08:00:00.250", "10:00:00.000"]


def test_a_column_that_a_table_lacks_is_told_and_loses_no_row(tmp_path: Path) -> None:
    config = crm(tmp_path / "crm.db", (1, "2017-11-02T10:00:00Z"), columns='time = "att", actor = "who"')
    folder = lay_out(tmp_path / "work", config)
    assert "has no column att; it has n, at, who, action" in read(folder).problems["crm"]
    text = (folder / "lastday.toml").read_text()
    (folder / "lastday.toml").write_text(text.replace('time = "att", actor = "who"', 'actor = "who"'))
    assert "has no column time" in read(folder).problems["crm"]
    (folder / "lastday.toml").write_text(text.replace('"att"', '"at"'))
    station = read(folder)
    assert (station.problems, len(stored(station))) == ({}, 1)


@contextmanager
def unreadable(folder: Path) -> Iterator[None]:
    """As somebody who may not list the folder; root, who may list every one, is somebody else meanwhile."""
    mode, us = folder.stat().st_mode, os.geteuid()
    folder.chmod(0o000)
    if us == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(us)
        folder.chmod(mode)
