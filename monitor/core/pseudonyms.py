"""Pseudonyms: a short name in place of a person, and in place of every name of a person in free text.

A pseudonym is the beginning of HMAC-SHA256(key, person_id) in a base of 32 letters (FIPS 198-1;
letters after Crockford, without i, l, o, u). Who has the key and the roster can tell who it is,
and nobody else. Eight letters are 40 bits: among 5,000 people two meet once in 88,000 stores, and
then the one who came later has four letters more.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from monitor.core.spelling import ALONE, WORD, bare_words, begins, fold, keys_of, keys_of_name, plain_umlauts, replaced
from monitor.model import Person

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _ALPHABET)
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
SHORT, LONG = 8, 12
PREFIX = "p-"
LEAST_LETTERS = 4
"""A part of a name that is shorter is left: "Li" would be found everywhere."""
_UNSPACED = "\u2e80"
"""From here on lie the scripts of East Asia."""


def full_name(key: bytes, person_id: str) -> str:
    """All of the pseudonym that a key gives, 52 letters.

    >>> full_name(b"k" * 32, "E1")[:8]
    'xqbx61pj'
    """
    digest = hmac.digest(key, person_id.encode("utf-8", "surrogatepass"), "sha256")
    return base64.b32encode(digest).rstrip(b"=").decode().translate(_LETTERS)


def name_all(key: bytes, person_ids: Iterable[str], held: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """(person_id -> pseudonym, short name -> full name of its holder where two met).

    person_ids: in the order in which they became known.  held: who holds a short name since two met.
    """
    names: dict[str, str] = {}
    first: dict[str, str] = {}
    met = dict(held)
    keyed = hmac.new(key, digestmod="sha256")
    for person_id in person_ids:
        short = _short_name(keyed, person_id)
        if short not in met and first.setdefault(short, person_id) == person_id:  # so with nearly everybody
            names[person_id] = PREFIX + short
            continue
        full = full_name(key, person_id)
        holder = met.setdefault(short, full_name(key, first.get(short, person_id)))
        names[person_id] = PREFIX + (short if holder == full else full[:LONG])
    return names, met


def _short_name(keyed: hmac.HMAC, person_id: str) -> str:
    """The first letters of `full_name`. keyed: begun with the key, so that it is not worked in for each person anew."""
    mine = keyed.copy()
    mine.update(person_id.encode("utf-8", "surrogatepass"))
    bits = int.from_bytes(mine.digest()[:5], "big")
    return "".join([_PAIRS[bits >> 30], _PAIRS[bits >> 20 & 1023], _PAIRS[bits >> 10 & 1023], _PAIRS[bits & 1023]])


@dataclass(slots=True)
class Veil:
    """Pseudonyms of everybody known, and the blurring of free text.

    `shown` are the person_ids whose names may be read now.
    """

    key: bytes
    people: Mapping[str, Person]
    names: Mapping[str, str]
    shown: Mapping[str, str] = field(default_factory=dict)
    """person_id -> what stands in place of the pseudonym."""
    _begun: dict[str, list[tuple[str, bool, str]]] = field(default_factory=dict)
    """First word of a key -> (the identifier, is it a full name, person_id). Made when first asked for; a veil
    that is replaced by one with others shown shares it."""
    _longest: dict[str, int] = field(default_factory=dict)
    """First word -> how many words a key has at most that begins so; of first words that a text had."""
    _whose: dict[str, str] = field(default_factory=dict)
    """Key -> person_id: all that stand alone, and those of several words whose first one a text had."""
    _named: dict[str, frozenset[str]] = field(default_factory=dict)
    """person_id -> parts of the name."""
    _dense: list[tuple[str, str]] = field(default_factory=list)
    """Names in scripts that put no blanks between words, the longest first."""

    def pseudonym(self, person_id: str) -> str:
        """The pseudonym, also of somebody whom no roster knows."""
        return self.names.get(person_id) or PREFIX + full_name(self.key, person_id)[:SHORT]

    def label(self, person_id: str) -> str:
        """The pseudonym, or the name where it may be read now."""
        return self.shown.get(person_id) or self.pseudonym(person_id)

    def blur(self, text: str, about: Iterable[str] = (), instead: str | None = None) -> str:
        """The text with every name, e-mail, account and person_id of people replaced by the pseudonym.

        about: people of whom the text is; every part of their names counts too ("smith" in a path).
        instead: what takes the place of everybody alike.
        """
        self._index()
        for name, person_id in self._dense:
            if person_id not in self.shown:
                text = text.replace(name, instead or self.pseudonym(person_id))
        folded = fold(text)
        words = bare_words(folded)
        own = {part: person_id for person_id in about if person_id in self.people for part in self._parts(person_id)}
        if not any(word in self._begun or word in own or ALONE + word in self._whose for word in words):
            return text
        return replaced(text, folded, self._most, self._whose.get, own.get, partial(self._shown, instead))

    def _shown(self, instead: str | None, person_id: str) -> str | None:
        """What takes the place of somebody; None where the name may be read."""
        return None if person_id in self.shown else instead or self.pseudonym(person_id)

    def blur_all(self, told: object, about: Iterable[str] = (), instead: str | None = None) -> object:
        """The same for every text within lists and dictionaries; keys stay."""
        if isinstance(told, str):
            return self.blur(told, about, instead)
        if isinstance(told, dict):
            return {key: self.blur_all(value, about, instead) for key, value in told.items()}
        if isinstance(told, (list, tuple)):
            return [self.blur_all(value, about, instead) for value in told]
        return told

    def whose(self, account: str, about: Iterable[str] = ()) -> str:
        """The label of whoever an account of a finding belongs to; the account of who is on no roster, blurred.

        A person_id stands there alone: it is known as one however short it is.
        """
        return self.label(account) if account in self.people else self.blur(account, about)

    def _index(self) -> None:
        """Sort the identifiers of thousands of people by their first words, and no further: a text has few of them.

        Threads share a veil: until all is sorted none may take it for done, or names would be missed.
        """
        if self._begun:
            return
        begun: dict[str, list[tuple[str, bool, str]]] = {"": []}
        dense: list[tuple[str, str]] = []
        for _, person in sorted(self.people.items()):
            for told, is_name in {(t, False) for t in (person.person_id, person.email, *person.accounts)} | {
                (person.name, True)
            }:
                if not told:
                    continue
                for word in begins(told, is_name):
                    if word.startswith(ALONE):
                        self._whose.setdefault(word, person.person_id)
                    else:
                        begun.setdefault(word, []).append((told, is_name, person.person_id))
                if not told.isascii() and len(told) > 1 and max(told) >= _UNSPACED:
                    dense.append((told, person.person_id))
        self._dense[:] = sorted(dense, key=lambda entry: (-len(entry[0]), entry))
        self._begun.update(begun)

    def _most(self, bare: str) -> int:
        """How many words a key has at most that begins with this one."""
        if bare not in self._begun:
            return 0
        if bare not in self._longest:
            longest = 1
            for told, is_name, person_id in self._begun[bare]:
                for key in keys_of_name(told) if is_name else keys_of(told):
                    if key.partition(" ")[0] == bare:
                        longest = max(longest, 1 + key.count(" "))
                        self._whose.setdefault(key, person_id)
            self._longest[bare] = longest
        return self._longest[bare]

    def _parts(self, person_id: str) -> frozenset[str]:
        """Parts of a person's name and of the e-mail before the @."""
        if person_id not in self._named:
            person = self.people[person_id]
            told = fold(f"{person.name or ''} {(person.email or '').partition('@')[0]}")
            parts = [word for word in WORD.findall(told) if len(word) >= LEAST_LETTERS]
            self._named[person_id] = frozenset(map(plain_umlauts, parts))
        return self._named[person_id]
