"""What runs by itself: the report that a scheduler makes in somebody's name every morning outlives their last day."""

from __future__ import annotations

from monitor.store.history import Columns, History

LEAST_DAYS = 10
"""On so many days before the watch window the same act came at the same minute of the hour, or one beside it."""
SHARE = 0.8
"""... which are this share of all its times: nobody works by the minute."""
LOG_SHARE = 0.5
"""Where so large a share of all that a person did falls on that minute, the log tells no minutes."""
_MINUTE_US = 60_000_000
_NEAR = "abs(past.minute - {table}.minute) IN (0, 1, 59)"


def by_clock(history: History) -> Columns:
    """(r, days): events past the end of a last day that a clock makes, and on how many days it did so before.

    The same act: the same person, action and target. What a watch window saw begin is no habit.
    """
    return history.columns(f"""
        WITH past AS (SELECT r, mine.p, a, coalesce(v, 0) AS v, t // {_MINUTE_US} % 60 AS minute
          FROM mine JOIN watch USING (w) WHERE t > ends),
        before AS (SELECT p, a, coalesce(v, 0) AS v, d, t // {_MINUTE_US} % 60 AS minute
          FROM act SEMI JOIN past USING (p) JOIN began USING (p) WHERE d < until),
        alike AS (SELECT p, a, v, minute, count(*) AS n, count(DISTINCT d) AS days
          FROM before SEMI JOIN past USING (p, a, v) GROUP BY ALL),
        anything AS (SELECT p, minute, count(*) AS n FROM before GROUP BY ALL),
        log AS (SELECT r, sum(n) FILTER ({_NEAR.format(table="anything")}) / sum(n) AS share
          FROM past JOIN anything USING (p) GROUP BY r)
        SELECT r, sum(days) FILTER ({_NEAR.format(table="alike")})::INTEGER AS days
        FROM past JOIN alike USING (p, a, v) JOIN log USING (r) WHERE share < {LOG_SHARE} GROUP BY r
        HAVING days >= {LEAST_DAYS} AND sum(n) FILTER ({_NEAR.format(table="alike")}) >= {SHARE} * sum(n)""")
