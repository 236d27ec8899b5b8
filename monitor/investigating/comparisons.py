"""What a person did beside what the peers did, action by action."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from monitor.core.comparison import Row, compare
from monitor.core.windows import date_of
from monitor.investigating.circle import (
    day_range,
    departure_of,
    draw_beside,
    everybody,
    reading,
    shown_days,
)
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
    """The person's actions within the days shown, before them, and the peers'.

    shown: by default the watch window so far, without the days after who left was last there: they would thin rates.
    """
    group = everybody(look)
    zone = group.zone(person.person_id)
    departure = departure_of(look, person.person_id)
    days = shown or shown_days(look, departure, zone)
    peers = group.peers(person.person_id)
    with reading(look) as (_, acted):
        draw_beside(acted, group, [person.person_id, *peers], ("t", "action"), days)
        counted = acted.days("beside", ["action"])
    if departure and not shown:
        last_seen = max((date_of(day) for p, _, day, _ in counted if p == 0), default=days[0])
        days = days[0], min(days[1], max(departure.last_day, last_seen))
    first, end = day_range(days)
    own = [(action, day, n) for p, action, day, n in counted if p == 0 and day < end]
    theirs: Counter[tuple[int, str]] = Counter()
    for p, action, day, n in counted:
        if p > 0 and first <= day < end:
            theirs[p - 1, action] += n
    rows = compare(
        own, [(p, a, n) for (p, a), n in theirs.items()], range(len(peers)), first, end,
        min([day for _, day, _ in own], default=first),
    )  # fmt: skip
    return Comparison(person.person_id, zone, *days, group.group(person.person_id), len(peers), rows)
