"""The files as every peer reads them: matched to people, in local time, with the same watch windows as lastday's.

Matching, zones and windows are lastday's own, so that no peer loses for want of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from monitor.core.windows import WindowRules, date_of, departures
from monitor.matching import People, identify
from monitor.sources.rosters import read_roster

COLUMNS = ("id", "time", "actor", "action", "target", "magnitude", "outcome", "source")
WORK_HOURS = (7, 19)
"""Office hours as somebody would set them who knows no better; those of a usual monitoring rule."""


@dataclass(frozen=True, slots=True)
class Log:
    """events, in order of time: id, person (number), local (naive), day (since 1970), hour, off (outside office
    hours), action, target, magnitude (NaN where none), failed, watched (in a watch window), hours_to_end
    (NaN where not watched).
    """

    events: pd.DataFrame
    people: People


def read_log(folder: Path) -> Log:
    """The roster hr.csv and the events of a folder."""
    roster = read_roster(folder / "hr.csv")
    people = identify(roster.people.values(), "UTC")
    (path,) = folder.glob("events.jsonl*")
    events = pd.read_json(path, lines=True, dtype=False)
    events = events.reindex(columns=list(COLUMNS))
    events["person"] = events["actor"].str.lower().map(people.names)
    events = events.dropna(subset="person").astype({"person": int})
    events["magnitude"] = pd.to_numeric(events["magnitude"])
    events["time"] = pd.to_datetime(events["time"], utc=True, format="ISO8601")
    events["failed"] = events["outcome"].isin(["failure", "denied", "error"])
    events = events.sort_values(["time", "id"], ignore_index=True)
    zone = events["person"].map(dict(enumerate(people.zones[p.person_id] for p in people.all)))
    local = pd.Series(pd.NaT, events.index, dtype="datetime64[us]")
    for name, of_zone in events.groupby(zone)["time"]:
        local[of_zone.index] = of_zone.dt.tz_convert(ZoneInfo(name)).dt.tz_localize(None).astype("datetime64[us]")
    events["local"] = local
    events["day"] = (local.dt.normalize() - pd.Timestamp(date_of(0))).dt.days
    events["hour"] = local.dt.hour
    events["off"] = ~local.dt.hour.between(WORK_HOURS[0], WORK_HOURS[1] - 1) | (local.dt.day_of_week >= 5)
    return Log(_watch(events, people, roster.departures), people)


def _watch(events: pd.DataFrame, people: People, told: list) -> pd.DataFrame:
    span = int(events["day"].min()), int(events["day"].max())
    lived = events.groupby("person")["day"].agg(["min", "max"])
    active = {person: (first, last) for person, first, last in lived.itertuples()}
    windows = departures(people.number, people.zones, told, span, WindowRules(), active)
    table = pd.DataFrame(
        [(w.person, w.first, w.end, w.end_us) for w in windows], columns=["person", "first", "end", "end_us"]
    )
    table = table.groupby("person").agg({"first": "min", "end": "max", "end_us": "max"}).reset_index()
    events = events.merge(table, on="person", how="left")
    events["watched"] = (events["day"] >= events["first"]) & (events["day"] < events["end"])
    ends = pd.to_datetime(events["end_us"], unit="us", utc=True)
    events["hours_to_end"] = ((ends - events["time"]).dt.total_seconds() / 3600).where(events["watched"])
    return events.drop(columns=["first", "end", "end_us", "time", "outcome", "actor"])
