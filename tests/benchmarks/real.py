"""What can be measured honestly on a real log without labelled incidents: volume, time, and who acts after the end."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from monitor.scanning import scan
from monitor.settings import load_settings
from tests.benchmarks.method import METHODS, load
from tests.benchmarks.metrics import Merit, merit, ranked
from tests.benchmarks.peers.log import Log, read_log
from tests.benchmarks.peers.rules import GRACE_HOURS
from tests.benchmarks.timed import timed

PROJECT = Path(__file__).parents[2]
BESIDE = PROJECT.parent / "shared" / "data" / "wikimedia"
BUDGETS = (2.0, 0.01, 0.002)
"""Notices a week: the default, and some that so quiet a log can reach."""


@dataclass(frozen=True, slots=True)
class Volume:
    """Notices under one alert budget. busiest: most of them in one week."""

    budget: float
    loud: int
    a_week: float
    busiest: int


@dataclass(frozen=True, slots=True)
class OnReal:
    """One method: its merit where those who acted after the end count as positive, and the places it gave them."""

    method: str
    merit: Merit
    places: tuple[int, ...]
    seconds: float
    peak_mb: float


@dataclass(frozen=True, slots=True)
class Real:
    """received, accepted, set_aside: lines. leavers: watched ones with an event in their window. late: of those
    who acted after the end, within the watch window; later: all of them, however late.
    """

    name: str
    people: int
    departures: int
    received: int
    accepted: int
    set_aside: int
    weeks: float
    leavers: int
    late: int
    later: int
    late_severities: dict[str, int]
    volumes: tuple[Volume, ...]
    methods: tuple[OnReal, ...]


def folder_of_real_data() -> Path | None:
    """$LASTDAY_DATA, or the data beside the project; None where there is neither."""
    folder = Path(os.environ.get("LASTDAY_DATA") or BESIDE)
    return folder if (folder / "hr.csv").is_file() and any(folder.glob("events.jsonl*")) else None


def measure(folder: Path, quick: bool, say: Callable[[str], None]) -> Real:
    """Run every method on the folder's hr.csv and events.jsonl (or .gz)."""
    log = read_log(folder)
    watched = log.events[log.events["watched"]]
    leavers = [log.people.all[p].person_id for p in watched["person"].unique()]
    late = watched[watched["hours_to_end"] < -GRACE_HOURS]
    truth = {log.people.all[p].person_id: set(ids) for p, ids in late.groupby("person")["id"]}
    names = list(METHODS)[:2] if quick else list(METHODS)
    methods: list[OnReal] = []
    with TemporaryDirectory() as out:
        for name in names:
            at = Path(out) / name
            seconds, peak_mb = timed([sys.executable, "-m", "tests.benchmarks.method", name, str(folder), str(at)])
            told = load(at)
            figures = merit(truth, leavers, told, (len(truth),), methods[0].merit.loud if methods else None)
            order = [person for person, _ in ranked(leavers, told)]
            places = tuple(sorted(order.index(person) + 1 for person in truth))
            methods.append(OnReal(name, figures, places, seconds, peak_mb))
            say(f"{folder.name} {name}: places {places}, {seconds:.1f} s")
    return _told(folder, log, leavers, truth, tuple(methods))


def _told(folder: Path, log: Log, leavers: list[str], truth: dict[str, set[str]], methods: tuple[OnReal, ...]) -> Real:
    settings, days = load_settings(), log.events["day"]
    weeks = (int(days.max()) - int(days.min()) + 1) / 7
    volumes = []
    for budget in BUDGETS:
        severity = msgspec.structs.replace(settings.severity, alert_budget=budget)
        of_budget = msgspec.structs.replace(settings, severity=severity)
        result = scan([folder / "hr.csv"], [str(next(folder.glob("events.jsonl*")))], of_budget)
        if budget == settings.severity.alert_budget:
            usual = result
        first = {}
        for finding in sorted((f for f in result.found if f.severity in ("high", "critical")), key=lambda f: f.time):
            first.setdefault(finding.person_id, finding.time.isocalendar()[:2])
        busiest = max(Counter(first.values()).values(), default=0)
        volumes.append(Volume(budget, len(first), len(first) / weeks, busiest))
    worst: dict[str, str] = {}
    for finding in usual.found:  # strongest first
        worst.setdefault(finding.person_id, finding.severity)
    return Real(
        folder.name, len(usual.roster.people), len(usual.roster.departures), usual.intake.received,
        usual.intake.accepted, usual.intake.set_aside, weeks, len(leavers), len(truth), _ever_late(log, usual),
        dict(Counter(worst.get(person, "nothing") for person in truth)), tuple(volumes), methods,
    )  # fmt: skip


def _ever_late(log: Log, result: object) -> int:
    """How many people with an end acted after it, however late."""
    ends = {d.person_id: d.last_day for d in result.roster.departures if d.certainty != "withdrawn"}  # type: ignore[attr-defined]
    last = log.events.groupby("person")["local"].max()
    return sum(
        log.people.all[p].person_id in ends and when.date() > ends[log.people.all[p].person_id]
        for p, when in last.items()
    )
