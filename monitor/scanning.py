"""The straight line: events and rosters in, findings out. `scan` walks it over files, with nothing stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Thread

import duckdb

from detectors import person_day
from monitor.assess import Assessment, Step, assess, damp
from monitor.core.clocks import CLOCK_AHEAD, instant, micros
from monitor.core.windows import known_from, usual_zone
from monitor.engine import start
from monitor.findings import findings
from monitor.matching import NothingMatched
from monitor.model import BadInput, Departure, Feedback, Finding, Reject
from monitor.settings import Settings
from monitor.sources.feeds import last_days, read_feed
from monitor.sources.files import Intake, find_files, load
from monitor.sources.formats import Reading
from monitor.sources.incoming import Progress
from monitor.sources.rosters import Roster
from monitor.sources.streams import DAMAGED
from monitor.sql import literal
from monitor.store.history import History


@dataclass(slots=True)
class Loaded:
    """What was read, and what could not be; `rejects` are lines of events set aside: damage, then the first."""

    history: History
    intake: Intake
    roster: Roster
    files: list[Path]
    rejects: list[Reject]
    left_out: list[Path]
    """Files in the folders that are of no kind that is read."""


@dataclass(frozen=True, slots=True)
class Late:
    """Events later than a scan's `as_of`, which are left out, or than the clock, which are judged all the same."""

    events: int
    last: datetime
    left_out: bool


@dataclass(slots=True)
class Scan(Loaded):
    """What a scan found in what was read, and who in it is on no roster: (source, actors, events, an example)."""

    found: list[Finding]
    assessed: Assessment
    unmatched: list[tuple[str | None, int, int, str]]
    late: Late | None = None
    contested: Sequence[tuple[str, int]] = ()
    """Names in the log that several people claim, and how many events are nobody's for it."""


def scan(
    rosters: Sequence[Path], events: Sequence[str], settings: Settings, *, reading: Reading | None = None,
    feedback: Sequence[Feedback] = (), as_of: datetime | None = None, now: datetime | None = None, seed: int = 0,
    step: Step = lambda name: None, progress: Progress | None = None,
) -> Scan:  # fmt: skip
    """Read the files, through the profiles that `reading` names, and judge.

    as_of: events that came later are left out.  now: without it, those that are later are counted, and judged.
    Raises BadInput where a file cannot be used at all.
    """
    loaded = load_files(rosters, events, settings, reading=reading, as_of=as_of, step=step, progress=progress)
    late = _late(loaded.history, as_of, now)
    try:
        assessed = assess_files(loaded, settings, as_of=as_of, seed=seed, step=step)
    except NothingMatched as nobody:
        raise nothing_to_judge(loaded, nobody.unmatched, as_of, nobody.ambiguous) from None
    assessed = damp(assessed, feedback, settings)
    step("writing findings")
    return replace(found_in(loaded, assessed), late=late)


def found_in(loaded: Loaded, assessed: Assessment) -> Scan:
    """The findings of an assessment, with all that there is to tell beside them."""
    return Scan(
        loaded.history, loaded.intake, loaded.roster, loaded.files, loaded.rejects, loaded.left_out,
        findings(loaded.history, assessed), assessed, loaded.history.unmatched(),
        contested=loaded.history.contested(),
    )  # fmt: skip


def _late(history: History, as_of: datetime | None, now: datetime | None) -> Late | None:
    until = as_of or (now and now + CLOCK_AHEAD)
    if until is None:
        return None
    [(events, last)] = history.rows(f"SELECT count(*), max(t) FROM event WHERE t > {micros(until)}")
    return Late(events, instant(last), as_of is not None) if events else None


def load_files(
    rosters: Sequence[Path], events: Sequence[str], settings: Settings, *, reading: Reading | None = None,
    as_of: datetime | None = None, step: Step = lambda name: None, progress: Progress | None = None,
) -> Loaded:  # fmt: skip
    """Read the files, through the profiles that `reading` names. Raises BadInput where one cannot be used at all."""
    reading = reading or Reading()
    roster = read_rosters(rosters, reading, as_of)
    files = reading.choose(find_files(list(events)))
    db = open_engine(settings)
    step("reading events")
    with beside(person_day.prepare):
        intake = load(db, files, progress=progress, look=reading.look)
    history = History(db)
    first = f"starts_with(why, {literal(DAMAGED)}) DESC, file, line"
    told = history.rows(f"SELECT file, line, why FROM reject ORDER BY {first} LIMIT 1000")
    rejects = [Reject(str(files[i]), line, why) for i, line, why in told]
    roster.departures += last_days(db, roster, settings.people.timezone, None if as_of is None else micros(as_of))
    return Loaded(history, intake, roster, files, rejects, reading.left_out(events))


def assess_files(
    loaded: Loaded, settings: Settings, *, as_of: datetime | None = None, seed: int = 0,
    step: Step = lambda name: None,
) -> Assessment:  # fmt: skip
    """Judge what was known as of a time. Raises NothingMatched where nobody on the roster did anything by then."""
    until = None if as_of is None else micros(as_of)
    people = loaded.roster.people.values()
    told = known(loaded.roster, settings, until)
    attributes = loaded.intake.attributes
    feeds = loaded.roster.feeds
    return assess(loaded.history, people, told, settings, attributes, feeds=feeds, seed=seed, until=until, step=step)


def known(roster: Roster, settings: Settings, until: int | None) -> list[Departure]:
    """The departures known by then, microseconds since 1970 UTC; all of them for None. See windows.known_from."""
    if until is None:
        return roster.departures
    usual, rules = usual_zone(roster.people.values(), settings.people.timezone), settings.windows.rules()
    zones = {person.person_id: person.zone or usual for person in roster.people.values()}
    return [d for d in roster.departures if known_from(d, zones[d.person_id], rules) <= until]


@contextmanager
def beside(task: Callable[[], None]) -> Iterator[None]:
    """Does the task in a thread beside the block, and waits for it."""
    thread = Thread(target=task)
    thread.start()
    try:
        yield
    finally:
        thread.join()


def nothing_to_judge(
    loaded: Loaded, unmatched: list, as_of: datetime | None, ambiguous: Sequence[str] = ()
) -> BadInput:
    """Why there is no event of anybody on the roster, and what to look at."""
    files, intake, rejects = loaded.files, loaded.intake, loaded.rejects
    where = str(files[0]) if len(files) == 1 else f"{len(files):,} files"
    if unmatched:
        what = f"no actor of any event is on the roster, for example {unmatched[0][3]!r}"
        return BadInput(where, None, what, "give the roster accounts, e-mails or person_ids as the log has them")
    if intake.accepted and ambiguous:
        what = f"no actor of any event is one person of the roster: {ambiguous[0]!r} belongs to several"
        return BadInput(where, None, what, "give each person one row, or the old one its last_day")
    if intake.accepted and as_of:
        return BadInput(where, None, f"no event until {as_of.isoformat()}", "name a later --as-of")
    if rejects:
        what = f"no event in it: {intake.set_aside:,} lines could not be used"
        return BadInput(where, None, what, f"the first: {rejects[0].file}:{rejects[0].line}: {rejects[0].why}")
    return BadInput(where, None, "no event in it", "name files with events")


def read_rosters(paths: Sequence[Path], reading: Reading | None = None, as_of: datetime | None = None) -> Roster:
    """Several rosters as one; where two know a person, the first named has the say."""
    profiles = (reading or Reading()).profiles_of(paths)
    rosters = [read_feed(path, profile, as_of=as_of) for path, profile in zip(paths, profiles, strict=True)]
    merged = Roster()
    for place, roster in enumerate(rosters):
        for person_id, person in roster.people.items():
            merged.people.setdefault(person_id, person)
            merged.feeds.setdefault(person_id, place)
        known = {d.person_id for d in merged.departures} | {gone.person_id for gone in merged.gone}
        merged.departures += [d for d in roster.departures if d.person_id not in known]
        merged.gone += [gone for gone in roster.gone if gone.person_id not in known]
        merged.rejects += roster.rejects
        merged.dates += roster.dates
        merged.last_days += roster.last_days
        merged.undated += roster.undated
        merged.received += roster.received
        merged.unknown += [name for name in roster.unknown if name not in merged.unknown]
    return merged


def open_engine(settings: Settings) -> duckdb.DuckDBPyConnection:
    """DuckDB in memory, within the memory that the settings allow."""
    return start(settings.engine.threads, settings.engine.memory)
