"""A person with names, zone, departure and peers: what every question about somebody starts from."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from monitor.core.clocks import DAY_US, begin_of
from monitor.core.peers import LEFT, peer_groups
from monitor.core.windows import date_of, day_number, usual_zone
from monitor.looking import Look
from monitor.model import Departure, Person
from monitor.sql import literal

if TYPE_CHECKING:
    from monitor.store.acted import Acted

MOST_PEERS = 150
"""More tell no more of what is usual; of a larger group so many are drawn, always the same."""
SMALL = "small teams"
"""What those are called together who fit into no peer group, beside people who do."""
ZONE_SLACK_US = DAY_US
"""Peers live in other zones: their day begins so much sooner or later at most."""
SHOWN_DAYS = 30
"""Shown of somebody without a departure."""


@dataclass(frozen=True)
class Everybody:
    """All people of the rosters, with what each is called in the logs and whom each is compared with."""

    people: Mapping[str, Person]
    default_zone: str
    whose: Mapping[str, str]
    """name in logs -> person_id."""

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """person_id -> the names in logs that are theirs alone, lower case."""
        found: dict[str, list[str]] = {}
        for name, person_id in self.whose.items():
            found.setdefault(person_id, []).append(name)
        return found

    @cached_property
    def usual_zone(self) -> str:
        """The zone of people for whom no roster tells any."""
        return usual_zone(self.people.values(), self.default_zone)

    @cached_property
    def groups(self) -> tuple[dict[str, int], list[str]]:
        """person_id -> number of the peer group, and the groups' names."""
        everyone = sorted(self.people.values(), key=lambda person: person.person_id)
        numbers, names = peer_groups(everyone)
        return {person.person_id: n for person, n in zip(everyone, numbers, strict=True)}, names

    def zone(self, person_id: str) -> str:
        """The zone by which the person lives."""
        person = self.people.get(person_id)
        return (person.zone if person else None) or self.usual_zone

    def peers(self, person_id: str) -> list[str]:
        """Others of the same group, at most MOST_PEERS."""
        number, _ = self.groups
        mine = number.get(person_id)
        peers = [other for other, group in number.items() if group == mine and other != person_id]
        if len(peers) > MOST_PEERS:
            peers = sorted(peers, key=lambda other: hashlib.blake2b(other.encode(), digest_size=8).digest())
        return sorted(peers[:MOST_PEERS])

    def group(self, person_id: str) -> str:
        """The name of the person's peer group."""
        number, names = self.groups
        if person_id not in number:
            return "nobody"
        name = names[number[person_id]]
        return SMALL if name == LEFT and len(names) > 1 else name


def everybody(look: Look) -> Everybody:
    """Everybody on the rosters, also who looks: figures over all rest on all."""
    return _everybody(_Same(look.veil.people, look.whose), look.station.settings.people.timezone)


class _Same:
    """Stands for one mapping, not for what is in it: comparing thousands of people would take longer than asking."""

    def __init__(self, people: Mapping[str, Person], whose: Callable[[], Mapping[str, str]]) -> None:
        self.people, self.whose = people, whose

    def __hash__(self) -> int:
        return id(self.people)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.people is self.people


@lru_cache(maxsize=1)
def _everybody(same: _Same, default_zone: str) -> Everybody:
    return Everybody(same.people, default_zone, same.whose())


def departure_of(look: Look, person_id: str) -> Departure | None:
    """The departure that a look at this person is about: the nearest one that holds, else one that was withdrawn."""
    today = look.now.date()
    mine = [d for d in look.departures if d.person_id == person_id]
    return min(
        mine, key=lambda d: (d.certainty == "withdrawn", abs((d.last_day - today).days), d.last_day), default=None
    )


def shown_days(look: Look, departure: Departure | None, zone: str) -> tuple[date, date]:
    """First and last day of the watch window as far as it has come; without one the last days up to now."""
    today = look.now.astimezone(ZoneInfo(zone)).date()
    if departure is None:
        return today - timedelta(days=SHOWN_DAYS - 1), today
    first, end = look.station.window(departure)
    last = min(date_of(end - 1), today)
    return min(date_of(first), last), last


@contextmanager
def reading(look: Look) -> Iterator[tuple[Connection, Acted]]:
    """One moment of the store, with what reads events from it."""
    from monitor.engine import start  # noqa: PLC0415  # brings DuckDB: only where events are read
    from monitor.store.acted import Acted  # noqa: PLC0415

    engine = look.station.settings.engine
    db = start(engine.threads, engine.memory)
    try:
        with look.station.state.read() as connection:
            yield connection, Acted(connection, db, look.station.data)
    finally:
        db.close()


def numbered(group: Everybody, person_ids: list[str]) -> dict[str, int]:
    """Names in logs -> the place of their person in the list."""
    return {name: i for i, person_id in enumerate(person_ids) for name in group.names.get(person_id, ())}


def draw_beside(
    acted: Acted, group: Everybody, people: list[str], columns: tuple[str, ...], days: tuple[date, date]
) -> int:
    """Make the tables `beside` and `clock`: what one person ever did until the last of the days, and peers within them.

    people: the person, then the peers; their places are p.  days: on the person's own clock; of both, what happened
    elsewhere on the same dates is in the table too. Returns the number of the day after the last.
    """
    since, until = between(days, group.zone(people[0]))
    since, until = since - ZONE_SLACK_US, until + ZONE_SLACK_US
    span = acted.span()
    begin = min(span[0], since) if span else since
    acted.draw("beside", numbered(group, people), columns, begin, until, dict.fromkeys(range(1, len(people)), since))
    acted.put_clocks({p: group.zone(person_id) for p, person_id in enumerate(people)}, begin, until)
    return day_range(days)[1]


def draw_with_others(
    acted: Acted, names: Mapping[str, int], told: Collection[str], columns: Sequence[str], since: int, until: int
) -> set[str]:  # fmt: skip
    """Make the table `own` of what these names did in that time, and of the told events that other accounts did.

    names: of one person.  told: ids of events of findings.  columns: with id and actor.  Returns these others.
    """
    others = acted.doers(told, since, until).difference(names)
    acted.draw("own", {**names, **dict.fromkeys(others, next(iter(names.values()), 0))}, columns, since, until)
    if others:
        hands, ids = (", ".join(map(literal, sorted(texts))) for texts in (others, told))
        acted.db.execute(f"DELETE FROM own WHERE lower(actor) IN ({hands}) AND id NOT IN ({ids})")
    return others


def between(days: tuple[date, date], zone: str) -> tuple[int, int]:
    """Microseconds since 1970 UTC from the begin of the first day to the end of the last."""
    return begin_of(days[0], zone), begin_of(days[1] + timedelta(days=1), zone)


def day_range(days: tuple[date, date]) -> tuple[int, int]:
    """Day numbers of the first day and of the one after the last."""
    return day_number(days[0]), day_number(days[1]) + 1
