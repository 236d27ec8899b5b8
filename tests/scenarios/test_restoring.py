"""Putting back what was taken away: the account of millions comes back, and nobody is harmed."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from monitor.core.impact import CROWN_JEWEL
from monitor.scanning import Scan
from monitor.settings import load_settings
from tests.organisation import Org, of

JEWEL = "@head-of-state"


@pytest.fixture(scope="module")
def agents(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """Agents who take accounts down and bring them back all day; three leave, each with one of 44 million followers."""
    org = Org(date(2017, 6, 1), date(2017, 11, 10), zone="Europe/Dublin")
    people = org.team("agent", 30)
    for action in ("account.deactivate", "account.reactivate"):
        org.usual(
            people, action, per_day=4, target=lambda d: f"@user{d.randint(1, 10**8)}",
            magnitude=lambda d: int(d.lognormvariate(5, 1.5)),
        )  # fmt: skip
    for person, action, target in (
        ("agent-07", "account.deactivate", "@thereal"),
        ("agent-08", "account.reactivate", "@thereal2"),
        ("agent-09", "account.reactivate", JEWEL),
    ):
        org.leaves(person, "2017-11-02")
        org.does(person, action, "2017-11-02", "15:51", target=target, magnitude=44_000_000)
    settings = load_settings()
    actions = msgspec.structs.replace(settings.actions, crown_jewels=(JEWEL,))
    return org.scan(tmp_path_factory.mktemp("agents"), msgspec.structs.replace(settings, actions=actions))


def test_bringing_a_huge_account_back_stays_quiet(agents: Scan) -> None:
    assert of(agents.found, "agent-07")[0].severity == "critical", "taking it down is the gravest act of all"
    back = [f for f in of(agents.found, "agent-08") if f.action == "account.reactivate"]
    assert [f.severity for f in back] == ["low"] * len(back)
    assert all(f.impact <= 0.25 for f in back)


def test_bringing_a_crown_jewel_back_is_told(agents: Scan) -> None:
    top = of(agents.found, "agent-09")[0]
    assert (top.action, top.target) == ("account.reactivate", JEWEL)
    assert top.impact == CROWN_JEWEL
    assert top.severity in ("high", "critical")
