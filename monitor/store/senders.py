"""Who pushes events: of each source that they name, since when and until when it was heard of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from monitor.store.state import get, put

MOST = 100
"""So many are remembered, those heard of last: the names come from outside."""
LONGEST_NAME = 200
NOTED_AGAIN = timedelta(minutes=1)
"""Who is heard of more often is not noted each time: a request must be answered within milliseconds."""
FORGOTTEN = timedelta(days=30)
"""Who is not heard of for so long has stopped for good."""
_KEY = "heard from"


def hear(connection: Connection, names: Iterable[str | None], now: datetime) -> None:
    """Note that these sources sent something."""
    told = heard(connection, now)
    came = {name[:LONGEST_NAME] for name in names if name}
    new = {name for name in came if name not in told or not timedelta() <= now - told[name][1] < NOTED_AGAIN}
    if not new:
        return
    told |= {name: (told[name][0] if name in told else now, now) for name in new}
    latest = sorted(told.items(), key=lambda item: (item[1][1], item[0]))[-MOST:]
    put(connection, _KEY, json.dumps({name: [time.isoformat() for time in times] for name, times in latest}))


def heard(connection: Connection, now: datetime) -> dict[str, tuple[datetime, datetime]]:
    """By source when it was heard of first and last; without those that have stopped for good."""
    told = json.loads(get(connection, _KEY) or "{}")
    times = {n: (datetime.fromisoformat(first), datetime.fromisoformat(last)) for n, (first, last) in told.items()}
    return {name: (first, last) for name, (first, last) in times.items() if now - last < FORGOTTEN}
