"""By whose hand: acts under other accounts that are laid at a person's door.

An outsider acts for whoever opened their account. What is done under a colleague's account on a person's own machine,
that person may have done: it is judged as theirs unless the colleague is watched more closely.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from monitor.core.catalogue import Action
from monitor.core.clocks import DAY_US
from monitor.core.impact import gives_power
from monitor.core.owners import find_owners, is_machine
from monitor.core.ways import BORROWED, LET_IN
from monitor.core.windows import Window
from monitor.sql import FAILURES, literal, quote
from monitor.store.history import Facet, History, value_sql
from monitor.store.texts import addresses_sql, put_domains

_MAIL = r"""[^\s<>(),;:"'|\[\]]+@[a-z0-9.-]+"""
_MACHINES = pa.schema({"facet": pa.string(), "v": pa.uint32(), "q": pa.int32()})


def find_opened(history: History, actions: Sequence[Action], domains: Sequence[str]) -> None:
    """Build `opened` (name, p, t): who first gave power to which outside address, and `stranger` (actor, since).

    A stranger acted and is not on the roster.  domains: mail domains of the organisation.
    """
    put_domains(history, domains)
    giving = [action.name for action in actions if gives_power(action)]
    history.put("giving", pa.table({"action": pa.array(giving, pa.string())}))
    history.db.execute(f"""CREATE OR REPLACE TABLE opened AS
        WITH text AS (SELECT t, p, {addresses_sql(history)} AS addresses
          FROM event SEMI JOIN giving USING (action) JOIN who USING (actor)
          WHERE NOT coalesce(lower(outcome) IN {FAILURES}, false)),
        given AS (SELECT DISTINCT t, p, unnest(regexp_extract_all(lower(addresses), {literal(_MAIL)})) AS name
          FROM text WHERE addresses LIKE '%@%')
        SELECT name, first(p ORDER BY t, p) AS p, min(t) AS t FROM given
        ANTI JOIN domain ON split_part(name, '@', 2) = domain GROUP BY name""")
    history.db.execute("CREATE OR REPLACE TABLE stranger AS SELECT actor, since FROM actor ANTI JOIN who USING (actor)")


def let_in(history: History) -> None:
    """Add to `who` every stranger whose account was opened before they first acted, for the person who opened it."""
    history.db.execute("""INSERT INTO who
        SELECT actor, (SELECT count(*) FROM account) + row_number() OVER (ORDER BY actor), p, g, zone, true
        FROM stranger JOIN opened ON name = lower(actor) AND t <= since JOIN person USING (p)""")


def find_machines(history: History, facets: Sequence[Facet]) -> None:
    """Build `machine` (facet, v, q): machines and addresses that are one person's own."""
    found: dict[str, list] = {name: [] for name in _MACHINES.names}
    for facet in _machines(facets):
        c = quote(facet.column)
        uses = history.columns(f"""SELECT p, {value_sql(c)} AS v, count(DISTINCT t // {DAY_US}) AS n
            FROM event JOIN who USING (actor) WHERE {c} IS NOT NULL AND NOT guest GROUP BY ALL""")
        owners = find_owners(uses["p"], uses["v"].astype(np.int64), uses["n"])
        for name, values in (("facet", [facet.name] * len(owners.value)), ("v", owners.value), ("q", owners.owner)):
            found[name].extend(values)
    history.put("machine", pa.table(found, schema=_MACHINES))


def build_hands(history: History, facets: Sequence[Facet], windows: Sequence[Window]) -> None:
    """Build `hand` (r, way, q): events of outsiders who were let in, and those under a colleague's account.

    q: the person whose machine it was, NULL for outsiders.  windows: of everybody, placebos too.
    """
    span = {
        "p": pa.array([window.person for window in windows], pa.int32()),
        "low": pa.array([window.first * DAY_US for window in windows], pa.int64()),
        "high": pa.array([window.end_us for window in windows], pa.int64()),
        "closely": pa.array([1 + (window.departure is not None) for window in windows], pa.int8()),
    }
    history.put("span", pa.table(span))
    history.db.execute(f"""CREATE OR REPLACE TABLE hand AS
        WITH acted AS ({_at_machines(facets)}),
        lent AS (SELECT r, t, p, min(q) AS q FROM acted WHERE p <> q GROUP BY r, t, p),
        alone AS (FROM lent ANTI JOIN (SELECT r FROM acted WHERE p = q) USING (r)),
        watched AS (
          SELECT r, q, closely, 0 AS mine FROM alone JOIN span ON span.p = q AND t BETWEEN low AND high
          UNION ALL
          SELECT r, q, 0, closely FROM alone JOIN span ON span.p = alone.p AND t BETWEEN low AND high)
        SELECT r, {BORROWED}::TINYINT AS way, q FROM watched GROUP BY r, q HAVING max(closely) > max(mine)
        UNION ALL SELECT event.rowid, {LET_IN}, NULL FROM event JOIN who USING (actor) WHERE guest""")


def _machines(facets: Sequence[Facet]) -> list[Facet]:
    return [facet for facet in facets if not facet.many and is_machine(facet.name)]


def _at_machines(facets: Sequence[Facet]) -> str:
    """SQL for (r, t, p, q): events at somebody's machine, once for each machine that they name."""
    parts = [
        f"""SELECT event.rowid AS r, t, p, q FROM event JOIN who USING (actor)
            JOIN machine ON facet = {literal(facet.name)} AND v = {value_sql(quote(facet.column))} WHERE NOT guest"""
        for facet in _machines(facets)
    ]
    return " UNION ALL ".join(parts) or "SELECT 0::BIGINT AS r, 0::BIGINT AS t, 0 AS p, 0 AS q LIMIT 0"
