"""lastday leavers"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import looking
from monitor.core.counted import counted

if TYPE_CHECKING:
    from rich.text import Text

    from monitor.investigating.leavers import Leaver
    from monitor.looking import Look


@click.command()
@looking
@click.option("--all", "everyone", is_flag=True, help="Also who is in no watch window now, and withdrawn departures.")
@click.option("--department", help="Only of this department.")
@click.option("--sort", type=click.Choice(["last-day", "score"]), default="last-day", show_default=True)
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "jsonl", "csv"]), default="table", show_default=True
)
def leavers(look: Look, *, everyone: bool, department: str | None, sort: str, form: str) -> None:  # fmt: skip
    """Show who leaves: when, how sure that is, how they are watched, what stands out, and what cannot be seen.

    Activity is acts a day over the last 31 days, of which the first count is; the second is that of all since the watch
    window began. Blind spots: no logs, accounts that no log names or that several people
    claim, acts after the last day, departures told too late.

    \b
    Examples:
      lastday leavers
      lastday leavers --sort score --format json
      lastday leavers --all --department Finance
    """
    from monitor.investigating.leavers import leavers_of
    from monitor.report import rows

    look.may("look")
    found = leavers_of(look, everyone=everyone)
    if department is not None:
        wanted = department.casefold()
        found = [one for one in found if (look.people[one.departure.person_id].department or "").casefold() == wanted]
    if sort == "score":
        found.sort(key=lambda one: -(one.score or 0.0))
    look.record("leavers", detail=f"{len(found)} departures")
    if form == "table":
        _show(look, found)
    else:
        rows.write_rows([_as_row(look, one) for one in found], [rows.Column("person", "")], form)


def _as_row(look: Look, one: Leaver) -> dict[str, Any]:
    person = look.people[one.departure.person_id]
    return {
        "person": look.label(person.person_id), "title": look.blur(person.title or "", person.person_id),
        "department": look.blur(person.department or "", person.person_id),
        "last_day": one.departure.last_day, "days_to_go": one.days_to_go,
        "kind": one.departure.kind, "certainty": one.departure.certainty, "notice_date": one.departure.notice_date,
        "told_at": one.told_at, "watched_from": one.first, "watched_until": one.end, "acts": one.acts,
        "logs": one.logs, "activity": list(one.activity), "highest_score": one.score, "severity": one.severity,
        "case_id": one.case_id, "case_state": one.case_state, "blind_spots": list(one.blind),
    }  # fmt: skip


def _show(look: Look, found: list[Leaver]) -> None:
    from rich.text import Text

    from monitor.report import rows

    if not found:
        rows.screen(stderr=True).print(Text("nobody is in a watch window; --all shows every departure known"))
        return
    out = rows.screen()
    lines = [line for one in found for line in _lines(look, one)]
    for fits, some in groupby(lines, lambda line: line.cell_len <= out.width):
        out.print(Text("\n").join(some), no_wrap=fits)  # to find out where to wrap takes longer than all else


def in_words(days_to_go: int) -> str:
    """When the last day is or was."""
    days = counted(abs(days_to_go), "day")
    return "today" if not days_to_go else f"in {days}" if days_to_go > 0 else f"{days} ago"


def how_many(one: Leaver) -> str:
    """Acts on the days that are drawn, and since the watch window began where those are others."""
    drawn = sum(one.activity)
    logs = f" in {counted(one.logs, 'log')}" if one.logs else ""  # of logs that name none the number is not known
    return counted(drawn, "act") + (logs if drawn == one.acts else f", {one.acts:,} since {one.first:%d %b}{logs}")


def _lines(look: Look, one: Leaver) -> list[Text]:
    """Who; when and how sure; how watched; what cannot be seen."""
    from rich.text import Text

    from monitor.cli.shown import about
    from monitor.report.safe import plain
    from monitor.report.sparkline import sparkline
    from monitor.report.terminal import MARKS, STYLES

    person, d = look.people[one.departure.person_id], one.departure
    head = Text.assemble((plain(look.label(person.person_id), 60), "bold"), f"  {plain(about(look, person), 60)}")
    kind = plain(d.kind.replace("_", " "), 20)
    when = Text.assemble(
        "  last day ",
        (f"{d.last_day:%a %d %b %Y}", "bold"),
        f", {in_words(one.days_to_go)}: {kind}, {plain(d.certainty, 20)}",
    )
    if one.told_at:
        when.append(f"  (told {one.told_at:%d %b})", "dim")
    watched = Text.assemble("  ", (sparkline(one.activity), "cyan"), f"  {how_many(one)}")
    if one.severity and one.score:
        watched.append(f"  {MARKS[one.severity]} {one.severity} {one.score:.1f}", STYLES[one.severity])
    case = [Text(f"  case {one.case_id}, {one.case_state}", "dim")] if one.case_id else []
    return [head, when, watched, *case, *(Text(f"  ! {blind}", "yellow") for blind in one.blind)]
