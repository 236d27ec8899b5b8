"""Figures that are known only about: rounded so that what is told of them is true."""

from __future__ import annotations

from math import ceil, floor, log10

from detectors.tail import size_of

FINEST = 0.01
"""No smaller step is told."""


def rounded(value: float, digits: int = 2) -> float:
    """To the nearest with so many significant digits.

    >>> rounded(48_273), rounded(573_887, 3), rounded(0.0957), rounded(7.0)
    (48000, 574000, 0.1, 7)
    """
    step = _step(value, digits)
    return _clean(round(value / step) * step)


def rounded_up(value: float, digits: int = 3) -> float:
    """To the next above with so many significant digits: never less than the value.

    >>> rounded_up(1_048_575), rounded_up(412.2), rounded_up(0.414)
    (1050000, 413, 0.42)
    """
    step = _step(value, digits)
    return _clean(ceil(value / step - 1e-9) * step)


def rounded_down(value: float, digits: int = 2) -> float:
    """To the next below with so many significant digits: never more than the value.

    >>> rounded_down(48_973), rounded_down(1000), rounded_down(77)
    (48000, 1000, 77)
    """
    step = _step(value, digits)
    return _clean(floor(value / step + 1e-9) * step)


def usual(middle: int, most: int, *, whole: bool) -> str:
    """What is usual and what is the most, of sizes of which only the bins are known (see detectors.tail.bin_of).

    Told is the middle of the one bin, and no less than the other can hold. whole: are they whole numbers? Then a bin
    that holds one of them alone stands for that one.

    >>> usual(0, 5, whole=True), usual(77, 80, whole=False)
    ('usually 0, at most 1', 'usually about 570,000, at most about 1,050,000')
    """
    low, high = _held(middle, whole)
    centre = (low + high) / 2
    often = number(low) if low == high else f"about {number(rounded(ceil(centre) if whole else centre))}"
    least, top = _held(most, whole)
    return f"usually {often}, at most {number(top) if least == top else f'about {number(rounded_up(top))}'}"


def number(value: float) -> str:
    """A number as people write it: 44,000,000 or 0.25."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:,.2f}".rstrip("0").rstrip(".")


def _held(place: int, whole: bool) -> tuple[float, float]:
    """The smallest and the largest size in a bin; of sizes that are not whole, where the next bin begins."""
    if place == 0:
        return 0.0, 0.0
    low, high = map(float, size_of([place, place + 1]))
    least, most = float(ceil(low - 1e-9)), float(ceil(high - 1e-9) - 1)
    return (least, most) if whole and least <= most else (low, high)


def _step(value: float, digits: int) -> float:
    return max(10.0 ** (floor(log10(abs(value))) - digits + 1), FINEST) if value else 1.0


def _clean(value: float) -> float:
    """Without the dust of a step that is no whole number."""
    value = round(value, 2)
    return int(value) if value == int(value) else value
