"""lastday audit"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from monitor.cli import DEGRADED
from monitor.cli.common import clock
from monitor.cli.folder import folder_option, opened
from monitor.cli.group import Group
from monitor.core.clocks import instant


@click.group(cls=Group)
def audit() -> None:
    """Who looked at whom, and every change: a chain of signed rows in which no row can be changed unseen."""


@audit.command()
@folder_option
@click.option("--person", metavar="PERSON", help="Only rows about this person: their pseudonym.")
@click.option("--who", "viewer", metavar="VIEWER", help="Only rows by this viewer.")
@click.option("--days", type=click.FloatRange(min=0), help="Only of the last so many days.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="The last so many.")
@click.option("--format", "form", type=click.Choice(["table", "json", "jsonl"]), default="table", show_default=True)
def show(folder: Path, person: str | None, viewer: str | None, days: float | None, limit: int, form: str) -> None:
    """The last rows, the oldest first. People stand there by their pseudonyms; rows about yourself are left out.

    \b
    Examples:
      lastday audit show --days 7
      lastday audit show --person p-7k3m9qxa --format jsonl
    """
    from monitor.looking import acting
    from monitor.store import audit as chain

    now = clock()
    with opened(folder) as station, acting(station, now, "audit", "audit show") as look:
        subject = look.pseudonym(person) if person else None
        look.record("audit shown", detail=subject or "")
        with station.state.read() as connection:
            since = now - timedelta(days=days) if days is not None else None
            rows = chain.entries(connection, subject, since, None if viewer or look.viewer.own else limit)
    own = look.own_pseudonyms()
    rows = [row for row in rows if viewer in (None, row.who) and row.subject not in own][-limit:]
    _write([asdict(row) | {"at": _time(row.at_us)} for row in rows], form)


@audit.command()
@folder_option
@click.option("--anchor", "anchors", multiple=True, metavar="SEQ:DIGEST",
              help="A head that was written down elsewhere, as in a digest. May be given often.")  # fmt: skip
def verify(folder: Path, anchors: tuple[str, ...]) -> None:
    """Check every row of the chain; name those that were changed, deleted, inserted or cut off.

    Heads in the digests that this store still holds are checked too; a head out of a mailbox, given with
    --anchor, also finds a store that was set back as a whole.

    Exit codes: 0 every row holds, 3 something was changed.

    \b
    Example:
      lastday audit verify --anchor 42:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    """
    from monitor.core.audit import read_head
    from monitor.looking import acting
    from monitor.report.safe import plain
    from monitor.store import audit as chain

    heads = [(text, read_head(text)) for text in anchors]
    for text, head in heads:
        if head is None:
            raise click.BadParameter(f"{plain(text)!r} is no head; copy it from a digest", param_hint="--anchor")
    with opened(folder) as station, acting(station, clock(), "audit", "audit verify") as look:
        with station.state.read() as connection:
            faults = chain.faults(connection, station.key(connection), [head for _, head in heads if head])
            last = chain.head_in(connection)
        look.record("audit verified", detail="; ".join(fault.text for fault in faults[:5]) or "every row holds")
    for fault in faults:
        click.echo(plain(fault.text, 300))
    if faults:
        click.get_current_context().exit(DEGRADED)
    click.echo(f"every row holds; head {last}" if last else "nothing is on record yet")


def _write(rows: list[dict], form: str) -> None:
    from monitor.report.safe import plain

    if form == "json":
        click.echo(json.dumps(rows))
        return
    for row in rows:
        if form == "jsonl":
            click.echo(json.dumps(row))
            continue
        parts = [row["at"], str(row["seq"]), row["who"], f"({row['role']})", row["what"], row["subject"], row["detail"]]
        reason = f'"{row["reason"]}"' if row["reason"] else None
        click.echo("  ".join(plain(part, 200) for part in (*parts, reason) if part))


def _time(at_us: int) -> str:
    return instant(at_us).isoformat(timespec="seconds")
