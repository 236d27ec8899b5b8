"""Servers that are down, refuse, hang; a full disk; what is waiting gets there in the end, once."""

from __future__ import annotations

import os
from collections import Counter
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from monitor import pipeline, silence, telling, upkeep
from monitor.doctoring import examine
from monitor.operation import Http
from monitor.sources.push import read_push
from monitor.station import Station
from monitor.store import inbox, outbox
from tests.core.made import finding
from tests.daemon.clockwork import SetClock, beat, daemon_of, judge, open_at, posted
from tests.daemon.conftest import NOW
from tests.daemon.test_telling import LEAVING, MAIL
from tests.office import as_lines, incident, lay_out
from tests.receivers import SECRET, HttpReceiver, MailReceiver, free_port, raw_server


def mail_channel(port: int) -> str:
    return f"""
[[channels]]
name = "mail"
kind = "email"
host = "127.0.0.1"
port = {port}
security = "none"
sender = "lastday@corp.example"
to = ["security@corp.example"]
"""


def hook_channel(url: str) -> str:
    return f'[[channels]]\nname = "hook"\nkind = "webhook"\nurl = "{url}"\nsecrets = ["HOOK"]\nnames = true\n' + (
        "deadline_seconds = 0.3\n"
    )


NOTICES = '[notices]\nallow_internal = ["127.0.0.1"]\n'


def office(folder: Path, *channels: str):
    return open_at(lay_out(folder / "work", NOTICES + "".join(channels), HOOK=SECRET))


def nobody_told(station: Station, clock: SetClock) -> list[str]:
    """What doctor makes of it that no channel at all takes what waits."""
    return [check.state for check in examine(station, clock.now()) if check.topic == "channels"]


def test_a_mail_server_that_is_down_for_an_hour(tmp_path: Path) -> None:
    port, clock = free_port(), SetClock()
    station = office(tmp_path, mail_channel(port))
    daemon = daemon_of(station, clock)
    judge(station, [finding()], NOW, LEAVING)
    for _ in range(60):
        beat(daemon)
        clock.go(minutes=1)
    (row,) = posted(station)
    assert row["state"] == "waiting"
    assert 5 < row["attempts"] < 15
    (told,) = [check for check in examine(station, clock.now()) if check.topic == "channel mail"]
    assert (told.state, "1 waiting" in told.text, "SMTPConnectError" in told.text) == ("look", True, True)
    assert nobody_told(station, clock) == ["bad"], "it is the only channel"
    mail = MailReceiver()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.receivers.free_port", lambda: port)
        with mail.listening():
            for _ in range(60):
                beat(daemon)
                clock.go(minutes=1)
    assert len(mail.messages) == 1
    assert posted(station)[0]["state"] == "sent"
    assert nobody_told(station, clock) == []
    station.close()


def test_a_receiver_that_answers_500_or_asks_to_wait(tmp_path: Path) -> None:
    answers = [(500, {}), (503, {"retry-after": "7200"}), (200, {})]
    clock = SetClock()
    with HttpReceiver(answers).listening() as hook:
        station = office(tmp_path, hook_channel(hook.url))
        daemon = daemon_of(station, clock)
        judge(station, [finding()], NOW, LEAVING)
        tries = []
        for _ in range(3 * 60):
            before = len(hook.requests)
            beat(daemon)
            if len(hook.requests) > before:
                tries.append((clock.now() - NOW) // timedelta(minutes=1))
            clock.go(minutes=1)
        assert Counter(r.id for r in hook.requests) == {posted(station)[0]["key"]: 3}
        assert tries[:2] == [0, 1]
        assert 121 <= tries[2] <= 122
        station.close()


def test_a_recipient_who_is_greylisted_is_told_later_and_the_others_once(tmp_path: Path) -> None:
    late, gone = "late@corp.example", "gone@corp.example"
    mail, clock = MailReceiver(refused={late: "451 greylisted", gone: "550 unknown"}), SetClock()
    with mail.listening():
        channel = mail_channel(mail.port).replace(
            '"security@corp.example"', f'"security@corp.example", "{late}", "{gone}"'
        )
        station = office(tmp_path, channel)
        daemon = daemon_of(station, clock)
        judge(station, [finding()], NOW, LEAVING)
        for _ in range(3):
            beat(daemon)
            clock.go(minutes=1)
        (row,) = posted(station)
        assert (row["state"], row["recipients"]) == ("waiting", f'["{late}", "{gone}"]')
        del mail.refused[late]
        clock.go(minutes=10)
        beat(daemon)
    assert [to for to, _ in mail.messages] == [["security@corp.example"], [late]]
    row, *_ = posted(station)
    assert (row["state"], row["recipients"]) == ("given_up", f'["{gone}"]')
    assert row["error"] == f"refused for {gone}: the server answered 550 unknown"


def test_a_receiver_that_hangs_does_not_hold_up_the_mail(tmp_path: Path) -> None:
    def hang(_connection: object, over) -> None:
        over.wait()

    clock = SetClock()
    with MailReceiver().listening() as mail, raw_server(hang) as port:
        station = office(tmp_path, hook_channel(f"http://127.0.0.1:{port}/"), mail_channel(mail.port))
        daemon = daemon_of(station, clock)
        judge(station, [finding()], NOW, LEAVING)
        beat(daemon)
        assert len(mail.messages) == 1
        assert {row["channel"]: row["state"] for row in posted(station)} == {"hook": "waiting", "mail": "sent"}
        station.close()


def test_410_turns_the_channel_off_says_so_elsewhere_and_loses_nothing(tmp_path: Path) -> None:
    clock = SetClock()
    routes = '[[routes]]\nchannels = ["hook"]\n'
    with MailReceiver().listening() as mail, HttpReceiver([(410, {})]).listening() as hook:
        station = office(tmp_path, hook_channel(hook.url), mail_channel(mail.port), routes)
        daemon = daemon_of(station, clock)
        judge(station, [finding(), finding("p001")], NOW, LEAVING)
        for _ in range(4):
            beat(daemon)
            clock.go(minutes=1)
        assert len(hook.requests) <= 2
        subjects = sorted(message["subject"] for _, message in mail.messages)
        assert len(subjects) == 3, "both notices, and that the channel is off"
        assert "channel hook" in subjects[-1]
        judge(station, [finding(), finding("p001"), finding("p002")], clock.now(), LEAVING)
        beat(daemon)
        assert len(mail.messages) == 4
        station.close()


def test_after_three_days_it_is_given_up_seen_told_and_can_be_sent_again(tmp_path: Path) -> None:
    clock, port = SetClock(), free_port()
    with MailReceiver().listening() as mail:
        station = office(tmp_path, hook_channel(f"http://127.0.0.1:{port}/"), mail_channel(mail.port))
        daemon = daemon_of(station, clock)
        judge(station, [finding(severity="high")], NOW, LEAVING)
        for _ in range(80):
            beat(daemon)
            clock.go(hours=1)
        lost = [row for row in posted(station) if row["channel"] == "hook" and row["kind"] == "opened"]
        assert [row["state"] for row in lost] == ["given_up"]
        assert any("channel hook" in message["subject"] for _, message in mail.messages)
        with station.state.write() as connection:
            assert outbox.resend(connection, lost[0]["key"], clock.now())
        with HttpReceiver().listening() as hook:
            daemon.channels["hook"].url = hook.url  # type: ignore[attr-defined]
            beat(daemon)
            assert lost[0]["key"] in {request.id for request in hook.requests}
        station.close()


def test_a_full_disk_loses_nothing_and_is_seen(tmp_path: Path) -> None:
    clock = SetClock()
    station = office(tmp_path)
    daemon = daemon_of(station, clock)
    daemon.tick()
    (station.folder / "inbox" / "a.jsonl").write_text(
        as_lines([incident() | {"id": f"e{i}", "note": "x" * 2000} for i in range(500)])
    )
    with station.state.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    def shrink(raw, _record, _proxy) -> None:
        raw.execute(f"PRAGMA max_page_count = {limit[0]}").fetchall()

    limit = [pages + 5]
    sa.event.listen(station.state.engine, "checkout", shrink)
    daemon.tick()
    assert "ingest: OperationalError" in daemon.troubles()
    limit[0] = 1 << 30
    daemon.tick()
    assert daemon.troubles() == []
    with station.state.read() as connection:
        assert pipeline.inbox.waiting(connection) == 500
    station.close()


def test_a_notice_leased_before_the_clock_was_set_back_is_sent_all_the_same(tmp_path: Path) -> None:
    clock = SetClock()
    with HttpReceiver().listening() as hook:
        station = office(tmp_path, hook_channel(hook.url))
        judge(station, [finding()], NOW, LEAVING)
        assert outbox.claim(station.state, "hook", "dead/1/x", NOW)
        clock.set(days=-1)
        beat(daemon_of(station, clock))
        assert len(hook.requests) == 1
        station.close()


def test_the_heartbeat_is_heard_while_all_is_well_and_not_when_a_job_fails(tmp_path: Path) -> None:
    clock = SetClock()
    with HttpReceiver().listening() as hook:
        station = office(tmp_path, f'[schedule]\nheartbeat_url = "{hook.url}"\n')
        daemon = daemon_of(station, clock)
        daemon.step("heartbeat", daemon.heartbeat)
        assert len(hook.requests) == 1

        def broken() -> None:
            raise RuntimeError

        daemon.step("assess", broken)
        daemon.step("heartbeat", daemon.heartbeat)
        assert len(hook.requests) == 1
        assert daemon.troubles() == ["assess: RuntimeError"]
        daemon.step("assess", daemon.assess)
        daemon.step("heartbeat", daemon.heartbeat)
        assert len(hook.requests) == 2
        station.close()


def test_a_roster_whose_file_nobody_writes_any_more_is_told_once(tmp_path: Path) -> None:
    clock = SetClock()
    station = office(tmp_path, MAIL)
    file = station.folder / "rosters" / "people.csv"

    def told(hours: int) -> tuple[int, str]:
        """How many notices there are that long after the file was written, and what doctor makes of the roster."""
        os.utime(file, (clock.now().timestamp(),) * 2)
        upkeep.sync_rosters(station, clock.now())
        clock.go(hours=hours)
        for _ in range(2):
            silence.check_silence(station, clock.now())
        (check,) = (check for check in examine(station, clock.now()) if check.topic == "roster hr")
        return len(posted(station)), check.state

    assert [told(95), told(97), told(95), told(97)] == [(0, "good"), (1, "look"), (1, "good"), (2, "look")]
    assert posted(station)[0]["body"]["text"] == "the file of the roster hr has not been written for 96 hours"
    station.close()


def test_a_source_that_falls_silent_or_breaks_is_told_once(tmp_path: Path) -> None:
    clock = SetClock()
    with MailReceiver().listening() as mail:
        station = office(tmp_path, mail_channel(mail.port))
        daemon = daemon_of(station, clock)
        (station.folder / "inbox" / "a.jsonl").write_text(as_lines([incident()]))
        pipeline.ingest(station, NOW)
        for _ in range(60):
            beat(daemon)
            clock.go(hours=1)
        assert [message["subject"] for _, message in mail.messages] == ["[lastday] source admin needs attention"]
        station.close()


def test_doctor_says_what_the_operator_was_told_of_a_source(tmp_path: Path) -> None:
    station = office(tmp_path, MAIL)
    station.problems["admin"] = "inbox/a.jsonl: cannot be read (Permission denied)"
    silence.check_silence(station, NOW)
    station.problems.clear()  # doctor is another process
    told = [check.text for check in examine(station, NOW) if check.topic == "source admin" and check.state == "bad"]
    since = "broken or silent since 2017-11-02 18:52Z, as the operator was told"
    assert told == [f"{since}: inbox/a.jsonl: cannot be read (Permission denied)"]
    station.close()


def test_a_pushed_log_that_falls_silent_is_told_once_and_not_where_nobody_listens(tmp_path: Path) -> None:
    station = office(tmp_path, MAIL)
    nobody = msgspec.structs.replace(station.settings, http=Http(listen=""))
    station.settings = msgspec.structs.replace(nobody, http=Http(listen="127.0.0.1:8321"))
    inbox.take(station.state, read_push(as_lines([incident()]).encode()), frozenset, NOW, keep_days=400)
    for hours in (47, 49, 50):
        silence.check_silence(station, NOW + timedelta(hours=hours))
    assert [row["body"]["text"] for row in posted(station)] == ["push has sent nothing for 48 hours"]
    with station.state.read() as connection:
        assert telling.standing(connection) == ["source push"]
    station.settings = nobody
    silence.check_silence(station, NOW + timedelta(hours=51))
    with station.state.read() as connection:
        assert telling.standing(connection) == []
    station.close()


def test_one_pushed_source_that_falls_silent_is_told_while_the_others_go_on(tmp_path: Path) -> None:
    station = office(tmp_path, MAIL)
    station.settings = msgspec.structs.replace(station.settings, http=Http(listen="127.0.0.1:8321"))

    def push(source: str, hours: float) -> None:
        act = incident() | {"id": f"{source}{hours}", "source": source}
        now, batch = NOW + timedelta(hours=hours), read_push(as_lines([act]).encode())
        inbox.take(station.state, batch, frozenset, now, keep_days=400, pushed=True)

    def told(hours: float) -> list[str]:
        now = NOW + timedelta(hours=hours)
        silence.check_silence(station, now)
        bad = [check.topic for check in examine(station, now) if check.topic.startswith("source push/")]
        with station.state.read() as connection:
            assert bad == [topic for topic in telling.standing(connection) if "/" in topic]
        return bad

    for hour in range(0, 49, 12):
        push("crm", hour)
        push("admin", hour)
    push("tried", 48)
    for hour in range(60, 121, 12):
        push("admin", hour)
    assert told(95) == []
    assert told(97) == told(120) == ["source push/crm"], "and nothing of one that was only tried"
    assert [row["body"]["text"] for row in posted(station)] == ["crm, which is pushed, has sent nothing for 48 hours"]
    push("crm", 121)
    assert told(122) == []
    push("admin", 168)
    assert told(169 + 1) == ["source push/crm"]
    push("admin", 121 + 30 * 24)
    assert told(121 + 30 * 24) == [], "it has stopped for good"
    station.close()


def test_what_the_operator_is_told_stands_in_the_log_and_with_doctor_until_it_is_mended(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    clock = SetClock()
    station = office(tmp_path, mail_channel(free_port()))
    daemon = daemon_of(station, clock)
    inbox = (station.folder / "inbox").rename(tmp_path / "unmounted")
    pipeline.ingest(station, NOW)
    beat(daemon)
    logged = [record for record in caplog.records if record.message == "the operator is told"]
    assert [record.topic for record in logged] == ["source admin"]  # type: ignore[attr-defined]
    station.problems.clear()  # doctor is another process
    broken = "broken or silent since 2017-11-02 18:52Z, as the operator was told: see config"
    assert ("bad", broken) in [(c.state, c.text) for c in examine(station, clock.now()) if c.topic == "source admin"]
    inbox.rename(station.folder / "inbox")
    pipeline.ingest(station, NOW)
    beat(daemon)
    assert "bad" not in [check.state for check in examine(station, clock.now()) if check.topic == "source admin"]
    station.close()


def test_what_a_reload_cannot_change_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    station = office(tmp_path)
    daemon, config = daemon_of(station, SetClock()), station.folder / "lastday.toml"
    good = config.read_text()

    def late() -> list[list[str]]:
        """What each reload since then said that it left for a restart."""
        caplog.clear()
        assert daemon.reload()
        return [record.settings for record in caplog.records if record.message == "these settings need a restart"]  # type: ignore[attr-defined]

    config.write_text(good + '[store]\nurl = "sqlite:////elsewhere.db"\n')
    assert late() == late() == [["store.url"]], "as long as it is so"
    config.write_text(good.replace("placebos = 60", "placebos = 61"))
    assert late() == []
    station.close()


def test_a_new_configuration_is_checked_as_check_config_does(tmp_path: Path) -> None:
    with MailReceiver().listening() as mail:
        station = office(tmp_path, mail_channel(mail.port))
        daemon = daemon_of(station, SetClock())
        before, config = station.settings, station.folder / "lastday.toml"
        good = config.read_text()
        config.write_text(good + '[[routes]]\nchannels = ["nobody"]\n')
        assert daemon.reload() is False, "those of whom it is about would be told nowhere"
        assert station.settings is before
        config.write_text(good + "[windows]\nbefore = 20\n")
        assert daemon.reload() is False, "a second table of the name"
        config.write_text(good.replace("placebos = 60", "placebos = 61"))
        assert daemon.reload() is True
        station.close()


def test_what_is_no_longer_configured_is_no_trouble_any_more(tmp_path: Path) -> None:
    station = office(tmp_path, mail_channel(free_port()))
    daemon = daemon_of(station, SetClock())
    config = station.folder / "lastday.toml"
    (station.folder / "inbox").rename(tmp_path / "unmounted")
    judge(station, [finding()], NOW, LEAVING)
    pipeline.ingest(station, NOW)
    beat(daemon)
    daemon.step("deliver mail", lambda: int("a fault"))
    with station.state.write() as connection:
        telling.warn(connection, station, "channel mail", "refused a notice", NOW)
    assert sorted(station.problems) == ["admin", "mail"]
    config.write_text(config.read_text().replace('name = "mail"', 'name = "post"').partition("[[sources]]")[0])
    assert daemon.reload()
    beat(daemon)
    assert daemon.troubles() == []
    assert station.problems == {}
    with station.state.read() as connection:
        assert telling.standing(connection) == []
    station.close()
