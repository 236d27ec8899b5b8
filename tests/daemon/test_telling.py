"""Cases and notices in the store: what is told, once, to whom, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor import pipeline
from monitor.model import Departure
from monitor.notify import words
from monitor.store import cases
from monitor.telling import warn
from tests.core.made import LAST_DAY, finding
from tests.daemon.clockwork import SetClock, beat, judge, kept, open_at, posted
from tests.daemon.conftest import NOW
from tests.office import lay_out

MAIL = """
[[channels]]
name = "mail"
kind = "email"
host = "127.0.0.1"
sender = "lastday@corp.example"
to = ["security@corp.example"]
names = true
"""
LEAVING = [Departure(f"p{i:03d}", LAST_DAY, None, "unknown", "confirmed") for i in range(300)]


@pytest.fixture
def office(tmp_path: Path, store_config: str):
    station = open_at(lay_out(tmp_path / "work", store_config + MAIL))
    yield station
    station.close()


def test_opened_escalated_reminder_and_never_twice(office) -> None:
    clock = SetClock()
    daemon, mail = kept(office, clock)
    for _ in range(3):
        judge(office, [finding()], clock.now(), LEAVING)
        beat(daemon)
        clock.go(minutes=5)
    assert mail.kinds == ["opened"]
    judge(office, [finding(), finding(action="file.delete", severity="critical")], clock.now(), LEAVING)
    beat(daemon)
    assert mail.kinds == ["opened", "escalated"]
    for _ in range(100):
        clock.go(hours=1)
        beat(daemon)
    assert mail.kinds == ["opened", "escalated", "reminder", "reminder"]
    assert len({key for key, _, _ in mail.taken}) == 4


def test_what_was_not_told_yet_comes_first_with_its_undo(office) -> None:
    clock = SetClock()
    daemon, mail = kept(office, clock)
    old = [finding(action=f"file.v{i}", score=20.0 - i, day=1) for i in range(6)]
    judge(office, old, clock.now(), LEAVING)
    beat(daemon)
    quiet = finding(action="mail.send", severity="low", score=19.5)
    fresh = finding(action="table.drop", score=9.0, undo="Restore it.")
    judge(office, [*old, quiet, fresh], clock.now(), LEAVING)
    beat(daemon)
    assert mail.kinds == ["opened", "escalated"]
    told = mail.taken[-1][1]
    assert [f["action"] for f in told.body["findings"]][:3] == ["table.drop", "file.v0", "mail.send"]
    assert "table.drop" in words.subject(told)
    assert words.text(told).startswith("UNDO: Restore it.")
    assert "new: high, score 9.0" in words.text(told)
    assert words.text(told).count("new: ") == words.html(told).count("new: ") == 1
    assert f"lastday case show {told.case_id}" in words.text(told)
    assert f"lastday case show {told.case_id}" in words.html(told)


def test_a_layoff_of_200_is_one_digest(office) -> None:
    clock = SetClock()
    daemon, mail = kept(office, clock)
    found = [finding(f"p{i:03d}") for i in range(200)]
    assert judge(office, found, NOW, LEAVING) == 1
    for _ in range(4):
        beat(daemon)
        clock.go(minutes=2)
    ((_, notice, _),) = mail.taken
    assert (notice.kind, notice.body["total"], len(notice.body["cases"])) == ("digest", 200, 200)


def test_a_flood_that_comes_bit_by_bit_is_a_handful_of_digests(office) -> None:
    clock = SetClock()
    daemon, mail = kept(office, clock)
    for i in range(1, 61):
        judge(office, [finding(f"p{k:03d}") for k in range(i)], clock.now(), LEAVING)
        beat(daemon)
        clock.go(minutes=1)
    for _ in range(30):
        beat(daemon)
        clock.go(minutes=1)
    assert mail.kinds.count("opened") <= 2 * office.settings.notices.flood
    assert mail.kinds.count("digest") <= 6
    told = [n.person_id for _, n, _ in mail.taken if n.kind == "opened"]
    told += [c["person"]["person_id"] for _, n, _ in mail.taken if n.kind == "digest" for c in n.body["cases"]]
    assert sorted(told) == sorted({f"p{i:03d}" for i in range(60)}), "everybody once"


def test_what_is_critical_in_a_flood_waits_a_minute_at_most(office) -> None:
    clock = SetClock()
    daemon, mail = kept(office, clock)
    found = [finding(f"p{k:03d}") for k in range(office.settings.notices.flood)]
    for more in ([], [finding("p020")], [finding("p030", severity="critical")], [finding("p031")]):
        found += more
        judge(office, found, clock.now(), LEAVING)
        beat(daemon)
        clock.go(seconds=70)
    digests = [notice.body["cases"] for _, notice, _ in mail.taken if notice.kind == "digest"]
    told = [case["person"]["person_id"] for cases in digests for case in cases]
    assert told == ["p020", "p030"], "what is not critical waits for the next quarter of an hour"


def test_the_rest_comes_in_the_daily_digest_once(office) -> None:
    clock = SetClock(NOW.replace(hour=7))
    daemon, mail = kept(office, clock)
    judge(office, [finding(severity="medium"), finding("p001", severity="low")], clock.now(), LEAVING)
    for _ in range(24 * 4):
        beat(daemon)
        clock.go(minutes=30)
    ((_, notice, _),) = mail.taken
    assert notice.kind == "digest"
    assert [c["person"]["person_id"] for c in notice.body["cases"]] == ["p000"]


def test_a_silence_holds_back_until_it_ends(office) -> None:
    clock = SetClock()
    daemon, mail = kept(office, clock)
    with office.state.write() as connection:
        cases.add_silence(connection, "person", "p000", NOW, NOW + timedelta(hours=2), "move", "me")
    judge(office, [finding()], NOW, LEAVING)
    beat(daemon)
    assert mail.kinds == []
    clock.go(hours=2)
    beat(daemon)
    assert mail.kinds == ["opened"]


def test_quiet_hours_hold_back_what_can_wait(tmp_path: Path) -> None:
    quiet = '[notices]\nquiet_from = "18:00"\nquiet_to = "07:00"\nquiet_below = "critical"\n'
    station = open_at(lay_out(tmp_path / "work", MAIL + quiet))
    clock = SetClock()
    daemon, mail = kept(station, clock)
    judge(station, [finding(), finding("p001", severity="critical")], NOW, LEAVING)
    beat(daemon)
    assert [n.person_id for _, n, _ in mail.taken] == ["p001"]
    while clock.now() < (NOW + timedelta(days=1)).replace(hour=6, minute=59):
        clock.go(minutes=7)
        beat(daemon)
    told = {n.person_id: n for _, n, _ in mail.taken if n.kind == "opened"}
    assert set(told) == ({"p001"} if clock.now().hour < 7 else {"p000", "p001"})
    clock.go(minutes=10)
    beat(daemon)
    assert "p000" in {n.person_id for _, n, _ in mail.taken}
    station.close()


@pytest.mark.parametrize("night", [datetime(2017, 10, 28, 20, tzinfo=UTC), datetime(2017, 3, 25, 20, tzinfo=UTC)])
def test_nights_in_which_the_clock_is_changed_have_one_digest(tmp_path: Path, night: datetime) -> None:
    """02:30 comes twice in one of these nights and never in the other."""
    times = '[schedule]\ndigest = "02:30"\ntimezone = "Europe/Berlin"\n'
    station = open_at(lay_out(tmp_path / "work", MAIL + times))
    clock = SetClock(night)
    daemon, mail = kept(station, clock)
    beat(daemon)
    seen = []
    for i in range(2 * 24 * 4):
        judge(station, [finding(f"p{k:03d}", severity="medium") for k in range(i + 1)], clock.now(), LEAVING)
        before = len(mail.taken)
        beat(daemon)
        seen += [clock.now().astimezone(ZoneInfo("Europe/Berlin")).date()] * (len(mail.taken) - before)
        clock.go(minutes=15)
    assert seen == [night.date() + timedelta(days=1), night.date() + timedelta(days=2)]
    assert mail.kinds == ["digest", "digest"]
    station.close()


def test_a_departure_that_is_withdrawn_resolves_its_case_also_under_a_silence(office) -> None:
    judge(office, [finding()], NOW, LEAVING)
    with office.state.write() as connection:
        cases.add_silence(connection, "person", "p000", NOW, NOW + timedelta(days=2), "move", "me")
    judge(office, [], NOW + timedelta(hours=1), [replace(LEAVING[0], certainty="withdrawn")])
    judge(office, [], NOW + timedelta(hours=2), [])
    assert [(row["kind"], row["severity"]) for row in posted(office)] == [("opened", "high"), ("resolved", "low")]
    with office.state.read() as connection:
        (case,) = cases.all_cases(connection)
    assert (case.state, case.closed_as) == ("closed", "withdrawn")


def test_a_last_day_that_moves_opens_no_second_case(office) -> None:
    judge(office, [finding()], NOW, LEAVING)
    moved = LAST_DAY + timedelta(days=14)
    later = [replace(LEAVING[0], last_day=moved)]
    judge(office, [finding(finding_id="other", last_day=moved)], NOW + timedelta(hours=1), later)
    with office.state.read() as connection:
        (case,) = cases.all_cases(connection)
        assert [f.finding_id for f in cases.findings_of(connection)[case.case_id]] == ["other"]
    assert case.last_day == moved
    assert len(posted(office)) == 1


def test_a_case_of_an_older_lastday_keeps_its_id(office) -> None:
    judge(office, [finding()], NOW, LEAVING)
    with office.state.write() as connection:
        for table in ("cases", "findings"):
            connection.execute(sa.text(f"UPDATE {table} SET case_id = 'c0123456789abcdef'"))
    judge(office, [finding(), finding(finding_id="other", action="file.delete")], NOW + timedelta(hours=1), LEAVING)
    with office.state.read() as connection:
        assert [case.case_id for case in cases.all_cases(connection)] == ["c0123456789abcdef"]
        assert set(cases.findings_of(connection)) == {"c0123456789abcdef"}


def test_a_rehire_who_leaves_again_gets_a_case_of_its_own(office) -> None:
    again = LAST_DAY + timedelta(days=60)
    judge(office, [finding(), finding(finding_id="second", last_day=again, action="x.y")], NOW, LEAVING)
    judge(office, [finding(), finding(finding_id="second", last_day=again, action="x.y")], NOW, LEAVING)
    with office.state.read() as connection:
        assert sorted(c.last_day for c in cases.all_cases(connection)) == [LAST_DAY, again]


def test_the_person_concerned_is_not_told_and_that_nobody_is_left_is_seen(tmp_path: Path) -> None:
    config = MAIL.replace("security@corp.example", "p000@corp.example")
    station = open_at(lay_out(tmp_path / "work", config))
    judge(station, [finding()], NOW, LEAVING)
    (row,) = posted(station)
    assert (row["channel"], row["state"], row["error"]) == ("", "given_up", "nobody is left to tell")
    station.close()


@pytest.mark.parametrize("step", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)])
def test_a_clock_that_is_set_tells_nothing_twice_and_forgets_nothing(office, step: timedelta) -> None:
    clock = SetClock(NOW.replace(hour=7, minute=50))
    daemon, mail = kept(office, clock)
    beat(daemon)
    judge(office, [finding()], clock.now(), LEAVING)
    clock.set(seconds=step.total_seconds())
    for _ in range(5):
        beat(daemon)
        clock.go(minutes=1)
    judge(office, [finding(), finding("p001", severity="medium")], clock.now(), LEAVING)
    for _ in range(24 * 3):
        beat(daemon)
        clock.go(hours=1)
    assert mail.kinds.count("opened") == 1
    digests = [n for _, n, _ in mail.taken if n.kind == "digest"]
    assert [[c["person"]["person_id"] for c in n.body["cases"]] for n in digests] == [["p001"]]
    assert daemon.station.lease.leads


def test_that_a_channel_is_in_trouble_is_told_through_another(tmp_path: Path) -> None:
    station = open_at(lay_out(tmp_path / "work", MAIL + MAIL.replace('name = "mail"', 'name = "other"')))
    with station.state.write() as connection:
        warn(connection, station, "channel mail", "it is down", NOW)
        warn(connection, station, "history", "a file is lost", NOW)
    told = {(row["body"]["topic"], row["channel"]) for row in posted(station)}
    assert told == {("channel mail", "other"), ("history", "mail"), ("history", "other")}
    station.close()


def test_nothing_is_written_by_who_does_not_lead(office) -> None:
    from monitor.store.lease import Lease, NotLeader

    other = Lease(office.state, "elsewhere/1/x", 15.0)
    assert not other.renew(0.0)
    assert not other.renew(14.0)
    assert other.renew(15.0), "the first has not been heard of"
    with pytest.raises(NotLeader):
        pipeline.remind(office, NOW)
    assert not office.lease.renew(0.0)
