"""lastday timeline"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import looking

if TYPE_CHECKING:
    from monitor.core.timeline import Timeline, Usual, Version
    from monitor.looking import Look


@click.command()
@looking
@click.argument("person")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day. [default: the watch window's]")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Last day. [default: the window's, or today]")
@click.option("--format", "form", type=click.Choice(["table", "json", "jsonl"]), default="table", show_default=True)
def timeline(look: Look, *, person: str, first: datetime | None, last: datetime | None, form: str) -> None:
    """Show what a person did, day by day and hour by hour on their own clock, against their own usual and the peers'.

    PERSON is a pseudonym, or, for whoever may reveal them, a person_id, account or e-mail. Marks: ▼ a finding, ▲ more
    acts than on nine of ten days and than nine of ten peers, ↻ a roster told something new of the departure, ┃ the
    last day. "+30 by others" counts acts under others' accounts that findings lay at the person's door; they are in no
    other figure.

    \b
    Examples:
      lastday timeline p-7k3m9qxa
      lastday timeline p-7k3m9qxa --from 2017-10-28 --to 2017-11-04 --format json
    """
    from monitor.cli.shown import days_given
    from monitor.investigating.timelines import timeline_of
    from monitor.report import rows

    who = look.find(person)
    told = timeline_of(look, who, days_given(look, who, first, last))
    if form == "table":
        from monitor.cli.shown import about
        from monitor.report import timeline as page

        words = page.Wording(
            look.label(who.person_id), about(look, who), lambda text: look.blur(text, who.person_id)
        )  # fmt: skip
        page.show(rows.screen(), told, words)
        return
    days = [day_as_json(look, told, i) for i in range(len(told.days))]
    if form == "jsonl":
        for day in days:
            click.echo(rows.as_json(day))
    else:
        rows.write_json(whole_as_json(look, told) | {"days": days})


def whole_as_json(look: Look, told: Timeline) -> dict[str, Any]:
    """What holds for all days."""
    return {
        "person": look.label(told.person_id), "timezone": told.zone, "last_day": told.last_day,
        "compared_with": {"group": look.blur(told.group), "people": told.peers},
        "departures": [_version(v) for v in told.versions],
        "own_hours": [round(n, 2) for n in told.own_hours], "peer_hours": [round(n, 2) for n in told.peer_hours],
    }  # fmt: skip


def day_as_json(look: Look, told: Timeline, i: int) -> dict[str, Any]:
    """One day."""
    from monitor.cli.shown import finding_as_json

    day = told.days[i]
    known = _known_on(told.versions, day.date)
    return {
        "date": day.date, "acts": day.acts, "hours": day.hours,
        "by_others": [{"account": account, "acts": n} for account, n in day.others],
        "own_usual": _usual(day.own), "peers_usual": _usual(day.peers),
        "last_day_known_then": known.last_day if known and known.certainty != "withdrawn" else None,
        "findings": [finding_as_json(look, f) for f in day.findings], "told": [_version(v) for v in day.told],
    }  # fmt: skip


def _known_on(versions: tuple[Version, ...], day: date) -> Version | None:
    """The departure as it was known when that day ended."""
    known = [v for v in versions if v.told_at.date() <= day and (v.ended_at is None or v.ended_at.date() > day)]
    return known[-1] if known else None


def _version(version: Version) -> dict[str, Any]:
    return {
        "last_day": version.last_day, "notice_date": version.notice_date, "kind": version.kind,
        "certainty": version.certainty, "told_at": version.told_at, "ended_at": version.ended_at,
    }  # fmt: skip


def _usual(usual: Usual | None) -> dict[str, float] | None:
    return None if usual is None else {"low": usual.low, "median": usual.middle, "high": usual.high, "of": usual.of}
