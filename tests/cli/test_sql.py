"""lastday sql: a question over the views, and nothing else."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from monitor.investigating.views import VIEWS
from tests.cli.running import Ran, lastday
from tests.demonstration import DemoFolder

pytestmark = pytest.mark.usefixtures("demo_time")


def ask(demo: DemoFolder, query: str, *more: object, code: int = 0) -> Ran:
    ran = lastday("sql", query, "-C", demo.path, *more)
    assert ran.code == code, (ran.out[:500], ran.err)
    return ran


def cells(demo: DemoFolder, query: str, *more: object) -> list[list[str]]:
    return list(csv.reader(io.StringIO(ask(demo, query, "--format", "csv", *more).out)))[1:]


@pytest.mark.parametrize(
    "query",
    [
        "COPY people TO '/tmp/lastday-should-not-be-there'", "ATTACH 'x.db'", "INSTALL httpfs", "LOAD httpfs",
        "PRAGMA database_list", "SET threads = 1", "CREATE TABLE x AS SELECT 1", "DELETE FROM cases", "DROP VIEW cases",
        "SELECT 1; SELECT 2", "SELECT 1; COPY people TO 'x'", "CALL pragma_version()", "EXPLAIN SELECT 1",
        "EXPORT DATABASE 'x'",
        "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_parquet('data/history/*.parquet')", "SELECT * FROM glob('*')",
        "SELECT * FROM read_blob('x')",
        "SELECT * FROM duckdb_views()", "SELECT * FROM duckdb_settings()", "SELECT * FROM information_schema.tables",
        "SELECT * FROM sqlite_master", "SELECT * FROM hot", "SELECT * FROM whose", "SELECT * FROM main.people",
        "SELECT * FROM people WHERE person IN (SELECT view_name FROM duckdb_views())",
        "WITH events AS (SELECT * FROM read_csv('/etc/passwd')) SELECT * FROM events",
        "SELECT (SELECT content FROM read_text('/etc/passwd'))", "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('hot')", "SELECT current_setting('allowed_paths')", "SELECT getenv('HOME')",
        "SHOW TABLES", "DESCRIBE people", "SUMMARIZE people", "SELECT * FROM pragma_table_info('hot')",
        "SELECT * FROM (SELECT * FROM (VALUES (1)) v, read_json('x'))", "FROM 'data/state.db'", "SELEC 1", "",
    ],
)  # fmt: skip
def test_all_but_a_question_over_the_views_is_refused(demo_folder: DemoFolder, query: str) -> None:
    ran = ask(demo_folder, query, code=2)
    assert ran.out == ""
    assert "root:" not in ran.err
    assert not Path("/tmp/lastday-should-not-be-there").exists()


@pytest.mark.parametrize("view", VIEWS)
def test_every_documented_column_is_there(demo_folder: DemoFolder, view: str) -> None:
    """With its type, also where the query names it alone."""
    told = json.loads(ask(demo_folder, f"SELECT * FROM {view} LIMIT 1", "--format", "json").out)
    assert list(told[0]) == list(VIEWS[view])
    for column, (kind, _) in VIEWS[view].items():
        query = f"SELECT typeof({column}), count({column}) FROM {view} GROUP BY 1"
        assert {row[0] for row in cells(demo_folder, query)} == {kind}


def test_counts_are_those_of_the_logs(demo_folder: DemoFolder) -> None:
    """Hot rows and sealed files together."""
    assert cells(demo_folder, "SELECT count(*) FROM events") == [[str(demo_folder.world.events.num_rows)]]
    row = demo_folder.by_person[demo_folder.contractor]
    names = {row["person_id"].lower(), row["email"].lower(), *row["accounts"].lower().split("|")}
    mine = sum(actor.lower() in names for actor in demo_folder.world.events["actor"].to_pylist())
    who = cells(demo_folder, "SELECT person FROM cases WHERE severity = 'critical'")[0][0]
    assert cells(demo_folder, f"SELECT count(*) FROM events WHERE person = '{who}'") == [[str(mine)]]


def test_people_outside_a_window_have_no_name_unless_there_is_a_reason(demo_folder: DemoFolder) -> None:
    query = "SELECT count(DISTINCT person), count(*) FILTER (person IS NULL) > 0 FROM events"
    assert cells(demo_folder, query) == [["3", "True"]]
    assert int(cells(demo_folder, query, "--reason", "how many work at all")[0][0]) > 70
    assert cells(demo_folder, "SELECT count(*) FROM people") == [["3"]]


def test_who_is_in_no_window_is_not_singled_out_by_an_address(demo_folder: DemoFolder) -> None:
    """Nor by a machine, a session or a target: without a reason their lines have but time, source and action."""
    free = ("person", "time", "source", "action")
    others = [name for name in VIEWS["events"] if name not in free]
    told = ", ".join(f"count({name})" for name in others)
    assert cells(demo_folder, f"SELECT {told} FROM events WHERE person IS NULL") == [["0"] * len(others)]
    counted = cells(demo_folder, "SELECT count(time), count(source), count(action), count(*) FROM events")
    assert len(set(counted[0])) == 1
    query = "SELECT count(DISTINCT person), count(target) > 0 FROM events WHERE ip IS NOT NULL OR id IS NOT NULL"
    assert cells(demo_folder, query) == [["3", "True"]]
    assert cells(demo_folder, query, "--reason", "an address that everybody has") != [["3", "True"]]
    asked = lastday("audit", "show", "-C", demo_folder.path, "--limit", 2).out
    assert "of everybody, in a watch window or not: SELECT" in asked


@pytest.mark.parametrize(
    "query",
    [
        "SELECT DISTINCT target FROM events", "SELECT DISTINCT upper(target) FROM events",
        "SELECT DISTINCT reverse(target) AS r FROM events WHERE target LIKE '%@%'",
        "SELECT DISTINCT attributes FROM events",
        "SELECT e FROM events e WHERE target LIKE '%/%' LIMIT 3000", "SELECT * FROM findings", "SELECT * FROM people",
        "SELECT string_agg(DISTINCT target) FROM events", "SELECT DISTINCT session, reason, ip FROM events",
        "SELECT * FROM events NATURAL JOIN people LIMIT 3000",
    ],
)  # fmt: skip
def test_nobody_is_named_in_an_answer(demo_folder: DemoFolder, query: str) -> None:
    out = ask(demo_folder, query, "--format", "jsonl", "--reason", "canaries").out.lower()
    assert out
    for row in demo_folder.world.roster:
        for known in (row["name"], row["email"], *row["accounts"].split("|")):
            assert known.lower() not in out, known
            assert known.lower()[::-1] not in out, known


def test_a_query_that_lasts_is_stopped(demo_folder: DemoFolder) -> None:
    endless = "SELECT sum(a.range + b.range) FROM range(1000000000) a, range(1000000) b"
    assert "took longer than 0.5 s" in ask(demo_folder, endless, "--seconds", "0.5", code=2).err


def test_a_query_that_is_greedy_is_stopped(demo_folder: DemoFolder) -> None:
    greedy = "SELECT list(repeat('x', 100) || range) FROM range(10000000)"
    assert "needs more memory than 100MB" in ask(demo_folder, greedy, "--memory", "100MB", code=2).err


def test_parquet_has_types_and_belongs_to_whoever_asked(demo_folder: DemoFolder, tmp_path: Path) -> None:
    out = tmp_path / "found.parquet"
    ask(demo_folder, "SELECT * FROM findings", "--format", "parquet", "--out", out)
    table = pq.read_table(out)
    assert str(table.schema.field("time").type) == "timestamp[us, tz=UTC]"
    assert str(table.schema.field("last_day").type) == "date32[day]"
    assert table.num_rows == int(cells(demo_folder, "SELECT count(*) FROM findings")[0][0])
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "is there already" in ask(demo_folder, "SELECT 1", "--format", "csv", "--out", out, code=2).err
    empty = tmp_path / "empty.parquet"
    ask(demo_folder, "SELECT * FROM cases WHERE false", "--format", "parquet", "--out", empty)
    assert pq.read_table(empty).num_rows == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty.parquet", "found.parquet"]


def test_a_link_where_somebody_guesses_the_draft_is_not_followed(demo_folder: DemoFolder, tmp_path: Path) -> None:
    """In a folder that others may write to, a file of the reader's own would else be written over."""
    own = tmp_path / "own"
    own.write_text("mine")
    (tmp_path / ".cases.csv.draft").symlink_to(own)
    ask(demo_folder, "SELECT person FROM cases", "--out", tmp_path / "cases.csv")
    assert own.read_text() == "mine"
    assert stat.S_IMODE((tmp_path / "cases.csv").stat().st_mode) == 0o600


def test_columns_of_one_name_are_told_apart(demo_folder: DemoFolder) -> None:
    assert json.loads(ask(demo_folder, "SELECT 1 AS n, 2 AS n", "--format", "jsonl").out) == {"n": 1, "n_2": 2}


def test_a_query_comes_from_stdin_too(demo_folder: DemoFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("SELECT 7 AS n"))
    assert cells(demo_folder, "-") == [["7"]]


def test_the_form_is_what_the_files_name_ends_in(demo_folder: DemoFolder, tmp_path: Path) -> None:
    ran = ask(demo_folder, "SELECT person FROM cases", "--out", tmp_path / "cases.parquet")
    assert ran.err == f"wrote {tmp_path / 'cases.parquet'}\n"
    assert pq.read_table(tmp_path / "cases.parquet").column_names == ["person"]
    ask(demo_folder, "SELECT person FROM cases", "--out", tmp_path / "cases.csv")
    assert (tmp_path / "cases.csv").read_text().startswith("person\n")


def test_an_ending_that_is_no_form_is_refused_before_anything_is_written(
    demo_folder: DemoFolder, tmp_path: Path
) -> None:
    sheet = tmp_path / "cases.xlsx"
    ran = ask(demo_folder, "SELECT person FROM cases", "--out", sheet, code=2)
    assert "'.xlsx' is no form that is written: name the file .json, .jsonl, .csv" in " ".join(ran.err.split())
    assert not sheet.exists()
    ask(demo_folder, "SELECT person FROM cases", "--out", sheet, "--format", "csv")
    assert sheet.read_text().startswith("person\n")
