"""lastday scan: what it writes where, and how it ends."""

from __future__ import annotations

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from monitor.core.acts import FEW_ACTS, MOST_ACTS, STRONG
from monitor.core.clocks import CLOCK_AHEAD
from monitor.settings import CONFIG
from tests.cli.conftest import Office
from tests.cli.running import Ran, lastday

SCHEMA = {
    "finding_id": str, "person_id": str, "last_day": str, "hours_to_end": float, "time": str, "action": str,
    "target": (str, type(None)), "magnitude": (float, type(None)), "event_ids": list, "score": float, "severity": str,
    "one_in": int, "impact": float, "undo": str, "reasons": list,
    "accounts": list, "machines": list, "that_day": int, "against": dict,
}  # fmt: skip
REASON = {"detector": str, "bits": float, "text": str, "value": str, "own_usual": str, "peer_usual": str}


@pytest.fixture(scope="module")
def ran(office: Office) -> Ran:
    return lastday("scan", *office.files, "--format", "jsonl")


def test_findings_follow_the_design(ran: Ran) -> None:
    assert ran.code == 0
    assert ran.lines
    for finding in ran.lines:
        assert list(finding) == list(SCHEMA)
        assert all(isinstance(finding[key], kind) for key, kind in SCHEMA.items())
        assert finding["severity"] in ("low", "medium", "high", "critical")
        assert 0 <= finding["impact"] <= 1
        assert finding["one_in"] >= 1
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", finding["last_day"])
        assert finding["event_ids"]
        for reason in finding["reasons"]:
            assert list(reason) == list(REASON)
            assert all(isinstance(reason[key], kind) for key, kind in REASON.items())


def test_strongest_first_and_explained_by_its_reasons(ran: Ran) -> None:
    scores = [finding["score"] for finding in ran.lines]
    assert scores == sorted(scores, reverse=True)
    for finding in ran.lines:
        bits = [reason["bits"] for reason in finding["reasons"]]
        assert bits == sorted(bits, reverse=True)
        assert sum(bits) <= finding["score"] + 0.05 * len(bits)


def test_the_drop_is_found_with_its_figures(office: Office, ran: Ran) -> None:
    first = ran.lines[0]
    assert (first["person_id"], first["action"], first["target"]) == ("ops-07", "database.drop", "customers")
    assert first["magnitude"] == 44_000_000
    assert first["event_ids"] == [office.dropped]
    assert first["last_day"] == "2017-11-03"
    assert first["reasons"][0]["detector"] == "magnitude"
    assert "customers" in first["undo"]


def test_times_are_the_persons_own(ran: Ran) -> None:
    first = ran.lines[0]
    assert first["time"] == "2017-11-02T23:10:00+01:00"
    assert first["hours_to_end"] == 24.83
    for finding in ran.lines:
        when = datetime.fromisoformat(finding["time"])
        end = datetime.fromisoformat(f"{finding['last_day']}T00:00:00+01:00") + timedelta(days=1)
        assert finding["hours_to_end"] == pytest.approx((end - when).total_seconds() / 3600, abs=0.01)


def test_json_is_one_array_of_the_same(office: Office, ran: Ran) -> None:
    whole = lastday("scan", *office.files, "--format", "json")
    assert json.loads(whole.out) == ran.lines


def test_the_same_twice(office: Office, ran: Ran) -> None:
    assert lastday("scan", *office.files, "--format", "jsonl").out == ran.out


def test_the_table_says_who_when_what_why_and_undo(office: Office) -> None:
    ran = lastday("scan", *office.files)
    assert ran.code == 0
    for words in (
        "CRITICAL",
        "ops-07",
        "Thu 02 Nov 2017 23:10 CET",
        "25 hours before",
        "database.drop",
        "customers",
        "44,000,000",
        "bits",
        "undo",
    ):
        assert words in ran.out
    total = (
        r"[\d,]+ events of 40 people; \d+ findings on 1 of 1 departure; departures by their gravest finding: "
        r"1 critical, 0 high, 0 medium, 0 low"
    )
    assert re.search(total, " ".join(ran.out.split()))
    assert max(map(len, ran.out.splitlines())) <= 110
    assert "\x1b" not in ran.out


def test_what_is_left_out_of_a_departure_is_told(office: Office, tmp_path: Path, ran: Ran) -> None:
    """Back on each of seventeen nights after the last day: the strongest are told, in JSON too, and how many more."""
    later = next(json.loads(line) for line in office.events.read_text().splitlines() if office.late in line)
    nights = [later | {"id": f"back{day}", "time": f"2017-11-{day:02}T02:00:00Z"} for day in range(4, 21)]
    events = tmp_path / "events.jsonl"
    events.write_text(office.events.read_text() + "".join(json.dumps(event) + "\n" for event in nights))
    told = lastday("scan", "--hr", office.hr, "--events", events, "--format", "jsonl")
    assert [f["score"] >= STRONG for f in told.lines].count(True) == len(told.lines) > FEW_ACTS
    [left] = [line for line in told.err.splitlines() if line.startswith("left out")]
    number = re.match(r"left out: (\d+) weaker acts on 1 departure, of which stronger ones are told", left)
    assert number
    assert int(number[1]) >= 1
    assert {night["id"] for night in nights} <= {i for finding in told.lines for i in finding["event_ids"]}
    assert "left out" not in ran.err
    promised = f"the {FEW_ACTS} strongest acts are told, and up to {MOST_ACTS} that score {STRONG:.0f} bits"
    assert promised in " ".join(lastday("scan", "--help").out.split())


def test_as_of_hides_what_came_later(office: Office, ran: Ran) -> None:
    assert office.late in {i for finding in ran.lines for i in finding["event_ids"]}
    then = lastday("scan", *office.files, "--format", "jsonl", "--as-of", "2017-11-02T23:10:00+01:00")
    assert then.lines[0]["event_ids"] == [office.dropped]
    assert all(
        datetime.fromisoformat(f["time"]) <= datetime.fromisoformat("2017-11-02T23:10:00+01:00") for f in then.lines
    )
    before = lastday("scan", *office.files, "--format", "jsonl", "--as-of", "2017-11-02T22:09:59Z")
    assert office.dropped not in {i for finding in before.lines for i in finding["event_ids"]}


def test_as_of_is_the_same_as_a_shorter_log(office: Office, tmp_path: Path) -> None:
    """What is not known yet changes nothing: baselines, placebos, scores."""
    until = "2017-11-02T22:10:00+00:00"
    short = tmp_path / "events.jsonl"
    lines = office.events.read_text().splitlines(keepends=True)
    short.write_text("".join(line for line in lines if json.loads(line)["time"] <= until))
    told = lastday("scan", "--hr", office.hr, "--events", short, "--format", "jsonl")
    assert told.out == lastday("scan", *office.files, "--format", "jsonl", "--as-of", until).out


def test_events_later_than_as_of_or_than_the_clock_are_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    times = [datetime.fromisoformat(json.loads(line)["time"]) for line in office.events.read_text().splitlines()]
    then = datetime(2017, 11, 5, 2, tzinfo=UTC)
    left_out = sum(time > then for time in times)
    told = lastday("scan", *office.files, "--format", "jsonl", "--as-of", then.isoformat())
    assert f"later than --as-of: {left_out:,} events, not known then, left out" in told.err

    assert "later than" not in lastday("scan", *office.files, "--format", "jsonl").err
    monkeypatch.setattr("monitor.cli.common._read_clock", lambda: max(times) - CLOCK_AHEAD - timedelta(seconds=1))
    told = lastday("scan", *office.files, "--format", "jsonl")
    assert f"later than the clock here: 1 event, up to {max(times):%Y-%m-%d %H:%MZ}; a clock is off" in told.err


def test_as_of_a_day_is_its_end_in_utc(office: Office) -> None:
    day = lastday("scan", *office.files, "--format", "jsonl", "--as-of", "2017-11-02")
    assert day.code == 0
    assert day.lines[0]["event_ids"] == [office.dropped]
    end = "2017-11-02T23:59:59.999999Z"
    assert day.out == lastday("scan", *office.files, "--format", "jsonl", "--as-of", end).out


def test_a_card_says_where_a_rate_rests_on_stated_defaults(office: Office, tmp_path: Path) -> None:
    """With two weeks of history there is no placebo departure to have measured anything with."""
    assert "rarer than one in 100,000 placebo departures ─" in lastday("scan", *office.files).out
    short = tmp_path / "events.jsonl"
    lines = office.events.read_text().splitlines(keepends=True)
    short.write_text("".join(line for line in lines if "2017-10-20" < json.loads(line)["time"] < "2017-11-06"))
    told = lastday("scan", "--hr", office.hr, "--events", short)
    assert "scores rest on stated defaults" in told.err
    assert "placebo departures, by the default scale" in told.out


def test_limit(office: Office, ran: Ran) -> None:
    assert len(ran.lines) > 1
    assert lastday("scan", *office.files, "--format", "jsonl", "--limit", 1).lines == ran.lines[:1]
    table = lastday("scan", *office.files, "--limit", 1).out
    assert table.count("│  who  ") == 1
    assert f"and {len(ran.lines) - 1:,} more" in table


def test_one_card_a_departure_unless_more_are_asked_for(office: Office, ran: Ran) -> None:
    """Ten cards of one leaver would hide nine other leavers."""
    short = lastday("scan", *office.files).out
    assert short.count("│  who  ") == len({finding["person_id"] for finding in ran.lines}) == 1
    assert f"and {len(ran.lines) - 1} more on ops-07; --person ops-07 shows them" in " ".join(short.split())
    for more in (("--person", "ops-07"), ("--person", "OPS-07", "--limit", 10)):
        assert lastday("scan", *office.files, *more).out.count("│  who  ") == len(ran.lines)
    only = lastday("scan", *office.files, "--person", "ops-07", "--format", "jsonl")
    assert only.out == ran.out
    none = lastday("scan", *office.files, "--person", "ops-08", "--format", "jsonl")
    assert (none.code, none.out) == (0, "")
    assert lastday("scan", *office.files, "--person", "nobody").code == 2


@pytest.mark.parametrize(("level", "code"), [("low", 1), ("critical", 1)])
def test_fail_on(office: Office, level: str, code: int) -> None:
    assert lastday("scan", *office.files, "--format", "jsonl", "--fail-on", level).code == code


def test_fail_on_looks_at_what_there_is_not_at_what_is_shown(office: Office) -> None:
    quiet = ("--as-of", "2017-11-01T00:00:00Z")
    assert lastday("scan", *office.files, *quiet, "--format", "jsonl", "--fail-on", "high").code == 0
    assert lastday("scan", *office.files, "--limit", 1, "--fail-on", "critical").code == 1


def test_verbose_tells_timings_on_stderr(office: Office, ran: Ran) -> None:
    told = lastday("scan", *office.files, "--format", "jsonl", "-v")
    assert told.out == ran.out
    steps = re.findall(r"^ *\d+\.\d\d s  (.+)$", told.err, re.MULTILINE)
    assert steps[0] == "reading events"
    assert len(steps) >= 5
    assert " s  " not in ran.err


def broken(office: Office, tmp_path: Path, bad: int) -> tuple[object, ...]:
    events = tmp_path / "events.jsonl"
    events.write_text(office.events.read_text() + "not json\n" * bad)
    return ("--hr", office.hr, "--events", events)


def test_a_few_bad_lines_are_told_on_stderr(office: Office, tmp_path: Path, ran: Ran) -> None:
    told = lastday("scan", *broken(office, tmp_path, 3), "--format", "jsonl")
    assert (told.code, told.out) == (0, ran.out)
    lines = office.events.read_text().count("\n")
    assert f"set aside: 3 of {lines + 3:,} lines" in told.err
    assert f"{tmp_path}/events.jsonl:{lines + 1}: not valid JSON" in told.err


def test_verbose_shows_every_line_that_was_set_aside(office: Office, tmp_path: Path) -> None:
    files = broken(office, tmp_path, 12)
    few = lastday("scan", *files, "--format", "jsonl")
    assert few.err.count("not valid JSON") == 5
    assert "  … and 7 more; -v shows them" in few.err.splitlines()
    assert lastday("scan", *files, "--format", "jsonl", "-v").err.count("not valid JSON") == 12
    many = lastday("scan", *broken(office, tmp_path, 1003), "--format", "jsonl", "-v")
    assert many.err.count("not valid JSON") == 1000
    assert "  … and 3 more" in many.err.splitlines()


def test_many_bad_lines_degrade(office: Office, tmp_path: Path, ran: Ran) -> None:
    files = broken(office, tmp_path, 2000)
    told = lastday("scan", *files, "--format", "jsonl")
    assert (told.code, told.out) == (3, ran.out)
    assert re.search(r"^degraded \(exit 3\): \d+ % of the lines of events could not be used$", told.err, re.MULTILINE)
    assert lastday("scan", *files, "--format", "jsonl", "--fail-on", "critical").code == 1


def test_a_file_that_was_cut_off_degrades(office: Office, tmp_path: Path) -> None:
    """However little of it is gone: nobody knows what stood there. Told first, before lesser faults."""
    whole = gzip.compress(b"bad\n" * 20 + office.events.read_bytes())
    (tmp_path / "e.jsonl.gz").write_bytes(whole[:-50])
    told = lastday("scan", "--hr", office.hr, "--events", tmp_path / "e.jsonl.gz", "--format", "jsonl")
    assert told.code == 3
    assert "the compressed file is damaged from here on" in told.err.splitlines()[1]
    assert told.err.splitlines()[-1] == "degraded (exit 3): a file is damaged, and nobody knows what stood behind"


def test_a_log_of_strangers_degrades(office: Office, tmp_path: Path) -> None:
    few = tmp_path / "hr.csv"
    few.write_text(
        "".join(
            line for line in office.hr.read_text().splitlines(keepends=True) if "ops-0" in line or "person_id" in line
        )
    )
    told = lastday("scan", "--hr", few, "--events", office.events, "--format", "jsonl")
    assert told.code == 3
    assert re.search(r"^degraded \(exit 3\): \d+ % of the events are of nobody on the roster$", told.err, re.MULTILINE)
    assert re.search(r"not on the roster: [\d,]+ events by 31 actors \(no source named\), for example ops-10", told.err)


def test_bad_roster_lines_are_told_beside_bad_event_lines(office: Office, tmp_path: Path) -> None:
    hr = tmp_path / "hr.csv"
    hr.write_text(office.hr.read_text() + "ops-99,Mars/Olympus,ops,ops,,,\n")
    told = lastday("scan", "--hr", hr, *broken(office, tmp_path, 3)[2:], "--format", "jsonl")
    assert "hr.csv:42: unknown timezone 'Mars/Olympus'" in told.err
    assert "1 of 41 roster lines" in told.err
    assert "set aside: 3 of" in told.err


def test_a_roster_that_lost_much_degrades(office: Office, tmp_path: Path) -> None:
    """A leaver whose line cannot be read is a leaver who is not watched."""
    hr = tmp_path / "hr.csv"
    hr.write_text(
        office.hr.read_text().replace(",2017-11-03,", ",03.11.2017,") + "".join(f"x{i},Mars,,,,,\n" for i in range(5))
    )
    told = lastday("scan", "--hr", hr, "--events", office.events, "--format", "jsonl")
    assert told.code == 3
    whole = "11 % of the roster lines could not be used"
    dates = "100 % of the last days on the roster could not be read"
    assert f"degraded (exit 3): {whole}; {dates}" in told.err


def test_a_scan_that_is_whole_says_nothing_of_it(ran: Ran) -> None:
    assert "degraded" not in ran.err


def test_no_last_day_is_told_with_the_columns_that_are_not_known(office: Office, tmp_path: Path) -> None:
    hr = tmp_path / "hr.csv"
    hr.write_text(office.hr.read_text().replace("last_day", "lastday"))
    told = lastday("scan", "--hr", hr, "--events", office.events)
    assert "0 departures watched" in told.out
    assert "nobody on the roster has a last_day (columns not known: lastday)" in told.err
    assert told.err.count("lastday") == 1


def test_last_days_outside_the_log_are_told(office: Office, tmp_path: Path) -> None:
    hr = tmp_path / "hr.csv"
    hr.write_text(office.hr.read_text().replace("2017-11-03", "2019-11-03"))
    told = lastday("scan", "--hr", hr, "--events", office.events, "--format", "jsonl")
    assert "no departure watched: the last day 2019-11-03 lies outside the log, 2017-08-01 to 2017-11-20" in told.err


def test_departures_not_known_yet_or_withdrawn_are_told(office: Office, tmp_path: Path) -> None:
    early = lastday("scan", *office.files, "--format", "jsonl", "--as-of", "2017-09-20T00:00:00Z")
    assert "no departure watched: the last day 2017-11-03 lies outside the log" in early.err
    hr = tmp_path / "hr.csv"
    head, *lines = office.hr.read_text().splitlines()
    hr.write_text("\n".join([head + ",status", *(line + ",withdrawn" for line in lines)]) + "\n")
    told = lastday("scan", "--hr", hr, "--events", office.events, "--format", "jsonl")
    assert "no departure watched: every departure on the roster is withdrawn" in told.err


def test_columns_of_a_roster_that_are_not_known_are_named_once(office: Office, tmp_path: Path) -> None:
    hr, vendors = tmp_path / "hr.csv", tmp_path / "vendors.csv"
    head, *lines = office.hr.read_text().splitlines()
    hr.write_text("\n".join([head + ",floor", *(line + ",3" for line in lines)]) + "\n")
    vendors.write_text("person_id,floor,desk\nv1,,\n")
    told = lastday("scan", "--hr", hr, "--hr", vendors, "--events", office.events, "--format", "jsonl")
    assert "not known: the roster columns floor, desk, which tell nothing here" in told.err
    assert told.err.count("floor") == 1


def test_a_json_array_is_told_with_the_mend(office: Office, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in office.events.read_text().splitlines()[:50]]
    for text in (json.dumps(lines), json.dumps(lines, indent=1), json.dumps(lines * 400)):
        (tmp_path / "arr.json").write_text(text)
        told = lastday("scan", "--hr", office.hr, "--events", tmp_path / "arr.json")
        assert told.code == 2
        assert "is the file one JSON array?" in told.err
        assert "jq -c '.[]'" in told.err


def test_foreign_columns_are_told_with_the_way_out(office: Office, tmp_path: Path) -> None:
    foreign = tmp_path / "log.csv"
    foreign.write_text("zeit;benutzer;aktion\n2017-11-02;a;b\n")
    told = lastday("scan", "--hr", office.hr, "--events", foreign)
    assert told.code == 2
    for words in ("no column time, actor, action", "--format-of", "docs/formats.md"):
        assert words in told.err
    told = lastday("scan", "--hr", foreign, "--events", office.events)
    for words in ("no column person_id", "--roster-of", "docs/formats.md"):
        assert words in told.err


def test_accounts_that_look_like_a_list_are_told_with_the_way_out(office: Office, tmp_path: Path) -> None:
    """A vendor writes "jdoe, 1000JD" into one cell: taken for one name it matches nothing that either did."""
    vendors = tmp_path / "vendors.csv"
    vendors.write_text('person_id,accounts\nv1,"jdoe, 1000JD"\nv2,one|two\n"v3","cn=jdoe,ou=staff"\n')
    told = " ".join(lastday("scan", *office.files, "--hr", vendors).err.split())
    assert "taken for one name: 1 account looks like a list, for example jdoe, 1000jd; part accounts by |" in told
    assert "a profile's parts" in told
    assert "like a list" not in lastday("scan", *office.files).err


def test_swapped_files_are_told(office: Office, tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("time,actor,action\n2017-11-02T10:00:00Z,a,b.c\n")
    for events in (log, office.events):
        told = lastday("scan", "--hr", events, "--events", office.hr)
        assert told.code == 2
        assert "are --hr and --events swapped?" in told.err


def test_a_log_profile_for_a_roster_is_told_and_the_other_way_round(office: Office) -> None:
    log, roster = CONFIG / "formats" / "okta-system-log.toml", CONFIG / "rosters" / "workday.toml"
    told = lastday("scan", *office.files, "--roster-of", log)
    assert (told.code, "a profile of logs; name it by --format-of" in told.err) == (2, True)
    told = lastday("scan", *office.files, "--format-of", roster)
    assert (told.code, "a profile of rosters; name it by --roster-of" in told.err) == (2, True)
    told = lastday("scan", *office.files, "--roster-of", "okta-system-log")
    assert (told.code, "a profile of logs; name it by --format-of" in told.err) == (2, True)


WRONG = [
    (("scan",), "Missing option"),
    (("scan", "--hr", "{hr}"), "Missing option '--events'"),
    (("scan", "--hr", "none.csv", "--events", "{events}"), "none.csv: cannot be read"),
    (("scan", "--hr", "{hr}", "--events", "none.jsonl"), "none.jsonl: no such file"),
    (("scan", "--hr", "{hr}", "--events", "{hr}"), "no column time"),
    (("scan", "--hr", "{events}", "--events", "{events}"), "no column person_id"),
    (("scan", "--hr", "{hr}", "--events", "{events}", "--as-of", "tomorrow"), "is no time"),
    (
        ("scan", "--hr", "{hr}", "--events", "{events}", "--as-of", "2017-11-02T10:00:00"),
        "has no offset; write it as 2017-11-02T10:00:00Z",
    ),
    (("scan", "--hr", "{hr}", "--events", "{events}", "--as-of", "2024-06-01Z"), "is no time"),
    (("scan", "--hr", "{hr}", "--events", "{events}", "--log-timezone", "Europe/Berlin"), "needs --format-of"),
    (("scan", "--hr", "{hr}", "--events", "{events}", "--log-timezone", "Mars/Olympus"), "unknown timezone"),
    (("scan", "--hr", "{hr}", "--events", "{events}", "--as-of", "1999-01-01T00:00:00Z"), "no event until"),
    (("scan", "--hr", "{hr}", "--events", "{events}", "--as-of", "0001-01-01T00:00:00+14:00"), "no event until"),
    (("scan", "--hr", "{hr}", "--events", "{events}", "--limit", "0"), "--limit"),
    (("scan", "--hr", "{hr}", "--events", "{events}", "--fail-on", "loud"), "--fail-on"),
    (("scan", "--hr", "{hr}", "--events", "{events}", "--format", "xml"), "--format"),
    (("scan", "--hr", "{hr}", "--events", "{events}", "--config", "none.toml"), "none.toml: cannot be read"),
    (("scan", "--hr", "{hr}", "--events", "x" * 5000), "no name of a file"),
    (("nonsense",), "No such command"),
    (("explain", "--hr", "{hr}", "--events", "{events}", "--event", "e0"), "no event or finding of that id"),
]


@pytest.mark.parametrize(("args", "what"), WRONG, ids=[f"{i} {what}" for i, (_, what) in enumerate(WRONG)])
def test_wrong_usage_and_input(office: Office, args: tuple[str, ...], what: str) -> None:
    told = lastday(*(arg.format(hr=office.hr, events=office.events) for arg in args))
    assert told.code == 2
    assert what in told.err
    assert told.out == ""
    assert "Traceback" not in told.err


def test_too_little_memory_is_told(office: Office, tmp_path: Path) -> None:
    config = tmp_path / "small.toml"
    config.write_text("[engine]\nmemory = '2MB'\n")
    told = lastday("scan", *office.files, "--config", config)
    assert told.code == 2
    assert "engine.memory" in told.err
