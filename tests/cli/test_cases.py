"""lastday case: what is decided reaches the daemon, judgement, and nobody decides about themselves."""

from __future__ import annotations

import json
from pathlib import Path
from unittest.mock import patch

import pytest
import sqlalchemy as sa

from monitor import pipeline
from monitor.station import open_station
from monitor.store.schema import outbox
from tests.cli.running import Ran, lastday
from tests.cli.test_golden import words
from tests.demonstration import NOW, DemoFolder

pytestmark = pytest.mark.usefixtures("demo_time")
WRONG_TARGET = "f40d0bbd8641ab6f8"
CASE = "cc10a9b41ac175595"


def run(command: str, demo: DemoFolder, code: int = 0) -> Ran:
    ran = lastday(*words(command, demo))
    assert ran.code == code, (ran.out, ran.err)
    return ran


def judged(demo: DemoFolder) -> tuple[float, list[str], int]:
    """Judge again as the daemon would: the wrong target's score and evidence, and how many notices there are."""
    station = open_station(demo.path)
    station.lease.renew(0.0)
    pipeline.assess(station, NOW)
    station.lease.release()
    with station.state.read() as connection:
        notices = connection.execute(sa.select(sa.func.count()).select_from(outbox)).scalar_one()
    station.close()
    told = json.loads(run(f"explain {WRONG_TARGET} --format json", demo).out)
    return told["score"], [reason["detector"] for reason in told["reasons"]], notices


def test_what_is_closed_as_benign_counts_a_quarter_until_it_is_reopened(own_demo: DemoFolder, tmp_path: Path) -> None:
    before, kinds, notices = judged(own_demo)
    assert "feedback" not in kinds
    run(f"case close {CASE} --as benign --reason 'the account was a test'", own_demo)
    after, kinds, still = judged(own_demo)
    assert after < before / 2
    assert "feedback" in kinds
    assert still == notices, "nothing is told of a closed case"
    run(f"case reopen {CASE} --reason 'it was none'", own_demo)
    assert judged(own_demo)[0] == before


def test_the_feedback_that_is_written_damps_a_scan_as_it_damps_the_daemon(own_demo: DemoFolder, tmp_path: Path) -> None:
    run(f"case close {CASE} --as benign --reason 'the account was a test'", own_demo)
    damped, _, _ = judged(own_demo)
    verdicts = tmp_path / "verdicts.csv"
    verdicts.write_text(run("case feedback --reveal --reason 'to scan with it'", own_demo).out)
    (tmp_path / "scan.toml").write_text("[windows]\nplacebos = 60\n")
    ran = lastday(
        "scan", "--hr", own_demo.path / "rosters" / "hr.csv", "--events", own_demo.path / "inbox" / "events.jsonl",
        "--config", tmp_path / "scan.toml", "--feedback", verdicts, "--format", "jsonl",
    )  # fmt: skip
    assert {f["finding_id"]: f["score"] for f in ran.lines}[WRONG_TARGET] == damped


def test_an_acknowledged_case_is_not_reminded_of(own_demo: DemoFolder) -> None:
    run(f"case ack {CASE}", own_demo)
    shown = json.loads(run(f"case show {CASE} --format json", own_demo).out)
    assert (shown["state"], [step["what"] for step in shown["steps"]]) == ("acked", ["ack"])


def test_an_acknowledgement_is_written_down_once(own_demo: DemoFolder) -> None:
    assert f"{CASE} is acknowledged" in run(f"case ack {CASE}", own_demo).err
    assert f"{CASE} is acknowledged already" in run(f"case ack {CASE}", own_demo).err
    shown = json.loads(run(f"case show {CASE} --format json", own_demo).out)
    assert [step["what"] for step in shown["steps"]] == ["ack"]


def test_within_a_level_the_highest_score_comes_first(demo_folder: DemoFolder) -> None:
    listed = json.loads(run("case list --format json", demo_folder).out)
    medium = [case["score"] for case in listed if case["severity"] == "medium"]
    assert len(medium) > 1
    assert medium == sorted(medium, reverse=True)


def test_times_have_their_zone_and_lines_go_on_indented(
    demo_folder: DemoFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = run(f"case show {CASE}", demo_folder).out.splitlines()
    assert shown[1].endswith("times in Asia/Singapore")
    starts = ("case ", "p-", "known ", "opened ", "findings", "f", "    ")
    assert all(line.startswith(starts) or not line for line in shown)
    assert max(map(len, shown)) <= 80
    assert any(line.startswith("    ") for line in shown), "some lines are longer than the screen"


def test_a_filter_only_shows_what_it_means_until_yes(own_demo: DemoFolder) -> None:
    medium = len(run("case list --severity medium --format jsonl", own_demo).lines)
    ran = run("case close --severity medium --as benign --reason x", own_demo)
    assert CASE in ran.out
    assert medium > 1
    assert f"{medium} cases would change" in ran.err
    assert len(run("case list --state closed --format jsonl", own_demo).lines) == 0
    run("case close --severity medium --as benign --reason x --yes", own_demo)
    assert len(run("case list --state closed --format jsonl", own_demo).lines) == medium


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (f"case close {CASE} --as benign", "--reason"),
        (f"case close {CASE} --as nothing --reason x", "Invalid value"),
        ("case close --as benign --reason x", "name cases, or a filter"),
        (f"case ack {CASE} --severity high", "not both"),
        (f"case reopen {CASE} --reason x", "not closed"),
        ("case show nothing", "is no case"),
        ("case show c", "is no case"),
        (f"case note {CASE} ' '", "is empty"),
        (f"case assign {CASE} lmorris", "nobody looks after their own case"),
        (f"case assign {CASE} LMorris", "nobody looks after their own case"),
        ("events {contractor} --around f0000000000000000", "none about this person"),
        ("events P1048 --around " + WRONG_TARGET, "none about this person"),
        ("timeline {contractor} --from 2017-09-14 --to 2017-09-01", "comes after"),
        ("timeline P1003", "not in a watch window"),
        ("compare nobody", "nobody whom a roster knows"),
    ],
)
def test_what_is_refused_changes_nothing(own_demo: DemoFolder, command: str, says: str) -> None:
    before = run("case list --state open --state acked --state closed --format jsonl", own_demo).out
    ran = run(command, own_demo, code=2)
    assert says in ran.err
    assert ran.out == ""
    assert run("case list --state open --state acked --state closed --format jsonl", own_demo).out == before


def test_of_somebody_without_a_case_it_says_so_and_where_to_look(own_demo: DemoFolder) -> None:
    held = {one["person"] for one in run("case list --format jsonl", own_demo).lines}
    free = next(p for one in run("leavers --all --format jsonl", own_demo).lines if (p := one["person"]) not in held)
    for command in (f"report {free}", f"case show {free}"):
        told = run(f"{command} --reason 'to see'", own_demo, code=2).err
        assert f"{free}: has no case: nothing that they did stands out enough; lastday timeline {free} shows" in told
    assert [row["what"] for row in run("audit show --format jsonl", own_demo).lines if row["subject"] == free][-2:] == [
        "look",
        "look",
    ]


def test_somebody_outside_a_window_is_looked_at_with_a_reason(demo_folder: DemoFolder) -> None:
    ran = run("timeline P1003 --reason 'a colleague asked' --format json", demo_folder)
    assert len(json.loads(ran.out)["days"]) == 30


def test_nobody_sees_or_decides_a_case_of_their_own(own_demo: DemoFolder) -> None:
    with patch("monitor.viewers.system_user", lambda: "lmorris"):
        assert CASE not in run("case list --format jsonl", own_demo).out
        assert "2017-09-13" not in run("leavers --format json", own_demo).out
        found = run("sql --format csv 'SELECT finding_id, case_id FROM findings'", own_demo).out
        assert WRONG_TARGET not in found
        assert CASE not in run("sql --format csv 'SELECT * FROM cases'", own_demo).out
        events = "sql --format csv --reason x \"SELECT count(*) FROM events WHERE id = 'e0328020'\""
        assert run(events, own_demo).out.splitlines()[-1] == "0"
        for command, told in (
            (f"case show {CASE}", "is no case"),
            (f"case close {CASE} --as benign --reason x", "is no case"),
            (f"explain {WRONG_TARGET}", f"finding {WRONG_TARGET}: is none"),
            ("timeline X1143", "is nobody whom a roster knows"),
            ("compare X1143", "is nobody whom a roster knows"),
            (f"events X1143 --around {WRONG_TARGET}", "is nobody whom a roster knows"),
        ):
            assert told in run(command, own_demo, code=2).err
        run("case close --severity medium --as benign --reason x --yes", own_demo)
    assert json.loads(run(f"case show {CASE} --format json", own_demo).out)["state"] == "open"


def test_roles_bind(own_demo: DemoFolder) -> None:
    config = own_demo.path / "lastday.toml"
    with config.open("a") as stream:
        stream.write('[[viewers]]\nname = "eve"\nuser = "investigator"\nroles = ["viewer"]\n')
    run("case list", own_demo)
    run(f"explain {WRONG_TARGET}", own_demo)
    for command in (
        f"case ack {CASE}",
        f"case note {CASE} x",
        "case feedback",
        f"case close {CASE} --as benign --reason x",
    ):
        assert "no right to" in run(command, own_demo, code=2).err


def test_every_look_is_on_record(own_demo: DemoFolder) -> None:
    """Who, what and whom; the refused attempt too."""
    for command in (
        "leavers",
        "timeline {contractor}",
        f"explain {WRONG_TARGET}",
        "sql 'SELECT 1'",
        f"case ack {CASE}",
    ):
        run(command, own_demo)
    run("timeline P1003", own_demo, code=2)
    kept = json.loads(run("audit show --format json", own_demo).out)
    rows = kept if isinstance(kept, list) else kept["rows"]
    told = [row["what"] for row in rows]
    for what in ("leavers", "look", "sql", "case ack", "refused"):
        assert what in told, told
