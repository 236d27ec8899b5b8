"""Every profile that comes with lastday, against its own cases: a line in, an event, a person or a reason out."""

from __future__ import annotations

import gzip
import tomllib
from dataclasses import asdict
from pathlib import Path

import duckdb
import pytest

from monitor.model import BadInput
from monitor.sources.feeds import read_feed
from monitor.sources.formats import read_through
from monitor.sources.profiles import FORMATS, ROSTERS, load_format, load_roster_profile, shipped
from tests.sources.profiled import read

HERE = Path(__file__).parent


def cases(folder: str) -> list:
    found = []
    for path in sorted((HERE / folder).glob("*.toml")):
        for i, case in enumerate(tomllib.loads(path.read_text("utf-8"))["case"]):
            found.append(pytest.param(path.stem, case, id=f"{path.stem}-{i}"))
    return found


@pytest.mark.parametrize(("profiles", "folder"), [(FORMATS, "format_cases"), (ROSTERS, "roster_cases")])
def test_every_profile_has_cases_that_are_read_and_refused_or_told(profiles: Path, folder: str) -> None:
    assert shipped(profiles) == sorted(path.stem for path in (HERE / folder).glob("*.toml"))


@pytest.mark.parametrize(("name", "case"), cases("format_cases"))
def test_a_line_becomes_its_event_or_is_set_aside_with_a_reason(name: str, case: dict, tmp_path: Path) -> None:
    path = tmp_path / case.get("file", "log.jsonl")
    path.parent.mkdir(exist_ok=True)
    text = "\n".join(line for line in (case.get("header"), case["line"]) if line) + "\n"
    path.write_bytes(gzip.compress(text.encode()) if path.suffix == ".gz" else text.encode())
    events, rejects, intake = read([path], read_through([name]))
    wanted = case.get("events", [case["event"]] if "event" in case else [])
    assert events == wanted
    assert [why for _, _, why in rejects] == ([case["reject"]] if "reject" in case else [])
    assert intake.received == intake.accepted + intake.set_aside == max(1, len(wanted))


@pytest.mark.parametrize(("name", "case"), cases("roster_cases"))
def test_a_line_of_a_feed_becomes_a_person_and_a_departure(name: str, case: dict, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    anchor = case["header"].split(",")[0]
    fill = ",".join(
        "zz" if i == case["header"].split(",").index(anchor) else "" for i in range(case["header"].count(",") + 1)
    )
    path.write_text(
        f"{case['header']}\n{case['line']}\n{fill}\n" if "reject" in case else f"{case['header']}\n{case['line']}\n"
    )
    roster = read_feed(path, load_roster_profile(name))
    if "reject" in case:
        assert [(r.line, r.why) for r in (*roster.rejects, *roster.dates)] == [(2, case["reject"])]
        return
    (person,) = roster.people.values()
    told = {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(person).items() if value}
    assert told == case["person"]
    wanted = [{"notice_date": None, **case["departure"]}] if "departure" in case else []
    assert [{"last_day": d.last_day, "kind": d.kind, "notice_date": d.notice_date} for d in roster.departures] == wanted


def profile(tmp_path: Path, text: str) -> str:
    path = tmp_path / "my.toml"
    path.write_text(text, "utf-8")
    return str(path)


MINE = """
title = "Door log"
timezone = "America/New_York"
time_format = ["%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S %z"]
[[log]]
files = ["doors*"]
time = "when"
actor = "badge"
action = { text = "door.open" }
target = { join = ["site", "door"], by = "/" }
keep = { floor = { of = "door", take = "^(\\\\d)" } }
"""


def test_a_profile_of_ones_own_states_zone_and_forms_of_time(tmp_path: Path) -> None:
    log = tmp_path / "doors-2017.csv"
    log.write_text(
        "When;Badge;Site;Door\n2.11.2017 14:51;b7;HQ;301\n02.07.2017 14:51;b7;HQ;\n2.11.2017 14:51:30 +0100;b7;;9\n"
    )
    events, rejects, _ = read([log], read_through([profile(tmp_path, MINE)]))
    assert [(e["time"], e["target"], e.get("floor")) for e in events] == [
        ("2017-07-02T18:51:00Z", "HQ", None),
        ("2017-11-02T13:51:30Z", "9", "9"),
        ("2017-11-02T18:51:00Z", "HQ/301", "3"),
    ]
    assert not rejects


def test_the_zone_can_be_set_from_outside(tmp_path: Path) -> None:
    log = tmp_path / "doors.csv"
    log.write_text("when,badge\n2.11.2017 14:51,b7\n")
    events, _, _ = read([log], read_through([profile(tmp_path, MINE)], timezone="Europe/Berlin"))
    assert events[0]["time"] == "2017-11-02T13:51:00Z"


def test_profiles_for_some_files_only(tmp_path: Path) -> None:
    (tmp_path / "gh").mkdir()
    (tmp_path / "gh" / "a.jsonl").write_text(
        '{"@timestamp":1509648660000,"action":"git.clone","actor":"anna","_document_id":"g"}\n'
    )
    (tmp_path / "own.jsonl").write_text(
        '{"id":"o","time":"2017-11-02T18:51:00Z","actor":"anna","action":"file.open","room":"1"}\n'
    )
    files = [tmp_path / "gh" / "a.jsonl", tmp_path / "own.jsonl"]
    events, rejects, _ = read(files, read_through([f"github-audit={tmp_path / 'gh'}"]))
    assert [(e["id"], e["action"]) for e in events] == [("g", "repo.clone"), ("o", "file.open")]
    assert not rejects


def test_parquet_through_a_profile(tmp_path: Path) -> None:
    log = tmp_path / "doors.parquet"
    duckdb.execute(f"COPY (SELECT '2.11.2017 14:51' AS \"When\", 7 AS badge, 'HQ' AS site) TO '{log}'")
    events, _, _ = read([log], read_through([profile(tmp_path, MINE)]))
    assert [(e["actor"], e["target"], e["time"]) for e in events] == [("7", "HQ", "2017-11-02T18:51:00Z")]


@pytest.mark.parametrize(("kind", "time"), [("TIMESTAMPTZ", "14:51:00Z"), ("TIMESTAMP", "18:51:00Z")])
def test_timestamps_in_parquet_are_moments_or_times_in_the_profiles_zone(tmp_path: Path, kind: str, time: str) -> None:
    log = tmp_path / "doors.parquet"
    duckdb.execute(
        f"COPY (SELECT '2017-11-02 14:51:00{'Z' if kind == 'TIMESTAMPTZ' else ''}'::{kind} AS \"when\", "
        f"'b7' AS badge, 9 AS n, 'far' AS wrong) TO '{log}'"
    )
    text = MINE.replace('time_format = ["%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S %z"]\n', "").replace(
        '"site", "door"', '"n", "wrong"'
    )
    events, rejects, _ = read([log], read_through([profile(tmp_path, text)]))
    assert [(e["time"], e["target"]) for e in events] == [(f"2017-11-02T{time}", "9/far")]
    assert not rejects


ISO = "the time is not in the form iso"


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2017-11-02t18:51:00.5z", "2017-11-02T18:51:00.500Z"),
        ("2017-11-02 18:51:00 +0100", "2017-11-02T17:51:00Z"),
        ("2017-11-02 18:51", "2017-11-02T22:51:00Z"),
        ("2017-11-02 18:51:00 UTC", ISO),
        ("2017-11-02T18:51:00+25:00", ISO),
        ("2017-02-30T18:51:00", ISO),
        ("infinity", ISO),
        ("0001-01-01T00:00:00Z", "impossible time; write it as 2017-11-02T18:51:00Z"),
        ("", "no time"),
    ],
)
def test_times_in_iso_have_an_offset_or_the_profiles_zone(tmp_path: Path, written: str, told: str) -> None:
    log = tmp_path / "doors.csv"
    log.write_text(f"when,badge\n{written},b7\n")
    text = MINE.replace('["%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S %z"]', '"iso"')
    events, rejects, _ = read([log], read_through([profile(tmp_path, text)]))
    assert [e["time"] for e in events] + [why for _, _, why in rejects] == [told]


def test_what_spoils_a_canonical_line_spoils_no_other_here_either(tmp_path: Path) -> None:
    good = (
        '{"@timestamp":1509648660000,"action":"git.clone","actor":"anna","_document_id":"g","repo":"r","n":"%s"}\n'
        * 400
    ) % tuple(range(400))
    log = tmp_path / "audit.jsonl"
    log.write_bytes(b"\xef\xbb\xbf" + good.encode() + b"\n  \n\xff\n[]\n{\n")
    events, rejects, intake = read([log], read_through(["github-audit"]))
    assert (len(events), intake.accepted, intake.repeated) == (1, 400, 399)
    assert [(line, why) for _, line, why in rejects] == [
        (403, "not UTF-8 text; write the file as UTF-8"), (404, "not a JSON object"), (405, "not valid JSON"),
    ]  # fmt: skip
    cut = tmp_path / "audit.jsonl.gz"
    cut.write_bytes(gzip.compress(good.encode())[:-40])
    _, rejects, intake = read([cut], read_through(["github-audit"]))
    assert intake.accepted > 0
    assert [why.startswith("the compressed file is damaged") for _, _, why in rejects][-1]


def test_bad_records_in_a_bundle_are_set_aside_alone(tmp_path: Path) -> None:
    log = tmp_path / "trail.json"
    good = (
        '{"eventID":"a","eventTime":"2017-11-02T18:51:00Z","eventName":"GetObject","userIdentity":{"userName":"anna"}}'
    )
    log.write_text(
        f'{{"Records":[{good},{{"eventID":"b"}},3]}}\n{{"Records":[]}}\n{good.replace("eventName", "name")}\n'
    )
    events, rejects, intake = read([log], read_through(["cloudtrail"]))
    assert len(events) == 1
    assert sorted(rejects) == [(0, 1, "no actor"), (0, 1, "not a JSON object"), (0, 3, "no action")]
    assert intake.received == intake.accepted + intake.set_aside == 4


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (("take = ", "tack = "), "tack"),
        (("^(\\\\d)", "^(\\\\d"), "take"),
        (("America/New_York", "Mars/Base"), "Mars/Base"),
        (("floor = ", "target = "), "target"),
        (("floor = ", "Floor = "), "small letters"),
        (('time = "when"', 'time = "a..b"'), "a..b"),
        (('time = "when"', 'time = "a[Name=b]"'), "a[Name=b]"),
        (("keep = {", "rule = [{ when = { 'a..c' = '?*' } }]\nkeep = {"), "a..c"),
        (('{ text = "door.open" }', "{}"), "action"),
        (("[[log]]", "[[logs]]"), "log"),
    ],
)
def test_a_profile_that_cannot_work_is_told_with_its_place(tmp_path: Path, change: tuple[str, str], what: str) -> None:
    with pytest.raises(BadInput, match=r"my\.toml.*") as told:
        load_format(profile(tmp_path, MINE.replace(*change)))
    assert what in str(told.value)


def test_an_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(BadInput, match="github-audit"):
        load_format("git-hub")
    with pytest.raises(BadInput, match="workday"):
        load_roster_profile("personio")


def test_a_file_that_lacks_the_columns_is_told(tmp_path: Path) -> None:
    log = tmp_path / "doors.csv"
    log.write_text("day,badge\n2.11.2017 14:51,b7\n")
    with pytest.raises(BadInput, match="no column when for the time"):
        read([log], read_through([profile(tmp_path, MINE)]))
    other = tmp_path / "windows.csv"
    other.write_text("when,badge\n2.11.2017 14:51,b7\n")
    with pytest.raises(BadInput, match=r"it knows doors\*"):
        read_through([profile(tmp_path, MINE)]).choose([other])


@pytest.mark.parametrize("name", shipped(FORMATS))
def test_actions_of_the_formats_are_in_the_catalogue_or_have_a_known_verb(name: str) -> None:
    from monitor.settings import load_settings

    catalogue = load_settings().load_catalogue()
    for log in load_format(name).log:
        for mapping in (log, *log.rule):
            spec = mapping.action
            told = [*(getattr(spec, "map", None) or {}).values(), getattr(spec, "text", None)]
            for action in filter(None, told):
                assert action in catalogue.file.actions or catalogue.knows(action), action
