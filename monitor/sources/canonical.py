"""The canonical event: which columns there are, and the SQL that checks and types one raw record.

Every reader (JSON lines, CSV, Parquet) hands over a relation with a row
number and the known columns as text; `typed` turns it into events or, for a
record that is no event, a reason in words.
"""

from __future__ import annotations

from monitor.sql import quote

TEXT = ("id", "actor", "action", "target", "target_type", "outcome", "source", "ip", "session", "reason")
KNOWN = ("time", "magnitude", *TEXT)
COLUMNS = ("id", "t", *TEXT[1:], "magnitude")
"""Columns of a typed event, in this order; `t` is microseconds since 1970-01-01T00:00:00Z."""

_RFC3339 = r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)? ?([Zz]|[+-](0\d|1[0-4]):?[0-5]\d)"
_NAIVE = r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?)?"
_EARLIEST, _LATEST = 0, 4_102_444_800_000_000  # 1970 to 2100: anything else is a broken clock, not an act


def typed(raw: str, attributes: dict[str, str], *, wrong: str = "NULL") -> str:
    """SQL that types the relation `raw`.

    raw: SELECT with columns `n` (row number) and KNOWN, all text.
    attributes: output column -> raw column, kept as text.
    wrong: SQL over raw's columns giving a reason found by the reader, or NULL.

    The result has columns n, why (NULL for an event), COLUMNS, then the attributes.
    """
    clean = ", ".join(f"nullif({quote(c)}, '') AS {quote(c)}" for c in TEXT if c not in ("actor", "action"))
    extra = "".join(f", nullif({quote(source)}, '') AS {quote(name)}" for name, source in attributes.items())
    keep = "".join(f", {quote(name)}" for name in attributes)
    return f"""
    SELECT n, CASE
        WHEN wrong IS NOT NULL THEN wrong
        WHEN actor IS NULL THEN 'no actor'
        WHEN action IS NULL THEN 'no action'
        WHEN time IS NULL THEN 'no time'
        WHEN t IS NULL AND regexp_full_match(time, '{_NAIVE}')
          THEN 'the time has no offset; write it as 2017-11-02T18:51:00Z or with +01:00'
        WHEN t IS NULL OR t NOT BETWEEN {_EARLIEST} AND {_LATEST}
          THEN 'impossible time; write it as 2017-11-02T18:51:00Z'
        WHEN size IS NOT NULL AND (magnitude IS NULL OR NOT isfinite(magnitude)) THEN 'the magnitude is not a number'
      END AS why,
      coalesce(id, 'x' || md5(concat_ws(chr(31), t, actor, action, coalesce(target, ''), coalesce(target_type, ''),
        coalesce(magnitude::VARCHAR, ''), coalesce(outcome, ''), coalesce(source, ''), coalesce(ip, ''),
        coalesce(session, ''), coalesce(reason, '')))) AS id,
      t, actor, action, target, target_type, outcome, source, ip, session, reason, magnitude{keep}
    FROM (
      SELECT n, {wrong} AS wrong, {clean}, nullif(trim(actor), '') AS actor, nullif(lower(trim(action)), '') AS action,
        nullif(time, '') AS time,
        CASE WHEN regexp_full_match(time, '{_RFC3339}') THEN epoch_us(try_cast(time AS TIMESTAMP)) END AS t,
        nullif(magnitude, '') AS size, try_cast(magnitude AS DOUBLE) AS magnitude{extra}
      FROM ({raw})
    )"""
