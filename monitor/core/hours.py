"""Times in words."""

from __future__ import annotations


def until(hours: float) -> str:
    """How far the end of the last shift is: in hours near to it, in days further off.

    >>> until(7.03), until(-1.2), until(100)[:6]
    ('7 hours before the last day ended', '1 hour after the last day ended', '4 days')
    """
    far = abs(hours)
    number, unit = (far * 60, "minute") if far < 1 else (far, "hour") if far < 72 else (far / 24, "day")
    many = "" if round(number) == 1 else "s"
    return f"{number:.0f} {unit}{many} {'before' if hours >= 0 else 'after'} the last day ended"
