"""By whose hand: acts under other accounts that are laid at a person's door.

An outsider acts for whoever opened their account. What is done under another account on a person's own machine, that
person may have done, and what is done where they just reset that account's password: it is judged as theirs, unless
whose account it is is watched as closely.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from monitor.core.catalogue import Action
from monitor.core.clocks import DAY_US, HOUR_US
from monitor.core.impact import gives_power, turns_keys
from monitor.core.owners import find_owners, is_machine
from monitor.core.ways import BORROWED, LET_IN
from monitor.core.windows import Window
from monitor.sql import FAILURES, literal, quote
from monitor.store.history import Facet, History, value_sql
from monitor.store.texts import addresses_sql, put_domains, put_names

_MAIL = r"""[^\s<>(),;:"'|\[\]]+@[a-z0-9.-]+"""
_ADDRESS = (
    r"""regexp_replace(regexp_replace(lower(actor), '^urn:spo:guest#', ''), '^(.+)_([^_@#]+)#ext#@.*$', '\1@\2')"""
)
"""SQL for a guest's own address, which Microsoft writes as jo_rival.example#ext#@ours.example."""
_HAND = "coalesce(p::VARCHAR, actor)"
"""SQL for who acts: a person, through whatever account, or an account of nobody."""
_NOBODY = "SELECT 0::BIGINT AS r, 0::BIGINT AS t, 0 AS p, 0 AS q, '' AS hand, '' AS facet, 0::UINTEGER AS v LIMIT 0"
SAME_SITTING = 2 * HOUR_US
"""So long a borrowed account is used at most, and so long what names no machine belongs to what named one."""
FEW_DESKS = 2
"""Who acts at more people's machines than these goes about, and a machine of more people than these is nobody's."""
OFTEN, AT_LEAST = 1 / 700, 10
"""Visits for each day that somebody is at their machine, and how many there are, from which on they say nothing: one
leaver in thirty has one within a month by chance."""
KNOWN_DAYS = 10
"""So long an account has been in use before whoever changes it can be said to take it over: a new one is set up."""
_PLACEBO, _LEAVES = 1, 2
"""How closely somebody is watched."""
_MACHINES = pa.schema({"facet": pa.string(), "v": pa.uint32(), "q": pa.int32()})
_USES = pa.schema({"facet": pa.string(), "v": pa.uint32(), "p": pa.int32(), "since": pa.int64()})


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
    history.db.execute(f"""INSERT INTO who
        SELECT actor, (SELECT count(*) FROM account) + row_number() OVER (ORDER BY actor), p, g, zone, true
        FROM stranger JOIN opened ON name = {_ADDRESS} AND t <= since JOIN person USING (p)""")


def find_machines(history: History, facets: Sequence[Facet]) -> None:
    """Build `machine` (facet, v, q), machines and addresses that are one person's own, and `roams` (hand).

    Who roams acts at several people's machines: an administrator, a service that runs on all.
    And `uses` (facet, v, p, since): who was ever at which machine.
    """
    owned, used = [_MACHINES.empty_table()], [_USES.empty_table()]
    for facet in _machines(facets):
        c = quote(facet.column)
        uses = history.columns(f"""SELECT p, {value_sql(c)} AS v, count(DISTINCT t // {DAY_US}) AS n, min(t) AS since
            FROM event JOIN who USING (actor) WHERE {c} IS NOT NULL AND NOT guest GROUP BY ALL""")
        owners = find_owners(uses["p"], uses["v"].astype(np.int64), uses["n"])
        owned.append(pa.table([[facet.name] * len(owners.value), owners.value, owners.owner], schema=_MACHINES))
        used.append(pa.table([[facet.name] * len(uses["p"]), uses["v"], uses["p"], uses["since"]], schema=_USES))
    history.put("machine", pa.concat_tables(owned))
    history.put("uses", pa.concat_tables(used))
    history.db.execute(f"""CREATE OR REPLACE TABLE roams AS SELECT hand FROM ({_at_machines(_machines(facets))})
        WHERE p IS DISTINCT FROM q GROUP BY hand HAVING count(DISTINCT q) > {FEW_DESKS}""")


def build_hands(
    history: History, actions: Sequence[Action], facets: Sequence[Facet], windows: Sequence[Window],
    names: Mapping[str, int],
) -> None:  # fmt: skip
    """Build `hand` (r, way, q): events of outsiders who were let in, and those under somebody else's account.

    That is an account of a colleague or of nobody on the roster, a service's say.  An event that names no machine
    belongs to the machine that the same hand's event before it names.  q: the person whose machine it was, NULL for
    outsiders.  windows: of everybody, placebos too.  names: account name -> person.
    """
    machines = _machines(facets)
    history.put("span", _spans(windows))
    put_names(history, names)
    _find_taken(history, [action.name for action in actions if turns_keys(action)], machines)
    _find_lent(history, machines)
    named = " OR ".join(f"{quote(facet.column)} IS NOT NULL" for facet in machines) or "false"
    history.db.execute(f"""CREATE OR REPLACE TABLE hand AS
        WITH acted AS (
          SELECT event.rowid AS r, t, {named} AS named, {_HAND} AS hand FROM event LEFT JOIN who USING (actor)
          WHERE guest IS NOT true),
        theirs AS (SELECT acted.*, q FROM acted LEFT JOIN lent USING (r) WHERE acted.hand IN (SELECT hand FROM lent)),
        goes_on AS (SELECT bare.r, near.q FROM (FROM theirs WHERE NOT named) AS bare
          ASOF JOIN (FROM theirs WHERE named) AS near ON bare.hand = near.hand AND bare.t >= near.t
          WHERE bare.t - near.t <= {SAME_SITTING} AND near.q IS NOT NULL)
        SELECT r, {BORROWED}::TINYINT AS way, q FROM lent
        UNION ALL SELECT r, {BORROWED}, q FROM goes_on
        UNION ALL SELECT event.rowid, {LET_IN}, NULL FROM event JOIN who USING (actor) WHERE guest""")
    history.drop("lent", "taken")


def _machines(facets: Sequence[Facet]) -> list[Facet]:
    return [facet for facet in facets if not facet.many and is_machine(facet.name)]


def _at_machines(machines: Sequence[Facet]) -> str:
    """SQL for (r, t, p, q, hand): events at somebody's machine, once for each machine that they name."""
    parts = [
        f"""SELECT event.rowid AS r, t, p, q, {_HAND} AS hand FROM event LEFT JOIN who USING (actor)
            JOIN machine ON facet = {literal(facet.name)} AND v = {value_sql(quote(facet.column))}
            WHERE guest IS NOT true"""
        for facet in machines
    ]
    return " UNION ALL ".join(parts) or _NOBODY


def _find_taken(history: History, keys: Sequence[str], machines: Sequence[Facet]) -> None:
    """Build `taken` (r, t, p, hand, q): what an account does at one sitting where q just gave it other keys.

    Where whose account it is never was before, nor many others.  keys: the names of actions that do so.
    """
    history.put("key", pa.table({"action": pa.array(keys, pa.string())}))
    history.db.execute("""CREATE OR REPLACE TABLE turned AS
        SELECT event.rowid AS r, t AS begun, who.p AS q, name.q AS p FROM event SEMI JOIN key USING (action)
        JOIN who USING (actor) JOIN name ON word = lower(split_part(target, '@', 1)) WHERE name.q <> who.p""")
    parts = [
        f"""SELECT event.rowid AS r, t, p, {_HAND} AS hand, {literal(facet.name)} AS facet,
              {value_sql(quote(facet.column))} AS v
            FROM event JOIN who USING (actor) SEMI JOIN (SELECT p FROM turned UNION SELECT q FROM turned) USING (p)
            WHERE {quote(facet.column)} IS NOT NULL AND NOT guest"""
        for facet in machines
    ]
    history.db.execute(f"""CREATE OR REPLACE TABLE taken AS
        WITH acted AS MATERIALIZED ({" UNION ALL ".join(parts) or _NOBODY}),
        known AS (SELECT p, min(since) AS since FROM uses GROUP BY p),
        here AS (SELECT turned.*, facet, v FROM turned JOIN acted USING (r)
          JOIN known ON known.p = turned.p AND known.since < begun - {KNOWN_DAYS * DAY_US}),
        strange AS (SELECT here.p, here.q, begun, here.facet, here.v FROM here
          LEFT JOIN uses ON uses.facet = here.facet AND uses.v = here.v AND since < begun GROUP BY ALL
          HAVING count(uses.p) <= {FEW_DESKS} AND bool_or(uses.p = here.p) IS NOT true)
        SELECT acted.r, t, acted.p, hand, min(strange.q) AS q FROM acted JOIN strange USING (facet, v, p)
        WHERE t BETWEEN begun AND begun + {SAME_SITTING} GROUP BY acted.r, t, acted.p, hand""")
    history.drop("turned")


def _find_lent(history: History, machines: Sequence[Facet]) -> None:
    """Build `lent` (r, hand, q): events at the machine of somebody who is watched more closely than who acts.

    And who was there that day: a colleague who sits at an empty desk, or at any for half a day, works for themselves,
    and so does who roams.  Where colleagues sit down at one another's machines often, so does everybody who was given
    no other keys.
    """
    history.db.execute(f"""CREATE OR REPLACE TABLE lent AS
        WITH acted AS ({_at_machines(machines)}),
        other AS (SELECT r, t, p, hand, min(q) AS q FROM acted ANTI JOIN roams USING (hand)
          WHERE p IS DISTINCT FROM q GROUP BY r, t, p, hand),
        there AS (SELECT DISTINCT q, t // {DAY_US} AS d FROM acted WHERE p = q),
        alone AS (SELECT other.r, other.t, other.p, other.hand, other.q
          FROM other JOIN there ON there.q = other.q AND d = other.t // {DAY_US}
          ANTI JOIN (SELECT r FROM acted WHERE p = q) AS own ON own.r = other.r
          WINDOW sitting AS (PARTITION BY hand, other.q, d)
          QUALIFY max(other.t) OVER sitting - min(other.t) OVER sitting <= {SAME_SITTING}),
        visits AS (SELECT count(DISTINCT (hand, q, t // {DAY_US})) AS n FROM alone),
        suspect AS (
          FROM alone WHERE (SELECT n < {AT_LEAST} OR n < {OFTEN} * (SELECT count(*) FROM there) FROM visits)
          UNION FROM taken),
        watched AS (
          SELECT r, hand, q, closely, 0 AS own FROM suspect JOIN span ON span.p = q AND t BETWEEN low AND high
          UNION ALL
          SELECT r, hand, q, 0, closely FROM suspect JOIN span ON span.p = suspect.p AND t BETWEEN low AND high)
        SELECT r, hand, q FROM watched GROUP BY r, hand, q HAVING max(closely) > max(own)""")


def _spans(windows: Sequence[Window]) -> pa.Table:
    """(p, low, high, closely): when each person is watched, a departure more closely than a placebo."""
    return pa.table(
        {
            "p": pa.array([window.person for window in windows], pa.int32()),
            "low": pa.array([window.first * DAY_US for window in windows], pa.int64()),
            "high": pa.array([window.end_us for window in windows], pa.int64()),
            "closely": pa.array([_PLACEBO if window.departure is None else _LEAVES for window in windows], pa.int8()),
        }
    )
