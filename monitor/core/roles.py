"""Who may do what in a working folder: roles, and the rights that each gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

ROLES: dict[str, frozenset[str]] = {
    "viewer": frozenset({"look"}),
    "investigator": frozenset({"look", "decide", "reveal", "export", "approve"}),
    "privacy-officer": frozenset({"audit", "approve", "erase"}),
    "operator": frozenset({"configure", "approve"}),
}
"""The privacy officer sees who looked, and not whom they looked at; the operator keeps it running and sees nobody."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody at the command line. `own`: the person_ids that they are on the rosters; they never see those."""

    name: str
    roles: tuple[str, ...]
    own: frozenset[str] = frozenset()

    @property
    def role(self) -> str:
        """The roles, for the record."""
        return "+".join(self.roles)

    @property
    def rights(self) -> frozenset[str]:
        """What the roles together allow."""
        return frozenset().union(*(ROLES[role] for role in self.roles))


def roles_with(right: str) -> list[str]:
    """The roles that give a right.

    >>> roles_with("erase")
    ['privacy-officer']
    """
    return [role for role, rights in ROLES.items() if right in rights]


def own_ids(user: str, people: Iterable[tuple[str, Iterable[str]]]) -> frozenset[str]:
    """Whom on the rosters a user name can be: by account, e-mail or person_id, or by what stands before the @.

    people: person_id and its names, lower case. Where several fit, all are meant: better one too many than
    a leaver who reads their own case.

    >>> sorted(own_ids("Ann", [("7", ["ann@corp.example", "7"]), ("8", ["bob"])]))
    ['7']
    """
    wanted = user.lower()
    address = f"{wanted}@"
    return frozenset(
        person_id for person_id, names in people if any(n == wanted or n.startswith(address) for n in names if n)
    )
