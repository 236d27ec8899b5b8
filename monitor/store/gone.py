"""Who was erased, known by keyed hashes alone: so that what a log tells of them again does not bring them back.

Kept are HMACs, under the store's key, of the names under which they acted and of the ways in which their names stand in
a text. Who has the key and guesses a name can make sure by them, and nobody else; so it is with pseudonyms.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from sqlalchemy import Connection, select

from monitor.core.audit import sign
from monitor.core.identity import lowered
from monitor.core.routing import names_of
from monitor.core.spelling import ALONE, bare_words, fold, keys_of, keys_of_name, replaced
from monitor.model import Person
from monitor.store.schema import erased_names
from monitor.store.state import insert_new

MOST_KNOWN = 200_000
"""So many words are remembered with what their hash told."""


class Gone:
    """Tells the names of the erased. marks: keyed hash -> the pseudonym that takes their place."""

    def __init__(self, key: bytes, marks: Mapping[str, str]) -> None:
        self.key, self.marks = key, marks
        self._find = lru_cache(MOST_KNOWN)(lambda told: marks.get(_mark(key, told)))

    def acted(self, actor: str) -> bool:
        """Is this a name under which one of them acted?"""
        return self._find("actor " + lowered(actor)) is not None

    def blur(self, text: str) -> str:
        """The text with their names replaced, as erasing replaced them."""
        folded = fold(text)
        if not any(self._find("begins " + word) or self._find("key " + ALONE + word) for word in bare_words(folded)):
            return text
        return replaced(text, folded, self._longest, lambda key: self._find("key " + key), lambda _: None, str)

    def _longest(self, word: str) -> int:
        return int(self._find("begins " + word) or 0)


def load(connection: Connection, key: bytes, everybody: Iterable[Person]) -> Gone | None:
    """The erased as they stand; None where nobody is. everybody: on the rosters now, whose names are theirs alone."""
    marks = {row.mark: row.told for row in connection.execute(select(erased_names.c.mark, erased_names.c.told))}
    if not marks:
        return None
    people = list(everybody)
    for told in ("actor " + name for name in names_of(people)):
        marks.pop(_mark(key, told), None)
    for told in ("key " + k for person in people for k in keys_of_person(person)):
        marks.pop(_mark(key, told), None)
    return Gone(key, marks)


def remember(connection: Connection, key: bytes, actors: Iterable[str], told: Iterable[Person], pseudonym: str) -> bool:
    """Keep the hashes of somebody's names; was any new? actors: lower-case names of theirs alone.  told: all versions
    of them."""
    marks = {_mark(key, "actor " + name): pseudonym for name in actors}
    longest: dict[str, int] = {}
    for name in {name for person in told for name in keys_of_person(person)}:
        marks[_mark(key, "key " + name)] = pseudonym
        if not name.startswith(ALONE):
            first = name.partition(" ")[0]
            longest[first] = max(longest.get(first, 1), 1 + name.count(" "))
    for first, count in longest.items():
        mark = _mark(key, "begins " + first)
        known = connection.scalar(select(erased_names.c.told).where(erased_names.c.mark == mark))
        if known is not None and int(known) < count:
            connection.execute(erased_names.update().where(erased_names.c.mark == mark).values(told=str(count)))
        marks[mark] = str(count)
    new = [
        connection.execute(insert_new(connection, erased_names).values(mark=mark, told=place)).rowcount > 0
        for mark, place in marks.items()
    ]
    return any(new)


def keys_of_person(person: Person) -> set[str]:
    """How the names of a person may stand in a folded text."""
    told = [keys_of(identifier) for identifier in (person.person_id, person.email or "", *person.accounts)]
    return set().union(keys_of_name(person.name or ""), *told)


def _mark(key: bytes, told: str) -> str:
    return sign(key, "erased " + told)[:32]
