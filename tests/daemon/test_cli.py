"""The commands of a working folder."""

from __future__ import annotations

import json
import os
import pty
import re
import sqlite3
import stat
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor.checking import faults
from monitor.cli import COMMANDS, main
from monitor.model import BadInput
from monitor.sources.push import read_push
from monitor.station import open_station
from monitor.store import inbox
from tests.core.made import finding
from tests.daemon.clockwork import judge, posted
from tests.daemon.conftest import NOW
from tests.daemon.test_outages import NOTICES, hook_channel
from tests.daemon.test_telling import LEAVING, MAIL
from tests.office import as_lines, incident, lay_out, roster, usual
from tests.receivers import SECRET, HttpReceiver, MailReceiver
from tests.sources.test_folders import NOBODY, as_somebody_ordinary

TABLE = "[[sources]]\nname='t'\nkind='table'\ntable='log'\ncursor='n'\n"


MAIL_CHANNEL = "[[channels]]\nname='m'\nkind='email'\nhost='h'\nsender='a@b.example'\nto=['c@d.example']\n"


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == code, (result.output, result.exception)
    return result


def test_init_writes_what_check_config_finds_in_order_and_shows_no_secret(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    flags = (
        "--smtp",
        "m.example:25",
        "--mail-from",
        "a@b.example",
        "--mail-to",
        "c@d.example",
        "--webhook",
        "https://h.example/x",
    )
    told = run("init", str(folder), *flags).output
    for name in ("LASTDAY_TOKEN", "LASTDAY_WEBHOOK_SECRET"):
        path = folder / "secrets" / name
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_text().strip() not in told + (folder / "lastday.toml").read_text()
    assert stat.S_IMODE((folder / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700, "names and acts stand there"
    run("check-config", "-C", str(folder))
    with pytest.raises(BadInput, match="is there already"):
        CliRunner().invoke(main, ["init", str(folder)], catch_exceptions=False)


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (("--timezone", "Mars"), "no time zone"),
        (("--smtp", "m.example:port", "--mail-from", "a@b.example", "--mail-to", "c@d.example"), "no mail server"),
        (("--smtp", "m.example:99999", "--mail-from", "a@b.example", "--mail-to", "c@d.example"), "no mail server"),
        (("--smtp", "m.example", "--mail-from", "nobody", "--mail-to", "c@d.example"), "no mail address"),
        (("--webhook", "ftp://x"), "--webhook ftp://x is no address"),
    ],
)
def test_init_refuses_what_check_config_would_refuse(tmp_path: Path, flags: tuple[str, ...], told: str) -> None:
    result = run("init", str(tmp_path / "work"), *flags, code=2)
    assert told in result.output
    assert not (tmp_path / "work").exists()


def test_the_first_steps_say_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    for words in (["doctor"], ["leavers"], ["channels", "test"]):
        with pytest.raises(BadInput, match="make one with lastday init"):
            CliRunner().invoke(main, [*words, "-C", str(folder)], catch_exceptions=False)
    assert "lastday once" in run("init", str(folder)).output
    assert "run lastday once" in str(run_wrong("leavers", "-C", str(folder)))


def test_doctor_tells_a_newcomer_what_to_do_next(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    run("init", str(folder))
    told = run("doctor", "-C", str(folder)).output
    assert "look  roster hr: rosters/*.csv: no file for the roster hr; put the roster there" in told
    assert f"look  store: nothing is read yet: put rosters and logs in place, then lastday once -C {folder}" in told
    (folder / "rosters" / "people.csv").write_text(roster(20))
    assert "people.csv is there" in run("doctor", "-C", str(folder)).output
    (folder / "lastday.toml").write_text("[[rosters]]\nname = 'hr'\npath = 'a.csv'\ncolumns = {x = 'y'}\n")
    assert "BAD   config: " in run("doctor", "-C", str(folder), code=3).output


def test_a_store_of_an_older_lastday_is_not_called_empty(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    (folder / "rosters" / "people.csv").write_text(roster(20))
    run("once", "-C", str(folder))
    with sqlite3.connect(folder / "data" / "state.db") as db:
        db.execute("UPDATE alembic_version SET version_num = '0005'")
    for words in (["doctor"], ["leavers"]):
        fault = run_wrong(*words, "-C", str(folder))
        assert "written by an older lastday (schema 0005" in fault.what
        assert "back it up" in fault.mend


def test_rejects_of_a_source_that_is_none_tell_which_there_are(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    (folder / "rosters" / "people.csv").write_text(roster(20))
    run("once", "-C", str(folder))
    assert run("rejects", "-C", str(folder)).stderr == "no line is set aside\n"
    (folder / "inbox" / "a.jsonl").write_text("nonsense\n")
    run("once", "-C", str(folder), code=3)
    fault = run_wrong("rejects", "--source", "nosuch", "-C", str(folder))
    assert (fault.where, fault.mend) == ("--source nosuch", "there are admin, hr, push")
    told = run("rejects", "--source", "admin", "-C", str(folder))
    assert "a.jsonl:1: " in told.stdout
    assert told.stderr == "admin: 1 set aside in all\n"
    assert run("rejects", "--source", "hr", "-C", str(folder)).stderr == "hr: 0 set aside in all\n"


def test_doctor_tells_unmatched_accounts_by_source(tmp_path: Path) -> None:
    folder, now = lay_out(tmp_path / "work"), datetime.now(UTC)
    config = folder / "lastday.toml"
    config.write_text(config.read_text() + '[[sources]]\nname = "crm"\nkind = "folder"\npath = "crm"\n')
    (folder / "crm").mkdir()
    (folder / "rosters" / "people.csv").write_text(roster(20))
    acts = [incident(now - timedelta(hours=hour)) | {"id": f"{hour}", "actor": f"svc-{hour}"} for hour in range(3)]
    (folder / "inbox" / "a.jsonl").write_text(as_lines([incident(now) | {"actor": "acct.p001"}, *acts[:2]]))
    (folder / "crm" / "a.jsonl").write_text(as_lines([acts[2] | {"actor": "bot"}]))
    run("once", "-C", str(folder))
    checks = json.loads(run("doctor", "-C", str(folder), "--format", "json", code=3).output)
    assert [check["text"] for check in checks if check["topic"] == "accounts"] == [
        "3 of 4 events are by 3 actors on no roster: 2 of admin, for example svc-1, svc-0; 1 of crm, for example bot"
    ]


def test_where_there_is_nothing_it_says_so(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    (folder / "rosters" / "people.csv").write_text(roster(20))
    run("once", "-C", str(folder))
    assert "there is no channel" in run("channels", "test", "-C", str(folder), code=3).output
    for words in (["silence", "list"], ["requests", "list"], ["hold", "list"]):
        assert run(*words, "-C", str(folder)).output.strip(), words


def test_check_config_tells_every_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "lastday.toml").write_text(
        "[schedule]\n"
        'digest = "25:00"\n'
        "[[routes]]\n"
        'channels = ["nobody"]\n'
        "[[channels]]\n"
        'name = "hook"\n'
        'kind = "webhook"\n'
        'url = "ftp://x"\n'
        'secrets = ["MISSING"]\n'
        "[[sources]]\n"
        'name = "logs"\n'
        'kind = "folder"\n'
        'path = "nowhere"\n'
    )
    found = faults(tmp_path)
    assert sorted((f.line, f.what.split(":")[0].split(" ")[0]) for f in found) == [
        (2, "digest"), (4, "there"), (6, "MISSING"), (8, "the"), (13, "there"),
    ]  # fmt: skip
    assert all(f.mend for f in found)
    result = CliRunner().invoke(main, ["check-config", "-C", str(tmp_path)])
    assert result.exit_code == 2
    assert result.output.count("lastday.toml:") == 5


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[schedule]\n\ningest_seconds = 'x'\n", 3, "ingest_seconds"),
        ("[shedule]\n", 1, "no table shedule"),
        ("[http]\nport = 1\n", 2, "no setting port"),
        ("[[channels]]\nname='a'\nkind='pigeon'\n", 3, "kind must be one of apprise, email, webhook"),
        ("[[channels]]\nname='a'\nkind='apprise'\n", 1, "url is missing"),
        ("[http\n", 1, ""),
        ("[engine]\nmemory = 'lots'\n", 2, "such as 600MB or 2GB"),
        ("[windows]\nlongest_before = 20\n", 2, "shorter than before = 30"),
        ("[store]\nkeep_days = 1\n", 2, "less than hot_days = 2"),
        ("[[rosters]]\nname='a'\npath='a'\ncolumns={person='X'}\n", 4, "no column 'person'"),
        (MAIL_CHANNEL + "port=99999\n", 7, "65535"),
        (MAIL_CHANNEL + "password='hunter2 is my pw'\n", 2, "names none"),
        (MAIL_CHANNEL + "password='hunter2'\n", 2, "names none"),
        ("[store]\nurl = 'nonsense'\n", 2, "no URL"),
        ("[store]\nurl = 'mysql://h/x'\n", 2, "driver"),
        ("[store]\nurl = 'oracel://h/x'\n", 2, "no kind of database"),
        ("[[rosters]]\nname='a'\nurl='nonsense'\nquery='q'\n", 3, "no URL"),
        ("[[rosters]]\nname='a'\nurl='sqlite:///nosuch.db'\nquery='q'\n", 3, "no file nosuch.db"),
        (TABLE + "url='sqlite:///nosuch.db'\n", 6, "no file nosuch.db"),
        (TABLE + "url='nonsense'\n", 6, "no URL"),
        ("[http]\nlisten = '127.0.0.1:99999'\n", 2, "no address"),
        ("[http]\nlisten = 'nonsense'\n", 2, "no address"),
        ("[http]\nlisten = ':8321'\n", 2, "no address"),
        ("[http]\nlisten = 'a..b:8321'\n", 2, "no address"),
        ("[schedule]\ntimezone = 'Mars'\n", 2, "'Mars'"),
        ("[[sources]]\nname='a'\nkind='folder'\npath='.'\ntimezone='Mars'\n", 1, "'Mars'"),
        ("[[sources]]\nname='a'\nkind='folder'\npath='.'\n[[sources]]\nname='b'\nkind='folder'\npath=1\n", 8, "path"),
    ],
)
def test_each_error_has_its_line(tmp_path: Path, text: str, line: int, what: str) -> None:
    (tmp_path / "lastday.toml").write_text(text)
    (fault,) = faults(tmp_path)
    assert (fault.line, what in fault.what) == (line, True), str(fault)
    assert "hunter2" not in str(fault)


def test_once_holds_to_what_check_config_finds_wrong(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    (folder / "rosters" / "people.csv").write_text(roster(20))
    config = folder / "lastday.toml"
    good = config.read_text()
    config.write_text(good.replace("[[rosters]]", "[[rosters]]\ncolumns = {person = 'X'}", 1))
    with pytest.raises(BadInput, match="no column 'person' is known; on the left may stand person_id"):
        CliRunner().invoke(main, ["once", "-C", str(folder)], catch_exceptions=False)
    config.write_text(good.replace("[windows]", "[windows]\nlongest_before = 20", 1))
    with pytest.raises(BadInput, match="longest_before: shorter than before = 30"):
        CliRunner().invoke(main, ["once", "-C", str(folder)], catch_exceptions=False)


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("[shedule]\n", "did you mean schedule? see"),
        ("[schedule]\nroster_secnds = 2\n", "did you mean roster_seconds? see"),
        ("[[channels]]\nname='a'\nkind='emial'\n", "did you mean email? see"),
        ("[notices]\nat_once = 'hihg'\n", "write one of low, medium, high, critical"),
        ("[[viewers]]\nname='a'\nuser='a'\nroles=['admin']\n", "write one of viewer, investigator, privacy-officer"),
        ("[http]\nport = 1\n", "see config/lastday.toml"),
    ],
)
def test_what_was_misspelt_is_told_with_what_was_meant(tmp_path: Path, text: str, mend: str) -> None:
    (tmp_path / "lastday.toml").write_text(text)
    (fault,) = faults(tmp_path)
    assert fault.mend.startswith(mend), str(fault)


def test_every_command_tells_a_misspelt_setting_alike(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    (folder / "rosters" / "people.csv").write_text(roster(20))
    run("once", "-C", str(folder))
    config = folder / "lastday.toml"
    config.write_text(config.read_text() + "[schedule]\nroster_secnds = 2\n")
    (first,) = faults(folder)
    assert first.mend.startswith("did you mean roster_seconds?")
    for words in (["once"], ["doctor"], ["leavers"], ["run"]):
        assert str(run_wrong(*words, "-C", str(folder))) == str(first), words
    files = ("--hr", str(folder / "rosters" / "people.csv"), "--events", str(folder / "inbox"))
    assert str(run_wrong("scan", *files, "--config", str(config))) == str(first)


def test_where_nothing_is_read_check_config_says_so(tmp_path: Path) -> None:
    (tmp_path / "lastday.toml").write_text("")
    told = run("check-config", "-C", str(tmp_path)).output
    assert "[[rosters]]" in told
    assert "[[sources]]" in told
    run("once", "-C", str(tmp_path))
    checks = json.loads(run("doctor", "-C", str(tmp_path), "--format", "json", code=3).output)
    assert [check["state"] for check in checks if check["topic"] == "config"] == ["look", "look", "good"]


def test_events_that_name_no_log_are_not_in_no_log(tmp_path: Path) -> None:
    folder, now = lay_out(tmp_path / "work"), datetime.now(UTC)
    (folder / "rosters" / "people.csv").write_text(roster(20, {"p000": f"{now.date()}"}))
    act = {key: value for key, value in incident(now - timedelta(hours=1)).items() if key != "source"}
    (folder / "inbox" / "a.jsonl").write_text(as_lines([act]))
    run("once", "-C", str(folder))
    told = run("leavers", "-C", str(folder)).output
    assert ("1 act" in told, "0 logs" in told) == (True, False), told


def test_all_commands_count_the_same_people_as_watched(tmp_path: Path) -> None:
    folder, today = lay_out(tmp_path / "work"), datetime.now(UTC).date()
    ended = {f"p{days:03d}": f"{today - timedelta(days=days)}" for days in (5, 33, 36, 50)}
    (folder / "rosters" / "people.csv").write_text(roster(60, ended))
    (folder / "inbox" / "a.jsonl").write_text(as_lines(usual(60, 3, until=datetime.now(UTC))))
    run("once", "-C", str(folder))
    checks = json.loads(CliRunner().invoke(main, ["doctor", "-C", str(folder), "--format", "json"]).output)
    assert [check["text"] for check in checks if check["topic"] == "watched"] == ["1 person is watched"]
    assert len(json.loads(run("leavers", "-C", str(folder), "--format", "json").output)) == 1


def test_the_privacy_report_tells_of_every_log_of_which_something_is_kept(tmp_path: Path) -> None:
    station = open_station(lay_out(tmp_path / "work"))
    for name, lines in (("push", 2), ("gone", 3)):
        batch = replace(read_push(as_lines([incident()] * lines).encode()), source=name)
        inbox.take(station.state, batch, frozenset, NOW, keep_days=400)
    station.close()
    told = json.loads(run("privacy", "report", "-C", str(station.folder), "--format", "json").output)
    assert [(log["name"], log["from"], log["lines"]) for log in told["collected"]["sources"]] == [
        ("admin", "inbox", 0),
        ("gone", "a source that lastday.toml no longer names", 3),
        ("push", "POST /v1/events", 2),
    ]


def test_doctor_tells_where_others_may_read_the_store(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    (folder / "rosters" / "people.csv").write_text(roster(20))
    run("once", "-C", str(folder))
    data = folder / "data"
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    for mode, told in ((0o755, True), (0o750, False)):
        data.chmod(mode)
        checks = json.loads(CliRunner().invoke(main, ["doctor", "-C", str(folder), "--format", "json"]).output)
        assert [c["state"] for c in checks if c["topic"] == "access"] == (["look"] if told else [])
    folder.chmod(0o700)
    data.chmod(0o755)
    assert "access" not in CliRunner().invoke(main, ["doctor", "-C", str(folder)]).output, "nobody gets that far"


def test_doctor_tells_where_others_may_read_the_secrets(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work", MAIL)
    (folder / "rosters" / "people.csv").write_text(roster(20))
    run("once", "-C", str(folder))
    secrets = folder / "secrets"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o700
    for mode, told in ((0o755, True), (0o711, True), (0o750, False)):
        secrets.chmod(mode)
        checks = json.loads(CliRunner().invoke(main, ["doctor", "-C", str(folder), "--format", "json"]).output)
        assert [c["state"] for c in checks if c["topic"] == "access"] == (["bad"] if told else [])
        assert all(f"chmod 700 {secrets}" in c["text"] for c in checks if c["topic"] == "access")


def test_secrets_that_may_not_be_read_are_told_with_the_mend(tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="lastday-") as top:
        Path(top).chmod(0o755)
        folder = lay_out(Path(top) / "work", MAIL)
        (folder / "rosters" / "people.csv").write_text(roster(20))
        run("once", "-C", str(folder))
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, NOBODY, -1)
        (folder / "secrets").chmod(0)
        with as_somebody_ordinary():
            checks = json.loads(run("doctor", "-C", str(folder), "--format", "json", code=3).output)
            assert "the secret cannot be read; give it" in str(run_wrong("leavers", "-C", str(folder)))
    assert [c["text"] for c in checks if c["topic"] == "secrets" and "the secret cannot be read; give it" in c["text"]]


def two_sources(folder: Path, gone: bool) -> Path:
    """A working folder with a second source of logs, and an event in the first."""
    lay_out(folder)
    config = folder / "lastday.toml"
    config.write_text(config.read_text() + '[[sources]]\nname = "vpn"\nkind = "folder"\npath = "mnt/vpn"\n' + MAIL)
    (folder / "rosters" / "people.csv").write_text(roster(20))
    (folder / "inbox" / "a.jsonl").write_text(as_lines([incident(datetime.now(UTC))]))
    if not gone:
        (folder / "mnt" / "vpn").mkdir(parents=True)
    return folder


def test_a_folder_of_logs_that_is_missing_at_the_start_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    folder = two_sources(tmp_path / "work", gone=True)
    told = run("once", "-C", str(folder), code=3)
    assert "1 new event" in told.stderr
    assert "mnt/vpn: there is no folder of that name; make it, mount it, or name another" in told.stderr
    assert run("check-config", "-C", str(folder), code=2).output.count("there is no folder mnt/vpn") == 1
    checks = json.loads(run("doctor", "-C", str(folder), "--format", "json", code=3).output)
    assert [c["state"] for c in checks if "mnt/vpn" in c["text"]] == ["bad"]
    (folder / "mnt" / "vpn").mkdir(parents=True)
    assert "there is no folder" not in run("once", "-C", str(folder), code=3).stderr


def run_wrong(*words: str) -> BadInput:
    """What must be mended before the command can run."""
    error = CliRunner().invoke(main, words).exception
    assert isinstance(error, BadInput), error
    return error


def test_once_doctor_and_rejects(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    (folder / "rosters" / "people.csv").write_text(roster(20))
    now = datetime.now(UTC)
    odd = [incident(now, person="stranger"), incident(now) | {"id": "odd", "action": "thing.frobnicate"}]
    lines = [*usual(20, 10, until=now), *odd]
    (folder / "inbox" / "a.jsonl").write_text(as_lines(lines) + "\x1b[31mno json\n")
    run("once", "-C", str(folder))
    told = CliRunner().invoke(main, ["doctor", "-C", str(folder), "--format", "json"])
    checks = {(c["topic"], c["state"]): c["text"] for c in json.loads(told.output)}
    assert told.exit_code == 3, "nobody is told: there is no channel"
    assert "acct.stranger" in checks["accounts", "look"]
    assert "thing.frobnicate" in checks["actions", "look"]
    assert ("channels", "bad") in checks
    assert ("config", "good") in checks
    assert f":{len(lines) + 1}: not valid JSON" in run("rejects", "-C", str(folder)).output
    assert "\x1b" not in run("rejects", "-C", str(folder), "--format", "jsonl").output


def test_logs_of_which_nothing_is_kept_are_no_success(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    (folder / "rosters" / "people.csv").write_text(roster(20))
    (folder / "inbox" / "a.jsonl").write_text(as_lines(usual(20, 10)))
    told = run("once", "-C", str(folder), code=3).output
    assert "events of admin are older than store.keep_days = 400 days" in told
    checks = json.loads(run("doctor", "-C", str(folder), "--format", "json", code=3).output)
    (admin,) = [check for check in checks if check["topic"] == "source admin"]
    assert admin["state"] == "bad"
    assert "all of them older than store.keep_days" in admin["text"]


def on_a_terminal(*words: str) -> str:
    """What the program writes where both its streams are a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([sys.executable, "-m", "monitor.cli", *words], stdout=theirs, stderr=theirs) as ran:
        os.close(theirs)
        written = b""
        with suppress(OSError):  # so a terminal ends whose other side is closed
            while piece := os.read(ours, 65_536):
                written += piece
    os.close(ours)
    assert ran.returncode == 0, written
    return written.decode()


def test_once_says_what_it_did(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with HttpReceiver([(204, {}), (500, {})]).listening() as hook:
        folder = lay_out(tmp_path / "work", NOTICES + hook_channel(hook.url), HOOK=SECRET)
        (folder / "rosters" / "people.csv").write_text(roster(20, {"p000": f"{now.date()}"}))
        events = [*usual(20, 60, until=now), incident(now - timedelta(minutes=1))]
        (folder / "inbox" / "a.jsonl").write_text(as_lines(events) + "no json\n")
        told = run("once", "-C", str(folder)).stderr.splitlines()
        found = json.loads(run("case", "show", "p000", "--format", "json", "-C", str(folder)).output)["findings"]
        many = f"{len(found)} finding{'s hold' if len(found) > 1 else ' holds'}"
        assert f"{len(events):,} new events, 1 line set aside; {many}; 1 notice sent, 0 waiting, 0 given up" in told
        again = run("once", "-C", str(folder)).stderr.splitlines()
        assert f"0 new events, 0 lines set aside; {many}; 0 notices sent, 0 waiting, 0 given up" in again


def test_once_is_no_success_where_a_roster_stays_refused(tmp_path: Path) -> None:
    """As long as doctor calls it bad."""
    folder = lay_out(tmp_path / "work")
    path = folder / "rosters" / "people.csv"
    path.write_text(roster(20))
    run("once", "-C", str(folder))
    path.write_text(roster(10))
    for _ in range(2):
        assert "roster hr is not mended yet; see lastday doctor" in run("once", "-C", str(folder), code=3).stderr
        checks = json.loads(run("doctor", "-C", str(folder), "--format", "json", code=3).output)
        assert [check["state"] for check in checks if check["topic"] == "roster hr"] == ["bad"]
    path.write_text(roster(20))
    run("once", "-C", str(folder))


@pytest.mark.parametrize(("config", "code"), [(MAIL.replace("security@", "p000@"), 3), ("", 0)])
def test_once_is_no_success_where_a_notice_reaches_nobody(tmp_path: Path, config: str, code: int) -> None:
    """But where there is no channel at all, which is a choice."""
    folder = lay_out(tmp_path / "work", config)
    now = datetime.now(UTC)
    (folder / "rosters" / "people.csv").write_text(roster(20, {"p000": f"{now.date()}"}))
    (folder / "inbox" / "a.jsonl").write_text(as_lines([*usual(20, 60, until=now), incident(now)]))
    told = run("once", "-C", str(folder), code=code).stderr
    assert "1 notice reached nobody; see lastday notices list --state given_up" in told
    run("once", "-C", str(folder))


def test_once_says_on_a_terminal_what_it_came_to(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    now = datetime.now(UTC)
    leaving = {"p000": f"{now.date()}", "p001": f"{now.date() + timedelta(days=5)}"}
    (folder / "rosters" / "people.csv").write_text(roster(20, leaving))
    (folder / "inbox" / "a.jsonl").write_text(as_lines([*usual(20, 60, until=now), incident(now)]))
    told = on_a_terminal("once", "-C", str(folder))
    assert "2 people are watched, 1 case is open; see lastday case list" in told
    assert "watched" not in run("once", "-C", str(folder)).output, "a program is told what it was told"


def test_what_is_stored_says_where_its_rate_rests_on_the_default_scale_as_a_scan_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    folder = lay_out(tmp_path / "work")
    now = datetime.now(UTC)
    (folder / "rosters" / "people.csv").write_text(roster(20, dict.fromkeys(("p000", "p001"), f"{now.date()}")))
    (folder / "inbox" / "a.jsonl").write_text(as_lines([*usual(20, 60, until=now), incident(now)]))
    run("once", "-C", str(folder))
    found = json.loads(run("case", "show", "p000", "--format", "json", "-C", str(folder)).output)
    finding_id = found["findings"][0]["finding_id"]
    assert not found["measured"]
    assert not json.loads(run("explain", finding_id, "--format", "json", "-C", str(folder)).output)["measured"]
    scanned = run("scan", "--hr", str(folder / "rosters" / "people.csv"), "--events", str(folder / "inbox"))
    report = run("report", "p000", "--format", "md", "-o", "-", "-C", str(folder))
    for command in (scanned, run("explain", finding_id, "-C", str(folder)), report):
        assert ", by the default scale" in command.output
    remark = "few placebo departures: scores rest on stated defaults"
    assert remark in scanned.output
    assert remark in run("case", "show", "p000", "-C", str(folder)).output

    station, other = open_station(folder), finding("p001")
    judge(station, [other], now, measured=False)
    assert "default" in run("explain", other.finding_id, "-C", str(folder)).output
    judge(station, [other], now, measured=True)
    for words in (["explain", other.finding_id], ["case", "show", "p001"]):
        assert "default" not in run(*words, "-C", str(folder)).output
    station.close()


def test_doctor_tells_of_a_log_whose_clock_is_ahead(tmp_path: Path) -> None:
    """As a scan does; by no more than an hour it is believed."""
    folder = lay_out(tmp_path / "work")
    now = datetime.now(UTC)
    (folder / "rosters" / "people.csv").write_text(roster(20))
    later = now + timedelta(days=3)
    odd = [incident(now + timedelta(minutes=50), person="p001"), incident(later), incident(later, person="p002")]
    (folder / "inbox" / "a.jsonl").write_text(as_lines([*usual(20, 10, until=now - timedelta(days=1)), *odd]))
    run("once", "-C", str(folder))
    checks = json.loads(CliRunner().invoke(main, ["doctor", "-C", str(folder), "--format", "json"]).output)
    [clock] = [check for check in checks if check["topic"] == "clock"]
    assert clock["state"] == "look"
    assert f"2 events of admin later than this clock, up to {later:%Y-%m-%d %H:%MZ}; a clock is off" in clock["text"]


def test_doctor_tells_whose_end_is_not_known(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    path = folder / "rosters" / "people.csv"
    lines = ["person_id,employment_type,last_day", *(f"e{i},permanent," for i in range(8))]
    lines += ["c1,Contingent Worker,", "c2,contractor,2017-12-01", "gone,permanent,"]
    path.write_text("\n".join(lines) + "\n")
    run("once", "-C", str(folder))
    path.write_text("\n".join(lines[:-1]) + "\n")
    os.utime(path, (datetime.now(UTC).timestamp() - 61,) * 2)  # it lies still
    run("once", "-C", str(folder))
    told = CliRunner().invoke(main, ["doctor", "-C", str(folder), "--format", "json"])
    checks = {c["topic"]: c["text"] for c in json.loads(told.output)}
    assert checks["vanished"].startswith("1 person vanished")
    assert re.search(r"for example p-[a-z0-9]{8}$", checks["vanished"])
    assert checks["contracts"].startswith("1 person on temporary")
    assert re.search(r"for example p-[a-z0-9]{8}$", checks["contracts"])


def test_leavers_in_the_first_roster_were_not_told_too_late(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    path = folder / "rosters" / "people.csv"
    gone = f"{datetime.now(UTC).date() - timedelta(days=3)}"
    late = []
    for leaving in ({"p000": gone}, {"p000": gone, "p001": gone}):
        path.write_text(roster(20, leaving))
        run("once", "-C", str(folder))
        told = json.loads(run("leavers", "--format", "json", "-C", str(folder)).output)
        late.append(sum("the roster told of it after the last day" in one["blind_spots"] for one in told))
    assert late == [0, 1], "before its first version a feed could tell nothing"


def test_channels_are_tried_and_what_fails_is_told(tmp_path: Path) -> None:
    with HttpReceiver([(204, {}), (500, {})]).listening() as hook:
        config = NOTICES + hook_channel(hook.url)
        folder = lay_out(tmp_path / "work", config, HOOK=SECRET)
        assert run("channels", "test", "-C", str(folder)).output == "hook: taken\n"
        assert "answered 500" in run("channels", "test", "hook", "-C", str(folder), code=3).output
    assert hook.requests[0].json["type"] == "lastday.operator"


def test_what_a_mail_server_answers_is_inert(tmp_path: Path) -> None:
    with MailReceiver(["554 no\a"]).listening() as server:
        folder = lay_out(tmp_path / "work", f'{MAIL}port = {server.port}\nsecurity = "none"\n')
        told = run("channels", "test", "-C", str(folder), code=3).output
    assert "554 no" in told
    assert "\a" not in told


def test_what_was_given_up_is_listed_without_names_and_sent_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "110")
    station = open_station(lay_out(tmp_path / "work", MAIL))
    judge(station, [finding()], NOW, LEAVING)
    key = posted(station)[0]["key"]
    with station.state.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'given_up', error = 'why'")
    listed = run("notices", "list", "--state", "given_up", "--format", "jsonl", "-C", str(station.folder)).output
    assert json.loads(listed)["key"] == key
    table = run("notices", "list", "-C", str(station.folder)).output
    assert table.splitlines()[0].split() == [
        "key",
        "channel",
        "kind",
        "severity",
        "state",
        "tries",
        "created",
        "why",
        "not",
    ]
    assert table.splitlines()[1].split()[:2] == [key, "mail"]
    assert "p000" not in listed + table
    run("notices", "resend", key, "-C", str(station.folder))
    assert posted(station)[0]["state"] == "waiting"
    station.close()


def test_a_silence_must_end(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    (folder / "rosters" / "people.csv").write_text(roster(3))
    run("once", "-C", str(folder))
    words = ("silence", "add", "--person", "p000", "--reason", "r", "-C", str(folder))
    run(*words, code=2)
    run(*words, "--hours", "721", code=2)
    run(*words, "--hours", "5")
    assert "in force; person p-" in run("silence", "list", "-C", str(folder)).output
    run("silence", "end", "1", "-C", str(folder))
    assert "ended; person p-" in run("silence", "list", "-C", str(folder)).output


def test_a_silence_says_what_it_is_and_a_department_nobody_knows_is_refused(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    (folder / "rosters" / "people.csv").write_text(roster(4))
    run("once", "-C", str(folder))
    words = ("silence", "add", "--hours", "5", "--reason", "r", "-C", str(folder), "--department")
    with pytest.raises(BadInput, match="Support, Trust and Safety"):
        CliRunner().invoke(main, [*words, "Nope"], catch_exceptions=False)
    assert "there is none" in run("silence", "list", "-C", str(folder)).output
    assert "silence 1: department Support, until " in run(*words, "support").output
    assert "department Support " in run("silence", "list", "-C", str(folder)).output


def test_a_secret_comes_from_the_environment_a_file_or_a_folder(tmp_path: Path) -> None:
    from monitor.credentials import Credentials

    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "A").write_text("folder\n")
    (tmp_path / "file").write_text("file\n")
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "A").write_text("credentials\n")
    found = [
        Credentials(tmp_path, environ).find("A")
        for environ in (
            {"A": "plain", "A_FILE": "x"},
            {"A_FILE": str(tmp_path / "file")},
            {"CREDENTIALS_DIRECTORY": str(credentials)},
            {},
        )
    ]
    assert found == ["plain", "file", "credentials", "folder"]
    assert Credentials(tmp_path, {}).fill("a://u:{A}@h") == "a://u:folder@h"
    with pytest.raises(BadInput, match="no such secret"):
        Credentials(tmp_path, {}).need("B")


def test_help_of_every_command_has_an_example_or_subcommands() -> None:
    for name in set(COMMANDS) - {"demo"}:
        assert "Example" in run(name, "--help").output or "Commands:" in run(name, "--help").output, name
