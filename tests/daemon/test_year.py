"""A year of 500 people under a clock of its own. By default a quarter of it; LASTDAY_YEAR=whole takes it all."""

from __future__ import annotations

import os
import resource
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.station import open_station
from monitor.store import cases, segments
from tests.daemon.clockwork import SetClock, kept
from tests.office import as_lines, incident, lay_out, roster, usual

DAYS = 365 if os.environ.get("LASTDAY_YEAR") == "whole" else 92
PEOPLE, FIRST = 500, datetime(2017, 1, 1, tzinfo=UTC)
CONFIG = """
[store]
keep_days = 150
[schedule]
assess_seconds = 604800
refit_days = 28
[[channels]]
name = "mail"
kind = "email"
host = "h"
sender = "a@b.example"
to = ["c@d.example"]
names = true
"""


@pytest.mark.slow
def test_a_year(tmp_path: Path) -> None:
    leavers = {f"p{i:03d}": (date(2017, 1, 10) + timedelta(days=i * 7)).isoformat() for i in range(50)}
    station = open_station(lay_out(tmp_path / "work", CONFIG))
    (station.folder / "rosters" / "people.csv").write_text(roster(PEOPLE, leavers))
    by_day: dict[str, list[dict]] = {}
    for event in usual(PEOPLE, DAYS, until=FIRST + timedelta(days=DAYS), a_day=1):
        if event["time"][:10] <= leavers.get(event["actor"].removeprefix("acct."), "9"):
            by_day.setdefault(event["time"][:10], []).append(event)
    act_on = date.fromisoformat(leavers["p008"])
    act = incident(datetime(act_on.year, act_on.month, act_on.day, 18, tzinfo=UTC), person="p008")
    by_day.setdefault(act_on.isoformat(), []).append(act)
    station.keeps = True
    clock = SetClock(FIRST)
    daemon, mail = kept(station, clock)
    log, peaks = station.folder / "inbox" / "admin.log", []
    for day in range(DAYS):
        if day % 30 == 0:
            log.unlink(missing_ok=True)
        with log.open("a") as stream:
            stream.write(as_lines(by_day.get((FIRST + timedelta(days=day)).date().isoformat(), [])))
        for _ in range(4):
            clock.go(hours=6)
            daemon.tick()
        assert daemon.troubles() == []
        if day % 30 == 29:
            peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    opened = Counter(n.person_id for _, n, _ in mail.taken if n.kind == "opened")
    assert opened["p008"] == 1
    assert max(opened.values()) == 1
    assert len({key for key, _, _ in mail.taken}) == len(mail.taken)
    assert segments.faults(station.state, station.data) == []
    with station.state.read() as connection:
        assert len(segments.listed(connection)) <= 7 * segments.MOST_FILES_A_MONTH
        assert any(c.person_id == "p008" for c in cases.all_cases(connection))
    assert peaks[-1] <= 1.3 * peaks[min(2, len(peaks) - 1)]
    station.close()
