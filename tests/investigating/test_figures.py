"""Timelines, comparisons and leavers tell what stands in the logs: counted here once more, the plain way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from monitor.cli.leavers import how_many, in_words
from monitor.core.timeline import spread
from monitor.investigating.circle import Everybody, everybody, reading
from monitor.investigating.comparisons import comparison_of
from monitor.investigating.events import events_around
from monitor.investigating.leavers import leavers_of
from monitor.investigating.timelines import timeline_of
from monitor.looking import Look, open_look
from monitor.model import Person
from monitor.report.timeline import lines, other_lines
from monitor.station import open_station
from monitor.store.cases import save_findings
from monitor.store.schema import events
from tests.core.made import finding
from tests.demonstration import NOW, DemoFolder


@pytest.fixture(scope="module")
def look(demo_folder: DemoFolder) -> Iterator[Look]:
    station = open_station(demo_folder.path)
    with open_look(station, NOW, reason="to count") as look:
        yield look
    station.close()


def acts(look: Look, demo: DemoFolder, person_id: str) -> list[tuple[datetime, str]]:
    """(local time, action) of everything a person did, from the generated organisation."""
    row = demo.by_person[person_id]
    names = {person_id.lower(), row["email"].lower(), *row["accounts"].lower().split("|")}
    zone = ZoneInfo(everybody(look).zone(person_id))
    table = demo.world.events
    return [
        (datetime.fromisoformat(time).astimezone(zone), action)
        for time, actor, action in zip(*(table[c].to_pylist() for c in ("time", "actor", "action")), strict=True)
        if actor.lower() in names
    ]


@pytest.mark.parametrize("person_id", ["X1143", "P1171", "P1003"])
def test_days_and_hours_are_those_of_the_logs(look: Look, demo_folder: DemoFolder, person_id: str) -> None:
    """Whoever has several accounts counts under all of them; hours are those of the person's own clock."""
    told = timeline_of(look, look.people[person_id], (date(2017, 7, 1), date(2017, 9, 18)))
    done = Counter((time.date(), time.hour) for time, _ in acts(look, demo_folder, person_id))
    for day in told.days:
        assert day.hours == tuple(done[day.date, hour] for hour in range(24)), day.date
    assert sum(day.acts for day in told.days) > 0


def test_what_is_usual_of_the_peers_is_theirs_that_very_day(look: Look, demo_folder: DemoFolder) -> None:
    person = look.people[demo_folder.contractor]
    told = timeline_of(look, person, (date(2017, 9, 4), date(2017, 9, 6)))
    peers = everybody(look).peers(person.person_id)
    assert told.peers == len(peers) == 17
    days = [Counter(time.date() for time, _ in acts(look, demo_folder, peer)) for peer in peers]
    for day in told.days:
        assert day.peers == spread([theirs[day.date] for theirs in days])


def test_what_is_usual_of_the_person_is_what_came_before(look: Look, demo_folder: DemoFolder) -> None:
    first = date(2017, 9, 4)
    told = timeline_of(look, look.people[demo_folder.contractor], (first, first))
    done = Counter(time.date() for time, _ in acts(look, demo_folder, demo_folder.contractor))
    begin = min(done)
    mondays = [
        begin + timedelta(days=i) for i in range((first - begin).days) if (begin + timedelta(days=i)).weekday() == 0
    ]
    assert told.days[0].own == spread([done[day] for day in mondays])


def test_known_then_and_known_now(look: Look, demo_folder: DemoFolder) -> None:
    told = timeline_of(look, look.people[demo_folder.contractor])
    assert [(v.last_day.isoformat(), v.ended_at is None) for v in told.versions] == [
        ("2017-10-31", False), ("2017-09-13", True),
    ]  # fmt: skip
    assert [day.date.isoformat() for day in told.days if day.told] == ["2017-09-05"]


def test_actions_are_compared_over_the_same_days(look: Look, demo_folder: DemoFolder) -> None:
    person = look.people[demo_folder.contractor]
    days = date(2017, 8, 14), date(2017, 9, 13)
    told = comparison_of(look, person, days)

    def counted(person_id: str) -> Counter[str]:
        return Counter(a for time, a in acts(look, demo_folder, person_id) if days[0] <= time.date() <= days[1])

    mine, theirs = counted(person.person_id), [counted(p) for p in everybody(look).peers(person.person_id)]
    for row in told.rows:
        assert row.now == mine[row.action]
        assert row.users == sum(other[row.action] > 0 for other in theirs)
        assert row.place == 1 + sum(other[row.action] > mine[row.action] for other in theirs)
    assert {row.action for row in told.rows} >= set(mine)


def test_the_days_after_somebody_left_thin_no_rate(look: Look, demo_folder: DemoFolder) -> None:
    """Of who is gone a rate is that of the days until they went, and the peers' that of the same days."""
    gone = [d for d in look.departures if look.station.is_open(d, NOW) and d.last_day < NOW.date()]
    assert gone
    for departure in gone:
        told = comparison_of(look, look.people[departure.person_id])
        mine = acts(look, demo_folder, departure.person_id)
        assert told.last == max(departure.last_day, *(time.date() for time, _ in mine if time <= NOW))
        most = told.rows[0]
        assert most.now == sum(a == most.action and told.first <= time.date() <= told.last for time, a in mine)
        assert most.own_now == round(most.now * 30 / ((told.last - told.first).days + 1), 1)


def test_the_days_to_go_are_those_of_the_persons_own_calendar(look: Look, demo_folder: DemoFolder) -> None:
    """In Singapore it is the next day already."""
    evening = replace(look, now=NOW.replace(hour=20))
    [one] = [o for o in leavers_of(evening, everyone=True) if o.departure.person_id == demo_folder.contractor]
    assert one.days_to_go == (one.departure.last_day - date(2017, 9, 19)).days


def test_days_to_go_in_words() -> None:
    assert [in_words(days) for days in (0, 1, 2, -1, -9)] == [
        "today",
        "in 1 day",
        "in 2 days",
        "1 day ago",
        "9 days ago",
    ]


def test_who_fits_into_no_group_is_compared_with_the_others_of_small_teams() -> None:
    def staff(title: str, count: int) -> list[Person]:
        return [Person(f"{title}-{i}", None, None, (), title, title, None, None, None, None) for i in range(count)]

    for others, called in ((staff("pilot", 30), "small teams"), ([], "everybody")):
        people = {p.person_id: p for p in (*staff("accountant", 4), *staff("lawyer", 3), *others)}
        group = Everybody(people, "UTC", {})
        assert (group.group("lawyer-0"), len(group.peers("lawyer-0"))) == (called, 6)


def test_leavers_blind_spots(look: Look, demo_folder: DemoFolder) -> None:
    told = {one.departure.person_id: one for one in leavers_of(look, everyone=True)}
    assert told[demo_folder.admin].blind == ("2 of 3 accounts in no log",)
    assert told[demo_folder.quiet].blind == ("the roster told of it after the last day",)
    assert told[demo_folder.staying].blind == ()
    mine = acts(look, demo_folder, demo_folder.contractor)
    one = told[demo_folder.contractor]
    today = NOW.astimezone(ZoneInfo("Asia/Singapore")).date()
    by_day = Counter(time.date() for time, _ in mine)
    assert one.activity == tuple(by_day[today - timedelta(days=30 - i)] for i in range(31))
    assert one.acts == sum(one.first <= time.date() < one.end for time, _ in mine)


def test_a_leavers_count_is_that_of_the_days_drawn(look: Look, demo_folder: DemoFolder) -> None:
    """The window of some began long before: what was done since stands beside, with when that was."""
    told = {one.departure.person_id: one for one in leavers_of(look, everyone=True)}
    one = replace(told[demo_folder.contractor], activity=(0,) * 30 + (479,), acts=1170, logs=5, first=date(2017, 7, 1))
    assert how_many(one) == "479 acts, 1,170 since 01 Jul in 5 logs"
    assert how_many(replace(one, acts=479)) == "479 acts in 5 logs"
    assert how_many(replace(one, acts=479, logs=0)) == "479 acts"


def test_an_event_that_came_again_stands_once(own_demo: DemoFolder) -> None:
    """A line that was sent again after it was sealed is hot and sealed at once."""
    station = open_station(own_demo.path)
    with open_look(station, NOW) as look:
        person = look.people[own_demo.contractor]
        moment = datetime.fromisoformat("2017-09-13T08:58:20+00:00")
        span = timedelta(hours=2)
        before, total = events_around(look, person, moment, span, span, 100)
        days = timeline_of(look, person).days
        with station.state.write() as connection:
            row = {
                "id": before[0]["id"], "digest": "again", "t": before[0]["t"], "actor": "LMorris",
                "action": before[0]["action"],
                "seen_at": NOW, "feed": "logs",
            }  # fmt: skip
            connection.execute(sa.insert(events).values(**row))
        again, still = events_around(look, person, moment, span, span, 100)
        assert (len(again), still) == (len(before), total)
        assert timeline_of(look, person).days == days
    station.close()


def test_what_others_hands_did_stands_among_the_events_of_a_finding(own_demo: DemoFolder) -> None:
    station = open_station(own_demo.path)
    moment = datetime.fromisoformat("2017-09-13T08:58:20+00:00")
    t = int(moment.timestamp()) * 1_000_000
    with station.state.write() as connection:
        for i in range(2):
            row = {
                "id": f"hand{i}",
                "digest": "",
                "t": t + i,
                "actor": "Eve@rival.example",
                "action": "a",
                "seen_at": NOW,
            }
            connection.execute(sa.insert(events).values(feed="logs", **row))
    with open_look(station, NOW) as look:
        person, span = look.people[own_demo.contractor], timedelta(hours=2)
        found, total = events_around(look, person, moment, span, span, 100, {"hand0", "e0328020"})
        alone, before = events_around(look, person, moment, span, span, 100)
    assert total == before + 1
    assert {row["id"]: row["by"] for row in found if row["by"]} == {"hand0": "Eve@rival.example"}
    assert not any(row["by"] for row in alone)
    station.close()


def test_a_timeline_counts_what_others_hands_did_apart(own_demo: DemoFolder) -> None:
    """Of the guest and the colleague only what findings lay at the contractor's door; on the contractor's own clock."""
    station = open_station(own_demo.path)
    acted = {"guest0": (8, "Eve@rival.example"), "guest1": (9, "eve@rival.example"), "guest2": (9, "Eve@rival.example"),
             "lent": (20, own_demo.admin)}  # fmt: skip
    with station.state.write() as connection:
        for event_id, (hour, actor) in acted.items():
            t = int(datetime(2017, 9, 12, hour, 30, tzinfo=UTC).timestamp()) * 1_000_000
            row = {"id": event_id, "digest": "", "t": t, "actor": actor, "action": "a", "seen_at": NOW, "feed": "logs"}
            connection.execute(sa.insert(events).values(**row))
    with open_look(station, NOW) as look:
        person = look.people[own_demo.contractor]
        before = {day.date: day for day in timeline_of(look, person).days}
        found = [
            finding(person.person_id, day=day, time=datetime(2017, 9, 12, hour, 30, tzinfo=UTC), event_ids=ids)
            for day, hour, ids in ((1, 8, ("guest0", "guest1")), (2, 20, ("lent",)))
        ]
        with station.state.write() as connection:
            save_findings(connection, [("c1", f) for f in found], NOW, {}, measured=True)
        told = timeline_of(look, person)
        after = {day.date: day for day in told.days}
        colleague = look.veil.pseudonym(own_demo.admin)
    assert [" ".join(line.plain.split()) for line in other_lines(told)] == [
        "Tue 12 Sep 2 acts Eve@rival.example",
        f"Wed 13 Sep 1 act {colleague}",
    ]
    assert ["+2 by others" in line.plain for line in lines(told, 100) if "12 Sep" in line.plain] == [True]
    assert {day: told.others for day, told in after.items() if told.others} == {
        date(2017, 9, 12): (("Eve@rival.example", 2),),
        date(2017, 9, 13): ((colleague, 1),),
    }
    assert {day: told.hours for day, told in after.items()} == {day: told.hours for day, told in before.items()}
    assert [told.own for told in after.values()] == [told.own for told in before.values()]
    station.close()


def test_a_name_in_a_hot_row_is_found_however_it_is_spelt(own_demo: DemoFolder) -> None:
    """SQLite knows the small letters of ASCII alone."""
    station = open_station(own_demo.path)
    spelt = ["MÜLLER", "müller", "Ann", "\N{KELVIN SIGN}im", "KIM", "Annabel", "MÜLLERIN"]
    first = 1_500_000_000_000_000
    with station.state.write() as connection:
        for i, actor in enumerate(spelt):
            row = {"id": f"spelt{i}", "digest": "", "t": first + i, "actor": actor, "action": "a", "seen_at": NOW}
            connection.execute(sa.insert(events).values(feed="logs", **row))
    with open_look(station, NOW) as look, reading(look) as (_, acted):
        acted.draw("own", {"müller": 0, "ann": 1, "kim": 2}, ("actor",), first, first + len(spelt), {1: first + 3})
        found = sorted(acted.rows("SELECT p, actor FROM own"))
    assert found == [(0, "MÜLLER"), (0, "müller"), (2, "KIM"), (2, "\N{KELVIN SIGN}im")]  # Ann's is before her time
    station.close()


def test_the_nearest_events_are_kept(look: Look, demo_folder: DemoFolder) -> None:
    moment = datetime.fromisoformat("2017-09-13T08:58:20.847+00:00")
    found, total = events_around(
        look, look.people[demo_folder.contractor], moment, timedelta(days=30), timedelta(days=30), 3
    )
    assert total > 100
    assert len(found) == 3
    assert "e0328020" in {row["id"] for row in found}
    assert max(abs(row["time"] - moment) for row in found) < timedelta(hours=1)
