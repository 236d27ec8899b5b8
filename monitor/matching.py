"""Who acted: people and the names under which they act, matched to the actors of events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from monitor.core.identity import During, own_names, stays
from monitor.core.peers import peer_groups
from monitor.core.windows import date_of, usual_zone
from monitor.model import Departure, Person
from monitor.store.gather import SHORTEST_NAME
from monitor.store.history import History


@dataclass(slots=True)
class People:
    """Everybody on the rosters, in the order of their ids, and the names under which they act."""

    all: list[Person]
    number: dict[str, int]
    group: NDArray
    group_names: list[str]
    zones: dict[str, str]
    names: dict[str, int]
    ambiguous: Mapping[str, tuple[str, ...]]
    """Names that several people claim and that are nobody's for it, with the ids of these people."""


class NothingMatched(Exception):
    """No actor of any event is somebody on the roster."""

    def __init__(self, unmatched: list[tuple[str | None, int, int, str]], ambiguous: Sequence[str] = ()) -> None:
        self.unmatched, self.ambiguous = unmatched, ambiguous
        super().__init__("no actor of any event is on the roster")


def identify(
    everybody: Iterable[Person],
    default_zone: str,
    told: Iterable[Departure] = (),
    feeds: Mapping[str, int] | None = None,
    during: Callable[[], During | None] = lambda: None,
    after_days: int = 30,
) -> People:
    """Number people, group them, and say which names are whose: see `identity.own_names`, also on `during`.

    told: the departures as known.  feeds: the place of the feed that has the say on each person.
    """
    everyone = sorted(everybody, key=lambda person: person.person_id)
    number = {person.person_id: i for i, person in enumerate(everyone)}
    group, group_names = peer_groups(everyone)
    usual = usual_zone(everyone, default_zone)
    claimed, ambiguous = own_names(everyone, stays(everyone, told, feeds or {}), during, after_days)
    names = {name: number[person_id] for name, person_id in claimed.items()}
    return People(
        everyone,
        number,
        np.array(group),
        group_names,
        {p.person_id: p.zone or usual for p in everyone},
        names,
        ambiguous,
    )


def days_of(history: History, until: int | None = None) -> During | None:
    """The first and the last day (UTC) of the logs, whoever acted. until: leave out events after this t."""
    span = history.days(until)
    return span and (date_of(span[0]), date_of(span[1]))


def match(history: History, people: People, until: int | None) -> None:
    """Find out who acted. until: as in `assess`."""
    zones = sorted(set(people.zones.values()))
    hours = history.hours()
    seconds = [
        datetime.fromtimestamp(hour * 3600, ZoneInfo(zone)).utcoffset() or timedelta()
        for zone in zones
        for hour in hours
    ]
    history.match(
        pa.table(
            {
                "name": list(people.names),
                "k": pa.array(range(len(people.names)), pa.int32()),
                "p": pa.array(list(people.names.values()), pa.int32()),
            }
        ),
        pa.table(
            {
                "p": pa.array(range(len(people.all)), pa.int32()),
                "g": pa.array(people.group, pa.int32()),
                "zone": [people.zones[p.person_id] for p in people.all],
            }
        ),
        pa.table(
            {
                "zone": np.repeat(zones, len(hours)),
                "hour": np.tile(np.array(hours, np.int64), len(zones)),
                "seconds": pa.array([int(s.total_seconds()) for s in seconds], pa.int32()),
            }
        ),
        until,
        sorted(people.ambiguous),
    )


def mail_domains(people: People) -> list[str]:
    """The mail domains of the organisation, in order."""
    return sorted({p.email.partition("@")[2] for p in people.all if p.email and "@" in p.email})


def tellable(people: People) -> dict[str, int]:
    """Names that, standing in a target, tell whose it is: accounts, the local part of e-mails, drives."""
    names = {name.partition("@")[0]: number for name, number in sorted(people.names.items())}
    names |= {drive_of(name): number for name, number in people.names.items() if "@" in name}
    return {name: number for name, number in names.items() if len(name) >= SHORTEST_NAME}


def drive_of(address: str) -> str:
    """How OneDrive names the place of whose address this is.

    >>> drive_of("ann.o-neil@corp.example")
    'ann_o-neil_corp_example'
    """
    return address.replace("@", "_").replace(".", "_")
