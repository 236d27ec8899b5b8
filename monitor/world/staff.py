"""Who works here: trades, teams, names, accounts, zones, and who is known to leave when."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from monitor.world.model import Bools, Floats, Ints, Shape, Trade
from monitor.world.names import FAMILY, GIVEN, PRIVATE_DOMAINS, WORDS

NEVER = 1 << 30
LEFTOVER_SHARE = 0.05
"""Share of people with a second account left over from earlier, e.g. from the time as a contractor."""
JOINER_SHARE = 0.08
ZONE_KNOWN_SHARE = 0.94
MANAGER_KNOWN_SHARE = 0.97


@dataclass(slots=True)
class Staff:
    """All actors, service accounts last; arrays of shape (n,). Days count from the first day of the period.

    team_later and moves: the team from the day `moves` on. first: day of joining. last_day: as the
    roster has it (NEVER: none); notice: NEVER where unknown. second_use: share of acts under a second
    account that the work does not ask for.
    """

    trade: Ints
    team: Ints
    zone: Ints
    zones: tuple[str, ...]
    rhythm: list[str]
    title: list[str]
    name: list[str]
    login: list[str]
    email: list[str]
    private: list[str]
    second: list[str]
    second_use: Floats
    contractor: Bools
    person_id: list[str]
    first: Ints
    moves: Ints
    team_later: Ints
    last_day: Ints = field(init=False)
    notice: Ints = field(init=False)
    departure_kind: list[str] = field(init=False)
    status: list[str] = field(init=False)

    def __post_init__(self) -> None:
        """Nobody leaves yet."""
        self.last_day, self.notice = np.full(self.n, NEVER), np.full(self.n, NEVER)
        self.departure_kind, self.status = [""] * self.n, [""] * self.n

    @property
    def n(self) -> int:
        """How many actors there are."""
        return len(self.trade)

    @property
    def lead(self) -> Ints:
        """Who leads each team, shape (teams,)."""
        first: Ints = np.unique(self.team, return_index=True)[1]
        return first

    @property
    def people(self) -> int:
        """How many of them are people; the rest are service accounts."""
        return sum(1 for person_id in self.person_id if person_id)

    def team_on(self, person: Ints, day: Ints) -> Ints:
        """The team of each person on each day, shape (n,)."""
        team: Ints = np.where(day >= self.moves[person], self.team_later[person], self.team[person])
        return team

    def teammates(self, person: int) -> Ints:
        """The others of a person's team at the start."""
        others = np.arange(self.n) != person
        return np.flatnonzero((self.team == self.team[person]) & others)


def hire(shape: Shape, people: int, days: int, rng: np.random.Generator) -> Staff:
    """Draw the staff of a shape."""
    trade = _trades(shape, people, rng)
    n, trades = len(trade), shape.trades
    team = _teams(shape, trade)
    zones = tuple(shape.zones)
    share = np.array([*shape.zones.values()])
    of_team = rng.choice(len(zones), team.max() + 1, p=share / share.sum())
    zone = np.where(rng.random(n) < 0.85, of_team[team], rng.choice(len(zones), n, p=share / share.sum()))
    names, logins = _names([trades[t].login or shape.login for t in trade], rng)
    later, moves = _moves(trade, team, days, rng)
    contractor = rng.random(n) < np.array([t.contractors for t in trades])[trade]
    joins = rng.random(n) < JOINER_SHARE
    first = np.where(joins, rng.integers(5, int(days * 0.9), n), -rng.integers(10, 2500, n))
    first = np.where(contractor & ~joins, -rng.integers(5, 200, n), first)
    numbers = rng.permutation(np.arange(1000, 1000 + 3 * n))[:n]
    return Staff(
        trade=trade, team=team, zone=zone, zones=zones,
        rhythm=[_draw(trades[t].rhythm, rng) for t in trade], title=[_draw(trades[t].titles, rng) for t in trade],
        name=names, login=logins, email=[login if "@" in login else f"{login}@{shape.domain}" for login in logins],
        private=_private(names, logins, rng),
        second=[_second(trades[t], login, rng) for t, login in zip(trade, logins, strict=True)],
        second_use=np.where(rng.random(n) < 0.4, rng.beta(1.0, 15.0, n), 0.0),
        contractor=contractor, first=first, moves=moves, team_later=later,
        person_id=[
            (f"X{number}" if out else f"P{number}") if trades[t].on_roster else ""
            for t, number, out in zip(trade, numbers, contractor, strict=True)
        ],
    )  # fmt: skip


def roster_rows(shape: Shape, staff: Staff, rng: np.random.Generator) -> tuple[Mapping[str, str], ...]:
    """The roster as the HR feed tells it; service accounts are on none. Columns as in the canonical roster."""
    rows = []
    for person in np.flatnonzero(np.array(staff.person_id) != ""):
        lead = int(staff.lead[staff.team[person]])
        lead = lead if lead != person else int(np.flatnonzero(staff.trade == staff.trade[person])[0])
        managed = lead != person and rng.random() < MANAGER_KNOWN_SHARE
        rows.append({
            "person_id": staff.person_id[person],
            "name": staff.name[person],
            "email": staff.email[person],
            "accounts": "|".join(filter(None, (staff.login[person], *_spellings(staff.second[person], shape.domain)))),
            "department": shape.trades[staff.trade[person]].department,
            "title": staff.title[person],
            "manager": staff.person_id[lead] if managed else "",
            "employment_type": "contractor" if staff.contractor[person] else "employee",
            "timezone": staff.zones[staff.zone[person]] if rng.random() < ZONE_KNOWN_SHARE else "",
            "start_date": _iso(shape.start, int(staff.first[person])),
            "notice_date": _iso(shape.start, int(staff.notice[person])),
            "last_day": _iso(shape.start, int(staff.last_day[person])),
            "departure_kind": staff.departure_kind[person],
            "status": staff.status[person],
        })  # fmt: skip
    return tuple(rows)


def _trades(shape: Shape, people: int, rng: np.random.Generator) -> Ints:
    """Trade of each actor, at least three of each; service accounts come last."""
    share = np.array([t.share if t.on_roster else 0.0 for t in shape.trades])
    on_roster = np.flatnonzero(share)
    sure = np.repeat(on_roster, 3)
    rest = rng.choice(len(share), max(0, people - len(sure)), p=share / share.sum())
    services = [np.full(max(2, round(t.share * people)), i) for i, t in enumerate(shape.trades) if not t.on_roster]
    return np.concatenate([rng.permutation(np.concatenate([sure, rest])), *services]).astype(np.int64)


def _teams(shape: Shape, trade: Ints) -> Ints:
    """Global team number of each actor: the people of a trade in lots of about `team`."""
    team, offset = np.zeros(len(trade), np.int64), 0
    for index, one in enumerate(shape.trades):
        members = np.flatnonzero(trade == index)
        lots = max(1, round(len(members) / one.team))
        team[members] = offset + np.arange(len(members)) * lots // max(1, len(members))
        offset += lots
    return team


def _moves(trade: Ints, team: Ints, days: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """The later team, and the day of the move: 3 % of the people go to another team of their trade."""
    later, moves = team.copy(), np.full(len(team), NEVER)
    for person in np.flatnonzero(rng.random(len(team)) < 0.03):
        later[person] = other_team(trade, team, int(person), rng)
        moves[person] = rng.integers(days // 4, days)
    return later, moves


def other_team(trade: Ints, team: Ints, person: int, rng: np.random.Generator) -> int:
    """Another team of the person's trade; the own one where there is no other."""
    others = np.setdiff1d(team[trade == trade[person]], team[person])
    return int(rng.choice(others)) if len(others) else int(team[person])


def _names(patterns: Sequence[str], rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """Name and login of each actor."""
    names, logins, seen = [], [], Counter[str]()
    for pattern in patterns:
        given, family = GIVEN[rng.integers(len(GIVEN))], FAMILY[rng.integers(len(FAMILY))]
        a, b = (WORDS[word] for word in rng.integers(len(WORDS), size=2))
        plain, last = _ascii(given), _ascii(family)
        number = int(rng.integers(1, 9999))
        login = pattern.format(a=a, b=b, given=plain, family=last, g=plain[0], f=last[0], n=number)
        seen[login] += 1
        logins.append(login if seen[login] == 1 else f"{login}{seen[login]}")
        names.append(f"{given} {family}")
    return names, logins


def _private(names: Sequence[str], logins: Sequence[str], rng: np.random.Generator) -> list[str]:
    domains = rng.integers(len(PRIVATE_DOMAINS), size=len(names))
    numbers = rng.integers(1, 99, len(names))
    return [
        f"{_ascii(name.replace(' ', '.'))}{number}@{PRIVATE_DOMAINS[domain]}" if login else ""
        for name, login, number, domain in zip(names, logins, numbers, domains, strict=True)
    ]


def _second(trade: Trade, login: str, rng: np.random.Generator) -> str:
    if trade.second:
        return f"{trade.second}{login}"
    return leftover(login) if trade.on_roster and rng.random() < LEFTOVER_SHARE else ""


def leftover(login: str) -> str:
    """The account that somebody had when first here, as an outside worker."""
    return f"{login}-ext"


def _spellings(account: str, domain: str) -> tuple[str, ...]:
    return (account, f"{account}@{domain}") if account else ()


def _draw(shares: Mapping[str, float], rng: np.random.Generator) -> str:
    weight = np.array([*shares.values()])
    return str(rng.choice([*shares], p=weight / weight.sum()))


def _iso(start: date, day: int) -> str:
    return "" if day == NEVER else (start + timedelta(days=day)).isoformat()


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower().replace("'", "")
