"""The CERT reader: people and departures from monthly LDAP files, events from five logs, findings end to end."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest

from monitor import scanning
from monitor.model import BadInput
from monitor.scanning import Scan
from monitor.settings import load_settings
from monitor.sources.feeds import last_days, read_feed
from monitor.sources.files import load
from monitor.sources.formats import read_through
from monitor.sources.profiles import load_roster_profile
from tests.sources.cert_data import HEADERS, INSIDER, INSIDER_LAST, QUIET, QUIET_LAST, ROLES, ldap, people, write
from tests.sources.profiled import read


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cert")
    write(folder)
    return folder


@pytest.fixture(scope="module")
def scanned(data: Path) -> Scan:
    return scan(data)


def scan(data: Path, **given: object) -> Scan:
    return scanning.scan([data / "LDAP"], [str(data)], load_settings(), reading=read_through(["cert"]), **given)  # type: ignore[arg-type]


def lines_in(data: Path) -> int:
    return sum(len((data / f"{name}.csv").read_text().splitlines()) - 1 for name in HEADERS)


def test_every_line_is_an_event(data: Path, scanned: Scan) -> None:
    assert scanned.intake.received == scanned.intake.accepted == lines_in(data)
    assert (scanned.intake.repeated, scanned.intake.set_aside, scanned.unmatched) == (0, 0, [])
    assert {path.name for path in scanned.files} == {f"{name}.csv" for name in HEADERS}


def test_who_vanishes_from_ldap_left_on_the_day_of_the_last_activity(scanned: Scan) -> None:
    told = {d.person_id: (d.last_day, d.kind, d.notice_date) for d in scanned.roster.departures}
    assert told == {INSIDER: (INSIDER_LAST, "unknown", None), QUIET: (QUIET_LAST, "unknown", None)}


def test_the_nights_with_the_medium_are_the_loudest_and_the_quiet_leaver_stays_quiet(scanned: Scan) -> None:
    top = scanned.found[0]
    assert (top.person_id, top.severity in ("high", "critical")) == (INSIDER, True)
    loud = {f.action for f in scanned.found if f.person_id == INSIDER and f.severity in ("high", "critical")}
    assert "file.copy_to_usb" in loud
    assert all(f.severity in ("low", "medium") for f in scanned.found if f.person_id == QUIET)


def test_the_nights_are_told_with_their_ids_and_local_time(scanned: Scan) -> None:
    copies = next(f for f in scanned.found if f.person_id == INSIDER and f.action == "file.copy_to_usb")
    assert all(event_id.startswith("{file-") for event_id in copies.event_ids)
    assert copies.time.hour == 2
    assert copies.time.date() <= INSIDER_LAST


def test_what_was_not_known_then_is_not_used(data: Path) -> None:
    early = scan(data, as_of=datetime(2010, 5, 12, 12, tzinfo=UTC))
    assert {d.person_id for d in early.roster.departures} == {QUIET}


def test_bad_rows_are_set_aside_with_file_line_and_reason(data: Path, tmp_path: Path) -> None:
    lines = (data / "logon.csv").read_text().splitlines()
    lines[2:2] = ["{bad-1},31/12/2010 08:00:00,USR0001,PC-0001,Logon", "{bad-2},1/5/2010 08:00:00,,PC-0001,Logon"]
    log = tmp_path / "logon.csv"
    log.write_text("\n".join([*lines, "{bad-3},1/5/2010 08:00:00"]) + "\n")
    result = scanning.scan([data / "LDAP"], [str(log)], load_settings(), reading=read_through(["cert"]))
    assert result.intake.received == result.intake.accepted + result.intake.set_aside == len(lines)
    told = [(Path(r.file).name, r.line) for r in result.rejects]
    assert told == [("logon.csv", 3), ("logon.csv", 4), ("logon.csv", len(lines) + 1)]
    assert [r.why for r in result.rejects[:2]] == ["the time is not in the form %m/%d/%Y %H:%M:%S", "no actor"]


def test_logons_and_mails_alone(data: Path) -> None:
    events = [str(data / "logon.csv"), str(data / "email.csv")]
    result = scanning.scan([data / "LDAP"], events, load_settings(), reading=read_through(["cert"]))
    assert result.found[0].person_id == INSIDER


def test_from_the_command_line(data: Path) -> None:
    command = [sys.executable, "-m", "monitor.cli", "scan", "--format-of", "cert", "--hr", str(data / "LDAP")]
    for name in ("logon", "device", "file"):
        command += ["--events", str(data / f"{name}.csv")]
    command += ["--format", "json", "--limit", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert [f["person_id"] for f in json.loads(done.stdout)] == [INSIDER]


def snapshots(folder: Path, *months: tuple[str, set[str]]) -> Path:
    for month, without in months:
        ldap(folder / f"{month}.csv", {user: role for user, role in people().items() if user not in without})
    return folder


def test_who_comes_back_has_not_left(tmp_path: Path) -> None:
    folder = snapshots(tmp_path, ("2010-01", set()), ("2010-02", {INSIDER, QUIET}), ("2010-03", {QUIET}))
    roster = read_feed(folder, load_roster_profile("cert"))
    assert [(g.person_id, g.last_seen, g.until) for g in roster.gone] == [(QUIET, date(2010, 1, 31), date(2010, 2, 28))]


def test_a_month_that_is_missing_widens_the_gap(tmp_path: Path) -> None:
    folder = snapshots(tmp_path, ("2009-12", set()), ("2010-02", {QUIET}))
    roster = read_feed(folder, load_roster_profile("cert"))
    assert [(g.last_seen, g.until) for g in roster.gone] == [(date(2009, 12, 31), date(2010, 2, 28))]


def test_a_feed_that_breaks_is_not_news_about_people(tmp_path: Path) -> None:
    folder = snapshots(tmp_path, ("2010-01", set()), ("2010-02", set(list(people())[:12])))
    with pytest.raises(BadInput, match=r"2010-02\.csv.*lacks 12 of the 42 people"):
        read_feed(folder, load_roster_profile("cert"))


def test_the_last_day_is_local_and_lies_before_the_end_of_the_month_that_lacks_the_person(tmp_path: Path) -> None:
    quiet = set(list(people())[:2])
    folder = snapshots(tmp_path, ("2010-01", set()), ("2010-02", {INSIDER, QUIET, *quiet}))
    roster = read_feed(folder, load_roster_profile("cert"))
    log = tmp_path / "logon.csv"
    times = {
        INSIDER: ("02/13/2010 02:00:00", "03/01/2010 05:30:00"),
        QUIET: ("03/01/2010 04:30:00",),
        "USR0000": ("05/05/2010 12:00:00",),
    }
    rows = [f"{{{user}{at}}},{at},{user},PC-1,Logon" for user, ats in times.items() for at in ats]
    log.write_text("\n".join(["id,date,user,pc,activity", *rows]) + "\n")
    db = duckdb.connect()
    load(db, [log], look=read_through(["cert"]).look)
    found = {d.person_id: d.last_day for d in last_days(db, roster, "America/New_York", None)}
    assert found == {
        INSIDER: date(
            2010, 2, 12
        ),  # nine in the evening before; what came in March is no work of a month that lacks them
        QUIET: date(2010, 2, 28),  # half past eleven, still February there
        "USR0000": date(2010, 1, 31),  # only long after
        "USR0001": date(2010, 1, 31),  # never
    }


def test_logs_that_end_while_somebody_is_still_named_do_not_tell_their_last_day(tmp_path: Path) -> None:
    """Somebody who is absent for months before that has left, though: the others go on acting."""
    folder = snapshots(tmp_path, ("2010-04", set()), ("2010-05", {INSIDER, QUIET}))
    roster = read_feed(folder, load_roster_profile("cert"))
    log = tmp_path / "logon.csv"
    found = []
    for ends in ("03/31/2010", "04/01/2010"):
        times = ((INSIDER, "02/13/2010 09:00:00"), ("USR0000", f"{ends} 12:00:00"))
        rows = [f"{{{user}{at}}},{at},{user},PC-1,Logon" for user, at in times]
        log.write_text("\n".join(["id,date,user,pc,activity", *rows]) + "\n")
        db = duckdb.connect()
        load(db, [log], look=read_through(["cert"]).look)
        found.append({d.person_id: d.last_day for d in last_days(db, roster, "UTC", None)})
    april = date(2010, 4, 30)
    assert found == [{INSIDER: april, QUIET: april}, {INSIDER: date(2010, 2, 13), QUIET: april}]


def test_a_folder_needs_a_profile_with_snapshots(tmp_path: Path) -> None:
    folder = snapshots(tmp_path, ("2010-01", set()))
    with pytest.raises(BadInput, match="--roster-of"):
        read_feed(folder, None)
    with pytest.raises(BadInput, match="--roster-of"):
        read_feed(folder, load_roster_profile("workday"))
    (folder / "notes.csv").write_text("a,b\n")
    with pytest.raises(BadInput, match="no month in the name"):
        read_feed(folder, load_roster_profile("cert"))


def test_the_check_in_the_documentation_measures_what_it_says(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "formats.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    answers, stays = tmp_path / "answers", tmp_path / "r4.2" / "LDAP" / "2011-05.csv"
    (answers / "r4.2-1").mkdir(parents=True)
    ldap(stays, {"STY0001": ROLES[0]})
    quiet = {"person_id": QUIET, "score": 9.0, "event_ids": ["{q}"]}
    told = [(8.0, "{other}"), (3.0, "{else}"), (2.0, "{planted}")]
    loud = [{"person_id": INSIDER, "score": s, "event_ids": [i]} for s, i in told]
    deep = [{"person_id": "DEP0001", "score": 1.0 - n / 10, "event_ids": [f"{{{n}}}"]} for n in range(4)]
    (tmp_path / "findings.json").write_text(json.dumps([quiet, *loud, *deep]))
    keys = "dataset,scenario,details,user,start,end\n"
    keys += f"4.2,1,r4.2-1-{INSIDER}.csv,{INSIDER},x,y\n4.2,1,a.csv,ZZZ0001,x,y\n5.2,1,b.csv,{QUIET},x,y\n"
    keys += "4.2,4,r4.2-4.csv,DEP0001,x,y\n4.2,2,c.csv,STY0001,x,y\n"
    (answers / "insiders.csv").write_text(keys)
    (answers / "r4.2-1" / f"r4.2-1-{INSIDER}.csv").write_text("logon,{planted},05/13/2010 02:10:00,x,y,Logon\n")
    (answers / "r4.2-4.csv").write_text("logon,{3},05/13/2010 02:10:00,x,y,Logon\n")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "formats.md", "exec"), {})
    figures = re.findall(r"│\s+([\d.]+)\s+│\s+([\d.]+)\s+│\s+([\d.]+)\s+│", capsys.readouterr().out)
    assert [tuple(map(float, row)) for row in figures] == [pytest.approx((3, (1 / 2 + 2 / 3) / 3, 1 / 3), abs=1e-6)]


def test_the_profiles_in_the_documentation_work(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "formats.md").read_text("utf-8")
    door, case, roster = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    (tmp_path / "door.toml").write_text(door, "utf-8")
    (tmp_path / "hr.toml").write_text(roster, "utf-8")
    (told,) = tomllib.loads(case)["case"]
    log = tmp_path / told["file"]
    log.write_text(f"{told['header']}\n{told['line']}\n")
    events, _, _ = read([log], read_through([str(tmp_path / "door.toml")]))
    assert [{key: value for key, value in event.items() if key != "id"} for event in events] == [told["event"]]
    assert load_roster_profile(str(tmp_path / "hr.toml")).snapshots is not None
