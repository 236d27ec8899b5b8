"""A rule list as a security team writes one: thresholds, office hours, sensitive verbs, what comes after the end.

Each rule looks at one person's day in the watch window and gives points; a day's points add up,
and a person is as risky as the worst day. Thresholds that need a level take it from the days
outside of watch windows.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tests.benchmarks.metrics import Told
from tests.benchmarks.peers.log import Log

TAKING = r"export|download|copy|upload|clone|share|forward|transfer|print|reassign|change_owner"
BREAKING = r"delete|drop|remove|wipe|trash|disable|deactivate|suspend|cancel|archive|recall|revert"
GRANTING = r"grant|invite|add_member|create|reset|bank_change|payee|rule|rotate|secret|privilege|access"
MOVING_OUT = r"usb|removable|device\.connect|web\.upload|forwarding"
GRACE_HOURS = 2.0
LAST_HOURS = 48.0


def find(log: Log) -> list[Told]:
    """Days on which a rule fired."""
    events = log.events.copy()
    action = events["action"]
    for name, verbs in (("taking", TAKING), ("breaking", BREAKING), ("granting", GRANTING), ("out", MOVING_OUT)):
        events[name] = action.str.contains(verbs, regex=True)
    events["sensitive"] = events["taking"] | events["breaking"] | events["granting"] | events["out"]
    points = _after(events) + _count(events) + _size(events) + _first(events) + _hours(events) + _near_end(events)
    hits = pd.concat(points).rename_axis(["person", "day"])
    total = hits.groupby(["person", "day", "rule"])["points"].max().groupby(["person", "day"]).sum()
    ids = hits.groupby(["person", "day"])["ids"].agg(lambda sets: frozenset().union(*sets))
    return [Told(log.people.all[p].person_id, float(score), ids[p, d]) for (p, d), score in total.items()]


def _points(rule: str, hit: pd.DataFrame, points: float, per_doubling: float = 0.0) -> list[pd.DataFrame]:
    """Points of a rule for each day with a hit in a watch window, and more for many."""
    days = hit[hit["watched"] & ~hit["failed"]].groupby(["person", "day"])["id"].agg([frozenset, "size"])
    score = points + per_doubling * np.log2(days["size"].astype(float))
    return [pd.DataFrame({"rule": rule, "points": score, "ids": days["frozenset"]})]


def _after(events: pd.DataFrame) -> list[pd.DataFrame]:
    """Anything after the last day."""
    return _points("after", events[events["hours_to_end"] < -GRACE_HOURS], 6.0, 0.3)


def _count(events: pd.DataFrame) -> list[pd.DataFrame]:
    """A sensitive action done more often on a day than the own mean and three deviations, and than 99 % of all days."""
    some = events[events["sensitive"]]
    by_day = some.groupby(["person", "action", "day"]).agg(n=("id", "size"), watched=("watched", "any")).reset_index()
    past = by_day[~by_day["watched"]]
    own = past.groupby(["person", "action"])["n"].agg(["mean", "std"]).fillna(0.0).reset_index()
    usual = past.groupby("action")["n"].quantile(0.99).rename("usual").reset_index()
    by_day = by_day.merge(own, how="left", on=["person", "action"]).merge(usual, how="left", on="action")
    by_day = by_day.fillna({"mean": 0.0, "std": 0.0, "usual": 0.0})
    many = by_day["n"] > np.maximum(np.maximum(by_day["mean"] + 3 * by_day["std"], by_day["usual"]), 3)
    over = by_day.loc[many, ["person", "action", "day"]]
    return _points("count", some.merge(over, on=["person", "action", "day"]), 3.0, 0.2)


def _size(events: pd.DataFrame) -> list[pd.DataFrame]:
    """A larger target or amount than 99.9 % of the action's, or than ever."""
    past = events[~events["watched"]].groupby("action")["magnitude"].agg(
        high=lambda sizes: sizes.quantile(0.999), most="max"
    )  # fmt: skip
    sized = events.join(past, on="action")
    large, largest = sized[sized["magnitude"] > sized["high"]], sized[sized["magnitude"] > sized["most"]]
    return _points("size", large, 2.0) + _points("largest", largest, 3.0)


def _first(events: pd.DataFrame) -> list[pd.DataFrame]:
    """A sensitive action that the person never did before."""
    first = events.groupby(["person", "action"])["day"].transform("min")
    return _points("first", events[events["sensitive"] & (events["day"] == first)], 2.0)


def _hours(events: pd.DataFrame) -> list[pd.DataFrame]:
    """At night or at the weekend: a sensitive action; anything, by somebody who hardly ever works then."""
    seldom = events.assign(off=events["off"].where(~events["watched"])).groupby("person")["off"].mean() < 0.02
    odd = events[events["off"] & events["person"].map(seldom)]
    return _points("night", events[events["off"] & events["sensitive"]], 1.0) + _points("odd hour", odd, 1.5)


def _near_end(events: pd.DataFrame) -> list[pd.DataFrame]:
    """Taking, breaking or granting in the last two days, and data moved out at any time of the window."""
    late = events["hours_to_end"].between(-GRACE_HOURS, LAST_HOURS)
    found = []
    for kind in ("taking", "breaking", "granting"):
        found += _points(f"late {kind}", events[late & events[kind]], 0.5, 0.1)
    return found + _points("out", events[events["out"]], 1.0, 0.1)
