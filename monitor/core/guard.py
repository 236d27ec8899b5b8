"""A feed that breaks is not news about people: which versions of a roster are refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from monitor.core.counted import counted

MOST_LOST = 0.2
MOST_REDATED = 0.5
MOST_UNREAD = 0.5
SEVERAL = 2
"""One departure that is told no more was withdrawn; that all of several are is no coincidence."""
FEW = 5
"""Of fewer than that, any share is chance: only an empty roster is refused."""

Dated = Mapping[str, Sequence[date]]
"""person_id -> last days."""


def refusal(
    old_people: set[str], new_people: set[str], old: Dated, new: Dated, unread: int = 0, told: int = 0
) -> str | None:
    """Why the new version is refused, or None where it may come into force.

    unread: so many of the `told` last days of the new version are no dates.
    """
    if old_people and not new_people:
        return "it is empty"
    lost = len(old_people - new_people)
    if len(old_people) >= FEW and lost > MOST_LOST * len(old_people):
        return f"{lost:,} of {len(old_people):,} people are missing"
    if unread > MOST_UNREAD * told:
        return f"{unread:,} of {counted(told, 'last day')} cannot be read"
    leaving = [p for p in old if old[p] and p in new_people]
    if len(leaving) >= SEVERAL and not any(p in new for p in leaving):
        return f"all {len(leaving):,} departures have vanished"
    both = [p for p in old if p in new]
    moved = sum(sorted(old[p]) != sorted(new[p]) for p in both)
    if len(both) >= FEW and moved > MOST_REDATED * len(both):
        return f"{moved:,} of {len(both):,} last days have moved"
    return None
