"""lastday explain"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import Steps, file_options
from monitor.model import BadInput

if TYPE_CHECKING:
    from monitor.sources.formats import Reading


@click.command()
@file_options
@click.option("--event", "event_id", required=True, metavar="ID", help="The event's id, from a finding's event_ids.")
@click.option("--seed", type=int, default=0, show_default=True, help="Draws the placebo departures.")
def explain(
    *, rosters: tuple[Path, ...], events: tuple[str, ...], reading: Reading, config: Path | None, verbose: bool,
    event_id: str, seed: int,
) -> None:  # fmt: skip
    """Show every piece of evidence on one event: its value, the person's usual, the peers' usual.

    \b
    Example:
      lastday explain --hr people.csv --events events.jsonl --event e81273
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from monitor import findings, pipeline
    from monitor.report.safe import plain
    from monitor.settings import load_settings

    settings = load_settings(config)
    with Steps(verbose).shown() as steps:
        result = pipeline.scan(
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
    out.print(
        Text(f"{plain(line['action'])}  {plain(line['target'] or '')}  {line['magnitude'] or ''}", style="bold cyan")
    )
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
