"""How often somebody who does not leave scores as high, in words that claim no more than is known."""

from __future__ import annotations

from monitor.core.levels import MOST_CLAIMED
from monitor.model import Against

BY_DEFAULT = "few placebo departures: scores rest on stated defaults, not on this organisation's history"
DRAWN_ON = "if their tail goes on as it falls"
"""What a rate supposes that is told of a score which no window reached."""


def rate(one_in: int, *, measured: bool = True) -> str:
    """As it stands after a score. measured: by placebo departures; else by the stated defaults.

    >>> rate(1800), rate(12, measured=False)
    ('about one in 1,800 placebo departures', 'about one in 12 placebo departures, by the default scale')
    """
    if one_in >= MOST_CLAIMED:
        words = f"rarer than one in {MOST_CLAIMED:,} placebo departures"
    elif one_in <= 1:
        words = "as most placebo departures"
    else:
        words = f"about one in {one_in:,} placebo departures"
    return words if measured else f"{words}, by the default scale"


def basis(against: Against) -> str:
    """What a rate rests on: told once, beside the rate. Empty where that is not known.

    >>> basis(Against(windows=92, as_high=3))
    'reached in 3 of the 92 windows of people who did not leave'
    """
    if not against.windows:
        return ""
    if against.as_high:
        return f"reached in {against.as_high:,} of {_windows(against)}"
    return f"more than any of {_windows(against)}; the rate holds {DRAWN_ON}"


def of_people(one_in: int, against: Against, *, measured: bool = True) -> str:
    """Both as a sentence. measured: as for a rate."""
    if against.windows:
        return _of_windows(one_in, against)
    which = "people who did not leave"
    high = "an act that scores as high around a day drawn at random" + ("" if measured else ", by the default scale")
    if one_in <= 1:
        return f"Most {which} have {high}"
    less = "Fewer than one" if one_in >= MOST_CLAIMED else "About one"
    return f"{less} in {one_in:,} {which} has {high}"


def _of_windows(one_in: int, against: Against) -> str:
    begin, high = f"Of {_windows(against)}", "an act that scores as high"
    if against.as_high:
        return f"{begin} {against.as_high:,} {'has' if against.as_high == 1 else 'have'} {high}"
    often = f"fewer than one in {one_in:,} have" if one_in >= MOST_CLAIMED else f"about one in {one_in:,} has"
    return f"{begin} none has {high}; {often} {DRAWN_ON}"


def _windows(against: Against) -> str:
    benign = " and leavers found benign" if against.benign else ""
    return f"the {against.windows:,} windows of people who did not leave{benign}"
