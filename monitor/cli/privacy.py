"""lastday privacy"""

from __future__ import annotations

import json
from pathlib import Path

import click

from monitor.cli.common import clock
from monitor.cli.folder import folder_option, opened
from monitor.cli.group import Group


@click.group(cls=Group)
def privacy() -> None:
    """What is collected, on whom, how long, and who looked at what."""


@privacy.command()
@folder_option
@click.option("--days", type=click.FloatRange(min=0), default=90, show_default=True, help="So far back for the looks.")
@click.option("--format", "form", type=click.Choice(["text", "md", "json"]), default="text", show_default=True)
def report(folder: Path, days: float, form: str) -> None:
    """The report for a works council or a data protection officer. Pseudonyms only.

    \b
    Examples:
      lastday privacy report
      lastday privacy report --days 365 --format md > council.md
    """
    from monitor.accounting import account
    from monitor.looking import acting
    from monitor.report.privacy import in_words

    with opened(folder) as station, acting(station, clock(), "audit", "privacy report") as look:
        look.record("privacy report")
        told = account(look, days)
    click.echo(
        json.dumps(told, indent=1) if form == "json" else in_words(told, markdown=form == "md"), nl=form == "json"
    )
