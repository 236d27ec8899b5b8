"""What a finding says of the rest of its day: nobody who works from it may take a part for the whole."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.model import Finding
from tests.organisation import Org, of

FIRST, LAST = date(2017, 6, 1), date(2017, 11, 3)


def shop() -> Org:
    """Thirty people who commit to shared repositories and now and then delete a branch of their own."""
    org = Org(FIRST, LAST)
    staff = org.team("shop", 30)
    org.usual(staff, "repo.commit", per_day=6, target=lambda draw: f"repos/{draw.randint(1, 40)}")
    org.usual(staff[:3], "repo.commit", per_day=2, target=lambda draw: f"tools/{draw.randint(1, 12)}")
    for i, person in enumerate(staff):
        for day in org.working_days()[i % 9 :: 9]:
            org.does(person, "repo.delete", day, "15:00", target=f"repos/{person}-try-{day}", magnitude=1 + i % 7)
    org.usual(
        staff, "account.deactivate", per_day=4, target=lambda draw: f"@{draw.randint(1, 10**6)}",
        magnitude=lambda draw: draw.randint(10, 5000),
    )  # fmt: skip
    for person in staff[:2]:
        org.leaves(person, "2017-11-02", notice_date="2017-10-02")
    return org


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Finding]:
    """The strongest finding of each: shop-01 deletes twelve shared repositories, shop-02 a famous account."""
    org = shop()
    for i in range(12):
        target = f"repos/{i + 1}" if i % 2 else f"tools/{i + 1}"
        org.does("shop-01", "repo.delete", "2017-10-30", f"16:{12 + 3 * i}", target=target, magnitude=26 + 4 * i)
    org.does("shop-02", "account.deactivate", "2017-10-30", "16:00", target="@famous", magnitude=44_000_000)
    scan = org.scan(tmp_path_factory.mktemp("shop"))
    return {person: of(scan.found, person)[0] for person in ("shop-01", "shop-02")}


def test_the_whole_of_a_mass_deletion_is_one_finding(found: dict[str, Finding]) -> None:
    told = found["shop-01"]
    assert (told.action, len(told.event_ids), told.that_day) == ("repo.delete", 12, 12)
    assert " Likewise 11 others of that day." in told.undo


def test_what_else_of_that_day_does_not_stand_out_is_counted(found: dict[str, Finding]) -> None:
    told = found["shop-02"]
    assert (told.target, len(told.event_ids)) == ("@famous", 1)
    assert told.that_day > 1
    assert "others" not in told.undo
