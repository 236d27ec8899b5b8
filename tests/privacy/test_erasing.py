"""Erasing, legal holds, retention: what is gone is gone from every byte, and the chain still holds."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from monitor import erasing, pipeline, upkeep
from monitor.api import Api
from monitor.daemon import make_daemon
from monitor.looking import Look, open_look
from monitor.model import BadInput
from monitor.station import Station, open_station
from monitor.store import audit, holds, inbox, segments
from monitor.store.schema import cases, erased_names, events, findings, outbox, people, rejects, tallies
from tests.core.made import finding
from tests.daemon.clockwork import SetClock, judge
from tests.daemon.conftest import postgres, store_config  # noqa: F401
from tests.daemon.test_telling import MAIL
from tests.office import as_lines, incident, lay_out, roster, usual
from tests.privacy.test_looking import NOW, viewers

MARKS = ("zzcanary", "Zyx Canaryname", "zyx.canary", "zc77777")
HEADER = "person_id,name,email,accounts,department,title,manager,timezone,notice_date,last_day,departure_kind,status"
ROW = "zc77777,Zyx Canaryname,zyx.canary@corp.example,zzcanary,Trust and Safety,agent,,UTC,,2017-11-02,,confirmed"


def people_csv() -> str:
    first, *rest = roster(20, {}).splitlines()
    assert first == HEADER.replace("manager,", "")
    rows = [line.split(",") for line in rest]
    return "\n".join([HEADER, ROW, *(",".join([*r[:6], "zyx.canary@corp.example", *r[6:]]) for r in rows)]) + "\n"


def canary_office(folder: Path, config: str = "") -> Station:
    """A folder in which the canary acted, was acted upon, judged, told of and exported."""
    station = open_station(lay_out(folder, config + MAIL))
    station.lease.renew(0.0)
    (station.folder / "rosters" / "people.csv").write_text(people_csv())
    events = usual(20, 40, until=NOW) + [
        incident(NOW - timedelta(days=n), "p000") | {"id": f"i{n}", "actor": "ZzCanary"} for n in range(0, 40, 3)
    ]
    events.append(incident(NOW - timedelta(days=20), "p003") | {"id": "x", "target": "/home/zzcanary/a", "reason": "b"})
    events.append(
        incident(NOW - timedelta(days=21), "p003") | {"id": "q", "target": "ZC77777", "reason": "of zc 77777"}
    )
    (station.folder / "inbox" / "a.jsonl").write_text(as_lines(events) + "zzcanary is no json\n")
    daemon = make_daemon(station, SetClock(NOW))
    for name in ("rosters", "ingest"):
        daemon.leader_jobs()[name]()
    segments.seal(station.state, station.data, NOW, 2)
    found = [finding(person="zc77777", target="@x"), finding(person="p003", target="/home/zzcanary/a")]
    judge(station, found, NOW)
    (station.folder / "exports").mkdir()
    (station.folder / "exports" / "one.html").write_text("about Zyx Canaryname")
    (station.folder / "exports" / "two.html").write_text("about somebody else")
    return station


def names_left(station: Station) -> list[str]:
    """Where a mark still stands, in any byte under data and exports."""
    found = []
    for path in sorted([*station.data.rglob("*"), *(station.folder / "exports").rglob("*")]):
        if path.is_file():
            data = path.read_bytes().lower()
            found += [f"{path.name}: {mark}" for mark in MARKS if mark.lower().encode() in data]
    with station.state.read() as connection:
        for table in sa.inspect(connection).get_table_names():
            for row in connection.execute(sa.text(f"SELECT * FROM {table}")):
                found += [f"{table}: {mark}" for mark in MARKS if mark.lower() in str(tuple(row)).lower()]
    db = duckdb.connect()
    for path in (station.data / "history").glob("*.parquet"):
        text = str(db.sql(f"SELECT * FROM '{path}'").fetchall()).lower()
        found += [f"{path.name}: {mark}" for mark in MARKS if mark.lower() in text]
    db.close()
    return found


def look_at(station: Station, **more: str) -> Look:
    with open_look(station, NOW, reason="asked for", **more) as look:
        return look


def test_an_erased_person_is_gone_from_every_byte_and_the_chain_holds(tmp_path: Path, store_config: str) -> None:  # noqa: F811
    station = canary_office(tmp_path / "work", store_config)
    places = {place.split(":")[0] for place in names_left(station)}
    assert places >= {"people", "accounts", "departures", "findings", "cases", "outbox", "one.html"}
    assert any(name.endswith(".parquet") for name in places), "the history held them before"
    look = look_at(station)
    look.find("zzcanary")
    pseudonym = look.label("zc77777")
    with station.state.read() as connection:
        before = connection.execute(sa.select(sa.func.sum(segments.segments.c.rows))).scalar_one()
    done = erasing.erase(look, "zzcanary")
    assert (done.who, done.exports, done.left) == (pseudonym, ["one.html"], [])
    assert names_left(station) == []
    with station.state.read() as connection:
        assert not audit.faults(connection, station.key(connection))
        rows = audit.entries(connection, pseudonym)
        assert [row.what for row in rows] == ["look", "erase"]
        assert connection.execute(sa.select(sa.func.count()).select_from(people)).scalar_one() == 20
        after = connection.execute(sa.select(sa.func.sum(segments.segments.c.rows))).scalar_one()
    assert before - after == len(range(3, 40, 3)), "others' events are still there"
    assert not segments.faults(station.state, station.data)
    station.close()


def test_whose_account_somebody_used_is_erased_with_its_owner(tmp_path: Path) -> None:
    """In a text "77" could be any figure; as an account it is a person_id."""
    station = canary_office(tmp_path / "work")
    path = station.folder / "rosters" / "people.csv"
    path.write_text(path.read_text() + ROW.replace("zc77777", "77").replace("canary", "other") + "\n")
    make_daemon(station, SetClock(NOW)).leader_jobs()["rosters"]()
    judge(station, [finding(person="p003", accounts=("77", "svc-backup"))], NOW)
    look = look_at(station)
    erasing.erase(look, "77")
    with station.state.read() as connection:
        bodies = [json.loads(row.body) for row in connection.execute(sa.select(findings))]
        posted = [json.loads(row.body) for row in connection.execute(sa.select(outbox))]
    accounts = [told["accounts"] for told in bodies + [f for body in posted for f in body["findings"]]]
    assert [look.label("77"), "svc-backup"] in accounts
    assert not any("77" in told for told in accounts)
    station.close()


def hashes(station: Station) -> dict[str, set[str]]:
    """Every hash that is kept of each event's line or content, in hex."""
    found: dict[str, set[str]] = {}
    with station.state.read() as connection:
        hot = connection.execute(sa.select(events.c.id, events.c.line_sha256, events.c.digest)).all()
    for id_, line, digest in hot:
        found.setdefault(id_, set()).update(told for told in (line and line.hex(), digest) if told)
    for path in (station.data / "history").glob("*.parquet"):
        for row in pq.read_table(path, columns=["id", "line_sha256"]).to_pylist():
            found.setdefault(row["id"], set()).update([row["line_sha256"].hex()] if row["line_sha256"] else [])
    return found


def test_no_hash_of_a_line_by_others_that_named_them_is_left(tmp_path: Path) -> None:
    """By the hash of a line, whoever guesses who was named in it could make sure."""
    station = canary_office(tmp_path / "work")
    late = incident(NOW - timedelta(hours=3), "p004") | {"id": "y", "target": "/home/zzcanary/b"}
    (station.folder / "inbox" / "b.jsonl").write_text(as_lines([late, late | {"id": "z", "target": "@x"}]))
    make_daemon(station, SetClock(NOW)).leader_jobs()["ingest"]()
    before = hashes(station)
    assert len(before["x"]) == 1, "sealed"
    assert len(before["y"]) == 2, "hot"
    erasing.erase(look_at(station), "zc77777")
    after = hashes(station)
    assert after["x"] == set()
    assert len(after["y"]) == 1
    assert not after["y"] & before["y"]
    others = before.keys() & after.keys() - {"x", "y", "q"}
    assert "z" in others
    assert {id_: after[id_] for id_ in others} == {id_: before[id_] for id_ in others}
    station.close()


def test_a_roster_that_still_tells_of_them_does_not_bring_them_back(tmp_path: Path) -> None:
    station = canary_office(tmp_path / "work")
    erasing.erase(look_at(station), "zc77777")
    (station.folder / "rosters" / "people.csv").write_text(people_csv().replace("Person 3", "Person Three"))
    assert upkeep.sync_rosters(station, NOW) > 0
    assert names_left(station) == [], "nor as the manager of others"
    station.close()


def test_a_log_that_is_sent_again_does_not_bring_them_back(tmp_path: Path, store_config: str) -> None:  # noqa: F811
    station = canary_office(tmp_path / "work", store_config)
    (station.folder / "rosters" / "people.csv").unlink()
    log = (station.folder / "inbox" / "a.jsonl").read_text().replace("zzcanary is no json\n", "")
    late = incident(NOW - timedelta(hours=3), "p004") | {"id": "y", "target": "for Canaryname, Zyx.doc", "reason": "b"}
    with station.state.read() as connection:
        before = connection.execute(sa.select(sa.func.count()).select_from(people)).scalar_one()
    done = erasing.erase(look_at(station), "zc77777")
    assert before
    assert names_left(station) == []
    (station.folder / "inbox" / "again.jsonl").write_text(log + as_lines([late]))
    came = pipeline.ingest(station, NOW)
    theirs = len(range(0, 40, 3))
    assert came.set_aside == theirs
    pushed = incident(NOW - timedelta(hours=2), "p004") | {"id": "w", "actor": "ZYX.canary@corp.example"}
    api = Api(station, lambda: NOW, list, {})
    answer = json.loads(api._take(as_lines([pushed, late | {"id": "v"}]).encode()).body)
    assert {name: answer[name] for name in ("received", "accepted", "fresh", "set_aside")} == {
        "received": 2, "accepted": 1, "fresh": 1, "set_aside": 1,
    }  # fmt: skip
    assert names_left(station) == []
    with station.state.read() as connection:
        whys = [row.why for row in connection.execute(sa.select(rejects))]
        told = {row.id: row.target for row in connection.execute(sa.select(events.c.id, events.c.target))}
        tally = connection.execute(sa.select(tallies).where(tallies.c.source == "admin")).one()
    assert whys.count(inbox.ERASED) == theirs + 1
    assert tally.received == tally.accepted + tally.set_aside
    assert told["y"] == told["v"] == f"for {done.who}.doc"
    station.close()


def test_an_account_that_somebody_bears_now_is_theirs(tmp_path: Path) -> None:
    station = canary_office(tmp_path / "work")
    erasing.erase(look_at(station), "zc77777")
    path = station.folder / "rosters" / "people.csv"
    path.write_text(people_csv().replace(ROW, "").replace("acct.p003", "acct.p003|zzcanary"))
    upkeep.sync_rosters(station, NOW)
    act = incident(NOW - timedelta(hours=2), "p003") | {"id": "w", "actor": "zzcanary", "target": "/home/zzcanary"}
    (station.folder / "inbox" / "b.jsonl").write_text(as_lines([act]))
    assert pipeline.ingest(station, NOW).set_aside == 0
    with station.state.read() as connection:
        assert list(connection.scalars(sa.select(events.c.target).where(events.c.id == "w"))) == ["/home/zzcanary"]
    station.close()


def test_of_who_was_erased_before_hashes_were_kept_a_roster_tells_the_names(tmp_path: Path) -> None:
    station = canary_office(tmp_path / "work")
    erasing.erase(look_at(station), "zc77777")
    with station.state.write() as connection:
        connection.execute(sa.delete(erased_names))
    (station.folder / "rosters" / "people.csv").write_text(people_csv().replace("Person 3", "Person Three"))
    upkeep.sync_rosters(station, NOW)
    act = incident(NOW - timedelta(hours=2), "p003") | {"id": "w", "actor": "zzcanary"}
    (station.folder / "inbox" / "b.jsonl").write_text(as_lines([act]))
    assert pipeline.ingest(station, NOW).set_aside == 1
    station.close()


def test_a_legal_hold_wins_over_erasing_and_retention(tmp_path: Path) -> None:
    station = canary_office(
        tmp_path / "work", "[store]\nhot_days = 1\nkeep_days = 1\n[privacy]\ncase_days = 1\nroster_days = 1\n"
    )
    with station.state.write() as connection:
        holds.add(connection, "zc77777", "court", NOW, "us")
    with pytest.raises(BadInput, match="under a legal hold"):
        erasing.erase(look_at(station), "zc77777")
    later = NOW + timedelta(days=2000)
    station.lease.renew(1.0)
    upkeep.tend(station, later)
    with station.state.read() as connection:
        assert list(connection.scalars(sa.select(cases.c.person_id))) == ["zc77777"]
        live = segments.listed(connection)
    actors = {
        actor
        for row in live
        for actor in segments.pq.read_table(station.data / "history" / row.name)["actor"].to_pylist()
    }
    assert actors == {"ZzCanary"}
    with station.state.write() as connection:
        holds.remove(connection, "zc77777")
    upkeep.tend(station, later + timedelta(days=1))
    upkeep.tend(station, later + timedelta(days=2))
    with station.state.read() as connection:
        assert not list(connection.scalars(sa.select(cases.c.person_id)))
        assert not segments.listed(connection)
    station.close()


def test_what_is_past_its_time_is_deleted_and_that_is_on_record(tmp_path: Path) -> None:
    station = canary_office(tmp_path / "work", "[privacy]\ncase_days = 600\nnotice_days = 30\nreject_days = 30\n")
    upkeep.tend(station, NOW + timedelta(days=20))
    with station.state.read() as connection:
        assert len(list(connection.scalars(sa.select(cases.c.person_id)))) == 2
        assert list(connection.scalars(sa.select(outbox.c.key)))
    with station.state.write() as connection:
        connection.execute(sa.update(outbox).values(state="sent"))
    upkeep.tend(station, NOW + timedelta(days=40))
    upkeep.tend(station, NOW + timedelta(days=640))
    with station.state.read() as connection:
        assert not list(connection.scalars(sa.select(cases.c.person_id)))
        assert not list(connection.scalars(sa.select(outbox.c.key)))
        rows = [row.detail for row in audit.entries(connection) if row.what == "retention"]
    assert rows[0] == "2 outbox, 1 rejects"
    assert "2 cases" in rows[1]
    station.close()


def test_nobody_erases_themselves(tmp_path: Path) -> None:
    station = canary_office(tmp_path / "work", viewers("privacy-officer", more='person = "zc77777"'))
    with pytest.raises(BadInput, match="nobody whom a roster knows"):
        erasing.erase(look_at(station), "zc77777")
    station.close()


def test_a_digest_loses_the_entry_of_the_erased_alone(tmp_path: Path) -> None:
    station = canary_office(tmp_path / "work")
    entries = [{"person": {"person_id": p}, "findings": [], "case_id": "c" + p} for p in ("zc77777", "p003")]
    body = json.dumps({"cases": entries, "total": 2, "why": "digest", "audit_head": "1:x"})
    with station.state.write() as connection:
        connection.execute(sa.update(outbox).where(outbox.c.person_id == "p003").values(body=body, person_id=None))
    erasing.erase(look_at(station), "zc77777")
    with station.state.read() as connection:
        (left,) = [json.loads(text) for text in connection.scalars(sa.select(outbox.c.body))]
    assert [case["case_id"] for case in left["cases"]] == ["cp003"]
    assert (left["total"], left["audit_head"]) == (1, "1:x")
    station.close()


def test_exports_that_are_compressed_go_with_whoever_they_tell_of(tmp_path: Path) -> None:
    """In Parquet no name stands in the bytes as it is; of what nobody can read it is said that it was left."""
    station = canary_office(tmp_path / "work")
    look, folder = look_at(station), station.folder / "exports"
    who = look.veil.pseudonym("zc77777")
    others = [look.veil.pseudonym(f"p{i:03}") for i in range(20)]
    for name, people_told in (("all.parquet", sorted([*others, who])), ("others.parquet", others)):
        pq.write_table(pa.table({"person": people_told * 500}), folder / name, compression="zstd")
    assert who.encode() not in (folder / "all.parquet").read_bytes()
    (folder / "cut.parquet").write_bytes((folder / "all.parquet").read_bytes()[:-9])
    done = erasing.erase(look, who)
    assert done.exports == ["all.parquet", "one.html"]
    assert done.left == ["exports/cut.parquet cannot be read: see yourself whether it tells of them"]
    assert {path.name for path in folder.iterdir()} == {"cut.parquet", "others.parquet", "two.html"}
    station.close()
