"""What people act on: lists of targets with their owners, popularity and size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from monitor.world.model import Floats, Ints, Pool, Shape
from monitor.world.names import PARTNERS, RIVALS, WORDS
from monitor.world.staff import Staff

NONE = -1
FRESH = -10
"""Codes at or below FRESH stand for the number FRESH - code in the pool of the doing; other codes index Targets.names."""
COLLEAGUES, OWN_PARTNERS = 24, 6
PARTNER_PEOPLE = 20
"""Known people at each partner."""
FAVOURITES = 0.6
"""Share of picks from a person's own order of popularity; the rest follow everybody's."""


@dataclass(slots=True)
class Targets:
    """All targets by code: first the staff's addresses, then private ones, partners, rivals, machines, then the pools'.

    size: magnitude of each, NaN where it has none. kind: its target_type. start: (pool, scope) -> first
    code and how many an owner has. colleagues, partners: codes, shape (actors, 24) and (actors, 6).
    """

    staff: int
    machines: int
    names: list[str] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
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
    targets = Targets(staff.n, machines)
    _add(targets, staff.email, "mailbox")
    _add(targets, staff.private, "mailbox")
    first = len(targets.names)
    outside = [f"{_mail_name(rng)}@{domain}" for domain in PARTNERS for _ in range(PARTNER_PEOPLE)]
    _add(targets, outside, "mailbox")
    targets.partners = first + rng.integers(len(outside), size=(staff.n, OWN_PARTNERS))
    targets.rivals = len(targets.names) + np.arange(4 * len(RIVALS))
    _add(targets, [f"{_mail_name(rng)}@{domain}" for domain in RIVALS for _ in range(4)], "mailbox")
    targets.first_machine = len(targets.names)
    numbers = rng.permutation(9000)[:machines] + 1000 if machines <= 9000 else np.arange(machines)
    _add(targets, [shape.machine.format(n=int(n)) for n in numbers], "machine")
    targets.colleagues = _colleagues(staff, rng)
    for name, pool in shape.pools.items():
        _stock_pool(targets, name, pool, staff, rng)
    return targets


def pick(
    targets: Targets, shape: Shape, pool: str, mix: Mapping[str, float] | None, person: Ints, team: Ints, day: Ints,
    machine: Ints, rng: np.random.Generator,
) -> Ints:  # fmt: skip
    """A target for each act: person, team, day, machine and the result have shape (n,)."""
    n = len(person)
    if not pool:
        return np.full(n, NONE)
    what = shape.pools[pool]
    mix = mix or {scope: share for scope, (share, _) in what.scopes.items()}
    share = np.array([*mix.values()])
    scope = rng.choice(len(mix), n, p=share / share.sum()) if len(mix) > 1 else np.zeros(n, np.int64)
    codes = np.empty(n, np.int64)
    for index, name in enumerate(mix):
        rows = np.flatnonzero(scope == index)
        owner = {"own": person, "team": team}.get(name, np.zeros(n, np.int64))[rows]
        codes[rows] = _of_scope(targets, pool, what, name, person[rows], owner, day[rows], machine[rows], rng)
    return codes


def _of_scope(
    targets: Targets, pool: str, what: Pool, scope: str, person: Ints, owner: Ints, day: Ints, machine: Ints,
    rng: np.random.Generator,
) -> Ints:  # fmt: skip
    n = len(person)
    if scope == "machine":
        return targets.first_machine + machine
    if scope == "private":
        return targets.staff + person
    if scope == "fresh":
        number = rng.integers(10**8, 10**9, n)
        if what.per_day:
            number = targets.fresh_from[pool] + day * what.per_day + rng.integers(0, what.per_day, n)
        return FRESH - number
    if scope in ("colleague", "partner"):
        of_person = targets.colleagues if scope == "colleague" else targets.partners
        return of_person[person, _rank(n, of_person.shape[1], 0.8, rng)]
    first, count = targets.start[pool, scope]
    rank = _rank(n, count, what.zipf, rng)
    shift = np.where(rng.random(n) < FAVOURITES, person * 7919 + owner * 31, 0)
    return first + owner * count + (rank + shift) % count


def _rank(n: int, count: int, zipf: float, rng: np.random.Generator) -> Ints:
    """Ranks 0 to count - 1 with probability proportional to (rank + 1) ** -zipf."""
    weight = np.cumsum(np.arange(1, count + 1, dtype=np.float64) ** -zipf)
    return np.minimum(np.searchsorted(weight, rng.random(n) * weight[-1]), count - 1)


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
        ], pool.target_type)  # fmt: skip
        if pool.size:
            targets.size[-total:] = _sizes(pool, total, rng)


def _sizes(pool: Pool, total: int, rng: np.random.Generator) -> Floats:
    assert pool.size
    size = pool.size.draw(total, rng)
    if pool.largest:
        size = np.minimum(size, 0.6 * pool.largest)
        size[np.argmax(size)] = pool.largest
    return size


def _add(targets: Targets, names: list[str], kind: str) -> None:
    targets.names += names
    targets.kind += [kind] * len(names)
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
