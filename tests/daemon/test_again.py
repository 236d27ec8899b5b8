"""What is judged under a kept judgement is judged as if everything were read again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor import pipeline, upkeep
from monitor.station import Station, open_station
from monitor.store import cases
from tests.daemon.conftest import NOW
from tests.office import as_lines, incident, lay_out, roster, usual

LEAVERS = {"p000": "2017-11-02", "p004": "2017-11-20", "p006": "2017-06-01"}


def drop(station: Station, name: str, lines: list[dict]) -> None:
    (station.folder / "inbox" / name).write_text(as_lines(lines))
    pipeline.ingest(station, NOW)


def judged(station: Station) -> list:
    with station.state.read() as connection:
        found = [f for theirs in cases.findings_of(connection).values() for f in theirs]
    return sorted(found, key=lambda f: (-f.score, f.time, f.finding_id))


@pytest.fixture
def kept(tmp_path: Path, store_config: str):
    station = open_station(lay_out(tmp_path / "work", store_config))
    station.lease.renew(0.0)
    station.keeps = True
    (station.folder / "rosters" / "people.csv").write_text(roster(leavers=LEAVERS))
    upkeep.sync_rosters(station, NOW)
    told = [e | {"tool": f"tool{int(e['magnitude']) % 3}", "pc": f"pc-{e['actor']}"} for e in usual(days=200)]
    drop(station, "usual.jsonl", told)
    upkeep.tend(station, NOW)
    pipeline.assess(station, NOW)
    yield station
    station.close()


def both(station: Station, monkeypatch: pytest.MonkeyPatch) -> tuple[list, list]:
    """What is judged again, and then from everything."""
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "recall", lambda *_: pytest.fail("everything was read again"))
        assert pipeline.assess(station, NOW) is not None
    again = judged(station)
    station.forget()
    pipeline.assess(station, NOW + timedelta(days=1), anyway=True)
    return again, judged(station)


def test_the_incident_is_judged_as_from_everything(kept: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    before = judged(kept)
    drop(kept, "new.jsonl", [incident() | {"tool": "tool9"}])
    again, everything = both(kept, monkeypatch)
    assert again[0].target == "@thereal"
    assert again != before
    assert again == everything
