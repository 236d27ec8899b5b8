"""docs/cli.md: the manual, written from the commands themselves: `python -m monitor.cli.manual FILE`."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import click

from monitor.cli import COMMANDS, main

HEAD = """# lastday: the command line

Written from the commands by `make docs`; a test holds it against them. The same stands in `lastday COMMAND --help`.

Data goes to standard output, messages to standard error. Where a command looks at people, they are pseudonyms
(`p-7k3m9qxa`) unless `--reveal --reason "..."` is given, and the look is on record (`lastday audit`).

## Exit status

| code | means |
| ---: | --- |
| 0 | done |
| 1 | what `--fail-on` asked for was found |
| 2 | wrong usage, or something in a file or setting must be mended; the message says what and how |
| 3 | done, but degraded: something is broken, late or missing |
| 70 | a fault of lastday itself; one line on standard error says where |
| 130 | stopped by the keyboard |

## Environment

| name | means |
| --- | --- |
| `LASTDAY_FOLDER` | the working folder, where `-C` is not given |
| `NO_COLOR` | no colours (`--color never`); severity is told in words and shapes all the same |
| `FORCE_COLOR` | colours also where the output is no terminal (`--color always`) |
| `COLUMNS` | how wide tables and pictures are, where the output is no terminal |
"""


def manual() -> str:
    """The whole page."""
    root = click.Context(main, info_name="lastday")
    parts = [HEAD, _page(root, main, 2)]
    for name in COMMANDS:
        command = main.get_command(root, name)
        if command is not None and not command.hidden:
            parts += _pages(click.Context(command, parent=root, info_name=name), command)
    return "\n".join(parts).rstrip() + "\n"


def _pages(context: click.Context, command: click.Command, level: int = 2) -> Iterator[str]:
    """A command's part, then those of its subcommands."""
    yield _page(context, command, level)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _pages(click.Context(below, parent=context, info_name=name), below, level + 1)


def _page(context: click.Context, command: click.Command, level: int) -> str:
    """NAME, SYNOPSIS, DESCRIPTION, OPTIONS, EXAMPLES."""
    told, examples = _told(command)
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    parts = [f"{'#' * level} {context.command_path}", told[:1], f"    {usage}", *told[1:]]
    rows = [_record(param, context) for param in command.get_params(context) if isinstance(param, click.Option)]
    given = [row for row in rows if row is not None and "--help" not in row[0]]
    if given:
        parts.append("Options:\n\n" + "\n".join(f"- `{name}`: {_escaped(text)}" for name, text in given))
    if isinstance(command, click.Group):
        below = [(n, command.get_command(context, n)) for n in command.list_commands(context)]
        short = COMMANDS if command is main else {n: c.get_short_help_str(100) for n, c in below if c}
        parts.append("Commands:\n\n" + "\n".join(f"- `{name}`: {_escaped(text)}" for name, text in short.items()))
    if examples:
        parts.append("Examples:\n\n" + "\n".join(f"    {line}" for line in examples))
    return "\n\n".join(p if isinstance(p, str) else _escaped(" ".join(p)) for p in parts if p) + "\n"


def _told(command: click.Command) -> tuple[list[str], list[str]]:
    """The paragraphs of a command's help, and the lines of its examples."""
    text = dedent(inspect.cleandoc(command.help or ""))
    told, examples = [], []
    for part in re.split(r"\n\s*\n", text):
        if re.match(r"\x08?\s*Examples?:", part):
            examples += [line.strip() for line in part.splitlines()[1:] if "Example" not in line and line.strip()]
        elif part.startswith("\x08"):
            told.append(part.lstrip("\x08\n"))
        else:
            told.append(" ".join(part.split()))
    return [p for p in told if p], examples


def examples_of(command: click.Command) -> list[str]:
    """The lines that a command's help gives as examples."""
    return _told(command)[1]


def _record(param: click.Option, context: click.Context) -> tuple[str, str] | None:
    found = param.get_help_record(context)
    return (found[0], " ".join(found[1].split())) if found else None


def _escaped(text: str) -> str:
    """So that nothing of it is markup."""
    return re.sub(r"([<>*|])", r"\\\1", text)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(manual(), encoding="utf-8")
