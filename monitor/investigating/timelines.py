"""What a person did day by day, against their own usual and the peers'."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from monitor.core.timeline import HOURS, Timeline, Version, timeline
from monitor.investigating.circle import SHOWN_DAYS, departure_of, draw_beside, everybody, reading, shown_days
from monitor.looking import Look
from monitor.model import Finding, Person
from monitor.store import cases, rosters


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
    return timeline(
        person.person_id, zone, group.group(person.person_id), days, own, by_day, by_hour, found, told
    )  # fmt: skip


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
