"""How the name of an action is read: the words it is made of, the verb among them, and what the act is about."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from monitor.core.words import LONGEST_COMPOUND, MOST_WORDS, bases, is_past, parts

LONGEST_ABBREVIATION = 2
"""Letters of a verb that stands for many things: a wo is a write-off where no other verb is, else a work order."""
SHORTEST_VERB = 4
"""Letters of the shortest verb that is seen at either end of a word that is not known: a dismount has no dis."""
_LONG = range(20, 5, -1)
"""Letters of a noun that is seen at the end of a word whose beginning is not known, the most first."""
SHORTEST_REST = 3
"""Letters of the shortest beginning or end of a word that is left when a known one is taken off."""
_SIZES = (4, 3, 2, 1)
"""Words of a compound verb, the most first: move_to_recycle_bin."""
_ENDINGS = (("", ""), ("s", ""), ("ies", "y"))
"""Of a word as it is written, and what stands for them in the singular."""
_SEGMENT = re.compile("[./:]+")
_WORD = re.compile("[a-z0-9]+")
_NUMBER = re.compile(r"^\d{3,}(?=[a-z])|(?<=[a-z]{4})v?\d+(v\d+)?$")
"""What stands before or after a word without being of it: 4624logon, ListObjectsV2."""
_JOINING = ("and", "then", "or")
_PREPOSITIONS = ("by", "via", "using", "as", "with", "to", "into", "from", "for", "of", "at", "on", "in", "out")
_NOT_ABOUT = ("by", "via", "using", "as")
"""What follows tells who or how, and nothing of what the act is about."""
_NEVER = 3


class Unit(NamedTuple):
    """A verb of one or more words, or a word that is none.  form: as it is looked up."""

    form: str
    words: tuple[str, ...]


class Reading(NamedTuple):
    """A name as read.  verbs: of which the gravest counts.  around: the words of its other parts."""

    units: list[Unit]
    verbs: list[Unit]
    around: list[str]
    last_around: list[str]

    def about(self, verb: Unit | None) -> list[str]:
        """The words beside the verb in its part of the name."""
        kept = [word for unit in self.units if unit is not verb for word in unit.words]
        cut = next((at for at, word in enumerate(kept) if word in _NOT_ABOUT), len(kept))
        return kept[:cut]


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads names.

    verbs: every word that is one.  stems: an alias that is a form of its verb, and the verb.  sense_verbs: words that
    are verbs beside some nouns alone.  nouns: what weighs or is counted, so that it is a thing rather than an act.
    things: verbs that are things as often as acts.  light: verbs that say only that an act began, ended or was seen.
    known: every word that has a meaning, and its singular.
    """

    verbs: frozenset[str]
    stems: Mapping[str, str]
    sense_verbs: frozenset[str]
    nouns: frozenset[str]
    things: frozenset[str]
    light: frozenset[str]
    known: Mapping[str, str]
    long_nouns: frozenset[str]

    def read(self, name: str) -> Reading:
        """The verb may stand first or last, and in any part: DeleteUser, user_deleted, k8s.delete.pods."""
        segments = [self.units(self.words(text)) for text in _SEGMENT.split(name) if text] or [[]]
        at, verbs = self._where(segments)
        others = [[word for unit in segment for word in unit.words] for segment in segments[:at] + segments[at + 1 :]]
        return Reading(segments[at], verbs, [word for words in others for word in words], others[-1] if others else [])

    def words(self, text: str) -> list[str]:
        """The words of a text but numbers, taken apart where they are run together: vendorbank is vendor and bank."""
        written = [_NUMBER.sub("", word) for word in _WORD.findall(text) if not word.isdigit()]
        return [part for word in written for part in self._split(word)]

    def units(self, words: list[str]) -> list[Unit]:
        """The verbs in these words, of many words where they are known as such, and the words that are none."""
        told, at = [], 0
        while at < len(words):
            spans = (tuple(words[at : at + size]) for size in _SIZES)
            forms = ((form, span) for span in spans for form in self._forms(span))
            unit = next((Unit(form, span) for form, span in forms if form in self.verbs), None)
            told.append(unit or Unit(self._base(words[at]), (words[at],)))
            at += len(told[-1].words)
        return told

    def _forms(self, span: tuple[str, ...]) -> tuple[str, ...]:
        return ("_".join(span), "_".join(self.stems.get(word, word) for word in span))

    def _base(self, word: str) -> str:
        """The verb that a word is a form of, the word itself where it is none: customized is customize."""
        return next((base for base in bases(word) if base in self.verbs or base in self.sense_verbs), word)

    def _where(self, segments: list[list[Unit]]) -> tuple[int, list[Unit]]:
        """In which part of the name the verb is, the last where nothing speaks against it, and what may be it."""
        end = len(segments) - 1
        verbs = self._verbs(segments[end])
        rank = min(map(self._rank, verbs), default=_NEVER)
        whole = len(segments[end]) == 1 and rank == 1 and not self._is_light(segments[end][0])
        if rank and not whole:
            for at in reversed(range(end)):
                first = segments[at][0] if segments[at] else None
                if first and self._is_order(first):
                    return at, [first]
        if not verbs:
            for at in reversed(range(end)):
                if len(segments[at]) == 1 and self._rank(segments[at][0]) == 1:
                    return at, segments[at]
        return end, verbs

    def _verbs(self, segment: list[Unit]) -> list[Unit]:
        """What may be the verb, of all clauses: view_and_export."""
        told: list[Unit] = []
        clause: list[Unit] = []
        for unit in [*segment, Unit(_JOINING[0], ())]:
            if unit.form in _JOINING:
                told += self._of_clause(clause)
                clause = []
            else:
                clause.append(unit)
        return told

    def _of_clause(self, clause: list[Unit]) -> list[Unit]:
        """A past at the end goes before an order at the beginning, these before any other verb, verbs before things.

        The deleted of get_deleted_sites is no deletion, that of mail_deleted is.
        """
        cut = next((at for at, unit in enumerate(clause) if at and unit.form in _PREPOSITIONS), len(clause))
        if any(self._rank(unit) < _NEVER for unit in clause[:cut]):
            clause = clause[:cut]
        ranks = [self._rank(unit) for unit in clause]
        best = min(ranks, default=_NEVER)
        if best == _NEVER:
            return []
        if best == 0 and ranks[-1] == 0 and is_past(clause[-1].words[-1]):
            return [clause[-1]]
        ends = [clause[-1]] if best == 0 and ranks[-1] == 0 else []
        if len(clause) > 1 and self._is_order(clause[0]):
            ends.append(clause[0])
        return ends or [unit for unit, rank in zip(clause, ranks, strict=True) if rank == best]

    def _rank(self, unit: Unit) -> int:
        """0 for what is a verb alone, 1 for what is a thing as often, 2 for what is a thing first, else _NEVER."""
        form = unit.form
        if form not in self.verbs:
            return 1 if form in self.sense_verbs else _NEVER
        if len(unit.words) > 1:
            return 0
        if form in self.things or self._is_light(unit):
            return 1
        one = form.removesuffix("s")
        many = one != form and (one in self.nouns or one in self.things)
        return 2 if many or form in self.nouns or len(form) <= LONGEST_ABBREVIATION else 0

    def _is_light(self, unit: Unit) -> bool:
        return unit.form in self.light or self.stems.get(unit.form) in self.light

    def _is_order(self, unit: Unit) -> bool:
        """Is it a verb alone, and not of the past: delete, but neither deleted nor share?"""
        return self._rank(unit) == 0 and not is_past(unit.words[0])

    def _split(self, written: str) -> list[str]:
        """A word as it is where it is known, in the singular where that is, taken apart where all its parts are known.

        Where a part is not known, only a verb at either end or a long noun at the end is seen: acmepayment has a
        payment, a threshold no hold.
        """
        forms = [written.removesuffix(many) + one for many, one in _ENDINGS if written.endswith(many)]
        for form in forms:
            if form in self.known:
                return [self.known[form]]
        for form in forms:
            if len(form) <= LONGEST_COMPOUND and (apart := parts(form, self.known)):
                return [self.known[part] for part in apart]
        return self._ends(written, forms)

    def _ends(self, written: str, forms: list[str]) -> list[str]:
        for form in forms:
            for size in _LONG:
                if form[-size:] in self.long_nouns and len(form) - size >= SHORTEST_REST:
                    return [*self._verb_first(form[:-size]), form[-size:]]
        return self._verb_first(written)

    def _verb_first(self, written: str) -> list[str]:
        """An order at the beginning or a past at the end, and what is left of the word: downloadquux, quuxdeleted."""
        for size in range(len(written) - SHORTEST_REST, SHORTEST_VERB + 1, -1):
            start, end = written[:size], written[-size:]
            if is_past(end) and end in self.verbs:
                return [written[:-size], end]
            if start in self.verbs and self._is_order(Unit(start, (start,))):
                return [start, *self._split(written[size:])]
        return [written]


@dataclass(frozen=True, slots=True)
class Products:
    """What products call the actions.

    names: by its letters alone, what it is called in the catalogue.  common: letters of which a part of any name may
    consist, so that they tell only where there is nothing else, or behind a product that writes them.  own: by the
    name of a product or of its service, the letters of what it writes.
    """

    names: Mapping[str, str]
    common: frozenset[str]
    own: Mapping[str, frozenset[str]]
    reader: Reader

    def called(self, name: str) -> str:
        """What an action is called in the catalogue that a product calls so, the name itself where none does.

        Before it may stand where it comes from, aws.DeleteTrail, and after a code what was done, F110_RELEASE.
        """
        for before, end in _ends(name):
            common = end in self.common or (end.isdigit() and self.reader.read(name).verbs)
            if end in self.names and not (common and before and not any(end in self.own.get(p, ()) for p in before)):
                return self.names[end]
        if turned := self._turned(name):
            return turned
        for part in _SEGMENT.split(name)[-MOST_WORDS:]:
            code, *rest = _WORD.findall(part) or [""]
            if rest and code in self.names and code not in self.common:
                noun, _, verb = self.names[code].rpartition(".")
                done = "_".join(rest)
                return f"{noun}.{done}" if self.reader.read(done).verbs else f"{noun}_{done}.{verb}"
        return name

    def _turned(self, name: str) -> str | None:
        """What a name tells that stands with its verb first in a table: login_profile.create is CreateLoginProfile.

        Of a noun of one word that says too little: the policy of policy.create may be an insurer's.
        """
        noun, _, verb = name.rpartition(".")
        first = letters(verb + noun)
        return self.names.get(first) if len(_WORD.findall(noun)) > 1 and first not in self.common else None

    def bare(self, name: str) -> str:
        """A name without the products and services that stand before it: aws.iam.CreateUser is CreateUser."""
        start = 0
        for part in _SEGMENT.finditer(name):
            if letters(name[start : part.start()]) not in self.own:
                break
            start = part.end()
        return name[start:] or name


def products(
    names: Mapping[str, Mapping[str, tuple[str, ...]]], before: Mapping[str, tuple[str, ...]], common: frozenset[str],
    reader: Reader,
) -> Products:  # fmt: skip
    """The products of these tables of names, and by the same tables what may stand before their names."""
    told = {
        table: {letters(raw.lower()): name for name, raws in of.items() for raw in raws} for table, of in names.items()
    }
    own: dict[str, frozenset[str]] = {}
    for table, words in before.items():
        own |= {word: own.get(word, frozenset()) | told.get(table, {}).keys() for word in words}
    return Products({raw: name for of in told.values() for raw, name in of.items()}, common, own, reader)


def letters(name: str) -> str:
    """A name without its signs and spaces: New-InboxRule and new_inbox_rule are one. Of other scripts all stays.

    >>> letters("new-inbox rule")
    'newinboxrule'
    """
    return "".join(_WORD.findall(name)) if name.isascii() else name


def spoken(name: str) -> list[str]:
    """The words of a name as they are written, signs and spaces aside."""
    return _WORD.findall(name)


def _ends(name: str) -> list[tuple[list[str], str]]:
    """The letters of a name, of its last parts, and of its last word, each with those of what stands before.

    >>> _ends("okta.session_start")
    [([], 'oktasessionstart'), (['okta'], 'sessionstart'), (['okta', 'session'], 'start')]
    """
    told = [letters(part) for part in _SEGMENT.split(name)]
    first = max(len(told) - MOST_WORDS, 0)
    *others, last = _WORD.findall(name) or [""]
    ends = [(told[:at], "".join(told[at:])) for at in range(first, len(told))]
    return [(before, end) for before, end in (*ends, (others, last)) if end]
