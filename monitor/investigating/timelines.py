"""What a person did day by day, against their own usual and the peers'."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.core.clocks import local, micros
from monitor.core.identity import lowered
from monitor.core.timeline import HOURS, Timeline, Version, timeline
from monitor.investigating.circle import (
    SHOWN_DAYS,
    departure_of,
    draw_beside,
    draw_with_others,
    everybody,
    numbered,
    reading,
    shown_days,
)
from monitor.looking import Look
from monitor.model import Finding, Person
from monitor.store import cases, rosters

if TYPE_CHECKING:
    from monitor.store.acted import Acted

ONE_DAY = timedelta(days=1, hours=1)
"""The events of a finding lie on one local day, the clocks' change included."""


def timeline_of(look: Look, person: Person, shown: tuple[date, date] | None = None) -> Timeline:
    """The person's days, by default those of the watch window, or the last ones up to a later finding.

    shown: first and last day.
    """
    group = everybody(look)
    zone = group.zone(person.person_id)
    peers = group.peers(person.person_id)
    with reading(look) as (connection, acted):
        found = cases.findings_about(connection, person.person_id)
        days = shown or _days_up_to(found, shown_days(look, departure_of(look, person.person_id), zone))
        end = draw_beside(acted, group, [person.person_id, *peers], ("t",), days)
        own: list[tuple[int, int]] = []
        by_day: dict[int, dict[int, int]] = {i: defaultdict(int) for i in range(len(peers))}
        by_hour: Counter[int] = Counter()
        for p, hour, n in acted.hours("beside"):
            if p > 0:
                by_day[p - 1][hour // HOURS] += n
                by_hour[hour % HOURS] += n
            elif hour < end * HOURS:
                own.append((hour, n))
        told = versions_of(look, rosters.versions(connection, person.person_id), zone)
        others = _by_others(look, acted, person, found)
    return timeline(
        person.person_id, zone, group.group(person.person_id), days, own, by_day, by_hour, found, told, others
    )  # fmt: skip


def _by_others(look: Look, acted: Acted, person: Person, found: Sequence[Finding]) -> list[tuple[date, str, int]]:
    """(day, whose account as it may be shown, acts) of what findings lay at the person's door and others' hands did."""
    ours = [person.person_id]
    told = [f for f in found if list(f.accounts) != ours]
    if not told:
        return []
    since, until = micros(min(f.time for f in told) - ONE_DAY), micros(max(f.time for f in told) + ONE_DAY)
    group, ids = everybody(look), {event_id for f in told for event_id in f.event_ids}
    others = draw_with_others(acted, numbered(group, ours), ids, ("id", "t", "actor"), since, until)
    owners = {name: owner for owner, names in group.names.items() for name in names}
    zone, counts = group.zone(person.person_id), Counter[tuple[date, str]]()
    spelt: dict[str, str] = {}
    for t, actor in acted.rows("SELECT t, actor FROM own ORDER BY t, id"):
        if (name := lowered(actor)) in others:
            account = owners.get(name) or spelt.setdefault(name, actor)
            counts[local(t, zone).date(), look.veil.whose(account, ours)] += 1
    return [(day, account, n) for (day, account), n in sorted(counts.items())]


def _days_up_to(found: Sequence[Finding], days: tuple[date, date]) -> tuple[date, date]:
    """Those days, or where a finding comes later the SHOWN_DAYS that end with it."""
    latest = max((finding.time.date() for finding in found), default=days[1])
    return days if latest <= days[1] else (latest - timedelta(days=SHOWN_DAYS - 1), latest)


def versions_of(look: Look, rows: list[rosters.DepartureVersion], zone: str) -> list[Version]:
    """A departure's versions on the person's own clock, oldest first; of the feed that has the say."""
    names = [feed.name for feed in look.station.settings.rosters]
    feed = min((r.feed for r in rows), key=lambda f: names.index(f) if f in names else len(names), default="")
    clock = ZoneInfo(zone)
    return [
        Version(
            r.departure.last_day, r.departure.notice_date, r.departure.kind, r.departure.certainty,
            r.told_at.astimezone(clock), r.ended_at and r.ended_at.astimezone(clock), r.feed,
        )
        for r in rows
        if r.feed == feed
    ]  # fmt: skip
