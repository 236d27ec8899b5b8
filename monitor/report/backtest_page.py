"""A backtest as one page: plots and tables, no script, nothing fetched, fit to print. Every text in it is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from monitor.core.outcomes import Backtest, Outcome
from monitor.report import backtest_words as words
from monitor.report import svg
from monitor.report.safe import plain

HOURS_A_DAY = 24
MOST_ROWS = 200
MOST_STRETCHES = 60
STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #222; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-size: 13px; }
th { text-align: left; color: #666; font-weight: normal; border-bottom: 1px solid #aaa; }
td, th { padding: 0.2rem 0.6rem 0.2rem 0; vertical-align: top; overflow-wrap: anywhere; }
td.n, th.n { text-align: right; white-space: nowrap; }
svg { width: 100%; height: auto; } .key { color: #666; font-size: 13px; } .warn { color: #8a5a00; }
@media print { body { margin: 0; max-width: none; font-size: 11px; } table { font-size: 10px; }
  h2 { break-after: avoid; } svg, tr { break-inside: avoid; } thead { display: table-header-group; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(told: Backtest) -> str:
    """The page as HTML text."""
    kinds = words.kinds_of(told)
    parts = [
        "<h1>lastday backtest</h1>",
        _lines("p", [words.headline(told), words.verdict(told)]),
        _lines('p class="warn"', [f"{caution}." for caution in words.cautions(told)]),
        f"<h2>Notices every {_safe(words.days(told.step.days))}</h2>", _notices(told),
        *(_leads(told) if told.life.noticed else []),
        "<h2>Departures by their highest score at the end</h2>", _ranking(told),
        _key("Dark: labelled incidents. Dashed: from there on a departure is loud, with the budget and rates as set."),
    ]  # fmt: skip
    if told.incidents:
        parts += [
            "<h2>Labelled incidents</h2>",
            _table(words.INCIDENT_COLUMNS, map(words.incident_row, told.incidents)),
        ]
    parts += ["<h2>Other budgets and windows</h2>", *_outcomes(told)]
    if told.feedback:
        parts += ["<h2>Feedback</h2>", _lines("p", [words.feedback_line(told)])]
        if told.hidden:
            parts.append(_table(words.HIDDEN_COLUMNS, words.hidden_rows(told)))
    if told.life.noticed:
        rows = [words.notice_row(noticed, kinds) for noticed in told.life.noticed]
        parts += ["<h2>Notices</h2>", _table(words.NOTICE_COLUMNS, rows), _key(words.LEAD)]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<meta name="viewport" content="width=device-width"><title>lastday backtest</title>'
        f"<style>{STYLE}</style></head>\n<body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _notices(told: Backtest) -> str:
    counts = zip(told.moments, told.notices_a_step, strict=True)
    found = [svg.Bar(count, f"{moment.as_of:%d %b %y}") for moment, count in counts]
    return svg.bars("Notices over time", found, "", told.budget * told.step.days / 7) + _key(
        "Departures of which somebody was told for the first time, by the day on which that was certain. "
        "Dashed: the alert budget."
    )


def _leads(told: Backtest) -> list[str]:
    ended = {i.label.person_id: i.ended for i in told.incidents if i.ended}
    bad = {label.person_id for label in told.labels if label.incident}
    found = []
    for noticed in told.life.noticed[:MOST_STRETCHES]:
        person, end = noticed.case.person_id, noticed.case.ends
        mark = (ended[person] - end).total_seconds() / 86_400 if person in ended else None
        low, high = -noticed.lead_hours_at_best / HOURS_A_DAY, -noticed.lead_hours / HOURS_A_DAY
        found.append(svg.Stretch(plain(person, svg.LONGEST), low, high, mark, person in bad))
    key = (
        "When somebody was told of each departure, in days from the end of the last day: between the act and the next "
        "assessment. Dark: labelled incidents. Diamond: the incident's last event."
    )
    return ["<h2>Lead time</h2>", svg.stretches("Lead time of each notice", found, "d"), _key(key)]


def _ranking(told: Backtest) -> str:
    last = told.moments[-1]
    bad = {label.person_id for label in told.labels if label.incident}
    ranked = sorted(zip(last.scores.tolist(), (case.person_id for case in last.cases), strict=True), reverse=True)
    found = [svg.Bar(round(score, 2), person, person in bad) for score, person in ranked[:MOST_ROWS]]
    return svg.bars("Departures by score", found, "bits", _loud_from(told))


def _loud_from(told: Backtest) -> float | None:
    """The least score of a departure that is loud at the end; None where none is."""
    last = told.moments[-1]
    scale = last.scale(told.budget, told.thresholds)
    return min((float(s) for s in last.scores if scale.severity(float(s)) in ("high", "critical")), default=None)


def _outcomes(told: Backtest) -> list[str]:
    parts = []
    own = sorted((o for o in told.outcomes if o.before == told.before), key=lambda o: o.budget)
    if told.own.incidents and len(own) > 1:
        found = [
            svg.Line("precision", _points(own, "precision"), True, False),
            svg.Line("recall", _points(own, "recall"), False, False),
            svg.Line("precision, filled", _points(own, "filled_precision"), True, True),
            svg.Line("recall, filled", _points(own, "filled_recall"), False, True),
        ]
        parts.append(svg.lines("Precision and recall by budget", found, "notices a week"))
        parts.append(_key(words.FILLED))
    return [*parts, _table(words.OUTCOME_COLUMNS, map(words.outcome_row, told.outcomes))]


def _points(outcomes: Sequence[Outcome], name: str) -> tuple[tuple[float, float], ...]:
    return tuple((o.budget, getattr(o, name)) for o in outcomes if getattr(o, name) is not None)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    right = words.numbers(columns)
    kind = [' class="n"' if i in right else "" for i in range(len(columns))]
    head = "".join(f"<th{kind[i]}>{_safe(name)}</th>" for i, name in enumerate(columns))
    every = list(rows)
    body = "\n".join(
        "<tr>" + "".join(f"<td{kind[i]}>{_safe(cell)}</td>" for i, cell in enumerate(row)) + "</tr>"
        for row in every[:MOST_ROWS]
    )
    more = _key(f"… and {len(every) - MOST_ROWS:,} more.") if len(every) > MOST_ROWS else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table>{more}"


def _lines(tag: str, texts: Iterable[str]) -> str:
    return "\n".join(f"<{tag}>{_safe(text)}</{tag.partition(' ')[0]}>" for text in texts)


def _key(text: str) -> str:
    return f'<p class="key">{_safe(text)}</p>'


def _safe(text: str) -> str:
    return escape(plain(text, 400), quote=True)
