"""All that is known, hot and sealed, as the table `event` that judgement works on."""

from __future__ import annotations

from pathlib import Path

import duckdb
from sqlalchemy import Connection

from monitor.sql import attribute_columns, drop_repeats, find_repeats, literal, quote
from monitor.store.manifest import folder_of, listed, sealed_sql
from monitor.store.segments import hot_table

_COLUMNS = (
    "id",
    "t",
    "actor",
    "action",
    "target",
    "target_type",
    "outcome",
    "source",
    "ip",
    "session",
    "reason",
    "magnitude",
)


def recall(
    connection: Connection, db: duckdb.DuckDBPyConnection, data: Path, *, since: int | None = None
) -> tuple[str, ...]:
    """Build `event` in db from one moment of the store; each id once, the least content where there are several.

    since: leave out what happened before this t. Returns the names of the attributes, which are columns.
    A sealed file that is missing is left out; see `lost_files`.
    """
    db.register("hot", hot_table(connection))
    paths = [folder_of(data) / row.name for row in listed(connection) if since is None or row.last_t >= since]
    files = [path for path in paths if path.is_file()]
    columns = ", ".join((*_COLUMNS, "attributes", "feed"))
    parts = [f"SELECT {columns} FROM hot"]
    if files:
        parts.append(f"SELECT {columns} FROM {sealed_sql(files)}")
    only = "" if since is None else f" WHERE t >= {since}"
    names = spread(db, f"(SELECT * FROM ({' UNION ALL '.join(parts)}){only})")
    db.unregister("hot")
    find_repeats(db)
    drop_repeats(db, (*_COLUMNS[1:], *names))
    return names


def spread(db: duckdb.DuckDBPyConnection, stored: str) -> tuple[str, ...]:
    """Build `event` of events as they are stored. Returns the names of the attributes, which are columns.

    stored: a relation, read twice, so that what is judged is never held twice.
    """
    keys = f"SELECT unnest(json_keys(attributes)) AS key FROM {stored} WHERE attributes IS NOT NULL"
    names = attribute_columns(dict(db.execute(f"SELECT key, count(*) FROM ({keys}) GROUP BY key").fetchall()))
    extra = "".join(f", x[{literal(name)}] AS {quote(name)}" for name in names)
    drawn = ", attributes::JSON::MAP(VARCHAR, VARCHAR) AS x" if names else ""
    db.execute(f"""CREATE OR REPLACE TABLE event AS
        SELECT 0 AS file, 0::BIGINT AS n, NULL::VARCHAR AS why, feed, {", ".join(_COLUMNS)}{extra}
        FROM (SELECT *{drawn} FROM {stored})""")
    return names


def lost_files(connection: Connection, data: Path) -> list[str]:
    """Names of sealed files that are no longer there."""
    return [row.name for row in listed(connection) if not (folder_of(data) / row.name).is_file()]
