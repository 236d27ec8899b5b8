"""What runs by itself: the report that a scheduler makes in somebody's name every morning outlives their last day."""

from __future__ import annotations

from monitor.store.history import Columns, History

LEAST_DAYS = 10
"""On so many days before the watch window the same act came at the same minute of the hour, or one beside it."""
SHARE = 0.8
"""... which are this share of all its times: nobody works by the minute."""
LOG_SHARE = 0.5
"""Where so large a share of what others do falls on that minute too, the log tells no minutes."""
_MINUTE = "t // 60_000_000 % 60"


def by_clock(history: History) -> Columns:
    """(r, days): events past the end of a last day that a clock makes, and on how many days it did so before.

    The same act: the same person, action and target. What a watch window saw begin is no habit. What others do: the
    action, or where nobody else has it what else the person does.
    """
    near = "abs(past.minute - {}.minute) IN (0, 1, 59)"
    return history.columns(f"""
        WITH past AS (SELECT r, mine.p, a, coalesce(v, 0) AS v, {_MINUTE} AS minute
          FROM mine JOIN watch USING (w) WHERE t > ends),
        before AS (SELECT p, a, coalesce(v, 0) AS v, {_MINUTE} AS minute, count(*) AS n, count(DISTINCT d) AS days
          FROM act SEMI JOIN past USING (p) JOIN began USING (p) WHERE d < until GROUP BY ALL),
        own AS (SELECT p, a, {_MINUTE} AS minute, count(*) AS n FROM act SEMI JOIN past USING (p) GROUP BY ALL),
        everybody AS (SELECT a, {_MINUTE} AS minute, count(*) AS n FROM act SEMI JOIN past USING (a) GROUP BY ALL),
        same AS (SELECT r, any_value(past.p) AS p, any_value(past.a) AS a, any_value(past.minute) AS minute,
            sum(n) AS n, sum(n) FILTER ({near.format("before")}) AS n_near,
            sum(days) FILTER ({near.format("before")}) AS days
          FROM past JOIN before USING (p, a, v) GROUP BY r),
        habit AS (FROM same WHERE days >= {LEAST_DAYS} AND n_near >= {SHARE} * n),
        mine_at AS (SELECT r, any_value(past.days) AS days, sum(own.n) FILTER (own.a = past.a) AS n,
            sum(own.n) FILTER (own.a = past.a AND {near.format("own")}) AS n_near,
            sum(own.n) FILTER (own.a <> past.a) AS n_else,
            sum(own.n) FILTER (own.a <> past.a AND {near.format("own")}) AS near_else
          FROM habit AS past JOIN own USING (p) GROUP BY r),
        all_at AS (SELECT r, sum(everybody.n) AS n, sum(everybody.n) FILTER ({near.format("everybody")}) AS n_near
          FROM habit AS past JOIN everybody USING (a) GROUP BY r)
        SELECT r, days::INTEGER AS days FROM mine_at JOIN all_at USING (r)
        WHERE coalesce((all_at.n_near - mine_at.n_near) / nullif(all_at.n - mine_at.n, 0), near_else / n_else, 0)
          < {LOG_SHARE}""")
