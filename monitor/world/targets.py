"""What people act on: lists of targets with their owners, popularity and size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from monitor.world.drafts import Moments
from monitor.world.model import Doing, Floats, Ints, Pool, Shape
from monitor.world.names import PARTNERS, RIVALS, WORDS
from monitor.world.staff import Staff

NONE = -1
FRESH = -10
"""Codes at or below FRESH stand for the number FRESH - code in the doing's pool; others index Targets.names."""
COLLEAGUES, OWN_PARTNERS = 24, 6
PARTNER_PEOPLE = 20
"""Known people at each partner."""
RIVALS_SHARE = 0.03
"""Of the partners one writes to: somebody knows somebody there."""
FAVOURITES = 0.6
"""Share of picks from a person's own order of popularity; the rest follow everybody's."""


@dataclass(slots=True)
class Targets:
    """All targets by code: first the staff's addresses, then private ones, partners, rivals, machines, then the pools'.

    size: magnitude of each, NaN where it has none. start: (pool, scope) -> first
    code and how many an owner has. colleagues, partners: codes, shape (actors, 24) and (actors, 6).
    """

    staff: int
    machines: int
    pools: Mapping[str, Pool]
    names: list[str] = field(default_factory=list)
    size: Floats = field(default_factory=lambda: np.empty(0))
    start: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    fresh_from: dict[str, int] = field(default_factory=dict)
    colleagues: Ints = field(default_factory=lambda: np.empty((0, 0), np.int64))
    partners: Ints = field(default_factory=lambda: np.empty((0, 0), np.int64))
    rivals: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    first_machine: int = 0

    def of_company(self, pool: str) -> Ints:
        """The codes of a pool that belong to the whole company."""
        first, count = self.start[pool, "company"]
        return np.arange(first, first + count)

    def of_owner(self, pool: str, scope: str, owner: int) -> Ints:
        """The codes of a pool that belong to one person (scope own) or team (scope team)."""
        first, count = self.start[pool, scope]
        return first + owner * count + np.arange(count)


def stock(shape: Shape, staff: Staff, machines: int, rng: np.random.Generator) -> Targets:
    """Draw all targets of an organisation."""
    targets = Targets(staff.n, machines, shape.pools)
    _add(targets, staff.email)
    _add(targets, staff.private)
    first = len(targets.names)
    outside = [f"{_mail_name(rng)}@{domain}" for domain in PARTNERS for _ in range(PARTNER_PEOPLE)]
    _add(targets, outside)
    targets.rivals = len(targets.names) + np.arange(4 * len(RIVALS))
    known = first + rng.integers(len(outside), size=(staff.n, OWN_PARTNERS))
    targets.partners = np.where(rng.random(known.shape) < RIVALS_SHARE, rng.choice(targets.rivals, known.shape), known)
    _add(targets, [f"{_mail_name(rng)}@{domain}" for domain in RIVALS for _ in range(4)])
    targets.first_machine = len(targets.names)
    numbers = rng.permutation(9000)[:machines] + 1000 if machines <= 9000 else np.arange(machines)
    _add(targets, [shape.machine.format(n=int(n)) for n in numbers])
    targets.colleagues = _colleagues(staff, rng)
    for name, pool in shape.pools.items():
        _stock_pool(targets, name, pool, staff, rng)
    return targets


def pick(targets: Targets, doing: Doing, at: Moments, rng: np.random.Generator) -> Ints:
    """A target for each act of a doing, shape (n,)."""
    n = len(at.t)
    if not doing.pool:
        return np.full(n, NONE)
    pool = targets.pools[doing.pool]
    mix = doing.mix or {scope: share for scope, (share, _) in pool.scopes.items()}
    share = np.array([*mix.values()])
    scope = rng.choice(len(mix), n, p=share / share.sum())
    codes = np.empty(n, np.int64)
    for index, name in enumerate(mix):
        rows = np.flatnonzero(scope == index)
        codes[rows] = _of_scope(targets, doing.pool, name, at.rows(rows), rng)
    return codes


def _of_scope(targets: Targets, name: str, scope: str, at: Moments, rng: np.random.Generator) -> Ints:
    n, pool = len(at.t), targets.pools[name]
    if scope == "machine":
        return targets.first_machine + at.machine
    if scope == "private":
        return targets.staff + at.person
    if scope == "fresh":
        number = rng.integers(10**8, 10**9, n)
        if pool.per_day:
            number = targets.fresh_from[name] + at.day * pool.per_day + rng.integers(0, pool.per_day, n)
        return FRESH - number
    if scope in ("colleague", "partner"):
        of_person = targets.colleagues if scope == "colleague" else targets.partners
        known: Ints = of_person[at.person, _rank(n, of_person.shape[1], 0.8, rng)]
        return known
    owner = {"own": at.person, "team": at.team}.get(scope, np.zeros(n, np.int64))
    first, count = targets.start[name, scope]
    shift = np.where(rng.random(n) < FAVOURITES, at.person * 7919 + owner * 31, 0)
    return first + owner * count + (_rank(n, count, pool.zipf, rng) + shift) % count


def _rank(n: int, count: int, zipf: float, rng: np.random.Generator) -> Ints:
    """Ranks 0 to count - 1 with probability proportional to (rank + 1) ** -zipf."""
    weight = np.cumsum(np.arange(1, count + 1, dtype=np.float64) ** -zipf)
    rank: Ints = np.searchsorted(weight, rng.random(n) * weight[-1])
    return np.minimum(rank, count - 1)


def _stock_pool(targets: Targets, name: str, pool: Pool, staff: Staff, rng: np.random.Generator) -> None:
    owners = {"own": staff.n, "team": int(staff.team.max()) + 1, "company": 1}
    targets.fresh_from[name] = int(rng.integers(2, 9)) * 100_000
    for scope, (_, count) in pool.scopes.items():
        if scope not in owners:
            continue
        total = owners[scope] * count
        targets.start[name, scope] = (len(targets.names), count)
        who = np.repeat(staff.login if scope == "own" else [f"team{i:02d}" for i in range(owners[scope])], count)
        pattern = rng.integers(len(pool.patterns), size=total)
        words = rng.integers(len(WORDS), size=(total, 2))
        numbers, short = rng.integers(10**8, 10**9, total), rng.permutation(9 * total)[:total] + total
        _add(targets, [
            pool.patterns[p].format(n=number, k=k, a=WORDS[a], b=WORDS[b], who=owner, team=owner)
            for p, number, k, (a, b), owner in zip(pattern, numbers, short, words, who, strict=True)
        ])  # fmt: skip
        if pool.size:
            targets.size[-total:] = _sizes(pool, total, rng)


def _sizes(pool: Pool, total: int, rng: np.random.Generator) -> Floats:
    assert pool.size
    size = pool.size.draw(total, rng)
    if pool.largest:
        size = np.minimum(size, 0.6 * pool.largest)
        size[np.argmax(size)] = pool.largest
    return size


def _add(targets: Targets, names: list[str]) -> None:
    targets.names += names
    targets.size = np.concatenate([targets.size, np.full(len(names), np.nan)])


def _colleagues(staff: Staff, rng: np.random.Generator) -> Ints:
    """Whom people write to, dearest first: mostly the own team, and some of the rest; shape (actors, 24)."""
    people = staff.people
    table = rng.integers(0, people, (staff.n, COLLEAGUES))
    for person in range(staff.n):
        mates = staff.teammates(person)
        mates = rng.permutation(mates[mates < people])[: COLLEAGUES * 5 // 8]
        table[person, : len(mates)] = mates
    own = table == np.arange(staff.n)[:, None]
    return np.where(own, (table + 1) % people, table)


def _mail_name(rng: np.random.Generator) -> str:
    return f"{WORDS[rng.integers(len(WORDS))]}.{rng.integers(10, 99)}"
