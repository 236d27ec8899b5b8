"""Impact: what an act can do, from its action, its target, and how it went."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detectors.base import Floats
from detectors.tail import size_of
from monitor.core.catalogue import Action
from monitor.core.evidence import TIERS
from monitor.core.whose import OWNABLE, Whose, whose

FAILED = 0.19
"""Nothing happened, but somebody tried."""
REASONED = 0.5
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
BEYOND = ("magnitude", "volume", "drift", "breadth")
"""Kinds of evidence that tell how much it is."""
UNHEARD_OF = 0.8
"""Taken out, changed or lost in an unheard-of number, things are at least this grave, by and by, whatever the name."""
UNHEARD_OF_FROM, UNHEARD_OF_BITS = 4.0, 6.0
"""From so many bits on a change, or the loss of what is shared, becomes graver, and UNHEARD_OF so many bits later: a
size that nobody ever reached, of one target or of many together, is reach, whatever the magnitude counts."""
LOST_MANY, MANY = 0.5, 5
"""The loss of what is shared is at least this grave, by and by as well, from so many of a day on, where nobody ever
lost as many: each may be of little weight."""
READ_MANY = 0.6
"""To look into an unheard-of number of things in a day is at least this grave, by and by: sixty patients' records."""
NUMBERLESS = "bytes"
"""A unit that does not tell how much it is: one film outweighs every customer list."""
NEVER_ONES_OWN = 0.85
"""From this impact on (a database, a backup), what is destroyed is nobody's own for want of a log of its use."""
SMALL = 0.5
"""So much the smallest payment takes off."""
RESTORED = 0.6
"""Putting back what was taken away: it gives people what they had, however many they are."""
INTERNAL = 0.35
"""Sent, shared or granted to a colleague."""
EXTERNAL = 0.7
"""Shared, forwarded or granted to an outsider, or power granted to oneself: at least this."""
BORROWED = 0.6
"""Done under somebody else's account: at least this, if only a look."""
CROWN_JEWEL = 0.9
REACHED = ("customers", "followers", "members", "patients", "people", "readers", "subscribers", "users")
"""What a magnitude counts where it says how many people an act reaches."""
REACH_FROM, REACH_AT, REACH_DECADE = 1e6, 0.8, 0.1
"""From a million people on the impact is at least this, and so much more for each tenfold, whatever the reason."""

_DESTROYS = ("destroy",)
_TAKES = ("exfiltrate",)
_RESTORES = ("restore",)
_HARMLESS = ("read", *_RESTORES)
"""Kinds of action that are no graver for the people they reach."""
_KEYS = ("empower", "impersonate", "change", "restore")
_FLOWS = ("share", "forward", "send", "empower")
_OUTWARD = ("share", "forward", "empower")
"""Kinds of action that are another thing done toward the outside, with habits of its own. Mail is none of them: it
leaves the house all day."""


def is_moving(action: Action) -> bool:
    """Does it matter for this action whose things it touches, and who gets them?"""
    return action.kind in _FLOWS + OWNABLE


def gives_power(action: Action) -> bool:
    """Does this action give power to whom it is done to?"""
    return action.kind == "empower"


def turns_keys(action: Action) -> bool:
    """May whoever does this to an account use it from then on: a new password, no second factor, a key?"""
    return action.kind in _KEYS


def goes_out(action: Action) -> bool:
    """Is this action another one where it is done toward the outside?"""
    return action.kind in _OUTWARD


def impact_of(events: Mapping[str, NDArray], actions: Sequence[Action], beyond: Mapping[str, Floats]) -> Floats:
    """Impact of every event, 0 to 1: what the catalogue says, by whose it is, its size, who gets it, how it went.

    events: w, a (index into actions), d, b (bin of the magnitude, -1 for none), failed, reasoned, internal,
    external, to_oneself, borrowed (see core.ways), jewel, n_same (acts on that target in that week), and what `whose`
    takes, of shape (n,).
    small: see store.sizes.smallness.
    beyond: kind of evidence -> bits beyond chance, of BEYOND. Magnitude, by and by, makes up for not knowing who
    shares the target, and makes an export, a change or a loss graver; the volume of a day a loss and reading; volume,
    drift and breadth what is taken out, however little at a time.
    """
    reach, much = beyond["magnitude"], beyond["volume"]
    drawn = np.max([beyond[kind] for kind in ("volume", "drift", "breadth")], axis=0)
    kind = _each(events, [action.kind for action in actions])
    weighty = _each(events, [action.magnitude != NUMBERLESS for action in actions])
    counted = _each(events, [action.magnitude in REACHED and action.kind not in _HARMLESS for action in actions])
    impact = _each(events, [action.impact for action in actions])
    of = whose(events, actions)
    lost = np.isin(kind, _DESTROYS)
    missable = lost & (of.own | (impact < NEVER_ONES_OWN))

    impact = np.where(missable, impact * _missed(events, of, reach), impact)
    impact = _by_size(impact, kind, missable & of.shared, weighty, reach)
    impact = _raise(impact, UNHEARD_OF, _unheard_of(drawn), np.isin(kind, _TAKES))
    impact = _raise(impact, LOST_MANY, _unheard_of(much), _of_many(lost, of.shared, events))
    impact = _raise(impact, READ_MANY, _unheard_of(much), kind == "read")
    impact = impact * (1 - SMALL * events["small"])
    impact = np.where(np.isin(kind, _RESTORES), impact * RESTORED, impact)
    impact = _by_receiver(impact, events, kind)
    outgrown = np.where(of.guessed & weighty & (kind == "change"), _unheard_of(reach), 0.0)
    impact = np.where(of.own, impact * (OWN + (1 - OWN) * outgrown), impact)
    return _as_it_went(impact, events, np.where(counted & ~of.own, _reach(events["b"]), 0.0))


def _each(events: Mapping[str, NDArray], values: Sequence[object]) -> NDArray:
    """What holds of each event's action; values: one an action."""
    return np.array(values)[events["a"]]


def _missed(events: Mapping[str, NDArray], of: Whose, reach_bits: Floats) -> Floats:
    """How much of a loss is felt, 0 to 1: by those who used the thing, and by its reach, whoever used it."""
    by_users = np.where(of.shared, np.where(events["target_people"] <= 1, UNTOUCHED, 1.0), UNSHARED)
    return by_users + (1 - by_users) * _far_reaching(reach_bits)


def _by_size(impact: Floats, kind: NDArray, felt: NDArray, weighty: NDArray, reach_bits: Floats) -> Floats:
    """Exports, changes and losses that are felt are graver in a number that nobody ever reached."""
    impact = _raise(impact, UNHEARD_OF, _far_reaching(reach_bits), np.isin(kind, _TAKES) & weighty)
    grows = ((kind == "change") | felt) & weighty & (impact >= TIERS[0])
    return _raise(impact, UNHEARD_OF, _unheard_of(reach_bits), grows)


def _raise(impact: Floats, least: float, share: Floats, where: NDArray) -> Floats:
    """At those places, brought nearer to the least impact by a share of what it lacks."""
    return np.where(where, impact + np.maximum(least - impact, 0.0) * share, impact)


def _by_receiver(impact: Floats, events: Mapping[str, NDArray], kind: NDArray) -> Floats:
    """What flows to colleagues is less, and to outsiders or oneself never little; but mail leaves the house all day."""
    flows, oneself = np.isin(kind, _FLOWS), events["to_oneself"]
    impact = np.where(flows & events["internal"] & ~events["external"] & ~oneself, impact * INTERNAL, impact)
    return np.where(oneself | (flows & (kind != "send") & events["external"]), np.maximum(impact, EXTERNAL), impact)


def _as_it_went(impact: Floats, events: Mapping[str, NDArray], reach: Floats) -> Floats:
    """By what was told of this very act; the people it reaches come after the reason, which does not excuse them."""
    impact = np.where(events["jewel"], np.maximum(impact, CROWN_JEWEL), impact)
    impact = np.where(events["borrowed"], np.maximum(impact, BORROWED), impact)
    impact = np.where(events["reasoned"], impact * REASONED, impact)
    impact = np.maximum(impact, reach)
    return np.where(events["failed"], impact * FAILED, impact)


def _far_reaching(bits: Floats) -> Floats:
    """How far above everybody's magnitudes that lies, 0 to 1."""
    return np.clip(bits / REACH_BITS, 0.0, 1.0)


def _unheard_of(bits: Floats) -> Floats:
    """How unheard-of that is, 0 to 1."""
    return np.clip((bits - UNHEARD_OF_FROM) / UNHEARD_OF_BITS, 0.0, 1.0)


def _of_many(lost: NDArray, shared: NDArray, events: Mapping[str, NDArray]) -> NDArray:
    """Which shared things were lost among MANY of that action and day, of which at least half were shared.

    A name of which more than one is lost is no thing but what holds many: everybody's mail lies in an INBOX.
    """
    rows = np.flatnonzero(lost)
    w, a, d = (events[name][rows].astype(np.int64) for name in ("w", "a", "d"))
    _, day, acts = np.unique((w << 20 | d) << 16 | a, return_inverse=True, return_counts=True)
    things = np.bincount(day, 1 / events["n_same"][rows], len(acts))
    # A target that comes up on another day of the week too counts in part on each: half a thing may be missing.
    many = (things >= MANY - 0.5) & (2 * np.bincount(day, shared[rows], len(acts)) >= acts)
    found = np.zeros(len(lost), bool)
    found[rows] = shared[rows] & many[day]
    return found


def _reach(bins: NDArray) -> Floats:
    """The least impact of an act on so many people, 0 below REACH_FROM."""
    people = np.maximum(size_of(bins), 1.0)
    return np.where(people >= REACH_FROM, np.minimum(REACH_AT + REACH_DECADE * np.log10(people / REACH_FROM), 1.0), 0.0)
