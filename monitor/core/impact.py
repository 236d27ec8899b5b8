"""Impact: what an act can do, from its action, its target, and how it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.base import Floats
from detectors.tail import size_of
from monitor.core.catalogue import Action
from monitor.core.evidence import TIERS

FAILED = 0.19
"""Nothing happened, but somebody tried."""
REASONED = 0.63
"""A stated reason or ticket can be checked."""
OWN = 0.4
"""One's own things: their loss hurts nobody else. What only seems one's own, since nobody else was seen to use it,
is so no longer where a change to it is of a size that nobody ever reached."""
UNSHARED = 0.16
"""Destroying what nobody else was ever seen to use, and whose reach is not known."""
UNTOUCHED = 0.5
"""Destroying, in a shared place, what nobody else was ever seen to use."""
REACH_BITS = 6.0
"""So far above everybody's magnitudes it no longer matters that nobody is known to share the target, or how an
export is called."""
UNHEARD_OF = 0.8
"""Taken out, changed or lost in an unheard-of number, things are at least this grave, by and by, whatever the name."""
UNHEARD_OF_FROM, UNHEARD_OF_BITS = 4.0, 6.0
"""From so many bits on a change, or the loss of what is shared, becomes graver, and UNHEARD_OF so many bits later: a
size that nobody ever reached, of one target or of many together, is reach, whatever the magnitude counts."""
LOST_MANY, MANY = 0.5, 5
"""The loss of what is shared is at least this grave, by and by as well, from so many of a day on, where nobody ever
lost as many: each may be of little weight."""
NUMBERLESS = "bytes"
"""A unit that does not tell how much it is: one film outweighs every customer list."""
NEVER_ONES_OWN = 0.85
"""From this impact on (a database, a backup), what is destroyed is nobody's own for want of a log of its use."""
PEOPLE = (
    "account", "acct", "customer", "cust", "employee", "identity", "member", "patient", "person", "profile", "tenant",
    "user", "usr",
)  # fmt: skip
"""Nouns of actions on people and on what stands for them: nobody else was seen to use them, yet they are somebody's."""
SMALL = 0.35
"""So much each bit takes off by which a payment is smaller than chance, down to a half for the smallest; but for one
that may be a part of a larger one."""
INTERNAL = 0.35
"""Sent, shared or granted to a colleague."""
EXTERNAL = 0.7
"""Shared, forwarded or granted to an outsider: at least this."""
CROWN_JEWEL = 0.9
REACHED = ("customers", "followers", "members", "patients", "people", "readers", "subscribers", "users")
"""What a magnitude counts where it says how many people an act reaches."""
REACH_FROM, REACH_AT, REACH_DECADE = 1e6, 0.8, 0.1
"""From a million people on the impact is at least this, and so much more for each tenfold, whatever the reason."""
SHARED_PEOPLE = 3
OWN_PLACE_TARGETS = 3

_DESTROYS = ("destroy",)
_TAKES = ("exfiltrate",)
_FLOWS = ("share", "forward", "send", "empower")
_OWNABLE = ("destroy", "exfiltrate", "share", "change")
_SELF_SERVING = ("forward", "empower")
"""Kinds of action that are no better for being done to what bears one's own name: all mail to one's own mailbox goes
on to somebody, a power is granted to oneself."""
_OUTWARD = ("share", "forward", "empower")
"""Kinds of action that are another thing done toward the outside, with habits of its own. Mail is none of them: it
leaves the house all day."""


def is_moving(action: Action) -> bool:
    """Does it matter for this action whose things it touches, and who gets them?"""
    return action.kind in _FLOWS + _OWNABLE


def goes_out(action: Action) -> bool:
    """Is this action another one where it is done toward the outside?"""
    return action.kind in _OUTWARD


def impact_of(
    events: Mapping[str, NDArray], actions: Sequence[Action], reach_bits: Floats, much_bits: Floats
) -> Floats:
    """Impact of every event, 0 to 1.

    events: w, a (index into actions), d, b (bin of the magnitude, -1 for none), failed, reasoned, own (names
    its actor), internal, external, jewel, target_people, place_people, place_targets, target_before, place_before.
    s_one: bits of the size above chance, negative for a small one, see store.sizes.  s_split: see store.counts.
    reach_bits: how far the magnitude lies above everybody's, see Tail; by and by it makes up for not
    knowing who shares the target, and makes an export, a change or a loss graver.
    much_bits: how far what was done that day lies above everybody's days; makes a loss graver.
    """
    kind = np.array([action.kind for action in actions])[events["a"]]
    impact = np.array([action.impact for action in actions])[events["a"]]
    somebody = np.array([_is_on_people(action.name) for action in actions])[events["a"]]
    used_alone = (events["target_people"] == 1) & events["target_before"]
    kept_alone = (events["place_people"] == 1) & (events["place_targets"] >= OWN_PLACE_TARGETS) & events["place_before"]
    named = events["own"] & ~np.isin(kind, _SELF_SERVING)
    guessed = ~named & (used_alone | kept_alone) & np.isin(kind, _OWNABLE) & ~somebody
    own = named | guessed
    shared = ~own & (somebody | (events["target_people"] >= SHARED_PEOPLE) | (events["place_people"] > SHARED_PEOPLE))
    missed = ~np.isin(kind, _DESTROYS) | (~own & (impact >= NEVER_ONES_OWN))
    alone = np.where(shared, np.where(events["target_people"] <= 1, UNTOUCHED, 1.0), UNSHARED)
    reach = np.clip(reach_bits / REACH_BITS, 0.0, 1.0)
    impact = np.where(missed, impact, impact * (alone + (1 - alone) * reach))
    numbered = np.array([a.kind in _TAKES and a.magnitude != NUMBERLESS for a in actions])[events["a"]]
    impact = np.where(numbered, impact + np.maximum(UNHEARD_OF - impact, 0.0) * reach, impact)
    weighty = np.array([a.magnitude != NUMBERLESS for a in actions])[events["a"]]
    felt = np.where(missed, kind == "change", shared) & weighty & (impact >= TIERS[0])
    beyond = _unheard_of(reach_bits)
    impact = np.where(felt, impact + np.maximum(UNHEARD_OF - impact, 0.0) * beyond, impact)
    small = (kind == "money") & (events["s_split"] < 0)
    impact = np.where(small, impact * (1 + SMALL * np.minimum(events["s_one"], 0.0)), impact)
    lost = _of_many(np.isin(kind, _DESTROYS), shared, events)
    impact = np.where(lost, impact + np.maximum(LOST_MANY - impact, 0.0) * _unheard_of(much_bits), impact)
    flows = np.isin(kind, _FLOWS)
    impact = np.where(flows & events["internal"] & ~events["external"], impact * INTERNAL, impact)
    impact = np.where(flows & (kind != "send") & events["external"], np.maximum(impact, EXTERNAL), impact)
    outgrown = np.where(guessed & weighty & (kind == "change"), beyond, 0.0)
    impact = np.where(own, impact * (OWN + (1 - OWN) * outgrown), impact)
    impact = np.where(events["jewel"], np.maximum(impact, CROWN_JEWEL), impact)
    impact = np.where(events["reasoned"], impact * REASONED, impact)
    counted = np.array([action.magnitude in REACHED and action.kind != "read" for action in actions])[events["a"]]
    impact = np.where(counted & ~own, np.maximum(impact, _reach(events["b"])), impact)
    return np.where(events["failed"], impact * FAILED, impact)


def _unheard_of(bits: Floats) -> Floats:
    """How unheard-of that is, 0 to 1."""
    return np.clip((bits - UNHEARD_OF_FROM) / UNHEARD_OF_BITS, 0.0, 1.0)


def _of_many(lost: NDArray, shared: NDArray, events: Mapping[str, NDArray]) -> NDArray:
    """Which shared things were lost among MANY of that action and day, of which at least half were shared."""
    rows = np.flatnonzero(lost)
    w, a, d = (events[name][rows].astype(np.int64) for name in ("w", "a", "d"))
    _, day, acts = np.unique((w << 20 | d) << 16 | a, return_inverse=True, return_counts=True)
    many = (acts >= MANY) & (2 * np.bincount(day, shared[rows], len(acts)) >= acts)
    found = np.zeros(len(lost), bool)
    found[rows] = shared[rows] & many[day]
    return found


def _is_on_people(action: str) -> bool:
    """customer_account.close, users.delete: the last word of the noun tells."""
    return action.partition(".")[0].rpartition("_")[2].removesuffix("s") in PEOPLE


def _reach(bins: NDArray) -> Floats:
    """The least impact of an act on so many people, 0 below REACH_FROM."""
    people = np.maximum(size_of(bins), 1.0)
    return np.where(people >= REACH_FROM, np.minimum(REACH_AT + REACH_DECADE * np.log10(people / REACH_FROM), 1.0), 0.0)
