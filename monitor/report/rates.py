"""How often somebody who does not leave scores as high, in words that claim no more than is known."""

from __future__ import annotations

from monitor.core.levels import MOST_CLAIMED

BY_DEFAULT = "few placebo departures: scores rest on stated defaults, not on this organisation's history"


def rate(one_in: int, *, measured: bool = True) -> str:
    """As it stands after a score. measured: by placebo departures; else by the stated defaults.

    >>> rate(1835), rate(12, measured=False)
    ('one in 1,835 placebo departures', 'about one in 12 placebo departures, by the default scale')
    """
    if one_in >= MOST_CLAIMED:
        words = f"rarer than one in {MOST_CLAIMED:,} placebo departures"
    elif one_in <= 1:
        words = "as most placebo departures"
    else:
        words = f"{'' if measured else 'about '}one in {one_in:,} placebo departures"
    return words if measured else f"{words}, by the default scale"


def of_people(one_in: int, *, measured: bool = True) -> str:
    """As a sentence. measured: as for a rate."""
    which = "people who did not leave"
    high = "an act that scores as high around a day drawn at random" + ("" if measured else ", by the default scale")
    if one_in <= 1:
        return f"Most {which} have {high}"
    less = "Fewer than one" if one_in >= MOST_CLAIMED else "One" if measured else "About one"
    return f"{less} in {one_in:,} {which} has {high}"
