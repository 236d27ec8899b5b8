"""A case gathered for a report: findings, departure, what was read, what people did, and the lines behind it all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection, select

from monitor import __version__
from monitor.core.clocks import instant, micros
from monitor.core.windows import date_of, day_number
from monitor.investigating.circle import Everybody, between, everybody, numbered, reading
from monitor.looking import Look
from monitor.model import Case, Departure, Finding, Person, Reason
from monitor.report.case_file import About, CaseFile, Judged, Line, Log, Step, Told
from monitor.report.picture import Days, gravest
from monitor.store import audit, cases, originals, steps
from monitor.store.acted import Acted
from monitor.store.schema import departures, tallies

BEFORE_DAYS = 28
"""So many days before the window tell what a usual day is."""
NEAR = timedelta(days=1, hours=2)
"""The events of a finding lie on one local day, the clocks' change included."""


def case_file(look: Look, case: Case, person: Person) -> CaseFile:
    """Everything about a case that was found, with people as the viewer may see them."""
    group = everybody(look)
    paper = _Paper(look, person, group, ZoneInfo(group.zone(person.person_id)))
    with reading(look) as (connection, acted):
        judged = paper.findings(connection, case)
        versions = paper.versions(connection, case)
        return CaseFile(
            case=replace(case, person_id=look.label(person.person_id), opened_at=paper.local(case.opened_at)),
            about=paper.about(),
            written_at=paper.local(look.now),
            written_by=f"{look.viewer.name} ({look.viewer.role})",
            version=__version__,
            chain_head=str(audit.head_in(connection) or "") or None,
            versions=versions,
            findings=judged,
            logs=[
                Log(row.source, row.received, row.set_aside, row.last_at)
                for row in connection.execute(select(tallies).order_by(tallies.c.source))
            ],
            steps=paper.steps(connection, case),
            lines=paper.lines(connection, acted, judged),
            days=paper.days(acted, case, versions, [j.finding for j in judged if not j.gone_at]),
        )


@dataclass(frozen=True, slots=True)
class _Paper:
    """What every part needs: whose look it is, of whom it tells among whom, and that person's clock."""

    look: Look
    person: Person
    group: Everybody
    zone: ZoneInfo

    def local(self, when: datetime) -> datetime:
        return when.astimezone(self.zone)

    def blur(self, text: str) -> str:
        return self.look.blur(text, self.person.person_id)

    def maybe(self, text: str | None) -> str | None:
        return None if text is None else self.blur(text)

    def about(self) -> About:
        person = self.person
        return About(
            self.look.label(person.person_id), self.maybe(person.title), self.maybe(person.department),
            person.employment_type, self.zone.key, person.person_id in self.look.veil.shown,
        )  # fmt: skip

    def findings(self, connection: Connection, case: Case) -> list[Judged]:
        """Those that stand first, the highest score first."""
        return [
            Judged(
                self.blurred(stored.finding), self.local(stored.first_at),
                self.local(stored.gone_at) if stored.gone_at else None, stored.measured,
            )
            for stored in cases.stored_of(connection, case.case_id)
        ]  # fmt: skip

    def blurred(self, found: Finding) -> Finding:
        """With nobody's name in it but as the viewer may see it; ids of events stay, to be found by."""
        reasons = tuple(
            Reason(r.detector, r.bits, *map(self.blur, (r.text, r.value, r.own_usual, r.peer_usual)))
            for r in found.reasons
        )
        return replace(
            found, person_id=self.look.label(found.person_id), action=self.blur(found.action),
            target=self.maybe(found.target), undo=self.blur(found.undo), reasons=reasons,
            accounts=tuple(self.look.veil.whose(account, (found.person_id,)) for account in found.accounts),
            machines=tuple(map(self.blur, found.machines)),
        )  # fmt: skip

    def versions(self, connection: Connection, case: Case) -> list[Told]:
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
            version = Told(
                row.feed, self.local(row.told_at), self.local(row.ended_at) if row.ended_at else None, row.last_day,
                departure.notice_date, departure.kind, departure.certainty,
            )  # fmt: skip
            if told and told[-1].ended_at == version.told_at and _same(told[-1], version):
                told[-1] = replace(told[-1], ended_at=version.ended_at)
            else:
                told.append(version)
        return told

    def lines(self, connection: Connection, acted: Acted, judged: Sequence[Judged]) -> list[Line]:
        """The events behind the findings that stand, in the order of the findings."""
        found = [j.finding for j in judged if not j.gone_at]
        if not found:
            return []
        spans = [(micros(f.time - NEAR), micros(f.time + NEAR)) for f in found]
        ids = {event_id for finding in found for event_id in finding.event_ids}
        kept = originals.originals(connection, acted.db, self.look.station.data, ids, spans)
        return [
            self.line(finding.finding_id, event)
            for finding in found
            for event in sorted((kept[i] for i in finding.event_ids if i in kept), key=lambda e: (e.time, e.id))
        ]

    def line(self, finding_id: str, event: originals.Original) -> Line:
        return Line(
            finding_id, event.id, self.local(event.time), self.blur(event.action), self.maybe(event.target),
            event.magnitude, self.maybe(event.source), event.feed, event.seen_at, event.line_sha256,
        )  # fmt: skip

    def steps(self, connection: Connection, case: Case) -> list[Step]:
        """What the case's journal and the audit chain tell, oldest first; equal rows of a day as one."""
        told = [
            Step(
                self.local(s.at),
                self.blur(s.who),
                f"case {s.what}",
                self.blur(": ".join(part for part in (s.verdict, s.text) if part)),
                1,
            )
            for s in steps.all_steps(connection, case.case_id)
        ]
        for row in audit.entries(connection, self.look.veil.pseudonym(self.person.person_id)):
            at = self.local(instant(row.at_us))
            detail = ": ".join(part for part in (row.detail, row.reason) if part)
            told.append(Step(at, f"{self.blur(row.who)} ({row.role})", row.what, self.blur(detail), 1))
        days: dict[tuple[date, str, str, str], Step] = {}
        for step in sorted(told, key=lambda s: s.at):
            key = (step.at.date(), step.who, step.what, step.detail)
            days[key] = replace(days[key], times=days[key].times + 1) if key in days else step
        return list(days.values())

    def days(self, acted: Acted, case: Case, versions: Sequence[Told], found: Sequence[Finding]) -> Days:
        """The days of the watch window up to now, in the person's own calendar."""
        notice = versions[-1].notice_date if versions else None
        departure = Departure(case.person_id, case.last_day, notice, "unknown", "planned")
        watched = self.look.station.window(departure)
        first = min([date_of(watched[0]), *(f.time.date() for f in found)])
        end = max([date_of(watched[1] - 1), *(f.time.date() for f in found)])
        last = min(end, max(self.local(self.look.now).date(), first))
        counts = self.counts(acted, first - timedelta(days=BEFORE_DAYS), last)
        before = [n for n in counts[:BEFORE_DAYS] if n]
        return Days(
            first,
            counts[BEFORE_DAYS:],
            case.last_day,
            gravest((f.time.date(), f.severity) for f in found),
            usual=median(before) if before else None,
            earlier=sorted({v.last_day for v in versions}),
            shown=(end - first).days + 1,
        )

    def counts(self, acted: Acted, first: date, last: date) -> list[int]:
        """The person's acts a day, both days included."""
        since, until = between((first, last), self.zone.key)
        acted.draw("own", numbered(self.group, [self.person.person_id]), ("t",), since, until)
        acted.put_clocks({0: self.zone.key}, since, until)
        found = {day: n for _, day, n in acted.days("own")}
        return [found.get(day, 0) for day in range(day_number(first), day_number(last) + 1)]


def _same(one: Told, other: Told) -> bool:
    return replace(one, told_at=other.told_at, ended_at=other.ended_at) == other
