"""lastday check-config"""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli import WRONG
from monitor.cli.folder import folder_option


@click.command("check-config")
@folder_option
@click.pass_context
def check_config(ctx: click.Context, folder: Path) -> None:
    """Tell every error in lastday.toml at once, with its line and mend, and what is in order but hardly meant.

    Exit codes: 0 in order, also where something should be looked at; 2 something must be mended.

    \b
    Example:
      lastday check-config -C /var/lib/lastday
    """
    from monitor.checking import faults, remarks
    from monitor.report.safe import plain

    found, doubtful = faults(folder), remarks(folder)
    for fault in found:
        click.echo(plain(fault, 1000))
    for remark in doubtful:
        click.echo(f"look: {plain(remark, 1000)}", err=True)
    if found:
        ctx.exit(WRONG)
    click.echo("lastday.toml is in order" + (", but look at the above" if doubtful else ""), err=True)
