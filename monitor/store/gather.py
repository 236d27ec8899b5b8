"""Everything that judgement asks of the events, gathered in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from detectors.base import Floats
from monitor.core.evidence import Cast, with_and_without
from monitor.core.windows import Window
from monitor.store import counts
from monitor.store.days import day_vectors
from monitor.store.history import Columns, Facet, History

SHORTEST_NAME = 4
"""Account names shorter than that stand in too many targets by chance."""


@dataclass(slots=True)
class Gathered:
    """learned: question -> history rows; habits: facet -> history rows; past: vectors of history days.

    events: columns of every watched event; used: facet -> (row of events, value);
    days: vectors of watched days, and the vector of each event.
    """

    learned: dict[str, Columns]
    habits: dict[str, Columns]
    past: Floats
    events: dict[str, NDArray]
    used: dict[str, Columns]
    days: tuple[Floats, NDArray]


def gather(history: History, cast: Cast, windows: Sequence[Window], facets: Sequence[Facet], kinds: Sequence[str], grave: Sequence[int], names: dict[str, int], domains: Sequence[str], days: int) -> Gathered:
    """Ask the events.

    kinds: the class of each action.  grave: actions of some impact.  names: account name -> person.  domains: mail domains of
    the organisation.  days: how many days the events span.
    """
    history.narrow(_table(cast, windows), facets)
    learned = counts.volumes(history)
    learned["rarity days"] = with_and_without(counts.days_with(history), counts.active_days(history), cast)
    learned["rhythm hour"] = counts.rhythm(history)
    counts.build_targets(history)
    for name in ("target", "place"):
        learned["novelty " + name] = counts.novelty(history, name)
    learned["breadth day"] = counts.build_breadth(history)
    learned["repetition week"] = counts.build_repeats(history)
    learned["sequence before"] = counts.build_sequence(history, grave)
    learned["dormancy account"] = counts.build_absence(history)
    habits, watched = {}, {}
    for facet in facets:
        habits[facet.name], watched[facet.name] = counts.habit(history, facet)
    events = counts.watched(history)
    events["campaign"] = counts.campaign(history, events, cast, days)
    row_of = np.full(int(events["r"].max(initial=-1)) + 1, -1)
    row_of[events["r"]] = np.arange(len(events["r"]))
    _belongings(events, row_of, counts.belongings(history, names, domains))
    used = {name: {"row": row_of[seen["r"]], "v": seen["v"]} for name, seen in watched.items()}
    past, vectors, of_event = day_vectors(history, cast, kinds, _first_days(cast, windows), events)
    return Gathered(learned, habits, past, events, used, (vectors, of_event))


def _belongings(events: dict[str, NDArray], row_of: NDArray, told: Columns) -> None:
    """Add own, internal, external: what the texts of an event say of whose things they are."""
    at = row_of[told["r"]]
    for name, column in (("internal", told["internal"]), ("external", told["external"])):
        events[name] = np.zeros(len(row_of) and len(events["r"]), bool)
        events[name][at] = column.astype(bool)
    owner = np.full(len(events["r"]), -1)
    owner[at] = told["owner"]
    events["own"] = owner == events["p"]


def _first_days(cast: Cast, windows: Sequence[Window]) -> NDArray:
    first = np.full(len(cast.group), 1 << 30)
    for window in windows:
        first[window.person] = min(first[window.person], window.first)
    return first


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
