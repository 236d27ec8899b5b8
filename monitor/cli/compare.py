"""lastday compare"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

import click

from monitor.cli.common import looking

if TYPE_CHECKING:
    from monitor.looking import Look
    from monitor.report.rows import Column


@click.command()
@looking
@click.argument("person")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), help="First day. [default: the watch window's]")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), help="Last day. [default: the window's, or today]")
@click.option("--limit", type=click.IntRange(min=1), help="So many actions at most. [default: 30 in a table]")
@click.option(
    "--format", "form", type=click.Choice(["table", "json", "jsonl", "csv"]), default="table", show_default=True
)
def compare(
    look: Look, *, person: str, first: datetime | None, last: datetime | None, limit: int | None, form: str
) -> None:  # fmt: skip
    """Compare a person with the peers, action by action.

    Counts and days are those of the watch window so far, of who is gone until they went. Rates are acts in thirty
    days: the person's now and before the window, and the peers' in the same days: median, and the low and high that
    nine of ten stay within.

    \b
    Examples:
      lastday compare p-7k3m9qxa
      lastday compare p-7k3m9qxa --format csv > compared.csv
    """
    from rich.text import Text

    from monitor.cli.shown import about, days_given
    from monitor.investigating.comparisons import comparison_of
    from monitor.report import rows
    from monitor.report.safe import plain

    who = look.find(person)
    told = comparison_of(look, who, days_given(look, who, first, last))
    lines = [
        {**asdict(row), "action": look.blur(row.action, who.person_id)}
        for row in told.rows[: limit or (30 if form == "table" else None)]
    ]
    label = look.label(who.person_id)
    head = {
        "person": label, "timezone": told.zone, "first": told.first, "last": told.last,
        "compared_with": {"group": look.blur(told.group), "people": told.peers},
    }  # fmt: skip
    if form == "json":
        rows.write_json(head | {"actions": lines})
        return
    if form == "table":
        out = rows.screen()
        out.print(Text.assemble((plain(label), "bold"), f"  {plain(about(look, who))}"))
        days = f"{told.first:%d %b %Y} to {told.last:%d %b %Y}"
        words = f"{days}, compared with {told.peers} peers ({plain(look.blur(told.group))}); rates are acts in 30 days"
        out.print(Text(words, style="dim"))
        for line in lines:
            line["peers_range"] = f"{rows.number(line['peers_low'])}-{rows.number(line['peers_high'])}"
            line["used_by"] = f"{line['users']} of {told.peers}"
    rows.write_rows(lines, _columns() if form == "table" else [], form, "no action of anybody in these days")
    if form == "table" and len(told.rows) > len(lines):
        rows.screen().print(Text(f"… and {len(told.rows) - len(lines)} more actions; --limit shows them", style="dim"))


def _columns() -> list[Column]:
    from monitor.report.rows import Column

    return [
        Column("action", "action", cut=32, least=20), Column("now", "acts", right=True),
        Column("days_now", "days", right=True, drop=2), Column("own_now", "rate", right=True),
        Column("own_before", "before", right=True),
        Column("peers_median", "peers", right=True), Column("peers_range", "9 of 10", right=True),
        Column("used_by", "do it", right=True, drop=1), Column("remark", "", cut=60, fold=True),
    ]  # fmt: skip
