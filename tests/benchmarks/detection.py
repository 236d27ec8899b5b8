"""Every method on every generated organisation: what is measured, in rows."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from monitor.settings import load_settings
from monitor.world import SHAPES, World, generate, write
from tests.benchmarks.method import METHODS, load
from tests.benchmarks.metrics import (
    Merit,
    Told,
    average_precision,
    first_findings,
    locating,
    loud_leavers,
    merit,
    ranked,
)  # fmt: skip
from tests.benchmarks.timed import timed

INCIDENTS, LEAVERS = 24, 60
FIRST_SEED = 301
"""The weights were chosen on seeds 101 and 102, and so was what there is to choose about the peers."""
QUICK_SHAPES = ("platform", "logons")
FEW, AS_MANY = 12, INCIDENTS


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one leaver under one method. kind: of the incident, or of the harmless ending."""

    shape: str
    method: str
    kind: str
    incident: bool
    loud: bool
    located: bool
    rank: int


@dataclass(frozen=True, slots=True)
class Row:
    """One method on one organisation. allowed: leavers whom the default alert budget admits."""

    shape: str
    seed: int
    method: str
    merit: Merit
    allowed: int
    seconds: float
    peak_mb: float
    fates: tuple[Fate, ...]


@dataclass(frozen=True, slots=True)
class Left:
    """Average precision of lastday on one organisation with something left out."""

    shape: str
    seed: int
    left_out: str
    average_precision: float


@dataclass(frozen=True, slots=True)
class Detection:
    """Everything measured on generated organisations."""

    shapes: tuple[str, ...]
    seeds: tuple[int, ...]
    rows: tuple[Row, ...]
    left: tuple[Left, ...]


def measure(seeds: int, quick: bool, jobs: int, say: Callable[[str], None]) -> Detection:
    """Make the organisations, run every method on each, `jobs` processes at a time."""
    shapes = QUICK_SHAPES if quick else SHAPES
    told = tuple(FIRST_SEED + i for i in range(1 if quick else seeds))
    rows, left = [], []
    with TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        worlds = [(shape, seed) for seed in told for shape in shapes]
        for found, without in pool.map(lambda one: _on(*one, Path(folder), say), worlds):
            rows += found
            left += without
    return Detection(tuple(shapes), told, tuple(rows), tuple(left))


def _on(shape: str, seed: int, folder: Path, say: Callable[[str], None]) -> tuple[list[Row], list[Left]]:
    world = generate(shape, seed, incidents=INCIDENTS, leavers=LEAVERS)
    here = folder / f"{shape}-{seed}"
    _, events, _ = write(world, here)
    rows: list[Row] = []
    for name in METHODS:  # lastday first: its loud leavers are the peers' budget
        seconds, peak_mb = timed([sys.executable, "-m", "tests.benchmarks.method", name, str(here), str(here / name)])
        row = row_of(world, name, load(here / name), rows[0].merit.loud if rows else None, (seconds, peak_mb))
        say(f"{shape} {seed} {name}: average precision {row.merit.average_precision:.3f}, {seconds:.1f} s")
        rows.append(row)
    timed([sys.executable, "-m", "tests.benchmarks.ablation", str(here), str(here / "ablation")])
    without = json.loads((here / "ablation").read_text("utf-8"))
    events.unlink()
    return rows, [Left(shape, seed, name, _precision(world, best)) for name, best in without.items()]


def row_of(world: World, method: str, told: list[Told], loud: int | None, cost: tuple[float, float]) -> Row:
    """Hold one method's findings against a world's truth. cost: seconds, peak MB."""
    incidents = {one.person_id: one.event_ids for one in world.incidents}
    allowed = min(LEAVERS, int(load_settings().severity.alert_budget * _weeks(world)))
    figures = merit(incidents, _leavers(world), told, (FEW, AS_MANY, allowed), loud)
    return Row(world.shape, world.seed, method, figures, allowed, *cost, tuple(_fates(world, method, told, loud)))


def _fates(world: World, method: str, told: list[Told], loud: int | None) -> Iterator[Fate]:
    order = [person for person, _ in ranked(_leavers(world), told)]
    heard = loud_leavers(order, told) if loud is None else set(order[:loud])
    own = first_findings(told)
    for one in world.incidents:
        located = locating(one.event_ids, own.get(one.person_id, ())) is not None
        place = order.index(one.person_id) + 1
        yield Fate(world.shape, method, one.kind, True, one.person_id in heard, located, place)
    for end in world.endings:
        place = order.index(end.person_id) + 1
        yield Fate(world.shape, method, end.kind, False, end.person_id in heard, False, place)


def _leavers(world: World) -> list[str]:
    return [one.person_id for one in (*world.incidents, *world.endings)]


def _precision(world: World, best: dict[str, float]) -> float:
    guilty = {one.person_id for one in world.incidents}
    leavers = _leavers(world)
    return average_precision([p in guilty for p in leavers], [best.get(p, 0.0) for p in leavers])


def _weeks(world: World) -> float:
    times: Sequence[str] = world.events["time"].to_pylist()
    return ((date.fromisoformat(max(times)[:10]) - date.fromisoformat(min(times)[:10])).days + 1) / 7
