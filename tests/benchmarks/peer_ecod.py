"""What a user would write instead: pandas and PyOD's ECOD on person-day vectors. `python peer_ecod.py HR EVENTS`.

Kept plain on purpose, with no call into lastday.
"""

import sys

import numpy as np
import pandas as pd
from pyod.models.ecod import ECOD

BEFORE, AFTER = pd.Timedelta(days=30), pd.Timedelta(days=30)


def main(hr: str, log: str) -> None:
    """Print leavers with the strangest day of their watch window, strangest first, as CSV."""
    people = pd.read_csv(hr, dtype=str)
    people["last_day"] = pd.to_datetime(people["last_day"])
    accounts = people.assign(actor=people["accounts"].str.split("|")).explode("actor")
    events = pd.read_json(log, lines=True)
    events["time"] = pd.to_datetime(events["time"], utc=True).dt.tz_convert("Europe/Berlin")
    events = events.merge(accounts[["actor", "person_id"]], on="actor")
    events["day"] = events["time"].dt.tz_localize(None).dt.normalize()
    hour = events["time"].dt.hour
    events["off"] = (hour < 7) | (hour >= 19) | (events["time"].dt.day_of_week >= 5)
    events["magnitude"] = events["magnitude"].fillna(0)

    key = ["person_id", "day"]
    counts = events.pivot_table(index=key, columns="action", values="id", aggfunc="count", fill_value=0)
    sums = events.pivot_table(index=key, columns="action", values="magnitude", aggfunc="sum", fill_value=0)
    by_day = events.groupby(key)
    largest, targets, off = by_day["magnitude"].max(), by_day["target"].nunique(), by_day["off"].mean()
    days = pd.concat([counts, sums.add_suffix(" sum"), largest.rename("max"), targets.rename("targets")], axis=1)
    vectors = np.log1p(days).assign(off=off)

    model = ECOD()
    model.fit(vectors.to_numpy())
    scores = pd.Series(model.decision_scores_, index=vectors.index, name="score").reset_index()
    scores = scores.merge(people[["person_id", "last_day"]].dropna(), on="person_id")
    watched = scores[scores["day"].between(scores["last_day"] - BEFORE, scores["last_day"] + AFTER)]
    top = watched.sort_values("score", ascending=False).drop_duplicates("person_id")
    top.to_csv(sys.stdout, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
