"""The command line: one module a noun, imported when its command runs."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import click

from monitor import __version__
from monitor.model import BadInput
from monitor.report.safe import plain

COMMANDS = {
    "scan": "Find unusual high-impact acts of departing people in files.",
    "explain": "Show every piece of evidence on one event.",
    "backtest": "Replay a period as the daemon would have lived it.",
    "report": "Write everything about a case into one file.",
    "demo": "See the 2017 incident found in a generated organisation.",
    "init": "Make a working folder.",
    "check-config": "Tell every error in lastday.toml.",
    "run": "Run as a daemon: read, judge, tell, for months.",
    "once": "Do every step of the daemon once.",
    "doctor": "Tell what is broken, missing, late or silent.",
    "leavers": "Who leaves: when, how sure, how watched, what stands out, what cannot be seen.",
    "case": "List, show, acknowledge, assign, note, close and reopen cases.",
    "timeline": "A person's days and hours, against their own usual and the peers'.",
    "compare": "A person against the peers, action by action.",
    "events": "What a person did around a finding.",
    "sql": "Ask the store in SQL, read-only.",
    "channels": "Try the channels.",
    "notices": "What was sent, waits or was given up.",
    "rejects": "Lines that could not be used, and why.",
    "roster": "Versions of the rosters; accept a refused one.",
    "silence": "Keep notices back for a while.",
    "requests": "What waits for a second person; approve it.",
    "reveal": "Names that are shown for a while; approve them.",
    "erase": "Erase a person from database, history and exports.",
    "hold": "Legal holds: nothing of these people is erased.",
    "privacy": "What is collected, on whom, how long, who looked.",
    "audit": "Who looked at whom; check that nothing was changed.",
    "completion": "Let the shell complete commands and ids.",
}
MODULES = {"check-config": "check_config", "run": "running"}
"""Where the module is not named as the command."""
DONE, FOUND, WRONG, DEGRADED = 0, 1, 2, 3
FAULT = 70
"""What sysexits.h calls EX_SOFTWARE: a fault of lastday itself."""
TRACEBACK = "LASTDAY_TRACEBACK"
COMPLETE = "_LASTDAY_COMPLETE"
"""In the environment while a shell asks what could follow."""
GARBAGE = 50_000
"""So many new objects before circles among them are looked for. Python's 700 costs a short command a tenth of its time:
all that it loads is alive."""
LONGEST = 500
"""Characters of what is told of an error: names of columns in it may be of any length."""


class LazyGroup(click.Group):
    """Knows its commands by name and imports one only when it is called: help stays instant."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, without importing them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"monitor.cli.{MODULES.get(cmd_name, cmd_name)}")
        command: click.Command = getattr(module, cmd_name.replace("-", "_"))
        if COMPLETE in os.environ:
            from monitor.cli.completing import attach

            attach(command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a reader that goes away, as in `lastday scan … | head`, ends it without a word."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            _forget_stdout()
            return DONE

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Their names and what they do, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _colour(context: click.Context, _param: click.Parameter, when: str) -> None:
    """Tell everything that writes, through the two names in the environment that all of it knows."""
    before = {name: os.environ.get(name) for name in ("NO_COLOR", "FORCE_COLOR")}
    if when != "auto":
        here, gone = ("FORCE_COLOR", "NO_COLOR") if when == "always" else ("NO_COLOR", "FORCE_COLOR")
        os.environ.pop(gone, None)
        os.environ[here] = "1"
        context.color = when == "always"
        context.call_on_close(lambda: _restore(before))


def _restore(before: dict[str, str | None]) -> None:
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="lastday")
@click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    expose_value=False,
    callback=_colour,
    help="Colours; auto: on a terminal, unless NO_COLOR is set.",
)
def main() -> None:
    """lastday watches what people do around their last day at an organisation, and tells about the
    unusual high-impact act: what it was, why it stands out, how to undo it.

    \b
    Examples:
      lastday demo
      lastday scan --hr people.csv --events logs/
      lastday scan --hr people.csv --hr vendors.csv --events 'logs/*.jsonl.gz' --format jsonl
    """


def _forget_stdout() -> None:
    """Let what is still unwritten go nowhere, so that the interpreter does not complain at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def program() -> None:
    """`lastday` as a process of its own: `run`, and then an end at once where no store is open.

    To give back all that a scan holds, piece by piece, takes a twentieth of its time.
    """
    try:
        run()
    except SystemExit as ended:
        if "sqlalchemy" not in sys.modules and isinstance(ended.code, int):
            with suppress(OSError):  # told by then
                sys.stdout.flush()
            os._exit(ended.code)
        raise


def run() -> None:
    """`main`, with errors told in one line."""
    ended: object = DONE
    gc.set_threshold(GARBAGE)
    sys.stdout = sys.stdout or Path(os.devnull).open("w")  # noqa: SIM115 (None where the caller closed it)
    _replace_what_cannot_be_shown()
    try:
        ended = main(prog_name="lastday", complete_var=COMPLETE, standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        sys.exit(WRONG)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        _forget_stdout()
    except BadInput as error:
        place = plain(error.where) if error.line is None else f"{plain(error.where)}:{error.line}"
        click.echo(f"lastday: {place}: {plain(error.what, LONGEST)}; {plain(error.mend, LONGEST)}", err=True)
        sys.exit(WRONG)
    except Exception as fault:
        if isinstance(fault, OSError) and fault.errno == errno.ENOSPC:
            click.echo("lastday: no space left to write to; free some, or write elsewhere", err=True)
            sys.exit(DEGRADED)
        if TRACEBACK in os.environ:
            raise
        click.echo(_own_fault(fault), err=True)
        sys.exit(FAULT)
    sys.exit(ended if isinstance(ended, int) else DONE)


def _replace_what_cannot_be_shown() -> None:
    """A terminal without Unicode gets a ? where it can show no more; rich draws its boxes in ASCII there."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _own_fault(fault: Exception) -> str:
    """Where it happened; not its words, which may hold names."""
    calls = traceback.extract_tb(fault.__traceback__)
    place = " < ".join(f"{Path(call.filename).name}:{call.lineno}" for call in reversed(calls[-4:]))
    told = f"lastday: a fault of its own, {type(fault).__name__} at {place}"
    return f"{told}; please report this line ({TRACEBACK}=1 shows the traceback, which may hold names)"
