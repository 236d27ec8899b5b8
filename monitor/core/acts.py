"""Acts: the events of one person, thing done and local day that stand out together, and what else happened near them.

A thing done is an action; the beginning and the end of a session are one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detectors.base import Floats
from monitor.core.catalogue import Action

if TYPE_CHECKING:
    import pandas as pd

LEAST_SCORE = 0.3
LEAST_TOLD = 1.0
"""Half of all quiet departures have an act that scores as much: below, there is nothing to tell."""
TOGETHER = 0.7
"""Events of an action and day belong to the act when they score at least this share of its strongest."""
ALIKE, LEADS = 0.88, 0.6
"""... or have the first share of the evidence that leads it, where that makes the second share of the score."""
COMPANY_DAYS = 3
SAME_DAY, NEAR_DAY = 0.4, 0.1
"""What another act adds, as a share of its score: collecting, sending and deleting of one day are one story."""
COMPANY_FADES = (1.0, 0.7, 0.5, 0.35)
COMPANY_MOST = 0.45
"""... and all of them together at most, as a share of the act's own score."""
FEW_ACTS = 12
"""So many acts are kept for each window, however weak."""
STRONG, MOST_ACTS = 4.0, 60
"""... and so many of that score, as two months of taking a little every day are: what is weaker would bury them."""


def done(actions: Sequence[Action]) -> NDArray:
    """A number for what each action does, shape (actions,): who logs off does no more than log on."""
    names = [
        f"{action.name.rpartition('.')[0]} session" if action.kind == "session" else action.name for action in actions
    ]
    return np.unique(names, return_inverse=True)[1]


def acts_of(events: Mapping[str, NDArray], given: Mapping[str, Floats], actions: Sequence[Action]) -> pd.DataFrame:
    """The acts of every window, strongest first within it.

    Columns: w, p, a, d, own (the leading event's score: the strongest, of what begins a session where both stand
    out), score (with the company of other acts within COMPANY_DAYS), top (index of the leading event), events
    (indices), left_out (how many weaker acts of that window score LEAST_TOLD by themselves and are not among these).
    """
    import pandas as pd  # late: a third of a second that need not stand before the first line read

    scores = np.sum(list(given.values()), axis=0)
    heard = np.flatnonzero(scores > LEAST_SCORE)
    found = pd.DataFrame({k: events[k][heard] for k in ("w", "p", "a", "d")} | {"own": scores[heard], "i": heard})
    found = found.sort_values(["own", "i"], ascending=[False, True], kind="stable")
    found["act"] = found.groupby(["w", done(actions)[found["a"]], "d"], sort=False).ngroup()
    found = found[_together(found, given)]
    leads = found["own"] >= TOGETHER * found.groupby("act")["own"].transform("max")
    found["begins"] = np.array([action.impact for action in actions])[found["a"]]
    acts = found[leads].sort_values("begins", ascending=False, kind="stable").drop_duplicates("act")
    acts = acts.sort_values(["w", "own", "i"], ascending=[True, False, True], kind="stable")
    rank = acts.groupby("w").cumcount()
    kept = (rank < FEW_ACTS) | ((rank < MOST_ACTS) & (acts["own"] >= STRONG))
    more = acts.loc[~kept & (acts["own"] >= LEAST_TOLD)].groupby("w").size()
    acts = acts[kept].rename(columns={"i": "top"}).reset_index(drop=True)
    acts["left_out"] = acts["w"].map(more).fillna(0).astype(int)
    acts["events"] = _members(found, acts)
    acts["score"] = acts["own"] + _company(acts)
    return acts.sort_values(["w", "score", "top"], ascending=[True, False, True], kind="stable", ignore_index=True)


def _together(found: pd.DataFrame, given: Mapping[str, Floats]) -> NDArray:
    """Which events stand out as the strongest of their act does: in all, or by the evidence that leads it."""
    strongest = found.groupby("act")["own"].transform("max").to_numpy()
    top = found.groupby("act")["i"].transform("first").to_numpy()
    told = np.stack(list(given.values()))
    lead = told.argmax(0)[top]
    led = told[lead, found["i"].to_numpy()] >= ALIKE * told[lead, top]
    return (found["own"].to_numpy() >= TOGETHER * strongest) | (led & (told[lead, top] >= LEADS * strongest))


def _members(found: pd.DataFrame, acts: pd.DataFrame) -> list[list[int]]:
    """The events of each act, strongest first."""
    found = found.sort_values("act", kind="stable")
    event, act = found["i"].to_numpy(), found["act"].to_numpy()
    begins, ends = (np.searchsorted(act, acts["act"], side) for side in ("left", "right"))
    return [event[begin:end].tolist() for begin, end in zip(begins, ends, strict=True)]


def _company(acts: pd.DataFrame) -> Floats:
    """What the other acts near each act add to it; of each window its FEW_ACTS strongest do."""
    rank = acts.groupby("w").cumcount().to_numpy()
    window, row = np.unique(acts["w"].to_numpy(), return_inverse=True)
    own, day = np.zeros((len(window), FEW_ACTS)), np.full((len(window), FEW_ACTS), -(10**6))
    first = rank < FEW_ACTS
    own[row[first], rank[first]], day[row[first], rank[first]] = acts["own"][first], acts["d"][first]
    apart = np.abs(day[row] - acts["d"].to_numpy()[:, None])
    share = np.select([apart == 0, apart <= COMPANY_DAYS], [SAME_DAY, NEAR_DAY])
    share[np.flatnonzero(first), rank[first]] = 0.0
    others = -np.sort(-share * own[row], axis=1)[:, : len(COMPANY_FADES)]
    return np.minimum((others * np.array(COMPANY_FADES)).sum(1), COMPANY_MOST * acts["own"].to_numpy())
