"""What goes to outsiders is a thing of its own: it is held against what else went out, and not against the rest."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from monitor.model import Finding
from tests.organisation import Org, of

FIRST, LAST = date(2017, 6, 1), date(2017, 11, 3)
INSIDE, OUTSIDE = "ann@corp.example", "buyer@rival.example"


def office() -> tuple[Org, str]:
    """A team that shares documents with colleagues all day; everybody shares one with a client now and then."""
    org = Org(FIRST, LAST)
    staff = org.team("sales", 40)
    org.person("ann", email=INSIDE, department="office", title="office")
    org.usual(staff, "document.share", per_day=4, target=lambda d: f"papers/{d.randint(1, 200)}", shared_with=INSIDE)
    for i, person in enumerate(staff[1:]):
        for day in org.working_days()[i % 20 :: 20]:
            org.does(person, "document.share", day, "11:11", target=f"papers/{i}", shared_with=OUTSIDE)
    org.leaves(staff[0], "2017-11-02")
    return org, staff[0]


def outward(found: list[Finding]) -> list[str]:
    return [reason.text for finding in found for reason in finding.reasons if "to outsiders" in reason.text]


def test_who_never_shared_with_outsiders_is_told_by_that(tmp_path: Path) -> None:
    org, person = office()
    ids = [
        org.does(person, "document.share", "2017-11-01", f"15:{i:02}", target=f"papers/{i}", shared_with=OUTSIDE)
        for i in range(12)
    ]
    found = of(org.scan(tmp_path).found, person)
    assert set(found[0].event_ids) == set(ids)
    assert any("document.share to outsiders" in text for text in outward(found))


def test_a_hand_over_to_colleagues_is_not_told_of_what_goes_to_the_usual_client(tmp_path: Path) -> None:
    org, person = office()
    ids = [
        org.does(person, "document.share", day, "16:00", target="papers/7", shared_with=OUTSIDE)
        for day in org.working_days()[-3::-20]
    ]
    for i in range(80):
        org.does(person, "document.share", "2017-11-01", f"14:{i % 60:02}", target=f"papers/{i}", shared_with=INSIDE)
    found = [f for f in of(org.scan(tmp_path).found, person) if ids[0] in f.event_ids]
    assert not {"volume", "drift", "breadth"} & {reason.detector for f in found for reason in f.reasons}
