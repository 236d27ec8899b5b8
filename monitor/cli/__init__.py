"""The command line: one module a noun, imported when its command runs."""

from __future__ import annotations

import sys
from importlib import import_module

import click

from monitor import __version__
from monitor.model import BadInput

COMMANDS = {
    "scan": "Find unusual high-impact acts of departing people in files.",
    "explain": "Show every piece of evidence on one event.",
    "demo": "See the 2017 incident found in a generated organisation.",
    "init": "Make a working folder.",
    "check-config": "Tell every error in lastday.toml.",
    "run": "Run as a daemon: read, judge, tell, for months.",
    "once": "Do every step of the daemon once.",
    "doctor": "Tell what is broken, missing, late or silent.",
    "channels": "Try the channels.",
    "notices": "What was sent, waits or was given up.",
    "rejects": "Lines that could not be used, and why.",
    "roster": "Versions of the rosters; accept a refused one.",
    "silence": "Keep notices back for a while.",
}
MODULES = {"check-config": "check_config", "run": "running"}
"""Where the module is not named as the command."""
DONE, FOUND, WRONG, DEGRADED = 0, 1, 2, 3


class LazyGroup(click.Group):
    """Knows its commands by name and imports one only when it is called: help stays instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order of help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"monitor.cli.{MODULES.get(cmd_name, cmd_name)}")
        return getattr(module, cmd_name.replace("-", "_"))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands with a line each."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lastday")
def main() -> None:
    """lastday watches what people do around their last day at an organisation, and tells about the
    unusual high-impact act: what it was, why it stands out, how to undo it.

    \b
    Examples:
      lastday demo
      lastday scan --hr people.csv --events logs/
      lastday scan --hr people.csv --hr vendors.csv --events 'logs/*.jsonl.gz' --format jsonl
    """


def run() -> None:
    """The program: `main`, with errors told in one line."""
    try:
        main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except BadInput as error:
        click.echo(f"lastday: {error}", err=True)
        sys.exit(WRONG)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(DONE)
