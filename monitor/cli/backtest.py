"""lastday backtest"""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli import DEGRADED
from monitor.cli.common import Steps, feedback_option, file_options, read_time
from monitor.cli.private_file import private_file
from monitor.core.counted import counted
from monitor.model import Label
from monitor.report.safe import plain

WIDTH = 120
BUDGETS = (1.0, 2.0, 5.0, 10.0)

if TYPE_CHECKING:
    from monitor.core.outcomes import Backtest
    from monitor.sources.formats import Reading


@click.command()
@file_options
@click.option(
    "--labels",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What is known: truth.json of lastday demo, or CSV person_id,verdict[,event_id].",
)
@feedback_option
@click.option("--from", "start", metavar="TIME", help="First time to judge at. [default: with the first placebos]")
@click.option("--until", metavar="TIME", help="Last time to judge at. [default: the last event]")
@click.option(
    "--step",
    "step_days",
    type=click.IntRange(1, 366),
    default=7,
    show_default=True,
    metavar="DAYS",
    help="Judge every so many days.",
)
@click.option(
    "--budget",
    "budgets",
    multiple=True,
    type=click.FloatRange(min=0, max=1_000_000),
    metavar="N",
    help="Try another alert budget, notices a week. May be given often. [default: 1, 2, 5, 10]",
)
@click.option(
    "--before",
    "befores",
    multiple=True,
    type=click.IntRange(0, 3650),
    metavar="DAYS",
    help="Try another watch window before the last day. May be given often; each takes as long again.",
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Write a page with plots, too.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="So many rows in a table.")
@click.option("--seed", type=int, default=0, show_default=True, help="Draws the placebo departures.")
@click.pass_context
def backtest(
    ctx: click.Context, *, rosters: tuple[Path, ...], events: tuple[str, ...], reading: Reading, config: Path | None,
    verbose: bool, labels: Path | None, feedback: Path | None, start: str | None, until: str | None, step_days: int,
    budgets: tuple[float, ...], befores: tuple[int, ...], form: str, page: Path | None, limit: int, seed: int,
) -> None:  # fmt: skip
    """Replay a period as the daemon would have lived it.

    At each step only what was known then is judged: events until then, and departures from their
    notice date on (without one, from the start of their watch window). The last step finds what
    lastday scan finds. Exit codes: 0 done, 2 wrong usage or input, 3 done, but part of the input
    could not be used, as in lastday scan.

    \b
    Examples:
      lastday backtest --hr people.csv --events logs/
      lastday backtest --hr people.csv --events logs/ --labels verdicts.csv --budget 1 --budget 4 --before 14
      lastday backtest --hr people.csv --events logs/ --feedback benign.csv --html backtest.html
    """  # fmt: skip
    from monitor import replay, scanning
    from monitor.cli.summary import shortfalls, show_messages, tell_shortfalls
    from monitor.report import backtest_page
    from monitor.settings import load_settings
    from monitor.sources.feedback import read_feedback
    from monitor.sources.labels import read_labels

    first, last = read_time(start, "--from"), read_time(until, "--until")
    settings, step = load_settings(config), timedelta(days=step_days)
    known = read_labels(labels) if labels else ()
    entries = read_feedback(feedback) if feedback else ()
    with Steps(verbose).shown() as steps:
        loaded = scanning.load_files(rosters, events, settings, reading=reading, step=steps.step, progress=steps.read)
        strangers = _strangers(known, loaded.roster.people)
        whole = replay.lived(loaded)
        as_ofs = replay.times(whole, settings, first, last, step)
        replayed = replay.replay(
            loaded, settings, as_ofs, befores=befores, feedback=entries, seed=seed, count=steps.count
        )  # fmt: skip
        told = replay.sum_up(replayed, settings, step, budgets=budgets or BUDGETS, labels=known, feedback=entries)
    _show(told, form, limit)
    if page:
        with private_file(page, "--html", force=True) as draft:
            draft.write_text(backtest_page.page(told), "utf-8")
    show_messages(replayed.last, verbose=verbose)
    if whole.astray:
        told_of = "events more than a year away from all others, as of a clock that was off"
        click.echo(f"{told_of}: {whole.astray:,}", err=True)
    if strangers:
        who = counted(len(strangers), "person is", "people are")
        click.echo(f"labels: {who} on no roster, for example {plain(strangers[0])}", err=True)
    if short := shortfalls(replayed.last):
        tell_shortfalls(short, DEGRADED)
        ctx.exit(DEGRADED)


def _show(told: Backtest, form: str, limit: int) -> None:
    from monitor.report import backtest_json, backtest_table
    from monitor.report.rows import screen

    if form == "json":
        click.echo(json.dumps(backtest_json.as_dict(told), ensure_ascii=True, indent=1))
    else:
        out = screen(most=WIDTH)
        backtest_table.show(out, told, limit)


def _strangers(labels: tuple[Label, ...], people: dict) -> list[str]:
    return sorted({label.person_id for label in labels} - people.keys())
