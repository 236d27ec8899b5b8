"""What a stated reason is worth, and what it tells that none was stated."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from monitor.model import Finding
from monitor.scanning import Scan
from monitor.settings import load_settings
from tests.organisation import Org, of

FIRST, LAST = date(2017, 6, 1), date(2017, 11, 10)
TICKETS = ("CHG-1", "CHG-2", "CHG-3", "CHG-4")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """Administrators state a ticket for four machines of five that they stop; clerks for every refund."""
    org = Org(FIRST, LAST)
    machine = lambda d: f"vm-{d.randint(1, 60)}"  # noqa: E731
    admins, clerks = org.team("infra", 25), org.team("refunds", 25)
    for ticket in TICKETS:
        org.usual(admins, "vm.stop", per_day=1, target=machine, reason=ticket)
    for admin in admins:
        for day in org.working_days():
            if day != date(2017, 11, 2) and Random(f"{admin} {day}").random() < 0.8:
                org.does(admin, "vm.stop", day, "11:00", target=machine(Random(f"{day} {admin}")))
    org.usual(
        clerks,
        "refund.issue",
        per_day=4,
        target=lambda d: f"u{d.randint(1, 10**6)}",
        magnitude=lambda d: 20,
        reason="r",
    )
    for person in ("infra-07", "infra-08", "refunds-07"):
        org.leaves(person, "2017-11-03")
    for minute in range(9):
        org.does("infra-07", "vm.stop", "2017-11-02", f"15:{minute:02}", target=f"vm-{minute + 1}")
        org.does("infra-08", "vm.stop", "2017-11-02", f"15:{minute:02}", target=f"vm-{minute + 1}", reason="CHG-2")
    for minute in range(50):
        org.does("refunds-07", "refund.issue", "2017-11-02", f"15:{minute:02}", target="u1", magnitude=20, reason="r")
    return org.scan(tmp_path_factory.mktemp("reasons"))


def found(scan: Scan, person: str) -> Finding:
    return next(f for f in of(scan.found, person) if f.time.date() == date(2017, 11, 2))


def test_nine_machines_stopped_without_the_ticket_that_others_state(office: Scan) -> None:
    finding = found(office, "infra-07")
    told = next(reason for reason in finding.reasons if reason.detector == "unstated")
    assert told.bits > 2
    assert told.text.startswith(f"vm.stop without a stated reason, {told.value} of ")
    assert told.value == "9"
    assert told.text.endswith(f"; so {told.own_usual} own times before, {told.peer_usual} of the peers'")


def test_nine_machines_stopped_with_a_ticket_are_less(office: Scan) -> None:
    with_ticket = found(office, "infra-08")
    assert "unstated" not in {reason.detector for reason in with_ticket.reasons}
    assert with_ticket.score < found(office, "infra-07").score - 2


def test_a_reason_that_every_refund_states_excuses_none(office: Scan) -> None:
    refunds, stops = found(office, "refunds-07"), found(office, "infra-08")
    catalogue = load_settings().load_catalogue()
    assert refunds.impact == pytest.approx(catalogue.action("refund.issue").impact)
    assert refunds.severity in ("high", "critical")
    assert stops.impact < catalogue.action("vm.stop").impact
