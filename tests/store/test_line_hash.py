"""What is kept of a line as it was received: its hash, through ingest, sealing and joining."""

from __future__ import annotations

import gzip
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sqlalchemy import select

from monitor import pipeline
from monitor.sources.batches import read_piece, read_whole
from monitor.station import open_station
from monitor.store import inbox, segments
from monitor.store.recall import recall
from monitor.store.schema import events
from tests.office import lay_out

NOW = datetime(2017, 11, 9, tzinfo=UTC)
LINE = '{"id": "a", "time": "2017-11-01T09:00:00Z", "actor": "x",  "action": "file.read", "target": "größe"}'


def hashed(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def by_id(rows: list[tuple]) -> dict[str, bytes | None]:
    return {row[0]: row[-1] for row in rows}


@pytest.mark.parametrize("end", ["\n", "\r\n", ""])
def test_a_json_line_is_hashed_without_its_end(end: str) -> None:
    rows, rejects, _ = read_piece(f"\n{{broken\n{LINE}{end}".encode(), ".jsonl", "x")
    assert len(rejects) == 1
    assert by_id(rows) == {"a": hashed(LINE)}


def test_a_csv_record_is_hashed_with_all_its_lines() -> None:
    long = 'a,2017-11-01T09:00:00Z,x,file.read,"one\r\n""two""\r\nthree"'
    short = "b,2017-11-01T09:00:00Z,x,file.read,four"
    rows, _, _ = read_piece(f"id,time,actor,action,target\r\n{long}\r\n{short}\r\n".encode(), ".csv", "x")
    assert by_id(rows) == {"a": hashed(long), "b": hashed(short)}


def test_a_compressed_line_is_hashed_as_it_reads(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(gzip.compress(f"{LINE}\n".encode()))
    assert by_id(read_whole(path, "x")[0]) == {"a": hashed(LINE)}


def test_parquet_has_no_lines(tmp_path: Path) -> None:
    import pyarrow as pa

    path = tmp_path / "log.parquet"
    pq.write_table(pa.table({"id": ["a"], "time": ["2017-11-01T09:00:00Z"], "actor": ["x"], "action": ["b.c"]}), path)
    assert by_id(read_whole(path, "x")[0]) == {"a": None}


def test_the_hash_outlives_sealing_and_joining(tmp_path: Path) -> None:
    """Also beside files that an older version sealed, which have no hashes."""
    station = open_station(lay_out(tmp_path / "work"))
    station.lease.renew(0.0)
    folder = segments.folder_of(station.data)
    for n in range(segments.MOST_FILES_A_MONTH):
        line = LINE.replace('"a"', f'"a{n}"')
        again = line.replace(",  ", ", ")
        (tmp_path / "work" / "inbox" / f"{n}.jsonl").write_text(f"{line}\n{again}\n")
        assert pipeline.ingest(station, NOW + timedelta(hours=n)).fresh == 1
        segments.seal(station.state, station.data, NOW + timedelta(hours=n), 1)
    oldest = sorted(folder.glob("*.parquet"))[0]
    pq.write_table(pq.read_table(oldest).drop_columns(["line_sha256"]), oldest)
    with station.state.read() as connection:
        assert connection.execute(select(events.c.id)).all() == []
        import duckdb

        with duckdb.connect() as db:
            recall(connection, db, station.data)
            assert db.execute("SELECT count(*) FROM event").fetchall() == [(4,)]
    assert segments.compact(station.state, station.data, NOW) == segments.MOST_FILES_A_MONTH
    (whole,) = set(folder.glob("*.parquet")) - {folder / f"2017-11-{n:04d}.parquet" for n in range(1, 5)}
    kept = {row["id"]: row["line_sha256"] for row in pq.read_table(whole).to_pylist()}
    assert kept == {f"a{n}": hashed(LINE.replace('"a"', f'"a{n}"')) if n else None for n in range(4)}
    station.close()


def test_another_spelling_of_the_same_event_is_no_new_content() -> None:
    rows = [read_piece(text.encode(), ".jsonl", "x")[0][0] for text in (LINE, LINE.replace(",  ", ", "))]
    assert rows[0][-1] != rows[1][-1]
    digests = {inbox._rows(_batch(row))[0][0][1] for row in rows}
    assert len(digests) == 1


def _batch(row: tuple) -> inbox.Batch:
    return inbox.Batch("x", "", [row], [], 1, {})
