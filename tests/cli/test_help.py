"""Help teaches: every command shows examples, and what they show can be typed. docs/cli.md says the same."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from monitor.cli import COMMANDS, main
from monitor.cli.manual import examples_of, manual
from tests.cli.running import lastday

ROOT = click.Context(main, info_name="lastday")


def commands(context: click.Context = ROOT, command: click.Command = main) -> Iterator[tuple[str, click.Command]]:
    """Every command by its whole name, groups left out."""
    if not isinstance(command, click.Group):
        yield context.command_path, command
        return
    for name in command.list_commands(context):
        below = command.get_command(context, name)
        assert below is not None, name
        yield from commands(click.Context(below, parent=context, info_name=name), below)


@pytest.mark.parametrize(("name", "command"), [pytest.param(*pair, id=pair[0]) for pair in commands()])
def test_examples_can_be_typed(name: str, command: click.Command) -> None:
    examples = [line for line in examples_of(command) if not line.startswith("#")]
    assert examples, f"{name} shows no example"
    typed = []
    for line in examples:
        words = shlex.split(re.split(r"\s[|>]\s?", line)[0])
        while words and "=" in words[0]:
            words.pop(0)
        assert words[0] == "lastday", line
        typed.append(parse(main, words[1:]))
    assert command in typed, f"the examples of {name} show something else"


def parse(command: click.Command, words: list[str], parent: click.Context | None = None) -> click.Command:
    """The command that is meant, parsed as click does. Raises click.UsageError for what cannot be typed."""
    context = command.make_context(parent.command.name if parent else "lastday", list(words), parent=parent)
    with context:
        if isinstance(command, click.Group):
            rest = [*context._protected_args, *context.args]
            name, below, rest = command.resolve_command(context, rest)
            assert below is not None, name
            return parse(below, rest, context)
    return command


@pytest.mark.parametrize("group", [name for name in COMMANDS if isinstance(main.get_command(ROOT, name), click.Group)])
def test_what_a_subcommand_does_is_told_whole(group: str) -> None:
    told = lastday(group, "--help").out
    assert "..." not in told.partition("Commands:")[2]


def test_a_wrong_example_would_be_found() -> None:
    with pytest.raises(click.UsageError):
        parse(main, ["report", "--form", "html", "c1"])
    with pytest.raises(click.UsageError):
        parse(main, ["reports", "c1"])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_helps(name: str) -> None:
    ran = lastday(name, "--help")
    assert ran.code == 0
    assert f"Usage: lastday {name}" in ran.out
    assert not ran.err


def test_the_manual_says_what_the_commands_say() -> None:
    written = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
    assert written == manual(), "run make docs"


def test_the_manual_names_every_command_and_option() -> None:
    text = manual()
    for name, command in commands():
        assert f" {name}\n" in text
        for param in command.params:
            for option in param.opts if isinstance(param, click.Option) else ():
                assert f"{option}" in text
