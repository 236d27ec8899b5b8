"""Ten thousand spoilt inputs: nothing but BadInput reaches a user, and what was received is accepted or set aside.

A seeded generator, so that a failure can be had again: every input is one of a number and a kind.
Events are read in bulk, many spoilt lines or files at a time, because the reader is what is tried and
not the start of an engine.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from monitor.model import BadInput
from monitor.settings import CONFIG, load_settings
from monitor.sources.rosters import read_roster
from tests.sources.reading import GOOD, Read, read

ODD = [
    None, True, False, 0, -1, 1.5, 10**30, 1e308, "", " ", "\0", "\n", "x" * 3000, "5", "-", "[1]", "{}", "true",
    "null", [], [1], [[[]]], {}, {"a": {"b": []}}, "2017-11-02", "2017-11-02T18:51:00", "2017-11-02T18:51:00Z",
    "2017-11-02 18:51:00+14", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "2017-13-45T99:99:99Z",
    "\N{RIGHT-TO-LEFT OVERRIDE}", "\ufeff", "\ud800", "\x1b[31m", "'; DROP TABLE event; --", '"', "'", "\\",
    "a,b;c\td|e", "NaN", "inf", "-0", "1e400", "0x10", "١٢٣",
]  # fmt: skip
PIECES = [
    b"",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b'"',
    b"'",
    b",",
    b";",
    b"\t",
    b"{",
    b"}",
    b"[",
    b"]",
    b":",
    b"\\",
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xef\xbb\xbf",
    b"\x1b[31m",
    b"\\ud800",
    b"=",
    b"#",
    b"1e999",
    b"-",
    b"null",
]
KEYS = [
    *GOOD,
    "magnitude",
    "outcome",
    "source",
    "ip",
    "session",
    "reason",
    "target_type",
    "host",
    "",
    "a.b",
    'a"b',
    "*",
    "file",
    "n",
    "Actor",
]


def spoilt_bytes(draw: random.Random, data: bytes) -> bytes:
    """The data with a few bytes put in, taken out, turned over, repeated or cut off."""
    out = bytearray(data)
    for _ in range(draw.choice([1, 1, 2, 5, 20])):
        at, span = draw.randrange(len(out) + 1), draw.choice([0, 1, 1, 5, 50])
        match draw.randrange(5):
            case 0:
                out[at:at] = draw.choice(PIECES)
            case 1:
                del out[at : at + span]
            case 2:
                out[at : at + span] = draw.randbytes(span)
            case 3:
                out[at:at] = out[at : at + span] * draw.choice([1, 3])
            case _:
                out[at : at + 1] = draw.choice(PIECES)
    return bytes(out[: draw.randrange(len(out) + 1)] if draw.random() < 0.1 else out)


def spoilt_event(draw: random.Random) -> bytes:
    """A JSON line with odd keys and values, and sometimes with odd bytes."""
    event = {**GOOD, "id": str(draw.randrange(10**9))}
    for _ in range(draw.choice([0, 1, 1, 2, 8])):
        event[draw.choice(KEYS)] = draw.choice(ODD)
    for _ in range(draw.choice([0, 0, 1])):
        event.pop(draw.choice(list(event)), None)
    data = json.dumps(event, ensure_ascii=draw.random() < 0.5).encode("utf-8", "surrogatepass")
    return spoilt_bytes(draw, data) if draw.random() < 0.5 else data


def spoilt_csv(draw: random.Random) -> bytes:
    delimiter = draw.choice([b",", b",", b";", b"\t"])
    rows = [b"id,time,actor,action,target,magnitude,note"] if draw.random() < 0.9 else []
    rows += [b'%d,2017-11-02T18:51:00Z,ann,file.delete,"t %d",5,n' % (i, i) for i in range(draw.choice([0, 1, 3, 30]))]
    data = draw.choice([b"\n", b"\r\n", b"\n", b"\r"]).join(rows).replace(b",", delimiter)
    return spoilt_bytes(draw, data) if draw.random() < 0.8 else data


def spoilt_roster(draw: random.Random) -> bytes:
    head = b"person_id,name,email,accounts,timezone,start_date,notice_date,last_day,departure_kind,status\n"
    line = b'p%d,"Ann, Lee",a%d@x.org,a%d|b%d,Europe/Berlin,2016-01-01,2017-10-01,2017-11-02,resignation,planned\n'
    values = [str(value).encode("utf-8", "surrogatepass") for value in ODD]
    lines = [line % (i, i, i, i) for i in range(draw.choice([1, 3, 10]))]
    for _ in range(draw.choice([0, 1, 3])):
        cells = draw.choice(lines).split(b",")
        cells[draw.randrange(len(cells))] = draw.choice(values)
        lines.append(b",".join(cells))
    data = head + b"".join(lines)
    return spoilt_bytes(draw, data) if draw.random() < 0.7 else data


def spoilt_config(draw: random.Random) -> bytes:
    shipped = (CONFIG / draw.choice(["lastday.toml", "lastday.toml", "actions.toml"])).read_bytes()
    lines = shipped.splitlines(keepends=True)
    start = draw.randrange(len(lines))
    part = b"".join(lines[start : start + draw.choice([1, 5, 40])])
    if draw.random() < 0.3:
        values = [
            b"-1",
            b"nan",
            b"''",
            b"'x'",
            b"[]",
            b"{}",
            b"true",
            b"1979-05-27",
            b"[" * 2000,
            b"9" * 5000,
            b'"\\u0000"',
        ]
        part = b"".join(
            line.partition(b"=")[0] + b"= " + draw.choice(values) + b"\n" if b"=" in line else line
            for line in part.splitlines(keepends=True)
        )
    return spoilt_bytes(draw, part) if draw.random() < 0.7 else part


def whole_lines(data: bytes) -> int:
    """How many lines hold more than blanks; a byte order mark at the start is none of them."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    return sum(bool(line.decode("utf-8", "replace").strip()) for line in lines)


def read_or_refuse(path: Path, data: bytes) -> Read | None:
    path.write_bytes(data)
    try:
        return read(path)
    except BadInput as refused:
        assert refused.where
        assert refused.what
        assert refused.mend
        return None


@pytest.mark.parametrize("seed", range(4))
def test_json_lines(tmp_path: Path, seed: int) -> None:
    """8,000 spoilt lines in four files."""
    draw = random.Random(f"json {seed}")
    data = b"\n".join(spoilt_event(draw) for _ in range(2000)) + b"\n"
    told = read_or_refuse(tmp_path / "e.jsonl", data)
    assert told is not None
    assert told.intake.received == whole_lines(data)
    assert told.intake.accepted > 100
    assert told.intake.set_aside > 100


@pytest.mark.parametrize("seed", range(2))
def test_any_bytes(tmp_path: Path, seed: int) -> None:
    """160 files of bytes that were never a log, of every kind that is read."""
    draw = random.Random(f"bytes {seed}")
    for _ in range(80):
        data = draw.choice(
            [draw.randbytes(draw.choice([0, 1, 10, 500])), b"".join(draw.choices(PIECES, k=draw.choice([1, 5, 50])))]
        )
        ending = draw.choice(
            ["jsonl", "csv", "tsv", "parquet", "jsonl.gz", "csv.gz", "jsonl.zst", "csv.zst", "parquet.gz"]
        )
        told = read_or_refuse(tmp_path / f"e.{ending}", data)
        if ending == "jsonl":
            assert told is not None
            assert told.intake.received == whole_lines(data)


@pytest.mark.parametrize("seed", range(2))
def test_csv(tmp_path: Path, seed: int) -> None:
    """160 spoilt files."""
    draw = random.Random(f"csv {seed}")
    read_all = 0
    for _ in range(80):
        data = spoilt_csv(draw)
        told = read_or_refuse(tmp_path / "e.csv", data)
        read_all += told is not None
        if told and b'"' not in data:
            assert told.intake.received == max(0, whole_lines(data) - 1)
    assert read_all > 25


def test_csv_lines(tmp_path: Path) -> None:
    """1,000 spoilt lines, each between two good ones, without quotes: no more than the spoilt ones are lost."""
    draw = random.Random("csv lines")
    rows = [b"%d,2017-11-02T18:51:00Z,ann,file.delete,t%d,5,n\n" % (i, i) for i in range(1001)]
    spoilt = [spoilt_bytes(draw, row.rstrip()).replace(b'"', b"") + b"\n" for row in rows[1:]]
    data = b"id,time,actor,action,target,magnitude,note\n" + rows[0]
    data += b"".join(bad + row for bad, row in zip(spoilt, rows[1:], strict=True))
    told = read_or_refuse(tmp_path / "e.csv", data)
    assert told is not None
    assert told.intake.received == whole_lines(data) - 1
    assert {str(i) for i in range(1001)} <= set(told.ids)
    assert told.intake.set_aside > 100


@pytest.mark.parametrize(("ending", "squeeze"), [("gz", gzip.compress), ("zst", zstandard.compress)])
def test_compressed(tmp_path: Path, ending: str, squeeze: Callable[[bytes], bytes]) -> None:
    """120 damaged compressed files; where nothing was damaged after all, everything is read."""
    draw = random.Random(f"compressed {ending}")
    lines = b"".join(spoilt_event(draw) + b"\n" for _ in range(20))
    for _ in range(60):
        told = read_or_refuse(tmp_path / f"e.jsonl.{ending}", spoilt_bytes(draw, squeeze(lines)))
        assert told is not None
        assert told.intake.received >= 1 or not told.aside


def test_parquet(tmp_path: Path) -> None:
    """100 damaged Parquet files."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    draw = random.Random("parquet")
    pq.write_table(pa.table({key: [value] * 50 for key, value in GOOD.items()}), tmp_path / "good.parquet")
    whole = (tmp_path / "good.parquet").read_bytes()
    for _ in range(100):
        read_or_refuse(tmp_path / "e.parquet", spoilt_bytes(draw, whole))


def test_rosters(tmp_path: Path) -> None:
    """1,000 spoilt rosters."""
    draw = random.Random("rosters")
    path, taken = tmp_path / "hr.csv", 0
    for _ in range(1000):
        path.write_bytes(spoilt_roster(draw))
        try:
            roster = read_roster(path)
        except BadInput as refused:
            assert refused.mend
            continue
        taken += 1
        assert 1 <= len(roster.people) <= roster.received - len(roster.rejects)
        assert all(reject.line >= 1 and reject.why for reject in roster.rejects)
    assert taken > 300


def test_settings(tmp_path: Path) -> None:
    """400 spoilt settings."""
    draw = random.Random("settings")
    path, taken = tmp_path / "my.toml", 0
    for _ in range(400):
        path.write_bytes(spoilt_config(draw))
        try:
            load_settings(path)
            taken += 1
        except BadInput as refused:
            assert refused.where == str(path)
            assert refused.mend
    assert taken > 25


def test_catalogues(tmp_path: Path) -> None:
    """100 spoilt catalogues."""
    draw = random.Random("catalogues")
    path, pointing, taken = tmp_path / "my.toml", tmp_path / "pointing.toml", 0
    pointing.write_text("[actions]\ncatalogue = 'my.toml'\n")
    settings = load_settings(pointing)
    for _ in range(100):
        path.write_bytes(spoilt_config(draw))
        try:
            settings.load_catalogue().action("file.delete_now")
            taken += 1
        except BadInput as refused:
            assert refused.where == str(path)
            assert refused.mend
    assert taken > 5
