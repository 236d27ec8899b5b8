"""Which name in a log is whose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from monitor.model import Person

_NAMED: tuple[Callable[[Person], Iterable[str]], ...] = (
    lambda person: person.accounts,
    lambda person: (person.email,) if person.email else (),
    lambda person: (person.person_id.lower(),),
)


def own_names(everyone: Sequence[Person]) -> tuple[dict[str, str], list[str]]:
    """(name in lower case -> person_id, names that several people claim): accounts first, then e-mails, then ids."""
    claims: dict[str, set[str]] = {}
    for named in _NAMED:
        fresh: dict[str, set[str]] = {}
        for person in everyone:
            for name in named(person):
                fresh.setdefault(name, set()).add(person.person_id)
        for name, owners in fresh.items():
            claims.setdefault(name, owners)
    names = {name: next(iter(owners)) for name, owners in claims.items() if len(owners) == 1}
    return names, sorted(name for name, owners in claims.items() if len(owners) > 1)
