"""The state database: SQLite in the data folder, or PostgreSQL by URL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event, select, text, update
from sqlalchemy.dialects import sqlite

from monitor.databases import database_url
from monitor.model import BadInput
from monitor.store.schema import kv

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0006"
"""The newest migration: a database that stands there needs no look at the others."""
KNOWN_VERSIONS = ("0001", "0002", "0003", "0004", "0005", "0006")
BUSY_SECONDS = 30.0
MIGRATION, INTAKE, CASEWORK = 5_204_477, 5_204_478, 5_204_479
"""For `take_lock`. Cases and the audit chain share the last: some change a case and then write a row, others the other
way round, and of two locks each would wait for the other's for ever."""


class State:
    """Connections to the state database; `write` excludes other writers on SQLite, `read` sees one moment."""

    def __init__(self, engine: Engine, where: str) -> None:
        """where: the database as it may be shown, without its password."""
        self.engine, self.where = engine, where
        self.is_sqlite = engine.dialect.name == "sqlite"

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that is committed at the end."""
        with self.engine.connect().execution_options(writes=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One unchanging view; nothing written here is kept."""
        options: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with self.engine.connect().execution_options(**options) as connection:
            yield connection

    def close(self) -> None:
        """Let the database go."""
        self.engine.dispose()


def state_url(text: str) -> sa.URL:
    """The URL of a database that can hold the state. Raises BadInput where it is none."""
    url = database_url(text, "store.url")
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise BadInput("store.url", None, "the state lies in SQLite or PostgreSQL only", "name one of the two")
    return url


class NotBegun(BadInput):
    """Nothing was ever stored there."""


def open_state(where: str | sa.URL, *, migrate: bool = True) -> State:
    """Open the database at a URL, or the SQLite file at a path, and bring its schema up to date.

    Raises BadInput where it cannot be reached or was written by a newer lastday.
    """
    if isinstance(where, str):
        Path(where).parent.mkdir(0o700, parents=True, exist_ok=True)  # names and acts stand there
        where = sa.URL.create("sqlite", database=where)
    engine = _engine(where)
    state = State(engine, engine.url.render_as_string(hide_password=True))
    try:
        version = schema_version(state)
        if version != HEAD:
            _bring_up(state, version, migrate)
    except sa.exc.DBAPIError as error:
        raise BadInput(
            state.where, None, f"cannot be opened ({_first_line(error)})", "check [store] in lastday.toml"
        ) from None
    return state


def schema_version(state: State) -> str | None:
    """The migration at which the database stands, None for an empty one."""
    with state.read() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _bring_up(state: State, version: str | None, migrate: bool) -> None:
    if version is not None and version not in KNOWN_VERSIONS:
        raise BadInput(
            state.where, None, f"written by a newer lastday (schema {version})", "install that version or a later one"
        )
    if not migrate and version is None:
        raise NotBegun(state.where, None, "holds nothing yet", "run lastday once, or lastday run, first")
    if not migrate:
        what = f"was written by an older lastday (schema {version}, this one has {HEAD})"
        raise BadInput(state.where, None, what, "back it up, then lastday once or lastday run brings it up to date")
    from alembic import command  # noqa: PLC0415  # costs 0.2 s and is needed once
    from alembic.config import Config  # noqa: PLC0415

    with state.write() as connection:
        take_lock(connection, MIGRATION)
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def take_lock(connection: Connection, number: int) -> None:
    """Let nobody else have this lock until the commit. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({number})")


def insert_new(connection: Connection, table: sa.Table) -> Any:
    """An INSERT that leaves a row alone whose key is there already."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415  # brings every driver: only where it is used

        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()


def get(connection: Connection, key: str) -> str | None:
    """A value of the store itself."""
    return connection.execute(select(kv.c.value).where(kv.c.key == key)).scalar()


def put(connection: Connection, key: str, value: str) -> None:
    """Keep a value of the store itself."""
    if not connection.execute(update(kv).where(kv.c.key == key).values(value=value)).rowcount:
        connection.execute(insert_new(connection, kv).values(key=key, value=value))


def bump(connection: Connection, key: str) -> None:
    """Count a change. Whoever else counts the same waits, so that nobody reads the new count without the change."""
    value = sa.cast(sa.cast(kv.c.value, sa.BigInteger) + 1, sa.Text)
    if not connection.execute(update(kv).where(kv.c.key == key).values(value=value)).rowcount:
        connection.execute(insert_new(connection, kv).values(key=key, value="0"))
        connection.execute(update(kv).where(kv.c.key == key).values(value=value))


def _engine(url: sa.URL) -> Engine:
    if url.get_backend_name() == "postgresql":
        return sa.create_engine(url, pool_pre_ping=True, pool_size=8, connect_args={"connect_timeout": 10})
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # transactions are begun below: the driver would begin them too late
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            raw.execute(f"PRAGMA {pragma}").fetchall()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _first_line(error: Exception) -> str:
    return (str(getattr(error, "orig", error)).splitlines() or ["no reason given"])[0]
