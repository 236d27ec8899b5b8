"""A timeline on a terminal: days as lines, hours as blocks, findings in words; readable without colour."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from monitor.core.timeline import HOURS, Day, Timeline, Usual, Version
from monitor.model import Finding
from monitor.report.rows import number, print_hanging
from monitor.report.safe import plain
from monitor.report.sparkline import columns, joined, sparkline
from monitor.report.terminal import MARKS, STYLES

HEIGHT = 6
NARROW = 76
"""Below this width an hour strip has a block for two hours."""


@dataclass(frozen=True, slots=True)
class Wording:
    """How people and their texts may be shown. blur: free text with names replaced."""

    who: str
    about: str
    blur: Callable[[str], str]


def show(console: Console, told: Timeline, words: Wording) -> None:
    """Who and when, a picture of all days, then a line a day with its hours, then findings and others' accounts."""
    for line in (*heading(told, words), Text(""), *picture(told, console.width), Text(""), *lines(told, console.width)):
        print_hanging(console, line)
    found = [finding for day in told.days for finding in day.findings]
    if found:
        console.print(Text("\nfindings", style="bold"))
        for finding in found:
            print_hanging(console, finding_line(finding, words))
    if any(day.others for day in told.days):
        console.print(Text("\nunder others' accounts, by these findings", style="bold"))
        for line in other_lines(told):
            print_hanging(console, line)


def other_lines(told: Timeline) -> list[Text]:
    """A line for each day and account that is not the person's own."""
    return [
        Text(f"{day.date:%a %d %b}  {number(n):>6} {'act ' if n == 1 else 'acts'}  {plain(account, 60)}")
        for day in told.days
        for account, n in day.others
    ]


def heading(told: Timeline, words: Wording) -> list[Text]:
    """Who, compared with whom, and every version of the departure: known now, known then."""
    out = [
        Text.assemble((plain(words.who), "bold"), f"  {plain(words.about)}" if words.about else ""),
        Text(f"compared with {told.peers} peers ({plain(told.group)}); times in {plain(told.zone)}", style="dim"),
    ]
    for version in reversed(told.versions):
        out.append(version_line(version))
    if not told.versions:
        out.append(Text("no roster tells of a departure"))
    return out


def version_line(version: Version) -> Text:
    """One version of the departure."""
    kind = plain(version.kind.replace("_", " "), 30)
    what = f"last day {version.last_day:%a %d %b %Y}, {kind}, {plain(version.certainty, 20)}"
    if version.notice_date:
        what += f", notice {version.notice_date:%d %b %Y}"
    since = f"{version.told_at:%d %b %Y %H:%M}"
    if version.ended_at is None:
        return Text.assemble(("known now   ", "bold"), what, (f"  (told {since})", "dim"))
    return Text.assemble(
        ("known then  ", "dim"), what, (f"  (from {since} to {version.ended_at:%d %b %Y %H:%M})", "dim")
    )


def picture(told: Timeline, width: int) -> list[Text]:
    """Acts a day as upright bars; the peers' median under them, findings over them, the last day as a line below."""
    counts = [float(day.acts) for day in told.days]
    peers = [day.peers.middle if day.peers else 0.0 for day in told.days]
    wide = max(1, (width - 8) // max(len(counts), 1))
    wide = min(wide, 3)
    if len(counts) > width - 8:
        counts, peers = joined(counts, width - 8), joined(peers, width - 8)
    step = -(-len(told.days) // len(counts))
    groups = [told.days[i : i + step] for i in range(0, len(told.days), step)]
    most = max([*counts, *peers, 1.0])

    def spaced(marks: str) -> str:
        return "".join(mark * wide if mark in "┈█▁▂▃▄▅▆▇·" else mark + " " * (wide - 1) for mark in marks)

    found = "".join("▼" if any(day.findings for day in group) else " " for group in groups)
    out = [Text.assemble(("  found ", "dim"), (spaced(found), "bold red"))]
    for i, line in enumerate(columns(counts, HEIGHT, most)):
        out.append(Text.assemble((f"{number(most) if i == 0 else '':>7} ", "dim"), (spaced(line), "cyan")))
    out.append(Text.assemble(("  peers ", "dim"), (spaced(sparkline(peers, most)), "dim")))
    marks = "".join(_under(told, group) for group in groups)
    out.append(Text.assemble(" " * 8, (spaced(marks), "bold")))
    first, last = told.days[0].date, told.days[-1].date
    ends = f"{first:%d %b %Y}".ljust(max(len(groups) * wide - 11, 12)) + f"{last:%d %b %Y}"
    out.append(Text(" " * 8 + ends, style="dim"))
    return out


def lines(told: Timeline, width: int) -> list[Text]:
    """A line a day: the date, a block an hour, acts, the own and the peers' usual, marks."""
    narrow = width < NARROW
    scale = max([float(max(day.hours)) for day in told.days] + [1.0])
    profile = max([*told.own_hours, *told.peer_hours, 0.1])
    hours = _ruler(narrow)
    out = [
        Text(f"{'':11}{hours} {'acts':>6} {'own usual':>10} {'peers':>10}", style="dim"),
        Text.assemble(
            ("own usual  ", "dim"), (_strip(told.own_hours, profile, narrow), "green"), (" working days", "dim")
        ),
        Text.assemble(("peers      ", "dim"), (_strip(told.peer_hours, profile, narrow), "dim")),
    ]
    for day in told.days:
        out.append(_day_line(told, day, scale, narrow, width))
        if day.date == told.last_day:
            out.append(Text("─" * 10 + " the last day ends", style="bold"))
    return out


def finding_line(finding: Finding, words: Wording) -> Text:
    """A finding: its id, when, how grave, what."""
    line = Text.assemble(
        (f"{plain(finding.finding_id)}  ", "dim"),
        f"{finding.time:%a %d %b %H:%M}  ",
        (f"{MARKS[finding.severity]} {finding.severity:<8}", STYLES[finding.severity]),
        (f"  {plain(words.blur(finding.action), 60)}", "bold"),
    )
    if finding.target:
        line.append(f"  {plain(words.blur(finding.target), 60)}")
    if finding.magnitude is not None:
        line.append(f"  {finding.magnitude:,.0f}")
    line.truncate(200)
    return line


def _day_line(told: Timeline, day: Day, scale: float, narrow: bool, width: int) -> Text:
    weekend = day.date.weekday() >= 5
    line = Text(f"{day.date:%a %d %b} ", style="dim" if weekend else "")
    line.append(_strip(day.hours, scale, narrow), "cyan")
    line.append(f" {number(day.acts):>6} ", "bold" if _is_much(day) else "")
    line.append(f"{_range(day.own):>10} {_range(day.peers):>10} ", "dim")
    if _is_much(day):
        line.append("▲ ", "bold yellow")
    if day.by_others:
        line.append(f"+{number(day.by_others)} by others ", "bold")
    for finding in sorted(day.findings, key=lambda f: -f.score)[:1]:
        more = f" +{len(day.findings) - 1}" if len(day.findings) > 1 else ""
        line.append(f"{MARKS[finding.severity]}{more} {plain(finding.action, 40)} ", STYLES[finding.severity])
    for version in day.told:
        line.append(f"↻ told: last day {version.last_day:%d %b}, {plain(version.certainty, 20)} ", "magenta")
    line.truncate(width, overflow="ellipsis")
    return line


def _is_much(day: Day) -> bool:
    """More than the own and the peers' highs."""
    return bool(day.own and day.acts > day.own.high and (day.peers is None or day.acts > day.peers.high))


def _range(usual: Usual | None) -> str:
    return "-" if usual is None else f"{number(round(usual.low))}-{number(round(usual.high))}"


def _strip(hours: Sequence[float], most: float, narrow: bool) -> str:
    return sparkline(joined(hours, HOURS // 2), 2 * most) if narrow else sparkline(hours, most)


def _ruler(narrow: bool) -> str:
    """Where the hours stand.

    >>> _ruler(False)
    '0     6     12    18    '
    """
    step = 3 if narrow else 6
    return "".join(str(hour).ljust(step) for hour in (0, 6, 12, 18))


def _under(told: Timeline, group: Sequence[Day]) -> str:
    """┃ where the last day is, ↻ where a roster told something new."""
    if any(day.date == told.last_day for day in group):
        return "┃"
    return "↻" if any(day.told for day in group) else "┈"
