"""Missing is missing: an event that tells no magnitude is neither the largest nor the smallest."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from monitor.model import Finding
from tests.organisation import Org, of

FIRST, LAST, LEFT = date(2017, 6, 1), date(2017, 11, 3), "2017-11-02"


def sized(folder: Path, action: str) -> list[str]:
    """What is told of sizes where somebody does as always, five times on a last day, and no magnitude is known."""
    org = Org(FIRST, LAST)
    staff = org.team("desk", 40)
    org.usual(
        staff, action, per_day=4, target=lambda d: f"papers/{d.randint(1, 400)}", magnitude=lambda d: d.randint(50, 90)
    )
    org.leaves(staff[4], LEFT)
    for minute in range(5):
        org.does(staff[4], action, LEFT, f"15:{minute:02}", target=f"papers/{minute}")
    return [text for f in of(org.scan(folder).found, staff[4]) for text in _sizes(f)]


def _sizes(finding: Finding) -> list[str]:
    return [r.text for r in finding.reasons if " in all that day" in r.text or "together" in r.text]


def test_events_without_a_magnitude_are_not_the_largest(tmp_path: Path) -> None:
    assert not sized(tmp_path, "file.download")
    assert not sized(tmp_path, "payment.release")
