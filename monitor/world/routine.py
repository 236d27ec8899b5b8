"""The usual work: events drawn by trade and action, for all people and days at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np

from monitor.world.company import Company
from monitor.world.drafts import ROUTINE, Drafts, Moments, join
from monitor.world.model import HOUR_US, MICROSECONDS, MINUTE_US, Doing, Floats, Ints
from monitor.world.rota import Shifts
from monitor.world.targets import pick

DAY_SHAPE = np.array([0.7, 1.1, 1.3, 1.25, 1.0, 0.5, 0.8, 1.2, 1.25, 1.15, 0.95, 0.6])
"""Activity over the twelfths of a shift, with a dip for the break."""
ROW_GAP_SECONDS = 35.0
SEASON_FACTOR = 4.0
SIZE_NOISE = 0.01
"""Sigma of the drift of a target's size between two acts on it."""


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


def complete(company: Company, number: int, at: Moments, rng: np.random.Generator) -> Drafts:
    """Usual events of one doing at the given moments: target, size and the rest are drawn. Shape (n,)."""
    doing, staff = company.doings[number], company.staff
    n = len(at.t)
    target = pick(company.targets, doing, at, rng)
    has_second = np.array([bool(second) for second in staff.second])
    return Drafts(
        person=at.person, day=at.day, t=at.t, doing=np.full(n, number), target=target,
        magnitude=magnitudes(company, doing, target, rng), machine=at.machine,
        second=has_second[at.person] & (doing.second | (rng.random(n) < staff.second_use[at.person])),
        sender=_sender(company, doing, at.person),
        failed=rng.random(n) < company.shape.sources[doing.source].failures,
        tag=np.full(n, ROUTINE),
    )  # fmt: skip


def _sender(company: Company, doing: Doing, person: Ints) -> Ints:
    """Code of the address that a mail is from: the own, a private one, or that of the team's lead."""
    if doing.sender == "private":
        return company.targets.staff + person
    return company.staff.lead[company.staff.team[person]] if doing.sender == "lead" else person


def magnitudes(company: Company, doing: Doing, target: Ints, rng: np.random.Generator) -> Floats:
    """Magnitude of each act, shape (n,): of the act where the doing has a size, else of the target; NaN for neither."""
    n, pool = len(target), company.shape.pools.get(doing.pool)
    size = doing.size or (pool.size if pool else None)
    if not size:
        return np.full(n, np.nan)
    drawn = size.draw(n, rng)
    if not doing.size:
        known = company.targets.size[np.maximum(target, 0)] * np.exp(SIZE_NOISE * rng.standard_normal(n))
        drawn = np.where(target >= 0, known, drawn)
    return np.maximum(np.round(drawn, size.decimals), 0.0)


def _draw_doing(company: Company, number: int, shifts: Shifts, rng: np.random.Generator) -> Drafts:
    doing = company.doings[number]
    who = np.flatnonzero(company.rate[:, number] > 0)
    busy, rate = shifts.busy[who], company.rate[who, number][:, None]
    if doing.when == "spread":
        count = rng.poisson(rate * busy * _season(company, doing) * _campaigns(company, doing, who) / doing.batch)
    else:
        count = ((busy > 0) & (rng.random(busy.shape) < rate)).astype(np.int64)
    row, day = np.nonzero(count)
    repeats = count[row, day]
    person, day = np.repeat(who[row], repeats), np.repeat(day, repeats)
    t = company.rota.midnight[person, day] + (_hours(doing, shifts, person, day, rng) * HOUR_US).astype(np.int64)
    if doing.batch > 1:
        length = rng.geometric(1 / doing.batch, len(t))
        t = np.repeat(t, length) + _gaps(length, rng)
        person, day = np.repeat(person, length), np.repeat(day, length)
    machine = company.rota.machine[person, day]
    if doing.mix and "machine" in doing.mix:
        machine = rng.integers(0, company.staff.people, len(t))
    at = Moments(person, company.staff.team_on(person, day), day, t, machine)
    drafts = complete(company, number, at, rng)
    return join([drafts, _follow(company, doing, at, drafts, rng)]) if doing.then and len(t) else drafts


def _hours(doing: Doing, shifts: Shifts, person: Ints, day: Ints, rng: np.random.Generator) -> Floats:
    """When in the shift, in hours after local midnight, shape (n,)."""
    start, hours = shifts.start[person, day], shifts.hours[person, day]
    if doing.when == "start":
        return start - rng.exponential(0.08, len(person))
    if doing.when == "end":
        return start + hours + rng.exponential(0.08, len(person))
    edges = np.concatenate([[0.0], np.cumsum(DAY_SHAPE) / DAY_SHAPE.sum()])
    return start + hours * np.interp(rng.random(len(person)), edges, np.linspace(0.0, 1.0, len(edges)))


def _gaps(length: Ints, rng: np.random.Generator) -> Ints:
    """Microseconds since the first of its row, for rows of these lengths one after the other; shape (sum,)."""
    gap = np.cumsum(rng.exponential(ROW_GAP_SECONDS, int(length.sum())))
    first = np.repeat(gap[np.cumsum(length) - length], length)
    since: Ints = ((gap - first) * MICROSECONDS).astype(np.int64)
    return since


def _follow(company: Company, doing: Doing, at: Moments, before: Drafts, rng: np.random.Generator) -> Drafts:
    """The action that follows each of the events, on the same target and machine."""
    minutes = doing.then_minutes * np.exp(0.8 * rng.standard_normal(len(before)))
    number = company.doing(int(before.person[0]), doing.then)
    after = complete(company, number, replace(at, t=at.t + (minutes * MINUTE_US).astype(np.int64)), rng)
    if company.doings[number].pool != doing.pool:
        return replace(after, second=before.second)
    return replace(after, second=before.second, target=before.target, magnitude=before.magnitude)


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
