"""Generated organisations: the same for the same seed, well formed, and without marks on what is planted."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from monitor.model import BadInput
from monitor.sources.files import load
from monitor.sources.rosters import read_roster
from monitor.world import SHAPES, World, generate, made_recent, write
from monitor.world.write import FORMS

SMALL = {"people": 120, "days": 90}
FULL_MIX = {"people": 160, "days": 100, "incidents": 24, "leavers": 60}


@pytest.fixture(scope="module", params=SHAPES)
def world(request: pytest.FixtureRequest) -> World:
    return generate(request.param, 11, **FULL_MIX)


def _bytes(world: World, folder: Path, form: str = "jsonl") -> list[bytes]:
    return [path.read_bytes() for path in write(world, folder, form)]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_seed_gives_the_same_bytes(tmp_path: Path, form: str) -> None:
    first, second = (_bytes(generate(seed=5, **SMALL), tmp_path / str(i), form) for i in range(2))
    assert first == second


def test_a_recent_world_is_the_same_weeks_later(world: World) -> None:
    now = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    moved = made_recent(world, now)
    then, later = ([datetime.fromisoformat(text) for text in one.events["time"].to_pylist()] for one in (world, moved))
    (by,) = {b - a for a, b in zip(then, later, strict=True)}
    assert by % timedelta(weeks=1) == timedelta(0)
    assert timedelta(0) < now - max(later) <= timedelta(days=8)
    assert moved.events.drop_columns("time") == world.events.drop_columns("time")
    for before, after in zip(world.roster, moved.roster, strict=True):
        dated = [key for key in ("start_date", "notice_date", "last_day") if before[key]]
        assert {key: after[key] for key in dated} == {
            key: (date.fromisoformat(before[key]) + by).isoformat() for key in dated
        }
        assert {key: after[key] for key in before if key not in dated} == {
            key: before[key] for key in before if key not in dated
        }


def test_another_seed_gives_another_world() -> None:
    one, two = generate(seed=5, **SMALL), generate(seed=6, **SMALL)
    assert {row["person_id"] for row in one.roster} != {row["person_id"] for row in two.roster}
    assert one.events != two.events


@pytest.mark.parametrize("form", FORMS)
def test_the_readers_accept_every_line(tmp_path: Path, form: str) -> None:
    world = generate(seed=8, **SMALL)
    hr, events, _ = write(world, tmp_path, form)
    roster = read_roster(hr)
    assert roster.rejects == []
    assert len(roster.people) == len(world.roster)
    intake = load(duckdb.connect(), [events])
    assert (intake.received, intake.set_aside, intake.repeated) == (world.events.num_rows, 0, 0)


def test_the_readers_accept_every_shape(tmp_path: Path, world: World) -> None:
    hr, events, truth = write(world, tmp_path)
    assert read_roster(hr).rejects == []
    intake = load(duckdb.connect(), [events])
    assert (intake.received, intake.set_aside, intake.repeated) == (world.events.num_rows, 0, 0)
    told = json.loads(truth.read_text("utf-8"))
    assert (told["shape"], told["seed"]) == (world.shape, 11)
    assert (len(told["incidents"]), len(told["endings"])) == (24, 36)


def test_an_incidents_events_are_the_persons_and_in_the_window(world: World) -> None:
    ids = {event_id: incident for incident in world.incidents for event_id in incident.event_ids}
    roster = {row["person_id"]: row for row in world.roster}
    told = world.events.filter(pc.is_in(world.events["id"], value_set=pa.array(sorted(ids))))
    assert told.num_rows == len(ids)
    for event in told.select(["id", "time", "actor"]).to_pylist():
        row = roster[ids[event["id"]].person_id]
        names = {row["person_id"], row["email"], *row["accounts"].split("|")}
        assert event["actor"].lower() in {name.lower() for name in names}
        last = date.fromisoformat(row["last_day"])
        first = min(last - timedelta(days=30), date.fromisoformat(row["notice_date"] or "9999-12-31"))
        day = datetime.fromisoformat(event["time"]).astimezone(UTC).date()
        assert first - timedelta(days=1) <= day <= last + timedelta(days=31)
    assert all(incident.event_ids for incident in world.incidents)


def test_leavers_are_told_apart_by_nothing_on_the_roster(world: World) -> None:
    leaving = {one.person_id for one in (*world.incidents, *world.endings)}
    assert len(leaving) == 60
    with_incident = {one.person_id for one in world.incidents}
    rows = [row for row in world.roster if row["person_id"] in leaving]
    for column in ("departure_kind", "status", "employment_type"):
        harmless = {row[column] for row in rows if row["person_id"] not in with_incident}
        assert {row[column] for row in rows if row["person_id"] in with_incident} <= harmless


def test_nobody_acts_after_the_last_day_but_in_an_incident(world: World) -> None:
    ends = [
        {"name": name.lower(), "end": row["last_day"]}
        for row in world.roster
        if row["last_day"] and row["status"] != "withdrawn"
        for name in {row["person_id"], row["email"], *row["accounts"].split("|")}
    ]
    db = duckdb.connect()
    db.register("event", world.events)
    db.register("ends", pa.Table.from_pylist(ends))
    # The local day may end up to a day after the one in UTC.
    after = db.execute("""SELECT id FROM event JOIN ends ON lower(actor) = name
        WHERE time[:10]::DATE > "end"::DATE + 1""").fetchall()
    assert {event_id for (event_id,) in after} <= {i for incident in world.incidents for i in incident.event_ids}


def test_no_trait_marks_what_is_planted(world: World) -> None:
    """The planted lines carry the keys of their action, the digits of their source, the forms of their targets."""
    planted = pa.table({"id": [event_id for incident in world.incidents for event_id in incident.event_ids]})
    db = duckdb.connect()
    db.register("planted", planted)
    db.register("table", world.events)
    kind = "target_type" if "target_type" in world.events.column_names else "action"
    db.execute(f"""CREATE TABLE event AS SELECT *, coalesce({kind}, action) AS kind, length(time) AS digits,
      regexp_replace(regexp_replace(target, '[0-9]+', '0', 'g'), '[a-zA-Z0]+', 'a', 'g') AS form FROM "table" """)
    keys = [name for name in world.events.column_names if name != "reason"]
    traits = [("action", f'"{name}" IS NULL') for name in keys] + [("source", "digits"), ("kind", "form")]
    for of, trait in traits:
        looks = f"SELECT DISTINCT {of}, {trait} FROM event {{}} JOIN planted USING (id)"
        assert db.execute(f"{looks.format('SEMI')} EXCEPT {looks.format('ANTI')}").fetchall() == []


def test_the_demo_world_is_as_large_as_it_is_told_to_be() -> None:
    world = generate()
    assert len(world.roster) == 300
    assert 200_000 < world.events.num_rows < 320_000
    assert (len(world.incidents), len(world.endings)) == (13, 37)
    assert [one.kind for one in world.incidents].count("wrong_target") == 1


def test_too_small_a_world_is_refused() -> None:
    with pytest.raises(BadInput, match="too few"):
        generate(people=10)
    with pytest.raises(BadInput, match="no such shape"):
        generate("circus")
