"""lastday explain"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import Steps, file_options, look_into, look_options
from monitor.model import BadInput

if TYPE_CHECKING:
    from monitor.sources.formats import Reading


@click.command()
@click.argument("finding", required=False)
@click.option("--event", "event_id", metavar="ID", help="In files: the event's id, from a finding's event_ids.")
@click.option("--seed", type=int, default=0, show_default=True, help="In files: draws the placebo departures.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "jsonl"]),
    default="table",
    show_default=True,
    help="How a stored finding is shown.",
)
@partial(file_options, required=False)
@look_options
def explain(
    *, finding: str | None, rosters: tuple[Path, ...], events: tuple[str, ...], form: str, event_id: str | None,
    folder: Path, reveal: bool, reason: str | None, **given: Any,
) -> None:  # fmt: skip
    """Show every piece of evidence on a finding, or on one event: its value, the person's usual, the peers' usual.

    With FINDING, what the working folder (-C) holds of it. With --hr, --events and --event, one event in files.

    \b
    Examples:
      lastday explain f40d0bbd8641ab6f8
      lastday explain --hr people.csv --events events.jsonl --event e81273
    """
    in_files = bool(rosters or events or event_id is not None)
    if bool(finding) == in_files:
        raise click.UsageError("name a FINDING, or --hr, --events and --event; not both")
    if finding:
        from monitor.cli.finding_shown import show_finding

        with look_into(folder, reveal, reason) as look:
            show_finding(look, finding, form)
        return
    if not (rosters and events and event_id is not None):
        raise click.UsageError("an event in files needs --hr, --events and --event")
    explain_event(rosters, events, event_id, **given)


def explain_event(
    rosters: tuple[Path, ...], events: tuple[str, ...], event_id: str, *, reading: Reading, config: Path | None,
    verbose: bool, seed: int,
) -> None:  # fmt: skip
    """One event in files, judged now."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from monitor import findings, scanning
    from monitor.report.rows import number
    from monitor.report.safe import plain
    from monitor.settings import load_settings

    settings = load_settings(config)
    with Steps(verbose).shown() as steps:
        result = scanning.scan(
            rosters, events, settings, reading=reading, seed=seed, step=steps.step, progress=steps.read
        )
    told = findings.dossier(result.history, result.assessed, event_id)
    if told is None:
        raise BadInput(
            f"event {event_id}",
            None,
            "not among the watched events",
            "only acts in a departure's watch window are judged",
        )
    line, reasons = told
    out = Console(highlight=False)
    out.print(Text(f"{plain(line['person_id'])}  {line['time']:%a %d %b %Y %H:%M:%S %z}", style="bold"))
    size = "" if line["magnitude"] is None else number(line["magnitude"])
    out.print(Text(f"{plain(line['action'])}  {plain(line['target'] or '')}  {size}", style="bold cyan"))
    table = Table(box=None, padding=(0, 1), header_style="dim")
    for name in ("bits", "evidence", "value", "own usual", "peers' usual", "in words"):
        table.add_column(name, justify="right" if name == "bits" else "left")
    for reason in reasons:
        cells = (reason.detector, reason.value, reason.own_usual, reason.peer_usual, reason.text)
        table.add_row(f"{reason.bits:.2f}", *(Text(plain(cell, 300)) for cell in cells))
    out.print(table)
    found = [f for f in result.found if event_id in f.event_ids]
    for finding in found:
        part = f"part of finding {finding.finding_id}: {finding.severity}, score {finding.score:.1f}"
        out.print(Text(f"{part}, one in {finding.one_in:,} placebo departures"))
    out.print(Text(f"sum of bits on this event alone: {sum(r.bits for r in reasons):.2f}", style="dim"))
