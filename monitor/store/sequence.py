"""What the person did before to the same thing: its bank details changed, then the payment released."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from monitor.core.clocks import DAY_US
from monitor.sql import quote
from monitor.store.history import Columns, History

SAME_THING_DAYS = 21
_SPAN = SAME_THING_DAYS * DAY_US
_NO_THING = (
    "id", "why", "feed", "actor", "action", "target", "target_type", "outcome", "source", "ip", "session", "reason",
)  # fmt: skip


def build_sequence(history: History, grave: Sequence[int], steps: Sequence[tuple[int, int]]) -> Columns:
    """Build `sequence` (r, before): the person's other grave action on the same thing before this event.

    The same thing is the same target; of `steps`, an action and what it prepares, the second may also name in an
    attribute what the first was done to: a payment stands under its invoice, and names whom it pays.
    grave: the actions that count.  Returns its history rows: the value is 1 + the action before, 0 where there was
    none.
    """
    history.put("grave", pa.table({"a": pa.array(grave, pa.int32())}))
    before, a = (pa.array([step[i] for step in steps], pa.int32()) for i in (0, 1))
    history.put("step", pa.table({"before": before, "a": a}))
    _build_named(history)
    history.db.execute(f"""CREATE OR REPLACE TABLE sequence AS
        WITH same AS (SELECT r, p, a, seg, t, v, lag(a) OVER step AS before, lag(t) OVER step AS earlier
          FROM act SEMI JOIN grave USING (a) WHERE v IS NOT NULL OR a IN (SELECT a FROM step)
          WINDOW step AS (PARTITION BY p, v ORDER BY t, a, i))
        SELECT r, p, a, seg, coalesce(named.before, CASE WHEN v IS NOT NULL AND same.before <> a
          AND t - earlier < {_SPAN} THEN same.before END) AS before FROM same LEFT JOIN named USING (r)""")
    history.drop("named")
    return history.columns("""SELECT p, a, seg, coalesce(before + 1, 0)::INTEGER AS value, count(*)::DOUBLE AS count
        FROM sequence GROUP BY ALL""")


def _build_named(history: History) -> None:
    """Build `named` (r, before): the last first step to a thing that an event of the same person names after it."""
    texts = ", ".join(f"event.{quote(name)}" for name in history.texts(_NO_THING)) or "NULL::VARCHAR"
    history.db.execute(f"""CREATE OR REPLACE TABLE named AS
        WITH text AS (SELECT act.r, act.p, act.a, act.t, unnest([{texts}]) AS told
          FROM act SEMI JOIN step USING (a) JOIN event ON event.rowid = act.r),
        thing AS (SELECT r, p, a, t, trim(unnest(string_split(replace(told, ';', ','), ',')), ' "[]') AS x FROM text),
        done AS (SELECT p, a AS before, t AS earlier, v FROM act WHERE a IN (SELECT before FROM step) AND v IS NOT NULL)
        SELECT r, arg_max(before, earlier * 1024 + before % 1024) AS before
        FROM thing JOIN done ON done.p = thing.p AND v = hash(x) JOIN step USING (before, a)
        WHERE earlier < t AND t - earlier < {_SPAN} GROUP BY r""")
