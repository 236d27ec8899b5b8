"""Commands that have commands below them."""

from __future__ import annotations

import click

LONGEST = 200


class Group(click.Group):
    """Tells whole what each of its commands does; click cuts it to one line."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Their names, and the first sentence of each."""
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, command.get_short_help_str(LONGEST)) for name, command in sorted(self.commands.items())]
            )
