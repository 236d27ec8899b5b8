"""What a notice tells besides the finding: the logs it comes from, and the person's last month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from monitor.core.clocks import DAY_US, micros
from monitor.core.routing import names_of
from monitor.model import Finding, Person
from monitor.sql import literal
from monitor.store.history import History

SHOWN_DAYS = 31


def sources_of(history: History, found: Sequence[Finding]) -> dict[str, list[str]]:
    """The logs that each finding's events came from: as the events say, and as [[sources]] names them."""
    ids = pa.table({"id": pa.array([i for f in found for i in f.event_ids], pa.string())})
    history.put("told", ids)
    names = dict(history.rows("SELECT id, list_value(source, feed) FROM event SEMI JOIN told USING (id)"))
    return {f.finding_id: sorted({n for i in f.event_ids for n in names.get(i, ()) if n}) for f in found}


def months_of(
    history: History, people: Mapping[str, Person], found: Sequence[Finding], now: datetime
) -> dict[str, dict[str, object]]:
    """For everybody with a finding: the first day shown, and acts on each day since, in the person's own time."""
    months: dict[str, dict[str, object]] = {}
    for person_id in sorted({f.person_id for f in found}):
        mine = [f for f in found if f.person_id == person_id]
        offset = mine[0].time.utcoffset() or timedelta()
        today = (now.astimezone(UTC) + offset).date()
        first = min(today, max(f.time.date() for f in mine)) - timedelta(days=SHOWN_DAYS - 1)
        shift = int(offset.total_seconds()) * 1_000_000
        begins = micros(datetime(first.year, first.month, first.day, tzinfo=UTC)) - shift
        names = ", ".join(map(literal, sorted(names_of([people[person_id]]))))
        rows = history.rows(f"""SELECT (t - {begins}) // {DAY_US} AS day, count(*) FROM event
            WHERE lower(actor) IN ({names}) AND t >= {begins} AND t < {begins + SHOWN_DAYS * DAY_US} GROUP BY day""")
        counts = [0] * SHOWN_DAYS
        for day, n in rows:
            counts[day] = n
        months[person_id] = {"first": first.isoformat(), "counts": counts}
    return months
