"""lastday demo"""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from monitor.cli.common import Steps, clock
from monitor.model import BadInput, Finding

if TYPE_CHECKING:
    from monitor.scanning import Scan
    from monitor.world import World
    from monitor.world.outcome import Outcome, Outcomes

STORY_OF_2017 = "wrong_target"


@click.command()
@click.option(
    "--seed", type=click.IntRange(min=0), default=2017, show_default=True, help="Another seed, another organisation."
)
@click.option(
    "--shape",
    default="platform",
    show_default=True,
    metavar="NAME",
    help="The sort of organisation: platform, bank, software, logons or devices.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("lastday-demo"),
    show_default=True,
    metavar="FOLDER",
    help="Where the generated files go.",
)
@click.option("--limit", type=click.IntRange(min=1), default=3, show_default=True, help="So many departures as cards.")
@click.option(
    "--recent", is_flag=True, help="Move its dates so that it ends this week: to try a working folder with it."
)
@click.option("-v", "--verbose", is_flag=True, help="Tell what each step took, on stderr.")
def demo(seed: int, shape: str, out: Path, limit: int, recent: bool, verbose: bool) -> None:
    """See the 2017 incident found in a generated organisation.

    Makes an organisation of a few hundred people over half a year, some of whom leave: most of them
    harmlessly, some not. Writes it as files, scans them, and holds the findings against the truth.

    \b
    Examples:
      lastday demo
      lastday demo --seed 7 --out /tmp/demo
      lastday demo --recent --out recent-demo
    """  # fmt: skip
    from monitor import scanning
    from monitor.report.rows import screen
    from monitor.settings import load_settings
    from monitor.world import generate, made_recent, write
    from monitor.world.outcome import compare

    check_folder(out)
    settings = load_settings(None)
    with Steps(verbose).shown() as steps:
        steps.step("making an organisation")
        world = generate(shape, seed)
        if recent:
            world = made_recent(world, clock())
        steps.step("writing its files")
        try:
            hr, events, truth = write(world, out)
        except OSError as error:
            raise BadInput(
                str(out), None, f"cannot be written ({error.strerror})", "name another folder with --out"
            ) from None
        result = scanning.scan([hr], [str(events)], settings, step=steps.step, progress=steps.read)
    console = screen()
    outcomes = compare(world, result.found)
    _show_world(console, world)
    _show_cards(console, result, outcomes.incidents, limit)
    _show_truth(console, outcomes)
    console.print(Text(f"Truth: {truth}   Scan the files again:", style="dim"))
    # Not wrapped: it is there to be copied.
    click.echo(f"  lastday scan --hr {shlex.quote(str(hr))} --events {shlex.quote(str(events))}")
    if recent:
        console.print(Text("Watch it as the daemon would:", style="dim"))
        click.echo("  lastday init watch")
        click.echo(f"  cp {shlex.quote(str(hr))} watch/rosters/ && cp {shlex.quote(str(events))} watch/inbox/")
        click.echo("  lastday once -C watch; lastday leavers -C watch")


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds anything but a demo. Raises BadInput."""
    if not folder.exists():
        return
    mend = "name another folder with --out"
    if not folder.is_dir():
        raise BadInput(str(folder), None, "is a file", mend)
    names = {path.name for path in folder.iterdir()}
    strange = sorted(names - {"truth.json", "hr.csv", "events.jsonl"})
    if strange:
        raise BadInput(str(folder), None, f"holds {strange[0]!r}, which is of no demo", mend)
    if names and not _is_truth(folder / "truth.json"):
        raise BadInput(str(folder), None, "holds files that are of no demo", mend)


def _is_truth(path: Path) -> bool:
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and {"shape", "seed", "incidents", "endings"} <= told.keys()


def _show_world(console: Console, world: World) -> None:
    harmless, bad = len(world.endings), len(world.incidents)
    text = Text(f"A generated organisation ({world.shape}, seed {world.seed}): ", style="bold")
    text.append(
        f"{len(world.roster):,} people, {world.events.num_rows:,} events. "
        f"{harmless + bad} of them left, {harmless} harmlessly and {bad} with an incident; lastday is not told which.",
        style="default",
    )
    console.print(text)


def _show_cards(console: Console, result: Scan, incidents: Sequence[Outcome], limit: int) -> None:
    """The 2017 incident, then the first finding of other departures."""
    from monitor.report import terminal

    shown: dict[str, Finding] = {}
    measured = result.assessed.scale.measured
    for one in incidents:
        if one.kind == STORY_OF_2017 and one.finding and one.found:
            console.print(
                Text(
                    f"\n{one.finding.last_day:%-d %B %Y}, the account that most people follow: rank {one.rank}",
                    style="bold",
                )
            )
            console.print(terminal.card(one.finding, result.roster.people.get(one.person_id), measured=measured))
            shown[one.person_id] = one.finding
    if limit > len(shown):
        console.print(
            Text("The most striking other departures:" if shown else "The most striking departures:", style="bold")
        )
    for finding in result.found:
        if len(shown) < limit and finding.person_id not in shown:
            shown[finding.person_id] = finding
            console.print(terminal.card(finding, result.roster.people.get(finding.person_id), measured=measured))


def _show_truth(console: Console, outcomes: Outcomes) -> None:
    """What was planted, and what became of it; how many harmless leavers were shown."""
    from monitor.report.terminal import STYLES

    table = Table(box=None, padding=(0, 1), header_style="dim", title_justify="left", title_style="bold")
    for name in ("rank", "found", "who", "planted"):
        table.add_column(name, justify="right" if name == "rank" else "left", no_wrap=name != "planted")
    for one in sorted(outcomes.incidents, key=lambda o: (not o.found, o.rank or len(outcomes.incidents) ** 3)):
        severity = one.finding.severity if one.finding else ""
        told = Text(severity if one.place == 1 else f"{severity}, finding {one.place}", style=STYLES.get(severity, ""))
        if not one.found:
            told = Text(f"missed ({severity})" if severity else "missed", style="bold magenta")
        table.add_row(str(one.rank or "-"), told, Text(one.person_id), Text(one.story))
    console.print(table)
    harmless, quiet = sum(outcomes.harmless.values()), outcomes.harmless["quiet"]
    loud = outcomes.harmless["critical"] + outcomes.harmless["high"]
    found = sum(one.found for one in outcomes.incidents)
    words = f"{loud} was loud" if loud == 1 else f"{loud} were loud"
    console.print(Text(
        f"{found} of {len(outcomes.incidents)} incidents found. Of {harmless} harmless leavers {words} "
        f"(high or critical), {outcomes.harmless['medium']} medium, {quiet} quiet.", style="bold",
    ))  # fmt: skip
