"""The part of docs/evaluation.md on a real log."""

from __future__ import annotations

from tests.benchmarks.markdown import figure, table
from tests.benchmarks.method import METHODS
from tests.benchmarks.real import Real, Volume

ABSENT = """## On a real log

Not measured in this run: there was no real log (a folder with hr.csv and events.jsonl, named by `LASTDAY_DATA`).
"""


def section(real: Real | None) -> str:
    """What was measured on a real log, or that there was none."""
    if real is None:
        return ABSENT
    volumes = [[f"{v.budget:g}", str(v.loud), figure(v.a_week, 4), str(v.busiest), _kept(v)] for v in real.volumes]
    places = [
        [METHODS[one.method][0], ", ".join(map(str, one.places)) or "-", figure(one.seconds, 1), figure(one.peak_mb, 0)]
        for one in real.methods
    ]
    late = ", ".join(f"{n} {severity}" for severity, n in sorted(real.late_severities.items())) or "none"
    return f"""## On a real log

{real.name}: {real.received:,} lines over {real.weeks:,.0f} weeks, {real.accepted:,} accepted and
{real.set_aside:,} set aside; {real.people} people,
{real.departures} with a last day. No incident is labelled, so precision cannot be told. Most leave silently:
{real.leavers} have any event in their watch window.

Notices (people with a finding of high or critical severity) under some alert budgets:

{table(["budget a week", "notices", "a week", "most in one week", "within the budget"], volumes)}
A budget is a ceiling, not a quota: what is no more unusual than placebo departures stays quiet whatever the budget.

**Acting after the end.** {real.later} people act after their last day, {real.late} of them within the watch window
(the others later than
that, where lastday does not look). How lastday shows those {real.late}: {late}. Their places among the
{real.leavers} leavers, by method; the rule list
asks for just that, and of those who stand above them nothing is known:

{table(["", "places", "seconds", "MB"], places)}"""


def _kept(volume: Volume) -> str:
    return "yes" if volume.a_week <= volume.budget else "**no**"
