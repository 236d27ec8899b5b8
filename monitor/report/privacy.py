"""The report for a works council in words: plain text or Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from monitor.report.safe import plain


def in_words(told: dict[str, Any], *, markdown: bool) -> str:
    """The report of monitor.accounting.account as text."""
    lines = list(_lines(told))
    if markdown:
        return "\n".join(f"{'#' * level} {text}\n" if level else f"- {_quiet(text)}" for level, text in lines) + "\n"
    return "\n".join(f"\n{text.upper()}" if level else f"  {text}" for level, text in lines).strip() + "\n"


def _lines(told: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """(level of a heading or 0, text)"""
    yield 1, "What lastday collects, on whom, how long, and who looked"
    yield 0, f"made {told['made_at'][:16]}Z; people stand here by their pseudonyms"
    yield from _collected(told["collected"])
    yield from _people(told["people"])
    yield 2, "How long it is kept"
    for name, days in told["kept"].items():
        yield 0, f"{name}: {f'{days:,} days' if days else 'for ever'}"
    yield 0, f"erased by hand: {told['erased']:,} people; under a legal hold: {told['held']:,}"
    yield 2, "Who is told, and who may look"
    for channel in told["channels"]:
        shown = "without names and targets" if channel["thin"] else "names shown" if channel["names"] else "pseudonyms"
        yield 0, f"channel {plain(channel['name'])}: {shown}"
    for viewer in told["viewers"]:
        yield 0, f"{plain(viewer['name'])}: {', '.join(viewer['roles'])}"
    yield 2, f"Who looked at what in the last {told['days']:g} days"
    for one in told["looks"]:
        yield from _looks(one)
    yield 2, "The audit chain"
    faults = told["audit"]["faults"]
    yield 0, f"{len(faults):,} rows were changed: {'; '.join(faults[:5])}" if faults else "every row holds"
    yield 0, f"head {told['audit']['head']}"


def _collected(told: dict[str, Any]) -> Iterator[tuple[int, str]]:
    yield 2, "What is collected"
    for source in told["sources"]:
        yield 0, f"log {plain(source['name'])}, from {plain(source['from'])}: {source['lines']:,} lines received"
    yield 0, f"of each act: {', '.join(told['event_fields'])}"
    yield 0, f"rosters {', '.join(map(plain, told['rosters'])) or 'none'}: {', '.join(told['roster_fields'])}"
    yield 0, "nothing but what these lines carry: lastday has no agent on anybody's machine"


def _people(told: dict[str, Any]) -> Iterator[tuple[int, str]]:
    yield 2, "On whom"
    yield 0, f"{told['on_rosters']:,} people stand on the rosters; {told['watched_now']:,} are in a watch window now"
    yield 0, f"{told['events']:,} events are kept" + (f", from {told['first_event']}" if told["first_event"] else "")
    if late := told["open_cases_outside"]:
        yield 0, f"{late:,} more whose watch window is over have an open case: it can be looked at until it is closed"
    yield (
        0,
        (
            "acts of people outside a watch window only tell what is usual; judged of them are the window of a "
            "departure that became known late, in retrospect, and what somebody does who has left"
        ),
    )
    states = ", ".join(f"{count:,} {state}" for state, count in told["cases"].items())
    yield 0, f"cases: {states or 'none'}; findings: {told['findings']:,}"


def _looks(one: dict[str, Any]) -> Iterator[tuple[int, str]]:
    did = ", ".join(f"{count:,} {what}" for what, count in one["did"].items())
    outside = f"; {one['outside']:,} outside a watch window" if one["outside"] else ""
    people = f"; at {len(one['people']):,} people" if one["people"] else ""
    yield 0, f"{plain(one['who'])}: {did}{people}{outside}"
    for reveal in one["reveals"]:
        yield 0, f"{plain(one['who'])} had the name of {reveal['person']} shown: {plain(reveal['reason'])}"


def _quiet(text: str) -> str:
    """Nothing in it is Markdown."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>#|" else char for char in text)
