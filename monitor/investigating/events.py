"""The lines of a person's logs around a moment."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from monitor.core.clocks import local, micros
from monitor.core.identity import lowered
from monitor.investigating.circle import draw_with_others, everybody, numbered, reading
from monitor.looking import Look
from monitor.model import Person

SHOWN = (
    "id", "t", "action", "target", "target_type", "magnitude", "outcome", "source", "ip", "session", "reason",
    "attributes", "actor",
)  # fmt: skip
MICROSECOND = timedelta(microseconds=1)


def events_around(
    look: Look, person: Person, moment: datetime, before: timedelta, after: timedelta, most: int,
    told: Collection[str] = (),
) -> tuple[list[dict[str, Any]], int]:  # fmt: skip
    """(events in the order of their times, at most so many of them, how many there are).

    Nearest to the moment are kept. `time` is on the person's own clock; ids and texts as they were read.
    told: ids of a finding, of which some may be by other hands: `by` is the account of these, else "".
    """
    group = everybody(look)
    zone = group.zone(person.person_id)
    centre = micros(moment)
    since, until = centre - before // MICROSECOND, centre + after // MICROSECOND + 1
    with reading(look) as (_, acted):
        others = draw_with_others(acted, numbered(group, [person.person_id]), told, SHOWN, since, until)
        total = acted.rows("SELECT count(*) FROM own")[0][0]
        nearest = f"SELECT {', '.join(SHOWN)} FROM own ORDER BY abs(t - {centre}), t, id LIMIT {most}"
        found = acted.rows(f"SELECT * FROM ({nearest}) ORDER BY t, id")
    rows = [dict(zip(SHOWN, row, strict=True)) for row in found]
    return [
        {"time": local(row["t"], zone), **row, "by": row["actor"] if lowered(row["actor"]) in others else ""}
        for row in rows
    ], total
