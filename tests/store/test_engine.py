"""A DuckDB of one's own for a moment: nobody sees another's tables, and nothing stays."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from monitor.engine import own_tables, start


def test_tables_of_one_are_not_those_of_another() -> None:
    def sums(number: int) -> list[int]:
        with own_tables(threads=1) as db:
            db.execute("CREATE TABLE event AS SELECT unnest(range(?)) AS x", [number])
            return [int(db.execute("SELECT sum(x) FROM event").fetchall()[0][0]) for _ in range(20)]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(sums, range(1, 30)))
    assert found == [[n * (n - 1) // 2] * 20 for n in range(1, 30)]


@pytest.mark.parametrize("threads", [0, 1])
def test_nothing_stays_also_after_an_error(threads: int) -> None:
    with pytest.raises(duckdb.Error, match="nothing"), own_tables(threads) as db:
        db.execute("CREATE TABLE event AS SELECT 'secret' AS text")
        db.execute("SELECT * FROM nothing")
    with own_tables(threads) as db:
        assert len(db.execute("SELECT * FROM duckdb_databases() WHERE NOT internal").fetchall()) == 2
        with pytest.raises(duckdb.Error, match="event"):
            db.execute("SELECT * FROM event")


def test_what_memory_does_not_hold_is_spilled_where_nobody_else_may_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with start() as db:
        db.execute("SET memory_limit = '60MB'")
        db.execute("CREATE TABLE event AS SELECT i, repeat(md5(i::VARCHAR), 4) AS text FROM range(2_000_000) t(i)")
        (folder,) = (Path(path) for (path,) in db.execute("SELECT current_setting('temp_directory')").fetchall())
        assert list(folder.iterdir()), "some of it was spilled"
        assert folder.parent.stat().st_mode & 0o077 == 0
    assert not list(tmp_path.iterdir())
