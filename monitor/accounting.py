"""What is collected, on whom, how long, and who looked at what: the report for a works council. It knows no names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from monitor.core.clocks import instant
from monitor.core.roles import ROLES
from monitor.engine import own_tables
from monitor.looking import Look
from monitor.operation import Folder
from monitor.settings import Settings
from monitor.sources.canonical import COLUMNS
from monitor.sources.push import NAME as PUSHED
from monitor.station import Station
from monitor.store import audit, holds, retention
from monitor.store.acted import Acted
from monitor.store.schema import cases, erasures, events, findings, segments, tallies

ROSTER_FIELDS = (
    "person_id", "name", "email", "accounts", "department", "title", "manager", "employment_type", "timezone",
    "start_date", "notice_date", "last_day", "departure_kind", "status",
)  # fmt: skip
LOOKS = ("look", "refused", "reveal", "reveal granted", "export", "erase")


def account(look: Look, days: float) -> dict[str, Any]:
    """The whole report, JSON only. days: how far back the looks are told."""
    station, now = look.station, look.now
    with station.state.read() as connection:
        return {
            "made_at": now.isoformat(), "days": days,
            "collected": _collected(connection, station),
            "people": _people(connection, look, _repeated(connection, station)),
            "kept": _kept(station.settings),
            "channels": [{"name": c.name, "names": c.names, "thin": c.thin} for c in station.settings.channels],
            "viewers": _viewers(station.settings),
            "looks": _looks(connection, now - timedelta(days=days), look.own_pseudonyms()),
            "erased": connection.execute(select(func.count()).select_from(erasures)).scalar_one(),
            "held": len(holds.held(connection)),
            "audit": _chain(connection, station),
        }  # fmt: skip


def _collected(connection: Connection, station: Station) -> dict[str, Any]:
    received = {row.source: row for row in connection.execute(select(tallies))}
    sources = []
    for source in station.settings.sources:
        row = received.get(source.name)
        where = source.path if isinstance(source, Folder) else source.table
        sources.append({"name": source.name, "from": where, "lines": row.received if row else 0})
    for name in sorted(received.keys() - {source["name"] for source in sources}):
        where = "POST /v1/events" if name == PUSHED else "a source that lastday.toml no longer names"
        sources.append({"name": name, "from": where, "lines": received[name].received})
    return {
        "sources": sources, "event_fields": [*COLUMNS, "attributes"],
        "rosters": [feed.name for feed in station.settings.rosters], "roster_fields": list(ROSTER_FIELDS),
    }  # fmt: skip


def _repeated(connection: Connection, station: Station) -> int:
    """How many events of the last days were sealed before, and came again."""
    with own_tables() as db:
        return Acted(connection, db, station.data).count_repeated()


def _people(connection: Connection, look: Look, repeated: int) -> dict[str, Any]:
    first, last = connection.execute(
        select(func.min(segments.c.first_t), func.max(segments.c.last_t)).where(segments.c.replaced_at.is_(None))
    ).one()
    sealed = connection.execute(select(func.sum(segments.c.rows)).where(segments.c.replaced_at.is_(None))).scalar() or 0
    hot = connection.execute(select(func.count()).select_from(events)).scalar_one()
    states = Counter(connection.scalars(select(cases.c.state)))
    open_cases = set(connection.scalars(select(cases.c.person_id).where(cases.c.state != "closed")))
    held = select(func.count()).select_from(findings).where(findings.c.gone_at.is_(None))
    return {
        "on_rosters": len(look.veil.people), "watched_now": sum(map(look.watches, look.veil.people)),
        "open_cases_outside": sum(not look.watches(person_id) for person_id in open_cases),
        "events": int(sealed) + hot - repeated, "first_event": _day(first), "last_sealed_event": _day(last),
        "cases": dict(sorted(states.items())), "findings": connection.execute(held).scalar_one(),
    }  # fmt: skip


def _kept(settings: Settings) -> dict[str, int]:
    """Days; 0 is for ever."""
    rules, events_kept = settings.privacy, settings.store.keep_days
    return {
        "events": events_kept, "cases": retention.at_least(rules.case_days, events_kept),
        "findings": retention.at_least(rules.finding_days, events_kept),
        "notices": rules.notice_days, "set-aside lines": rules.reject_days, "roster versions": rules.roster_days,
        "audit chain (pseudonyms only)": 0,
        "watch window before": settings.windows.before, "watch window after": settings.windows.after,
    }  # fmt: skip


def _viewers(settings: Settings) -> list[dict[str, Any]]:
    if not settings.viewers:
        return [{"name": "the owner of the folder", "roles": list(ROLES)}]
    return [{"name": rule.name, "roles": list(rule.roles)} for rule in settings.viewers]


def _looks(connection: Connection, since: datetime, own: Collection[str]) -> list[dict[str, Any]]:
    """By viewer: how often each thing was done, at how many people, how often outside the watch window.

    own: pseudonyms of whoever reads the report, who is not told of looks at themselves.
    """
    told: dict[str, dict[str, Any]] = {}
    for row in audit.entries(connection, since=since):
        if row.subject in own:
            continue
        mine = told.setdefault(
            row.who, {"who": row.who, "did": Counter(), "people": set(), "outside": 0, "reveals": []}
        )
        mine["did"][row.what] += 1
        if row.subject and row.what in LOOKS:
            mine["people"].add(row.subject)
        mine["outside"] += row.what == "look" and "outside the watch window" in row.detail
        if row.what in ("reveal", "reveal asked"):
            mine["reveals"].append({"person": row.subject, "reason": row.reason or ""})
    return [
        one | {"did": dict(sorted(one["did"].items())), "people": sorted(one["people"])}
        for one in sorted(told.values(), key=lambda one: one["who"])
    ]


def _chain(connection: Connection, station: Station) -> dict[str, Any]:
    faults = audit.faults(connection, station.key(connection))
    return {"head": str(audit.head_in(connection) or ""), "faults": [fault.text for fault in faults]}


def _day(t: int | None) -> str | None:
    return None if t is None else f"{instant(t):%Y-%m-%d}"
