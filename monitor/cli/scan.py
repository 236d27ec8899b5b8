"""lastday scan"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli import DEGRADED, DONE, FOUND
from monitor.cli.common import Steps, clock, feedback_option, file_options, read_time
from monitor.core.levels import LEVELS
from monitor.model import BadInput, Finding

if TYPE_CHECKING:
    from monitor.scanning import Scan
    from monitor.sources.formats import Reading


@click.command()
@file_options
@click.option("--format", "form", type=click.Choice(["table", "json", "jsonl"]), default="table", show_default=True)
@click.option(
    "--as-of",
    metavar="TIME",
    help="Judge as it was known then, e.g. 2017-11-02T19:00:00Z; a day alone is its end in UTC. "
    "[default: the last event]",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    help="So many findings at most, in a table so many departures. [default: 10 in a table, all in JSON]",
)
@click.option("--person", metavar="ID", help="Show the findings on this person only; in a table a card each.")
@click.option("--fail-on", type=click.Choice(LEVELS), help="Exit with 1 where a finding is that severe.")
@feedback_option
@click.option("--seed", type=int, default=0, show_default=True, help="Draws the placebo departures.")
@click.pass_context
def scan(
    ctx: click.Context, *, rosters: tuple[Path, ...], events: tuple[str, ...], reading: Reading, config: Path | None,
    verbose: bool, form: str, as_of: str | None, limit: int | None, person: str | None, fail_on: str | None,
    feedback: Path | None, seed: int,
) -> None:  # fmt: skip
    """Find unusual high-impact acts of departing people in files.

    Of each departure the 12 strongest acts are told, and up to 60 that score 4 bits, in JSON too; a message says
    how many more there are. Nothing is stored. Findings go to stdout, messages to stderr. Exit codes: 0 done,
    1 --fail-on met, 2 wrong usage or input, 3 done, but degraded: a file is damaged, more than 5 % of the lines
    of events or rosters, or of the last days, could not be used, a leaver's name is several people's, or more
    than half of the events are of nobody on the roster.

    \b
    Examples:
      lastday scan --hr people.csv --events events.jsonl
      lastday scan --hr people.csv --events 'logs/**/*.csv.gz' --format jsonl > findings.jsonl
      lastday scan --hr report.csv --roster-of workday --events audit/ --format-of okta-system-log
      lastday scan --hr r4.2/LDAP --events r4.2 --format-of cert
      lastday scan --hr people.csv --events logs/ --as-of 2017-11-02T19:00:00Z --fail-on high
    """
    from monitor import scanning
    from monitor.cli.summary import shortfalls, tell_shortfalls
    from monitor.settings import load_settings
    from monitor.sources.feedback import read_feedback

    then = read_time(as_of, "--as-of")
    settings = load_settings(config)
    entries = read_feedback(feedback) if feedback else ()
    with Steps(verbose).shown() as steps:
        result = scanning.scan(
            rosters, events, settings, reading=reading, feedback=entries, as_of=then, now=clock(), seed=seed,
            step=steps.step, progress=steps.read,
        )  # fmt: skip
    if person is not None:
        person = _known(person, result)
    mine = [finding for finding in result.found if person in (None, finding.person_id)]
    _show(result, mine, form, limit, person, verbose)
    met = fail_on and any(LEVELS.index(f.severity) >= LEVELS.index(fail_on) for f in mine)
    short = shortfalls(result)
    code = FOUND if met else DEGRADED if short else DONE
    tell_shortfalls(short, code)
    if code:
        ctx.exit(code)


def _show(
    result: Scan, mine: Sequence[Finding], form: str, limit: int | None, person: str | None, verbose: bool
) -> None:  # fmt: skip
    """mine: the findings asked for; person: whose alone, with a card each."""
    from monitor.cli.summary import show_messages, show_scan
    from monitor.report.rows import write_rows

    if form == "table":
        show_scan(result, mine, limit or (len(mine) if person else 10), each=person is not None)
    else:
        write_rows([asdict(finding) for finding in mine[:limit]], [], form)
    show_messages(result, verbose=verbose)


def _known(person: str, result: Scan) -> str:
    """The person_id as the roster writes it. Raises BadInput where it has nobody of that id."""
    by_id = {person_id.lower(): person_id for person_id in result.roster.people}
    if (found := by_id.get(person.lower())) is None:
        raise BadInput("--person", None, f"{person[:40]!r} is no person_id of the roster", "name one that is")
    return found
