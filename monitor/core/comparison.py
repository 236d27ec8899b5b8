"""A person's actions beside the peers': how often, on how many days, before and now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Row:
    """One action. A rate is acts in thirty days.

    now, days_now: acts and days with one in the period.  own_now, own_before: rates in the period and before it.
    peers_*: rates of the peers in the same period: median, tenth, ninetieth and hundredth of a hundred.
    users: how many of the peers did it at all.  place: how many of the peers did it more often, plus one.
    tied: how many did it just as often.
    """

    action: str
    now: int
    days_now: int
    own_now: float
    before: int
    days_before: int
    own_before: float
    peers_median: float
    peers_low: float
    peers_high: float
    peers_most: float
    users: int
    place: int
    tied: int
    remark: str


MONTH_DAYS = 30
OFTEN = 3.0
"""So many times the usual is worth a remark."""
LEAST = 5
"""Fewer acts than that tell nothing of a rate."""


def compare(
    own: Iterable[tuple[str, int, int]], peers: Iterable[tuple[int, str, int]], numbers: Iterable[int], first: int,
    end: int, begin: int,
) -> list[Row]:  # fmt: skip
    """The actions of the person or of the peers, those done most in the period first.

    own: (action, day since 1970, acts).  peers: (peer, action, acts in the period).  numbers: every peer,
    also those who did nothing.  first, end: the period's days, the end not included.  begin: first day of the record.
    """
    now: dict[str, dict[int, int]] = defaultdict(dict)
    before: dict[str, dict[int, int]] = defaultdict(dict)
    for action, day, n in own:
        if first <= day < end:
            now[action][day] = n
        elif day < first:
            before[action][day] = n
    theirs: dict[str, dict[int, int]] = defaultdict(dict)
    for peer, action, n in peers:
        theirs[action][peer] = n
    everyone = list(numbers)
    days, days_before = max(end - first, 1), first - begin
    rows = [
        _row(action, now[action], before[action], [theirs[action].get(p, 0) for p in everyone], days, days_before)
        for action in sorted({*now, *before, *theirs})
    ]
    return sorted(rows, key=lambda row: (-row.now, -row.before, -row.users, row.action))


def _row(
    action: str, now: Mapping[int, int], before: Mapping[int, int], peers: list[int], days: int, days_before: int
) -> Row:
    acts, acts_before = sum(now.values()), sum(before.values())
    rate = MONTH_DAYS / days
    low, high = _tenths(peers)
    own_now = acts * rate
    own_before = acts_before * MONTH_DAYS / days_before if days_before > 0 else 0.0
    place = 1 + sum(n > acts for n in peers)
    users = sum(n > 0 for n in peers)
    row = Row(
        action, acts, len(now), round(own_now, 1), acts_before, len(before), round(own_before, 1),
        round(median(peers) * rate, 1) if peers else 0.0, round(low * rate, 1), round(high * rate, 1),
        round(max(peers, default=0) * rate, 1), users, place, peers.count(acts), "",
    )  # fmt: skip
    return _with_remark(row, len(peers), days_before)


def _tenths(counts: list[int]) -> tuple[float, float]:
    if len(counts) < 2:
        return (float(counts[0]),) * 2 if counts else (0.0, 0.0)
    tenths = quantiles(counts, n=10, method="inclusive")
    return tenths[0], tenths[-1]


def _with_remark(row: Row, peers: int, days_before: int) -> Row:
    said = []
    if row.now and not row.before and days_before >= MONTH_DAYS:
        said.append("new to the person")
    elif row.now >= LEAST and row.own_before and row.own_now >= OFTEN * row.own_before:
        said.append(f"{row.own_now / row.own_before:.0f} times as often as before")
    elif not row.now and row.before >= LEAST:
        said.append("not any more")
    if row.now and peers and not row.users:
        said.append("no peer does it")
    elif row.now >= LEAST and peers >= LEAST:
        said += _above(row, peers)
    return replace(row, remark="; ".join(said))


def _above(row: Row, peers: int) -> list[str]:
    """Where the person stands at the top of the peers: only those who did it less often are below."""
    if row.place == 1:
        tie = f"as often as {row.tied} of {peers} peers, none more often"
        return [tie if row.tied else f"more than all {peers} peers"]
    below = peers - (row.place - 1) - row.tied
    return ["more than nine of ten peers"] if 10 * below >= 9 * peers else []
