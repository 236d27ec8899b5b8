"""Names and texts inside SQL, and rows that go for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def quote(name: str) -> str:
    """An SQL identifier for any column name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL string literal for any text."""
    return "'" + text.replace("'", "''") + "'"


FAILURES = "('failure', 'failed', 'fail', 'denied', 'deny', 'error', 'blocked', 'rejected')"
"""Outcomes, in lower case, of what was tried and did not come about."""
MAX_ATTRIBUTES = 64


def attribute_columns(often: Mapping[str, int]) -> tuple[str, ...]:
    """The attributes that become columns, in their order: of too many those that most events carry.

    often: attribute -> how many events carry it.
    """
    return tuple(sorted(sorted(often, key=lambda name: (-often[name], name))[:MAX_ATTRIBUTES]))


FEW_ROWS = 200_000


def suit_threads(db: duckdb.DuckDBPyConnection, *tables: str) -> None:
    """Let one thread work on tables so small that dividing the work costs a quarter more than it saves."""
    rows = " + ".join(f"(SELECT count(*) FROM {table})" for table in tables)
    if db.execute(f"SELECT {rows}").fetchall()[0][0] < FEW_ROWS:
        db.execute("SET threads = 1")


def drop_rows(db: duckdb.DuckDBPyConnection, table: str, where: str) -> None:
    """Drop the rows of a table for which `where` holds, and write the others anew.

    DELETE alone leaves gaps, which the engine may close at any later moment: a rowid asked for by then is another's.
    """
    if db.execute(f"SELECT count(*) FROM {table} WHERE {where}").fetchall()[0][0]:
        db.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM {table} WHERE NOT ({where})")


def find_repeats(db: duckdb.DuckDBPyConnection) -> None:
    """Build `repeated` (id): the ids that several rows of the table `event` share."""
    db.execute("CREATE OR REPLACE TEMP TABLE repeated AS SELECT id FROM event GROUP BY id HAVING count(*) > 1")


def drop_repeats(db: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> None:
    """Of the rows of `event` that share an id in `repeated` keep the least by these columns, whatever their order."""
    order = ", ".join(quote(name) for name in columns)
    drop_rows(
        db,
        "event",
        f"""rowid IN (SELECT event.rowid FROM event SEMI JOIN repeated USING (id)
          QUALIFY row_number() OVER (PARTITION BY id ORDER BY {order}) > 1)""",
    )
