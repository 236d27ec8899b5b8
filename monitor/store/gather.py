"""Everything that judgement asks of the events, gathered in one go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from monitor.core.catalogue import Action
from monitor.core.evidence import TIERS, Cast, with_and_without
from monitor.core.impact import is_moving
from monitor.core.windows import Window
from monitor.store import counts
from monitor.store.days import Days, day_vectors
from monitor.store.history import Columns, Facet, History

SHORTEST_NAME = 4
"""Account names shorter than that stand in too many targets by chance."""


@dataclass(slots=True)
class Gathered:
    """learned: question -> history rows; habits: facet -> history rows.

    events: columns of every watched event; used: facet -> (row of events, value).
    """

    learned: dict[str, Mapping[str, NDArray]]
    habits: dict[str, Columns]
    events: dict[str, NDArray]
    used: dict[str, Columns]


def gather(
    history: History,
    cast: Cast,
    windows: Sequence[Window],
    facets: Sequence[Facet],
    actions: Sequence[Action],
    crown_jewels: Sequence[str],
    names: dict[str, int],
    domains: Sequence[str],
    days: int,
) -> Gathered:
    """Ask the events.

    actions: by their numbers.  crown_jewels: patterns of targets.  names: account name -> person.  domains: mail domains of
    the organisation.  days: how many days the events span.
    """
    learned: dict[str, Mapping[str, NDArray]] = {**counts.volumes(history)}
    learned["rarity days"] = with_and_without(counts.days_with(history), counts.active_days(history), cast)
    learned["rhythm hour"] = counts.rhythm(history)
    history.drop("hourly", "active")
    counts.build_targets(history)
    for name in ("target", "place"):
        learned["novelty " + name] = counts.novelty(history, name)
    learned["breadth day"] = counts.build_breadth(history)
    learned["repetition week"] = counts.repeats(history)
    learned["sequence before"] = counts.build_sequence(
        history, [i for i, a in enumerate(actions) if a.impact >= TIERS[0]]
    )
    learned["dormancy account"] = counts.build_absence(history)
    habits = {facet.name: counts.habit(history, facet) for facet in facets}
    events = counts.watched(history, facets)
    events["campaign"] = counts.campaign(history, events, cast, days)
    row_of = np.full(int(events["r"].max(initial=-1)) + 1, -1)
    row_of[events["r"]] = np.arange(len(events["r"]))
    _belongings(
        events, row_of, counts.belongings(history, names, domains, [i for i, a in enumerate(actions) if is_moving(a)])
    )
    events["jewel"] = np.isin(events["r"], counts.jewels(history, crown_jewels))
    used = {facet.name: _used(history, facet, events, row_of) for facet in facets}
    history.drop(
        "act",
        "mine",
        "daily",
        "rolling",
        "breadth",
        "sequence",
        "absence",
        "target",
        "target_state",
        "place",
        "place_state",
        "team_day",
    )
    return Gathered(learned, habits, events, used)


def _belongings(events: dict[str, NDArray], row_of: NDArray, told: Columns) -> None:
    """Add own, internal, external: what the texts of an event say of whose things they are."""
    at = row_of[told["r"]]
    for name, column in (("internal", told["internal"]), ("external", told["external"])):
        events[name] = np.zeros(len(row_of) and len(events["r"]), bool)
        events[name][at] = column.astype(bool)
    owner = np.full(len(events["r"]), -1)
    owner[at] = told["owner"]
    events["own"] = owner == events["p"]


def _used(history: History, facet: Facet, events: dict[str, NDArray], row_of: NDArray) -> Columns:
    """(row of events, v) of each value that the watched events have of a facet."""
    if facet.many:
        seen = counts.several(history, facet)
        return {"row": row_of[seen["r"]], "v": seen["v"]}
    values = events.pop("v_" + facet.name)
    row = np.flatnonzero(values >= 0)
    return {"row": row, "v": values[row]}


def gather_days(
    history: History, cast: Cast, windows: Sequence[Window], facets: Sequence[Facet], actions: Sequence[Action]
) -> Days:
    """Narrow the events to what judgement asks for, and return the days as vectors."""
    history.narrow(_table(cast, windows), facets)
    return day_vectors(history, cast, [action.kind for action in actions], windows)


def _table(cast: Cast, windows: Sequence[Window]) -> pa.Table:
    return pa.table(
        {
            "w": pa.array(range(len(windows)), pa.int32()),
            "p": pa.array([w.person for w in windows], pa.int32()),
            "first": pa.array([w.first for w in windows], pa.int32()),
            "end": pa.array([w.end for w in windows], pa.int32()),
            "real": pa.array(cast.real),
        }
    )
