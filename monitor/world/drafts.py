"""Events before they get their wording: plain columns, the same for routine and planted ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from monitor.world.model import Bools, Floats, Ints

ROUTINE = 0


@dataclass(frozen=True, slots=True)
class Moments:
    """Who acts when and where, columns of shape (n,): as in Drafts, and the team of that day."""

    person: Ints
    team: Ints
    day: Ints
    t: Ints
    machine: Ints

    def rows(self, which: Ints | Bools) -> Moments:
        """Those rows, in that order."""
        return Moments(*(getattr(self, f.name)[which] for f in fields(self)))


@dataclass(frozen=True, slots=True)
class Drafts:
    """Columns of shape (n,).

    person: actor whose account it is. day: the day of the shift. t: microseconds since 1970 UTC.
    doing: index into the company's doings. target: a code of Targets. magnitude: NaN where there is none.
    machine: index of the computer. second: under the second account. sender: address that a mail is from, a code.
    failed: the outcome. tag: ROUTINE, or the number of the incident.
    """

    person: Ints
    day: Ints
    t: Ints
    doing: Ints
    target: Ints
    magnitude: Floats
    machine: Ints
    second: Bools
    sender: Ints
    failed: Bools
    tag: Ints

    def __len__(self) -> int:
        """How many events."""
        return len(self.t)

    def rows(self, which: Ints | Bools) -> Drafts:
        """Those rows, in that order."""
        return Drafts(*(getattr(self, f.name)[which] for f in fields(self)))


def join(parts: Sequence[Drafts]) -> Drafts:
    """All of them, one after the other."""
    return Drafts(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Drafts)))
