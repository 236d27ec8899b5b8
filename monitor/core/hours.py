"""Times in words."""

from __future__ import annotations


def until(hours: float) -> str:
    """How far the end of the last shift is: in hours near to it, in days further off."""
    side = "before" if hours >= 0 else "after"
    far = abs(hours)
    if far < 1:
        return f"{far * 60:.0f} minutes {side} the last day ended"
    return (
        f"{far:.0f} hours {side} the last day ended" if far < 72 else f"{far / 24:.0f} days {side} the last day ended"
    )
