"""What a tick came to: how the store stood before it and after."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from monitor import telling
from monitor.core.counted import counted
from monitor.station import Station
from monitor.store import outbox
from monitor.store.schema import findings, tallies


@dataclass(frozen=True, slots=True)
class Stand:
    """Events and lines that ever came, findings that hold, notices by what became of them, what is not mended."""

    fresh: int
    set_aside: int
    findings: int
    sent: int
    waiting: int
    given_up: int
    standing: tuple[str, ...]


def stand_of(station: Station) -> Stand:
    """How the store stands now."""
    with station.state.read() as connection:
        fresh, aside = connection.execute(select(func.sum(tallies.c.fresh), func.sum(tallies.c.set_aside))).one()
        found = connection.execute(
            select(func.count()).select_from(findings).where(findings.c.gone_at.is_(None))
        ).scalar_one()
        counts = outbox.counts(connection)
        sent, waiting, lost = (
            sum(n for (_, state), n in counts.items() if state == wanted) for wanted in ("sent", "waiting", "given_up")
        )
        return Stand(fresh or 0, aside or 0, found, sent, waiting, lost, tuple(telling.standing(connection)))


def came_of(before: Stand, after: Stand) -> str:
    """A sentence in figures.

    >>> came_of(Stand(5, 0, 1, 1, 0, 0, ()), Stand(6, 2, 4, 2, 1, 0, ()))
    '1 new event, 2 lines set aside; 4 findings hold; 1 notice sent, 1 waiting, 0 given up'
    """
    fresh, aside, sent = after.fresh - before.fresh, after.set_aside - before.set_aside, after.sent - before.sent
    lost = after.given_up - before.given_up
    read = f"{counted(fresh, 'new event')}, {counted(aside, 'line')} set aside"
    hold = f"{counted(after.findings, 'finding')} hold{'s' if after.findings == 1 else ''}"
    return f"{read}; {hold}; {counted(sent, 'notice')} sent, {after.waiting:,} waiting, {lost:,} given up"
