"""Ingest and assess in a working folder, on both databases."""

from __future__ import annotations

import gzip
import json
import os
import random
import resource
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor import pipeline, scanning, upkeep
from monitor.daemon import make_daemon
from monitor.doctoring import examine
from monitor.settings import load_settings
from monitor.station import KEY_NAME, Station, open_station
from monitor.store import cases, inbox, segments
from monitor.store.schema import events, rejects, tallies
from tests.daemon.clockwork import SetClock, posted
from tests.daemon.conftest import NOW
from tests.office import as_lines, incident, lay_out, roster, usual


def ids(station: Station) -> list[str]:
    with station.state.read() as connection:
        return sorted(segments.hot_table(connection)["id"].to_pylist())


def drop(station: Station, name: str, lines: list[dict]) -> Path:
    path = station.folder / "inbox" / name
    path.write_text(as_lines(lines))
    return path


def some(n: int, start: int = 0) -> list[dict]:
    return [incident() | {"id": f"e{i:03d}"} for i in range(start, start + n)]


def judged(station: Station) -> list:
    with station.state.read() as connection:
        found = [f for theirs in cases.findings_of(connection).values() for f in theirs]
    return sorted(found, key=lambda f: (-f.score, f.time, f.finding_id))


def test_nothing_is_judged_before_the_logs_were_read_once(station: Station) -> None:
    (station.folder / "rosters" / "people.csv").write_text(roster())
    drop(station, "admin.jsonl", [*usual(), incident()])
    daemon = make_daemon(station, SetClock(NOW))
    daemon.step("lease", daemon.lease)
    upkeep.sync_rosters(station, NOW)
    pipeline.ingest(station, NOW)  # a first pass that has come so far, and goes on
    daemon.step("assess", daemon.assess)
    assert not judged(station)
    daemon.step("ingest", daemon.ingest)
    daemon.step("assess", daemon.assess)
    assert judged(station)


def test_the_daemon_judges_as_a_scan_does(station: Station) -> None:
    (station.folder / "rosters" / "people.csv").write_text(roster())
    drop(station, "admin.jsonl", [*usual(), incident()])
    upkeep.sync_rosters(station, NOW)
    assert pipeline.ingest(station, NOW).fresh == len(usual()) + 1
    assert pipeline.assess(station, NOW) == 1
    first = judged(station)
    upkeep.tend(station, NOW + timedelta(days=1))
    pipeline.assess(station, NOW + timedelta(days=1), anyway=True)
    scan = scanning.scan(
        [station.folder / "rosters" / "people.csv"],
        [str(station.folder / "inbox")],
        load_settings(station.folder / "lastday.toml"),
    )
    assert scan.found[0].severity in ("high", "critical")
    assert first == scan.found
    assert judged(station) == scan.found


def test_nothing_new_is_not_judged_again(station: Station) -> None:
    (station.folder / "rosters" / "people.csv").write_text(roster())
    drop(station, "admin.jsonl", [*usual(days=10), incident()])
    upkeep.sync_rosters(station, NOW)
    pipeline.ingest(station, NOW)
    assert pipeline.assess(station, NOW) is not None
    assert pipeline.assess(station, NOW) is None
    drop(station, "again.jsonl", [incident()])
    assert pipeline.ingest(station, NOW).fresh == 0
    assert pipeline.assess(station, NOW) is None
    drop(station, "somebody.jsonl", [incident(person="p001")])
    assert pipeline.ingest(station, NOW).fresh == 1
    assert pipeline.assess(station, NOW) is None
    drop(station, "leaver.jsonl", [incident(NOW)])
    pipeline.ingest(station, NOW)
    assert pipeline.assess(station, NOW) is not None


def test_a_growing_file_is_read_on_by_whole_lines(station: Station) -> None:
    path = drop(station, "app.log", some(2))
    pipeline.ingest(station, NOW)
    with path.open("a") as stream:
        stream.write(as_lines(some(1, 2)) + json.dumps(some(1, 3)[0])[:40])
        stream.flush()
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
        pipeline.ingest(station, NOW)
        assert ids(station) == ["e000", "e001", "e002"]
        stream.write(json.dumps(some(1, 3)[0])[40:] + "\n")
    pipeline.ingest(station, NOW)
    assert ids(station) == ["e000", "e001", "e002", "e003"]


def test_a_last_line_without_an_end_is_taken_when_the_file_lies_still(station: Station) -> None:
    path = station.folder / "inbox" / "app.log"
    path.write_text(as_lines(some(1)) + json.dumps(some(1, 1)[0]))
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    pipeline.ingest(station, NOW)
    assert ids(station) == ["e000"]
    pipeline.ingest(station, NOW + timedelta(seconds=59))
    assert ids(station) == ["e000"]
    pipeline.ingest(station, NOW + timedelta(seconds=60))
    assert ids(station) == ["e000", "e001"]


def test_rotation_loses_nothing_and_doubles_nothing(station: Station) -> None:
    path = drop(station, "app.log", some(3))
    pipeline.ingest(station, NOW)
    with path.open("a") as stream:
        stream.write(as_lines(some(2, 3)))
    path.rename(path.with_name("app.log.1"))
    drop(station, "app.log", some(2, 5))
    pipeline.ingest(station, NOW)
    assert ids(station) == [f"e{i:03d}" for i in range(7)]
    old = path.with_name("app.log.1")
    old.with_name("app.log.1.gz").write_bytes(gzip.compress(old.read_bytes()))
    old.unlink()
    pipeline.ingest(station, NOW)
    pipeline.ingest(station, NOW + timedelta(seconds=3))
    assert ids(station) == [f"e{i:03d}" for i in range(7)]


@pytest.mark.parametrize("name", ["app.log.2017-11-02_11", "app.log-20171102-1509620400", "app.log.old", "before.txt"])
def test_a_file_is_read_to_its_end_whatever_it_is_called_then(station: Station, name: str) -> None:
    path = drop(station, "app.log", some(3))
    pipeline.ingest(station, NOW)
    with path.open("a") as stream:
        stream.write(as_lines(some(2, 3)))
    path.rename(path.with_name(name))
    drop(station, "app.log", some(1, 5))
    drop(station, "other.txt", some(1, 8))
    pipeline.ingest(station, NOW)
    assert ids(station) == [f"e{i:03d}" for i in range(6)], "and nothing of what was never a log"
    with path.with_name(name).open("a") as stream:
        stream.write(as_lines(some(1, 6)))
    pipeline.ingest(station, NOW)
    assert ids(station) == [f"e{i:03d}" for i in range(7)], "also what is written to it later"
    with station.state.read() as connection:
        left = station.sources[0].left_out(inbox.cursors_of(connection, "admin"))
    assert left == ["other.txt"]


def test_another_file_under_the_number_of_one_that_is_gone_is_not_read(station: Station) -> None:
    path = drop(station, "app.log", some(3))
    pipeline.ingest(station, NOW)
    path.rename(path.with_name("notes.txt")).write_text(as_lines(some(9, 10)))
    pipeline.ingest(station, NOW)
    assert ids(station) == ["e000", "e001", "e002"]


def test_a_file_truncated_in_place_is_read_from_its_start(station: Station) -> None:
    path = drop(station, "app.log", some(5))
    pipeline.ingest(station, NOW)
    with path.open("r+") as stream:
        stream.truncate()
        stream.write(as_lines(some(6, 5)))
    pipeline.ingest(station, NOW)
    assert ids(station) == [f"e{i:03d}" for i in range(11)]


@pytest.mark.parametrize("name", ["app.log.old", "before.txt", "app.log.1"])
@pytest.mark.parametrize("at_once", [True, False])
def test_a_file_copied_and_truncated_is_read_to_its_end(station: Station, name: str, at_once: bool) -> None:
    path = drop(station, "app.log", some(30))
    pipeline.ingest(station, NOW)
    with path.open("a") as stream:
        stream.write(as_lines(some(2, 30)))
    drop(station, "other.txt", some(1, 80))
    copy = path.with_name(name)
    copy.write_bytes(path.read_bytes())
    with path.open("r+") as stream:
        stream.truncate()
        if not at_once:
            pipeline.ingest(station, NOW)
        stream.write(as_lines(some(1, 32)))
    for _ in range(2):
        pipeline.ingest(station, NOW)
    assert ids(station) == [f"e{i:03d}" for i in range(33)], "and nothing of what was never a log"
    if copy.suffix != ".1":
        with station.state.read() as connection:
            assert connection.scalar(sa.select(tallies.c.received)) == 33, "nothing twice"
            left = station.sources[0].left_out(inbox.cursors_of(connection, "admin"))
        assert left == ["other.txt"]


def test_csv_grows_and_quoted_line_ends_stay_whole(station: Station) -> None:
    path = station.folder / "inbox" / "app.csv"
    path.write_text('id,time,actor,action,target\na,2017-11-02T10:00:00Z,acct.p000,file.delete,"one\ntwo"\n')
    pipeline.ingest(station, NOW)
    with path.open("a") as stream:
        stream.write('b,2017-11-02T10:01:00Z,acct.p000,file.delete,"three\n')
        stream.flush()
        pipeline.ingest(station, NOW)
        stream.write('four"\n')
    pipeline.ingest(station, NOW)
    with station.state.read() as connection:
        assert segments.hot_table(connection).sort_by("id")["target"].to_pylist() == ["one\ntwo", "three\nfour"]


def test_accepted_and_set_aside_add_up_and_rejects_name_their_line(station: Station) -> None:
    path = drop(station, "app.jsonl", some(2))
    pipeline.ingest(station, NOW)
    with path.open("a") as stream:
        stream.write('not json\n{"time": "yesterday", "actor": "a", "action": "b"}\n' + as_lines(some(1, 2)))
    pipeline.ingest(station, NOW)
    with station.state.read() as connection:
        told = [(row.line, row.why) for row in connection.execute(sa.select(rejects).order_by(rejects.c.line))]
        tally = connection.execute(sa.select(tallies)).one()
    assert [line for line, _ in told] == [3, 4]
    assert (tally.received, tally.accepted, tally.set_aside) == (5, 3, 2)


def test_hostile_text_is_stored_on_both_databases(station: Station) -> None:
    drop(station, "app.jsonl", [incident() | {"target": "a\x00b\x1b[31m", "note": "x\x00y"}])
    assert pipeline.ingest(station, NOW).fresh == 1


def test_attributes_of_any_name_are_kept_out_of_the_way(station: Station) -> None:
    odd = {
        "n": 1,
        "t": 2,
        "file": "x",
        "why": "y",
        "seen_at": 3,
        "feed": "z",
        "Actor": "b",
        "line": 4,
        "digest": 5,
        "x": 6,
        'a"b': 7,
    }
    drop(station, "app.jsonl", [incident() | odd, incident(NOW) | {"id": "second", "IP": "1", "Ip": "2"}])
    assert pipeline.ingest(station, NOW).fresh == 2
    upkeep.tend(station, NOW + timedelta(days=9))
    with pipeline.open_engine(station.settings) as db, station.state.read() as connection:
        pipeline.recall(connection, db, station.data)
        assert db.execute("SELECT count(*) FROM event WHERE why IS NULL").fetchall() == [(2,)]


def test_a_table_is_read_on_by_its_cursor_with_ties_and_late_rows(station: Station, tmp_path: Path) -> None:
    from monitor.operation import SqlTable
    from monitor.sources.table import TableSource

    engine = sa.create_engine(f"sqlite:///{tmp_path / 'crm.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE log (n INTEGER, at TEXT, who TEXT, what TEXT, id TEXT)"))

    def add(*numbers: int) -> None:
        with engine.begin() as connection:
            for n in numbers:
                extra = connection.execute(sa.text("SELECT count(*) FROM log")).scalar()
                row = {"n": n, "id": f"r{extra}"}
                connection.execute(
                    sa.text("INSERT INTO log VALUES (:n, '2017-11-02T10:00:00Z', 'acct.p000', 'file.delete', :id)"), row
                )

    columns = {"time": "at", "actor": "who", "action": "what"}
    rule = SqlTable("crm", "unused", "log", "n", columns=columns, overlap=10, batch=3)
    source = TableSource(rule, f"sqlite:///{tmp_path / 'crm.db'}", engine)
    station.sources[:] = [source]
    add(1, 2, 2, 2, 2, 3)
    assert pipeline.ingest(station, NOW).fresh == 6
    add(4)
    assert pipeline.ingest(station, NOW).fresh == 1
    add(3)
    assert pipeline.ingest(station, NOW + timedelta(seconds=61)).fresh == 1
    assert len(ids(station)) == 8
    engine.dispose()


def test_sealing_compacting_and_retention_keep_every_event_once(station: Station) -> None:
    days = [datetime(2017, 9, 1, tzinfo=UTC) + timedelta(days=i) for i in range(60)]
    for start in range(0, 60, 10):
        drop(station, f"{start}.jsonl", [incident(day) | {"id": f"d{day:%m%d}"} for day in days[start : start + 10]])
        pipeline.ingest(station, NOW)
        upkeep.tend(station, NOW)
    drop(station, "repeat.jsonl", [incident(day) | {"id": f"d{day:%m%d}"} for day in days])
    pipeline.ingest(station, NOW)
    tended = upkeep.tend(station, NOW)
    assert tended.faults == []
    with pipeline.open_engine(station.settings) as db, station.state.read() as connection:
        pipeline.recall(connection, db, station.data)
        assert db.execute("SELECT count(*), count(DISTINCT id) FROM event").fetchall() == [(60, 60)]
        assert connection.execute(sa.select(sa.func.count()).select_from(events)).scalar() == 0
        assert len(segments.listed(connection)) <= 2 * segments.MOST_FILES_A_MONTH
    upkeep.tend(station, NOW + timedelta(hours=2))
    files = {p.name for p in segments.folder_of(station.data).iterdir()}
    with station.state.read() as connection:
        assert files == {row.name for row in segments.listed(connection)}
    store = replace_store(station, keep_days=20)
    store.close()


def replace_store(station: Station, keep_days: int) -> Station:
    import msgspec

    settings = msgspec.structs.replace(
        station.settings, store=msgspec.structs.replace(station.settings.store, keep_days=keep_days)
    )
    shorter = replace(station, settings=settings)
    upkeep.tend(shorter, NOW)
    with station.state.read() as connection:
        assert (
            min(row.last_t for row in segments.listed(connection))
            >= (NOW - timedelta(days=keep_days)).timestamp() * 1e6
        )
    return shorter


def test_events_too_old_to_be_kept_are_told_before_they_go(tmp_path: Path) -> None:
    from tests.daemon.test_rosters import MAIL

    station = open_station(lay_out(tmp_path / "work", MAIL + "[store]\nkeep_days = 30\n"))
    station.lease.renew(0.0)
    old = [incident(NOW - timedelta(days=days)) for days in (29, 31, 90)]
    for _ in range(2):
        drop(station, "a.jsonl", old)
        pipeline.ingest(station, NOW)
    (row,) = posted(station)
    assert "2 events of admin are older than store.keep_days = 30 days" in row["body"]["text"]
    upkeep.tend(station, NOW)
    told = {c.topic: c.text for c in examine(station, NOW)}
    assert "2 came older than store.keep_days and are not kept" in told["source admin"]
    drop(station, "b.jsonl", [incident(NOW - timedelta(days=91))])
    pipeline.ingest(station, NOW + timedelta(hours=1))
    assert len(posted(station)) == 2
    station.close()


def test_a_history_file_that_was_changed_or_lost_is_told(station: Station) -> None:
    drop(station, "a.jsonl", [incident(NOW - timedelta(days=9)), incident(NOW - timedelta(days=50))])
    pipeline.ingest(station, NOW)
    upkeep.tend(station, NOW)
    first, second = sorted(segments.folder_of(station.data).iterdir())
    first.write_bytes(first.read_bytes()[:-1] + b"x")
    second.unlink()
    told = segments.faults(station.state, station.data)
    assert len(told) == 2
    assert "changed" in told[0]
    assert "missing" in told[1]


def test_a_lost_history_file_is_told_and_the_rest_is_judged(station: Station) -> None:
    (station.folder / "rosters" / "people.csv").write_text(roster())
    drop(station, "admin.jsonl", [*usual(), incident()])
    upkeep.sync_rosters(station, NOW)
    pipeline.ingest(station, NOW)
    upkeep.tend(station, NOW)
    sorted(segments.folder_of(station.data).iterdir())[0].unlink()
    assert pipeline.assess(station, NOW) == 1
    assert sorted(row["kind"] for row in posted(station)) == ["opened", "operator"], "of one moment, in any order"


def test_a_file_that_cannot_be_read_does_not_hide_the_others(station: Station) -> None:
    drop(station, "z.jsonl", some(1))
    (station.folder / "inbox" / "a.jsonl").symlink_to("/proc/self/mem")
    assert pipeline.ingest(station, NOW).fresh == 1
    assert "admin" in station.problems


def test_a_disk_that_is_full_while_sealing_loses_nothing(station: Station) -> None:
    drop(
        station,
        "a.jsonl",
        [incident(NOW - timedelta(days=9)) | {"id": f"e{i}", "note": os.urandom(99).hex()} for i in range(900)],
    )
    pipeline.ingest(station, NOW)
    most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, most[1]))
    try:
        with pytest.raises((OSError, sa.exc.SQLAlchemyError)):
            upkeep.tend(station, NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, most)
    assert upkeep.tend(station, NOW).sealed == 900
    assert segments.faults(station.state, station.data) == []
    with pipeline.open_engine(station.settings) as db, station.state.read() as connection:
        pipeline.recall(connection, db, station.data)
        assert db.execute("SELECT count(*), count(DISTINCT id) FROM event").fetchall() == [(900, 900)]


@pytest.mark.parametrize("name", ["admin", "crm"])
def test_a_route_goes_by_the_log(tmp_path: Path, name: str) -> None:
    """By the name that [[sources]] gives it, also where the events name none."""
    from tests.daemon.test_rosters import MAIL

    both = MAIL + MAIL.replace('"mail"', '"other"') + f'[[routes]]\nchannels = ["other"]\nsources = ["{name}"]\n'
    station = open_station(lay_out(tmp_path / "work", both + '[[routes]]\nchannels = ["mail"]\n'))
    station.lease.renew(0.0)
    (station.folder / "rosters" / "people.csv").write_text(roster())
    lines = [{key: value for key, value in event.items() if key != "source"} for event in [*usual(), incident()]]
    drop(station, "admin.jsonl", lines)
    upkeep.sync_rosters(station, NOW)
    pipeline.ingest(station, NOW)
    pipeline.assess(station, NOW)
    assert [row["channel"] for row in posted(station)] == ["other" if name == "admin" else "mail"]
    station.close()


def test_a_crash_while_sealing_is_mended_by_the_next_run(station: Station) -> None:
    drop(station, "a.jsonl", [incident(NOW - timedelta(days=9))])
    pipeline.ingest(station, NOW)
    with station.state.write() as connection:
        connection.execute(sa.update(events).values(segment="2017-10-0001.parquet"))
    assert upkeep.tend(station, NOW).sealed == 1
    assert ids(station) == []


def test_shuffles_with_repeats_and_late_events_give_the_same_findings(tmp_path: Path) -> None:
    told = [*usual(people=40, days=60), incident(), incident(NOW - timedelta(hours=1), magnitude=9_000_000)]
    first = None
    for seed in range(int(os.environ.get("LASTDAY_SHUFFLES", "3"))):
        draw = random.Random(seed)
        late = [(datetime.fromisoformat(e["time"]) + timedelta(hours=draw.choice((0, 0, 1, 72, 90))), e) for e in told]
        late += [(when + timedelta(hours=draw.randrange(100)), e) for when, e in draw.sample(late, len(late) // 10)]
        late.sort(key=lambda pair: (pair[0], draw.random()))
        station = open_station(lay_out(tmp_path / str(seed), **{KEY_NAME: "k" * 64}))  # ids of cases rest on the key
        station.lease.renew(0.0)
        station.keeps = seed % 2 == 1
        (station.folder / "rosters" / "people.csv").write_text(roster(40))
        upkeep.sync_rosters(station, NOW)
        ends = [len(late) // 2, len(late) - 400, len(late)]
        for start, end in zip([0, *ends], ends, strict=False):
            drop(station, f"{start}.jsonl", [e for _, e in late[start:end]])
            pipeline.ingest(station, late[end - 1][0])
            pipeline.assess(station, late[end - 1][0])
            upkeep.tend(station, late[end - 1][0])
        pipeline.assess(station, NOW + timedelta(days=5), anyway=True)
        with station.state.read() as connection:
            table = [(c.case_id, c.person_id, c.last_day, c.severity) for c in cases.all_cases(connection)]
        seen = (judged(station), table)
        station.close()
        first = first or seen
        assert first[0]
        assert seen == first, f"seed {seed}"


def test_who_is_watched_is_asked_when_no_roster_can_change_before_the_commit(tmp_path: Path) -> None:
    import sqlite3

    from monitor.sources.push import read_push
    from monitor.store.state import open_state

    path = tmp_path / "state.db"
    state = open_state(str(path))
    asked = []

    def watched() -> set[str]:
        with sqlite3.connect(path, timeout=0, isolation_level=None) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                asked.append(str(error))
        other.close()
        return set()

    inbox.take(state, read_push(as_lines([incident()]).encode()), watched, NOW, keep_days=400)
    assert asked == ["database is locked"]
    state.close()
