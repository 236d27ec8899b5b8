"""Access that nobody took away, used long after the last day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.organisation import Org, of

FIRST, LAST = date(2017, 1, 2), date(2017, 11, 30)


def office() -> tuple[Org, list[str]]:
    org = Org(FIRST, LAST)
    staff = org.team("crm", 40)
    org.usual(staff, "customer.view", per_day=4, target=lambda d: f"customer-{d.randint(1, 900)}")
    return org, staff


def test_an_account_that_is_used_months_after_its_owner_left_is_found(tmp_path: Path) -> None:
    org, (late, quiet, *_) = office()
    org.leaves(late, "2017-05-31")
    org.leaves(quiet, "2017-05-31")
    for day in ("2017-09-20", "2017-11-21"):
        org.does(late, "customer.export", day, "22:40", target="customers", magnitude=48_000)
    result = org.scan(tmp_path)
    found = of(result.found, late)
    assert {f.time.date().isoformat() for f in found} == {"2017-09-20", "2017-11-21"}
    assert {f.severity for f in found} <= {"high", "critical"}
    assert all("after" in {reason.detector for reason in f.reasons} for f in found)
    assert not of(result.found, quiet)
