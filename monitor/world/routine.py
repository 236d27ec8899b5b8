"""The usual work: events drawn by trade and action, for all people and days at once."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from monitor.world.company import Company
from monitor.world.drafts import ROUTINE, Drafts, join
from monitor.world.model import HOUR_US, MICROSECONDS, Doing, Floats, Ints
from monitor.world.rota import Shifts
from monitor.world.targets import NONE, pick

DAY_SHAPE = np.array([0.7, 1.1, 1.3, 1.25, 1.0, 0.5, 0.8, 1.2, 1.25, 1.15, 0.95, 0.6])
"""Activity over the twelfths of a shift, with a dip for the break."""
ROW_GAP_SECONDS = 35.0
SEASON_FACTOR = 4.0
SIZE_NOISE = 0.01
"""Sigma of the drift of a target's size between two acts on it."""
SHARED_LOGONS = 0.97


def draw_routine(company: Company) -> Drafts:
    """All routine events of the period, in no order."""
    rng = company.stream("routine")
    parts = [
        drafts
        for shifts in (company.rota.work, company.rota.calls)
        for number in range(len(company.doings))
        if len(drafts := _draw_doing(company, number, shifts, rng))
    ]
    return join(parts)


def complete(
    company: Company, number: int, person: Ints, day: Ints, t: Ints, machine: Ints, rng: np.random.Generator
) -> Drafts:
    """Usual events of one doing at the given times: target, size and the rest are drawn. All arrays have shape (n,)."""
    doing, staff, targets = company.doings[number], company.staff, company.targets
    n = len(t)
    team = staff.team_on(person, day)
    target = pick(targets, company.shape, doing.pool, doing.mix, person, team, day, machine, rng)
    has_second = np.array([bool(second) for second in staff.second])
    sender = person + (targets.staff if doing.sender == "private" else 0)
    return Drafts(
        person=person, day=day, t=t, doing=np.full(n, number), target=target,
        magnitude=magnitudes(company, doing, target, rng), machine=machine, second=has_second[person] & doing.second,
        sender=sender, failed=rng.random(n) < company.shape.sources[doing.source].failures,
        ticket=np.zeros(n, np.bool_), tag=np.full(n, ROUTINE),
    )  # fmt: skip


def magnitudes(company: Company, doing: Doing, target: Ints, rng: np.random.Generator) -> Floats:
    """Magnitude of each act: of the act where the doing has a size, else of the target; NaN where neither. Shape (n,)."""
    n = len(target)
    pool = company.shape.pools.get(doing.pool)
    decimals = (doing.size or (pool and pool.size) or None) and (doing.size or pool.size).decimals
    if doing.size:
        size = doing.size.draw(n, rng)
    else:
        known = np.where(target >= 0, company.targets.size[np.maximum(target, 0)], np.nan)
        size = known * np.exp(SIZE_NOISE * rng.standard_normal(n))
        if pool and pool.size and "fresh" in pool.scopes:
            size = np.where(target >= 0, size, pool.size.draw(n, rng))
    return np.maximum(np.round(size, decimals or 0), 0.0)


def _draw_doing(company: Company, number: int, shifts: Shifts, rng: np.random.Generator) -> Drafts:
    doing = company.doings[number]
    who = np.flatnonzero(company.rate[:, number] > 0)
    busy = shifts.busy[who]
    if doing.when == "spread":
        expected = company.rate[who, number][:, None] * busy * _season(company, doing) * _campaigns(company, doing, who)
        count = rng.poisson(expected / doing.batch)
    else:
        count = ((busy > 0) & (rng.random(busy.shape) < company.rate[who, number][:, None])).astype(np.int64)
    row, day = np.nonzero(count)
    repeats = count[row, day]
    person, day = np.repeat(who[row], repeats), np.repeat(day, repeats)
    t = _times(company, doing, shifts, person, day, rng)
    if doing.batch > 1:
        person, day, t = _rows_of(doing.batch, person, day, t, rng)
    machine = company.rota.machine[person, day]
    if doing.mix and "machine" in doing.mix:
        machine = rng.integers(0, company.staff.people, len(t))
    drafts = complete(company, number, person, day, t, machine, rng)
    return join([drafts, _follow(company, doing, drafts, rng)]) if doing.then else drafts


def _times(company: Company, doing: Doing, shifts: Shifts, person: Ints, day: Ints, rng: np.random.Generator) -> Ints:
    n = len(person)
    edges = np.concatenate([[0.0], np.cumsum(DAY_SHAPE) / DAY_SHAPE.sum()])
    share = np.interp(rng.random(n), edges, np.linspace(0.0, 1.0, len(edges)))
    start, hours = shifts.start[person, day], shifts.hours[person, day]
    at = start + share * hours
    if doing.when == "start":
        at = start - rng.exponential(0.08, n)
    elif doing.when == "end":
        at = start + hours + rng.exponential(0.08, n)
    return company.rota.midnight[person, day] + (at * HOUR_US).astype(np.int64)


def _rows_of(batch: float, person: Ints, day: Ints, t: Ints, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Each time becomes the first of a row of acts with short gaps; `batch` is the mean length."""
    length = rng.geometric(1 / batch, len(t))
    of = np.repeat(np.arange(len(t)), length)
    gap = np.cumsum(rng.exponential(ROW_GAP_SECONDS, len(of)))
    first = np.cumsum(length) - length
    since = (gap - gap[first][of]) * MICROSECONDS
    return person[of], day[of], t[of] + since.astype(np.int64)


def _follow(company: Company, doing: Doing, before: Drafts, rng: np.random.Generator) -> Drafts:
    """The action that follows each of the events, on the same target and machine."""
    minutes = doing.then_minutes * np.exp(0.8 * rng.standard_normal(len(before)))
    t = before.t + (minutes * 60 * MICROSECONDS).astype(np.int64)
    number = company.doing(int(before.person[0]), doing.then) if len(before) else 0
    after = complete(company, number, before.person, before.day, t, before.machine, rng)
    same = np.array([company.doings[number].pool == doing.pool]) & (before.target != NONE)
    return Drafts(
        after.person, after.day, after.t, after.doing, np.where(same, before.target, after.target), after.magnitude,
        after.machine, before.second, after.sender, after.failed, after.ticket, after.tag,
    )  # fmt: skip


def _season(company: Company, doing: Doing) -> Floats:
    """Factor by day, shape (days,): the months' or quarters' last three and first two days, and before a tool comes."""
    start = company.shape.start
    dates = [start + timedelta(days=day) for day in range(company.days)]
    factor = np.ones(company.days)
    if doing.season:
        for day, date in enumerate(dates):
            ends = (date + timedelta(days=3)).day <= 3 or date.day <= 2
            closing = (date + timedelta(days=3)).month if date.day > 2 else date.month
            if ends and (doing.season == "month_end" or closing % 3 == 1):
                factor[day] = SEASON_FACTOR
    factor[: int(doing.since * company.days)] = 0.0
    return factor


def _campaigns(company: Company, doing: Doing, who: Ints) -> Floats:
    factor = np.ones((len(who), company.days))
    for campaign in company.campaigns:
        if campaign.action == doing.action:
            factor[company.staff.team[who] == campaign.team, campaign.day] *= campaign.factor
    return factor
