"""The history of each kind of evidence as counts, and the same quantities for every watched event.

A history row is (p, a, seg, value, count): in the person's past, with that action, the value
came up so many times. `value` is a bin, an hour of the week, a state, or another action.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from monitor.core.questions import KNOWN, NEW_TO_ALL, NEW_TO_ME, NEW_TO_TEAM, OTHERS, SOMEBODY_ELSES, SPLIT_FROM
from monitor.sql import quote
from monitor.store.history import PLACE, SETTLING_DAYS, Columns, Facet, History, bin_sql, value_sql

WEEK = "(d + 3) // 7"
"""Weeks since Monday, 29 December 1969."""
MONTH_DAYS = 28
"""So far before a watch window its drift begins to count."""
_BUSY = 0.25  # the share of the events of a person's busier days that makes a day an active one
_OWNER_EVENTS, _OWNER_SHARE, _OWNER_PEOPLE = 20, 0.8, 3


def volumes(history: History) -> dict[str, Columns]:
    """History rows of how much was done: in a day, an hour, in size, in a week, in four weeks."""
    hourly = "(SELECT p, a, seg, count(*) AS n FROM act GROUP BY p, a, h, seg)"
    return {
        "volume day": _counted(history, bin_sql("n"), "daily"),
        "volume hour": _counted(history, bin_sql("n"), hourly),
        "volume size": _counted(history, bin_sql("s"), "daily", "s IS NOT NULL"),
        "drift week": _counted(history, bin_sql("n"), _blocks(7)),
        "drift month": _counted(history, bin_sql("n"), _blocks(28)),
        "magnitude magnitude": _counted(history, "b", "act", "b IS NOT NULL AND NOT failed"),
    }


def rhythm(history: History) -> Columns:
    """History rows of active hours: value is the hour of the own local week, 0 on Monday at midnight."""
    return history.columns("""SELECT p, 0 AS a, seg, ((h + 72) % 168)::INTEGER AS value, count(*)::DOUBLE AS count
        FROM active GROUP BY ALL""")


def days_with(history: History) -> Columns:
    """(p, a, seg, count): on how many days a person did that."""
    return history.columns("SELECT p, a, seg, count(*)::DOUBLE AS count FROM daily GROUP BY ALL")


def active_days(history: History) -> Columns:
    """(p, seg, count): on how many days a person did anything."""
    return history.columns(
        "SELECT p, seg, count(*)::DOUBLE AS count FROM (SELECT DISTINCT p, d, seg FROM daily) GROUP BY ALL"
    )


def build_settled(history: History) -> None:
    """Build `settled` (p, since): the day from which on what is new to a person tells something."""
    history.db.execute(f"""CREATE OR REPLACE TABLE settled AS
        SELECT p, min(d) + {SETTLING_DAYS} AS since FROM daily GROUP BY p""")


def build_first_uses(history: History) -> None:
    """Build `target` (v, c), the first uses of targets and of what contains them, and `place` (c, targets)."""
    db = history.db
    db.execute(f"""CREATE OR REPLACE TABLE target AS
        SELECT v, min(hash({PLACE.format(x="path")})) AS c
        FROM (SELECT hash(target) AS v, ltrim(replace(lower(target), '\\', '/'), '/') AS path
          FROM (SELECT DISTINCT target FROM event WHERE target IS NOT NULL)) GROUP BY v""")
    db.execute("""CREATE OR REPLACE TABLE first_target AS
        SELECT p, any_value(g) AS g, v, min(t) AS f, min(d) AS fd, min(seg) AS seg, arg_min(a, t * 1024 + a % 1024) AS a,
          count(*) AS n
        FROM act WHERE v IS NOT NULL GROUP BY p, v""")
    db.execute("""CREATE OR REPLACE TABLE first_place AS
        SELECT p, any_value(g) AS g, c AS v, min(f) AS f, min(fd) AS fd, min(seg) AS seg, arg_min(a, f * 1024 + a % 1024) AS a,
          sum(n) AS n
        FROM first_target JOIN target USING (v) GROUP BY p, c""")
    db.execute("CREATE OR REPLACE TABLE place AS SELECT c, count(*) AS targets FROM target GROUP BY c")


def build_states(history: History) -> None:
    """Build `target_state` and `place_state`: how each stood to each target at first use."""
    db = history.db
    for name in ("target", "place"):
        db.execute(f"""CREATE OR REPLACE TABLE {name}_value AS
            SELECT v, min(f) FILTER (teach) AS f, max(n) FILTER (teach) AS top, arg_max(p, n * 65536 - p) FILTER (teach) AS owner,
              sum(n) FILTER (teach) AS total, count(*) AS people, count(*) FILTER (teach) AS users
            FROM (SELECT *, until IS NULL OR fd < until AS teach FROM first_{name} LEFT JOIN began USING (p)) GROUP BY v""")
        db.execute(f"""CREATE OR REPLACE TABLE {name}_team AS
            SELECT g, v, min(f) AS f FROM first_{name} LEFT JOIN began USING (p)
            WHERE until IS NULL OR fd < until GROUP BY g, v""")
        db.execute(f"""CREATE OR REPLACE TABLE {name}_state AS
            SELECT one.p, one.v, one.a, one.fd, one.seg, everyone.people, everyone.users, CASE
                WHEN owner <> one.p AND top >= {_OWNER_EVENTS} AND top >= {_OWNER_SHARE} * total
                  AND people <= {_OWNER_PEOPLE} THEN {SOMEBODY_ELSES}
                WHEN team.f < one.f THEN {NEW_TO_ME}
                WHEN everyone.f < one.f THEN {NEW_TO_TEAM}
                ELSE {NEW_TO_ALL} END AS state
            FROM first_{name} AS one LEFT JOIN {name}_team AS team USING (g, v)
            LEFT JOIN {name}_value AS everyone ON everyone.v = one.v""")
        history.drop(f"{name}_value", f"{name}_team")
    history.drop("first_target", "first_place")


def novelty(history: History, name: str) -> Columns:
    """History rows of states: each first use by its state, every other event as KNOWN."""
    return history.columns(f"""
        WITH fresh AS (SELECT p, a, seg, state AS value, count(*) AS n FROM {name}_state JOIN settled USING (p)
          WHERE fd >= since GROUP BY ALL),
        every AS (SELECT p, a, seg, sum(n) AS n FROM daily JOIN settled USING (p) WHERE d >= since GROUP BY ALL)
        SELECT p, a, seg, value::INTEGER AS value, n::DOUBLE AS count FROM fresh
        UNION ALL
        SELECT p, a, seg, {KNOWN}, greatest(every.n - coalesce(sum(fresh.n), 0), 0)::DOUBLE
        FROM every LEFT JOIN fresh USING (p, a, seg) GROUP BY p, a, seg, every.n""")


def build_breadth(history: History) -> dict[str, Columns]:
    """Build `breadth` (w, a, d, n, n_foreign, n7, n28): of watched days, targets first used that day, those of them that
    are others', and those first used in the last 7 and 28 days, that day included.

    To who is new nearly everything is: see build_settled.  Returns the history rows of all four, of every day with
    the action; bin 0 is a day, a week or four weeks with none.
    """
    others = f"IN {OTHERS}"
    history.db.execute(f"""CREATE OR REPLACE TABLE first_used AS
        WITH firsts AS (SELECT one.p, one.a, one.fd AS d, count(*)::INTEGER AS n,
            count_if(one.state {others} OR coalesce(place.fd = one.fd AND place.state {others}, false))::INTEGER AS n_foreign
          FROM target_state AS one LEFT JOIN target USING (v)
          LEFT JOIN place_state AS place ON place.p = one.p AND place.v = target.c GROUP BY one.p, one.a, one.fd)
        SELECT p, a, d, seg, coalesce(firsts.n, 0) AS n, coalesce(n_foreign, 0) AS n_foreign
        FROM daily JOIN settled USING (p) LEFT JOIN firsts USING (p, a, d) WHERE d >= since""")
    history.db.execute(f"""CREATE OR REPLACE TABLE breadth AS
        SELECT w, a, d, n, n_foreign, (sum(n) OVER week)::INTEGER AS n7, (sum(n) OVER month)::INTEGER AS n28
        FROM first_used JOIN watch USING (p) WHERE n > 0 AND d >= first - {MONTH_DAYS} AND d < "end"
        WINDOW week AS (PARTITION BY w, a ORDER BY d RANGE BETWEEN 6 PRECEDING AND CURRENT ROW),
          month AS (PARTITION BY w, a ORDER BY d RANGE BETWEEN 27 PRECEDING AND CURRENT ROW)""")
    found = {
        "breadth day": _counted(history, bin_sql("n"), "first_used"),
        "novelty many": _counted(history, bin_sql("n_foreign"), "first_used"),
        "drift new week": _counted(history, bin_sql("n"), _blocks(7, "first_used")),
        "drift new month": _counted(history, bin_sql("n"), _blocks(28, "first_used")),
    }
    history.drop("first_used")
    return found


def sums(history: History, paying: Sequence[int]) -> Columns:
    """History rows of how much the `paying` actions moved to the same target in a week."""
    history.put("paying", pa.table({"a": pa.array(paying, pa.int32())}))
    weekly = f"""(SELECT p, a, v, seg, sum(m::BIGINT) FILTER (NOT failed) AS s
        FROM act SEMI JOIN paying USING (a) WHERE v IS NOT NULL GROUP BY p, a, v, seg, {WEEK})"""
    return _counted(history, bin_sql("s"), weekly, "s IS NOT NULL")


def unstated(history: History) -> Columns:
    """History rows of acts without a stated reason, of `count` acts; only of actions that ever state one."""
    return history.columns("""SELECT p, a, seg, count_if(NOT reasoned)::INTEGER AS value, count(*)::DOUBLE AS count
        FROM act SEMI JOIN (SELECT DISTINCT a FROM act WHERE reasoned) USING (a) GROUP BY p, a, seg""")


def build_absence(history: History) -> Columns:
    """Build `absence` (k, d, n): for how many of the person's active days, no day of a mere job, an account lay idle.

    Returns its history rows.
    """
    history.db.execute(f"""CREATE OR REPLACE TABLE absence AS
        WITH lived AS (SELECT p, d, sum(n) AS n FROM daily GROUP BY p, d),
        busy AS (SELECT p, {_BUSY} * quantile_disc(n, 0.75) AS least FROM lived GROUP BY p),
        days AS (SELECT p, d, count_if(n >= least) OVER (PARTITION BY p ORDER BY d) AS i FROM lived JOIN busy USING (p)),
        used AS (SELECT DISTINCT k, p, d, seg FROM act)
        SELECT k, p, d, seg, 0 AS a, (i - lag(i) OVER (PARTITION BY k ORDER BY d))::INTEGER AS n
        FROM used JOIN days USING (p, d)""")
    return _counted(history, bin_sql("n"), "absence", "n IS NOT NULL")


def build_use(history: History, facet: Facet) -> None:
    """Build `use` (p, d, seg, v): the days on which each value of a facet was used."""
    history.db.execute(f"CREATE OR REPLACE TABLE use AS SELECT DISTINCT p, d, seg, v FROM {_uses(facet)}")


def habit(history: History) -> Columns:
    """On how many days each value in `use` was used: p, seg, v, count."""
    return history.columns("SELECT p, seg, v, count(*)::DOUBLE AS count FROM use GROUP BY ALL")


def several(history: History, facet: Facet) -> Columns:
    """(r, v) of watched events, for a facet of which an event may have several values."""
    return history.columns(f'SELECT r, w, v FROM {_uses(facet)} JOIN watch USING (p) WHERE d >= first AND d < "end"')


def _uses(facet: Facet) -> str:
    """SQL for (r, p, d, seg, v): which values of the facet each event has."""
    if not facet.many:
        v = quote("v_" + facet.name)
        return f"(SELECT r, p, d, seg, {v} AS v FROM act WHERE {v} IS NOT NULL)"
    c = quote(facet.column)
    return f"""(SELECT r, p, d, seg, {value_sql("x")} AS v FROM (SELECT act.r, p, d, seg,
        unnest(string_split_regex(lower(trim({c}, '[]')), '[;,] *')) AS x
        FROM act JOIN event ON event.rowid = act.r WHERE {c} IS NOT NULL))"""


def watched(history: History, facets: Sequence[Facet], paying: Sequence[int]) -> Columns:
    """Every event in a window, sorted by window and time, with its quantities.

    r, w, p, g, a, t, h, d, b; failed, reasoned; n_hour, n_day, s_day, n7, n28, c7, c28, campaign (see
    build_rolling), n_new, new7, new28, n_same, s_split; s_many, n_many (see sizes.build_together); before; idle (days
    the account lay idle); target_state, place_state; target_before, place_before (did they use it before the window);
    target_people, place_people, place_targets; target_users, place_users (people who used it, but for what they first
    used after they were known to leave); v_ and the name of each facet with single values.
    """
    values = "".join(f", coalesce({quote('v_' + f.name)}, -1) AS {quote('v_' + f.name)}" for f in facets if not f.many)
    # Every event has its row in rolling: joined by INNER JOIN, the planner would begin with that.
    events = history.columns(f"""
        WITH
        known AS (SELECT mine.*, target.c, coalesce(one.people, 0)::INTEGER AS target_people,
            coalesce(one.users, 0)::INTEGER AS target_users,
            {_state("one", "mine.d")} AS target_state, since, coalesce(one.fd < mine.first, false) AS target_before
          FROM mine JOIN settled USING (p) LEFT JOIN target USING (v) LEFT JOIN target_state AS one ON one.p = mine.p AND one.v = mine.v)
        SELECT known.r, known.w, known.p, known.g, known.a, known.t, known.h, known.d, coalesce(known.b, -1) AS b,
          failed, reasoned,
          coalesce(m, 0) AS m, coalesce(known.v, 0) AS v, rolling.n7, rolling.n28, c7, c28, campaign,
          coalesce(breadth.n, 0) AS n_new, coalesce(breadth.n7, 0) AS new7, coalesce(breadth.n28, 0) AS new28,
          coalesce(breadth.n_foreign, 0) AS n_foreign, coalesce(before + 1, 0) AS before, coalesce(absence.n, 0) AS idle,
          coalesce(together.s, 0) AS s_many, coalesce(together.n, 0) AS n_many,
          target_state, {_state("place", "known.d")} AS place_state,
          target_before, coalesce(place.fd < known.first, false) AS place_before,
          target_people, target_users,
          coalesce(place.people, 0)::INTEGER AS place_people, coalesce(place.users, 0)::INTEGER AS place_users, coalesce(within.targets, 0)::INTEGER AS place_targets{values}
        FROM known
        LEFT JOIN rolling ON rolling.w = known.w AND rolling.a = known.a AND rolling.d = known.d
        LEFT JOIN breadth ON breadth.w = known.w AND breadth.a = known.a AND breadth.d = known.d
        LEFT JOIN together ON together.p = known.p AND together.a = known.a AND together.d = known.d
        LEFT JOIN sequence ON sequence.r = known.r
        LEFT JOIN absence ON absence.k = known.k AND absence.d = known.d
        LEFT JOIN place AS within ON within.c = known.c
        LEFT JOIN place_state AS place ON place.p = known.p AND place.v = known.c
        ORDER BY known.w, known.t, known.i""")
    _add_counts(events, paying)
    return events


def _state(use: str, day: str) -> str:
    """SQL for how a person stands to a target that day. To who is new nearly everything is, which says nothing."""
    told = f"({day} >= since OR {use}.state = {SOMEBODY_ELSES})"
    return f"CASE WHEN {use}.fd = {day} AND {told} THEN {use}.state ELSE {KNOWN} END"


def _add_counts(events: Columns, paying: Sequence[int]) -> None:
    """n_hour, n_day, n_same: events of the same window and action in that hour, on that day, on that target in that
    week; n_unstated: those of that day without a stated reason, where this event has none; s_day: the size of those
    that succeeded on that day, -1 where none has one; s_split: the size of SPLIT_FROM or more of `paying` actions on
    that target in that week, -1 for fewer."""
    act = events["w"].astype(np.int64) << 16 | events["a"]
    _, hour, n_hour = np.unique(act << 24 | events["h"], return_inverse=True, return_counts=True)
    _, day, n_day = np.unique(act << 20 | events["d"], return_inverse=True, return_counts=True)
    done, bare = ~events["failed"].astype(bool), ~events["reasoned"].astype(bool)
    sized = np.bincount(day, done & (events["b"] >= 0), minlength=len(n_day)) > 0
    m, v = events.pop("m"), events.pop("v")
    size = np.bincount(day, done * m, minlength=len(n_day))
    _, target = np.unique(v, return_inverse=True)
    _, week = np.unique(act << 12 | (events["d"] + 3) // 7, return_inverse=True)
    _, same, n_same = np.unique(week.astype(np.int64) << 32 | target, return_inverse=True, return_counts=True)
    split = np.isin(events["a"], paying) & (v != 0) & (n_same[same] >= SPLIT_FROM)
    moved = np.bincount(same, done * m, minlength=len(n_same))[same]
    events |= {
        "n_hour": n_hour[hour].astype(np.int32),
        "n_day": n_day[day].astype(np.int32),
        "s_day": np.where(sized, size, -1.0)[day],
        "n_same": n_same[same].astype(np.int32),
        "s_split": np.where(split, moved, -1.0),
        "n_unstated": np.where(bare, np.bincount(day, bare, minlength=len(n_day))[day], 0).astype(np.int32),
    }


def _blocks(days: int, table: str = "daily") -> str:
    """SQL for what was done in spells of so many days, cut where a watch window begins: nothing in one teaches."""
    return f"(SELECT p, a, seg, sum(n) AS n FROM {table} GROUP BY p, a, seg, (d + 3) // {days})"


def _counted(history: History, value: str, source: str, where: str = "true") -> Columns:
    return history.columns(
        f"SELECT p, a, seg, ({value})::INTEGER AS value, count(*)::DOUBLE AS count FROM {source} WHERE {where} GROUP BY ALL"
    )
