"""Counts in words."""

from __future__ import annotations


def counted(number: int, noun: str, nouns: str = "") -> str:
    """The number with the noun, or with `nouns` where it is not one.

    >>> counted(1, "act"), counted(1200, "act"), counted(0, "person", "people")
    ('1 act', '1,200 acts', '0 people')
    """
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"


def among(told: int, that_day: int) -> str:
    """How many of one kind of act of a day are told together, where there are several.

    >>> among(1, 1), among(12, 12), among(1, 24), among(3, 12)
    ('', 'and 11 more that day', '1 of 24 that day stands out', '3 of 12 that day stand out')
    """
    if told < that_day:
        return f"{told:,} of {that_day:,} that day stand{'s' if told == 1 else ''} out"
    return f"and {told - 1:,} more that day" if told > 1 else ""
