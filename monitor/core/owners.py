"""Whose is it? A machine, an address or a tool that one person uses nearly alone is that person's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

LEAST_DAYS = 10
SHARE = 0.8
"""Of the days on which a thing is used its owner has at least this share: others look in, nobody shares it."""

MACHINES = frozenset(
    (
        "computer", "desktop", "device", "endpoint", "host", "hostname", "ip", "laptop", "machine", "pc", "terminal",
        "workstation",
    )
)  # fmt: skip
"""Words in the name of an attribute that tells through which machine somebody acted."""
PERSONAL = 0.2
"""Things of a sort are people's own where the owners' uses are this share of all: machines are, partners are not."""


@dataclass(frozen=True, slots=True)
class Owners:
    """value: things with an owner, ascending.  owner: the person of each."""

    value: NDArray
    owner: NDArray

    def others(self, person: NDArray, value: NDArray) -> NDArray:
        """Is that thing, used by that person, somebody else's? Shape (n,), like the arguments."""
        if not len(self.value):
            return np.zeros(len(value), bool)
        place = np.minimum(np.searchsorted(self.value, value), len(self.value) - 1)
        return (self.value[place] == value) & (self.owner[place] != person)


@cache
def is_machine(name: str) -> bool:
    """Does an attribute of that name tell a machine, or its address?

    >>> [is_machine(name) for name in ("src_ip", "device_id", "recipient", "from_address")]
    [True, True, False, False]
    """
    return not MACHINES.isdisjoint(re.findall("[a-z]+", name.lower()))


def find_owners(person: NDArray, value: NDArray, days: NDArray) -> Owners:
    """Owners of things of one sort, from how many days each person used each; the arrays have shape (n,)."""
    things, thing = np.unique(value, return_inverse=True)
    uses, use = np.unique(np.stack([thing, person.astype(np.int64)]), axis=1, return_inverse=True)
    thing, user = uses
    days = np.bincount(use.reshape(-1), days, minlength=len(thing))
    total = np.bincount(thing, days, minlength=len(things))
    owned = np.flatnonzero((days >= LEAST_DAYS) & (days >= SHARE * total[thing]))
    if days[owned].sum() < PERSONAL * days.sum():
        owned = owned[:0]
    return Owners(things[thing[owned]], user[owned])
