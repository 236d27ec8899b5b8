"""Findings on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from shlex import quote as quoted

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from monitor.core.counted import among
from monitor.core.hours import until
from monitor.model import Finding, Person
from monitor.report.rates import basis, rate
from monitor.report.safe import plain

STYLES = {"critical": "bold white on red", "high": "bold red", "medium": "bold yellow", "low": "dim"}
"""Never the only sign: word and mark say it too. No green beside the red."""
MARKS = {"critical": "■■■■", "high": "■■■□", "medium": "■■□□", "low": "■□□□"}
REASONS = 3


def show(
    console: Console, found: Sequence[Finding], people: Mapping[str, Person], limit: int, *, measured: bool = True
) -> None:  # fmt: skip
    """Findings as cards: who and when, what, why, how to undo."""
    for finding in found[:limit]:
        console.print(card(finding, people.get(finding.person_id), measured=measured))
    if len(found) > limit:
        console.print(Text(f"  … and {len(found) - limit:,} more below; --limit shows them", style="dim"))


def show_departures(
    console: Console, found: Sequence[Finding], people: Mapping[str, Person], limit: int, *, measured: bool = True
) -> None:  # fmt: skip
    """Of each departure the first finding as a card, and how many more there are."""
    by: dict[tuple[str, date], list[Finding]] = {}
    for finding in found:
        by.setdefault((finding.person_id, finding.last_day), []).append(finding)
    for (person_id, _), mine in list(by.items())[:limit]:
        console.print(card(mine[0], people.get(person_id), measured=measured))
        if len(mine) > 1:
            who = plain(person_id)
            more = f"  … and {len(mine) - 1:,} more on {who}; --person {quoted(who)} shows them"
            console.print(Text(more, style="dim"))
    if len(by) > limit:
        console.print(Text(f"  … and {len(by) - limit:,} more departures; --limit shows them", style="dim"))


def card(finding: Finding, person: Person | None, *, measured: bool = True) -> Panel:
    """One finding. measured: its rate is, by placebo departures."""
    head = Text.assemble(
        (f" {finding.severity.upper()} ", STYLES[finding.severity]),
        " ",
        (MARKS[finding.severity], STYLES[finding.severity].replace("on red", "")),
        f"  score {finding.score:.1f}" + (f", {rate(finding.one_in)}" if measured else ""),
    )
    who = Text(plain(finding.person_id), style="bold")
    if person and person.title:
        who.append(f"  {plain(person.title, 40)}", style="default")
    when = Text(f"{finding.time:%a %d %b %Y %H:%M %Z}, {until(finding.hours_to_end)}")
    what = Text(plain(finding.action, 80), style="bold cyan")
    if finding.target:
        what.append(f"  {plain(finding.target, 80)}", style="bold")
    if finding.magnitude is not None:
        what.append(f"  {finding.magnitude:,.0f}")
    what.append(f"  {among(len(finding.event_ids), finding.that_day)}", style="dim")
    why = Table.grid(padding=(0, 1))
    why.add_column(justify="right", style="dim", no_wrap=True)
    why.add_column()
    for reason in finding.reasons[:REASONS]:
        why.add_row(f"{reason.bits:4.1f} bits", Text(plain(reason.text, 300)))
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", justify="right", no_wrap=True)
    table.add_column()
    table.add_row("who", who)
    table.add_row("when", when)
    table.add_row("what", what)
    table.add_row("why", why)
    often = basis(finding.against) if measured else rate(finding.one_in, measured=False)
    if often:  # too long for the head of a narrow card
        table.add_row("rate", often)
    table.add_row("undo", Text(plain(finding.undo, 300), style="bold"))
    return Panel(
        Group(table),
        title=head,
        title_align="left",
        subtitle=Text(finding.finding_id, style="dim"),
        subtitle_align="right",
        border_style="dim",
    )
