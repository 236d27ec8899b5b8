"""What a shell can complete from a working folder: ids of cases and findings, pseudonyms. Never a name.

A key press is no look: nothing is shown here that says something about a person, so no row is written.
Who may not look, and whatever is wrong, completes nothing: a prompt is no place for an error.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import clock

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from monitor.looking import Look

MOST = 200


def case_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Cases, with their severity and state."""
    return _complete(ctx, incomplete, _cases)


def finding_ids(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Findings that stand, with their severity."""
    return _complete(ctx, incomplete, _findings)


def people(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Pseudonyms of people in a watch window."""
    return _complete(ctx, incomplete, _people)


def case_or_person(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Cases, and pseudonyms of people in a watch window."""
    return _complete(ctx, incomplete, lambda look: [*_cases(look), *_people(look)])


def _complete(
    ctx: click.Context, incomplete: str, listed: Callable[[Look], Sequence[tuple[str, str]]]
) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    from monitor.cli.folder import opened
    from monitor.looking import open_look

    with suppress(Exception):
        folder = Path(ctx.params.get("folder") or ".")
        with opened(folder) as station, open_look(station, clock()) as look:
            if "look" in look.viewer.rights:
                found = [(value, told) for value, told in listed(look) if value.startswith(incomplete)]
                return [CompletionItem(value, help=told) for value, told in found[:MOST]]
    return []


def _cases(look: Look) -> list[tuple[str, str]]:
    from monitor.store import cases

    with look.station.state.read() as connection:
        known = cases.all_cases(connection)
    return [(case.case_id, f"{case.severity}, {case.state}") for case in known if not look.hides(case.person_id)]


def _findings(look: Look) -> list[tuple[str, str]]:
    from monitor.store import cases

    with look.station.state.read() as connection:
        found = cases.findings_of(connection)
    return [(f.finding_id, f.severity) for theirs in found.values() for f in theirs if not look.hides(f.person_id)]


def _people(look: Look) -> list[tuple[str, str]]:
    watched = sorted({d.person_id for d in look.departures if look.watches(d.person_id)})
    return [(look.veil.pseudonym(person_id), "") for person_id in watched]


def attach(command: click.Command) -> click.Command:
    """Let every argument and option of the command that names a case, a finding or a person complete it."""
    for param in command.params:
        found = BY_NAME.get(str(param.name))
        if found is not None:
            param._custom_shell_complete = found
    if isinstance(command, click.Group):
        for below in command.commands.values():
            attach(below)
    return command


BY_NAME = {
    "case": case_or_person, "case_id": case_ids, "case_ids": case_ids, "finding": finding_ids, "around": finding_ids,
    "person": people,
}  # fmt: skip
"""What is completed for a parameter of that name."""
