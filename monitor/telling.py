"""From findings to cases and notices, within the transaction of the caller."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from monitor.core import fold, routing
from monitor.model import Case, Departure, Finding, Notice, Person
from monitor.station import Station, expired
from monitor.store import audit, cases, outbox
from monitor.store.schema import kv
from monitor.store.state import get, put

AT_ONCE = ("opened", "escalated", "reopened", "reminder")
FLOOD_SECONDS, CRITICAL_SECONDS = 900.0, 60.0
"""While there is a flood, one digest in so long, and in so long where something critical waits."""
MOST_FINDINGS = 5
log = logging.getLogger("lastday")
OPERATOR = "operator "
"""Before the topic: the key in the store of what the operator was told and is not mended yet."""
_FLOOD, _DIGEST = "flood digest at", "digest at"


@dataclass(slots=True)
class Change:
    """A case with its findings, and why somebody must be told of it at once."""

    case: Case
    found: list[Finding]
    why: str | None
    sources: Sequence[str] = ()
    month: Mapping[str, object] | None = None


def assign(known: Sequence[Case], found: Sequence[Finding], key: bytes) -> list[tuple[str, Finding]]:
    """Each finding with its case: the one of its departure, also where the last day has moved.

    key: the store's, for the ids of cases that are not known yet.
    """
    departures = sorted({(f.person_id, f.last_day) for f in found})
    exact = {(c.person_id, c.last_day): c.case_id for c in known}
    case_ids = {d: exact[d] for d in departures if d in exact}
    free = [c for c in known if c.case_id not in case_ids.values()]
    for departure in departures:
        if departure not in case_ids:
            case = fold.case_for(free, *departure)
            case_ids[departure] = case.case_id if case else fold.case_id_of(key, *departure)
            free = [c for c in free if c is not case]
    return [(case_ids[f.person_id, f.last_day], f) for f in found]


def tell(
    connection: Connection, station: Station, people: Mapping[str, Person], leaving: Sequence[Departure],
    now: datetime, months: Mapping[str, Mapping[str, object]] | None = None,
) -> int:  # fmt: skip
    """Fold every case anew and write what must be told at once. Returns how many notices were written.

    months: what to draw of each person's last month.
    """
    cases.lock(connection)
    rules = station.rules()
    silences = cases.silences_at(connection, now)
    known = {case.case_id: case for case in cases.all_cases(connection)}
    found, sources = cases.findings_of(connection), cases.sources_of(connection)
    changes = []
    for case_id in sorted({*known, *found}):
        theirs = found.get(case_id, [])
        case, why = fold.fold(known.get(case_id), theirs, now, rules, case_id)
        if case is None:
            continue
        person = people.get(case.person_id)
        if not theirs and _is_withdrawn(case, leaving):
            case, why = replace(case, state="closed", closed_as="withdrawn"), "resolved" if case.told_severity else None
        if why and person and why != "resolved" and routing.silenced(silences, person):
            why = None
        if case != known.get(case_id) or why:
            month = (months or {}).get(case.person_id)
            changes.append(Change(case, theirs, why, sources.get(case_id, ()), month))
    return _Writer(connection, station, people, now).write(changes)


def digest(connection: Connection, station: Station, people: Mapping[str, Person], now: datetime) -> int:
    """Once a day: what was found and not told, in one notice. Returns how many were written."""
    schedule = station.settings.schedule
    due = routing.last_time_of_day(now, schedule.digest, schedule.timezone)
    last = get(connection, _DIGEST)
    put(connection, _DIGEST, now.isoformat())
    if last is None or not datetime.fromisoformat(last) < due <= now:
        return 0
    cases.lock(connection)
    rules = station.rules()
    found = cases.findings_of(connection)
    silences = cases.silences_at(connection, now)
    changes = [Change(case, found.get(case.case_id, []), "digest") for case in cases.all_cases(connection)]
    writer = _Writer(connection, station, people, now)
    changes = [
        c for c in changes
        if fold.untold(c.case, c.found, rules) and not routing.silenced(silences, writer.person(c.case))
    ]  # fmt: skip
    if not changes:
        return 0
    writer.post_digest(changes, "digest", due.isoformat())
    return 1


def warn(connection: Connection, station: Station, topic: str, text: str | None, now: datetime) -> None:
    """Tell the operator that something is broken, once until it is mended. text: None where all is well."""
    if stands(connection, topic) == (text is not None):
        return
    put(connection, OPERATOR + topic, "" if text is None else now.isoformat())
    if text is None:
        return
    log.warning("the operator is told", extra={"topic": topic})
    notice_id, body = fold.notice_id_of("operator", topic, now.isoformat()), {"topic": topic, "text": text}
    notice = Notice(notice_id, "operator", "high", None, None, now, body)
    audiences = station.audiences()
    named = {name: audiences[name] for name in station.settings.notices.operator if name in audiences}
    to = routing.deliveries("high", None, (), (), (), named or audiences, _off(connection, topic))
    outbox.post(connection, notice, to, now)


def stands(connection: Connection, topic: str) -> bool:
    """Was the operator told of it, and is it not mended yet?"""
    return bool(get(connection, OPERATOR + topic))


def standing(connection: Connection) -> list[str]:
    """Topics of which the operator was told and that are not mended yet."""
    rows = connection.execute(select(kv.c.key).where(kv.c.key.startswith(OPERATOR, autoescape=True), kv.c.value != ""))
    return sorted(row.key.removeprefix(OPERATOR) for row in rows)


def post_elsewhere(
    connection: Connection, station: Station, notice: Notice, people: Mapping[str, Person], now: datetime
) -> None:
    """Send a notice through the channels that are left."""
    ids = [notice.person_id, *(entry["person"]["person_id"] for entry in notice.body.get("cases", ()))]
    concerned = [people[person_id] for person_id in ids if person_id in people]
    department = concerned[0].department if notice.person_id and concerned else None
    _Writer(connection, station, people, now).post(notice, concerned, department)


def _off(connection: Connection, topic: str) -> set[str]:
    """Channels not to use: those turned off, and the one that is the trouble."""
    return {*outbox.channels_off(connection), topic.removeprefix("channel ")}


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes notices and the cases that they are about, within the caller's transaction."""

    connection: Connection
    station: Station
    people: Mapping[str, Person]
    now: datetime

    def write(self, changes: Sequence[Change]) -> int:
        """Keep every case, and tell of each at once; of many in one notice, now and then. Returns how many notices."""
        loud = [c for c in changes if c.why in AT_ONCE]
        recent = outbox.recent(self.connection, self.now - timedelta(hours=1), AT_ONCE) if loud else 0
        flood = bool(loud) and len(loud) + recent > self.station.settings.notices.flood
        written = 0
        for change in changes:
            if change.why and not (flood and change in loud):
                change.case = self.post_case(change)
                written += 1
            cases.save_case(self.connection, change.case)
        if not flood:
            return written
        last = get(self.connection, _FLOOD)
        pause = CRITICAL_SECONDS if any(c.case.severity == "critical" for c in loud) else FLOOD_SECONDS
        if last is None or expired(datetime.fromisoformat(last), self.now, pause):
            put(self.connection, _FLOOD, self.now.isoformat())
            self.post_digest(loud, "flood", self.now.isoformat())
            written += 1
        return written

    def post_case(self, change: Change) -> Case:
        """Write a notice about one case. Returns the case as it is afterwards."""
        case, kind, rules = change.case, str(change.why), self.station.rules()
        after = (
            fold.told(case, change.found, self.now, rules, kind)
            if kind != "resolved"
            else replace(case, notices=case.notices + 1)
        )
        person = self.person(case)
        body = _case_body(case, change.found, person, kind, rules) | {"sources": list(change.sources)}
        if change.month:
            body["month"] = dict(change.month)
        notice_id = fold.notice_id_of(case.case_id, str(after.notices), kind)
        notice = Notice(notice_id, kind, case.severity, case.case_id, case.person_id, self.now, body)
        self.post(notice, [person], person.department)
        return after

    def post_digest(self, changes: Sequence[Change], why: str, when: str) -> None:
        """Write one notice about many cases, and mark them as told."""
        ordered = sorted(
            changes,
            key=lambda c: (-fold.rank(c.case.severity), -max((f.score for f in c.found), default=0.0), c.case.case_id),
        )
        rules = self.station.rules()
        entries = [_case_body(c.case, c.found, self.person(c.case), "digest", rules, 1) for c in ordered]
        head = str(audit.head_in(self.connection) or "")
        body = {"why": why, "cases": entries, "total": len(entries), "audit_head": head}
        notice_id, severity = fold.notice_id_of("digest", why, when), ordered[0].case.severity
        notice = Notice(notice_id, "digest", severity, None, None, self.now, body)
        self.post(notice, [self.person(c.case) for c in ordered], None)
        for change in changes:
            cases.save_case(self.connection, fold.told(change.case, change.found, self.now, rules, "digest"))

    def post(self, notice: Notice, concerned: Sequence[Person], department: str | None) -> None:
        """Put a notice into the outbox for everybody who is to hear of it, but for those whom it is about."""
        told, zone = self.station.settings.notices, self.station.settings.schedule.timezone
        barred = routing.names_of([*concerned, *self._managers(concerned)])
        to = routing.deliveries(
            notice.severity, department, notice.body.get("sources", ()), barred, self.station.settings.routes,
            self.station.audiences(), outbox.channels_off(self.connection),
        )  # fmt: skip
        due = routing.due_at(self.now, notice.severity, told.quiet_from, told.quiet_to, told.quiet_below, zone)
        outbox.post(self.connection, notice, to, due)

    def person(self, case: Case) -> Person:
        """Whom the case is about, also where no roster knows them any more."""
        return self.people.get(case.person_id, Person(case.person_id))

    def _managers(self, concerned: Sequence[Person]) -> list[Person]:
        """Those above the people concerned who have a case of their own: they are not told either."""
        own = {case.person_id for case in cases.all_cases(self.connection) if case.state != "closed"}
        if not own - {person.person_id for person in concerned}:
            return []
        everybody = routing.by_name(self.people.values())
        above = (one for person in concerned for one in routing.chain_of(person, everybody))
        return [one for one in above if one.person_id in own]


def _case_body(
    case: Case, found: Sequence[Finding], person: Person, kind: str, rules: fold.TellRules, most: int = MOST_FINDINGS
) -> dict[str, Any]:
    """What a notice tells of a case: first what nobody was told of yet, for it is why the notice is sent."""
    new = {
        f.finding_id
        for f in found
        if fold.rank(f.severity) >= fold.rank(rules.digest) and fold.act_of(f) not in case.told
    }
    ranked = sorted(found, key=lambda f: f.finding_id not in new)
    found, left = ranked[:most], Counter(f.severity for f in ranked[most:])
    return {
        "case_id": case.case_id, "kind": kind, "severity": case.severity, "last_day": case.last_day.isoformat(),
        "person": {name: getattr(person, name) for name in ("person_id", "name", "title", "department")},
        "findings": [msgspec.to_builtins(f) for f in found],
        "total": len(ranked), "left_out": dict(left),
        "new": [f.finding_id for f in found if f.finding_id in new],
    }  # fmt: skip


def _is_withdrawn(case: Case, leaving: Sequence[Departure]) -> bool:
    """Is there no departure any more that this case could be about?"""
    if case.state == "closed":
        return False
    near = [d for d in leaving if d.person_id == case.person_id and d.certainty != "withdrawn"]
    return not any(abs((d.last_day - case.last_day).days) <= fold.SAME_DEPARTURE_DAYS for d in near)
