"""lastday case"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from monitor.cli.common import looking
from monitor.cli.group import Group
from monitor.core.levels import LEVELS
from monitor.model import VERDICTS, BadInput, Case

if TYPE_CHECKING:
    from monitor.investigating.caseload import Filter, Held
    from monitor.looking import Look

STATES = ("open", "acked", "closed")
forms: Callable = click.option(
    "--format", "form", type=click.Choice(["table", "json", "jsonl", "csv"]), default="table", show_default=True
)


def filtering(command: Callable) -> Callable:
    """--state, --severity, … as one `wanted` Filter."""

    @wraps(command)
    def with_filter(**given: Any) -> Any:
        from monitor.investigating.caseload import Filter

        states = given.pop("state")
        named = ("severity", "at_most", "department", "action", "assignee", "last_day_before")
        told = {name: given.pop(name) for name in named}
        before: datetime | None = told["last_day_before"]
        told["last_day_before"] = before.date() if before else None
        return command(wanted=Filter(states or ("open", "acked"), **told), **given)

    taking: Callable = with_filter
    for option in (
        click.option("--last-day-before", type=click.DateTime(["%Y-%m-%d"]), help="Whose last day was before this."),
        click.option("--assignee", metavar="WHO", help="Given to this one."),
        click.option("--action", metavar="PATTERN", help="All of whose acts fit, e.g. 'report.*'."),
        click.option("--department", help="Of people of this department."),
        click.option("--at-most", type=click.Choice(LEVELS), help="No graver than this."),
        click.option("--severity", type=click.Choice(LEVELS), help="This grave or graver."),
        click.option("--state", type=click.Choice(STATES), multiple=True, help="[default: open and acked]"),
    ):
        taking = option(taking)
    return taking


@click.group(cls=Group)
def case() -> None:
    """List, show, acknowledge, assign, note, close and reopen cases. A case is one departure with its findings."""


@case.command("list")
@looking
@filtering
@forms
def show_list(look: Look, *, wanted: Filter, form: str) -> None:
    """List cases, the gravest first.

    \b
    Examples:
      lastday case list
      lastday case list --state closed --format csv
      lastday case list --severity high --department Finance
    """
    from monitor.cli.cases_shown import list_cases
    from monitor.investigating.caseload import caseload

    look.may("look")
    held = caseload(look, wanted)
    look.record("case list", detail=f"{len(held)} cases")
    list_cases(look, held, form)


@case.command()
@looking
@click.argument("case_id", metavar="CASE")
@click.option("--format", "form", type=click.Choice(["table", "json", "jsonl"]), default="table", show_default=True)
def show(look: Look, *, case_id: str, form: str) -> None:
    """Show a case: who leaves and when, every finding, who did what with it.

    CASE is an id, the beginning of one, or the person's pseudonym.

    \b
    Example:
      lastday case show cc10a9b4
    """
    from monitor.cli.cases_shown import show_case
    from monitor.investigating.caseload import held_case

    show_case(look, *held_case(look, case_id), form)


@case.command()
@looking
@click.argument("case_ids", metavar="CASE...", nargs=-1)
@filtering
@click.option("--yes", is_flag=True, help="Do it; without, a filter only shows which cases it means.")
@forms
def ack(look: Look, *, case_ids: tuple[str, ...], wanted: Filter, yes: bool, form: str) -> None:
    """Acknowledge cases: somebody looks after them, and nobody is reminded any more.

    \b
    Examples:
      lastday case ack cc10a9b4
      lastday case ack --severity high --yes
    """
    from monitor.core.casework import acknowledged

    _each(look, case_ids, wanted, yes, form, "ack", lambda case, _: acknowledged(case))


@case.command()
@looking
@click.argument("case_id", metavar="CASE")
@click.argument("who")
@forms
def assign(look: Look, *, case_id: str, who: str, form: str) -> None:
    """Give a case to somebody, never to the person whom it is about.

    \b
    Example:
      lastday case assign cc10a9b4 ann
    """
    from monitor.core.casework import checked_reason
    from monitor.investigating.caseload import check_assignee, decide, held_case

    look.may("decide")
    held, _ = held_case(look, case_id)
    check_assignee(look, who, held.case)
    decide(look, held.case.case_id, "assign", None, text=checked_reason(who))
    _say(f"{held.case.case_id} is with {who}")
    _stand(look, [held.case.case_id], form)


@case.command()
@looking
@click.argument("case_id", metavar="CASE")
@click.argument("text")
@forms
def note(look: Look, *, case_id: str, text: str, form: str) -> None:
    """Write something down about a case.

    \b
    Example:
      lastday case note cc10a9b4 "asked the team lead: the export was for the audit"
    """
    from monitor.investigating.caseload import decide, held_case

    look.may("decide")
    held, _ = held_case(look, case_id)
    if not text.strip() or len(text) > 4000:
        raise BadInput("note", None, "is empty" if not text.strip() else "is longer than 4000 characters", "write some")
    decide(look, held.case.case_id, "note", None, text=text.strip())
    _say(f"noted on {held.case.case_id}")
    _stand(look, [held.case.case_id], form)


@case.command()
@looking
@click.argument("case_ids", metavar="CASE...", nargs=-1)
@filtering
@click.option("--as", "verdict", type=click.Choice(VERDICTS), required=True, help="What it was found to be.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day on which the verdict holds. [default: the end of the watch window]",
)
@click.option("--yes", is_flag=True, help="Do it; without, a filter only shows which cases it means.")
@forms
def close(
    look: Look, *, case_ids: tuple[str, ...], wanted: Filter, verdict: str, until: datetime | None, yes: bool,
    form: str,
) -> None:  # fmt: skip
    """Close cases as malicious, honest-mistake or benign; --reason says why.

    Judgement learns from it: what was found benign counts a quarter for that person and those actions until the
    verdict ends, and what was not is never damped. Nothing more is told of a closed case, unless something new
    comes up: after benign a new kind of act or a graver one, after the others any act not yet told.

    \b
    Examples:
      lastday case close cc10a9b4 --as honest-mistake --reason "took it for a fake account; restored at 19:02"
      lastday case close --at-most medium --action 'report.*' --as benign --reason "quarter end" --yes
    """
    from monitor.core.casework import checked_reason, closed

    reason = checked_reason(look.reason or "")
    expires = until.date() if until else None
    _each(look, case_ids, wanted, yes, form, "close", lambda case, found: closed(case, found, verdict), text=reason,
          verdict=verdict, expires=expires)  # fmt: skip


@case.command()
@looking
@click.argument("case_id", metavar="CASE")
@forms
def reopen(look: Look, *, case_id: str, form: str) -> None:
    """Open a closed case again; --reason says why. Its verdict no longer counts.

    \b
    Example:
      lastday case reopen cc10a9b4 --reason "the export went to a private address"
    """
    from monitor.core.casework import checked_reason, reopened
    from monitor.investigating.caseload import decide, held_case

    look.may("decide")
    reason = checked_reason(look.reason or "")
    held, _ = held_case(look, case_id)
    decide(look, held.case.case_id, "reopen", lambda case, _: reopened(case, look.now), text=reason)
    _say(f"{held.case.case_id} is open again")
    _stand(look, [held.case.case_id], form)


@case.command()
@looking
@click.option("--format", "form", type=click.Choice(["csv", "json", "jsonl"]), default="csv", show_default=True)
def feedback(look: Look, *, form: str) -> None:
    """Write what closed cases teach, as `scan --feedback` and `backtest --feedback` read it.

    Person ids stand in it only with --reveal and --reason; without, pseudonyms do.

    \b
    Example:
      lastday case feedback --reveal --reason "replay with our verdicts" > verdicts.csv
    """
    from monitor.cli.cases_shown import write_feedback
    from monitor.investigating.caseload import verdicts

    look.may("export")
    entries = verdicts(look)
    for person_id in sorted({e.person_id for e in entries if e.person_id}) if look.reveal else ():
        look.visit(person_id)
    look.record("case feedback", detail=f"{len(entries)} entries")
    write_feedback(look, entries, form)


def _each(
    look: Look, case_ids: tuple[str, ...], wanted: Filter, yes: bool, form: str, what: str,
    change: Callable[..., Case], *, text: str = "", verdict: str | None = None, expires: date | None = None,
) -> None:  # fmt: skip
    """The same to every case that is named, or that the filter means."""
    from monitor.cli.cases_shown import list_cases
    from monitor.investigating.caseload import caseload, decide, held_case, is_concerned

    look.may("decide")
    if bool(case_ids) == wanted.is_narrow:
        raise click.UsageError("name cases, or a filter such as --at-most medium; not both")
    held: list[Held] = [held_case(look, case_id)[0] for case_id in case_ids] or caseload(look, wanted)
    if not case_ids and not yes:
        list_cases(look, held, form)
        _say(f"{len(held)} {'case' if len(held) == 1 else 'cases'} would change; --yes does it")
        return
    for one in held:
        if not case_ids:
            look.visit(one.case.person_id, by_case=True)
        if what == "ack" and one.case.state == "acked":
            _say(f"{one.case.case_id} is acknowledged already")
            continue
        decide(look, one.case.case_id, what, change, text=text, verdict=verdict, expires=expires)
        _say(f"{one.case.case_id} is {'acknowledged' if what == 'ack' else f'closed as {verdict}'}")
    with look.station.state.read() as connection:
        if verdict and held and is_concerned(look, connection):
            _say(
                "you leave yourself or have a case: judgement learns nothing from what you found; another viewer's does"
            )
    _stand(look, [one.case.case_id for one in held], form)


def _stand(look: Look, case_ids: list[str], form: str) -> None:
    """For programs: the cases as they stand afterwards."""
    from monitor.cli.cases_shown import list_cases
    from monitor.investigating.caseload import caseload

    if form != "table":
        list_cases(look, [one for one in caseload(look) if one.case.case_id in case_ids], form)


def _say(text: str) -> None:
    from monitor.report.safe import plain

    click.echo(plain(text, 300), err=True)
