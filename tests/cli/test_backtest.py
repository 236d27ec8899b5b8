"""lastday backtest: only what was known then is judged, and what it tells adds up."""

from __future__ import annotations

import csv
import json
import re
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from monitor import replay, scanning
from monitor.settings import load_settings
from tests.cli.running import Ran, lastday
from tests.organisation import Org, write_csv

HOSTILE = "</title><script>alert(1)</script>\"'><img src=x onerror=alert(2)>\x1b[31m"
NUMBER = (int, float)
TIMES = {"told_from": str, "told_by": str, "lead_hours": NUMBER, "lead_hours_at_best": NUMBER}
FINDING = {
    "finding_id": str, "person_id": str, "last_day": str, "time": str, "action": str, "target": (str, type(None)),
    "magnitude": (float, type(None)), "score": float, "event_ids": list,
}  # fmt: skip
NOTICE = {
    "person_id": str, "last_day": str, "known": str, **TIMES, "severity": str, "rank": int, "backlog": bool,
    "label": (str, type(None)), "finding": dict,
}  # fmt: skip
INCIDENT = {
    "person_id": str, "kind": str, "story": str, "caught": bool, "located": (bool, type(None)),
    "rank": (int, type(None)), "score": float, "ended": (str, type(None)), "told_from": (str, type(None)),
    "told_by": (str, type(None)), "rank_then": (int, type(None)), "lead_hours": (*NUMBER, type(None)),
    "lead_hours_at_best": (*NUMBER, type(None)), "hours_before_it_ended": (*NUMBER, type(None)),
}  # fmt: skip
SHARE = (*NUMBER, type(None))
OUTCOME = {
    "before": int, "budget": NUMBER, "notices": int, "notices_a_week": NUMBER, "right": int, "wrong": int,
    "unlabelled": int, "incidents": int, "caught": int, "located": int, "precision": SHARE, "recall": SHARE,
    "filled": int, "filled_precision": SHARE, "filled_recall": SHARE,
}  # fmt: skip
WHOLE = {
    "from": str, "until": str, "step_days": int, "budget": NUMBER, "before": int, "events": int, "departures": int,
    "departures_known_later": int, "moments": list, "notices_a_week": NUMBER, "notices": list, "incidents": list,
    "average_precision": SHARE, "outcomes": list, "feedback": dict,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Firm:
    """Thirty-eight people, of whom five leave. drop, lock, delete: ids of acts of ops-07, ops-11 and ops-15."""

    org: Org
    folder: Path
    drop: str
    lock: str
    delete: str

    @property
    def files(self) -> tuple[object, ...]:
        return ("--hr", self.folder / "hr.csv", "--events", self.folder / "events.jsonl")

    @property
    def labels(self) -> Path:
        path = self.folder / "labels.csv"
        rows = ("ops-07", "malicious", self.drop), ("ops-11", "benign", ""), ("ops-15", "honest-mistake", self.delete)
        rows += (("ops-19", "benign", ""), ("ops-23", "malicious", ""))
        return write_csv(path, [dict(zip(("person_id", "verdict", "event_id"), row, strict=True)) for row in rows])

    def feedback(self, *rows: Sequence[str]) -> Path:
        path = self.folder / "feedback.csv"
        with path.open("w", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerows([("person_id", "team", "action", "verdict", "reason", "expires"), *rows])
        return path


def people_at_work() -> Org:
    org = Org(date(2017, 7, 3), date(2017, 11, 20), zone="Europe/Berlin")
    people = org.team("ops", 38)
    org.usual(people, "file.read", per_day=2, target=lambda d: f"/shared/{d.randint(1, 90)}")
    for action, who in (("report.export", people), ("database.drop", people[:24])):
        org.usual(who, action, per_day=1, target=lambda d: f"t{d.randint(1, 9)}", magnitude=lambda d: d.randint(1, 999))
    return org


def firm_in(folder: Path) -> Firm:
    """ops-07 left with notice, ops-15 without, ops-11 and ops-19 harmlessly; ops-23 leaves after the last event."""
    org = people_at_work()
    org.leaves("ops-07", "2017-10-20", notice_date="2017-10-02")
    org.leaves("ops-11", "2017-09-29", notice_date="2017-09-01")
    org.leaves("ops-15", "2017-11-10")
    org.leaves("ops-19", "2017-10-31", notice_date="2017-10-16")
    org.people["ops-23"] |= {"last_day": "2017-12-15", "notice_date": "2017-11-25"}
    drop = org.does("ops-07", "database.drop", "2017-10-19", "23:10", target="customers", magnitude=44_000_000)
    lock = org.does("ops-11", "account.suspend", "2017-09-26", "23:10", target="old account")
    org.does("ops-15", "role.grant", "2017-11-08", "23:40", target=f"x {HOSTILE}")
    delete = org.does("ops-15", "user.delete", "2017-11-08", "23:50", target=f"y {HOSTILE}")
    org.write(folder)
    return Firm(org, folder, drop, lock, delete)


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Firm:
    return firm_in(tmp_path_factory.mktemp("firm"))


@pytest.fixture(scope="module")
def ran(firm: Firm) -> Ran:
    told = ("--labels", firm.labels, "--budget", "0.1", "--budget", "10", "--before", "14", "--step", "14")
    return lastday("backtest", *firm.files, *told, "--format", "json", "--html", firm.folder / "page.html")


@pytest.fixture(scope="module")
def told(ran: Ran) -> dict[str, Any]:
    assert ran.code == 0, ran.err
    found: dict[str, Any] = json.loads(ran.out)
    return found


def check(found: dict[str, Any], kinds: dict[str, Any]) -> None:
    assert list(found) == list(kinds)
    assert {key: value for key, value in found.items() if not isinstance(value, kinds[key])} == {}


def test_json_has_the_documented_form(told: dict[str, Any]) -> None:
    check(told, WHOLE)
    for notice in told["notices"]:
        check(notice, NOTICE)
        check(notice["finding"], FINDING)
    for incident in told["incidents"]:
        check(incident, INCIDENT)
    for outcome in told["outcomes"]:
        check(outcome, OUTCOME)
    described = (Path(__file__).parents[2] / "docs" / "backtest.md").read_text("utf-8")
    assert [key for key in {**WHOLE, **NOTICE, **INCIDENT, **OUTCOME} if f"`{key}`" not in described] == []


def test_steps_run_back_from_the_last_event(firm: Firm, told: dict[str, Any]) -> None:
    as_ofs = [datetime.fromisoformat(moment["as_of"]) for moment in told["moments"]]
    assert as_ofs[-1] == max(datetime.fromisoformat(event["time"]) for event in firm.org.events)
    assert {after - before for before, after in pairwise(as_ofs)} == {timedelta(days=14)}
    assert as_ofs[0] - timedelta(days=58) >= min(datetime.fromisoformat(e["time"]) for e in firm.org.events)
    assert as_ofs[0] - timedelta(days=72) < min(datetime.fromisoformat(e["time"]) for e in firm.org.events)


def test_a_departure_is_known_from_its_notice_or_its_window(told: dict[str, Any]) -> None:
    known = {"2017-09-01": 1, "2017-10-02": 2, "2017-10-11": 3, "2017-10-16": 4}
    for moment in told["moments"]:
        day = moment["as_of"][:10]
        assert moment["departures"] == sum(day >= first for first in known)
    assert told["departures_known_later"] == 1


def test_notices_come_once_with_their_lead(firm: Firm, told: dict[str, Any]) -> None:
    notices = {notice["person_id"]: notice for notice in told["notices"]}
    assert len(notices) == len(told["notices"])
    drop = notices["ops-07"]
    assert firm.drop in drop["finding"]["event_ids"]
    assert drop["told_from"] == "2017-10-19T23:10:00+02:00"
    assert drop["lead_hours_at_best"] == 24.83
    ends, by = datetime.fromisoformat("2017-10-21T00:00:00+02:00"), datetime.fromisoformat(drop["told_by"])
    assert drop["lead_hours"] == pytest.approx((ends - by).total_seconds() / 3600, abs=0.01)
    assert timedelta() <= by - datetime.fromisoformat(drop["told_from"]) <= timedelta(days=14)
    assert drop["label"] == "malicious"
    assert (drop["rank"], drop["backlog"]) == (1, False)


def test_incidents_are_caught_at_a_rank(told: dict[str, Any]) -> None:
    found = {incident["person_id"]: incident for incident in told["incidents"]}
    assert set(found) == {"ops-07", "ops-15", "ops-23"}
    assert (found["ops-07"]["caught"], found["ops-07"]["located"]) == (True, True)
    assert found["ops-07"]["hours_before_it_ended"] == 0.0
    assert (found["ops-15"]["kind"], found["ops-15"]["located"]) == ("honest-mistake", True)
    assert {found["ops-07"]["rank"], found["ops-15"]["rank"]} == {1, 2}
    missed = found["ops-23"]
    assert (missed["caught"], missed["located"], missed["rank"]) == (False, None, None)
    assert missed["told_by"] is missed["lead_hours"] is None


def test_precision_and_recall_add_up(told: dict[str, Any]) -> None:
    assert [(o["before"], o["budget"]) for o in told["outcomes"]] == [(b, n) for b in (30, 14) for n in (0.1, 2, 10)]
    for outcome in told["outcomes"]:
        assert outcome["notices"] == outcome["right"] + outcome["wrong"] + outcome["unlabelled"]
        assert outcome["incidents"] == 3
        assert outcome["recall"] == round(outcome["caught"] / 3, 4)
        if outcome["right"] + outcome["wrong"]:
            assert outcome["precision"] == round(outcome["right"] / (outcome["right"] + outcome["wrong"]), 4)
    own = told["outcomes"][1]
    assert own["notices"] == len(told["notices"])
    assert own["caught"] == sum(incident["caught"] for incident in told["incidents"]) == 2
    weeks = 2 * len(told["moments"])
    assert told["notices_a_week"] == round(sum(not n["backlog"] for n in told["notices"]) / weeks, 2)
    assert sum(moment["notices"] for moment in told["moments"]) == sum(not n["backlog"] for n in told["notices"])


def test_a_larger_budget_never_tells_less(told: dict[str, Any]) -> None:
    for before in (30, 14):
        notices = [outcome["notices"] for outcome in told["outcomes"] if outcome["before"] == before]
        assert notices == sorted(notices)
    assert told["outcomes"][0]["notices"] < told["outcomes"][1]["notices"]


def test_every_step_finds_what_a_scan_finds_then(firm: Firm) -> None:
    settings, files = load_settings(), ([firm.folder / "hr.csv"], [str(firm.folder / "events.jsonl")])
    loaded = scanning.load_files(*files, settings)
    as_ofs = replay.times(replay.lived(loaded), settings, None, None, timedelta(days=28))
    lived = replay.replay(loaded, settings, as_ofs)
    for moment in lived.moments[settings.windows.before]:
        then = scanning.scan(*files, settings, as_of=moment.as_of)
        assert moment.found == {finding.finding_id: finding.score for finding in then.found}
    now = scanning.scan(*files, settings, as_of=as_ofs[-1])
    assert lived.last.found == now.found
    assert lived.last.unmatched == now.unmatched


def test_a_clock_that_was_off_by_years_makes_the_replay_no_longer(firm: Firm, tmp_path: Path) -> None:
    settings, hr = load_settings(), firm.folder / "hr.csv"
    lines = (firm.folder / "events.jsonl").read_text("utf-8").splitlines()
    off = [
        json.dumps(json.loads(lines[0]) | {"id": f"off{year}", "time": f"{year}-01-01T00:00:00Z"})
        for year in (1999, 2035)
    ]
    (tmp_path / "events.jsonl").write_text("\n".join([*lines, *off]) + "\n")
    step = timedelta(days=90)
    whole, astray = (
        replay.lived(scanning.load_files([hr], [str(folder / "events.jsonl")], settings))
        for folder in (firm.folder, tmp_path)
    )
    assert replay.times(astray, settings, None, None, step) == replay.times(whole, settings, None, None, step)
    assert (astray.astray, whole.astray) == (2, 0)


def test_the_last_step_finds_what_a_plain_scan_finds(firm: Firm, tmp_path: Path) -> None:
    hr = write_csv(tmp_path / "hr.csv", [p for p in firm.org.people.values() if p["person_id"] != "ops-23"])
    settings, files = load_settings(), ([hr], [str(firm.folder / "events.jsonl")])
    loaded = scanning.load_files(*files, settings)
    as_ofs = replay.times(replay.lived(loaded), settings, None, None, timedelta(days=90))
    lived = replay.replay(loaded, settings, as_ofs)
    plain = scanning.scan(*files, settings)
    assert plain.found
    assert lived.last.found == plain.found


def test_nothing_known_later_changes_what_was_told(firm: Firm, tmp_path: Path) -> None:
    """More events, a new departure, a new action and a new attribute, all after the end of the replay."""
    until = ("--until", "2017-10-24T12:00:00+02:00", "--step", "21", "--format", "json")
    before = lastday("backtest", *firm.files, *until, "--labels", firm.labels)
    later = firm_in(tmp_path)
    later.org.people["ops-30"] |= {"last_day": "2017-11-15", "notice_date": "2017-10-25"}
    for person in ("ops-30", "ops-07", "ops-01"):
        for hour in range(10, 22):
            fields = {"target": "customers", "magnitude": 9e9, "tool": f"tool {hour}"}
            later.org.does(person, "database.drop", "2017-10-24", f"{hour + 2}:30", **fields)
    later.org.write(tmp_path)
    after = lastday("backtest", *later.files, *until, "--labels", firm.labels)
    one, two = json.loads(before.out), json.loads(after.out)
    assert two.pop("events") > one.pop("events")
    assert two.pop("departures_known_later") == one.pop("departures_known_later") + 1
    assert one["notices"]
    assert one == two


BENIGN = ("ops-11", "", "account.s*", "benign", "the yearly audit", "2017-12-31")


def quiet(firm: Firm, *rows: Sequence[str]) -> dict[str, Any]:
    feedback, step = firm.feedback(*rows), ("--step", "35", "--labels", firm.labels)
    found: dict[str, Any] = json.loads(
        lastday("backtest", *firm.files, *step, "--format", "json", "--feedback", feedback).out
    )
    return found


def scored(finding: dict[str, Any]) -> dict[str, Any]:
    """The finding without what it means among others."""
    return {key: value for key, value in finding.items() if key not in ("one_in", "severity", "against")}


def test_feedback_hides_what_it_damps_and_nothing_else(firm: Firm) -> None:
    without, with_it = quiet(firm), quiet(firm, BENIGN)
    assert "ops-11" in {notice["person_id"] for notice in without["notices"]}
    assert with_it["feedback"]["entries"] == 1
    hidden = with_it["feedback"]["hidden"]
    assert {one["finding"]["person_id"] for one in hidden} == {"ops-11"}
    [lock] = [one for one in hidden if firm.lock in one["finding"]["event_ids"]]
    assert lock["entry"] == {"reason": "the yearly audit", "expires": "2017-12-31"}
    scanned = lastday("scan", *firm.files, "--format", "jsonl", "--feedback", firm.feedback(BENIGN)).lines
    [damped] = [f for f in scanned if f["finding_id"] == lock["finding"]["finding_id"]]
    assert lock["left"] == pytest.approx(damped["score"], abs=0.05)
    assert damped["score"] < 0.4 * lock["finding"]["score"], "a quarter, and what other acts add to it"
    assert lock["incident"] is False
    assert with_it["feedback"]["risen"] == []
    told, still = ([n["finding"] for n in one["notices"]] for one in (without, with_it))
    assert any(firm.lock in finding["event_ids"] for finding in told)
    assert not any(firm.lock in finding["event_ids"] for finding in still)
    others = [[scored(f) for f in found if f["person_id"] != "ops-11"] for found in (told, still)]
    assert others[0] == others[1]


@pytest.mark.parametrize(
    "rows",
    [
        [(*BENIGN[:5], "2017-09-25")],
        [(*BENIGN[:2], "file.*", *BENIGN[3:])],
        [BENIGN, (*BENIGN[:3], "malicious", "sold it", "2018-12-31")],
        [("", "ops", *BENIGN[2:]), (*BENIGN[:2], "*", "honest-mistake", "wrong list", "2018-12-31")],
    ],
    ids=["expired", "another action", "malicious", "honest mistake"],
)
def test_feedback_that_hides_nothing(firm: Firm, rows: list[Sequence[str]]) -> None:
    told = quiet(firm, *rows)
    assert told["feedback"]["hidden"] == []
    assert "ops-11" in {notice["person_id"] for notice in told["notices"]}


def test_it_is_said_when_feedback_hides_an_incident(firm: Firm) -> None:
    feedback = firm.feedback(("", "ops", "*", "benign", "all is well", "2018-12-31"))
    ran = lastday("backtest", *firm.files, "--labels", firm.labels, "--step", "35", "--feedback", feedback)
    assert "LABELLED INCIDENT" in ran.out
    assert re.search(r"\d of them on a labelled incident", " ".join(ran.out.split()))


def test_scan_takes_the_same_feedback(firm: Firm) -> None:
    plain = {f["finding_id"]: f for f in lastday("scan", *firm.files, "--format", "jsonl").lines}
    damped = lastday("scan", *firm.files, "--format", "jsonl", "--feedback", firm.feedback(BENIGN)).lines
    found = next(f for f in damped if firm.lock in f["event_ids"])
    assert found["severity"] in ("low", "medium")
    before = plain[found["finding_id"]]
    assert before["severity"] in ("high", "critical")
    own, left = (sum(r["bits"] for r in f["reasons"] if r["detector"] != "company") for f in (before, found))
    assert left == pytest.approx(own / 4, abs=0.1)
    assert found["score"] < 0.4 * before["score"]
    assert found["reasons"][-1]["detector"] == "feedback"
    assert "the yearly audit" in found["reasons"][-1]["text"]
    assert sum(reason["bits"] for reason in found["reasons"]) == pytest.approx(found["score"], abs=0.5)
    others = {f["finding_id"]: f for f in damped if f["person_id"] != "ops-11"}
    assert {key: scored(f) for key, f in others.items()} == {
        key: scored(f) for key, f in plain.items() if f["person_id"] != "ops-11"
    }
    assert all(f["one_in"] <= plain[key]["one_in"] for key, f in others.items()), "a harmless leaver scored as much"
    assert any(f["one_in"] < plain[key]["one_in"] for key, f in others.items())


class Page(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.given: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.given += attrs

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_the_page_needs_nothing_else_and_hostile_text_is_inert(firm: Firm, ran: Ran) -> None:
    assert stat.S_IMODE((firm.folder / "page.html").stat().st_mode) == 0o600, "it tells who leaves, and what they did"
    text = (firm.folder / "page.html").read_text("utf-8")
    page = Page(text)
    assert page.tags <= {
        "html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "table", "thead", "tbody", "tr", "th", "td",
        "svg", "rect", "text", "line", "path", "polyline", "circle",
    }  # fmt: skip
    assert not {name for name, _ in page.given} & {"src", "href", "xlink:href", "onerror", "onload", "srcset"}
    assert "http://" not in text and "https://" not in text and "url(" not in text and "@import" not in text
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in page.given
    assert "\x1b" not in text
    assert any("onerror=alert(2)" in data for data in page.text), "the hostile target is shown, as text"
    assert text.count("<svg") == text.count("</svg>") == 4
    assert "nan" not in text.lower().replace("finance", "")


@pytest.mark.parametrize("width", [60, 110])
def test_the_table_fits_and_holds_no_control_character(firm: Firm, width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    ran = lastday("backtest", *firm.files, "--labels", firm.labels, "--step", "90")
    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert max(map(len, ran.out.splitlines())) <= width
    for word in ("ops-07", "Labelled incidents", "budget", "missed", "assessments"):
        assert word in ran.out


def test_where_no_label_names_an_event_nothing_is_said_of_locating(firm: Firm, tmp_path: Path) -> None:
    """It cannot be known whether a loud finding holds the act: none is no "0 located"."""
    labels = tmp_path / "l.csv"
    labels.write_text("person_id,verdict\nops-07,malicious\nops-11,benign\n")
    ran = lastday("backtest", *firm.files, "--labels", labels, "--step", "90")
    assert "1 of 1 labelled incidents caught; average precision" in " ".join(ran.out.split())
    [row] = [line for line in ran.out.splitlines() if re.match(r"30 days +2 ", line)]
    assert re.search(r" %  +100 %  +-  ", row)


def test_of_located_only_incidents_count_whose_events_are_named(firm: Firm, tmp_path: Path) -> None:
    labels = tmp_path / "l.csv"
    labels.write_text(f"person_id,verdict,event_id\nops-07,malicious,{firm.drop}\nops-15,honest-mistake,\n")
    ran = lastday("backtest", *firm.files, "--labels", labels, "--step", "90")
    assert "2 of 2 labelled incidents caught, 1 of 1 located" in " ".join(ran.out.split())


def test_without_labels_nothing_is_claimed(firm: Firm) -> None:
    ran = lastday("backtest", *firm.files, "--step", "90", "--format", "json")
    found = json.loads(ran.out)
    assert found["incidents"] == []
    assert found["average_precision"] is None
    assert {(o["precision"], o["recall"], o["filled_recall"]) for o in found["outcomes"]} == {(None, None, None)}
    assert [o["budget"] for o in found["outcomes"]] == [1, 2, 5, 10]
    assert {o["unlabelled"] for o in found["outcomes"]} == {len(found["notices"])}


def test_what_the_roster_does_not_know_is_told(firm: Firm, tmp_path: Path) -> None:
    labels = tmp_path / "l.csv"
    labels.write_text("person_id,verdict\nno\x1bbody,malicious\n")
    ran = lastday("backtest", *firm.files, "--step", "90", "--labels", labels)
    assert ran.code == 0
    assert "1 person is on no roster" in ran.err
    assert "\x1b" not in ran.err


@pytest.mark.parametrize(
    ("args", "what"),
    [
        (("--from", "2017-12-01T00:00:00Z"), "no event between"),
        (("--until", "2001-01-01T00:00:00Z"), "no event between"),
        (("--from", "2017-11-01T00:00:00Z", "--until", "2017-10-01T00:00:00Z"), "no event between"),
        (("--from", "1990-01-01T00:00:00Z"), "at most 600"),
        (("--from", "soon"), "is no time"),
        (("--step", "0"), "--step"),
        (("--budget", "-1"), "--budget"),
        (("--labels", "missing.csv"), "cannot be read"),
        (("--feedback", "missing.toml"), "cannot be read"),
        (("--html", "/nowhere/page.html", "--step", "90"), "cannot be written"),
    ],
)
def test_wrong_use_is_told_in_a_line(firm: Firm, args: tuple[str, ...], what: str) -> None:
    ran = lastday("backtest", *firm.files, *args)
    assert ran.code == 2
    assert what in ran.err
    assert "Traceback" not in ran.err


def test_a_clock_that_is_years_off_is_told(firm: Firm, tmp_path: Path) -> None:
    events = tmp_path / "events.jsonl"
    odd = {"id": "odd", "time": "2099-01-01T00:00:00Z", "actor": "ops-01", "action": "file.read"}
    events.write_text((firm.folder / "events.jsonl").read_text() + json.dumps(odd) + "\n")
    ran = lastday("backtest", "--hr", firm.folder / "hr.csv", "--events", events, "--step", "90")
    assert ran.code == 0
    assert "as of a clock that was off: 1" in ran.err
    assert "2099" not in ran.out


def test_a_period_that_takes_too_many_assessments_is_refused(firm: Firm) -> None:
    ran = lastday("backtest", *firm.files, "--from", "2001-01-01T00:00:00Z")
    assert ran.code == 2
    assert "at most 600" in ran.err
