"""`lastday run` as a real process, with a real mail server and a real HTTP receiver."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import pytest

from tests.office import as_lines, incident, lay_out, roster, usual
from tests.receivers import SECRET, HttpReceiver, MailReceiver, free_port

WITHIN_SECONDS = 10
PATIENCE_SECONDS = 60


class Running:
    """A daemon process; its log is read line by line."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "monitor.cli", "run", "-C", str(folder)]
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
        )
        self.lines: list[dict] = []

    def until(self, **wanted: object) -> dict:
        """Read the log until a line has these values."""
        assert self.process.stderr is not None
        for text in self.process.stderr:
            line = json.loads(text)
            self.lines.append(line)
            if all(line.get(key) == value for key, value in wanted.items()):
                return line
        raise AssertionError(f"the daemon ended before {wanted}: {self.lines[-5:]}")

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        for text in self.process.stderr or ():
            self.lines.append(json.loads(text))
        return self.process.wait()


@contextmanager
def running(folder: Path) -> Iterator[Running]:
    daemon = Running(folder)
    try:
        yield daemon
    finally:
        if daemon.process.poll() is None:
            daemon.process.kill()
        daemon.process.wait()
        if daemon.process.stderr:
            daemon.process.stderr.close()


def channels(mail: MailReceiver, hook: HttpReceiver) -> str:
    return f"""
[notices]
allow_internal = ["127.0.0.1"]
[schedule]
roster_seconds = 0.5
[[channels]]
name = "mail"
kind = "email"
host = "127.0.0.1"
port = {mail.port}
security = "none"
sender = "lastday@corp.example"
to = ["p000@corp.example", "security@corp.example"]
[[channels]]
name = "hook"
kind = "webhook"
url = "{hook.url}"
secrets = ["HOOK"]
"""


@pytest.mark.slow
def test_the_incident_of_2017_is_told_within_seconds(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with MailReceiver().listening() as mail, HttpReceiver().listening() as hook:
        folder = lay_out(tmp_path / "work", channels(mail, hook), HOOK=SECRET)
        log = folder / "inbox" / "admin.log"
        log.write_text(as_lines([e for e in usual(until=now) if e["time"] < now.isoformat()]))
        with running(folder) as daemon:
            daemon.until(job="ingest", message="done")
            (folder / "rosters" / "people.csv").write_text(roster(leavers={"p000": now.date().isoformat()}))
            daemon.until(job="assess", message="done")
            assert not mail.messages
            with log.open("a") as stream:
                stream.write(as_lines([incident(datetime.now(UTC))]))
            assert mail.arrived.acquire(timeout=WITHIN_SECONDS), daemon.lines
            assert hook.arrived.acquire(timeout=WITHIN_SECONDS)
            assert daemon.stop() == 0
    ((to, message),) = mail.messages
    assert to == ["security@corp.example"], "the person concerned is left out"
    assert any(level in message["subject"] for level in ("HIGH", "CRITICAL"))
    assert "44,000,000" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert [part for part in message.walk() if part.get_content_type() == "image/png"], "the last month"
    (request,) = hook.requests
    assert request.is_signed_with(SECRET)
    assert request.json["type"] == "lastday.opened"
    assert b"p000" not in request.body
    assert "p000" not in json.dumps(daemon.lines)
    assert "Person" not in json.dumps(daemon.lines)


def assert_exposed(text: str) -> None:
    """Is it what Prometheus reads: the samples of each family together, under one HELP and one TYPE?"""
    name_of = re.compile(r"(?:# \w+ )?(\w+)")
    families = [list(lines) for _, lines in groupby(text.splitlines(), lambda line: name_of.match(line)[1])]  # type: ignore[index]
    names = [lines[0].split(" ")[2] for lines in families]
    assert len(names) == len(set(names)) > 8
    for name, (about, kind, *samples) in zip(names, families, strict=True):
        assert about.startswith(f"# HELP {name} ")
        assert kind == f"# TYPE {name} {'counter' if name.endswith('_total') else 'gauge'}"
        assert samples
        sample = re.compile(rf'{name}(\{{\w+="[^"]*"(,\w+="[^"]*")*\}})? [\d.]+(e-?\d+)?')
        assert all(sample.fullmatch(line) for line in samples), samples


@pytest.mark.slow
@pytest.mark.parametrize("way", ["appended", "pushed"])
def test_what_comes_is_read_and_told_without_waiting_for_a_turn(tmp_path: Path, way: str) -> None:
    """Reading and sending come up at the start and then once an hour: what comes is read and told all the same."""
    now, port = datetime.now(UTC), free_port()
    slow = "ingest_seconds = 3600.0\nassess_seconds = 1.0\ndeliver_seconds = 3600.0\n"
    with HttpReceiver().listening() as hook, MailReceiver().listening() as mail:
        config = channels(mail, hook).replace("[schedule]\n", "[schedule]\n" + slow)
        folder = lay_out(tmp_path / "work", config, HOOK=SECRET, TOKEN="geheim")
        listening = f'listen = "127.0.0.1:{port}"\ntoken = "TOKEN"'
        (folder / "lastday.toml").write_text((folder / "lastday.toml").read_text().replace('listen = ""', listening))
        (folder / "rosters" / "people.csv").write_text(roster(leavers={"p000": now.date().isoformat()}))
        with running(folder) as daemon:
            daemon.until(job="rosters", message="done")
            lines = as_lines([*(e for e in usual(until=now) if e["time"] < now.isoformat()), incident(now)])
            if way == "appended":
                (folder / "inbox" / "admin.log").write_text(lines)
            else:
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
                connection.request("POST", "/v1/events", lines, {"authorization": "Bearer geheim"})
                assert connection.getresponse().status == 200
                connection.close()
            assert hook.arrived.acquire(timeout=PATIENCE_SECONDS), daemon.lines
            assert mail.arrived.acquire(timeout=PATIENCE_SECONDS)
            assert daemon.stop() == 0


@pytest.mark.slow
def test_push_health_metrics_and_reload(tmp_path: Path) -> None:
    port = free_port()
    folder = lay_out(tmp_path / "work", TOKEN="geheim")
    config = folder / "lastday.toml"
    config.write_text(
        config.read_text().replace(
            'listen = ""', f'listen = "127.0.0.1:{port}"\ntoken = "TOKEN"\nmax_body_bytes = 100000'
        )
    )

    def ask(method: str, path: str, body: str | None = None, token: str = "geheim") -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        connection.request(method, path, body, {"authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    with running(folder) as daemon:
        daemon.until(message="running")
        assert ask("POST", "/v1/events", "[]", token="falsch")[0] == 401
        assert ask("POST", "/v1/events", "x" * 100_001)[0] == 413
        assert ask("POST", "/v1/events", "[{")[0] == 400
        lines = as_lines([incident()]) + "no json\n"
        status, text = ask("POST", "/v1/events", lines)
        told = json.loads(text)
        assert (status, told["received"], told["accepted"], told["fresh"], told["set_aside"]) == (200, 2, 1, 1, 1)
        assert told["rejects"][0]["line"] == 2
        assert json.loads(ask("POST", "/v1/events", json.dumps([incident()]))[1])["fresh"] == 0
        assert ask("GET", "/healthz") == (200, "ok")
        assert ask("GET", "/readyz")[0] == 200
        figures = ask("GET", "/metrics")[1]
        assert 'lastday_lines_fresh_total{source="push"} 1' in figures
        assert "lastday_leads 1" in figures
        assert_exposed(figures)
        good = config.read_text()
        config.write_text("[schedule]\ningest_seconds = 'often'\n")
        daemon.process.send_signal(signal.SIGHUP)
        daemon.until(job="reload", level="error")
        config.write_text(good.replace("placebos = 60", "placebos = 70"))
        daemon.process.send_signal(signal.SIGHUP)
        daemon.until(message="reloaded")
        assert ask("GET", "/healthz") == (200, "ok")
        assert daemon.stop() == 0


@pytest.mark.slow
def test_a_second_daemon_takes_over_when_the_first_is_killed(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work", "[schedule]\nlease_seconds = 2.0\n")
    with running(folder) as first, running(folder) as second:
        first.until(message="running")
        second.until(message="running")
        leader, follower = (first, second) if first.lines[-1]["leads"] else (second, first)
        assert not follower.lines[-1]["leads"]
        leader.process.kill()
        follower.until(message="leads")
        assert follower.stop() == 0
