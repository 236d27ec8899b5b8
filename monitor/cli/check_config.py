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
    """Tell every error in lastday.toml, with its line and mend.

    \b
    Example:
      lastday check-config -C /var/lib/lastday
    """
    from monitor.checking import faults, remarks
    from monitor.report.safe import plain

    found = faults(folder)
    for fault in found:
        click.echo(plain(fault, 1000))
    if found:
        ctx.exit(WRONG)
    for remark in remarks(folder):
        click.echo(remark, err=True)
    click.echo("lastday.toml is in order", err=True)
