"""A person's days around their last day, against their own usual and the peers': figures only, drawn elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median, quantiles

from monitor.core.windows import date_of, day_number
from monitor.model import Finding

HOURS = 24
LEAST_DAYS = 4
"""Of fewer days of the same weekday no usual is told: all working days stand in."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual: the median, and a low and a high that few days leave; of how many days or people."""

    low: float
    middle: float
    high: float
    of: int


@dataclass(frozen=True, slots=True)
class Version:
    """A departure as a roster told it: from when on, and until when it was in force (None: it is now)."""

    last_day: date
    notice_date: date | None
    kind: str
    certainty: str
    told_at: datetime
    ended_at: datetime | None
    feed: str


@dataclass(frozen=True, slots=True)
class Day:
    """One day on the person's own clock. hours: acts in each. own, peers: what was usual; None where nobody knows.

    others: (account as it may be shown, acts) of what somebody else's account did and findings lay at
    the person's door.
    """

    date: date
    hours: tuple[int, ...]
    own: Usual | None
    peers: Usual | None
    findings: tuple[Finding, ...]
    told: tuple[Version, ...]
    others: tuple[tuple[str, int], ...] = ()

    @property
    def acts(self) -> int:
        """Acts of the day under the person's own accounts."""
        return sum(self.hours)

    @property
    def by_others(self) -> int:
        """Acts of the day under others' accounts."""
        return sum(n for _, n in self.others)


@dataclass(frozen=True, slots=True)
class Timeline:
    """own_hours, peer_hours: acts in each hour of a working day, on average."""

    person_id: str
    zone: str
    group: str
    peers: int
    days: tuple[Day, ...]
    own_hours: tuple[float, ...]
    peer_hours: tuple[float, ...]
    versions: tuple[Version, ...]
    last_day: date | None


def timeline(
    person_id: str, zone: str, group: str, shown: tuple[date, date], own: Iterable[tuple[int, int]],
    peers: Mapping[int, Mapping[int, int]], peer_hours: Mapping[int, int], found: Sequence[Finding],
    versions: Sequence[Version], others: Sequence[tuple[date, str, int]] = (),
) -> Timeline:  # fmt: skip
    """Days from the first to the last of `shown`, both included.

    own: (hour on the person's own clock since 1970, acts), from the beginning of the record.
    peers: of each peer, by day since 1970, the acts; a peer without a day did nothing on it.
    peer_hours: by hour of the day, acts of all peers.  versions: oldest first.
    others: (day, account, acts) of what others' hands did; no part of what is usual.
    """
    by_day: dict[int, list[int]] = defaultdict(lambda: [0] * HOURS)
    for hour, n in own:
        by_day[hour // HOURS][hour % HOURS] += n
    first, last = day_number(shown[0]), day_number(shown[1])
    before = {d: hours for d, hours in by_day.items() if d < first}
    usual = _usual_by_weekday(before, first)
    days = tuple(
        _day(
            d,
            by_day.get(d),
            usual[_weekday(d)],
            [theirs.get(d, 0) for theirs in peers.values()],
            found,
            versions,
            others,
        )
        for d in range(first, last + 1)
    )
    worked = max(sum(1 for d in before if _weekday(d) < 5), 1)
    own_hours = tuple(sum(hours[h] for d, hours in before.items() if _weekday(d) < 5) / worked for h in range(HOURS))
    their_days = max(sum(len(theirs) for theirs in peers.values()), 1)
    standing = [v for v in versions if v.ended_at is None]
    return Timeline(
        person_id, zone, group, len(peers), days, own_hours,
        tuple(peer_hours.get(h, 0) / their_days for h in range(HOURS)),
        tuple(versions), standing[-1].last_day if standing else None,
    )  # fmt: skip


def spread(counts: Sequence[float]) -> Usual | None:
    """Median, and the tenth and ninetieth of a hundred; None of nothing.

    >>> spread([1, 2, 3, 4, 100])
    Usual(low=1.4, middle=3, high=61.6, of=5)
    """
    if not counts:
        return None
    if len(counts) == 1:
        return Usual(counts[0], counts[0], counts[0], 1)
    tenths = quantiles(counts, n=10, method="inclusive")
    return Usual(round(tenths[0], 1), median(counts), round(tenths[-1], 1), len(counts))


def _day(
    d: int, hours: Sequence[int] | None, own: Usual | None, peers: Sequence[int], found: Sequence[Finding],
    versions: Sequence[Version], others: Sequence[tuple[date, str, int]],
) -> Day:  # fmt: skip
    day = date_of(d)
    return Day(
        day,
        tuple(hours or (0,) * HOURS),
        own,
        spread(peers),
        tuple(f for f in found if f.time.date() == day),
        tuple(v for v in versions if v.told_at.date() == day),
        tuple((account, n) for on, account, n in others if on == day),
    )


def _usual_by_weekday(before: Mapping[int, Sequence[int]], first: int) -> list[Usual | None]:
    """What is usual on each weekday, from the days of the record before `first`; days without acts count too."""
    if not before:
        return [None] * 7
    counts: list[list[int]] = [[] for _ in range(7)]
    for d in range(min(before), first):
        counts[_weekday(d)].append(sum(before.get(d, ())))
    working = [n for weekday in counts[:5] for n in weekday]
    return [
        spread(counts[weekday] if len(counts[weekday]) >= LEAST_DAYS else working if weekday < 5 else [])
        for weekday in range(7)
    ]


def _weekday(day: int) -> int:
    """Monday is 0; 1 January 1970 was a Thursday."""
    return (day + 3) % 7
