"""A case gathered for a report: findings, departure, what was read, what people did, and the lines behind it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, select

from monitor import __version__
from monitor.core.routing import names_of
from monitor.core.windows import usual_zone
from monitor.model import BadInput, Case, Departure, Finding, Person
from monitor.report.case_file import About, CaseFile, Judged, Line, Log, Step, Told
from monitor.report.picture import Days, gravest
from monitor.store import cases, lines
from monitor.store.schema import departures, findings, micros, tallies

if TYPE_CHECKING:
    from monitor.looking import Look

BEFORE_DAYS = 28
"""So many days before the window tell what a usual day is."""


def find_case(look: Look, text: str) -> tuple[Case, Person]:
    """The case of an id, or of a person as typed; of several, the one whose last day is latest.

    Raises BadInput where there is none, and whatever `Look.find` raises.
    """
    with look.station.state.read() as connection:
        known = cases.all_cases(connection)
    named = next((case for case in known if case.case_id == text), None)
    person = look.find(named.person_id if named else text)
    mine = [named] if named else [case for case in known if case.person_id == person.person_id]
    if not mine:
        raise BadInput(look.label(person.person_id), None, "there is no case about them", "see lastday case list")
    return max(mine, key=lambda case: (case.last_day, case.case_id)), person


def case_file(look: Look, case: Case, person: Person) -> CaseFile:
    """Everything about a case that was found, with people as the viewer may see them."""
    station, local = look.station, ZoneInfo(person.zone or look.station.settings.people.timezone)
    with station.state.read() as connection:
        judged = _findings(connection, look, case, zone)
        versions = _versions(connection, case, zone)
        logs = [
            Log(look.blur(row.source), row.received, row.set_aside, row.last_at)
            for row in connection.execute(select(tallies).order_by(tallies.c.source))
        ]
        kept = _lines(connection, look, judged, zone)
        days = _days(connection, look, person, case, [j.finding for j in judged if not j.gone_at], versions, zone)
        steps = _steps(connection, look, case, zone)
        head = _head(connection)
    local = ZoneInfo(zone)
    label = look.label(person.person_id)
    about = About(label, _blurred(look, person.title), _blurred(look, person.department),
                  person.employment_type, zone, look.revealed(person.person_id))  # fmt: skip
    shown = replace(case, person_id=label, opened_at=case.opened_at.astimezone(local), told=())
    return CaseFile(
        shown, about, look.now.astimezone(local), f"{look.viewer.name} ({look.viewer.role})", __version__, head,
        versions, judged, logs, steps, kept, days,
    )  # fmt: skip


def _findings(connection: Connection, look: Look, case: Case, zone: str) -> list[Judged]:
    """Findings of a case, those that stand first, the highest score first; texts blurred."""
    rows = connection.execute(select(findings).where(findings.c.case_id == case.case_id)).all()
    found = []
    for row in rows:
        finding = msgspec.json.decode(row.body, type=Finding)
        gone = row.gone_at.astimezone(ZoneInfo(zone)) if row.gone_at else None
        found.append(Judged(blurred(look, finding), row.first_at.astimezone(ZoneInfo(zone)), gone))
    return sorted(found, key=lambda j: (j.gone_at is not None, -j.finding.score, j.finding.time, j.finding.finding_id))


def blurred(look: Look, finding: Finding) -> Finding:
    """The finding with nobody's name in it but as the viewer may see it."""
    reasons = tuple(
        replace(r, text=look.blur(r.text), value=look.blur(r.value), own_usual=look.blur(r.own_usual),
                peer_usual=look.blur(r.peer_usual))
        for r in finding.reasons
    )  # fmt: skip
    return replace(
        finding, person_id=look.label(finding.person_id), action=look.blur(finding.action),
        target=_blurred(look, finding.target), undo=look.blur(finding.undo), reasons=reasons,
        event_ids=tuple(map(look.blur, finding.event_ids)),
    )  # fmt: skip


def _versions(connection: Connection, case: Case, zone: str) -> list[Told]:
    """What rosters told of this departure, the oldest first; the person's other departures are left out."""
    query = select(departures).where(departures.c.person_id == case.person_id)
    rows = connection.execute(query.order_by(departures.c.told_at, departures.c.seq)).all()
    now = {row.last_day for row in rows if row.ended_at is None}
    others = now - {case.last_day} if case.last_day in now else set()
    told: list[Told] = []
    for row in rows:
        if row.last_day in others:
            continue
        departure = msgspec.json.decode(row.particulars, type=Departure)
        at, ended = (when.astimezone(ZoneInfo(zone)) if when else None for when in (row.told_at, row.ended_at))
        version = Told(row.feed, at, ended, row.last_day, departure.notice_date, departure.kind, departure.certainty)  # type: ignore[arg-type]
        if told and told[-1].ended_at == version.told_at and _same(told[-1], version):
            told[-1] = replace(told[-1], ended_at=version.ended_at)
        else:
            told.append(version)
    return told


def _same(one: Told, other: Told) -> bool:
    return replace(one, told_at=other.told_at, ended_at=other.ended_at) == other


def _lines(connection: Connection, look: Look, judged: Sequence[Judged], zone: str) -> list[Line]:
    """The events behind the findings that stand, in the order of the findings."""
    rows = connection.execute(
        select(findings.c.finding_id, findings.c.body).where(
            findings.c.finding_id.in_([j.finding.finding_id for j in judged if not j.gone_at])
        )
    )
    ids = {row.finding_id: msgspec.json.decode(row.body, type=Finding).event_ids for row in rows}
    times = [j.finding.time for j in judged if j.finding.finding_id in ids]
    if not times:
        return []
    day = timedelta(days=2)
    span = (micros(min(times) - day), micros(max(times) + day))
    kept = lines.kept_events(connection, look.station.data, {i for of in ids.values() for i in of}, span)
    told = []
    for finding_id in (j.finding.finding_id for j in judged if j.finding.finding_id in ids):
        for event in sorted((kept[i] for i in ids[finding_id] if i in kept), key=lambda e: (e.time, e.id)):
            told.append(_line(look, finding_id, event, zone))
    return told


def _line(look: Look, finding_id: str, event: lines.Kept, zone: str) -> Line:
    return Line(
        finding_id, look.blur(event.id), event.time.astimezone(ZoneInfo(zone)), look.blur(event.action),
        _blurred(look, event.target), event.magnitude, _blurred(look, event.source), event.feed, event.seen_at,
        event.line_sha256,
    )  # fmt: skip


def _days(
    connection: Connection, look: Look, person: Person, case: Case, found: Sequence[Finding], versions: Sequence[Told],
    zone: str,
) -> Days:  # fmt: skip
    """The days of the watch window up to now, in the person's own calendar."""
    rules = look.station.settings.windows
    first = case.last_day - timedelta(days=rules.before)
    notice = versions[-1].notice_date if versions else None
    if notice:
        first = min(first, max(notice, case.last_day - timedelta(days=rules.longest_before)))
    first = min([first, *(f.time.date() for f in found)])
    today = look.now.astimezone(ZoneInfo(zone)).date()
    last = min(case.last_day + timedelta(days=rules.after), max(today, first))
    begin = first - timedelta(days=BEFORE_DAYS)
    span = (micros(_midnight(begin, zone)), micros(_midnight(last + timedelta(days=1), zone)))
    counts = _by_day(lines.acts_by_slot(connection, look.station.data, names_of([person]), span), zone)
    before = [n for n in (counts.get(begin + timedelta(days=i), 0) for i in range(BEFORE_DAYS)) if n]
    return Days(
        first,
        [counts.get(first + timedelta(days=i), 0) for i in range((last - first).days + 1)],
        case.last_day,
        gravest((f.time.date(), f.severity) for f in found),
        usual=median(before) if before else None,
        notice=notice,
        earlier=sorted({v.last_day for v in versions}),
        shown=(case.last_day - first).days + 1 + rules.after,
    )


def _by_day(slots: Mapping[int, int], zone: str) -> dict[date, int]:
    counts: dict[date, int] = {}
    for slot, n in slots.items():
        day = datetime.fromtimestamp(slot * lines.SLOT_US / 1e6, ZoneInfo(zone)).date()
        counts[day] = counts.get(day, 0) + n
    return counts


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _steps(connection: Connection, look: Look, case: Case, zone: str) -> list[Step]:
    return []


def _head(connection: Connection) -> str | None:
    return None


def _blurred(look: Look, text: str | None) -> Any:
    return None if text is None else look.blur(text)
