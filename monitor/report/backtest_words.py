"""A backtest in words, the same on a terminal and on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.core.backtest import Noticed
from monitor.core.outcomes import Backtest, Incident, Outcome

HOURS_A_DAY = 24
NOTICE_COLUMNS = ("told by", "who", "last day", "lead", "severity", "score", "rank", "act", "label")
INCIDENT_COLUMNS = ("caught", "rank", "who", "lead", "before it ended", "what")
OUTCOME_COLUMNS = (
    "window",
    "budget",
    "notices",
    "a week",
    "precision",
    "recall",
    "located",
    "filled",
    "precision",
    "recall",
)
HIDDEN_COLUMNS = ("who", "act", "day", "score", "left", "because")
BESIDE = "acts beside it were damped, or a leaver who was found benign scored as much"


def headline(told: Backtest) -> str:
    """What was replayed."""
    first, last = told.moments[0], told.moments[-1]
    return (
        f"Replayed {first.as_of:%d %b %Y} to {last.as_of:%d %b %Y}: {len(told.moments)} assessments, one every "
        f"{days(told.step.days)}; {told.events:,} events, {len(last.cases):,} departures."
    )


def verdict(told: Backtest) -> str:
    """What it came to."""
    own = told.own
    text = f"{own.notices_a_week:.1f} notices a week with a budget of {told.budget:g}: {plural(own.notices, 'notice')}"
    if old := sum(noticed.backlog for noticed in told.life.noticed):
        text += f", {old} of them on acts that were old when the replay began and are in no week"
    if own.incidents:
        text += f"; {own.caught} of {own.incidents} labelled incidents caught"
    if own.locatable:
        text += (
            f", {own.located} of {own.locatable} located"
            if own.locatable < own.incidents
            else f", {own.located} located"
        )
    if told.average_precision is not None:
        text += f"; average precision {told.average_precision:.2f}"
    return text + "."


def cautions(told: Backtest) -> list[str]:
    """What limits the figures, a sentence each."""
    found = []
    if unmeasured := sum(not moment.measured for moment in told.moments):
        found.append(
            f"{unmeasured} of {len(told.moments)} assessments had few placebo departures: their scores rest on stated "
            "defaults"
        )
    if told.later:
        found.append(f"{plural(told.later, 'departure')} on the roster became known only later and had no part in it")
    if told.own.unlabelled and told.labels:
        found.append(f"{plural(told.own.unlabelled, 'notice')} on people without a label count in no precision")
    return found


def notice_row(noticed: Noticed, kinds: Mapping[str, str]) -> tuple[str, ...]:
    """NOTICE_COLUMNS of a notice; what comes from logs and rosters is as hostile as there."""
    finding, case = noticed.finding, noticed.case
    what = f"{finding.action} {finding.target or ''}".strip()
    return (
        f"{noticed.told_by.astimezone(case.ends.tzinfo):%d %b %Y}", case.person_id, f"{case.last_day:%d %b %Y}",
        lead(noticed.lead_hours, noticed.lead_hours_at_best), noticed.severity, f"{finding.score:.1f}",
        str(noticed.rank), what, kinds.get(case.person_id, ""),
    )  # fmt: skip


def incident_row(incident: Incident) -> tuple[str, ...]:
    """INCIDENT_COLUMNS of a labelled incident."""
    noticed, ahead = incident.noticed, incident.hours_before_it_ended
    caught = "missed"
    if noticed:
        caught = noticed.severity if incident.located is not False else f"{noticed.severity}, by another act"
    return (
        caught, str(incident.rank or "-"), incident.label.person_id,
        lead(noticed.lead_hours, noticed.lead_hours_at_best) if noticed else "",
        "" if ahead is None else "at once" if abs(ahead) < 1 / 60 else span(ahead),
        incident.label.story or incident.label.kind,
    )  # fmt: skip


def outcome_row(outcome: Outcome) -> tuple[str, ...]:
    """OUTCOME_COLUMNS of a window and a budget."""
    return (
        days(outcome.before), f"{outcome.budget:g}", str(outcome.notices), f"{outcome.notices_a_week:.1f}",
        percent(outcome.precision), percent(outcome.recall),
        percent(outcome.located / outcome.locatable if outcome.locatable else None),
        str(outcome.filled), percent(outcome.filled_precision), percent(outcome.filled_recall),
    )  # fmt: skip


def hidden_rows(told: Backtest) -> list[tuple[str, ...]]:
    """HIDDEN_COLUMNS of what feedback made quiet."""
    rows: list[tuple[str, ...]] = []
    for one in told.hidden:
        left = "gone" if one.left is None else f"{one.left:.1f}"
        why = one.entry.reason if one.entry else BESIDE
        harm = "LABELLED INCIDENT: " if one.incident else ""
        day = f"{one.finding.time:%d %b %Y}"
        rows.append((one.finding.person_id, one.finding.action, day, f"{one.finding.score:.1f}", left, harm + why))
    return rows


def feedback_line(told: Backtest) -> str:
    """What feedback did, in a sentence."""
    harm = sum(one.incident for one in told.hidden)
    entries = f"{len(told.feedback)} {'entry' if len(told.feedback) == 1 else 'entries'} of feedback"
    text = f"{entries}: {plural(len(told.hidden), 'loud finding')} fell below, {len(told.risen)} rose in their place"
    if not told.hidden:
        return text + "."
    if not any(label.incident for label in told.labels):
        return text + "; without labels nobody can say whether an incident is among them."
    return text + (f"; {harm} of them on a labelled incident." if harm else "; no labelled incident is among them.")


FILLED = (
    "Filled: had the budget been filled with the departures that score highest at the end, whatever their severity."
)
LEAD = (
    "Lead: from being told to the end of the last day, at best and at the latest; minus: after it. "
    "Assessments closer together (--step) bring the two together."
)


def lead(latest: float, best: float) -> str:
    """A lead time between two bounds, in words, the better one first."""
    first, last = span(best), span(latest)
    return first if first == last else f"{first} to {last}"


def span(hours: float) -> str:
    """Hours, or days where they are many; with a minus after the event."""
    if abs(hours) < 0.99:
        return f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if abs(hours) < HOURS_A_DAY else f"{hours / HOURS_A_DAY:.0f} d"


def percent(part: float | None) -> str:
    """A share; a dash where there is none."""
    return "-" if part is None else f"{100 * part:.0f} %"


def plural(count: int, noun: str) -> str:
    """A count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def days(count: int) -> str:
    """So many days."""
    return plural(count, "day")


def kinds_of(told: Backtest) -> dict[str, str]:
    """person_id -> what the labels say of the person, the first of them."""
    return {label.person_id: label.kind.replace("_", " ") for label in reversed(told.labels)}


def numbers(columns: Sequence[str]) -> set[int]:
    """Which columns hold figures, and stand right."""
    figures = {"score", "rank", "left", "budget", "notices", "a week", "precision", "recall", "located", "filled"}
    return {i for i, name in enumerate(columns) if name in figures}
