"""How grave a finding is: the levels, and from which rate on each holds."""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = ("low", "medium", "high", "critical")
MOST_CLAIMED = 100_000
"""No rate beyond this is told: a tail fitted to some hundred windows does not carry further."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """One in how many placebo departures: from there on a finding has the severity."""

    medium: int = 10
    high: int = 50
    critical: int = 1000
