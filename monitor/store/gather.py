"""Everything that judgement asks of the events, gathered in one go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from detectors.base import Floats
from monitor.core.catalogue import Action
from monitor.core.evidence import TIERS, Baseline, Cast, with_and_without
from monitor.core.impact import is_moving
from monitor.core.order import named_steps, prepared
from monitor.core.ways import BORROWED, LET_IN, ONESELF
from monitor.core.windows import Window
from monitor.store import clockwork, counts, sizes, texts
from monitor.store.adopted import adopted, days_of
from monitor.store.days import Days, Usual, day_vectors
from monitor.store.history import Columns, Facet, History
from monitor.store.lanes import side_by_side
from monitor.store.rolling import build_rolling, team_totals
from monitor.store.sequence import build_sequence

SHORTEST_NAME = 4
"""Account names shorter than that stand in too many targets by chance."""
_PASSING = (
    "act", "active", "mine", "daily", "rolling", "breadth", "sequence", "absence", "together", "target", "target_state",
    "place", "place_state", "use",
)  # fmt: skip
"""Tables that are not asked again once the watched events are gathered."""


@dataclass(slots=True)
class Gathered:
    """The watched events, and what of all events they are held against besides the baseline.

    events: columns of every watched event, with `people`, how many are on the roster; used: facet -> (row of
    events, value).  totals: see rolling.team_totals.  sizes: see sizes.size_bits.
    """

    events: dict[str, NDArray]
    used: dict[str, Columns]
    totals: Floats
    sizes: Floats


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about watched events.

    actions: by their numbers.  toward: the way of each, see texts.find_toward.  jewels: patterns of targets.
    names: account name -> person.  domains: mail domains of the organisation.
    """

    facets: Sequence[Facet]
    actions: Sequence[Action]
    toward: NDArray
    jewels: Sequence[str]
    names: dict[str, int]
    domains: Sequence[str]

    @property
    def grave(self) -> list[int]:
        """Actions whose order on a target counts."""
        return [i for i, action in enumerate(self.actions) if action.impact >= TIERS[0]]

    @property
    def steps(self) -> list[tuple[int, int]]:
        """An action and one that it prepares, which may name what the first was done to."""
        return named_steps([action.kind for action in self.actions])

    @property
    def paying(self) -> list[int]:
        """Actions that move money."""
        return [i for i, action in enumerate(self.actions) if action.kind == "money"]

    @property
    def moving(self) -> list[int]:
        """Actions for which it matters whose things they touch."""
        return [i for i, action in enumerate(self.actions) if is_moving(action)]

    @property
    def taking(self) -> list[int]:
        """Actions that take something out."""
        return [i for i, action in enumerate(self.actions) if action.kind == "exfiltrate"]


def gather(
    history: History, baseline: Baseline, windows: Sequence[Window], asked: Asked, days: int
) -> tuple[Gathered, Days, Floats]:
    """Ask the events, of which the baseline learns what is usual.  days: how many days they span.

    Returns the days too, without their vectors, and how strange each watched one is.
    """
    cast = baseline.cast
    history.narrow(_table(cast, windows), asked.facets)
    counts.build_settled(history)
    with side_by_side(history) as lanes:
        on_targets = lanes.ask(_on_targets)
        on_days = lanes.ask(_on_days, baseline, windows, asked)
        learned: dict[str, Mapping[str, NDArray]] = {**counts.volumes(history)}
        learned["rarity days"] = with_and_without(counts.days_with(history), counts.active_days(history), cast)
        learned["rhythm hour"] = counts.rhythm(history)
        learned["magnitude split"] = counts.sums(history, asked.paying)
        learned["unstated day"] = counts.unstated(history)
        learned["sequence before"] = build_sequence(history, asked.grave, asked.steps)
        learned["dormancy account"] = counts.build_absence(history)
        habits, again = {}, {}
        for facet in asked.facets:
            counts.build_use(history, facet)
            habits[facet.name] = counts.habit(history)
            learned["adopted " + facet.name], again[facet.name] = adopted(history)
        totals = team_totals(history, cast)
        bits = sizes.size_bits(learned["magnitude magnitude"], cast)
        sizes.build_together(history, bits)
        learned["magnitude many"] = sizes.together(history)
        build_rolling(history, totals, days)
        said = _said(history, asked)
        learned |= on_targets.result()
        learning = lanes.do(baseline.learn, learned, habits)
        events, used = _watched(history, cast, asked, bits, again, said)
        learning.result()
        seen, strange = on_days.result()
    history.drop(*_PASSING)
    return Gathered(events, used, totals, bits), seen, strange


def _on_targets(history: History) -> dict[str, Columns]:
    """The history rows of questions on targets, and the tables that `counts.watched` needs of them."""
    counts.build_first_uses(history)
    counts.build_states(history)
    learned = {"novelty " + name: counts.novelty(history, name) for name in ("target", "place")}
    return learned | counts.build_breadth(history)


def _on_days(history: History, baseline: Baseline, windows: Sequence[Window], asked: Asked) -> tuple[Days, Floats]:
    days = day_vectors(history, baseline.cast, [action.kind for action in asked.actions], windows)
    return days.without_vectors(), baseline.learn_days(days.past, days.watched)


def watch_again(
    history: History, cast: Cast, asked: Asked, totals: Floats, bits: Floats, days: int, join: Callable[[], None]
) -> tuple[dict[str, NDArray], dict[str, Columns]]:
    """The watched events and the values of facets they have, see Gathered; their baseline is known.

    The events are only those of some people and new ones; `join` adds what is known of the rest.
    """
    counts.build_first_uses(history)
    join()
    counts.build_settled(history)
    counts.build_states(history)
    counts.build_breadth(history)
    build_sequence(history, asked.grave, asked.steps)
    counts.build_absence(history)
    sizes.build_together(history, bits)
    again = {}
    for facet in asked.facets:
        counts.build_use(history, facet)
        again[facet.name] = adopted(history)[1]
    build_rolling(history, totals, days)
    watched = _watched(history, cast, asked, bits, again, _said(history, asked))
    history.drop(*_PASSING)
    return watched


@dataclass(frozen=True, slots=True)
class _Said:
    """What texts and minutes of watched events say: see texts.belongings, clockwork.by_clock and texts.jewels."""

    belongings: Columns
    clock: Columns
    jewels: NDArray


def _said(history: History, asked: Asked) -> _Said:
    return _Said(
        texts.belongings(history, asked.names, asked.domains, asked.moving, asked.taking),
        clockwork.by_clock(history),
        texts.jewels(history, asked.jewels),
    )


def _watched(
    history: History, cast: Cast, asked: Asked, bits: Floats, again: dict[str, Columns], said: _Said
) -> tuple[dict[str, NDArray], dict[str, Columns]]:
    """The watched events with all that judgement asks of them, and the values of facets they have; see Gathered.

    bits: see sizes.size_bits.  again: facet -> days, see adopted.
    """
    events = counts.watched(history, asked.facets, asked.paying)
    events["s_one"] = sizes.bits_of(events, bits)
    events["small"] = sizes.smallness(events, asked.paying)
    row_of = np.full(int(events["r"].max(initial=-1)) + 1, -1)
    row_of[events["r"]] = np.arange(len(events["r"]))
    _belongings(events, row_of, said.belongings)
    events["people"] = np.full(len(events["r"]), len(cast.group), np.int32)
    events["prepared"] = prepared(events, [action.kind for action in asked.actions])
    for name, way in (("to_oneself", ONESELF), ("let_in", LET_IN), ("borrowed", BORROWED)):
        events[name] = (asked.toward == way)[events["a"]]
    events["external"] |= events["let_in"]
    events["clock_days"] = _spread(events["r"], said.clock)
    events["jewel"] = np.isin(events["r"], said.jewels)
    used = {facet.name: _used(history, facet, events, row_of) for facet in asked.facets}
    for facet, values in used.items():
        events["new_" + facet] = days_of(events, values, again[facet])
    return events, used


def _belongings(events: dict[str, NDArray], row_of: NDArray, told: Columns) -> None:
    """Add own, internal, external: what the texts of an event say of whose things they are."""
    at = row_of[told["r"]]
    for name, column in (("internal", told["internal"]), ("external", told["external"])):
        events[name] = np.zeros(len(row_of) and len(events["r"]), bool)
        events[name][at] = column.astype(bool)
    owner = np.full(len(events["r"]), -1)
    owner[at] = told["owner"]
    events["own"] = owner == events["p"]


def _spread(r: NDArray, told: Columns) -> NDArray:
    """The days told of each row r, 0 where nothing is told."""
    days = np.zeros(int(max(r.max(initial=0), told["r"].max(initial=0))) + 1, np.int32)
    days[told["r"]] = told["days"]
    return days[r]


def _used(history: History, facet: Facet, events: dict[str, NDArray], row_of: NDArray) -> Columns:
    """(row of events, v) of each value that the watched events have of a facet."""
    if facet.many:
        seen = counts.several(history, facet)
        return {"row": row_of[seen["r"]], "v": seen["v"]}
    values = events.pop("v_" + facet.name)
    row = np.flatnonzero(values >= 0)
    return {"row": row, "v": values[row]}


def days_again(history: History, cast: Cast, windows: Sequence[Window], asked: Asked, usual: Usual) -> Days:
    """Narrow the events to what judgement asks for, and return the days as vectors; usual: see day_vectors."""
    history.narrow(_table(cast, windows), asked.facets)
    return day_vectors(history, cast, [action.kind for action in asked.actions], windows, usual)


def _table(cast: Cast, windows: Sequence[Window]) -> pa.Table:
    return pa.table(
        {
            "w": pa.array(range(len(windows)), pa.int32()),
            "p": pa.array([w.person for w in windows], pa.int32()),
            "first": pa.array([w.first for w in windows], pa.int32()),
            "end": pa.array([w.end for w in windows], pa.int32()),
            "ends": pa.array([w.end_us for w in windows], pa.int64()),
            "real": pa.array(cast.real),
        }
    )
