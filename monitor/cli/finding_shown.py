"""A stored finding with every piece of its evidence on stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from rich.text import Text

from monitor.cli.shown import about, finding_as_json
from monitor.core.hours import until
from monitor.core.timeline import Version
from monitor.investigating.circle import everybody
from monitor.investigating.timelines import versions_of
from monitor.model import BadInput, Finding, Person
from monitor.report import rows, timeline
from monitor.report.evidence import evidence
from monitor.report.rates import basis, rate
from monitor.report.safe import plain
from monitor.report.terminal import MARKS, STYLES
from monitor.store.cases import stored_finding
from monitor.store.rosters import versions

if TYPE_CHECKING:
    from monitor.looking import Look

SHOWN_IDS = 8


def show_finding(look: Look, finding_id: str, form: str) -> None:
    """Raises BadInput where there is no such finding, or where the viewer may not see it."""
    look.may("look")
    with look.station.state.read() as connection:
        stored = stored_finding(connection, finding_id)
        told = versions(connection, stored.finding.person_id) if stored else []
    if stored is not None and look.hides(stored.finding.person_id):
        look.record("refused", stored.finding.person_id, "a finding about the viewer")
        stored = None  # answered like no finding: by trying ids, one does not learn which are about oneself
    if stored is None:
        raise BadInput(f"finding {finding_id}", None, "is none", "ids stand in lastday case show and lastday timeline")
    finding, gone_at = stored.finding, stored.gone_at
    person = look.visit(finding.person_id, by_case=True)
    zone = ZoneInfo(everybody(look).zone(person.person_id))
    known = versions_of(look, told, zone.key)
    then = [v for v in known if v.told_at <= finding.time and (v.ended_at is None or v.ended_at > finding.time)]
    if form != "table":
        rows.write_json(
            finding_as_json(look, finding)
            | {
                "measured": stored.measured, "case_id": stored.case_id,
                "first_known_at": stored.first_at.astimezone(zone),
                "no_longer_held_since": gone_at and gone_at.astimezone(zone),
                "last_day_known_then": then[-1].last_day if then else None,
            }
        )  # fmt: skip
        return
    out = rows.screen()
    for line in _head(look, finding, person, stored.measured):
        out.print(line)
    known_since = f"{stored.first_at.astimezone(zone):%d %b %Y %H:%M}"
    out.print(Text(f"case {stored.case_id}; first known {known_since}", style="dim"))
    if gone_at:
        gone = f"judged anew, it no longer holds since {gone_at.astimezone(zone):%d %b %Y %H:%M}"
        out.print(Text(gone, style="yellow"))
    for line in _departure_lines(known, then):
        out.print(line)
    out.print(Text(""))
    for told_of in evidence(finding.reasons, out.width, lambda text: look.blur(text, finding.person_id)):
        out.print(told_of)
    for line in _foot(look, finding):
        out.print(line)


def _head(look: Look, finding: Finding, person: Person, measured: bool) -> list[Text]:
    """Who, when, what, and how grave."""
    what = Text(plain(look.blur(finding.action), 80), style="bold cyan")
    if finding.target:
        what.append(f"  {plain(look.blur(finding.target, person.person_id), 120)}", "bold")
    if finding.magnitude is not None:
        what.append(f"  {finding.magnitude:,.0f}")
    lines = [
        Text.assemble((plain(look.label(person.person_id)), "bold"), f"  {plain(about(look, person))}"),
        Text(f"{finding.time:%a %d %b %Y %H:%M:%S %z}, {until(finding.hours_to_end)}"),
        what,
        Text.assemble(
            (f"{MARKS[finding.severity]} {finding.severity}", STYLES[finding.severity]),
            f"  score {finding.score:.2f}, {rate(finding.one_in, measured=measured)}; impact {finding.impact:.2f}",
        ),
    ]
    often = basis(finding.against)
    return [*lines, Text(often, style="dim")] if often else lines


def _departure_lines(known: list[Version], then: list[Version]) -> list[Text]:
    """The departure as it was known when the act happened, where that was another one, and as it is known now."""
    now = [v for v in known if v.ended_at is None]
    shown = list(dict.fromkeys([*now, *then[-1:]]))
    lines = [timeline.version_line(version) for version in shown]
    if not then:
        lines.append(Text("known then  nothing: lastday knew of no departure when it happened", style="dim"))
    return lines


def _foot(look: Look, finding: Finding) -> list[Text]:
    """How to undo it, which events it is about, and where to look on."""
    ids = [plain(look.blur(event_id), 60) for event_id in finding.event_ids[:SHOWN_IDS]]
    more = f" and {len(finding.event_ids) - SHOWN_IDS} more" if len(finding.event_ids) > SHOWN_IDS else ""
    lines: list[Any] = [Text(f"\nsum of bits {sum(r.bits for r in finding.reasons):.2f}", style="dim")]
    if finding.undo:
        lines.append(Text.assemble("undo  ", (plain(look.blur(finding.undo, finding.person_id), 300), "green")))
    lines.append(Text(f"events  {', '.join(ids)}{more}"))
    who = look.veil.pseudonym(finding.person_id)
    lines.append(Text(f"next  lastday events {who} --around {plain(finding.finding_id)}", style="dim"))
    return lines
