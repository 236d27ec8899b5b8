"""Which configuration is in force: a change by or near somebody who is leaving waits for a second person.

Routes, channels, roles and windows decide who hears of whom, so that whoever may change them and has
a case of their own could turn it away. What is compared and kept is what stands in lastday.toml; it
names secrets and holds none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from monitor.core.audit import sign
from monitor.core.roles import ROLES
from monitor.model import Departure
from monitor.operation import ViewerRule
from monitor.settings import Settings
from monitor.station import CONFIG_NAME, Station
from monitor.store import cases, requests
from monitor.store.state import get, put
from monitor.viewers import folder_owner, own_of

IN_FORCE = "config in force"
GUARDED = (
    "channels", "routes", "notices", "viewers", "privacy", "windows", "severity", "actions", "rosters", "sources",
)  # fmt: skip
"""The tables of lastday.toml that decide who is watched and who is told."""


def take_over(station: Station, now: datetime, who: str) -> list[str]:
    """Bring the station's settings into force, or keep the old ones where a second person must agree.

    Returns the tables whose change waits.  who: the operating-system user who came upon it, for the record; who
    wrote the file, nobody can tell but by whom it belongs to.
    """
    told = guarded(station.settings)
    with station.state.read() as connection:
        known = get(connection, IN_FORCE)
    if known == told:
        return []
    with station.state.write() as connection:
        known = get(connection, IN_FORCE)
        changed = _changed(known, told)
        if known is not None and changed:
            touched = _touched(connection, station, known, now)
            if touched and not _is_granted(connection, station, told, now):
                _ask(connection, station, told, changed, touched, now, who)
                station.settings = restored(station.settings, known)
                return changed
        put(connection, IN_FORCE, told)
        detail = f"{', '.join(changed) or 'first seen'}; {_names_shown(station.settings)}; {_file_of(station)}"
        station.note(connection, now, who, "operator", "config", None, None, detail)
    return []


def guarded(settings: Settings) -> str:
    """The guarded tables as canonical JSON."""
    told = {name: msgspec.to_builtins(getattr(settings, name)) for name in GUARDED}
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def restored(settings: Settings, known: str) -> Settings:
    """The settings with the guarded tables as they were."""
    return msgspec.convert({**msgspec.to_builtins(settings), **json.loads(known)}, Settings)


def fingerprint(station: Station, connection: Connection, told: str) -> str:
    """What a request names a configuration by."""
    return sign(station.key(connection), told)[:16]


def _changed(known: str | None, told: str) -> list[str]:
    before, after = json.loads(known or "{}"), json.loads(told)
    if known and "written" not in before["actions"] and before["actions"].get("catalogue"):
        after["actions"].pop("written", None)  # noted by a lastday that did not know what stood in the catalogue
    return [name for name in GUARDED if before.get(name) != after.get(name)] if known else []


def _touched(connection: Connection, station: Station, known: str, now: datetime) -> dict[str, str]:
    """Who may change the configuration, by the old roles or the new, and leaves or has a case: person_id -> viewer."""
    before = restored(station.settings, known)
    everybody, leaving = station.rosters(connection)
    concerned = concerning(connection, station, leaving, now)
    owner = ViewerRule(folder_owner(station), tuple(ROLES), folder_owner(station))  # type: ignore[arg-type]
    found: dict[str, str] = {}
    for settings in (before, station.settings):
        rules = [rule for rule in settings.viewers if "operator" in rule.roles]
        for rule in (*rules, owner):
            found |= dict.fromkeys(own_of(rule, everybody) & concerned, rule.name)
    return found


SLACK_DAYS = 7
"""So long after the window what comes late may still concern somebody."""


def concerning(connection: Connection, station: Station, leaving: list[Departure], now: datetime) -> frozenset[str]:
    """People in a watch window, or with a case that is not closed."""
    watched = {d.person_id for d in leaving if station.is_open(d, now, SLACK_DAYS)}
    return frozenset(watched | {c.person_id for c in cases.all_cases(connection) if c.state != "closed"})


def _is_granted(connection: Connection, station: Station, told: str, now: datetime) -> bool:
    mark = fingerprint(station, connection, told)
    granted = requests.standing(connection, now, ["config"], "granted")
    return any(request.payload["fingerprint"] == mark for request in granted)


def _ask(
    connection: Connection, station: Station, told: str, changed: list[str], touched: Mapping[str, str], now: datetime,
    who: str,
) -> None:  # fmt: skip
    """Ask for a second person, once for each configuration."""
    mark = fingerprint(station, connection, told)
    waiting = requests.standing(connection, now, ["config"], "waiting")
    if any(request.payload["fingerprint"] == mark for request in waiting):
        return
    payload: dict[str, Any] = {"fingerprint": mark, "touched": sorted(map(station.veil(connection).pseudonym, touched))}
    until = now + timedelta(hours=station.settings.privacy.request_hours)
    seq = requests.make(connection, "config", None, payload, f"changed: {', '.join(changed)}", now, who, until)
    told_of = f"it touches {', '.join(payload['touched'])}; {_file_of(station)}"
    detail = f"request {seq}; {', '.join(changed)}; {told_of}"
    station.note(connection, now, who, "operator", "config asked", None, None, detail)


def _names_shown(settings: Settings) -> str:
    shown = [channel.name for channel in settings.channels if channel.names]
    return f"names shown through {', '.join(shown)}" if shown else "no channel shows names"


def _file_of(station: Station) -> str:
    """When the file was changed last, and whose it is."""
    when = datetime.fromtimestamp((station.folder / CONFIG_NAME).stat().st_mtime, UTC)
    return f"written {when:%Y-%m-%d %H:%MZ}, belongs to {folder_owner(station)}"
