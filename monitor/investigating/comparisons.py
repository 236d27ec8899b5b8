"""What a person did beside what the peers did, action by action."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from monitor.core.comparison import Row, compare
from monitor.investigating.circle import between, day_range, departure_of, everybody, numbered, reading, shown_days
from monitor.investigating.timelines import ZONE_SLACK_US
from monitor.looking import Look
from monitor.model import Person


@dataclass(frozen=True, slots=True)
class Comparison:
    """rows: an action each. peers: with how many the person is compared, of which group."""

    person_id: str
    zone: str
    first: date
    last: date
    group: str
    peers: int
    rows: list[Row]


def comparison_of(look: Look, person: Person, shown: tuple[date, date] | None = None) -> Comparison:
    """The person's actions within the days shown (by default the watch window so far), before them, and the peers'."""
    group = everybody(look)
    zone = group.zone(person.person_id)
    days = shown or shown_days(look, departure_of(look, person.person_id), zone)
    first, end = day_range(days)
    since, until = between(days, zone)
    peers = group.peers(person.person_id)
    with reading(look) as (_, acted):
        span = acted.span() or (since, since)
        begin = min(span[0], since)
        acted.draw("own", numbered(group, [person.person_id]), ("t", "action"), begin, until)
        acted.put_clocks({0: zone}, begin, until)
        own = [(action, day, n) for _, action, day, n in acted.days("own", ["action"])]
        wide = since - ZONE_SLACK_US, until + ZONE_SLACK_US
        acted.draw("peers", numbered(group, peers), ("t", "action"), *wide)
        acted.put_clocks({i: group.zone(peer) for i, peer in enumerate(peers)}, *wide)
        theirs: Counter[tuple[int, str]] = Counter()
        for peer, action, day, n in acted.days("peers", ["action"]):
            if first <= day < end:
                theirs[peer, action] += n
    rows = compare(
        own, [(p, a, n) for (p, a), n in theirs.items()], range(len(peers)), first, end,
        min([day for _, day, _ in own], default=first),
    )  # fmt: skip
    return Comparison(person.person_id, zone, *days, group.group(person.person_id), len(peers), rows)
