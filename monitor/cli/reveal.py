"""lastday reveal"""

from __future__ import annotations

import click

from monitor.cli.group import Group
from monitor.cli.requests import approve, refuse, show


@click.group(cls=Group)
def reveal() -> None:
    """Names for a while: ask with --reveal --reason at any command; a second person approves here.

    \b
    Example:
      lastday timeline p-7k3m9qxa --reveal --reason "to call her manager"
      lastday reveal approve 7
    """


reveal.add_command(show, "list")
reveal.add_command(approve)
reveal.add_command(refuse)
