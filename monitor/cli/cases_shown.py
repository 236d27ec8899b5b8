"""Cases on stdout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from monitor.cli.shown import about, finding_as_json
from monitor.core.clocks import local, micros
from monitor.core.timeline import Version
from monitor.investigating.caseload import Held
from monitor.investigating.circle import everybody
from monitor.investigating.timelines import versions_of
from monitor.model import CaseStep, Feedback, Person
from monitor.report import rows, timeline
from monitor.report.rates import BY_DEFAULT
from monitor.report.safe import plain
from monitor.report.terminal import MARKS, STYLES
from monitor.store.cases import stored_of
from monitor.store.rosters import versions

if TYPE_CHECKING:
    from monitor.looking import Look

WORDS = {
    "ack": "acknowledged it",
    "assign": "gave it to",
    "note": "noted",
    "close": "closed it",
    "reopen": "reopened it",
}


def list_cases(look: Look, held: Sequence[Held], form: str) -> None:
    """A line a case."""
    told = [_row(look, one) for one in held]
    if form != "table":
        rows.write_rows(told, [rows.Column("case_id", "")], form)
        return
    for line in told:
        severity = line["severity"]
        line["grave"] = Text(f"{MARKS[severity]} {severity}", STYLES[severity])
        line["stands"] = f"closed: {line['closed_as']}" if line["state"] == "closed" else line["state"]
        line["acts"] = ", ".join(line["actions"])
    columns = [
        rows.Column("case_id", "case", keep=True), rows.Column("person", "who", cut=40, style="bold", keep=True),
        rows.Column("last_day", "last day", keep=True), rows.Column("grave", "severity", keep=True),
        rows.Column("score", "score", right=True, drop=3), rows.Column("stands", "state", cut=24, keep=True),
        rows.Column("assignee", "with", cut=16, keep=True, drop=1), rows.Column("acts", "acts", cut=60, drop=2),
    ]  # fmt: skip
    rows.write_rows(told, columns, form, "no case fits")


def show_case(look: Look, one: Held, person: Person, form: str) -> None:
    """All about one case."""
    zone = everybody(look).zone(person.person_id)
    with look.station.state.read() as connection:
        told = versions_of(look, versions(connection, person.person_id), zone)
        standing = [stored for stored in stored_of(connection, one.case.case_id) if stored.gone_at is None]
    measured = all(stored.measured for stored in standing)
    if form != "table":
        rows.write_json(_whole(look, one, person, told, measured))
        return
    out = rows.screen()
    for line in [*_head(look, one, person, told, zone), *_body(look, one, person, zone, measured)]:
        rows.print_hanging(out, line)


def _whole(look: Look, one: Held, person: Person, told: Sequence[Version], measured: bool) -> dict[str, Any]:
    """For a program. told: the departure's versions.  measured: are the rates of the findings that stand."""
    departures = [
        {"last_day": v.last_day, "certainty": v.certainty, "kind": v.kind, "notice_date": v.notice_date,
         "told_at": v.told_at, "ended_at": v.ended_at} for v in told
    ]  # fmt: skip
    return _row(look, one) | {
        "departures": departures,
        "findings": [finding_as_json(look, f) for f in one.findings],
        "measured": measured,
        "steps": [_step(look, step, person.person_id) for step in one.steps],
    }


def _head(look: Look, one: Held, person: Person, told: Sequence[Version], zone: str) -> Iterator[Text]:
    """Which case, who, when they leave, and who was told."""
    case = one.case
    stands = f"closed as {case.closed_as}, at" if case.state == "closed" else case.state
    mark = Text(f"{MARKS[case.severity]} {case.severity}", STYLES[case.severity])
    yield Text.assemble(("case ", "dim"), (case.case_id, "bold"), f"  {stands}  ", mark)
    who = f"  {plain(about(look, person))}"
    yield Text.assemble((plain(look.label(person.person_id)), "bold"), who, (f"  times in {plain(zone)}", "dim"))
    yield from map(timeline.version_line, reversed(told))
    opened = local(micros(case.opened_at), zone)
    told_at = f", last told {local(micros(case.told_at), zone):%d %b %Y %H:%M}" if case.told_at else ""
    notices = f"{case.notices} notice{'' if case.notices == 1 else 's'}{told_at}"
    yield Text(f"opened {opened:%d %b %Y %H:%M}, {notices}", style="dim")
    if one.assignee:
        yield Text(f"with {plain(one.assignee, 60)}")


def _body(look: Look, one: Held, person: Person, zone: str, measured: bool) -> Iterator[Text]:
    """What was found, and what was done about it."""
    yield Text("\nfindings", style="bold")
    words = timeline.Wording("", "", lambda text: look.blur(text, person.person_id))
    for finding in one.findings:
        yield timeline.finding_line(finding, words)
    if not measured:
        yield Text(BY_DEFAULT, style="dim")
    if one.steps:
        yield Text("\nwhat was done", style="bold")
    for step in one.steps:
        yield _step_line(look, step, person.person_id, zone)


def write_feedback(look: Look, entries: Sequence[Feedback], form: str) -> None:
    """Entries of a feedback file; ids of people whose names are not revealed are pseudonyms."""
    told = [
        {
            "person_id": _id_of(look, e.person_id),
            "team": e.team or "", "action": e.action, "verdict": e.verdict, "reason": look.blur(e.reason, e.person_id),
            "expires": e.expires.isoformat(),
        }
        for e in entries
    ]  # fmt: skip
    rows.write_rows(told, [rows.Column(name, name) for name in Feedback.__dataclass_fields__], form)


def _id_of(look: Look, person_id: str | None) -> str:
    """The person_id where the name may be read, so that the file can be used; else the pseudonym."""
    if person_id is None:
        return ""
    return person_id if person_id in look.veil.shown else look.label(person_id)


def _row(look: Look, one: Held) -> dict[str, Any]:
    case = one.case
    return {
        "case_id": case.case_id, "person": look.label(case.person_id), "last_day": case.last_day,
        "state": case.state, "closed_as": case.closed_as, "severity": case.severity,
        "told_severity": case.told_severity, "score": one.findings[0].score if one.findings else None,
        "findings_count": len(one.findings), "opened_at": case.opened_at, "told_at": case.told_at,
        "notices": case.notices, "assignee": one.assignee,
        "actions": [look.blur(action, case.person_id) for action in dict.fromkeys(f.action for f in one.findings)],
    }  # fmt: skip


def _step(look: Look, step: CaseStep, person_id: str) -> dict[str, Any]:
    return {
        "at": step.at, "who": step.who, "what": step.what, "text": _said(look, step, person_id),
        "verdict": step.verdict, "actions": list(step.actions), "expires": step.expires,
    }  # fmt: skip


def _said(look: Look, step: CaseStep, person_id: str) -> str:
    """What was written down, blurred; whoever looks after a case is named, as in the audit."""
    return step.text if step.what == "assign" else look.blur(step.text, person_id)


def _step_line(look: Look, step: CaseStep, person_id: str, zone: str) -> Text:
    what = WORDS.get(step.what, step.what) + (f" as {step.verdict}" if step.verdict else "")
    line = Text.assemble(
        (f"{local(micros(step.at), zone):%d %b %Y %H:%M}  ", "dim"),
        (plain(step.who, 40), "bold"),
        f" {what}",
    )
    if step.text:
        line.append(f": {plain(_said(look, step, person_id), 600)}")
    if step.expires:
        line.append(f"  (holds until {step.expires})", "dim")
    return line
