"""lastday scan"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from monitor.cli import DEGRADED, FOUND
from monitor.cli.common import Steps, file_options, write_findings
from monitor.core.severity import LEVELS


@click.command()
@file_options
@click.option("--format", "form", type=click.Choice(["table", "json", "jsonl"]), default="table", show_default=True)
@click.option(
    "--as-of", metavar="TIME", help="Judge as it was known then, e.g. 2017-11-02T19:00:00Z. [default: the last event]"
)
@click.option(
    "--limit", type=click.IntRange(min=1), help="So many findings at most. [default: 10 in a table, all in JSON]"
)
@click.option("--fail-on", type=click.Choice(LEVELS), help="Exit with 1 where a finding is that severe.")
@click.option("--seed", type=int, default=0, show_default=True, help="Draws the placebo departures.")
@click.pass_context
def scan(
    ctx: click.Context, *, rosters: tuple[Path, ...], events: tuple[str, ...], config: Path | None, verbose: bool,
    form: str, as_of: str | None, limit: int | None, fail_on: str | None, seed: int,
) -> None:  # fmt: skip
    """Find unusual high-impact acts of departing people in files.

    Nothing is stored. Findings go to stdout, messages to stderr. Exit codes: 0 done, 1 --fail-on
    met, 2 wrong usage or input, 3 done, but part of the input could not be used.

    \b
    Examples:
      lastday scan --hr people.csv --events events.jsonl
      lastday scan --hr people.csv --events 'logs/**/*.csv.gz' --format jsonl > findings.jsonl
      lastday scan --hr people.csv --events logs/ --as-of 2017-11-02T19:00:00Z --fail-on high
    """
    from monitor import pipeline
    from monitor.cli.summary import degraded, show_scan
    from monitor.settings import load_settings

    then = _time(as_of)
    settings = load_settings(config)
    with Steps(verbose).shown() as steps:
        result = pipeline.scan(rosters, events, settings, as_of=then, seed=seed, step=steps.step, progress=steps.read)
    found = result.found[:limit]
    if form == "table":
        show_scan(result, limit or 10)
    else:
        write_findings(found, form)
        show_scan(result, 0, messages_only=True)
    if fail_on and any(LEVELS.index(f.severity) >= LEVELS.index(fail_on) for f in result.found):
        ctx.exit(FOUND)
    if degraded(result):
        ctx.exit(DEGRADED)


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        then = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no time; write it as 2017-11-02T19:00:00Z", param_hint="--as-of"
        ) from None
    if then.tzinfo is None:
        raise click.BadParameter(f"{text!r} has no offset; add Z or +01:00", param_hint="--as-of")
    return then
