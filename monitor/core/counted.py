"""A count with its noun."""

from __future__ import annotations


def counted(number: int, noun: str, nouns: str = "") -> str:
    """The number with the noun, or with `nouns` where it is not one.

    >>> counted(1, "act"), counted(1200, "act"), counted(0, "person", "people")
    ('1 act', '1,200 acts', '0 people')
    """
    return f"{number:,} {noun if number == 1 else nouns or noun + 's'}"
