"""What a shape says of an organisation, as data, and the world that is generated from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

MICROSECONDS = 1_000_000
MINUTE_US, HOUR_US = 60 * MICROSECONDS, 3600 * MICROSECONDS
DAY_US = 24 * HOUR_US


@dataclass(frozen=True, slots=True)
class Size:
    """A heavy-tailed magnitude: lognormal, and a share `tail` of it stretched by a Pareto(alpha) factor."""

    median: float
    sigma: float = 1.0
    tail: float = 0.01
    alpha: float = 1.5
    most: float = 1e15
    decimals: int = 0

    def draw(self, n: int, rng: np.random.Generator) -> Floats:
        """Magnitudes in the unit of the median, shape (n,)."""
        size = self.median * np.exp(self.sigma * rng.standard_normal(n))
        stretch = np.where(rng.random(n) < self.tail, 1.0 + rng.pareto(self.alpha, n), 1.0)
        return np.clip(size * stretch, 10.0**-self.decimals, self.most)


@dataclass(frozen=True, slots=True)
class Pool:
    """Targets of one sort.

    scopes: who has them -> (share of the picks, how many an owner has). own, team and company
    are lists of their own; fresh is a new one every time; colleague, partner, private and
    machine are people, outside partners, one's own private address, and computers.
    patterns: names, from {n} nine digits, {k} a short number, {a} {b} words, {who} login, {team} team;
    a fresh target's name is the first pattern up to its number. per_day: fresh numbers rise by so many
    a day; 0 draws nine digits at random. largest: size of the largest one, where that is known.
    """

    target_type: str
    patterns: tuple[str, ...] = ("{n}",)
    scopes: Mapping[str, tuple[float, int]] = field(default_factory=dict)
    size: Size | None = None
    zipf: float = 0.9
    per_day: int = 0
    largest: float = 0.0


@dataclass(frozen=True, slots=True)
class Source:
    """A system that writes a log, and what its lines carry.

    actor: how it names people (account, email, upper, person_id). decimals: digits of a second.
    outcome, ip, session, host: whether its lines carry them. failures: share that fails.
    """

    actor: str = "account"
    decimals: int = 3
    ip: bool = True
    session: bool = True
    host: bool = False
    sender: bool = False
    outcome: bool = True
    failures: float = 0.004
    clients: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doing:
    """Something that the people of a trade do.

    rate: times a usual day. mix: scope -> share, where it differs from the pool's. size: magnitude
    of the act, where it is not the target's. spread: sigma of the people's own rates. holders: share
    of the people who ever do it. batch: how many in a row. season: month_end or quarter_end. when:
    spread over the shift, at its start or end. reason: share with a ticket. sender: own or private
    address, or that of the team's lead. second: under the second account where there is one. since:
    share of the period before the tool comes. then: an action that follows on the same target, after so many minutes.
    """

    action: str
    rate: float
    source: str
    pool: str = ""
    mix: Mapping[str, float] | None = None
    size: Size | None = None
    spread: float = 0.45
    holders: float = 1.0
    batch: float = 1.0
    season: str = ""
    when: str = "spread"
    reason: float = 0.0
    sender: str = "own"
    second: bool = False
    since: float = 0.0
    then: str = ""
    then_minutes: float = 0.0


@dataclass(frozen=True, slots=True)
class Trade:
    """People who do the same work: their share of the staff, their doings and their hours.

    rhythm: day, part, early, late, night, rotating or always -> share. campaign: the action of
    which a whole team does many on some days. second: prefix of a second account, in daily use.
    """

    name: str
    department: str
    titles: Mapping[str, float]
    share: float
    doings: tuple[Doing, ...]
    team: int = 8
    rhythm: Mapping[str, float] = field(default_factory=lambda: {"day": 0.9, "part": 0.1})
    contractors: float = 0.08
    on_call: bool = False
    campaign: str = ""
    second: str = ""
    login: str = ""

    @property
    def on_roster(self) -> bool:
        """Whether a roster knows them: service accounts and guests are on none."""
        return not self.login


@dataclass(frozen=True, slots=True)
class Part:
    """An incident or a harmless ending that somebody of a trade is to play.

    does: the shape's actions for it, in the order that the kind's function wants.
    trades: any of them; empty for everybody. rhythms: likewise. pool: where its targets are.
    """

    kind: str
    trades: tuple[str, ...] = ()
    does: tuple[str, ...] = ()
    count: int = 1
    pool: str = ""
    rhythms: tuple[str, ...] = ()
    contractor: bool = False
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """One sort of organisation.

    common: what everybody does. words: what this shape calls send, share, transfer, delete,
    download, logon and logoff, where it logs them. attributes: host, sender or client -> the key that
    its lines have for it. login: pattern of account names from {g} {f} initials, {given}, {family}, {n}.
    local_time: times with the local offset, not in UTC. withdrawn: share whose departure was called off.
    """

    name: str
    start: date
    days: int
    people: int
    domain: str
    zones: Mapping[str, float]
    sources: Mapping[str, Source]
    pools: Mapping[str, Pool]
    trades: tuple[Trade, ...]
    common: tuple[Doing, ...]
    words: Mapping[str, str]
    incidents: tuple[Part, ...]
    endings: tuple[Part, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)
    local_time: bool = False
    ticket: str = "TS-{n}"
    machine: str = "WS-{n:04d}"
    login: str = "{g}{family}"
    withdrawn: float = 0.01


@dataclass(frozen=True, slots=True)
class Incident:
    """What was planted: who, what kind, the story in a sentence, and the ids of the events that tell it."""

    person_id: str
    kind: str
    story: str
    event_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """A harmless leaver, and what was special about the leaving."""

    person_id: str
    kind: str


@dataclass(frozen=True, slots=True)
class World:
    """A generated organisation: roster rows, events in order of time, and the truth about both."""

    shape: str
    seed: int
    roster: tuple[Mapping[str, str], ...]
    events: pa.Table
    incidents: tuple[Incident, ...]
    endings: tuple[Ending, ...]
