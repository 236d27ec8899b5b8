"""What is decided at the command line holds for the daemon, on either database."""

from __future__ import annotations

from datetime import timedelta

from monitor.core.casework import acknowledged, closed, reopened
from monitor.investigating.caseload import Filter, caseload, decide, held_case
from monitor.looking import Look, open_look
from monitor.model import Departure
from monitor.station import Station
from monitor.store import rosters
from tests.core.made import LAST_DAY, finding, person
from tests.daemon.clockwork import judge
from tests.daemon.conftest import NOW


def look_at(station: Station) -> Look:
    told = rosters.Told({"p000": person()}, {"p000": [Departure("p000", LAST_DAY, None, "resignation", "confirmed")]})
    with station.state.write() as connection:
        rosters.apply(connection, "hr", told, NOW)
    with open_look(station, NOW, reason="on call") as look:
        return look


def test_what_is_decided_holds_for_the_daemon(station: Station) -> None:
    look = look_at(station)
    judge(station, [finding()], NOW)
    (held,) = caseload(look)
    case_id = held.case.case_id
    assert held.case.state == "open"

    decide(look, case_id, "ack", lambda case, _: acknowledged(case))
    before = held_case(look, case_id)[0].case
    judge(station, [finding()], NOW + timedelta(days=3))
    assert held_case(look, case_id)[0].case.reminders == before.reminders == 0, "nobody is reminded of what is acked"

    decide(look, case_id, "close", lambda case, found: closed(case, found, "benign"), text="a test", verdict="benign")
    judge(station, [finding(), finding(day=3)], NOW + timedelta(days=4))
    assert held_case(look, case_id)[0].case.state == "closed", "more of what was benign"
    judge(station, [finding(), finding(day=3), finding(action="file.delete")], NOW + timedelta(days=5))
    after = held_case(look, case_id)[0].case
    assert (after.state, after.closed_as, after.notices) == ("open", None, before.notices + 1)

    decide(look, case_id, "close", lambda case, found: closed(case, found, "malicious"), text="x", verdict="malicious")
    decide(look, case_id, "reopen", lambda case, _: reopened(case, NOW), text="x")
    assert [step.what for step in held_case(look, case_id)[0].steps] == ["ack", "close", "close", "reopen"]


def test_filters(station: Station) -> None:
    look = look_at(station)
    judge(station, [finding(), finding(action="file.delete", severity="low")], NOW)
    for wanted, many in (
        (Filter(), 1), (Filter(states=("closed",)), 0), (Filter(severity="high"), 1), (Filter(severity="critical"), 0),
        (Filter(at_most="medium"), 0), (Filter(department="trust"), 1), (Filter(department="Sales"), 0),
        (Filter(action="account.*"), 0), (Filter(action="*"), 1), (Filter(last_day_before=LAST_DAY), 0),
        (Filter(assignee="ann"), 0),
    ):  # fmt: skip
        assert len(caseload(look, wanted)) == many, wanted
