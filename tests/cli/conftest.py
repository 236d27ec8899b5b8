"""One small organisation on disk for all tests of the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from tests.organisation import Org


@dataclass(frozen=True, slots=True)
class Office:
    """hr, events: the files.  dropped, late: ids of what ops-07 did the evening before the last day, and after it."""

    hr: Path
    events: Path
    dropped: str
    late: str

    @property
    def files(self) -> tuple[object, ...]:
        return ("--hr", self.hr, "--events", self.events)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Forty people in Berlin; ops-07 leaves on 3 November 2017, drops a database the evening before and comes back."""
    org = Org(date(2017, 8, 1), date(2017, 11, 20), zone="Europe/Berlin")
    people = org.team("ops", 40)
    org.usual(people, "file.read", per_day=3, target=lambda d: f"/shared/{d.randint(1, 90)}")
    org.usual(
        people[:20],
        "database.drop",
        per_day=1,
        target=lambda d: f"scratch{d.randint(1, 30)}",
        magnitude=lambda d: d.randint(1, 999),
    )
    org.leaves("ops-07", "2017-11-03", notice_date="2017-10-10", departure_kind="resignation")
    dropped = org.does("ops-07", "database.drop", "2017-11-02", "23:10", target="customers", magnitude=44_000_000)
    late = org.does("ops-07", "file.read", "2017-11-05", "03:00", target="/shared/7")
    folder = tmp_path_factory.mktemp("office")
    hr, events = org.write(folder)
    return Office(hr, events, dropped, late)
