"""The working folder that commands are timed on: ten million events, five thousand people, eight months up to now.

History is written straight into sealed files with their manifest, sorted as the daemon seals them.
"""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
from sqlalchemy import insert

from monitor.core.clocks import micros
from monitor.core.fold import case_id_of
from monitor.model import Case, Departure, Finding, Person, Reason
from monitor.sql import literal
from monitor.station import Station, open_station
from monitor.store import cases, rosters, segments
from monitor.store.schema import events as hot_events
from monitor.store.schema import segments as manifest
from tests.benchmarks.large_log import SORTS

EVENTS, PEOPLE, DAYS = 10_000_000, 5_000, 240
HOT_ROWS = 60_000
LEAVERS, FINDINGS_EACH = 160, 4
TEAMS = 60
PEOPLE_SOON = 27
"""Number of somebody whose last day is two days off."""
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata")


def make(folder: Path, now: datetime, events: int = EVENTS, people: int = PEOPLE) -> None:
    """Set the folder up. events, people: how many; now: when the last event happened."""
    for name in ("rosters", "inbox", "secrets"):
        (folder / name).mkdir(parents=True)
    (folder / "lastday.toml").write_text(
        '[http]\nlisten = ""\n[[rosters]]\nname = "hr"\npath = "rosters/*.csv"\n'
        '[[sources]]\nname = "logs"\nkind = "folder"\npath = "inbox"\n'
    )
    station = open_station(folder)
    try:
        told = _roster(now.date(), people)
        with station.state.write() as connection:
            rosters.apply(connection, "hr", told, now - timedelta(days=DAYS))
        _write_history(station, now, events, people)
        _write_cases(station, told, now)
    finally:
        station.close()


def person_of(i: int) -> str:
    """The id of the person with this number; those below LEAVERS leave."""
    return f"P{i:05}"


def _roster(today: date, people: int) -> rosters.Told:
    everybody, leaving = {}, {}
    for i in range(people):
        person_id, team = person_of(i), i % TEAMS
        everybody[person_id] = Person(
            person_id, f"Given{i} Family{i}", f"given{i}.family{i}@corp.example", (f"user{i:05}", f"adm-{i:05}"),
            f"Team {team}", "Agent" if i % 3 else "Senior Agent", None, "employee", ZONES[team % len(ZONES)],
            today - timedelta(days=900),
        )  # fmt: skip
        if i < LEAVERS:
            last = today + timedelta(days=i % 50 - 25)
            leaving[person_id] = [Departure(person_id, last, last - timedelta(days=35), "resignation", "confirmed")]
    return rosters.Told(everybody, leaving)


def _write_history(station: Station, now: datetime, events: int, people: int) -> None:
    """Sealed files, one a month, and the hot rows of the last two days."""
    first = micros(now - timedelta(days=DAYS))
    folder = segments.folder_of(station.data)
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as db:
        db.execute("SET memory_limit = '2GB'; SET enable_progress_bar = false")
        db.execute(_drawn(first, micros(now), events, people))
        months = db.execute("SELECT DISTINCT month FROM drawn ORDER BY month").fetchall()
        edge = micros(now - timedelta(days=2))
        for (month,) in months:
            rows = f"SELECT * EXCLUDE (month) FROM drawn WHERE month = {literal(month)} AND t < {edge}"
            table = db.sql(f"{rows} ORDER BY t, id").to_arrow_table().cast(segments.SCHEMA)
            if table.num_rows:
                about = segments.write_segment(folder / f"{month}-0001.parquet", table)
                with station.state.write() as connection:
                    connection.execute(
                        insert(manifest).values(name=f"{month}-0001.parquet", month=month, sealed_at=now, **about)
                    )
        hot = db.sql(f"SELECT * EXCLUDE (month) FROM drawn WHERE t >= {edge} ORDER BY t LIMIT {HOT_ROWS}")
        rows = [
            {**row, "seen_at": now, "digest": hashlib.md5(row["id"].encode()).hexdigest()}
            for row in hot.to_arrow_table().to_pylist()
        ]
    with station.state.write() as connection:
        if rows:
            connection.execute(insert(hot_events), rows)


def _drawn(first: int, last: int, events: int, people: int) -> str:
    """SQL for the table `drawn`: people at work on weekdays, busy ones more than others, with a habit a team."""
    bounds, low = [], 0.0
    for sort in SORTS:
        low += sort.share
        bounds.append((low, sort))
    pick = " ".join(f"WHEN a < {high:.4f} THEN {n}" for n, (high, _) in enumerate(bounds))
    column = {
        name: "CASE s " + " ".join(f"WHEN {n} THEN {told(sort)}" for n, sort in enumerate(SORTS)) + " END"
        for name, told in {
            "action": lambda s: literal(s.action),
            "source": lambda s: literal(s.source),
            "target": lambda s: (
                f"replace({literal(s.target)}, '{{}}', (v * {s.targets})::BIGINT::VARCHAR)" if s.target else "NULL"
            ),
            "magnitude": lambda s: f"(1 + {s.median} * exp(z))::BIGINT::DOUBLE" if s.median else "NULL",
        }.items()
    }
    return f"""CREATE TABLE drawn AS
        SELECT 'e' || i AS id, t, 'user' || lpad(p::VARCHAR, 5, '0') AS actor, {column["action"]} AS action,
          {column["target"]} AS target, NULL::VARCHAR AS target_type, 'success' AS outcome,
          {column["source"]} AS source, '10.20.' || (p % 250) || '.7' AS ip,
          's' || (t // 86400000000 * 10000 + p) AS session, NULL::VARCHAR AS reason, {column["magnitude"]} AS magnitude,
          NULL::VARCHAR AS attributes, unhex(sha256('e' || i)) AS line_sha256, t + 1000000 AS seen_at, 'logs' AS feed,
          strftime(make_timestamp(t::BIGINT), '%Y-%m') AS month
        FROM (SELECT *, CASE {pick} ELSE {len(SORTS) - 1} END AS s FROM (
          SELECT i, p, v, z, (a + p % {TEAMS} / {TEAMS}.0 / 3) % 1 AS a,
            (day * 86400000000 + clock * 3600e6)::BIGINT AS t
          FROM (SELECT i, (pow((hash(i) % 1000003) / 1000003.0, 1.3) * {people})::BIGINT % {people} AS p,
            pow((hash(i + 1e9::BIGINT) % 1000003) / 1000003.0, 2) AS v,
            (hash(i + 2e9::BIGINT) % 1000003) / 1000003.0 AS a,
            ((hash(i + 3e9::BIGINT) % 1009) + (hash(i + 4e9::BIGINT) % 1013) + (hash(i + 5e9::BIGINT) % 1019)) / 1000.0
              - 1.5 AS z,
            ({first} // 86400000000 + (hash(i + 6e9::BIGINT) % {DAYS + 1})::BIGINT) AS day0,
            greatest(0.0, least(23.99, 12.5 + 3 * (((hash(i + 7e9::BIGINT) % 1009) + (hash(i + 8e9::BIGINT) % 1013))
              / 1000.0 - 1))) AS clock,
            day0 - greatest(0, (day0 + 3) % 7 - 4) AS day
            FROM range({events}) AS numbers(i)))) WHERE t <= {last}"""


def _write_cases(station: Station, told: rosters.Told, now: datetime) -> None:
    """Findings of every leaver, and a case of each."""
    draw = random.Random(1)
    found = []
    with station.state.write() as connection:
        key = station.key(connection)
    for person_id, theirs in told.departures.items():
        case_id = case_id_of(key, person_id, theirs[0].last_day)
        found += [(case_id, _finding(person_id, theirs[0].last_day, n, now, draw)) for n in range(FINDINGS_EACH)]
    with station.state.write() as connection:
        cases.save_findings(connection, found, now, {}, measured=True)
        for case_id, finding in found[::FINDINGS_EACH]:
            case = Case(case_id, finding.person_id, finding.last_day, "open", finding.severity, now)
            cases.save_case(connection, case)


def _finding(person_id: str, last_day: date, n: int, now: datetime, draw: random.Random) -> Finding:
    when = now - timedelta(days=n + draw.random())
    reasons = tuple(
        Reason(kind, round(9.0 / k, 2), f"{kind} beyond all before", "44,000,000", "usually 150", "usually 170")
        for k, kind in enumerate(("magnitude", "rarity", "rhythm", "novelty"), 1)
    )
    text = f"{person_id} {last_day} {n}"
    return Finding(
        "f" + hashlib.blake2b(text.encode(), digest_size=8).hexdigest(), person_id, last_day, 12.5,
        when.astimezone(UTC),
        "account.deactivate", f"acct:{draw.randrange(400_000)}", 44_000_000.0, (f"e{draw.randrange(10**6)}",),
        draw.uniform(2, 14), draw.choice(("low", "medium", "high", "critical")), draw.randrange(1, 2000), 6.0,
        "reactivate it", reasons,
    )  # fmt: skip
