"""How much was done in the days up to each day, and what the team did meanwhile."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from detectors.base import Floats
from monitor.core.evidence import Cast
from monitor.store.counts import MONTH_DAYS
from monitor.store.history import History

CAMPAIGN_PEOPLE = 3
"""So many people of a team make a campaign."""
WORKING_DAYS = 5 / 7
_THOUSANDTHS = 1000
"""Shares are added up as whole numbers, so that their sum does not depend on the order."""


def team_totals(history: History, cast: Cast) -> Floats:
    """How often each team did each action, shape (teams, actions). Nothing in a watch window teaches what is usual."""
    totals = history.columns("""SELECT g, a, sum(n) AS n FROM daily JOIN person USING (p) LEFT JOIN began USING (p)
        WHERE until IS NULL OR d < until GROUP BY g, a""")
    found = np.zeros((int(cast.group.max(initial=0)) + 1, cast.actions))
    found[totals["g"], totals["a"]] = totals["n"]
    return found


def build_rolling(history: History, totals: Floats, days: int) -> None:
    """Build `rolling` (w, a, d, campaign, n7, n28, c7, c28) for the days of every watch window.

    campaign: by what factor the others of the team did more of the action that day than the team
    usually does on a working day, at least 1.  n7, n28: events of the last 7 and 28 days, that day
    included.  c7, c28: the same, where each day counts without its campaign.
    totals: how often each team did each action, shape (teams, actions).  days: how many days that took.
    """
    g, a = np.nonzero(totals)
    usual = totals[g, a] / max(days * WORKING_DAYS, 1)
    history.put("usual", pa.table({"g": pa.array(g, pa.int32()), "a": pa.array(a, pa.int32()), "n": usual}))
    history.db.execute(f"""CREATE OR REPLACE TABLE rolling AS
        WITH team AS (SELECT g, a, d, sum(n) AS n, count(*) AS people
            FROM daily JOIN person USING (p) GROUP BY g, a, d),
        size AS (SELECT g, count(*) AS people FROM person GROUP BY g),
        mine AS (SELECT w, a, d, daily.n, CASE WHEN team.people < {CAMPAIGN_PEOPLE} THEN 1 ELSE greatest(1, (
              (team.n - daily.n) / greatest(size.people - 1, 1) * size.people + 1) / (coalesce(usual.n, 0) + 1)
            ) END AS campaign
          FROM daily JOIN watch USING (p) JOIN person USING (p) JOIN team USING (g, a, d)
            LEFT JOIN usual USING (g, a) JOIN size USING (g)
          WHERE d >= first - {MONTH_DAYS} AND d < "end")
        SELECT w, a, d, campaign, (sum(n) OVER week)::INTEGER AS n7, (sum(n) OVER month)::INTEGER AS n28,
          sum((n * {_THOUSANDTHS} / campaign)::BIGINT) OVER week / {_THOUSANDTHS} AS c7,
          sum((n * {_THOUSANDTHS} / campaign)::BIGINT) OVER month / {_THOUSANDTHS} AS c28
        FROM mine
        WINDOW week AS (PARTITION BY w, a ORDER BY d RANGE BETWEEN 6 PRECEDING AND CURRENT ROW),
          month AS (PARTITION BY w, a ORDER BY d RANGE BETWEEN 27 PRECEDING AND CURRENT ROW)""")
