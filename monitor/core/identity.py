"""Which name in a log is whose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from monitor.model import Person


def lowered(name: str) -> str:
    """A name in small letters as the engine's lower() writes them: each letter by itself, the dotted I as i."""
    return name.lower() if name.isascii() else "".join("i" if c == "İ" else c.lower() for c in name)


_NAMED: tuple[Callable[[Person], Iterable[str]], ...] = (
    lambda person: person.accounts,
    lambda person: (person.email,) if person.email else (),
    lambda person: (lowered(person.person_id),),
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
