"""Canary names: nothing that comes out of a working folder shows who somebody is, unless it was revealed."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from monitor.api import Api
from monitor.cli import COMMANDS
from monitor.daemon import make_daemon
from monitor.logs import JsonLines
from monitor.station import open_station
from monitor.store.schema import cases, findings
from tests.cli.running import lastday
from tests.daemon.test_run import channels
from tests.demonstration import DemoFolder
from tests.office import as_lines, incident, lay_out, roster, usual
from tests.receivers import SECRET, HttpReceiver, MailReceiver

REASON = ("--reason", "a test")


@pytest.fixture(scope="module")
def folder(demo_folder: DemoFolder, tmp_path_factory: pytest.TempPathFactory) -> DemoFolder:
    return demo_folder.copy(tmp_path_factory.mktemp("canaries") / "work")


def canaries(folder: DemoFolder) -> re.Pattern[str]:
    """Every name, e-mail, account and person_id of the roster."""
    names: set[str] = set()
    for person_id, row in folder.by_person.items():
        names |= {person_id, row["name"], row["email"], row["email"].split("@")[0], *row["accounts"].split("|")}
    return re.compile(rf"(?<![\w])({'|'.join(sorted(map(re.escape, names - {''})))})(?![\w])", re.IGNORECASE)


def everything(folder: DemoFolder) -> Iterator[tuple[object, ...]]:
    """A command line for each thing that can be asked of a working folder."""
    station = open_station(folder.path)
    with station.state.read() as connection:
        people = dict(connection.execute(select(cases.c.case_id, cases.c.person_id)).all())  # type: ignore[arg-type]
        found = list(connection.scalars(select(findings.c.finding_id).limit(3)))
    station.close()
    case_id = min(people)
    yield ("doctor",)
    yield ("doctor", "--format", "json")
    yield from (
        ("notices", "list"),
        ("notices", "list", "--format", "jsonl"),
        ("rejects",),
        ("rejects", "--format", "jsonl"),
        ("roster", "list"),
    )
    yield ("silence", "add", "--person", people[case_id], "--hours", "2", "--reason", f"he is {people[case_id]}")
    yield ("silence", "list")
    yield from (("hold", "add", folder.payer, "--reason", f"court, {folder.payer}"), ("hold", "list"))
    for form in ("table", "json", "jsonl", "csv"):
        yield ("leavers", "--all", "--format", form)
        yield ("compare", folder.contractor, "--format", form, *REASON)
        yield ("sql", "SELECT * FROM people", "--format", form)
        span = ("--at", "2017-09-13T12:00:00Z", "--before", "20d")
        yield ("events", folder.contractor, *span, "--format", form, *REASON)
    for view in ("departures", "events", "findings", "cases"):
        yield ("sql", f"SELECT * FROM {view} LIMIT 2000", "--format", "csv")
    for form in ("table", "json"):
        yield from (("case", "list", "--format", form), ("case", "show", case_id, "--format", form, *REASON))
        yield from (("explain", finding, "--format", form, *REASON) for finding in found)
        for person in (folder.contractor, folder.admin, folder.payer, folder.seller):
            yield ("timeline", person, "--format", form, *REASON)
    yield ("case", "note", case_id, f"spoke to {folder.by_person[people[case_id]]['name']}", *REASON)
    yield ("case", "show", case_id, *REASON)
    for form in ("html", "md", "json"):
        yield from (("report", known, "--format", form, "-o", "-", *REASON) for known in people)
    yield from (("audit", "show", "--limit", "500"), ("audit", "show", "--format", "jsonl"), ("audit", "verify"))
    yield from (("requests", "list"), ("privacy", "report"), ("privacy", "report", "--format", "json"))
    yield ("privacy", "report", "--format", "md")
    yield ("erase", folder.quiet, "--reason", "gone", "--yes")
    yield ("once",)


def test_no_command_shows_a_name(folder: DemoFolder) -> None:
    wanted, asked = canaries(folder), set()
    for words in everything(folder):
        if words[0] not in COMMANDS:
            continue
        ran = lastday(*words, "-C", folder.path)
        asked.add(words[0])
        assert ran.code in (0, 3), (words, ran.err)
        shown = wanted.search(ran.out) or wanted.search(ran.err)
        assert not shown, (words, shown[0], ran.out[max(0, shown.start() - 200) : shown.end() + 100])
    over_files = {
        "scan",
        "explain",
        "backtest",
        "demo",
        "init",
        "check-config",
        "run",
        "channels",
        "reveal",
        "completion",
    }
    assert set(COMMANDS) - asked <= over_files, "every command of a working folder is asked"


def test_a_reveal_shows_the_name_of_one_person(folder: DemoFolder) -> None:
    name, other = (folder.by_person[p]["name"] for p in (folder.contractor, folder.admin))
    ran = lastday("timeline", folder.contractor, "--reveal", "--reason", "to call", "-C", folder.path)
    assert name in ran.out
    everybody = lastday("leavers", "--all", "-C", folder.path).out
    assert name in everybody
    assert other not in everybody


CANARY = "p000,Zyx Canaryname,zyx.canary@corp.example,acct.p000|zzcanary,Trust and Safety,agent,UTC,,{day},,confirmed"
MARKS = re.compile(r"canary|zyx|p000(?!@corp)", re.IGNORECASE)


@pytest.mark.slow
@pytest.mark.parametrize("names", [False, True])
def test_no_mail_webhook_log_or_metric_shows_a_name(tmp_path: Path, names: bool) -> None:
    now = datetime.now(UTC)
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(JsonLines())
    logging.getLogger("lastday").addHandler(handler)
    logging.getLogger("lastday").setLevel(logging.INFO)
    try:
        with MailReceiver().listening() as mail, HttpReceiver().listening() as hook:
            config = channels(mail, hook).replace('secrets = ["HOOK"]', 'secrets = ["HOOK"]\nthin = false')
            config = config.replace('kind = "', 'names = true\nkind = "') if names else config
            folder = lay_out(tmp_path / "work", config, HOOK=SECRET)
            first, _, *others = roster(60, {}).splitlines()
            people = "\n".join([first, CANARY.format(day=now.date()), *others])
            (folder / "rosters" / "people.csv").write_text(people + "\n")
            act = incident(now - timedelta(minutes=5)) | {"target": "@thereal of Zyx Canaryname"}
            events = [*(e for e in usual(until=now) if e["time"] < now.isoformat()), act]
            (folder / "inbox" / "a.jsonl").write_text(as_lines(events) + "zzcanary no json\n")
            station = open_station(folder)
            daemon = make_daemon(station)
            daemon.tick()
            metrics = Api(station, daemon.clock.now, daemon.troubles, daemon.runs).metrics(None).body  # type: ignore[arg-type]
            station.close()
    finally:
        logging.getLogger("lastday").removeHandler(handler)
    (request,) = hook.requests
    ((_, message),) = mail.messages
    parts = list(message.walk())  # but for the letters of the encoded picture, which may spell anything
    told = "".join(str(part.items()) for part in parts) + "".join(
        part.get_content() for part in parts if part.get_content_maintype() == "text"
    )
    assert not MARKS.search(log.getvalue() + metrics.decode())
    for text in (told, json.dumps(request.json)):
        assert bool(MARKS.search(text)) is names
        assert ("p-" in text) is not names or names
