"""A report of a case in words, the story first. Neutral: it tells what was done, never why or what for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from monitor.core.counted import among
from monitor.core.hours import until
from monitor.model import VERDICTS, Finding
from monitor.report.case_file import CaseFile, Judged, Told
from monitor.report.document import Block, Document, Facts, Heading, Para, Picture, Table
from monitor.report.picture import timeline
from monitor.report.rates import of_people, rate
from monitor.report.safe import plain

MOST_LINES = 200
"""Lines of the annex on a page; JSON has all of them."""
SIGNS = {"critical": "◆", "high": "▼", "medium": "■", "low": "□"}
"""What the picture marks a severity with, so that no colour is needed to tell them apart."""
STATES = {"open": "open", "acked": "being looked into", "closed": "closed"}
KINDS = {"contract_end": "end of contract", "dismissal": "dismissal", "resignation": "resignation"}
NO_MOTIVE = (
    "This report tells what was done and why it stands out. It does not tell why it was done: it may be an agreed "
    "task, an honest mistake, or harm. Ask the person and those who worked with them before you conclude anything."
)


def document(file: CaseFile) -> Document:
    """The report as a document."""
    named = title(file)
    footer = (
        f"{named}. Written by lastday {file.version} at {_clock(file.written_at)} for {file.written_by}. Confidential."
    )
    lead, *more = story(file)
    blocks: list[Block] = [Heading(1, named), Para(lead, "lead"), *map(Para, more)]
    found = file.standing()
    if found:
        blocks.append(Para(found[0].finding.undo, "undo"))
    blocks += [Para(NO_MOTIVE), Heading(2, "The days around it"), Picture(timeline(file.days), _caption(file))]
    blocks.append(Heading(2, "Findings"))
    for number, judged in enumerate(file.findings, 1):
        blocks += _finding(file, number, judged)
    if not file.findings:
        blocks.append(Para("No finding belongs to this case."))
    blocks += [*_departure(file), *_checked(file), *_annex(file), *_about(file)]
    return Document(named, footer, tuple(blocks))


def title(file: CaseFile) -> str:
    """What the report is called."""
    return f"Case {file.case.case_id}: {file.about.label}"


def story(file: CaseFile) -> list[str]:
    """The case in a few plain paragraphs."""
    about, case = file.about, file.case
    told = file.versions[-1] if file.versions else None
    role = " in ".join(part for part in (about.title, about.department) if part)
    left = "left" if file.written_at.date() > case.last_day else "leaves"
    kind = f" ({KINDS.get(told.kind, 'kind of departure not known')}, {told.certainty})" if told else ""
    found = file.standing()
    who = f"{about.label}, {role}," if role else about.label
    paragraphs = [f"{who} {left} on {_day(case.last_day)}{kind}. {_how_many(found)}."]
    if found:
        paragraphs += [_act(found[0].finding, len(found) > 1), _why(found[0])]
    return [*paragraphs, _moves(file), _state(file)]


def _how_many(found: Sequence[Judged]) -> str:
    loud = sum(judged.finding.severity != "low" for judged in found)
    faint = len(found) - loud
    if not loud:
        few = f"; {_count(faint, 'act').lower()} scored low" if faint else ""
        return f"At present no act around that day stands out{few}"
    more = f"; {faint:,} more scored low, as many people's acts do" if faint else ""
    return f"{_count(loud, 'act')} around that day stand{'s' if loud == 1 else ''} out{more}"


def _act(top: Finding, most: bool) -> str:
    begin = "The most unusual: on" if most else "On"
    size = f", magnitude {top.magnitude:,.0f}" if top.magnitude is not None else ""
    on = f" on {top.target}" if top.target else ""
    more = among(len(top.event_ids), top.that_day)
    return f"{begin} {_clock(top.time)}, {until(top.hours_to_end)}: {top.action}{on}{size}{more and f'; {more}'}."


def _why(top: Judged) -> str:
    because = "; ".join(reason.text for reason in top.finding.reasons[:2])
    often = of_people(top.finding.one_in, top.finding.against, measured=top.measured)
    return f"It stands out because of this: {because}. {often}."


def _moves(file: CaseFile) -> str:
    """How the last day came to be known, in a sentence."""
    if not file.versions:
        return "No roster tells of this departure any more."
    days = list(dict.fromkeys(v.last_day for v in file.versions))
    first, now = file.versions[0], file.versions[-1]
    if len(days) == 1:
        moved = f"The last day has been known to lastday since {_day(first.told_at.date())} and was never moved."
    else:
        moved = (
            f"The last day moved: lastday first knew of it on {_day(first.told_at.date())}, as {_day(first.last_day)}; "
            f"since {_day(now.told_at.date())} it is {_day(now.last_day)}."
        )
    notice = f" The roster gives {_day(now.notice_date)} as the day of notice." if now.notice_date else ""
    return moved + notice


def _state(file: CaseFile) -> str:
    case = file.case
    as_what = f" as {case.closed_as.replace('-', ' ')}" if case.closed_as else ""
    closing = [step for step in file.steps if step.what == "case close"]
    because = f" by {closing[-1].who} ({closing[-1].detail})" if closing and case.state == "closed" else ""
    grave = f", {case.severity}," if as_what and case.closed_as in VERDICTS else ""
    state = f"{STATES.get(case.state, case.state)}{grave}{as_what}{because}"
    return f"The case was opened on {_clock(case.opened_at)} and is {state}."


def _caption(file: CaseFile) -> str:
    return f"Acts a day in the person's own time ({file.about.zone}), square roots. The marks are days with findings."


def _finding(file: CaseFile, number: int, judged: Judged) -> list[Block]:
    found = judged.finding
    on = f" on {plain(found.target, 80)}" if found.target else ""
    sign = f"{found.severity} {SIGNS.get(found.severity, '')}"
    known = file.known_at(found.time)
    then = "lastday knew of no last day" if known is None else f"last day {_day(known.last_day)}, {known.certainty}"
    if judged.gone_at:
        gone = f"No longer told since {_clock(judged.gone_at)}: {_why_gone(file, judged.gone_at)}"
        return [Heading(3, f"{number}. {found.action}{on} ({sign}, withdrawn)"), Para(gone)]
    facts = [
        ("When", f"{_clock(found.time)}, {until(found.hours_to_end)}"),
        ("Act", f"{found.action}{on}"),
        ("Magnitude", "not told" if found.magnitude is None else f"{found.magnitude:,.0f}"),
        ("Events", f"{len(found.event_ids):,}"),
        ("Score", f"{found.score:.1f}, {rate(found.one_in, measured=judged.measured)}"),
        ("Impact", f"{found.impact:.2f} of 1"),
        ("Known then", then),
        ("Known now", f"last day {_day(found.last_day)}"),
        ("First found", _clock(judged.first_at)),
        ("Finding", found.finding_id),
    ]
    columns = ("bits", "evidence", "in words", "value", "own usual", "peers' usual")
    rows = [
        (f"{r.bits:.1f}", r.detector, r.text, r.value or "–", r.own_usual or "–", r.peer_usual or "–")
        for r in found.reasons
    ]
    table = Table(f"Evidence on finding {number}, in bits of surprise", columns, rows, frozenset({0}))
    return [Heading(3, f"{number}. {found.action}{on} ({sign})"), Facts(facts), Para(found.undo, "undo"), table]


def _why_gone(file: CaseFile, when: datetime) -> str:
    closing = [step for step in file.steps if step.what == "case close" and step.at <= when]
    if closing and file.case.closed_as == "benign":
        return "the case was closed as benign, and what was found benign counts less."
    return "judged with what is known now it does not stand out."


def _departure(file: CaseFile) -> list[Block]:
    columns = ("known to lastday from", "until", "last day", "notice", "kind", "certainty", "roster")
    rows = [_version(v) for v in file.versions]
    table = Table("Every version that a roster told", columns, rows)
    return [Heading(2, "The departure, as it was told"), table if rows else Para("No roster told of it.")]


def _version(told: Told) -> tuple[str, ...]:
    until_when = _clock(told.ended_at) if told.ended_at else "now"
    notice = _day(told.notice_date) if told.notice_date else "–"
    kind = KINDS.get(told.kind, told.kind)
    return (_clock(told.told_at), until_when, _day(told.last_day), notice, kind, told.certainty, told.feed)


def _checked(file: CaseFile) -> list[Block]:
    logs = [(log.name, f"{log.received:,}", f"{log.set_aside:,}", _clock(log.last_at)) for log in file.logs]
    steps = [(_clock(s.at), s.who, s.what, s.detail or "–", f"{s.times:,}") for s in file.steps]
    blocks: list[Block] = [
        Heading(2, "What was checked, and by whom"),
        Table("Logs that were read", ("log", "lines received", "set aside", "last line"), logs, frozenset({1, 2})),
    ]
    if steps:
        columns = ("when", "who", "what", "detail", "times that day")
        return [*blocks, Table("What people did about this case and this person", columns, steps, frozenset({4}))]
    return [*blocks, Para("Nobody has noted anything on this case yet.")]


def _annex(file: CaseFile) -> list[Block]:
    shown = file.lines[:MOST_LINES]
    columns = ("finding", "event", "time (UTC)", "action", "target", "log", "received (UTC)", "SHA-256 of the line")
    numbers = {judged.finding.finding_id: str(n) for n, judged in enumerate(file.findings, 1)}
    rows = [
        (numbers.get(line.finding_id, "–"), line.event_id, _utc(line.time), line.action, plain(line.target or "–", 80),
         line.source or line.feed, _utc(line.seen_at), line.line_sha256 or "not kept")
        for line in shown
    ]  # fmt: skip
    how = (
        "Each event with the SHA-256 of the line as it was received, without its line end, so that the line in the "
        "original log can be compared: printf %s \"$LINE\" | sha256sum."
    )  # fmt: skip
    blocks: list[Block] = [
        Heading(2, "Evidence annex"), Para(how),
        Table("Events behind the findings", columns, rows, mono=frozenset({1, 7})),
    ]  # fmt: skip
    if len(file.lines) > len(shown):
        blocks.append(Para(f"{len(file.lines) - len(shown):,} more stand in --format json.", "remark"))
    return blocks


def _about(file: CaseFile) -> list[Block]:
    names = "revealed, with a reason that is on record" if file.about.revealed else "pseudonyms"
    facts = [
        ("Written", f"{_clock(file.written_at)} by lastday {file.version}"),
        ("For", file.written_by),
        ("Names", names),
        ("Head of the audit chain", file.chain_head or "none"),
    ]
    return [Heading(2, "About this report"), Facts(facts)]


def _count(number: int, noun: str) -> str:
    return f"{'One' if number == 1 else f'{number:,}'} {noun}{'' if number == 1 else 's'}"


def _day(day: date) -> str:
    return f"{day:%a %d %b %Y}"


def _clock(when: datetime) -> str:
    return f"{when:%a %d %b %Y, %H:%M} ({_offset(when)})"


def _offset(when: datetime) -> str:
    text = f"{when:%z}"
    return "UTC" if text in ("+0000", "") else f"{text[:3]}:{text[3:]}"


def _utc(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
