"""What runs by itself: the report that a scheduler makes in somebody's name every morning outlives their last day."""

from __future__ import annotations

from monitor.store.history import Columns, History

LEAST_DAYS = 10
"""On so many days before the watch window the same act came at the same minute of the hour, or one beside it."""
SHARE = 0.8
"""... which are this share of all its times: nobody works by the minute."""
LOG_SHARE = 0.5
"""Where so large a share of what else the person does falls on that minute too, the log tells no minutes."""
_MINUTE = "t // 60_000_000 % 60"


def by_clock(history: History) -> Columns:
    """(r, days): events past the end of a last day that a clock makes, and on how many days it did so before.

    The same act: the same person, action and target. What a watch window saw begin is no habit. What else the
    person does: the action with other targets, or where there is none other actions.
    """
    near = "abs(past.minute - {}.minute) IN (0, 1, 59)"
    return history.columns(f"""
        WITH past AS (SELECT r, mine.p, a, coalesce(v, 0) AS v, {_MINUTE} AS minute
          FROM mine JOIN watch USING (w) WHERE t > ends),
        before AS (SELECT p, a, coalesce(v, 0) AS v, {_MINUTE} AS minute, count(*) AS n, count(DISTINCT d) AS days
          FROM act SEMI JOIN past USING (p) JOIN began USING (p) WHERE d < until GROUP BY ALL),
        other AS (SELECT p, a, minute, sum(n) AS n FROM before GROUP BY ALL),
        same AS (SELECT r, any_value(past.p) AS p, any_value(past.a) AS a, any_value(past.minute) AS minute,
            sum(n) AS n, sum(n) FILTER ({near.format("before")}) AS n_near,
            sum(days) FILTER ({near.format("before")}) AS days
          FROM past JOIN before USING (p, a, v) GROUP BY r)
        SELECT r, any_value(past.days)::INTEGER AS days FROM same AS past JOIN other USING (p)
        WHERE past.days >= {LEAST_DAYS} AND n_near >= {SHARE} * past.n GROUP BY r
        HAVING coalesce(
          (sum(other.n) FILTER (other.a = past.a AND {near.format("other")}) - any_value(n_near))
            / nullif(sum(other.n) FILTER (other.a = past.a) - any_value(past.n), 0),
          sum(other.n) FILTER (other.a <> past.a AND {near.format("other")}) / sum(other.n) FILTER (other.a <> past.a),
          0) < {LOG_SHARE}""")
