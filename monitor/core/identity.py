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
    claims: dict[str, str | None] = {}
    for named in _NAMED:
        fresh: dict[str, str | None] = {}
        for person in everyone:
            for name in named(person):
                if fresh.setdefault(name, person.person_id) != person.person_id:
                    fresh[name] = None
        claims = fresh | claims
    names = {name: owner for name, owner in claims.items() if owner is not None}
    return names, sorted(name for name, owner in claims.items() if owner is None)
