"""Person-day vectors under anomaly detectors: what most tutorials and products of this kind do.

A vector is one person's local day: how often each action, how much in sum and at most, how many
targets, the share outside office hours; heavy tails under logs. A model is fitted on the days
outside of all watch windows and scores those within; a person's score is the highest day's.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.benchmarks.metrics import Told
from tests.benchmarks.peers.log import Log

SEED = 0
LEAST_DAYS = 100
"""A group with fewer days than that is judged by a model of everybody's."""
OWN_DAYS = 5

Scorer = Callable[[NDArray, NDArray], NDArray]
"""(days to learn from, days to score) -> scores, higher is stranger."""


def iforest(past: NDArray, watched: NDArray) -> NDArray:
    """Liu, Ting and Zhou 2008, as in PyOD with its defaults."""
    from pyod.models.iforest import IForest

    return IForest(random_state=SEED).fit(past).decision_function(watched)


def ecod(past: NDArray, watched: NDArray) -> NDArray:
    """Li and others 2022, as in PyOD."""
    from pyod.models.ecod import ECOD

    return ECOD().fit(past).decision_function(watched)


def knn(past: NDArray, watched: NDArray) -> NDArray:
    """Ramaswamy, Rastogi and Shim 2000, as in PyOD with its defaults, on standardised columns."""
    from pyod.models.knn import KNN

    mean, spread = past.mean(0), past.std(0) + 1e-9
    return KNN().fit((past - mean) / spread).decision_function((watched - mean) / spread)


def find(log: Log, scorer: Scorer, *, own: bool = False, by_group: bool = False) -> list[Told]:
    """Days of watched people with their scores.

    own: each column as the deviation from the person's own usual instead of as it is.
    by_group: a model for each peer group (same title and department, as lastday groups them).
    """
    days = vectors(log)
    watched = days.pop("watched").to_numpy()
    person = days.index.get_level_values("person").to_numpy()
    X = days.to_numpy(np.float64)
    if own:
        X = deviations(X, person, ~watched)
    group = log.people.group[person] if by_group else np.zeros(len(person), int)
    scores = np.zeros(len(X))
    for number in np.unique(group[watched]):
        here = group == number
        past = here & ~watched
        scores[here & watched] = scorer(X[past if past.sum() >= LEAST_DAYS else ~watched], X[here & watched])
    ids = log.events[log.events["watched"]].groupby(["person", "day"])["id"].agg(frozenset)
    keys = days.index[watched]
    return [
        Told(log.people.all[p].person_id, float(score), ids[p, d])
        for (p, d), score in zip(keys, scores[watched] - scores[watched].min() + 1e-9, strict=True)
    ]


def vectors(log: Log) -> pd.DataFrame:
    """A row for each (person, day): the columns of the module's text, and `watched`."""
    events = log.events
    by = events.groupby(["person", "day"])
    counts = events.groupby(["person", "day", "action"]).size().unstack("action", fill_value=0)
    size = by["magnitude"].agg(["sum", "max"]).clip(lower=0).fillna(0.0)
    return pd.concat(
        [
            np.log1p(counts).add_prefix("n "),
            np.log1p(size).add_prefix("size "),
            np.log1p(by["target"].nunique()).rename("targets"),
            np.log1p(by.size()).rename("events"),
            by["off"].mean().rename("off"),
            by["watched"].any().rename("watched"),
        ],
        axis=1,
    )


def deviations(X: NDArray, person: NDArray, past: NDArray) -> NDArray:
    """X in standard deviations from the person's own past days, shrunk towards everybody's by OWN_DAYS days."""
    n = int(person.max()) + 1
    count = np.bincount(person[past], minlength=n)[:, None]
    sums = np.stack([np.bincount(person[past], column, minlength=n) for column in X[past].T], 1)
    squares = np.stack([np.bincount(person[past], column**2, minlength=n) for column in X[past].T], 1)
    mean = (sums + OWN_DAYS * X[past].mean(0)) / (count + OWN_DAYS)
    square = (squares + OWN_DAYS * (X[past] ** 2).mean(0)) / (count + OWN_DAYS)
    return (X - mean[person]) / np.sqrt(np.maximum(square - mean**2, 0.0) + 0.05)[person]
