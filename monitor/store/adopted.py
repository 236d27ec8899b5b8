"""What is new to a person and comes back at once: a partner first written to last week, and on four days since."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitor.store.history import Columns, History

ADOPTING_DAYS = 28
"""So long after its first use a thing counts as new."""
_DAYS = 1 << 20


def adopted(history: History) -> tuple[Columns, Columns]:
    """Of the things in `use`: on how many days was each used that was new to a person, within ADOPTING_DAYS?

    To who is new nearly everything is: see counts.build_settled.  Returns history rows of these days, and
    (p, d, v, n): the days in watch windows on which such a thing came back, and how manieth day of it each was.
    """
    history.db.execute(f"""CREATE OR REPLACE TABLE adopted AS
        WITH first AS (SELECT p, v, min(d) AS fd, min(seg) AS first_seg FROM use GROUP BY p, v),
        fresh AS (SELECT first.* FROM first JOIN settled USING (p) WHERE fd >= since)
        SELECT use.p, use.v, use.d, use.seg, first_seg,
          (row_number() OVER (PARTITION BY use.p, use.v ORDER BY use.d))::INTEGER AS n
        FROM use JOIN fresh ON use.p = fresh.p AND use.v = fresh.v WHERE use.d < fd + {ADOPTING_DAYS}""")
    learned = history.columns("""SELECT p, 0 AS a, first_seg AS seg, value, count(*)::DOUBLE AS count
        FROM (SELECT p, first_seg, max(n) AS value FROM adopted WHERE seg = first_seg GROUP BY p, v, first_seg)
        GROUP BY ALL""")
    again = history.columns("""SELECT DISTINCT p, d, v, n FROM adopted JOIN watch USING (p)
        WHERE n > 1 AND d >= first AND d < "end" ORDER BY p, d, v""")
    history.drop("adopted")
    return learned, again


def days_of(events: Columns, used: Columns, again: Columns) -> NDArray:
    """For each event the most days on which a thing of it that is new to the person was used, 0 for no such thing.

    used: (row of events, v).  again: see `adopted`.
    """
    found = np.zeros(len(events["p"]), np.int32)
    if not len(again["p"]):
        return found
    row = used["row"]
    days = np.unique(again["p"].astype(np.int64) * _DAYS + again["d"])
    told = _key(days, again["p"], again["d"], again["v"])
    order = np.argsort(told)
    key = _key(days, events["p"][row], events["d"][row], used["v"])
    at = order[np.minimum(np.searchsorted(told, key, sorter=order), len(told) - 1)]
    np.maximum.at(found, row, np.where(told[at] == key, again["n"][at], 0).astype(np.int32))
    return found


def _key(days: NDArray, p: NDArray, d: NDArray, v: NDArray) -> NDArray:
    """One number for each person, day and thing, of days that are among `days`; -1 for others."""
    day = p.astype(np.int64) * _DAYS + d
    at = np.minimum(np.searchsorted(days, day), len(days) - 1)
    return np.where(days[at] == day, at << 32 | v.astype(np.int64), -1)
