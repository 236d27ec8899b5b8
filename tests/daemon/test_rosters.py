"""Rosters: every version kept with when it was told, and a feed that breaks is no news about people."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from monitor import pipeline, upkeep
from monitor.cli import main
from monitor.doctoring import examine
from monitor.recognition import Check
from monitor.station import Station, open_station
from monitor.store import rosters
from monitor.store.schema import rejects
from tests.daemon.clockwork import posted
from tests.daemon.conftest import NOW
from tests.office import as_lines, incident, lay_out, roster, usual

MAIL = (
    '[[channels]]\nname = "mail"\nkind = "email"\nhost = "h"\nsender = "a@b.example"\nto = ["c@d.example"]\n'
    "names = true\n"
)


def tell(station: Station, text: str, hours: float = 0, name: str = "people.csv") -> int:
    (station.folder / "rosters" / name).write_text(text)
    return upkeep.sync_rosters(station, NOW + timedelta(hours=hours))


def known(station: Station, hours: float | None = None, feed: str = "hr") -> rosters.Told:
    with station.state.read() as connection:
        return rosters.in_force(connection, feed, None if hours is None else NOW + timedelta(hours=hours))


def days(station: Station, person: str = "p000", hours: float | None = None) -> list[date]:
    return [d.last_day for d in known(station, hours).departures.get(person, []) if d.certainty != "withdrawn"]


def test_a_last_day_that_moves_and_is_withdrawn_is_kept_as_it_was_told(station: Station) -> None:
    assert tell(station, roster(10)) == 11
    assert tell(station, roster(10), 1) == 0
    assert tell(station, roster(10, {"p000": "2017-12-24"}), 2) == 1
    assert tell(station, roster(10, {}), 3) == 1
    first, moved = date(2017, 11, 2), date(2017, 12, 24)
    assert [days(station, hours=h) for h in (0, 1.9, 2, 2.9, 3)] == [[first], [first], [moved], [moved], []]
    assert days(station) == []


def test_a_rehire_has_two_departures(station: Station) -> None:
    text = roster(3)
    line = next(line for line in text.splitlines() if line.startswith("p000"))
    tell(station, text + line.replace("2017-11-02", "2018-11-02") + "\n")
    assert days(station) == [date(2017, 11, 2), date(2018, 11, 2)]


def test_who_vanishes_is_still_known_with_the_departure(station: Station) -> None:
    tell(station, roster(10))
    rest = "".join(line for line in roster(10).splitlines(keepends=True) if not line.startswith("p000"))
    assert tell(station, rest, 1) == 1
    assert days(station) == [date(2017, 11, 2)]
    with station.state.read() as connection:
        assert "p000" not in rosters.still_there(connection, "hr")
    assert tell(station, roster(10), 2) == 1
    with station.state.read() as connection:
        assert "p000" in rosters.still_there(connection, "hr")


@pytest.mark.parametrize("cut", [len(roster(9)), len(roster(9)) + 20])
def test_a_roster_that_is_still_being_written_takes_nobody_away(station: Station, cut: int) -> None:
    whole = roster(10, {"p009": "2017-11-02"})
    tell(station, whole)
    path, begun = station.folder / "rosters" / "people.csv", NOW + timedelta(hours=1)
    path.write_text(whole[:cut])
    os.utime(path, (begun.timestamp(),) * 2)
    assert upkeep.sync_rosters(station, begun + timedelta(seconds=9)) == 0
    assert "lain still" in station.problems["hr"]
    with station.state.read() as connection:
        assert len(rosters.still_there(connection, "hr")) == 10
    path.write_text(whole)
    os.utime(path, (begun.timestamp() + 20,) * 2)
    assert upkeep.sync_rosters(station, begun + timedelta(seconds=30)) == 0
    assert not station.problems
    assert days(station, "p009") == [date(2017, 11, 2)]


def test_who_is_gone_from_a_file_that_lies_still_is_gone(station: Station) -> None:
    tell(station, roster(10))
    path, begun = station.folder / "rosters" / "people.csv", NOW + timedelta(hours=1)
    path.write_text(roster(9))
    os.utime(path, (begun.timestamp(),) * 2)
    assert upkeep.sync_rosters(station, begun + timedelta(seconds=30)) == 0
    assert "lacks 1 person:" in station.problems["hr"]
    assert upkeep.sync_rosters(station, begun + timedelta(seconds=61)) == 1
    assert not station.problems
    with station.state.read() as connection:
        assert len(rosters.still_there(connection, "hr")) == 9


def test_a_departure_that_is_told_no_more_waits_until_the_file_lies_still(station: Station) -> None:
    tell(station, roster(10))
    path = station.folder / "rosters" / "people.csv"
    path.write_text(roster(10, {}))
    os.utime(path, (NOW.timestamp(),) * 2)
    assert upkeep.sync_rosters(station, NOW + timedelta(seconds=30)) == 0
    assert "lacks 1 departure:" in station.problems["hr"]
    assert upkeep.sync_rosters(station, NOW + timedelta(seconds=61)) == 1
    assert days(station) == []


def without(text: str, *gone: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith(gone))


def leaving(station: Station, hours: float | None = None) -> dict[str, tuple]:
    at = None if hours is None else NOW + timedelta(hours=hours)
    with station.state.read() as connection:
        _, told = rosters.merged(connection, [feed.name for feed in station.settings.rosters], at, "Europe/Berlin")
    return {d.person_id: (d.last_day, d.kind, d.certainty) for d in told}


def test_who_vanishes_and_was_never_told_as_leaving_leaves_that_day(station: Station) -> None:
    before = {"p000": (date(2017, 11, 2), "contract_end", "confirmed")}
    tell(station, roster(10))
    assert leaving(station) == before
    tell(station, without(roster(10), "p000", "p003"), 6)
    assert leaving(station) == before | {"p003": (date(2017, 11, 3), "unknown", "planned")}, "after midnight of theirs"
    assert "acct.p003" in station.watched(NOW + timedelta(hours=6))
    tell(station, roster(10), 12)
    assert leaving(station) == before
    assert [len(leaving(station, hours)) for hours in (5, 6, 11, 12)] == [1, 2, 2, 1], "known then, known now"


def test_who_vanishes_long_before_the_last_day_told_has_left_by_then(station: Station) -> None:
    late, soon = "2018-03-31", "2017-11-08"
    text = roster(10, {"p001": late, "p002": soon}).replace("UTC,,", "Europe/Berlin,,")
    tell(station, text)
    tell(station, without(text, "p001", "p002"), 1)
    assert leaving(station) == {
        "p001": (date(2017, 11, 2), "contract_end", "planned"),
        "p002": (date(2017, 11, 8), "contract_end", "confirmed"),
    }


def test_who_vanishes_from_one_feed_and_stands_in_another_does_not_leave(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    config = folder / "lastday.toml"
    config.write_text(config.read_text() + '[[rosters]]\nname = "vendor"\npath = "vendor.csv"\n')
    (folder / "vendor.csv").write_text("person_id\n" + "".join(f"v{i}\n" for i in range(6)))
    station = open_station(folder)
    station.lease.renew(0.0)
    tell(station, roster(10, {}))
    hired = roster(10, {}) + "v1,,,,,,UTC,,,,\n"
    (folder / "vendor.csv").write_text("person_id\n" + "".join(f"v{i}\n" for i in range(6) if i != 1))
    tell(station, hired, 1)
    assert leaving(station) == {}
    tell(station, roster(10, {}), 2)
    assert list(leaving(station)) == ["v1"], "now neither names them"
    station.close()


def test_who_was_hired_again_and_vanishes_leaves_again(station: Station) -> None:
    header = "person_id,start_date,last_day\n" + "".join(f"p{i},,\n" for i in range(9))
    tell(station, header + "again,2015-01-01,2015-03-31\n" + "again,2017-06-01,\n")
    tell(station, header, 1)
    assert leaving(station)["again"] == (date(2017, 11, 2), "unknown", "planned")


def test_accounts_are_kept_with_when_they_were_told(station: Station) -> None:
    tell(station, roster(5))
    tell(station, roster(5).replace("acct.p003", "acct.p003|root"), 1)
    with station.state.read() as connection:
        rows = connection.execute(
            sa.text("SELECT account, ended_at FROM accounts WHERE person_id = 'p003' ORDER BY seq")
        ).all()
    assert [(account, ended is None) for account, ended in rows] == [
        ("acct.p003", False),
        ("acct.p003", True),
        ("root", True),
    ]


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        ("".join(roster(60).splitlines(keepends=True)[:40]), "21 of 60 people are missing"),
        (roster(60).splitlines()[0] + "\n", "no person in it"),
        (roster(60, {f"p{i:03d}": "2018-06-30" for i in range(8)}), "8 of 8 last days have moved"),
        ("", "nothing in it"),
        (roster(60, {}), "all 8 departures have vanished"),
        (roster(60, {f"p{i:03d}": "30.11.2017" for i in range(8)}), "8 of 8 last days cannot be read"),
    ],
)
def test_a_feed_that_breaks_is_refused_told_once_and_the_last_good_one_stays(
    tmp_path: Path, broken: str, why: str
) -> None:
    station = open_station(lay_out(tmp_path / "work", MAIL))
    station.lease.renew(0.0)
    good = roster(60, {f"p{i:03d}": "2017-11-30" for i in range(8)})
    tell(station, good)
    for hour in range(1, 5):
        assert tell(station, broken, hour) == 0
    assert len(known(station).people) == 60
    assert days(station) == [date(2017, 11, 30)]
    (row,) = posted(station)
    assert row["kind"] == "operator"
    assert why in row["body"]["text"]
    tell(station, good, 5)
    tell(station, broken, 6)
    assert len(posted(station)) == 2, "mended and broken again is told again"
    station.close()


@pytest.mark.parametrize("gone", [False, True])
def test_a_good_roster_put_back_as_it_was_ends_the_alarm(tmp_path: Path, gone: bool) -> None:
    station = open_station(lay_out(tmp_path / "work", MAIL))
    station.lease.renew(0.0)
    tell(station, roster(60))
    upkeep.sync_rosters(station, NOW)
    (good,) = (station.folder / "rosters").iterdir()
    aside = good.rename(station.folder / "good.csv")
    if not gone:
        good.write_text("no;roster\n")
    upkeep.sync_rosters(station, NOW)
    assert "hr" in station.problems
    aside.replace(good)  # with its size and its time
    upkeep.sync_rosters(station, NOW)
    assert station.problems == {}
    with station.state.read() as connection:
        assert rosters.last_version(connection, "hr").status == "in_force"
    station.close()


def test_accept_overrides_on_record(tmp_path: Path) -> None:
    station = open_station(lay_out(tmp_path / "work"))
    station.lease.renew(0.0)
    tell(station, roster(60))
    tell(station, roster(20), 1)
    assert len(known(station).people) == 60
    assert (of_roster(station)[0].state, "lastday roster accept hr" in of_roster(station)[0].text) == ("bad", True)
    there = ("-C", str(station.folder))
    run = CliRunner().invoke(main, ["roster", "accept", "hr", "--reason", "sold Leeds", *there])
    assert run.exit_code == 0, run.output
    assert "accepted; in force when it is read next" in CliRunner().invoke(main, ["roster", "list", *there]).output
    assert (of_roster(station)[0].state, "is accepted" in of_roster(station)[0].text) == ("look", True)
    assert tell(station, roster(20), 2) == 40
    with station.state.read() as connection:
        assert len(rosters.still_there(connection, "hr")) == 20
        (row,) = connection.execute(sa.text("SELECT what, reason FROM audit WHERE what <> 'config'")).all()
    assert row.what == "roster accept"
    assert row.reason == "sold Leeds"
    again = CliRunner().invoke(main, ["roster", "accept", "hr", "--reason", "x", *there])
    assert isinstance(again.exception, Exception)
    tell(station, "", 3)
    assert "roster accept" not in of_roster(station)[0].text, "nobody stands in it"
    station.close()


def of_roster(station: Station) -> list[Check]:
    return [check for check in examine(station, NOW) if check.topic == "roster hr"]


def test_the_first_roster_has_the_say_and_lateness_is_measured(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    config = folder / "lastday.toml"
    config.write_text(
        config.read_text()
        + '[[rosters]]\nname = "vendor"\npath = "vendor.csv"\ncolumns = { person_id = "Nr", last_day = "End" }\n'
    )
    (folder / "vendor.csv").write_text("Nr,End\np000,2018-01-31\nv1,2017-12-01\nv2,\n")
    station = open_station(folder)
    station.lease.renew(0.0)
    tell(station, roster(10))
    with station.state.read() as connection:
        everybody, leaving = station.rosters(connection)
    told = {d.person_id: d.last_day for d in leaving}
    assert told == {"p000": date(2017, 11, 2), "v1": date(2017, 12, 1)}
    assert "v2" in everybody
    (folder / "vendor.csv").write_text("Nr,End\np000,2018-01-31\nv1,2017-12-01\nv2,2017-10-30\nv3,2017-11-30\n")
    upkeep.sync_rosters(station, NOW + timedelta(hours=1))
    with station.state.read() as connection:
        assert rosters.lateness(connection, "vendor", "UTC") == (1, 2)
        assert rosters.lateness(connection, "hr", "UTC") == (0, 0)
    listed = CliRunner().invoke(main, ["roster", "list", "-C", str(folder)])
    assert "50% of 2 departures reached us after the last day" in listed.output
    station.close()


def test_a_roster_may_be_a_database_view(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'hr.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE staff (nr TEXT, leaves TEXT)"))
        connection.execute(sa.text("INSERT INTO staff VALUES ('a', '2017-11-30'), ('b', NULL)"))
    engine.dispose()
    folder = lay_out(tmp_path / "work")
    config = folder / "lastday.toml"
    query = "SELECT nr AS person_id, leaves AS last_day FROM staff"
    feed = f'[[rosters]]\nname = "db"\nurl = "sqlite:///{tmp_path / "hr.db"}"\nquery = "{query}"\n'
    config.write_text(config.read_text() + feed)
    station = open_station(folder)
    station.lease.renew(0.0)
    assert upkeep.sync_roster(station, station.settings.rosters[1], NOW) == 3
    assert known(station, feed="db").days()["a"] == [date(2017, 11, 30)]
    station.close()


def claimed(station: Station, text: str) -> list[Check]:
    """What doctor says of accounts, with one more row on the roster and one act of p000 in the log."""
    tell(station, roster(10) + text)
    (station.folder / "inbox" / "log.jsonl").write_text(as_lines([*usual(10, 20), incident()]))
    pipeline.ingest(station, NOW)
    return [check for check in examine(station, NOW) if check.topic == "accounts"]


def test_a_row_that_ended_long_ago_takes_nothing_from_a_leaver(station: Station) -> None:
    old = "old-1,Person 0,p000@corp.example,acct.p000,Trust and Safety,agent,UTC,,2016-06-30,contract_end,confirmed\n"
    assert [check.state for check in claimed(station, old)] == ["good"]
    assert pipeline.assess(station, NOW) == 1, "the case is opened"


def test_doctor_calls_it_bad_where_a_watched_persons_name_is_ambiguous(station: Station) -> None:
    twin = "twin-1,Person 0,p000@corp.example,acct.p000,Trust and Safety,agent,UTC,,,,\n"
    found = claimed(station, twin)
    assert [check.state for check in found] == ["good", "bad"]
    assert "2 names belong to several people" in found[1].text
    assert "of somebody who is watched" in found[1].text


def test_a_last_day_that_cannot_be_read_leaves_the_person_and_what_was_told_before(station: Station) -> None:
    tell(station, roster(10, {"p000": "2017-11-02", "p001": "2017-11-03"}))
    tell(station, roster(10, {"p000": "2017-11-02", "p001": "03.11.2017"}), 1)
    assert days(station, "p001") == [date(2017, 11, 3)]
    assert len(known(station).people) == 10
    assert [check.state for check in of_roster(station)] == ["look"]
    with station.state.read() as connection:
        (row,) = connection.execute(sa.select(rejects)).all()
    assert (row.source, row.line, row.why.startswith("last_day '03.11.2017' is no date")) == ("hr", 3, True)


def test_a_first_roster_whose_last_days_cannot_be_read_is_refused_and_told(tmp_path: Path) -> None:
    station = open_station(lay_out(tmp_path / "work", MAIL))
    station.lease.renew(0.0)
    assert tell(station, roster(10, {"p000": "02.11.2017"})) == 0
    (row,) = posted(station)
    assert "1 of 1 last day cannot be read; there is none before it" in row["body"]["text"]
    (check,) = of_roster(station)
    assert (check.state, "1 of 1 last day cannot be read" in check.text) == ("bad", True)
    station.close()


def test_columns_of_ones_own_are_read_as_any_roster_is(tmp_path: Path) -> None:
    """In any form of CSV, bad lines set aside where they stand; a file that is none keeps no other roster away."""
    folder = lay_out(tmp_path / "work")
    config = folder / "lastday.toml"
    vendor = '[[rosters]]\nname = "the/vendor"\npath = "vendor.csv"\ncolumns = { person_id = "Nr", last_day = "End" }\n'
    config.write_text(config.read_text().replace("[[rosters]]", f"{vendor}[[rosters]]", 1))
    station = open_station(folder)
    station.lease.renew(0.0)
    (folder / "rosters" / "people.csv").write_text(roster(20))
    (folder / "vendor.csv").write_bytes("Nr;Name;End\nv1;Jos\xe9;2017-11-02\n".encode("latin-1"))
    assert upkeep.sync_rosters(station, NOW) > 0, "the other roster comes into force"
    assert "UTF-8" in station.problems["the/vendor"]
    (folder / "vendor.csv").write_text("Nr;Name;End\nv1;José;2017-11-02\n\nv2;Ann\n")
    assert upkeep.sync_rosters(station, NOW) > 0
    assert station.problems == {}
    with station.state.read() as connection:
        people, _ = station.rosters(connection)
        ((file, line),) = connection.execute(sa.select(rejects.c.file, rejects.c.line))
    assert people["v1"].name == "José"
    assert (file, line) == (str(folder / "vendor.csv"), 4)
    station.close()
