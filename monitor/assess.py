"""Assessment: events of watched people become acts with evidence and a score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detectors.base import Floats
from monitor.core import acts, evidence, feedback, judge, matched, severity
from monitor.core.catalogue import Action, Catalogue
from monitor.core.clocks import DAY_US, HOUR_US
from monitor.core.impact import BEYOND, impact_of
from monitor.core.questions import NEW_TO_ME, OTHERS
from monitor.core.windows import Window, departures, placebos
from monitor.matching import NothingMatched, People, days_of, identify, mail_domains, match, tellable
from monitor.model import Departure, Feedback, Person
from monitor.settings import Settings
from monitor.store.days import Usual
from monitor.store.gather import Asked, Gathered, gather
from monitor.store.hands import build_hands, find_machines, find_opened, let_in
from monitor.store.history import History
from monitor.store.texts import find_toward

if TYPE_CHECKING:
    import pandas as pd

DAYS_A_WEEK = 7
FEW_PEOPLE = 0.02
"""An action that fewer people than this use does not make a log one of grave actions."""
MOSTLY = 2 / 3
"""The share of a day's acts that state a reason from which on it is the reason of all."""
WEIGHTS = judge.Weights()

Step = Callable[[str], None]
"""Called with the name of each step as it begins."""


@dataclass(slots=True)
class Assessment:
    """What was found: acts of every window with their scores, and all that explains them.

    best: the highest score of each window, 0 where nothing stood out.  span: t of the first and the last
    event.  weeks: weeks with any event.  low: is it a log of little impact.  active: person -> first and last
    day with an event.  damping: which events feedback damps; None where it damps none.  benign: what leavers
    scored whose acts were looked into and found benign.
    """

    people: People
    windows: list[Window]
    actions: Sequence[Action]
    gathered: Gathered
    baseline: evidence.Baseline
    surprise: Mapping[str, Floats]
    tier: NDArray
    impact: Floats
    given: Mapping[str, Floats]
    acts: pd.DataFrame
    best: Floats
    span: tuple[int, int]
    weeks: int
    scale: severity.Scale
    asked: Asked
    usual_days: Usual
    low: bool
    active: Mapping[int, tuple[int, int]]
    damping: feedback.Damping | None = None
    benign: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def harmless(self) -> Floats:
        """The highest scores of windows without harm: placebo departures, and leavers who were found benign."""
        return np.concatenate([self.best[~self.baseline.cast.real], self.benign])


def assess(
    history: History, everybody: Iterable[Person], told: Sequence[Departure], settings: Settings,
    attributes: tuple[str, ...], *, feeds: Mapping[str, int] | None = None, seed: int = 0, until: int | None = None,
    step: Step = lambda name: None, weights: judge.Weights = WEIGHTS,
) -> Assessment:  # fmt: skip
    """Judge every watched act.

    history: holds the table `event`.  told: the departures as known.  attributes: extra columns
    of `event`.  feeds: the place of the feed that has the say on each person.  until: microseconds since 1970 UTC;
    what came later is not known yet.
    weights: how evidence adds up; only measurements need others.
    """
    step("matching actors to people")
    people = identify(
        everybody, settings.people.timezone, told, feeds, lambda: days_of(history, until), settings.windows.after
    )
    match(history, people, until)
    catalogue = settings.load_catalogue()
    find_opened(history, [catalogue.action(name) for name in history.actions()], mail_domains(people))
    let_in(history)
    span = history.span()
    if span is None:
        raise NothingMatched(history.unmatched(), list(people.ambiguous))
    active, weeks = history.active(), history.weeks()
    windows = _windows(people, told, settings, span, active, seed)

    step("gathering what is usual")
    asked = _asked(history, people, windows, settings, catalogue, attributes)
    actions = asked.actions
    cast = _cast(people, windows, actions)
    baseline = evidence.Baseline(cast)
    gathered, days, strange_days = gather(history, baseline, windows, asked, DAYS_A_WEEK * weeks)
    events = gathered.events

    step("weighing evidence")
    tier = tiers_of(events, actions)
    surprise = evidence.surprises(baseline, events, gathered.used)
    surprise[evidence.DAY] = strange_days[days.row(events)]
    answers = baseline.calibrate(surprise, events["w"], tier)

    step("judging acts")
    low = _is_low(events, actions, len(windows), weights)
    impact, given = judged(baseline, windows, actions, events, answers, tier, low=low, weights=weights)
    given = compared(given, events, windows, weights)
    found = acts.acts_of(events, given, actions)
    best = _best(found, len(windows))
    scale = _scale(best[~cast.real], best[cast.real], weeks, settings)
    return Assessment(
        people, windows, actions, gathered, baseline, surprise, tier, impact, given, found, best, span, weeks, scale,
        asked, days.usual, low, active,
    )  # fmt: skip


def tiers_of(events: Mapping[str, NDArray], actions: Sequence[Action]) -> NDArray:
    """With acts of what impact each event is compared, see evidence.TIERS."""
    return evidence.tiers(np.array([action.impact for action in actions])[events["a"]])


def judged(
    baseline: evidence.Baseline, windows: Sequence[Window], actions: Sequence[Action], events: Mapping[str, NDArray],
    answers: Mapping[str, Floats], tier: NDArray, *, low: bool, weights: judge.Weights = WEIGHTS,
) -> tuple[Floats, dict[str, Floats]]:  # fmt: skip
    """The impact of every event, and what each kind of evidence gives to its score. Windows must be whole.

    answers: see evidence.by_kind.
    """
    bits = evidence.weigh(baseline, answers, tier)
    reasoned = (events["reasoned"].astype(bool) | _is_among_reasoned(events)) & ~baseline.formal()[events["a"]]
    beyond = {kind: np.maximum(bits[kind] - weights.quiet, 0.0) for kind in BEYOND}
    among_peers = _is_among_peers(events)
    beyond["drift"] = np.where(among_peers, 0.0, beyond["drift"])
    impact = impact_of({**events, "reasoned": reasoned}, actions, beyond)
    around = _circumstances(events, windows, baseline.cast, actions, impact, among_peers)
    return impact, judge.judge(bits, around, low, weights)


def compared(
    given: Mapping[str, Floats], events: Mapping[str, NDArray], windows: Sequence[Window],
    weights: judge.Weights = WEIGHTS,
) -> dict[str, Floats]:  # fmt: skip
    """What each kind gives, and what is taken off as the custom of leavers; events: those of every departure."""
    return {**given, matched.KIND: weights.custom * matched.taken(events, windows, comparable(given))}


def comparable(given: Mapping[str, Floats]) -> Floats:
    """The part of each event's score that is held against other leavers: what was done, not how it came about."""
    return np.sum([part for kind, part in given.items() if kind in judge.DONE], axis=0)


def rejudged(assessed: Assessment, settings: Settings, **changed: Any) -> Assessment:
    """An assessment of which some columns changed, with the acts, best scores and scale that follow."""
    assessed = replace(assessed, **changed)
    found = acts.acts_of(assessed.gathered.events, assessed.given, assessed.actions)
    assessed = replace(assessed, acts=found, best=_best(found, len(assessed.windows)))
    cases = assessed.best[assessed.baseline.cast.real]
    scale = _scale(assessed.harmless, cases, assessed.weeks, settings, len(assessed.benign))
    return replace(assessed, scale=scale)


def damp(assessed: Assessment, entries: Sequence[Feedback], settings: Settings) -> Assessment:
    """The same events judged again, where what feedback calls benign counts less.

    Placebo windows are damped alike: a score means the same for everybody. Returns `assessed`
    itself where nothing is damped.
    """
    events = assessed.gathered.events
    names = [action.name for action in assessed.actions]
    damping = feedback.damping(entries, assessed.people.all, names, events, acts.done(assessed.actions))
    if not damping.damped.any():
        return assessed
    given = {**assessed.given, feedback.KIND: damping.taken(np.sum(list(assessed.given.values()), axis=0))}
    benign = _found_benign(assessed, damping)
    return rejudged(assessed, settings, given=given, damping=damping, benign=benign)


def _found_benign(assessed: Assessment, damping: feedback.Damping) -> Floats:
    """What leavers scored, each at most, by acts of theirs that were looked into and found benign; shape (leavers,)."""
    about_one = np.array([entry.person_id is not None for entry in damping.entries])
    by = damping.by[assessed.acts["top"].to_numpy()]
    window = assessed.acts["w"].to_numpy()
    found = assessed.acts[(by >= 0) & about_one[by] & assessed.baseline.cast.real[window]]
    return found.groupby("w")["score"].max().to_numpy()


def _windows(
    people: People, told: Sequence[Departure], settings: Settings, span: tuple[int, int],
    active: Mapping[int, tuple[int, int]], seed: int,
) -> list[Window]:  # fmt: skip
    rules = settings.windows.rules()
    told = [departure for departure in told if departure.person_id in people.number]
    real = real_windows(people, told, settings, span, active)
    leaving = {window.person for window in real} | {
        people.number[departure.person_id] for departure in told if departure.certainty == "withdrawn"
    }
    return [*real, *placebos(people.number, people.zones, active, leaving, rules, seed)]


def real_windows(
    people: People, told: Sequence[Departure], settings: Settings, span: tuple[int, int],
    active: Mapping[int, tuple[int, int]],
) -> list[Window]:  # fmt: skip
    """The windows of departures that events of that span touch. active: as in windows.departures."""
    told = [departure for departure in told if departure.person_id in people.number]
    days = (span[0] // DAY_US - 1, span[1] // DAY_US + 1)
    return departures(people.number, people.zones, told, days, settings.windows.rules(), active)


def _asked(
    history: History, people: People, windows: Sequence[Window], settings: Settings, catalogue: Catalogue,
    attributes: tuple[str, ...],
) -> Asked:  # fmt: skip
    """What is asked of the events; each way of an action, see core.ways, has a number of its own from here on."""
    domains, names = mail_domains(people), tellable(people)
    facets = history.facets(attributes)
    find_machines(history, facets)
    actions = [catalogue.action(name) for name in history.actions()]
    build_hands(history, actions, facets, windows, names)
    find_toward(history, actions, domains)
    history.number_toward()
    actions = [catalogue.action(name) for name in history.actions()]
    jewels = settings.crown_jewels(catalogue)
    return Asked(facets, actions, history.toward(), jewels, names, domains)


def _cast(people: People, windows: Sequence[Window], actions: Sequence[Action]) -> evidence.Cast:
    person = np.array([w.person for w in windows], np.int64)
    rank = np.array([int((person[:i] == p).sum()) for i, p in enumerate(person)], np.int64)
    return evidence.Cast(
        people.group, person, np.array([w.departure is not None for w in windows], bool), rank, len(actions)
    )


def _circumstances(
    events: Mapping[str, NDArray],
    windows: Sequence[Window],
    cast: evidence.Cast,
    actions: Sequence[Action],
    impact: Floats,
    among_peers: NDArray,
) -> judge.Circumstances:
    ends = np.array([w.end_us for w in windows])[events["w"]]
    hours = (ends - events["t"]) / HOUR_US
    reading = np.array([action.kind == "read" for action in actions])[events["a"]] & ~among_peers
    _, day, size = np.unique(events["w"].astype(np.int64) << 32 | events["d"], return_inverse=True, return_counts=True)
    failed = events["failed"].astype(bool)
    past = cast.real[events["w"]] & (hours < 0) & ~failed & ~events["let_in"]
    return judge.Circumstances(impact, reading, hours, past, events["clock_days"] > 0, size[day], failed)


def _is_among_reasoned(events: Mapping[str, NDArray]) -> NDArray:
    """Is it one of several acts of its day that nearly all state a reason? What they are together has that reason."""
    return (events["n_day"] > 1) & (events["n_unstated"] <= (1 - MOSTLY) * events["n_day"])


def _is_among_peers(events: Mapping[str, NDArray]) -> NDArray:
    """Is what is new to this person, of target and place, only what others in the same trade use already?

    Who moves to another team reads all that, and so does who takes work over: there one has a part in it.
    """
    states = np.stack([events["target_state"], events["place_state"]])
    return (states == NEW_TO_ME).any(0) & ~np.isin(states, OTHERS).any(0)


def _is_low(events: Mapping[str, NDArray], actions: Sequence[Action], windows: int, weights: judge.Weights) -> bool:
    """Is this a log of actions of little impact only, such as logons and mails?"""
    users = np.bincount(np.unique(events["a"].astype(np.int64) << 32 | events["w"]) >> 32, minlength=len(actions))
    usual = users >= max(3, FEW_PEOPLE * windows)
    return max((a.impact for a, often in zip(actions, usual, strict=True) if often), default=1.0) < weights.low_log


def _best(found: pd.DataFrame, windows: int) -> Floats:
    best = np.zeros(windows)
    np.maximum.at(best, found["w"].to_numpy(), found["score"].to_numpy())
    return best


def _scale(harmless: Floats, cases: Floats, weeks: int, settings: Settings, benign: int = 0) -> severity.Scale:
    budget = settings.severity
    return severity.scale(list(harmless), list(cases), weeks, budget.alert_budget, budget.thresholds(), benign)
