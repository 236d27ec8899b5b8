"""What the texts of watched events say: whose things they touch, where they go, and which are crown jewels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa
from numpy.typing import NDArray

from monitor.core.catalogue import Action
from monitor.core.impact import gives_power, goes_out
from monitor.core.ways import ONESELF, OUTSIDERS
from monitor.sql import literal, quote
from monitor.store.history import Columns, History

_JOINTS = ("._-", ".-", "-", "_", "")
_WORDS = " || ".join(f"regexp_extract_all(lower(target), '[a-z0-9{held}]{{4,}}')" for held in _JOINTS)
"""SQL for what may be an account name in a target: such signs may be part of it, or join it to others (tmp_jdoe)."""
_DOMAINS = "regexp_extract_all(lower(addresses), '@([a-z0-9.-]+)', 1)"
_HOST = "regexp_extract(lower(target), '^[a-z][a-z0-9+.-]*://([^/:?#]+)', 1)"
_DRIVE = "regexp_extract(lower(target), '-my[.]sharepoint[.][a-z.]+/personal/([^/]+)', 1)"
"""SQL for whose OneDrive a target lies in: their address, spelled as matching.drive_of does. It names the organisation,
which the host does not."""
_FLOW = pa.schema({"action": pa.string(), "power": pa.bool_()})
_GRANTEES = ("@granted_to", "@member", "@user", "@shared_with", "@grantee")
"""Attributes that tell who is let in, where the target is what was opened up; as the shipped profiles name them."""
_BARE = "lower(regexp_extract(grantee, '([^/\\\\:@\\s]+)(@[^@]*)?$', 1))"
"""SQL for the account in user:anna@example.org, CORP\\anna and a path that ends in it."""
_NO_ADDRESS = ("id", "why", "feed", "actor", "action", "@from", "@sender", "reason")


def belongings(
    history: History, names: dict[str, int], domains: Sequence[str], moving: Sequence[int], taking: Sequence[int]
) -> Columns:
    """For watched events whose text tells more: (r, owner, internal, external).

    owner: the person whose account name stands in the target, -1 for nobody or several; what is taken to a site that
    is not the organisation's is nobody's own, whosever name that site has for it.
    internal, external: does the target or an attribute name an address of the organisation, of elsewhere.
    moving: the actions for which that matters.  taking: those that take something out.
    """
    put_names(history, names)
    put_domains(history, domains)
    takes = [a in set(taking) for a in moving]
    history.put("moving", pa.table({"a": pa.array(moving, pa.int32()), "takes": pa.array(takes, pa.bool_())}))
    return history.columns(f"""
        WITH text AS (SELECT r, takes, target, {addresses_sql(history)} AS addresses
          FROM mine JOIN moving USING (a) JOIN event ON event.rowid = r),
        away AS (SELECT target FROM (SELECT DISTINCT target, {_HOST} AS host FROM text WHERE takes) AS site
          ANTI JOIN domain ON host = domain OR suffix(host, '.' || domain) WHERE host <> ''),
        drives AS (SELECT target, {_DRIVE} AS word FROM (SELECT DISTINCT target FROM text) WHERE word <> ''),
        words AS (FROM drives UNION ALL SELECT target, unnest({_WORDS})
          FROM (SELECT DISTINCT target FROM text) ANTI JOIN away USING (target) ANTI JOIN drives USING (target)),
        owned AS (SELECT target, CASE WHEN min(q) = max(q) THEN min(q) ELSE -1 END AS owner
          FROM words JOIN name USING (word) GROUP BY target),
        mails AS (SELECT DISTINCT addresses, unnest({_DOMAINS}) AS domain
          FROM text WHERE addresses LIKE '%@%'),
        sides AS (SELECT addresses, bool_or(known.domain IS NOT NULL) AS internal,
            bool_or(known.domain IS NULL) AS external
          FROM mails LEFT JOIN domain AS known USING (domain) GROUP BY addresses)
        SELECT r, coalesce(owner, -1) AS owner, coalesce(internal, false) AS internal,
          coalesce(external, false) AS external
        FROM text LEFT JOIN owned USING (target) LEFT JOIN sides USING (addresses)
        WHERE owner IS NOT NULL OR internal OR external""")


def find_toward(history: History, actions: Sequence[Action], domains: Sequence[str]) -> None:
    """Build `toward` (r, way, q): events that are another thing for whom they are done to, and all of `hand`.

    OUTSIDERS: of those of the actions that go out, what names an address of elsewhere.  ONESELF: of those that give
    power, what names an account of the actor as its target or as who is let in; see put_names.
    """
    put_domains(history, domains)
    flows = [(action.name, gives_power(action)) for action in actions if goes_out(action)]
    history.put(
        "flow", pa.table({"action": [name for name, _ in flows], "power": [power for _, power in flows]}, schema=_FLOW)
    )
    there = [quote(name) for name in history.texts(()) if name in _GRANTEES]
    grantees = f"concat_ws(';', {', '.join(there)})" if there else "NULL::VARCHAR"
    history.db.execute(f"""CREATE OR REPLACE TABLE toward AS
        WITH text AS (SELECT event.rowid AS r, power, actor, target, {grantees} AS grantees,
            {addresses_sql(history)} AS addresses
          FROM event JOIN flow USING (action)),
        outside AS (SELECT DISTINCT r FROM (SELECT r, unnest({_DOMAINS}) AS domain FROM text WHERE addresses LIKE '%@%')
          ANTI JOIN domain USING (domain)),
        let_in AS (SELECT r, actor, lower(split_part(target, '@', 1)) AS word FROM text WHERE power
          UNION ALL SELECT r, actor, {_BARE}
          FROM (SELECT r, actor, unnest(string_split(grantees, ';')) AS grantee FROM text WHERE power)),
        own AS (SELECT DISTINCT r FROM let_in JOIN who USING (actor) JOIN name USING (word) WHERE q = p),
        told AS (SELECT r, {OUTSIDERS}::TINYINT AS way FROM outside
          UNION ALL SELECT r, {ONESELF} FROM own ANTI JOIN outside USING (r))
        SELECT r, way, NULL::INTEGER AS q FROM told ANTI JOIN hand USING (r)
        UNION ALL SELECT r, way, q FROM hand""")


def put_names(history: History, names: Mapping[str, int]) -> None:
    """Build `name` (word, q), of account names and the persons whose they are."""
    history.put("name", pa.table({"word": list(names), "q": pa.array(list(names.values()), pa.int32())}))


def put_domains(history: History, domains: Sequence[str]) -> None:
    """Build `domain`, of the organisation's mail domains."""
    history.put("domain", pa.table({"domain": pa.array(domains, pa.string())}))


def addresses_sql(history: History) -> str:
    """SQL for the texts of an event that may name addresses, as one."""
    columns = map(quote, history.texts(_NO_ADDRESS))
    return " || ' ' || ".join(f"CASE WHEN contains({c}, '@') THEN {c} ELSE '' END" for c in columns)


def jewels(history: History, patterns: Sequence[str]) -> NDArray:
    """Rows r of the watched events whose target is a crown jewel; patterns are globs, whatever the case."""
    matches = " OR ".join(f"lower(target) GLOB {literal(pattern.lower())}" for pattern in patterns) or "false"
    # Grouped, so that the patterns are tried on each target once: through a DISTINCT they are pushed to every event.
    return history.columns(f"""WITH named AS (
          SELECT mine.v, any_value(target) AS target FROM mine JOIN event ON event.rowid = mine.r GROUP BY mine.v),
        jewel AS (SELECT v FROM named WHERE {matches})
        SELECT DISTINCT r FROM mine SEMI JOIN jewel USING (v)""")["r"]
