"""Who works when and where: shifts, part-time, holidays, leave, evenings, on-call nights, machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from monitor.world.model import DAY_US, HOUR_US, MICROSECONDS, Bools, Floats, Ints, Shape
from monitor.world.staff import Staff

SHIFT_STARTS: Mapping[str, float] = {"early": 6.0, "late": 14.0, "night": 22.0, "always": 0.0}
SHIFT_ROUND = ("early", "late", "night")
LATEST_START, LATEST_END = 20.0, 23.2
"""Hours of a last day: a night shift that would begin on it is not worked."""
AT_A_COLLEAGUES = 0.3
"""Share of the days away from the own machine that are spent at somebody's, not at a spare one."""
HOLIDAYS: Mapping[str, tuple[tuple[int, int], ...]] = {
    "America": ((1, 1), (5, 29), (7, 4), (9, 4), (11, 23), (11, 24), (12, 25)),
    "Europe": ((1, 1), (4, 14), (4, 17), (5, 1), (8, 15), (12, 25), (12, 26)),
    "Asia": ((1, 1), (1, 26), (5, 1), (8, 15), (10, 2), (12, 25)),
    "Australia": ((1, 1), (1, 26), (4, 25), (12, 25), (12, 26)),
}
"""Month and day of some usual days off, by continent; few work on them."""


@dataclass(slots=True)
class Shifts:
    """One stretch of work a person and day, arrays of shape (people, days).

    busy: 0 is absent, 1 a usual day. start: hours after local midnight. hours: how long.
    """

    busy: Floats
    start: Floats
    hours: Floats


@dataclass(slots=True)
class Rota:
    """work: the shifts. calls: on-call nights, evenings and weekends beside them.

    midnight: microseconds since 1970 at which the person's local day begins. machine: the computer
    used that day. remote: away from the office. All of shape (people, days).
    """

    work: Shifts
    calls: Shifts
    midnight: Ints
    machine: Ints
    remote: Bools

    def end(self, person: int, last: int) -> None:
        """No work of that person after the local midnight that ends the day `last`."""
        self.calls.busy[person, last:] = self.work.busy[person, last + 1 :] = 0.0
        start = self.work.start[person, last]
        self.work.hours[person, last] = min(self.work.hours[person, last], LATEST_END - start)
        if start > LATEST_START:
            self.work.busy[person, last] = 0.0

    def day_of(self, person: Ints, t: Ints) -> Ints:
        """The day of each time, shape (n,): the local date, or the day before where its shift is still on."""
        days = self.midnight.shape[1]
        day = np.clip((t - self.midnight[person, 0]) // DAY_US, 0, days - 1)
        day = np.clip(day + (t - self.midnight[person, day]) // DAY_US, 0, days - 1)
        before = np.maximum(day - 1, 0)
        ends = self.work.start[person, before] + self.work.hours[person, before]
        still_on = (t - self.midnight[person, before]) / HOUR_US < ends + 0.5
        owner: Ints = np.where(still_on & (self.work.busy[person, before] > 0), before, day)
        return owner


def plan_rota(shape: Shape, staff: Staff, machines: int, days: int, rng: np.random.Generator) -> Rota:
    """Draw the rota of a staff that nobody leaves; joiners begin on their first day."""
    midnight = np.stack([_midnights(zone, shape.start, days) for zone in staff.zones])[staff.zone]
    n = staff.n
    work = _shifts(shape, staff, days, rng)
    _stay_away(shape, staff, work, rng)
    employed = np.arange(days) >= staff.first[:, None]
    work.busy *= employed
    calls = _evenings(n, days, rng)
    _on_call(shape, staff, calls, rng)
    calls.busy *= employed * np.array([one != "always" for one in staff.rhythm])[:, None]
    machine = np.repeat(np.arange(n), days).reshape(n, days)
    elsewhere = rng.random((n, days)) < rng.choice([0.0, 0.003, 0.03], (n, 1), p=[0.5, 0.4, 0.1])
    where = np.where(
        rng.random((n, days)) < AT_A_COLLEAGUES, rng.integers(0, n, (n, days)), rng.integers(n, machines, (n, days))
    )
    machine[elsewhere] = where[elsewhere]
    remote = rng.random((n, days)) < rng.beta(0.5, 2.0, (n, 1))
    return Rota(work, calls, midnight, machine, remote)


def _midnights(zone: str, start: date, days: int) -> Ints:
    dates = (start + timedelta(days=day) for day in range(days))
    told = [datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC) for day in dates]
    return np.array([int(t.timestamp()) * MICROSECONDS for t in told])


def _shifts(shape: Shape, staff: Staff, days: int, rng: np.random.Generator) -> Shifts:
    n, kind = staff.n, np.array(staff.rhythm)
    grid = np.arange(days)
    weekday = (grid + shape.start.weekday()) % 7
    office = np.broadcast_to(weekday < 5, (n, days))
    part_days = (rng.permuted(np.tile(np.arange(7) < 3, (n, 1))[:, :5], axis=1)[:, np.minimum(weekday, 4)]) & office
    phase = (grid[None] + rng.integers(0, 6, (n, 1))) % 6
    in_shifts = np.isin(kind, [*SHIFT_ROUND, "rotating"])[:, None]
    on = np.where((kind == "part")[:, None], part_days, np.where(in_shifts, phase < 4, office))
    on = on | (kind == "always")[:, None]
    own_start = 8.8 + 0.8 * rng.standard_normal((n, 1))
    turn = (grid[None] // 6 + rng.integers(0, 3, (n, 1))) % 3
    start = np.broadcast_to(own_start, (n, days)).copy()
    for name, hour in SHIFT_STARTS.items():
        start[kind == name] = hour
    rotating = kind == "rotating"
    start[rotating] = np.array([SHIFT_STARTS[name] for name in SHIFT_ROUND])[turn[rotating]]
    always = (kind == "always")[:, None]
    start += np.where(always, 0.0, np.where(in_shifts, 0.1, 0.3) * rng.standard_normal((n, days)))
    hours = np.clip(8.4 + 0.4 * rng.standard_normal((n, 1)) + 0.3 * rng.standard_normal((n, days)), 4.0, 11.0)
    late = (rng.random((n, days)) < rng.beta(1.0, 12.0, (n, 1))) * rng.exponential(1.2, (n, days))
    hours = np.where(always, 24.0, hours + np.minimum(late, 5.0))
    busy = np.where(always, 1.0, rng.gamma(6.0, 1 / 6.0, (n, days))) * on
    return Shifts(busy, start, hours)


def _stay_away(shape: Shape, staff: Staff, work: Shifts, rng: np.random.Generator) -> None:
    """Holidays, leave and sick days, into work.busy."""
    n, days = work.busy.shape
    human = np.array([one != "always" for one in staff.rhythm])
    away = rng.random((n, days)) < 0.02
    for zone, name in enumerate(staff.zones):
        off = HOLIDAYS.get(name.split("/")[0], ())
        dates = [(day.month, day.day) in off for day in (shape.start + timedelta(days=d) for d in range(days))]
        of_zone = staff.zone == zone
        away[of_zone] |= np.array(dates) & (rng.random((int(of_zone.sum()), days)) < 0.85)
    for person, blocks in enumerate(rng.poisson(days / 100, n)):
        for begin in rng.integers(0, days, blocks):
            away[person, begin : begin + rng.integers(2, 15)] = True
    work.busy[away & human[:, None]] = 0.0


def _evenings(n: int, days: int, rng: np.random.Generator) -> Shifts:
    """Short sessions in the evening or at the weekend: most people hardly ever, some often."""
    willing = np.minimum(rng.gamma(0.35, 0.06, (n, 1)), 0.4)
    busy = (rng.random((n, days)) < willing) * rng.gamma(2.0, 0.06, (n, days))
    start = np.clip(20.5 + 1.6 * rng.standard_normal((n, days)), 17.5, 25.5)
    return Shifts(busy, start, rng.uniform(0.3, 2.0, (n, days)))


def _on_call(shape: Shape, staff: Staff, calls: Shifts, rng: np.random.Generator) -> None:
    """One of each on-call team a week, taking turns."""
    days = calls.busy.shape[1]
    for team in np.unique(staff.team):
        members = rng.permutation(np.flatnonzero(staff.team == team))
        if not shape.trades[staff.trade[members[0]]].on_call:
            continue
        for week, begin in enumerate(range(0, days, 7)):
            call_out(calls, int(members[week % len(members)]), slice(begin, begin + 7), 0.4, rng)


def call_out(calls: Shifts, person: int, when: slice, chance: float, rng: np.random.Generator) -> None:
    """Calls in the nights of some days, each with that chance: half an hour to three hours from 22:00 on."""
    shape = calls.busy[person, when].shape
    called = rng.random(shape) < chance
    calls.busy[person, when] = np.where(called, rng.uniform(0.15, 0.5, shape), calls.busy[person, when])
    calls.start[person, when] = np.where(called, rng.uniform(22.0, 29.0, shape), calls.start[person, when])
    calls.hours[person, when] = np.where(called, rng.uniform(0.5, 3.0, shape), calls.hours[person, when])


def working_days(shifts: Shifts, person: int, first: int, last: int) -> NDArray[np.int64]:
    """The days first <= d <= last on which the person works, in order."""
    first = max(first, 0)
    return first + np.flatnonzero(shifts.busy[person, first : last + 1] > 0)
