"""A log that is sent again under another name is not kept, nor counted, twice."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from monitor import pipeline
from monitor.accounting import account
from monitor.investigating.views import asked
from monitor.looking import open_look
from monitor.store import segments
from tests.office import as_lines, incident, usual
from tests.privacy.test_looking import NOW, station_of


def test_a_log_that_is_sent_again_is_kept_once(tmp_path: Path) -> None:
    station = station_of(tmp_path / "work")
    told = usual(20, 40, until=NOW)
    inbox = station.folder / "inbox"
    (inbox / "a.jsonl").write_text(as_lines(told))
    pipeline.ingest(station, NOW)
    segments.seal(station.state, station.data, NOW, 2)
    late = incident(NOW - timedelta(days=20), "p003") | {"id": told[0]["id"], "target": "another act under a known id"}
    (inbox / "resent.jsonl").write_text(as_lines(told))
    (inbox / "late.jsonl").write_text(as_lines([late]))
    pipeline.ingest(station, NOW)
    with open_look(station, NOW) as look:
        query = "SELECT count(*), count(DISTINCT action) FROM events"
        with asked(look, query, 10, "500MB") as answer:
            assert next(answer.rows)[0] == len(told), "before it is sealed each id counts once"
        assert account(look, 90)["people"]["events"] == len(told)
    segments.seal(station.state, station.data, NOW, 2)
    with open_look(station, NOW) as look:
        with asked(look, "SELECT count(*) FROM events", 10, "500MB") as answer:
            ((rows,),) = answer.rows
        assert rows == len(told) + 1, "what differs in content is kept, though it bears a known id"
        assert account(look, 90)["people"]["events"] == rows
    assert not segments.faults(station.state, station.data)
    inbox.joinpath("third.jsonl").write_text(as_lines(told))
    pipeline.ingest(station, NOW)
    files = sorted(path.name for path in (station.data / "history").iterdir())
    segments.seal(station.state, station.data, NOW, 2)
    assert sorted(path.name for path in (station.data / "history").iterdir()) == files, "nothing new, no new file"
    station.close()
