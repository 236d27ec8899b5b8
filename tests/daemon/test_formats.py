"""Vendors' logs and HR feeds in a working folder: read through the profiles that lastday.toml names."""

from __future__ import annotations

import gzip
import json
import os
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor import pipeline, upkeep
from monitor.checking import faults
from monitor.station import Station, open_station
from monitor.store import rosters, segments
from monitor.store.schema import rejects
from tests.daemon.conftest import NOW

OKTA = {
    "uuid": "1", "published": "2017-11-02T10:00:00.000Z", "eventType": "user.lifecycle.deactivate",
    "actor": {"alternateId": "p000@corp.example"}, "outcome": {"result": "SUCCESS"},
    "target": [{"type": "User", "alternateId": "x@corp.example"}],
}  # fmt: skip
TRAIL = {
    "eventID": "2", "eventTime": "2017-11-02T11:00:00Z", "eventName": "DeleteDBInstance",
    "userIdentity": {"type": "IAMUser", "userName": "p000"}, "eventSource": "rds.amazonaws.com",
}  # fmt: skip
DOORS = """
title = "Doors"
timezone = "America/New_York"
time_format = "%d.%m.%Y %H:%M"
[[log]]
files = ["doors*.csv"]
time = "when"
actor = "badge"
action = { text = "door.open" }
"""


def work(folder: Path, config: str) -> Station:
    for name in ("okta", "aws", "doors", "rosters"):
        (folder / name).mkdir(parents=True)
    (folder / "doors.toml").write_text(DOORS)
    (folder / "lastday.toml").write_text('[http]\nlisten = ""\n' + config)
    station = open_station(folder)
    station.lease.renew(0.0)
    return station


def source(name: str, profile: str, more: str = "") -> str:
    return f'[[sources]]\nname = "{name}"\nkind = "folder"\npath = "{name}"\nformat = "{profile}"\n{more}'


def events(station: Station) -> list[tuple]:
    with station.state.read() as connection:
        table = segments.hot_table(connection).sort_by("t")
    return list(zip(*(table[c].to_pylist() for c in ("t", "actor", "action", "target", "feed")), strict=True))


def test_logs_of_several_vendors_are_read_as_they_grow(tmp_path: Path) -> None:
    config = source("okta", "okta-system-log") + source("aws", "cloudtrail") + source("doors", "doors.toml")
    station = work(tmp_path / "work", config)
    okta = station.folder / "okta" / "system.log"
    okta.write_text(json.dumps(OKTA) + "\n" + "no json\n")
    bundle = station.folder / "aws" / "1_CloudTrail_eu.json.gz"
    bundle.write_bytes(gzip.compress(json.dumps({"Records": [TRAIL, TRAIL | {"eventID": "3"}]}).encode()))
    (station.folder / "aws" / "1_CloudTrail-Digest_eu.json.gz").write_bytes(gzip.compress(b"{}"))
    doors = station.folder / "doors" / "doors.csv"
    doors.write_text("when,badge\n02.11.2017 09:00,p000\n")
    for seconds in (0, 5):
        pipeline.ingest(station, NOW + timedelta(seconds=seconds))
    with doors.open("a") as stream:
        stream.write("02.11.2017 10:00,p001\n")
    with okta.open("a") as stream:
        stream.write(json.dumps(OKTA | {"uuid": "9", "published": "2017-11-02T15:00:00Z"}) + "\n")
    pipeline.ingest(station, NOW + timedelta(seconds=6))
    assert station.problems == {}
    found = events(station)
    assert [(actor, action, feed) for _, actor, action, _, feed in found] == [
        ("p000@corp.example", "user.deactivate", "okta"),
        ("p000", "db_instance.delete", "aws"),
        ("p000", "db_instance.delete", "aws"),
        ("p000", "door.open", "doors"),
        ("p001", "door.open", "doors"),
        ("p000@corp.example", "user.deactivate", "okta"),
    ]
    assert found[3][0] == 1509627600 * 10**6, "nine o'clock in New York"
    with station.state.read() as connection:
        assert [(row.line, row.source) for row in connection.execute(sa.select(rejects))] == [(2, "okta")]
    station.close()


def test_a_bundle_longer_than_a_piece_is_read_whole(tmp_path: Path) -> None:
    station = work(tmp_path / "work", source("aws", "cloudtrail"))
    records = [TRAIL | {"eventID": str(i), "requestParameters": {"name": "x" * 2000}} for i in range(2500)]
    path = station.folder / "aws" / "trail.json"
    path.write_text(json.dumps({"Records": records}))
    for seconds in (0, 5):
        pipeline.ingest(station, NOW + timedelta(seconds=seconds))
    assert path.stat().st_size > 5 << 20
    assert len(events(station)) == 2500
    station.close()


def test_a_file_that_the_format_does_not_know_is_told_and_hides_no_other(tmp_path: Path) -> None:
    station = work(tmp_path / "work", source("doors", "doors.toml", 'timezone = "Europe/Berlin"\n'))
    (station.folder / "doors" / "cellar.csv").write_text("when,badge\n02.11.2017 09:00,p000\n")
    (station.folder / "doors" / "doors-1.csv").write_text("when,badge\n02.11.2017 09:00,p000\n")
    assert pipeline.ingest(station, NOW).fresh == 1
    assert "cellar.csv" in station.problems["doors"]
    assert events(station)[0][0] == 1509609600 * 10**6, "the zone of the settings has the say"
    station.close()


def test_a_table_is_read_through_a_format(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'doors.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text('CREATE TABLE doors (n INTEGER, "when" TEXT, badge TEXT)'))
        connection.execute(sa.text("INSERT INTO doors VALUES (1, '02.11.2017 09:00', 'p000')"))
    engine.dispose()
    rule = f'[[sources]]\nname = "d"\nkind = "table"\nurl = "sqlite:///{tmp_path / "doors.db"}"\ntable = "doors"\n'
    station = work(tmp_path / "work", rule + 'cursor = "n"\nformat = "doors.toml"\n')
    assert pipeline.ingest(station, NOW).fresh == 1
    assert events(station)[0][1:3] == ("p000", "door.open")
    station.close()


def test_an_hr_report_is_read_through_a_profile(tmp_path: Path) -> None:
    feed = '[[rosters]]\nname = "hr"\npath = "rosters/*.csv"\nformat = "workday"\n'
    station = work(tmp_path / "work", feed)
    report = "Employee ID,Worker,Primary Work Email,Termination Date,Termination Category\n"
    (station.folder / "rosters" / "r.csv").write_text(
        report + "7,Ada,ada@corp.example,11/02/2017,Voluntary\n8,B,b@c.example,,\n"
    )
    upkeep.sync_rosters(station, NOW)
    with station.state.read() as connection:
        told = rosters.in_force(connection, "hr")
    assert sorted(told.people) == ["7", "8"]
    assert [(d.last_day, d.kind) for d in told.departures["7"]] == [(date(2017, 11, 2), "resignation")]
    station.close()


def test_the_cert_folder_is_read_as_a_scan_reads_it(tmp_path: Path) -> None:
    from tests.sources import cert_data

    feed = '[[rosters]]\nname = "ldap"\npath = "r4/LDAP"\nformat = "cert"\n'
    logs = '[[sources]]\nname = "r4"\nkind = "folder"\npath = "r4"\nformat = "cert"\n'
    station = work(tmp_path / "work", feed + logs)
    cert_data.write(station.folder / "r4")
    upkeep.sync_rosters(station, NOW)
    came = pipeline.ingest(station, NOW)
    assert list(station.problems) == ["age of r4"]
    assert (came.fresh > 1000, came.set_aside) == (True, 0)
    with station.state.read() as connection:
        everybody, leaving = station.rosters(connection)
    assert len(everybody) == 42
    assert {(d.person_id, d.last_day) for d in leaving} == {
        (cert_data.INSIDER, date(2010, 5, 31)),
        (cert_data.QUIET, date(2010, 4, 30)),
    }
    newest = max((station.folder / "r4" / "LDAP").iterdir())
    later = newest.with_name("2010-07.csv")
    later.write_text("".join(line for line in newest.read_text().splitlines(True) if ",USR0003," not in line))
    os.utime(later, (NOW.timestamp(), NOW.timestamp()))
    assert upkeep.sync_rosters(station, NOW + timedelta(hours=1)) > 0
    with station.state.read() as connection:
        _, leaving = station.rosters(connection)
    assert date(2010, 6, 30) in {d.last_day for d in leaving if d.person_id == "USR0003"}
    station.close()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[[sources]]\nname = "a"\nkind = "folder"\npath = "."\nformat = "pigeon"\n', 5),
        (
            '[[sources]]\nname = "a"\nkind = "folder"\npath = "."\nformat = "cert"\ntimezone = "Mars/Base"\n',
            5,
        ),
        ('[[rosters]]\nname = "a"\npath = "p.csv"\nformat = "pigeon.toml"\n', 4),
    ],
)
def test_a_format_that_is_not_there_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    (tmp_path / "lastday.toml").write_text(text)
    (fault,) = faults(tmp_path)
    assert fault.line == line, str(fault)
