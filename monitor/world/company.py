"""A company in the making: its staff, rota, targets and habits, and who plays which part."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from zlib import crc32

import numpy as np

from monitor.world.model import Bools, Doing, Floats, Part, Shape
from monitor.world.rota import Rota, plan_rota
from monitor.world.staff import Staff, hire
from monitor.world.targets import Targets, stock

SPARE_MACHINES = 0.08
"""Meeting rooms, loaners and shared desks, for each own machine."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A day on which a whole team does `factor` times as much of an action as usual."""

    team: int
    day: int
    action: str
    factor: float


@dataclass(frozen=True, slots=True)
class Role:
    """A part, the person who plays it, and the last day (since the period's first)."""

    part: Part
    person: int
    last: int
    incident: bool


@dataclass
class Company:
    """Everything that the drawing of events needs. rate: times a usual day, shape (actors, doings)."""

    shape: Shape
    seed: int
    days: int
    staff: Staff
    rota: Rota
    targets: Targets
    doings: tuple[Doing, ...]
    belongs: Bools
    rate: Floats
    roles: list[Role] = field(default_factory=list)
    campaigns: list[Campaign] = field(default_factory=list)

    def stream(self, *words: object) -> np.random.Generator:
        """A random stream of its own for each purpose, so that one does not disturb another."""
        return stream(self.seed, self.shape.name, *words)

    @cached_property
    def of_action(self) -> dict[str, list[int]]:
        """The doings by action."""
        index: dict[str, list[int]] = {}
        for number, doing in enumerate(self.doings):
            index.setdefault(doing.action, []).append(number)
        return index

    def doing(self, person: int, action: str) -> int:
        """How this person does that action; where it is not of the own trade, as others do it."""
        numbers = self.of_action[action]
        own = [number for number in numbers if self.belongs[self.staff.trade[person], number]]
        return (own or numbers)[0]


def found(shape: Shape, seed: int, people: int, days: int) -> Company:
    """A company at work, before anybody leaves."""
    staff = hire(shape, people, days, stream(seed, shape.name, "staff"))
    machines = staff.n + max(3, round(SPARE_MACHINES * staff.n))
    rota = plan_rota(shape, staff, machines, days, stream(seed, shape.name, "rota"))
    targets = stock(shape, staff, machines, stream(seed, shape.name, "targets"))
    doings = (*shape.common, *(doing for trade in shape.trades for doing in trade.doings))
    belongs = np.zeros((len(shape.trades), len(doings)), np.bool_)
    offset = len(shape.common)
    for number, trade in enumerate(shape.trades):
        belongs[number, offset : offset + len(trade.doings)] = True
        belongs[number, : len(shape.common)] = trade.on_roster
        offset += len(trade.doings)
    rng = stream(seed, shape.name, "rates")
    rate = np.zeros((staff.n, len(doings)))
    for number, doing in enumerate(doings):
        own = np.exp(doing.spread * rng.standard_normal(staff.n) - doing.spread**2 / 2)
        holds = belongs[staff.trade, number] & (rng.random(staff.n) < doing.holders)
        rate[:, number] = doing.rate * own * holds
    company = Company(shape, seed, days, staff, rota, targets, doings, belongs, rate)
    company.campaigns += _campaigns(company)
    return company


def _campaigns(company: Company) -> list[Campaign]:
    """Some days on which a team clears its backlog, or is told to: every two or three months."""
    rng, drawn = company.stream("campaigns"), []
    for team, first in zip(*np.unique(company.staff.team, return_index=True), strict=True):
        action = company.shape.trades[company.staff.trade[first]].campaign
        for day in rng.integers(0, company.days, rng.poisson(company.days / 75) if action else 0):
            drawn.append(Campaign(int(team), int(day), action, float(rng.uniform(4, 9))))
    return drawn


def stream(seed: int, *words: object) -> np.random.Generator:
    """A generator that depends on the seed and the words alone."""
    return np.random.default_rng([seed, *(crc32(str(word).encode()) for word in words)])
