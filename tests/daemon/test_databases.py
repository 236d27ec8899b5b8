"""Databases by URL: what is wrong with one is told with its mend, and nothing is made where nothing was."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from monitor import pipeline, upkeep
from monitor.model import BadInput
from monitor.station import Station, open_station
from tests.daemon.conftest import NOW
from tests.office import lay_out

SOURCE = '[[sources]]\nname = "crm"\nkind = "table"\ntable = "log"\ncursor = "n"\nurl = "{}"\n'


def opened(folder: Path, config: str) -> Station:
    return open_station(lay_out(folder / "work", config))


@pytest.mark.parametrize("url", ["nonsense", "mysql://u:hunter2@h/x", "postgresql://u:hunter2@h:port/x"])
def test_what_cannot_hold_the_state_is_refused_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    with pytest.raises(BadInput, match=r"store\.url") as told:
        opened(tmp_path, f'[store]\nurl = "{url}"\n')
    assert "hunter2" not in str(told.value)
    assert list(here.iterdir()) == []


def test_without_its_driver_postgresql_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)  # as where the extra is not installed
    url = "postgresql://u:hunter2@127.0.0.1/x"
    with pytest.raises(BadInput, match=r"pip install 'lastday\[postgresql\]'") as told:
        opened(tmp_path, f'[store]\nurl = "{url}"\n')
    assert "hunter2" not in str(told.value)
    station = opened(tmp_path / "other", SOURCE.format(url))
    with pytest.raises(BadInput, match=r"pip install 'lastday\[postgresql\]'"):
        _ = station.sources
    station.close()


def test_a_sqlite_file_that_is_not_there_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    feed = '[[rosters]]\nname = "db"\nurl = "sqlite:///nosuch2.db"\nquery = "SELECT 1"\n'
    station = opened(tmp_path, SOURCE.format("sqlite:///nosuch.db") + feed)
    station.lease.renew(0.0)
    pipeline.ingest(station, NOW)
    upkeep.sync_rosters(station, NOW)
    assert {"crm", "db"} <= station.problems.keys()
    assert [path.name for path in tmp_path.iterdir()] == ["work"]
    station.close()
