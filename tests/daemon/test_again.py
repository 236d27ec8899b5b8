"""What is judged under a kept judgement is judged as if everything were read again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor import pipeline, upkeep
from monitor.station import Station, open_station
from monitor.store import cases
from tests.daemon.conftest import NOW, new_database
from tests.office import as_lines, incident, lay_out, roster, usual

LEAVERS = {"p000": "2017-11-02", "p004": "2017-11-20", "p006": "2017-06-01"}
LEFT = datetime(2017, 6, 1, 23, tzinfo=UTC)
"""When the last of them stopped working."""


VENDOR, GUEST = "vic@vendor.example", "eve@rival.example"


def act(when: datetime, actor: str, action: str, target: str, **more: str) -> dict:
    identity = f"{actor}-{when.isoformat()}"
    return {"id": identity, "time": when.isoformat(), "actor": actor, "action": action, "target": target} | more


def drop(station: Station, name: str, lines: list[dict]) -> None:
    (station.folder / "inbox" / name).write_text(as_lines(lines))
    pipeline.ingest(station, NOW)


def judged(station: Station) -> list:
    with station.state.read() as connection:
        found = [f for theirs in cases.findings_of(connection).values() for f in theirs]
    return sorted(found, key=lambda f: (-f.score, f.time, f.finding_id))


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """A working folder that nobody has judged yet, its database and the server of that, to be copied."""
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else ""
    url = new_database(server) if server else ""
    folder = lay_out(tmp_path_factory.mktemp("filled") / "work", f'[store]\nurl = "{url}"\n' if url else "")
    station = open_station(folder)
    station.lease.renew(0.0)
    (station.folder / "rosters" / "people.csv").write_text(roster(leavers=LEAVERS))
    upkeep.sync_rosters(station, NOW)
    told = [e | {"tool": f"tool{int(e['magnitude']) % 3}", "pc": f"pc-{e['actor']}"} for e in usual(days=200)]
    told = [e for e in told if e["actor"] != "acct.p006" or e["time"] < LEFT.isoformat()]
    for i, event in enumerate(told):
        if i % 97 == 0 and event["actor"][5:] not in LEAVERS:
            event["target"] = "ledger/2017"
        if i % 41 == 0:
            event["pc"] = f"spare-{i}"
    told += [
        act(datetime(2017, 10, 24, 9, tzinfo=UTC), "acct.p004", "guest.invite", VENDOR),
        act(datetime(2017, 10, 25, 9, tzinfo=UTC), VENDOR, "account.deactivate", "@user1"),
        act(datetime(2017, 10, 25, 9, tzinfo=UTC), "acct.p031", "account.view", "@user2", pc="pc-acct.p004"),
    ]
    drop(station, "usual.jsonl", told)
    upkeep.tend(station, NOW)
    station.lease.release()
    station.close()
    (folder / "inbox" / "usual.jsonl").unlink()
    return folder, url, server


@pytest.fixture
def kept(filled: tuple[Path, str, str], tmp_path: Path) -> Iterator[Station]:
    folder, url, server = filled
    shutil.copytree(folder, tmp_path / "work")
    if url:
        config = tmp_path / "work" / "lastday.toml"
        config.write_text(config.read_text().replace(url, new_database(server, like=url)))
    station = open_station(tmp_path / "work")
    station.lease.renew(0.0)
    station.keeps = True
    pipeline.assess(station, NOW)
    yield station
    station.close()


def both(station: Station, monkeypatch: pytest.MonkeyPatch) -> tuple[list, list]:
    """What is judged again, and then from everything."""
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "recall", lambda *_: pytest.fail("everything was read again"))
        assert pipeline.assess(station, NOW) is not None
    again = judged(station)
    station.forget()
    pipeline.assess(station, NOW + timedelta(days=1), anyway=True)
    return again, judged(station)


def test_the_incident_is_judged_as_from_everything(kept: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    before = judged(kept)
    drop(kept, "new.jsonl", [incident() | {"tool": "tool9"}])
    again, everything = both(kept, monkeypatch)
    assert again[0].target == "@thereal"
    assert again != before
    assert again == everything


def test_everybody_goes_on_working_and_all_orders_tell_the_same(kept: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """People in a window do what teaches nothing; what they touch was used by others before, or by nobody."""
    day = NOW.replace(hour=9)
    old = next(e["target"] for e in usual(days=200) if e["actor"] == "acct.p030")
    lines = []
    for person in ("p000", "p004"):
        for i, target in enumerate((old, "@nobodys", f"@{person}", "finance/plan.xlsx", "finance/pay.xlsx")):
            act = incident(day + timedelta(minutes=i), person=person, magnitude=10**i)
            lines.append(act | {"id": f"{person}{i}", "target": target, "action": "account.view", "pc": f"pc-{target}"})
    lines += [incident(), lines[0] | {"magnitude": 5}]
    drop(kept, "one.jsonl", lines[::2])
    pipeline.assess(kept, NOW)
    drop(kept, "two.jsonl", [*lines[1::2], lines[0]])
    again, everything = both(kept, monkeypatch)
    assert {f.person_id for f in again} >= {"p000", "p004"}
    assert again == everything


def test_other_hands_are_judged_as_from_everything(kept: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """A leaver's guest, another leaver's vendor whom they invite too, a colleague's account on their machine, and one
    that they reset in the lobby."""
    start = NOW.replace(hour=9) - timedelta(days=1)
    times = [start + timedelta(minutes=i) for i in range(40)]
    invited = [
        act(times[0], "acct.p000", "guest.invite", GUEST),
        act(times[1], "acct.p000", "guest.invite", VENDOR),
    ]
    eve = [when - timedelta(days=1) for when in times]
    reset = act(eve[2], "acct.p000", "password.reset", "acct.p032", pc="pc-lobby")
    lines = [act(when, GUEST, "account.deactivate", f"@user{i}") for i, when in enumerate(times[5:20])]
    lines += [act(when, VENDOR, "account.deactivate", "@user1") for when in times[20:22]]
    lines += [act(when, "acct.p031", "account.view", f"@them{when}", pc="pc-acct.p000") for when in times[22:]]
    lines += [act(when, "acct.p032", "account.view", f"@its{when}", pc="pc-lobby") for when in eve[22:]]
    drop(kept, "one.jsonl", [invited[0], reset, *lines[::2]])
    pipeline.assess(kept, NOW)
    drop(kept, "two.jsonl", [invited[1], *lines[1::2]])
    again, everything = both(kept, monkeypatch)
    texts = " ".join(reason.text for finding in again for reason in finding.reasons if finding.person_id == "p000")
    assert f"by {GUEST}, whose account they opened" in texts
    assert "under the account of p031, at the leaver's machine" in texts
    assert "under the account of p032, at the leaver's machine" in texts
    assert f"{VENDOR}, whose" not in texts
    assert again == everything


def test_a_machine_that_is_new_and_used_again_and_again_is_judged_as_from_everything(
    kept: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        incident(NOW - timedelta(days=i), magnitude=1) | {"id": f"again{i}", "pc": "pc-other", "action": "account.view"}
        for i in range(9)
    ]
    drop(kept, "one.jsonl", lines[4:])
    pipeline.assess(kept, NOW)
    drop(kept, "two.jsonl", lines[:4])
    again, everything = both(kept, monkeypatch)
    assert any(reason.detector == "adopted" for finding in again for reason in finding.reasons)
    assert again == everything


def test_what_others_have_used_before_is_known_of_a_target_new_to_who_leaves(
    kept: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop(kept, "ledger.jsonl", [incident(magnitude=1000) | {"target": "ledger/2017"}])
    again, everything = both(kept, monkeypatch)
    (shared,) = [f for f in again if f.target == "ledger/2017"]
    assert shared.impact > 0.3
    assert again == everything


def test_what_goes_out_for_the_first_time_ever_is_judged_from_everything(kept: Station) -> None:
    """To outsiders the action has no number yet: nothing kept tells how usual that is."""
    shared = incident() | {"action": "account.view"}
    drop(kept, "in.jsonl", [shared | {"id": "in1", "action": "document.share", "with": "p001@corp.example"}])
    pipeline.assess(kept, NOW)
    drop(kept, "out.jsonl", [shared | {"id": "out1", "action": "document.share", "with": "buyer@rival.example"}])
    pipeline.assess(kept, NOW)
    again = judged(kept)
    kept.forget()
    pipeline.assess(kept, NOW + timedelta(days=1), anyway=True)
    assert any("to outsiders" in reason.text for finding in again for reason in finding.reasons)
    assert again == judged(kept)


def test_a_team_that_does_the_same_that_day_is_seen_at_once(kept: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the peers did since counts in what they did that day, though not yet in what they usually do."""
    seen = []

    def spy(name: str, module: object, pick: Callable) -> None:
        whole = getattr(module, name)

        def call(*given: Any, **named: Any) -> Any:
            result = whole(*given, **named)
            events = pick(result).gathered.events
            mine = (events["p"] == 0) & (events["n_day"] >= 40)
            seen.append(float(events["campaign"][mine].max(initial=0.0)))
            return result

        monkeypatch.setattr(module, name, call)

    def burst(person: int) -> list[dict]:
        acts = [incident(NOW.replace(hour=10, second=i), person=f"p{person:03d}", magnitude=50) for i in range(40)]
        return [act | {"id": f"{person}-{i}"} for i, act in enumerate(acts)]

    spy("judge_again", pipeline, lambda result: result[1])
    spy("assess", pipeline.judgement, lambda result: result)
    drop(kept, "team.jsonl", [line for i in range(1, 30) if i not in (4, 6) for line in burst(i)])
    drop(kept, "mine.jsonl", burst(0))
    pipeline.assess(kept, NOW)
    pipeline.assess(kept, NOW + timedelta(days=1), anyway=True)
    again, everything = seen
    assert again == everything > 5


@pytest.mark.parametrize(
    "line",
    [
        incident() | {"action": "database.drop", "id": "unheard of"},
        incident(NOW, person="p050") | {"id": "hired away"},
    ],
    ids=["an action nobody ever did", "a departure told only now"],
)
def test_what_it_cannot_be_sure_of_is_judged_from_everything(kept: Station, line: dict) -> None:
    people = roster(leavers=LEAVERS | {"p050": "2017-11-10"})
    if line["id"] == "hired away":
        (kept.folder / "rosters" / "people.csv").write_text(people)
        upkeep.sync_rosters(kept, NOW)
    frozen = kept.frozen
    drop(kept, "new.jsonl", [line])
    assert pipeline.assess(kept, NOW) is not None
    assert kept.frozen is not frozen
    first = judged(kept)
    pipeline.assess(kept, NOW + timedelta(days=1), anyway=True)
    assert first == judged(kept)


def test_access_that_outlives_its_owner_is_found_at_once_and_judged_again_from_then_on(
    kept: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "p006" not in {f.person_id for f in judged(kept)}
    drop(kept, "late.jsonl", [incident(NOW - timedelta(minutes=9), person="p006")])
    assert pipeline.assess(kept, NOW) is not None
    assert "after" in {reason.detector for f in judged(kept) if f.person_id == "p006" for reason in f.reasons}
    drop(kept, "later.jsonl", [incident(NOW, person="p006") | {"id": "later", "target": "@another"}])
    again, everything = both(kept, monkeypatch)
    assert "later" in {i for f in again if f.person_id == "p006" for i in f.event_ids}
    assert again == everything


def test_events_that_were_sealed_or_came_under_a_clock_set_back_are_not_missed(kept: Station) -> None:
    drop(kept, "late.jsonl", [incident(NOW - timedelta(days=5), magnitude=70_000_000)])
    upkeep.tend(kept, NOW)
    assert pipeline.assess(kept, NOW) is not None
    assert judged(kept)[0].magnitude == 70_000_000
    (kept.folder / "inbox" / "back.jsonl").write_text(as_lines([incident(magnitude=90_000_000) | {"id": "back"}]))
    pipeline.ingest(kept, NOW - timedelta(days=3))
    assert pipeline.assess(kept, NOW) is not None
    assert 90_000_000 in {f.magnitude for f in judged(kept)}


def test_a_clock_set_back_by_an_hour_costs_nothing(kept: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    (kept.folder / "inbox" / "back.jsonl").write_text(as_lines([incident()]))
    pipeline.ingest(kept, NOW - timedelta(hours=1))
    again, everything = both(kept, monkeypatch)
    assert again[0].target == "@thereal"
    assert again == everything


def test_who_looks_at_an_earlier_moment_sees_that_moment(kept: Station) -> None:
    """A question may hold an older view of the store than the judgement that looked just before it."""
    assert kept.frozen
    came = kept.frozen[1].came
    drop(kept, "one.jsonl", [incident() | {"id": "one"}])
    with kept.state.read() as earlier:
        assert came.read(earlier)["id"].to_pylist() == ["one"]
        drop(kept, "two.jsonl", [incident() | {"id": "two"}])
        with kept.state.read() as later:
            assert sorted(came.read(later)["id"].to_pylist()) == ["one", "two"]
        assert came.read(earlier)["id"].to_pylist() == ["one"]
    with kept.state.read() as now:
        assert sorted(came.read(now)["id"].to_pylist()) == ["one", "two"]


def test_after_very_many_new_events_everything_is_judged(kept: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept.frozen
    before = kept.frozen[1]
    monkeypatch.setattr(pipeline, "MOST_FRESH", 1)
    drop(kept, "new.jsonl", [incident(), incident() | {"id": "again", "target": "@another"}])
    assert pipeline.assess(kept, NOW) is not None
    assert kept.frozen[1] is not before
    assert judged(kept)[0].target in ("@thereal", "@another")


def test_what_was_kept_and_got_lost_is_made_anew(kept: Station) -> None:
    assert kept.frozen
    for file in Path(kept.frozen[1].kept.folder.name).iterdir():
        file.unlink()
    drop(kept, "new.jsonl", [incident()])
    assert pipeline.assess(kept, NOW) is not None
    assert judged(kept)[0].target == "@thereal"


def test_nothing_kept_is_left_behind(kept: Station) -> None:
    assert kept.frozen
    folder = Path(kept.frozen[1].kept.folder.name)
    pipeline.assess(kept, NOW + timedelta(days=1), anyway=True)
    assert not folder.exists()
    newer = Path(kept.frozen[1].kept.folder.name)
    kept.close()
    assert not newer.exists()


def test_an_event_of_tomorrow_is_judged_tomorrow(kept: Station) -> None:
    drop(kept, "ahead.jsonl", [incident(NOW + timedelta(hours=20))])
    pipeline.assess(kept, NOW)
    assert "@thereal" not in {f.target for f in judged(kept)}
    drop(kept, "usual.jsonl", [incident(NOW, magnitude=3) | {"action": "account.view"}])
    pipeline.assess(kept, NOW + timedelta(hours=20))
    assert "@thereal" in {f.target for f in judged(kept)}
