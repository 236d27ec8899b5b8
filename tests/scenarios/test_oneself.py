"""A power granted to oneself, by somebody who grants powers to others all day: another thing than the grants before."""

from __future__ import annotations

from datetime import date
from pathlib import Path

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


def test_a_power_granted_to_one_more_colleague_is_not(tmp_path: Path) -> None:
    org, staff = office()
    org.does(staff[4], "role.grant", "2017-10-31", "15:00", target="sales-007")
    found = of(org.scan(tmp_path).found, staff[4])
    assert not {f.severity for f in found} & {"high", "critical"}
    assert not any("oneself" in reason.text for f in found for reason in f.reasons)
