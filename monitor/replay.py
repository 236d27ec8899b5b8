"""A period lived again as the daemon would have lived it: at each of many times only what was known then is judged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from monitor.assess import Assessment, damp
from monitor.core import outcomes
from monitor.core.backtest import LOUD, Case, Moment, live
from monitor.core.clocks import HOUR_US, instant, micros
from monitor.core.feedback import damper
from monitor.core.windows import known_from
from monitor.matching import NothingMatched
from monitor.model import BadInput, Feedback, Finding, Label
from monitor.scanning import Loaded, Scan, assess_files, found_in, known, nothing_to_judge
from monitor.settings import Settings

GAP_HOURS = 366 * 24
MOST_MOMENTS = 600
"""More assessments than that are rather a clock that is years off than a wish."""

Count = Callable[[str, int, int], None]
"""Called as each assessment begins: what it is, how many are done, of how many."""


@dataclass(frozen=True, slots=True)
class Replay:
    """Moments by the days watched before the last day; `without` are the same without feedback, where there is any.

    last: what a scan as of the last moment finds, with the settings' own window.
    later: departures on the roster that became known only after it.
    """

    moments: Mapping[int, tuple[Moment, ...]]
    without: tuple[Moment, ...]
    last: Scan
    later: int


@dataclass(frozen=True, slots=True)
class Lived:
    """When the organisation lived: from the first to the last event. astray: events further off, see `lived`."""

    first: datetime
    last: datetime
    astray: int


def lived(loaded: Loaded) -> Lived:
    """The longest time without a year's gap: what lies beyond one was told by a clock that was off.

    Raises BadInput where there is no event.
    """
    hours = np.array(loaded.history.hours(), np.int64)
    if not len(hours):
        raise nothing_to_judge(loaded, [], None)
    spells = np.split(hours, np.flatnonzero(np.diff(hours) > GAP_HOURS) + 1)
    own = max(spells, key=len)
    since, until = int(own[0]) * HOUR_US, (int(own[-1]) + 1) * HOUR_US
    low, high, astray = loaded.history.rows(f"""SELECT min(t) FILTER (t >= {since}), max(t) FILTER (t < {until}),
        count_if(t < {since} OR t >= {until}) FROM event""")[0]
    return Lived(instant(low), instant(high), astray)


def times(
    whole: Lived, settings: Settings, start: datetime | None, until: datetime | None, step: timedelta
) -> list[datetime]:
    """The times to judge at: the last event (or `until`), and back from there in steps, as far as `start`.

    Without `start` back to where the first placebo departures have record enough.
    Raises BadInput where there is no such time, or too many.
    """
    first, last = whole.first, min(whole.last, until) if until else whole.last
    begin = start or min(last, first + timedelta(days=settings.windows.history + settings.windows.before))
    if begin > last or last < first:
        what = f"no event between {max(begin, first).isoformat()} and {last.isoformat()}"
        raise BadInput("--from, --until", None, what, f"the events run from {first.isoformat()}")
    count = (last - begin) // step + 1
    if count > MOST_MOMENTS:
        what = f"{count:,} assessments from {begin.date()} to {last.date()}, at most {MOST_MOMENTS} are done"
        raise BadInput("--from, --until, --step", None, what, "give a shorter period or a longer step")
    return [last - i * step for i in reversed(range(count))]


def replay(
    loaded: Loaded, settings: Settings, as_ofs: Sequence[datetime], *, befores: Sequence[int] = (),
    feedback: Sequence[Feedback] = (), seed: int = 0, count: Count = lambda name, done, total: None,
) -> Replay:  # fmt: skip
    """Judge as of each of the times, in order; befores: other windows to try, in days before the last day.

    Raises BadInput where nobody on the roster did anything by the last of them. `loaded` is used up.
    """
    own = settings.windows.before
    ruled = {days: _watching(settings, days) for days in (own, *befores)}
    moments: dict[int, list[Moment]] = {days: [] for days in ruled}
    without: list[Moment] = []
    history, last, after = loaded.history, None, -(1 << 62)
    history.hold_back()
    for i, as_of in enumerate(as_ofs):
        history.let_in(after, micros(as_of))
        after = micros(as_of)
        for j, (days, rules) in enumerate(ruled.items()):
            count(f"as of {as_of:%Y-%m-%d}", i * len(ruled) + j, len(as_ofs) * len(ruled))
            try:
                assessed = assess_files(loaded, rules, as_of=as_of, seed=seed)
            except NothingMatched as nobody:
                if as_of == as_ofs[-1]:
                    raise nothing_to_judge(loaded, nobody.unmatched, as_of, nobody.ambiguous) from None
                continue
            scan = found_in(loaded, damp(assessed, feedback, rules))
            moments[days].append(_moment(scan.assessed, scan.found, as_of, rules))
            if days == own:
                last = scan
                if scan.assessed is assessed:
                    without.append(moments[days][-1])
                else:
                    without.append(_moment(assessed, found_in(loaded, assessed).found, as_of, rules))
    assert last is not None
    later = len(loaded.roster.departures) - len(known(loaded.roster, settings, after))
    return Replay({days: tuple(found) for days, found in moments.items()}, tuple(without), last, later)


def sum_up(
    replayed: Replay, settings: Settings, step: timedelta, *, budgets: Sequence[float] = (),
    labels: Sequence[Label] = (), feedback: Sequence[Feedback] = (),
) -> outcomes.Backtest:  # fmt: skip
    """Hold a replay in those steps against labels, under the settings' own budget and others."""
    own, before, levels = settings.severity.alert_budget, settings.windows.before, settings.severity.thresholds()
    moments = replayed.moments[before]
    last = moments[-1]
    weeks = len(moments) * step / timedelta(weeks=1)
    told = replayed.last.history.times([event for label in labels for event in label.event_ids])
    when = {event: instant(t) for event, t in told.items()}
    labels = outcomes.within(labels, when, last.as_of)
    life, without = (live(way, own, levels, step) for way in (moments, replayed.without))

    def damping(finding: Finding) -> Feedback | None:
        person = replayed.last.roster.people[finding.person_id]
        return damper(feedback, person, finding.action, finding.time.date())

    return outcomes.Backtest(
        step, own, before, levels, replayed.last.intake.accepted, moments, life, labels,
        outcomes.incidents(labels, life, last, when),
        tuple(
            outcomes.outcome(live(found, budget, levels, step), budget, days, found, labels=labels, weeks=weeks)
            for days, found in sorted(replayed.moments.items(), key=lambda item: (item[0] != before, item[0]))
            for budget in sorted({own, *budgets})
        ),
        outcomes.average_precision(labels, last),
        tuple(feedback),
        outcomes.hidden(without, life, last, labels, damping),
        tuple(finding for key, finding in life.loud.items() if key not in without.loud),
        replayed.later,
    )  # fmt: skip


def _moment(assessed: Assessment, found: Sequence[Finding], as_of: datetime, settings: Settings) -> Moment:
    real, rules = assessed.baseline.cast.real, settings.windows.rules()
    unbound = replace(assessed.scale, loud_from=0.0)
    cases = []
    for window in assessed.windows:
        if window.departure:
            person = assessed.people.all[window.person].person_id
            zone = ZoneInfo(assessed.people.zones[person])
            ends, since = window.end_us, known_from(window.departure, assessed.people.zones[person], rules)
            when = [instant(us).astimezone(zone) for us in (ends, since)]
            cases.append(Case(person, window.last_day, *when))
    loud = tuple(finding for finding in found if unbound.severity(finding.score) in LOUD)
    scores = {finding.finding_id: finding.score for finding in found}
    measured, cases_best = assessed.scale.measured, assessed.best[real]
    return Moment(as_of, assessed.weeks, measured, assessed.harmless, tuple(cases), cases_best, loud, scores)


def _watching(settings: Settings, before: int) -> Settings:
    return msgspec.structs.replace(settings, windows=msgspec.structs.replace(settings.windows, before=before))
