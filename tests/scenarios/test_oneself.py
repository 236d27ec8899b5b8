"""A power granted to oneself, by somebody who grants powers to others all day: another thing than the grants before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from monitor.model import Finding
from tests.organisation import Org, of

FIRST, LAST, LEFT = date(2017, 6, 1), date(2017, 11, 3), "2017-11-02"


def office() -> tuple[Org, list[str]]:
    """An access desk that grants roles to a hundred colleagues, five times a day each."""
    org = Org(FIRST, LAST)
    staff = org.team("desk", 30)
    for i in range(100):
        org.person(f"sales-{i:03}", department="sales", title="sales")
    org.usual(staff, "role.grant", per_day=5, target=lambda d: f"sales-{d.randint(0, 99):03}")
    org.leaves(staff[4], LEFT)
    return org, staff


def loudest(org: Org, person: str, folder: Path) -> Finding:
    return of(org.scan(folder).found, person)[0]


def test_a_power_granted_to_oneself_is_loud(tmp_path: Path) -> None:
    org, staff = office()
    event = org.does(staff[4], "role.grant", "2017-10-31", "15:00", target=staff[4].upper())
    top = loudest(org, staff[4], tmp_path)
    assert top.event_ids == (event,)
    assert top.severity in ("high", "critical")
    assert any("role.grant to oneself: on 0 of " in reason.text for reason in top.reasons)


GRANTEES = {
    "granted_to": "{0}@corp.example",
    "member": "EURPR01\\{0}",
    "user": "{0}",
    "shared_with": "sales-002@corp.example; {0}@corp.example",
}
"""Who is let in, as the shipped profiles keep it where the target is what was opened up."""


def boxes(grantee: str) -> tuple[Org, str]:
    """The same desk, which opens mailboxes to colleagues; the attribute says to whom."""
    org, (*_, person) = office()
    form = GRANTEES[grantee]
    for name, row in org.people.items():
        row["email"] = f"{name}@corp.example"
    for event in org.events:
        event |= {"action": "mailbox.grant_access", grantee: form.format(event["target"])}
        event["target"] = f"box-{int(event['target'][-2:]) % 6}"
    org.leaves(person, LEFT)
    return org, person


@pytest.mark.parametrize("grantee", GRANTEES)
def test_who_is_let_in_may_stand_in_an_attribute(grantee: str, tmp_path: Path) -> None:
    org, person = boxes(grantee)
    let_in = GRANTEES[grantee].format(person)
    event = org.does(person, "mailbox.grant_access", "2017-10-31", "15:00", target="box-3", **{grantee: let_in})
    top = loudest(org, person, tmp_path)
    assert top.event_ids == (event,)
    assert any("mailbox.grant_access to oneself: on 0 of " in reason.text for reason in top.reasons)


def test_an_attribute_that_names_who_acts_is_no_grant_to_them(tmp_path: Path) -> None:
    org, person = boxes("granted_to")
    org.does(
        person, "mailbox.grant_access", "2017-10-31", "15:00", target="box-3", granted_to="sales-001", asked_by=person
    )
    assert not any("oneself" in reason.text for f in of(org.scan(tmp_path).found, person) for reason in f.reasons)


def test_a_power_granted_to_one_more_colleague_is_not(tmp_path: Path) -> None:
    org, staff = office()
    org.does(staff[4], "role.grant", "2017-10-31", "15:00", target="sales-007")
    found = of(org.scan(tmp_path).found, staff[4])
    assert not {f.severity for f in found} & {"high", "critical"}
    assert not any("oneself" in reason.text for f in found for reason in f.reasons)
