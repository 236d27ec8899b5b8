"""Every bad line is set aside alone, with its line and a reason; the rest goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.model import BadInput
from tests.sources.reading import GOOD, line, read_bytes

BAD_JSON = [
    (b"{not json\n", "not valid JSON"),
    (b'{"id": "1", "time"\n', "not valid JSON"),
    (b"[1, 2]\n", "not a JSON object"),
    (b'"text"\n', "not a JSON object"),
    (b"5\n", "not a JSON object"),
    (b"null\n", "not a JSON object"),
    (b"{}\n", "no actor"),
    (line()[:-1] + line(), "not valid JSON"),
    (line(actor=None), "no actor"),
    (line(actor=""), "no actor"),
    (line(actor="  "), "no actor"),
    (line(action=None), "no action"),
    (line(time=None), "no time"),
    (line(time=""), "no time"),
    (line(time="2017-11-02T18:51:00"), "the time has no offset"),
    (line(time="2017-11-02"), "the time has no offset"),
    (line(time="2017-02-30T00:00:00Z"), "impossible time"),
    (line(time="2017-11-02T25:00:00Z"), "impossible time"),
    (line(time="2017-11-02T18:51:00+25:00"), "impossible time"),
    (line(time="9999-12-31T23:59:59Z"), "impossible time"),
    (line(time="0001-01-01T00:00:00Z"), "impossible time"),
    (line(time="1969-12-31T23:59:59Z"), "impossible time"),
    (line(time="yesterday"), "impossible time"),
    (line(time=1509648660), "impossible time"),
    (line(actor=5), "actor is a number, not text"),
    (line(actor=-1.5), "actor is a number, not text"),
    (line(actor=10**40), "actor is a number, not text"),
    (line(action=7), "action is a number, not text"),
    (line(target=7), "target is a number, not text"),
    (line(id=7), "id is a number, not text"),
    (line(actor=True), "actor is a truth value, not text"),
    (line(actor={"name": "ann"}), "actor is an object, not text"),
    (line(actor=["ann"]), "actor is a list, not text"),
    (line(target={"a": {"b": 1}}), "target is an object, not text"),
    (line(reason=False), "reason is a truth value, not text"),
    (line(source={"a": 1}), "source is an object, not text"),
    (line(ip=["10.0.0.1"]), "ip is a list, not text"),
    (line(magnitude="many"), "the magnitude is not a number"),
    (line(magnitude="nan"), "the magnitude is not a number"),
    (line(magnitude="inf"), "the magnitude is not a number"),
    (line(magnitude=True), "the magnitude is not a number"),
    (line(magnitude=[5]), "the magnitude is not a number"),
    (line(target="x").replace(b'"x"', b'"\xff\xfe"'), "not UTF-8 text"),
    (line(target="x").replace(b'"x"', b'"\xed\xa0\x80"'), "not UTF-8 text"),
    (line(target="x").replace(b'"x"', b'"a\0b"'), "not valid JSON"),
    (line(target="x").replace(b'"x"', b'"\\ud800"'), "not valid JSON"),
    (line(target="x" * (1 << 20)), "longer than 1,048,576 bytes"),
    (b"[" * 100_000 + b"\n", "not valid JSON"),
    (b"\0\n", "not valid JSON"),
]


@pytest.mark.parametrize(("bad", "why"), BAD_JSON, ids=[f"{i} {why}" for i, (_, why) in enumerate(BAD_JSON)])
def test_json_line_is_set_aside_alone(tmp_path: Path, bad: bytes, why: str) -> None:
    told = read_bytes(tmp_path, line(id="a") + b"\n" + bad + line(id="b"))
    assert told.ids == ["a", "b"]
    [(at, reason)] = told.aside
    assert at == 3
    assert reason.startswith(why)


ACCEPTED = [
    ({"time": "2017-11-02T18:51:00Z"}, {"t": 1509648660000000}),
    ({"time": "2017-11-02t18:51:00z"}, {"t": 1509648660000000}),
    ({"time": "2017-11-02 19:51:00+01:00"}, {"t": 1509648660000000}),
    ({"time": "2017-11-02 19:51:00 +0100"}, {"t": 1509648660000000}),
    ({"time": "2017-11-02T18:51Z"}, {"t": 1509648660000000}),
    ({"time": "2017-11-02 19:51:00+01"}, {"t": 1509648660000000}),
    ({"time": " 2017-11-02T13:21:00.123456789-0530 "}, {"t": 1509648660123456}),
    ({"action": " Account.Deactivate "}, {"action": "account.deactivate"}),
    ({"actor": " ann "}, {"actor": "ann"}),
    ({"actor": "5"}, {"actor": "5"}),
    ({"actor": "[x]"}, {"actor": "[x]"}),
    ({"actor": "true"}, {"actor": "true"}),
    ({"magnitude": "44000000"}, {"magnitude": 44e6}),
    ({"magnitude": 44_000_000}, {"magnitude": 44e6}),
    ({"target": "a\0b"}, {"target": "a\0b"}),
    ({"target": "a\nb\r\u202e\x1b[31m"}, {"target": "a\nb\r\u202e\x1b[31m"}),
    ({"target_type": 5, "session": 17}, {"target_type": "5", "session": "17"}),
]


@pytest.mark.parametrize(("changes", "kept"), ACCEPTED)
def test_json_line_is_taken(tmp_path: Path, changes: dict, kept: dict) -> None:
    told = read_bytes(tmp_path, line(**changes))
    assert told.aside == []
    assert told.events[0] | kept == told.events[0]


@pytest.mark.parametrize("empty", [{"magnitude": ""}, {"magnitude": None}, {"target": ""}, {"outcome": ""}])
def test_empty_is_missing(tmp_path: Path, empty: dict) -> None:
    [event] = read_bytes(tmp_path, line(**empty)).events
    assert not set(event) & set(empty)


def test_blank_lines_are_no_lines(tmp_path: Path) -> None:
    told = read_bytes(tmp_path, b"\n  \n" + line(id="a") + b"\t\r\n\n" + line(id="b", time=None) + b"   ")
    assert told.intake.received == 2
    assert told.aside[0][0] == 6


@pytest.mark.parametrize("data", [b"", b"\n", b"\xef\xbb\xbf", b" \r\n \n"])
def test_nothing_in_it(tmp_path: Path, data: bytes) -> None:
    assert read_bytes(tmp_path, data).intake.received == 0


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b"  ", b"\t"])
def test_before_the_first_brace(tmp_path: Path, prefix: bytes) -> None:
    assert read_bytes(tmp_path, prefix + line()).ids == ["1"]


def test_crlf_and_no_newline_at_the_end(tmp_path: Path) -> None:
    data = (line(id="a") + line(id="b")).replace(b"\n", b"\r\n").rstrip()
    assert read_bytes(tmp_path, data).ids == ["a", "b"]


HEAD = b"id,time,actor,action,target,note\n"


def row(i: int, target: bytes = b"t") -> bytes:
    return b"%d,2017-11-02T18:51:00Z,ann,account.deactivate,%s,n\n" % (i, target)


BAD_CSV = [
    (b"2,2017-11-02T18:51:00Z,ann\n", "3 values for 6 columns"),
    (b"2,2017-11-02T18:51:00Z,ann,a.b,t,n,more\n", "7 values for 6 columns"),
    (b"2,2017-11-02T18:51:00Z,,a.b,t,n\n", "no actor"),
    (b"2,2017-11-02T18:51:00,ann,a.b,t,n\n", "the time has no offset"),
    (b"2,never,ann,a.b,t,n\n", "impossible time"),
    (row(2, b"\xff\xfe"), "not UTF-8 text"),
    (row(2, b"x" * (1 << 20)), "longer than 1,048,576 bytes"),
    (row(2, b'"a"b'), "the quotes are wrong"),
    (row(2, b'"a'), "the quotes are wrong"),
    (b'"\n', "the quotes are wrong"),
]


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
@pytest.mark.parametrize(("bad", "why"), BAD_CSV, ids=[f"{i} {why}" for i, (_, why) in enumerate(BAD_CSV)])
def test_csv_line_is_set_aside_alone(tmp_path: Path, bad: bytes, why: str, ends: bytes) -> None:
    more = row(7, b'"two\nlines"') + b"\n" + bad + row(8)
    told = read_bytes(tmp_path, (HEAD + row(1) + bad + row(5) + more).replace(b"\n", ends), "events.csv")
    assert told.ids == ["1", "5", "7", "8"]
    assert [at for at, _ in told.aside] == [3, 8]
    assert all(reason.startswith(why) for _, reason in told.aside)


CSV_TAKEN = [
    (b'"a, b"', "a, b"),
    (b'"a\nb"', "a\nb"),
    (b'"a\r\nb"', "a\r\nb"),
    (b'"a\n\n\nb"', "a\n\n\nb"),
    (b'"say ""hi"""', 'say "hi"'),
    (b'5" disk', '5" disk'),
    (b"a;b|c", "a;b|c"),
    (b"a\0b", "a\0b"),
    (b"\xc3\xa9", "\N{LATIN SMALL LETTER E WITH ACUTE}"),
]


@pytest.mark.parametrize(("written", "target"), CSV_TAKEN)
def test_csv_value_is_taken(tmp_path: Path, written: bytes, target: str) -> None:
    told = read_bytes(tmp_path, HEAD + row(1, written) + row(2) + b"3,bad,ann,a.b,t,n\n", "events.csv")
    assert told.events[0]["target"] == target
    assert told.ids == ["1", "2"]
    assert [at for at, _ in told.aside] == [4 + written.count(b"\n")]


@pytest.mark.parametrize(
    "data",
    [
        HEAD.replace(b"\n", b"\r\n") + row(1) + row(2).replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + HEAD + row(1) + row(2),
        b"\n\n" + HEAD + row(1) + b"\n   \n" + row(2)[:-1],
        (HEAD + row(1) + row(2)).replace(b",", b";"),
        (HEAD + row(1) + row(2)).replace(b",", b"\t"),
        b'"id","time","actor","action","target","a, b"\n' + row(1) + row(2),
        b'"id","time","actor","action","target","a\nb"\n' + row(1) + row(2),
        b"id,time,actor,action,target,\n" + row(1) + row(2),
        b"id,time,actor,action,,\n" + row(1) + row(2),
    ],
)
def test_csv_forms(tmp_path: Path, data: bytes) -> None:
    told = read_bytes(tmp_path, data, "events.csv")
    assert told.ids == ["1", "2"]
    assert told.aside == []


def test_header_only(tmp_path: Path) -> None:
    assert read_bytes(tmp_path, HEAD, "events.csv").intake.received == 0
    assert read_bytes(tmp_path, HEAD[:-1], "events.csv").intake.received == 0


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_a_quiet_day_is_no_error(tmp_path: Path, data: bytes) -> None:
    assert read_bytes(tmp_path, data, "events.csv").intake.received == 0


NO_CSV = [
    (b"id,time,actor\n", 1, "no column action"),
    (b"id,time,actor,action,note,note\n", 1, "two columns have the same name"),
    (b"\xff\xfe,time\n" + row(1), 1, "not UTF-8"),
    (b"x" * (2 << 20), 1, "longer than"),
    (b'"id,time,actor,action\n' + row(1), 1, "the quotes are wrong"),
]


@pytest.mark.parametrize(("data", "at", "what"), NO_CSV)
def test_no_csv_at_all(tmp_path: Path, data: bytes, at: int | None, what: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_bytes(tmp_path, data, "events.csv")
    assert refused.value.line == at
    assert what in refused.value.what


def test_an_open_quote_swallows_no_more_than_its_line(tmp_path: Path) -> None:
    """An unclosed quote in the first row of a long file: everything else is still read."""
    for rows in (100, 40_000):
        data = HEAD + row(1, b'"open') + b"".join(row(i) for i in range(2, rows))
        told = read_bytes(tmp_path, data, "events.csv")
        assert told.intake.accepted == rows - 2
        assert [at for at, _ in told.aside] == [2]
    assert "longer than 131,072 characters" in told.aside[0][1]


def test_many_open_quotes_take_no_longer_than_their_lines(tmp_path: Path) -> None:
    """Every line opens a quote: each is looked at twice at most, or this would never end."""
    data = HEAD + b"".join(row(i, b'"open') + row(i, b'a""b,"c') for i in range(20_000))
    assert read_bytes(tmp_path, data, "events.csv").intake.set_aside > 20_000


def test_a_bad_line_inside_quotes_spoils_the_record(tmp_path: Path) -> None:
    told = read_bytes(tmp_path, HEAD + row(1) + row(2, b'"a\n\xff\nb"') + row(3), "events.csv")
    assert told.ids == ["1", "3"]
    assert [at for at, _ in told.aside] == [3, 4]


def test_good_is_good(tmp_path: Path) -> None:
    """What the bad lines above were made from is taken, or they prove nothing."""
    told = read_bytes(tmp_path, line())
    assert told.events == [{k: v for k, v in GOOD.items() if k != "time"} | {"t": 1509648660000000}]
