from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from monitor.model import BadInput
from monitor.station import Station
from monitor.store.schema import channels, metadata
from monitor.store.state import HEAD, KNOWN_VERSIONS, MIGRATIONS, bump, get, open_state, put, schema_version
from monitor.store.utc import UTC as UtcType


def test_schema_equals_migrations(station: Station) -> None:
    with station.state.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata) == []
    assert schema_version(station.state) == HEAD


def test_every_migration_is_known() -> None:
    files = sorted(p.name[:4] for p in (MIGRATIONS / "versions").glob("*.py"))
    assert files == sorted(KNOWN_VERSIONS)
    assert files[-1] == HEAD


def test_an_older_program_refuses_a_newer_schema(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    open_state(str(path)).close()
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(BadInput, match="newer lastday"):
        open_state(str(path))


def test_sqlite_is_durable_and_lets_readers_in(tmp_path: Path) -> None:
    state = open_state(str(tmp_path / "state.db"))
    with state.read() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    with state.write() as writer:
        put(writer, "a", "1")
        with state.read() as reader:
            assert get(reader, "a") is None
    with state.read() as reader:
        assert get(reader, "a") == "1"
    state.close()


def test_times_come_back_aware_and_in_utc(station: Station) -> None:
    when = datetime(2017, 11, 2, 19, 51, 0, 1, tzinfo=timezone(timedelta(hours=1)))
    with station.state.write() as connection:
        connection.execute(sa.insert(channels).values(name="a", off_at=when, why="b"))
        back = connection.execute(sa.select(channels.c.off_at)).scalar_one()
    assert back == when
    assert back.tzinfo is UTC
    with pytest.raises(ValueError, match="without a zone"):
        UtcType().process_bind_param(datetime(2017, 11, 2), station.state.engine.dialect)


def test_a_change_is_counted(station: Station) -> None:
    with station.state.write() as connection:
        bump(connection, "n")
        bump(connection, "n")
        assert get(connection, "n") == "2"


def test_what_is_no_database_is_told_with_the_mend(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    path.write_text("not a database, but long enough to be taken for one " * 100)
    with pytest.raises(BadInput, match="check \\[store\\]"):
        open_state(str(path))
