"""Everybody who leaves: when, how sure, how watched, what stands out, and what cannot be seen of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from monitor.core.clocks import DAY_US, local, micros
from monitor.core.counted import counted
from monitor.core.windows import date_of, day_number, end_of
from monitor.investigating.circle import Everybody, between, everybody, numbered, reading
from monitor.looking import Look
from monitor.model import Departure
from monitor.sql import FAILURES
from monitor.store.acted import Acted
from monitor.store.rosters import first_told
from monitor.store.schema import cases, departures, findings

SHOWN_DAYS = 31
SEEN_DAYS = 90
"""An account that no log has named for so long, or since a watch window began, is told as unseen."""


@dataclass(frozen=True, slots=True)
class Leaver:
    """A departure as it stands now.

    first, end: the watch window, the end not included.  activity: acts on each of the last SHOWN_DAYS days.
    told_at: on the person's clock.  days_to_go: to the last day, on the person's calendar.  acts, logs: within the
    window so far.
    blind: what cannot be seen or should not be, a few words each.
    """

    departure: Departure
    told_at: datetime | None
    days_to_go: int
    first: date
    end: date
    activity: tuple[int, ...]
    acts: int
    logs: int
    score: float | None
    severity: str | None
    case_id: str | None
    case_state: str | None
    blind: tuple[str, ...]


@dataclass(slots=True)
class _Seen:
    """What logs tell of one departure's person."""

    days: dict[int, int]
    names: set[str]
    logs: int = 0
    after: int = 0
    last_after: int = 0


def leavers_of(look: Look, *, everyone: bool = False) -> list[Leaver]:
    """Departures in their watch window now, those first that end first. everyone: all that are known."""
    known = [d for d in look.departures if d.person_id in look.people]
    chosen = [d for d in known if everyone or look.station.is_open(d, look.now)]
    chosen.sort(key=lambda d: (d.last_day, d.person_id))
    group = everybody(look)
    with reading(look) as (connection, acted):
        seen = _seen(look, group, acted, chosen)
        best, held, told = _best(connection), _held(connection), _told(connection)
    return [
        _leaver(look, group, d, seen[i], best.get((d.person_id, d.last_day)), held.get(d.person_id, ()), told.get(
            (d.person_id, d.last_day)))
        for i, d in enumerate(chosen)
    ]  # fmt: skip


def _seen(look: Look, group: Everybody, acted: Acted, chosen: Sequence[Departure]) -> list[_Seen]:
    """One entry a departure, from one reading back to the first day of any window, SEEN_DAYS at least."""
    now = micros(look.now)
    opens = [(look.station.window(d)[0] - 1) * DAY_US for d in chosen]
    since, until = min([now - SEEN_DAYS * DAY_US, *opens]), now + DAY_US
    people = sorted({d.person_id for d in chosen})
    place = {person_id: p for p, person_id in enumerate(people)}
    acted.draw("own", numbered(group, people), ("t", "actor", "source", "outcome"), since, until)
    acted.put_clocks({p: group.zone(person_id) for p, person_id in enumerate(people)}, since, until)
    days: dict[int, dict[int, int]] = defaultdict(dict)
    for p, day, n in acted.days("own"):
        days[p][day] = n
    names: dict[int, set[str]] = defaultdict(set)
    for p, name in acted.rows("SELECT DISTINCT p, lower(actor) FROM own"):
        names[p].add(name)
    spans = []
    for i, d in enumerate(chosen):
        first, end = look.station.window(d)
        zone = group.zone(d.person_id)
        low, high = between((date_of(first), date_of(end - 1)), zone)
        spans.append((i, place[d.person_id], low, high, end_of(d.last_day, zone)))
    acted.put("span", {"i": "INTEGER", "p": "INTEGER", "low": "BIGINT", "high": "BIGINT", "over": "BIGINT"}, spans)
    found = [_Seen(days[place[d.person_id]], names[place[d.person_id]]) for d in chosen]
    fine = f"NOT coalesce(lower(outcome) IN {FAILURES}, false)"
    for i, logs, after, last in acted.rows(f"""SELECT i, count(DISTINCT source), count_if(t >= over AND {fine}),
            coalesce(max(t) FILTER (t >= over AND {fine}), 0)
            FROM own JOIN span USING (p) WHERE t >= low AND t < high GROUP BY i"""):
        found[i].logs, found[i].after, found[i].last_after = logs, after, last
    return found


def _leaver(
    look: Look, group: Everybody, departure: Departure, seen: _Seen, best: tuple[float, str] | None,
    held: Sequence[tuple[str, date, str]], told: tuple[datetime, bool] | None,
) -> Leaver:  # fmt: skip
    zone = group.zone(departure.person_id)
    first, end = look.station.window(departure)
    today = day_number(look.now.astimezone(ZoneInfo(zone)).date())
    last = min(today, end - 1)
    activity = tuple(seen.days.get(d, 0) for d in range(last - SHOWN_DAYS + 1, last + 1))
    acts = sum(n for d, n in seen.days.items() if first <= d < end)
    case = min(held, key=lambda c: abs((c[1] - departure.last_day).days), default=None)
    score, severity = best or (None, None)
    told_at, at_first = told or (None, True)
    here = told_at.astimezone(ZoneInfo(zone)) if told_at else None
    return Leaver(
        departure, here, day_number(departure.last_day) - today, date_of(first), date_of(end), activity, acts,
        seen.logs, score, severity, case[0] if case else None, case[2] if case else None,
        tuple(_blind(group, departure, seen, zone, None if at_first else told_at)),
    )  # fmt: skip


def _blind(group: Everybody, departure: Departure, seen: _Seen, zone: str, told_at: datetime | None) -> list[str]:
    """What is not to be seen of the person, and access that outlives the last day.

    told_at: None also where a feed told of it in its first version, before which it could tell nothing.
    """
    person = group.people[departure.person_id]
    mine = set(group.names.get(departure.person_id, ()))
    found = []
    if not seen.names:
        found.append("no logs: nothing under any name")
    else:
        silent = [name for name in person.accounts if name not in seen.names]
        if silent and len(person.accounts) > 1:
            found.append(f"{len(silent)} of {len(person.accounts)} accounts in no log")
    if shared := [name for name in person.accounts if name not in mine]:
        found.append(f"{counted(len(shared), 'account')} not matched: several people claim them")
    if departure.certainty == "withdrawn":
        return found
    if seen.after:
        when = local(seen.last_after, zone)
        found.append(f"still active: {counted(seen.after, 'act')} after the last day, the last on {when:%d %b %H:%M}")
    ended = end_of(departure.last_day, zone)
    if told_at and micros(told_at) > ended:
        found.append("the roster told of it after the last day")
    return found


def _best(connection: Connection) -> Mapping[tuple[str, date], tuple[float, str]]:
    """The highest score that holds now, and its severity, by person and last day."""
    columns = findings.c.person_id, findings.c.last_day, findings.c.score, findings.c.severity
    rows = connection.execute(select(*columns).where(findings.c.gone_at.is_(None)).order_by(findings.c.score))
    return {(person_id, last_day): (score, severity) for person_id, last_day, score, severity in rows}


def _held(connection: Connection) -> Mapping[str, Sequence[tuple[str, date, str]]]:
    """(case_id, last day, state) of each person's cases."""
    found: dict[str, list[tuple[str, date, str]]] = defaultdict(list)
    for person_id, *case in connection.execute(
        select(cases.c.person_id, cases.c.case_id, cases.c.last_day, cases.c.state)
    ):
        found[person_id].append((case[0], case[1], case[2]))
    return found


def _told(connection: Connection) -> Mapping[tuple[str, date], tuple[datetime, bool]]:
    """When a roster first told of this last day, of the departures in force, and whether in its very first version."""
    first = first_told(connection)
    columns = departures.c.person_id, departures.c.last_day, departures.c.told_at, departures.c.feed
    rows = connection.execute(select(*columns).where(departures.c.ended_at.is_(None)).order_by(columns[2].desc()))
    return {(person_id, last_day): (at, at == first.get(feed)) for person_id, last_day, at, feed in rows}
