"""Pseudonyms: a short name in place of a person, and in place of every name of a person in free text.

A pseudonym is the beginning of HMAC-SHA256(key, person_id) in a base of 32 letters (FIPS 198-1;
letters after Crockford, without i, l, o, u). Who has the key and the roster can tell who it is,
and nobody else. Eight letters are 40 bits: among 5,000 people two meet once in 88,000 stores, and
then the one who came later has four letters more.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from monitor.model import Person

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LETTERS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", _ALPHABET)
_PAIRS = [a + b for a in _ALPHABET for b in _ALPHABET]
SHORT, LONG = 8, 12
PREFIX = "p-"
LEAST_DIGITS = 4
"""A person_id or account of fewer digits cannot be told from a figure in a text."""
LEAST_LETTERS = 4
"""A part of a name that is shorter is left: "Li" would be found everywhere."""
_UNSPACED = "\u2e80"
"""From here on lie the scripts of East Asia."""
_WORD = re.compile(r"[^\W_]+")
_GAP = re.compile(r"[\W_]{0,3}")


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
    _begun: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """First word of each identifier -> (the identifier, person_id). Made when first asked for; a veil that is replaced
    by one with others shown shares it."""
    _known: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)
    """The same with all words of each, the longest first; only of first words that a text had."""
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
        own = [(self._parts(person_id), person_id) for person_id in about if person_id in self.people]
        words = list(_WORD.finditer(text))
        done, parts, i = 0, [], 0
        while i < len(words):
            word = words[i][0].casefold()
            begun = [*self._beginning(word), *(((word,), person_id) for mine, person_id in own if word in mine)]
            found = _longest(text, words, i, begun) if begun else None
            if found is None:
                i += 1
                continue
            count, person_id = found
            end = words[i + count - 1].end()
            if person_id not in self.shown:
                parts += [text[done : words[i].start()], instead or self.pseudonym(person_id)]
                done = end
            i += count
        return "".join(parts) + text[done:]

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
        """Sort the identifiers of thousands of people by their first words, and no further: a text has few of them."""
        if self._begun:
            return
        begun: dict[str, list[tuple[str, str]]] = {}
        dense: list[tuple[str, str]] = []
        for person in self.people.values():
            person_id = person.person_id
            for told in {person_id, person.name, person.email, *person.accounts}:
                if not told:
                    continue
                lower = told.casefold()
                if lower.isalnum():
                    begun.setdefault(lower, []).append((lower, person_id))
                elif word := _WORD.search(lower):
                    begun.setdefault(word[0], []).append((lower, person_id))
                if not lower.isascii() and len(lower) > 1 and max(lower) >= _UNSPACED:
                    dense.append((told, person_id))
        self._dense[:] = sorted(dense, key=lambda entry: (-len(entry[0]), entry))
        self._begun.update(begun)

    def _beginning(self, word: str) -> Sequence[tuple[tuple[str, ...], str]]:
        """All words of each identifier that begins with this one, the longest first."""
        if word not in self._begun:
            return ()
        if word not in self._known:
            told = [(tuple(_WORD.findall(lower)), person_id) for lower, person_id in self._begun[word]]
            if word.isdigit() and len(word) < LEAST_DIGITS:
                told = [entry for entry in told if len(entry[0]) > 1]
            self._known[word] = sorted(told, key=lambda entry: (-len(entry[0]), entry))
        return self._known[word]

    def _parts(self, person_id: str) -> frozenset[str]:
        """Parts of a person's name and of the e-mail before the @."""
        if person_id not in self._named:
            person = self.people[person_id]
            told = f"{person.name or ''} {(person.email or '').partition('@')[0]}"
            self._named[person_id] = frozenset(w for w in _WORD.findall(told.casefold()) if len(w) >= LEAST_LETTERS)
        return self._named[person_id]


def _longest(
    text: str, words: list[re.Match[str]], at: int, begun: Iterable[tuple[tuple[str, ...], str]]
) -> tuple[int, str] | None:
    """How many words from here on are one identifier, and whose.  begun: those that begin so, the longest first."""
    for wanted, person_id in begun:
        here = words[at : at + len(wanted)]
        if tuple(w[0].casefold() for w in here) != wanted:
            continue
        gaps = all(_GAP.fullmatch(text, a.end(), b.start()) for a, b in pairwise(here))
        if gaps and not (wanted[0].isdigit() and len(wanted) == 1 and _in_figure(text, here[0])):
            return len(wanted), person_id
    return None


def _in_figure(text: str, word: re.Match[str]) -> bool:
    """Is it a piece of a larger figure, a time or a date: 1,204 or 12:30 or 2017-11-02?"""

    def digit(i: int, j: int) -> bool:
        return 0 <= i < len(text) and 0 <= j < len(text) and text[i] in ".,:-" and text[j].isdigit()

    return digit(word.start() - 1, word.start() - 2) or digit(word.end(), word.end() + 1)
