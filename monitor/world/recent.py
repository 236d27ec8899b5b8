"""A generated organisation as if it were of these days: a daemon watches people whose last day is near today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from monitor.world.model import World

DATED = ("start_date", "notice_date", "last_day")


def made_recent(world: World, now: datetime) -> World:
    """The same organisation moved by whole weeks, the last event within the week before `now` (UTC).

    Weekdays and times of day stay; daylight saving stays where it was in the year of the original.
    """
    column = world.events["time"].combine_chunks()
    days = pc.dictionary_encode(pc.utf8_slice_codeunits(column, 0, 10))
    last = max(date.fromisoformat(day) for day in days.dictionary.to_pylist())
    # A day of margin: the last event may bear another day in UTC.
    by = timedelta(weeks=((now.date() - last).days - 1) // 7)
    moved = pa.array([_moved(day, by) for day in days.dictionary.to_pylist()])
    times = pc.binary_join_element_wise(moved.take(days.indices), pc.utf8_slice_codeunits(column, 10), "")
    events = world.events.set_column(world.events.column_names.index("time"), "time", times)
    roster = tuple(
        {key: _moved(text, by) if key in DATED and text else text for key, text in row.items()} for row in world.roster
    )
    return replace(world, roster=roster, events=events)


def _moved(day: str, by: timedelta) -> str:
    return (date.fromisoformat(day) + by).isoformat()
