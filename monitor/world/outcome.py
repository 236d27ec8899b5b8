"""What findings say of a world's truth: which incidents they hold, and which harmless leavers they are loud about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from monitor.model import Finding
from monitor.world.model import World

LOUD = ("critical", "high")
SHOWN = (*LOUD, "medium")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One incident, and the person's first finding that holds one of its events; None where none does.

    rank: of the departure among all, by their first findings; None where it has no finding.
    place: of the finding among the person's own.
    """

    person_id: str
    kind: str
    story: str
    finding: Finding | None
    place: int
    rank: int | None

    @property
    def found(self) -> bool:
        """Whether somebody who reads what is medium or worse would have come upon it."""
        return self.finding is not None and self.finding.severity in SHOWN


@dataclass(frozen=True, slots=True)
class Outcomes:
    """incidents: in the order of the truth. harmless: severity of the loudest finding -> how many harmless leavers."""

    incidents: tuple[Outcome, ...]
    harmless: dict[str, int]


def compare(world: World, found: Sequence[Finding]) -> Outcomes:
    """Hold findings, highest score first, against the truth."""
    by_person: dict[str, list[Finding]] = {}
    for finding in found:
        by_person.setdefault(finding.person_id, []).append(finding)
    rank = {person_id: place for place, person_id in enumerate(by_person, 1)}
    incidents = []
    for one in world.incidents:
        events, own = set(one.event_ids), by_person.get(one.person_id, [])
        place = next((i for i, finding in enumerate(own) if events.intersection(finding.event_ids)), None)
        located = None if place is None else own[place]
        ranked = rank.get(one.person_id)
        incidents.append(Outcome(one.person_id, one.kind, one.story, located, (place or 0) + 1, ranked))
    harmless = dict.fromkeys((*SHOWN, "quiet"), 0)
    for ending in world.endings:
        own = by_person.get(ending.person_id, [])
        harmless[own[0].severity if own and own[0].severity in SHOWN else "quiet"] += 1
    return Outcomes(tuple(incidents), harmless)
