"""Who is told of what, and when: routes, the person concerned left out, quiet hours, silences."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from monitor.core.fold import rank
from monitor.core.identity import lowered
from monitor.model import Person


class RouteLike(Protocol):
    """A row of [[routes]]."""

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of channels."""

    @property
    def severity(self) -> str:
        """From this severity on."""

    @property
    def departments(self) -> tuple[str, ...]:
        """Only of these; empty: all."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Only of these logs; empty: all."""


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a channel reaches: mail addresses with their fallback, or the people who own it."""

    name: str
    to: tuple[str, ...] = ()
    fallback: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """A channel and, for mail, the addresses; no channel where nobody is left to tell."""

    channel: str
    recipients: tuple[str, ...]


def names_of(people: Iterable[Person]) -> frozenset[str]:
    """Every name under which these people can be reached, lower case."""
    names = ((lowered(p.person_id), p.email or "", *p.accounts) for p in people)
    return frozenset(name for group in names for name in group if name)


def chain_of(person: Person, everybody: Mapping[str, Person]) -> list[Person]:
    """Whoever manages a person, and who manages them, by what the rosters say.  everybody: by lower-case name."""
    found: list[Person] = []
    above = everybody.get(lowered((person.manager or "").strip()))
    while above is not None and above not in found and above != person:
        found.append(above)
        above = everybody.get(lowered((above.manager or "").strip()))
    return found


def by_name(people: Iterable[Person]) -> dict[str, Person]:
    """Everybody by each name under which another roster line can mean them, lower case; their plain name comes last."""
    told = list(people)
    named = {p.name.lower(): p for p in told if p.name}
    return named | {name: p for p in told for name in names_of([p])}


def deliveries(
    severity: str, department: str | None, sources: Collection[str], concerned: Collection[str],
    routes: Sequence[RouteLike], audiences: Mapping[str, Audience], off: Collection[str] = (),
) -> list[Delivery]:  # fmt: skip
    """Where a notice goes: the first route that fits and reaches somebody; failing all, any channel; else nowhere.

    concerned: names of the people the notice is about; none of them is told.
    """
    fitting = [r.channels for r in routes if _fits(r, severity, department, sources)]
    for names in [*fitting, tuple(audiences)]:
        there = [audiences[name] for name in names if name in audiences and name not in off]
        found = [d for audience in there if (d := _reach(audience, concerned))]
        if found:
            return found
    return []


def due_at(now: datetime, severity: str, quiet_from: str, quiet_to: str, quiet_below: str, zone: str) -> datetime:
    """Now, or the end of the quiet hours where it can wait until then."""
    if not quiet_from or not quiet_to or rank(severity) >= rank(quiet_below):
        return now
    local = now.astimezone(ZoneInfo(zone))
    begins, ends = time.fromisoformat(quiet_from), time.fromisoformat(quiet_to)
    clock = local.time().replace(tzinfo=None)
    quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not quiet:
        return now
    day = local.date() if clock < ends else local.date() + timedelta(days=1)
    return max(now, datetime.combine(day, ends, ZoneInfo(zone)).astimezone(now.tzinfo))


def last_time_of_day(now: datetime, clock: str, zone: str) -> datetime:
    """When it last was so late on the local clock; once a day, also in the nights when the clock is changed."""
    local = now.astimezone(ZoneInfo(zone))
    for back in (0, 1):
        then = datetime.combine(local.date() - timedelta(days=back), time.fromisoformat(clock), ZoneInfo(zone))
        if then.timestamp() <= now.timestamp():
            return then.astimezone(now.tzinfo)
    return then.astimezone(now.tzinfo) - timedelta(days=1)


def silenced(silences: Iterable[tuple[str, str]], person: Person) -> bool:
    """Does a silence in force (scope, value) cover this person?"""
    values = {"person": person.person_id, "department": person.department, "all": "all"}
    return any(values.get(scope) == value for scope, value in silences)


def _fits(route: RouteLike, severity: str, department: str | None, sources: Collection[str]) -> bool:
    return (
        rank(severity) >= rank(route.severity)
        and (not route.departments or department in route.departments)
        and (not route.sources or bool(set(sources) & set(route.sources)))
    )


def _reach(audience: Audience, concerned: Collection[str]) -> Delivery | None:
    if set(map(str.lower, audience.owners)) & set(concerned):
        return None
    if not audience.to and not audience.fallback:
        return Delivery(audience.name, ())
    for addresses in (audience.to, audience.fallback):
        left = tuple(a for a in addresses if lowered(a) not in concerned)
        if left:
            return Delivery(audience.name, left)
    return None
