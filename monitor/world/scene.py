"""Where incidents, endings and odd days are played: one person's days, and acts like everybody's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack

import numpy as np

from monitor.world.company import Company, Role
from monitor.world.drafts import ROUTINE, Drafts, Moments
from monitor.world.model import HOUR_US, MICROSECONDS, MINUTE_US, Doing, Floats, Ints
from monitor.world.rota import working_days
from monitor.world.routine import complete, magnitudes
from monitor.world.staff import NEVER

WINDOW_DAYS = 30


class How(TypedDict, total=False):
    """What is special about an act; all else is as usual for the person.

    target, size: a code of Targets and a magnitude, one for all acts or one for each. machine: index.
    person: another actor. second: under the second account. sender: a mail's, a code. planted: part of
    the incident (the default) or only beside it.
    """

    target: Ints | int
    size: Floats | float
    machine: int
    person: int
    second: bool
    sender: int
    planted: bool


def counted(n: int, noun: str) -> str:
    """A number with its noun.

    >>> counted(1, "day"), counted(2, "day")
    ('1 day', '2 days')
    """
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


@dataclass
class Scene:
    """One role and the acts it adds. Days are counted back from the last day; times are microseconds since 1970 UTC."""

    company: Company
    role: Role
    rng: np.random.Generator
    tag: int = ROUTINE
    drafts: list[Drafts] = field(default_factory=list)

    @property
    def person(self) -> int:
        """The actor who plays the role."""
        return self.role.person

    @property
    def does(self) -> tuple[str, ...]:
        """The shape's actions for this kind."""
        return self.role.part.does

    @property
    def longest(self) -> int:
        """How many days before the last day the watch window begins."""
        notice = int(self.company.staff.notice[self.person])
        return max(WINDOW_DAYS, 0 if notice == NEVER else self.role.last - notice)

    def days(self, most: int, least: int = 0) -> Ints:
        """Working days from `most` to `least` days before the last day; all of these days where there is none."""
        first, last = self.role.last - most, self.role.last - least
        found = working_days(self.company.rota.work, self.person, first, last)
        return found if len(found) else np.arange(max(first, 0), last + 1)

    def a_day(self, most: int, least: int = 0) -> int:
        """One of these days."""
        return int(self.rng.choice(self.days(most, least)))

    def some_days(self, n: int, most: int, least: int = 0) -> Ints:
        """Up to n different ones of these days, in order."""
        days = self.days(most, least)
        return np.sort(self.rng.choice(days, min(n, len(days)), replace=False))

    def at(self, day: int, hour: float) -> int:
        """A local hour of a day; 25 is one in the morning after it."""
        return int(self.company.rota.midnight[self.person, day] + hour * HOUR_US)

    def in_shift(self, day: int, least: float = 0.05, most: float = 0.95) -> int:
        """A time between two shares of that day's shift."""
        work = self.company.rota.work
        share = self.rng.uniform(least, most)
        return self.at(day, float(work.start[self.person, day] + share * work.hours[self.person, day]))

    def row(self, start: int, n: int, gap_seconds: float) -> Ints:
        """n times from start on, with gaps that vary around the mean."""
        gaps = self.rng.exponential(gap_seconds, n) + 0.2 * gap_seconds
        return start + (np.cumsum(gaps) * MICROSECONDS).astype(np.int64)

    def codes(self, action: str = "", pool: str = "", *, others: bool = False) -> Ints:
        """Shared targets of the pool (the part's, else the action's): the company's; all teams' too where `others`."""
        targets = self.company.targets
        pool = pool or self.role.part.pool or self.pool_of(action or self.does[0])
        shared = [targets.of_company(pool)] if (pool, "company") in targets.start else []
        if (pool, "team") in targets.start and (others or not shared):
            shared += [targets.of_owner(pool, "team", int(team)) for team in np.unique(self.company.staff.team)]
        return np.concatenate(shared) if shared else np.empty(0, np.int64)

    def elsewhere(self, pool: str) -> Ints:
        """Targets of a pool that are another team's; the company's where teams have none of their own."""
        company = self.company
        if (pool, "team") not in company.targets.start:
            return company.targets.of_company(pool)
        numbers = [number for number, doing in enumerate(company.doings) if doing.pool == pool]
        users = np.flatnonzero((company.rate[:, numbers] > 0).any(axis=1))
        teams = np.setdiff1d(company.staff.team[users], company.staff.team[self.person])
        return company.targets.of_owner(pool, "team", int(self.rng.choice(teams)))

    def distinct(self, n: int, codes: Ints) -> Ints:
        """Up to n different ones of the targets."""
        return self.rng.choice(codes, min(n, len(codes)), replace=False)

    def own(self, pool: str, n: int) -> Ints:
        """Up to n of the person's own targets of a pool."""
        return self.distinct(n, self.company.targets.of_owner(pool, "own", self.person))

    def at_hand(self, pool: str, n: int) -> Ints:
        """Up to n of the person's own and the team's targets of a pool."""
        targets, team = self.company.targets, int(self.company.staff.team[self.person])
        owned = [
            targets.of_owner(pool, scope, owner)
            for scope, owner in (("own", self.person), ("team", team))
            if (pool, scope) in targets.start
        ]
        return self.distinct(n, np.concatenate(owned))

    def pool_of(self, action: str) -> str:
        """Where the person's targets of an action are."""
        return self.company.doings[self.company.doing(self.person, action)].pool

    def large(self, action: str, n: int, least: float, most: float) -> Floats:
        """n magnitudes of the action that many sigmas above the median."""
        doing = self.company.doings[self.company.doing(self.person, action)]
        size = doing.size or self.company.shape.pools[doing.pool].size
        if size is None:
            raise ValueError(f"{action} has no magnitude")
        return np.round(size.median * np.exp(size.sigma * self.rng.uniform(least, most, n)), size.decimals)

    def act(self, action: str, t: Ints | int, **how: Unpack[How]) -> None:
        """Do the action at each of the times."""
        times = np.atleast_1d(np.asarray(t, np.int64))
        number = self.company.doing(how.get("person", self.person), action)
        self._add(np.full(len(times), number), times, how)

    def usual(self, t: Ints, **how: Unpack[How]) -> None:
        """At each time one of the person's usual acts, as often as usual."""
        doings = self.company.doings
        rate = self.company.rate[self.person] * np.array([doing.when == "spread" for doing in doings])
        if rate.any():
            self._add(self.rng.choice(len(rate), len(t), p=rate / rate.sum()), t, how)

    def log_on(self, start: int, minutes: float, **how: Unpack[How]) -> None:
        """Logon at the start and logoff after so many minutes, where the shape logs them."""
        words = self.company.shape.words
        for word, t in (("logon", start), ("logoff", start + int(minutes * MINUTE_US))):
            if word in words:
                self.act(words[word], t, **how)

    def _add(self, numbers: Ints, t: Ints, how: How) -> None:
        rota = self.company.rota
        who = np.full(len(t), how.get("person", self.person))
        day = rota.day_of(who, t)
        machine = np.full(len(t), how["machine"]) if "machine" in how else rota.machine[who, day]
        at = Moments(who, self.company.staff.team_on(who, day), day, t, machine)
        for number in np.unique(numbers):
            draft = complete(self.company, int(number), at.rows(numbers == number), self.rng)
            self.drafts.append(self._as_told(draft, self.company.doings[number], how))

    def _as_told(self, draft: Drafts, doing: Doing, how: How) -> Drafts:
        n = len(draft)
        if "target" in how:
            target = np.broadcast_to(np.asarray(how["target"], np.int64), n).copy()
            draft = replace(draft, target=target, magnitude=magnitudes(self.company, doing, target, self.rng))
        if "size" in how:
            draft = replace(draft, magnitude=np.broadcast_to(np.asarray(how["size"], np.float64), n).copy())
        if "sender" in how:
            draft = replace(draft, sender=np.full(n, how["sender"]))
        return replace(
            draft,
            second=draft.second | how.get("second", False),
            failed=draft.failed & (n > 1),
            tag=np.full(n, self.tag if how.get("planted", True) else ROUTINE),
        )
