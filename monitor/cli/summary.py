"""What a scan tells besides its findings: how much it read, what it could not use, how far scores can be trusted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date

from rich.console import Console
from rich.text import Text

from monitor.core.clocks import instant
from monitor.core.counted import counted
from monitor.core.levels import LEVELS
from monitor.findings import left_out
from monitor.model import Finding, Reject
from monitor.report import terminal
from monitor.report.rates import BY_DEFAULT
from monitor.report.rows import screen
from monitor.report.safe import plain
from monitor.scanning import Late, Scan
from monitor.sources.files import MOST_SET_ASIDE, Intake
from monitor.sources.streams import DAMAGED

SHOWN = 5
MOST_COLUMNS = 20
MOST_UNMATCHED = 0.5
_LIST = re.compile("[^=]*[^=,;][,;][^=]+")
"""Several names in one, with a comma or semicolon between them; an LDAP name has such between its parts."""


def show_scan(result: Scan, mine: Sequence[Finding], limit: int, *, each: bool) -> None:
    """A card a departure, or one for each of these findings, and a line of totals on stdout."""
    out = screen()
    show = terminal.show if each else terminal.show_departures
    show(out, mine, result.roster.people, limit, measured=result.assessed.scale.measured)
    out.print(_totals(result))


def show_messages(result: Scan, *, verbose: bool = False) -> None:
    """All that the operator should know, on stderr. verbose: with every line that was set aside and is kept."""
    told = Console(stderr=True, highlight=False, soft_wrap=True)
    for line in messages(result, None if verbose else SHOWN):
        told.print(Text(line))


def messages(result: Scan, lines: int | None = SHOWN) -> list[str]:
    """What the operator should know, a sentence each, with so many examples of lines; None for all that are kept."""
    told = []
    intake = result.intake
    if intake.set_aside:
        told.append(f"set aside: {intake.set_aside:,} of {intake.received:,} lines could not be used, for example")
        told += _examples(result.rejects, intake.set_aside, lines)
    if files := result.left_out:
        names = ", ".join(plain(str(path)) for path in files[:SHOWN])
        told.append(f"not read: {counted(len(files), 'file')} of no kind that is read, for example {names}")
    if people := result.roster.rejects:
        told.append(
            f"set aside: {len(people):,} of {result.roster.received:,} roster lines could not be used, for example"
        )
        told += _examples(people, len(people), lines)
    if dates := result.roster.dates:
        told.append(f"set aside: {counted(len(dates), 'date')} on the roster could not be read, for example")
        told += _examples(dates, len(dates), lines)
    told += _unwatched(result)
    told += _left_out(result)
    if late := result.late:
        told.append(_late(late))
    if intake.repeated:
        told.append(_repeated(intake))
    if intake.clashing:
        told.append(
            f"clashing: {counted(intake.clashing, 'id stands', 'ids stand')} for several acts, of which one was read; "
            "give the ids of each system a prefix of its own"
        )
    for source, actors, events, example in result.unmatched[:SHOWN]:
        where = f"source {plain(source)}" if source else "no source named"
        told.append(
            f"not on the roster: {counted(events, 'event')} by {counted(actors, 'actor')} ({where}), "
            f"for example {plain(example)}"
        )
    accounts = [account for person in result.roster.people.values() for account in person.accounts]
    if lists := [account for account in accounts if _LIST.fullmatch(account)]:
        what = counted(len(lists), "account looks like a list", "accounts look like lists")
        told.append(
            f"taken for one name: {what}, for example {plain(lists[0], 40)}; part accounts by |, or take them apart by "
            "a profile's parts (docs/formats.md)"
        )
    if many := list(result.assessed.people.ambiguous):
        names = ", ".join(plain(name) for name in many[:SHOWN])
        left = counted(len(many), "name belongs to several people and was", "names belong to several people and were")
        lost = counted(sum(events for _, events in result.contested), "event")
        told.append(
            f"ambiguous: {left} left out with {lost}, for example {names}; give each person one row, or the old one "
            "its last_day"
        )
    if not result.assessed.scale.measured:
        told.append(BY_DEFAULT)
    return told


def _repeated(intake: Intake) -> str:
    """Of events without an id, only those are taken for the same whose lines are."""
    alike, by_id = intake.alike, intake.repeated - intake.alike
    parts = [f"{counted(by_id, 'line')} had an id that came before"] * bool(by_id)
    parts += [f"{counted(alike, 'identical line', 'identical lines')} without an id"] * bool(alike)
    return f"repeated: {'; '.join(parts)}; each counted once"


def _examples(rejects: Sequence[Reject], total: int, most: int | None) -> list[str]:
    shown = rejects[:most]
    told = [f"  {plain(r.file)}:{r.line}: {plain(r.why)}" for r in shown]
    more = "; -v shows them" if len(rejects) > len(shown) else ""
    return told + [f"  … and {total - len(shown):,} more{more}"] * (total > len(shown))


def _late(late: Late) -> str:
    events = counted(late.events, "event")
    if late.left_out:
        return f"later than --as-of: {events}, not known then, left out"
    return f"later than the clock here: {events}, up to {late.last.astimezone(UTC):%Y-%m-%d %H:%MZ}; a clock is off"


def _left_out(result: Scan) -> list[str]:
    """Where a departure has more acts that stand out than are told, in whatever form."""
    acts, departures = left_out(result.assessed)
    if not acts:
        return []
    weaker, where = counted(acts, "weaker act"), counted(departures, "departure")
    return [f"left out: {weaker} on {where}, of which stronger ones are told; explain --event shows any"]


def _unwatched(result: Scan) -> list[str]:
    """Why no departure is watched, and which columns of the roster say nothing."""
    roster, watched = result.roster, sum(w.departure is not None for w in result.assessed.windows)
    unknown = ", ".join(plain(name, 40) for name in roster.unknown[:MOST_COLUMNS])
    if not watched and not roster.departures:
        columns = f" (columns not known: {unknown})" if unknown else ""
        has = "has a last_day that can be read" if roster.undated else "has a last_day"
        return [f"no departure watched: nobody on the roster {has}{columns}"]
    told = [f"not known: the roster columns {unknown}, which tell nothing here"] if unknown else []
    return told if watched else [f"no departure watched: {_why_unwatched(result)}", *told]


def _why_unwatched(result: Scan) -> str:
    days = sorted({d.last_day for d in result.roster.departures if d.certainty != "withdrawn"})
    first, last = (instant(t).date() for t in result.assessed.span)
    if not days:
        return "every departure on the roster is withdrawn"
    if any(first <= day <= last for day in days):
        return f"none was known yet on {last}"
    which = f"the last day {days[0]} lies" if len(days) == 1 else f"all last days, {days[0]} to {days[-1]}, lie"
    return f"{which} outside the log, {first} to {last}"


def shortfalls(result: Scan) -> list[str]:
    """Why the findings cannot be taken for the whole: so much of the input is unusable. A damaged file is enough."""
    intake, roster = result.intake, result.roster
    strangers = sum(events for _, _, events, _ in result.unmatched) + sum(events for _, events in result.contested)
    parts = (
        (intake.set_aside, intake.received, MOST_SET_ASIDE, "of the lines of events could not be used"),
        (len(roster.rejects), roster.received, MOST_SET_ASIDE, "of the roster lines could not be used"),
        (len(roster.undated), roster.last_days, MOST_SET_ASIDE, "of the last days on the roster could not be read"),
        (intake.clashing, intake.received, MOST_SET_ASIDE, "of the lines have an id that stands for several acts"),
        (strangers, intake.accepted - intake.repeated, MOST_UNMATCHED, "of the events are of nobody on the roster"),
    )
    damaged = any(reject.why.startswith(DAMAGED) for reject in result.rejects)
    told = [f"{100 * part / whole:.0f} % {what}" for part, whole, most, what in parts if part > most * whole]
    told += ["a file is damaged, and nobody knows what stood behind"] * damaged
    leaving = {w.departure.person_id for w in result.assessed.windows if w.departure}
    ambiguous = result.assessed.people.ambiguous
    lost = [name for name, _ in result.contested if leaving.intersection(ambiguous[name])]
    names = counted(len(lost), "name of somebody who leaves belongs", "names of people who leave belong")
    return told + [f"{names} to several people, and the events are nobody's"] * bool(lost)


def tell_shortfalls(short: Sequence[str], code: int) -> None:
    """On stderr, with the exit code that follows from it."""
    if short:
        Console(stderr=True, highlight=False, soft_wrap=True).print(Text(f"degraded (exit {code}): {'; '.join(short)}"))


def _totals(result: Scan) -> Text:
    """How much was read, and how grave the gravest finding of each departure is."""
    watched = sum(w.departure is not None for w in result.assessed.windows)
    first: dict[tuple[str, date], str] = {}
    for finding in result.found:  # the gravest come first
        first.setdefault((finding.person_id, finding.last_day), finding.severity)
    loud = Counter(first.values())
    read = f"{counted(result.intake.accepted, 'event')} of {counted(len(result.roster.people), 'person', 'people')}"
    told = "0 departures watched"
    if watched:
        counts = ", ".join(f"{loud[level]:,} {level}" for level in reversed(LEVELS))
        told = f"{counted(len(result.found), 'finding')} on {len(first):,} of {counted(watched, 'departure')}"
        told += f"; departures by their gravest finding: {counts}"
    return Text(f"{read}; {told}", style="bold")
