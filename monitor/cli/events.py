"""lastday events"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import looking, read_time
from monitor.core.counted import counted
from monitor.model import BadInput, Finding, Person

if TYPE_CHECKING:
    from monitor.looking import Look

_SPAN = re.compile(r"(\d{1,5})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
LONGEST = timedelta(days=400)


@click.command()
@looking
@click.argument("person")
@click.option("--around", metavar="FINDING", help="Around the time of this finding.")
@click.option(
    "--at", metavar="TIME", help="Around this time, e.g. 2017-11-02T19:00:00+01:00; a day alone is its end in UTC."
)
@click.option("--before", default="2h", show_default=True, metavar="SPAN", help="How long before: 30m, 2h, 3d.")
@click.option("--after", default="2h", show_default=True, metavar="SPAN", help="How long after.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=200,
    show_default=True,
    help="So many events at most, those nearest in time.",
)
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "jsonl", "csv"]), default="table", show_default=True
)
def events(
    look: Look, *, person: str, around: str | None, at: str | None, before: str, after: str, limit: int, form: str
) -> None:  # fmt: skip
    """Show what a person did around a finding, line by line as the logs have it, on the person's own clock.

    \b
    Examples:
      lastday events p-7k3m9qxa --around f40d0bbd8641ab6f8
      lastday events p-7k3m9qxa --around f40d0bbd8641ab6f8 --before 3d --after 1d --format csv
      lastday events p-7k3m9qxa --at 2017-11-02T18:51:00Z --before 30m --after 30m
    """
    from monitor.investigating.events import events_around

    spans = read_span(before, "--before"), read_span(after, "--after")
    if bool(around) == bool(at):
        raise click.UsageError("name one of --around and --at")
    who = look.find(person)
    finding = _finding_of(look, who, around) if around else None
    moment = finding.time if finding else read_time(at, "--at")
    assert moment is not None
    marked = set(finding.event_ids) if finding else set()
    found, total = events_around(look, who, moment, *spans, limit, marked)
    _write(look, who, [_shown(look, who, row, marked) for row in found], total, form)


def read_span(text: str, option: str) -> timedelta:
    """A stretch of time such as 30m, 2h or 3d."""
    given = _SPAN.fullmatch(text.strip().lower())
    span = timedelta(**{_UNITS[given[2]]: int(given[1])}) if given else None
    if span is None or span > LONGEST:
        raise click.BadParameter(
            f"{text[:40]!r} is no span; write it as 30m, 2h or 3d, 400d at most", param_hint=option
        )
    return span


def _finding_of(look: Look, person: Person, finding_id: str) -> Finding:
    """The finding, which must be about this person."""
    from monitor.store.cases import stored_finding

    with look.station.state.read() as connection:
        stored = stored_finding(connection, finding_id)
    if stored is None or stored.finding.person_id != person.person_id:
        raise BadInput(
            f"finding {finding_id}",
            None,
            "is none about this person",
            "see lastday timeline for them; for a time there is --at",
        )
    return stored.finding


def _shown(look: Look, person: Person, row: dict[str, Any], marked: set[str]) -> dict[str, Any]:
    """An event as it may be read: the pseudonym for the actor, every other text blurred."""
    shown: dict[str, Any] = {
        "time": row["time"],
        "finding": row["id"] in marked,
        "person": look.label(person.person_id),
    }
    for name, value in row.items():
        if name in ("time", "t", "actor"):
            continue
        if name == "attributes":
            told = json.loads(value) if value else {}
            shown[name] = {look.blur(key): look.blur(str(text), person.person_id) for key, text in told.items()}
        else:
            shown[name] = look.blur(value, person.person_id) if isinstance(value, str) else value
    return shown


def _write(look: Look, person: Person, found: list[dict[str, Any]], total: int, form: str) -> None:
    from rich.text import Text

    from monitor.report import rows

    if form == "csv":
        for row in found:
            row["attributes"] = json.dumps(row["attributes"], ensure_ascii=True) if row["attributes"] else ""
    if form != "table":
        rows.write_rows(found, [rows.Column(name, name) for name in ("time", "finding", "person")], form)
    else:
        for row in found:
            time: datetime = row["time"]
            row |= {"mark": "▶" if row["finding"] else "", "when": f"{time:%a %d %b %H:%M:%S}"}
        columns = [
            rows.Column("mark", "", style="bold red", keep=True), rows.Column("when", "time", keep=True),
            rows.Column("action", "action", cut=24, style="bold", keep=True),
            rows.Column("target", "target", cut=40, fold=True), rows.Column("magnitude", "magnitude", right=True),
            rows.Column("outcome", "outcome", cut=10, drop=1), rows.Column("source", "source", cut=14, drop=2),
            *([rows.Column("by", "by", cut=24)] if any(row["by"] for row in found) else []),
            rows.Column("id", "event", least=18, style="dim", fold=True),
        ]  # fmt: skip
        rows.write_rows(found, columns, form, f"no event of {look.label(person.person_id)} in that time")
    if total > len(found):
        told = Text(f"{counted(total - len(found), 'event')} further off left out; --limit shows more", style="dim")
        rows.screen(stderr=True).print(told)
