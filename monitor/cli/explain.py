"""lastday explain"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import Steps, file_options, look_into, look_options

if TYPE_CHECKING:
    from monitor.sources.formats import Reading


@click.command()
@click.argument("finding", required=False)
@click.option(
    "--event",
    "event_id",
    metavar="ID",
    help="In files: the id of an event, from a finding's event_ids, or of a finding.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="In files: draws the placebo departures.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "jsonl"]),
    default="table",
    show_default=True,
    help="JSON has all; a table leaves out the figures of what gave nothing.",
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
    explain_event(rosters, events, event_id, form, **given)


def explain_event(
    rosters: tuple[Path, ...], events: tuple[str, ...], event_id: str, form: str, *, reading: Reading,
    config: Path | None, verbose: bool, seed: int,
) -> None:  # fmt: skip
    """One event in files, judged now."""
    from monitor import scanning
    from monitor.cli.event_shown import show_event
    from monitor.settings import load_settings

    settings = load_settings(config)
    with Steps(verbose).shown() as steps:
        result = scanning.scan(
            rosters, events, settings, reading=reading, seed=seed, step=steps.step, progress=steps.read
        )
    show_event(result, event_id, form)
