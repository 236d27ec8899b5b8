"""Whose thing an act touches: the person's own, somebody's, or one that many use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.core.catalogue import Action

PEOPLE = (
    "account", "acct", "customer", "cust", "employee", "identity", "member", "patient", "person", "profile", "tenant",
    "user", "usr",
)  # fmt: skip
"""Nouns of actions on people and on what stands for them: nobody else was seen to use them, yet they are somebody's."""
SHARED_PEOPLE = 3
OWN_PLACE_TARGETS = 3
OWNABLE = ("destroy", "exfiltrate", "share", "change", "restore")
"""Kinds of action that matter less where the thing is one's own."""
_SELF_SERVING = ("forward", "empower")
"""Kinds of action that are no better for being done to what bears one's own name: all mail to one's own mailbox goes
on to somebody, a power is granted to oneself."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose thing each event touches; bools of shape (n,).

    named: it bears the actor's own name.  guessed: it seems their own, since nobody else was ever seen to use it.
    shared: many use it or the place it lies in, or it stands for somebody.
    """

    named: NDArray
    guessed: NDArray
    shared: NDArray

    @property
    def own(self) -> NDArray:
        """Is it the actor's own, by its name or by its use?"""
        return self.named | self.guessed


def whose(events: Mapping[str, NDArray], actions: Sequence[Action]) -> Whose:
    """Whose thing every event touches.

    events: a (index into actions), own (names its actor), target_people, place_people, place_targets (how many, of
    each event's target and place), target_before, place_before (was it used before the watch began), shape (n,).
    """
    kind = np.array([action.kind for action in actions])[events["a"]]
    somebody = np.array([_is_on_people(action.name) for action in actions])[events["a"]]
    used_alone = (events["target_people"] == 1) & events["target_before"]
    kept_alone = (events["place_people"] == 1) & (events["place_targets"] >= OWN_PLACE_TARGETS) & events["place_before"]
    named = events["own"] & ~np.isin(kind, _SELF_SERVING)
    guessed = ~named & (used_alone | kept_alone) & np.isin(kind, OWNABLE) & ~somebody
    used_by_many = (events["target_people"] >= SHARED_PEOPLE) | (events["place_people"] > SHARED_PEOPLE)
    return Whose(named, guessed, ~named & ~guessed & (somebody | used_by_many))


def _is_on_people(action: str) -> bool:
    """The last word of the noun tells.

    >>> [_is_on_people(action) for action in ("customer_account.close", "users.delete", "user_report.export")]
    [True, True, False]
    """
    return action.partition(".")[0].rpartition("_")[2].removesuffix("s") in PEOPLE
