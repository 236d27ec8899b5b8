"""The straight line: events and rosters in, findings out. `scan` walks it over files, with nothing stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Thread

import duckdb

from detectors import person_day
from monitor.assess import Assessment, NothingMatched, Step, assess
from monitor.findings import findings
from monitor.model import BadInput, Finding, Reject
from monitor.settings import Settings
from monitor.sources.files import Intake, find_files, load
from monitor.sources.incoming import Progress
from monitor.sources.rosters import Roster, read_roster
from monitor.sources.streams import DAMAGED
from monitor.sql import literal
from monitor.store.history import History


@dataclass(slots=True)
class Scan:
    """What a scan found, and what it could not read or match; `rejects` are lines of events set aside: damage, then the first."""

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
    with _beside(person_day.prepare):
        intake = load(db, files, progress=progress)
    history = History(db)
    until = None if as_of is None else int(as_of.timestamp() * 1_000_000)
    first = f"starts_with(why, {literal(DAMAGED)}) DESC, file, line"
    told = history.rows(f"SELECT file, line, why FROM reject ORDER BY {first} LIMIT 1000")
    rejects = [Reject(str(files[i]), line, why) for i, line, why in told]
    people, departures = roster.people.values(), roster.departures
    try:
        assessed = assess(
            history, people, departures, settings, intake.attributes, seed=seed, until=until, step=step
        )  # fmt: skip
    except NothingMatched as nobody:
        raise _nothing_to_judge(files, intake, rejects, nobody.unmatched, as_of) from None
    step("writing findings")
    found = findings(history, assessed)
    return Scan(found, assessed, history, intake, roster, files, rejects, history.unmatched())


@contextmanager
def _beside(task: Callable[[], None]) -> Iterator[None]:
    """Does the task in a thread beside the block, and waits for it."""
    thread = Thread(target=task)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _nothing_to_judge(
    files: list[Path], intake: Intake, rejects: list[Reject], unmatched: list, as_of: datetime | None
) -> BadInput:
    """Why there is no event of anybody on the roster, and what to look at."""
    where = str(files[0]) if len(files) == 1 else f"{len(files):,} files"
    if unmatched:
        what = f"no actor of any event is on the roster, for example {unmatched[0][3]!r}"
        return BadInput(where, None, what, "give the roster accounts, e-mails or person_ids as the log has them")
    if intake.accepted and as_of:
        return BadInput(where, None, f"no event until {as_of.isoformat()}", "name a later --as-of")
    if rejects:
        what = f"no event in it: {intake.set_aside:,} lines could not be used"
        return BadInput(where, None, what, f"the first: {rejects[0].file}:{rejects[0].line}: {rejects[0].why}")
    return BadInput(where, None, "no event in it", "name files with events")


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
