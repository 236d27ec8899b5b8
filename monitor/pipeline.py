"""The straight line: events and rosters in, findings out. `scan` walks it over files, with nothing stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from monitor.assess import Assessment, Step, assess
from monitor.findings import findings
from monitor.model import Finding, Reject
from monitor.settings import Settings
from monitor.sources.files import Intake, find_files, load
from monitor.sources.incoming import Progress
from monitor.sources.rosters import Roster, read_roster
from monitor.store.history import History


@dataclass(slots=True)
class Scan:
    """What a scan found, and what it could not read or match."""

    found: list[Finding]
    assessed: Assessment
    history: History
    intake: Intake
    roster: Roster
    files: list[Path]
    rejects: list[Reject]
    unmatched: list[tuple[str | None, int, int, str]]


def scan(
    rosters: Sequence[Path], events: Sequence[str], settings: Settings, *, as_of: datetime | None = None, seed: int = 0,
    step: Step = lambda name: None, progress: Progress | None = None, clock: Callable[[], None] = lambda: None,
) -> Scan:  # fmt: skip
    """Read the files and judge. Raises BadInput where a file cannot be used at all."""
    roster = read_rosters(rosters)
    files = find_files(list(events))
    db = open_engine(settings)
    step("reading events")
    intake = load(db, files, progress=progress)
    history = History(db)
    until = None if as_of is None else int(as_of.timestamp() * 1_000_000)
    assessed = assess(history, roster.people.values(), roster.departures, settings, intake.attributes, seed=seed, until=until, step=step)
    step("writing findings")
    found = findings(history, assessed)
    rejects = [Reject(str(files[i]), line, why) for i, line, why in history.rows("SELECT file, line, why FROM reject ORDER BY file, line LIMIT 1000")]
    return Scan(found, assessed, history, intake, roster, files, [*roster.rejects, *rejects], history.unmatched())


def read_rosters(paths: Sequence[Path]) -> Roster:
    """Several rosters as one; where two know a person, the first named has the say."""
    rosters = [read_roster(path) for path in paths]
    merged = Roster()
    for roster in rosters:
        for person_id, person in roster.people.items():
            merged.people.setdefault(person_id, person)
        known = {departure.person_id for departure in merged.departures}
        merged.departures += [d for d in roster.departures if d.person_id not in known]
        merged.rejects += roster.rejects
        merged.received += roster.received
    return merged


def open_engine(settings: Settings) -> duckdb.DuckDBPyConnection:
    """DuckDB in memory, within the memory that the settings allow."""
    db = duckdb.connect()
    db.execute(f"SET memory_limit = '{settings.engine.memory}'")
    if settings.engine.threads:
        db.execute(f"SET threads = {settings.engine.threads}")
    db.execute("SET preserve_insertion_order = false")
    db.execute("SET enable_progress_bar = false")  # it would write to stdout, among the findings
    return db
