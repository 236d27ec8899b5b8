"""The canonical event: which columns there are, and the SQL that checks and types one raw record.

Every reader (JSON lines, CSV, Parquet) hands over a relation with a row
number and the known columns as text; `typed` turns it into events or, for a
record that is no event, a reason in words.
"""

from __future__ import annotations

from collections.abc import Iterable

from monitor.sql import literal, quote

TEXT = ("id", "actor", "action", "target", "target_type", "outcome", "source", "ip", "session", "reason")
KNOWN = ("time", "magnitude", *TEXT)
REQUIRED = ("time", "actor", "action")
ATTRIBUTE = "@"
COLUMNS = ("id", "t", *TEXT[1:], "magnitude")
"""Columns of a typed event, in this order; `t` is microseconds since 1970-01-01T00:00:00Z."""

OWN_ID = "x[0-9a-f]{32}"
"""A pattern of the ids that `typed` gives to events without one."""

FOREIGN = "name the columns so, or name a profile that knows these by --format-of or format (docs/formats.md)"
"""What to do where a file lacks the columns of an event."""

_RFC3339 = r" *\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)? ?([Zz]|[+-](0\d|1[0-4])(:?[0-5]\d)?) *"
_NAIVE = r" *\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?)? *"
_PLACEHOLDERS = ("-", "--", "n/a", "null", "(null)", "<null>", "none", "nil", "undefined", "unknown", "not available")
_NAMING = ("id", "target", "ip", "session", "reason")
"""Columns whose value names one thing, so that a placeholder would make one thing of all that are unknown, and a
reason of none given. An actor that matches nobody is counted and shown as it stands; the others are kinds, for which
such a word may tell something, as it may in an attribute (mfa: none)."""
_ADDRESS = (
    r"^\[?(?:::ffff:)?(\d{1,3}(?:\.\d{1,3}){3})\]?(?::\d+)?$",
    r"^\[([0-9A-Fa-f:.]+(?:%\w+)?)\](?::\d+)?$",
)
"""An address with a port. Without brackets an IPv6 address does not tell where the port begins, and stays."""
_EARLIEST, _LATEST = 0, 4_102_444_800_000_000  # 1970 to 2100: anything else is a broken clock, not an act


def attribute(key: str) -> str:
    """The column that keeps an unknown key. The mark sets it apart from every name that a query uses."""
    return ATTRIBUTE + key.lower().replace("\0", "\N{REPLACEMENT CHARACTER}")


def moment_of(text: str) -> str:
    """SQL for the microseconds since 1970 of a text in RFC 3339, NULL for any other."""
    # RFC 3339 allows small letters, and some logs set the offset apart; the engine's cast takes neither.
    tidy = rf"regexp_replace(upper({text}), ' ([Z+-])', '\1')"
    return f"""CASE WHEN regexp_full_match({text}, '{_RFC3339}')
          THEN epoch_us(coalesce(try_cast({text} AS TIMESTAMPTZ), try_cast({tidy} AS TIMESTAMPTZ)))
        END"""


def value_of(column: str, text: str) -> str:
    """SQL for a known column's value by its text: NULL for none, an address without its port."""
    value = f"nullif({text}, '')"
    if column in _NAMING:
        # Their first sign is looked at first, as a number: of five texts in every line, that costs a fifth.
        signs = ", ".join(
            str(ord(sign)) for sign in sorted({each for w in _PLACEHOLDERS for each in (w[0], w[0].upper())})
        )
        words = ", ".join(map(literal, _PLACEHOLDERS))
        nothing = f"unicode({text}) IN (32, {signs}) AND lower(trim({text})) IN ({words})"
        value = f"CASE WHEN {nothing} THEN NULL ELSE {value} END"
    if column != "ip":
        return value
    bare = text
    for pattern in _ADDRESS:
        bare = f"regexp_replace({bare}, {literal(pattern)}, '\\1')"
    return f"CASE WHEN contains({text}, ':') THEN {bare} ELSE {value} END"


def typed(raw: str, attributes: Iterable[str], *, wrong: str = "NULL", moment: str | None = None) -> str:
    """SQL that types the relation `raw`.

    raw: SELECT with columns `n` (row number), KNOWN and the attributes, all text.
    attributes: columns named by `attribute`, kept as text.
    wrong: SQL over raw's columns giving a reason found by the reader, or NULL.
    moment: SQL over raw's columns giving the time in microseconds, where the reader has read it already.

    The result has columns n, why (NULL for an event), COLUMNS, then the attributes. An event
    without an id gets one from all that it holds.
    """
    clean = ", ".join(f"{value_of(c, quote(c))} AS {quote(c)}" for c in TEXT if c not in ("actor", "action"))
    extra = "".join(f", nullif({quote(name)}, '') AS {quote(name)}" for name in attributes)
    keep = "".join(f", {quote(name)}" for name in attributes)
    held = ", ".join(f"{literal(name + '=')} || {quote(name)}" for name in (*COLUMNS[1:-1], *sorted(attributes)))
    return f"""
    SELECT n, CASE
        WHEN wrong IS NOT NULL THEN wrong
        WHEN actor IS NULL THEN 'no actor'
        WHEN action IS NULL THEN 'no action'
        WHEN t IS NULL AND coalesce(trim(time), '') = '' THEN 'no time'
        WHEN t IS NULL AND regexp_full_match(time, '{_NAIVE}')
          THEN 'the time has no offset; write it as 2017-11-02T18:51:00Z or with +01:00'
        WHEN t IS NULL OR t NOT BETWEEN {_EARLIEST} AND {_LATEST}
          THEN 'impossible time; write it as 2017-11-02T18:51:00Z'
        WHEN size IS NOT NULL AND (magnitude IS NULL OR NOT isfinite(magnitude)) THEN 'the magnitude is not a number'
      END AS why,
      coalesce(id, 'x' || md5(concat_ws(chr(31), {held}, 'magnitude=' || magnitude::VARCHAR))) AS id,
      t, actor, action, target, target_type, outcome, source, ip, session, reason, magnitude{keep}
    FROM (
      SELECT *, {moment_of("time") if moment is None else "moment"} AS t
      FROM (
        SELECT n, {wrong} AS wrong, {moment or "NULL"} AS moment, {clean}, time,
          nullif(trim(actor), '') AS actor, nullif(lower(trim(action)), '') AS action,
          nullif(magnitude, '') AS size, try_cast(magnitude AS DOUBLE) AS magnitude{extra}
        FROM ({raw})
      )
    )"""
