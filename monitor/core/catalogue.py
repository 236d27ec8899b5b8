"""The action catalogue: what an act can do to the organisation, and how it is undone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from monitor.core.words import LONGEST_COMPOUND, SHORTEST_PART, bases, parts, runs

Share = Annotated[float, Meta(ge=0, le=1)]
Weight = Annotated[float, Meta(ge=-1, le=1)]

LEAST_IMPACT = 0.02
"""What an act has at least that is not listed, however light the thing."""
SHORTEST_VERB = 4
"""Letters of the shortest verb that is seen in a compound: a dismount has no dis."""
_LONG = range(20, 5, -1)
"""Letters of a noun that is seen at the end of a word whose beginning is not known, the most first."""
_SIZES = (4, 3, 2, 1)
"""Words of a compound verb, the most first: move_to_recycle_bin."""
_ENDINGS = (("", ""), ("s", ""), ("ies", "y"))
"""Of a word as it is written, and what stands for them in the singular."""
_WORD = re.compile("[a-z0-9]+")


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"kind": "class"}):
    """What the catalogue says of an action, a verb or a class; None where it says nothing."""

    kind: str | None = None
    impact: Share | None = None
    reversible: bool | None = None
    restore_minutes: Annotated[int, Meta(ge=0)] | None = None
    undo: str | None = None
    magnitude: str | None = None
    aliases: tuple[str, ...] = ()


class Sense(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"kind": "class"}):
    """Verbs that say little by themselves, and the words of a noun that say what they come to: an export is created."""

    impact: Share
    nouns: tuple[str, ...]
    verbs: tuple[str, ...]
    kind: str | None = None
    reversible: bool | None = None
    restore_minutes: Annotated[int, Meta(ge=0)] | None = None
    undo: str | None = None


class Compounds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words that names are made of: they say nothing by themselves, but are known where words are run together."""

    words: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    """What a noun is that ends in one of these, whatever stands before: a payment_template is a template."""


class CrownJewels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Glob patterns of targets whose impact is always high."""

    patterns: tuple[str, ...] = ()


class CatalogueFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file actions.toml as it is written."""

    default: Entry = Entry()
    classes: dict[str, Entry] = {}
    verbs: dict[str, Entry] = {}
    nouns: dict[str, Weight] = {}
    senses: dict[str, Sense] = {}
    units: dict[str, str] = {}
    compounds: Compounds = Compounds()
    actions: dict[str, Entry] = {}
    crown_jewels: CrownJewels = CrownJewels()


@dataclass(frozen=True, slots=True)
class Action:
    """An action as judged: impact from 0 to 1, its class, and the way back."""

    name: str
    kind: str
    impact: float
    reversible: bool
    restore_minutes: int
    undo: str
    magnitude: str | None

    def way_back(self, target: str | None) -> str:
        """What to do about it in words, and how long that usually takes."""
        told = self.undo.replace("{target}", target or "it")
        if not self.restore_minutes:
            return told
        left = "" if self.reversible else ", and not all of it comes back"
        return f"{told} Takes about {_span(self.restore_minutes)}{left}."


@dataclass(slots=True)
class Catalogue:
    """Looks actions up by name, then by noun and verb together, then by verb, then default."""

    file: CatalogueFile
    verbs: Mapping[str, Entry] = field(init=False)
    actions: Mapping[str, Entry] = field(init=False)
    senses: Mapping[tuple[str, str], Entry] = field(init=False)
    stems: Mapping[str, str] = field(init=False)
    known: frozenset[str] = field(init=False)
    long_nouns: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Spread the verbs over their aliases; events have their actions in small letters."""
        self.verbs = {name.lower(): entry for verb, entry in self.file.verbs.items() for name in (verb, *entry.aliases)}
        self.actions = {name.lower(): entry for name, entry in self.file.actions.items()}
        self.senses = {
            (noun, name.lower()): entry
            for kind, sense in sorted(self.file.senses.items(), key=lambda named: named[1].impact)
            for entry in (_as_entry(sense, kind),)
            for noun in sense.nouns
            for verb in sense.verbs
            for name in (verb, *(self.file.verbs[verb].aliases if verb in self.file.verbs else ()))
        }
        self.stems = {
            alias: verb
            for verb, entry in self.file.verbs.items()
            for alias in entry.aliases
            if "_" not in alias and alias.startswith(verb.rstrip("e"))
        }
        self.known = self._vocabulary()
        nouns = [*self.file.nouns, *(noun for sense in self.file.senses.values() for noun in sense.nouns)]
        self.long_nouns = frozenset(noun for noun in nouns if len(noun) >= _LONG[-1])

    def action(self, name: str) -> Action:
        """What the catalogue says of the action `name`, whether or not it knows it."""
        noun, _, verb = name.rpartition(".")
        about = self._words(noun)
        told = self._told(name, about, verb) or Entry()
        by_verb, with_noun = self._by_verb(about, verb)
        kind = told.kind or by_verb.kind or self._default_kind()
        of_class = self.file.classes[kind]
        chain = (told, by_verb, of_class, self.file.default)
        impact = _first(chain, "impact", 0.35)
        if told.impact is None and not with_noun:
            weights = [0.0, *(self.file.nouns.get(word, 0.0) for word in about)]
            impact = min(max(impact + max(weights) + min(weights), LEAST_IMPACT), 1.0)
        return Action(
            name, kind, impact, _first(chain, "reversible", True), _first(chain, "restore_minutes", 60),
            _first(chain, "undo", "Set {target} back."),
            _first(chain, "magnitude", self._unit(noun, verb, kind)),
        )  # fmt: skip

    def knows(self, name: str) -> bool:
        """Is anything known of that action, by its name or by its verb?"""
        noun, _, verb = name.rpartition(".")
        about = self._words(noun)
        return bool(self._told(name, about, verb)) or self._by_verb(about, verb)[0] != Entry()

    def _base(self, word: str) -> str:
        """The verb that a word is a form of, the word itself where it is none: customized is customize."""
        return next((base for base in bases(word) if base in self.verbs), word)

    def _told(self, name: str, about: list[str], verb: str) -> Entry | None:
        """What is listed of the action, also where its words are run together or its verb is in the past.

        giftcard.issued is listed as gift_card.issue.
        """
        stem = self.stems.get(verb, verb)
        names = (name, f"{name[: len(name) - len(verb)]}{stem}", f"{'_'.join(about)}.{stem}")
        return next((self.actions[each] for each in names if each in self.actions), None)

    def _unit(self, noun: str, verb: str, kind: str) -> str | None:
        """What a magnitude counts where the catalogue does not list the action, None where that cannot be told.

        A noun of many words tells it where they agree, a customer_account does not; else the verb's: suspend_profile.
        """
        if kind not in _ON_THINGS:
            return None
        if noun in self.file.units:
            return self.file.units[noun]
        of_noun = {self.file.units.get(word) for word in self._words(noun)}
        words = self._words(verb)
        of_verb = [self.file.units.get(word) for word in words if len(words) > 1 and word not in self.verbs]
        alone = of_noun.pop() if len(of_noun) == 1 else None
        return alone or next(filter(None, of_verb), None)

    def _by_verb(self, noun: list[str], verb: str) -> tuple[Entry, bool]:
        """What the verb comes to, and whether that is with such a noun: payment.submit, payee.iban_update.

        noun: its words; another may stand in the verb. Of a verb of many words the gravest counts.
        """
        words = self._words(verb)
        by = [verb] if verb in self.verbs else dict.fromkeys(self._verbs([self._base(word) for word in words]))
        about = [*self._nouns(noun), *runs(words)]
        senses = {each: sense for each in by if (sense := self._sense(about, each))}
        plain = [self.verbs[each] for each in by if each in self.verbs and each not in senses]
        best = max((*senses.values(), *plain), key=self._impact, default=Entry())
        return best, any(best is sense for sense in senses.values())

    def _nouns(self, words: list[str]) -> list[str]:
        """What an action is about, a word or more each: a payment_template is a template, and no payment."""
        nouns = runs(words)
        if words and words[-1] in self.file.compounds.heads:
            return [noun for noun in nouns if noun.split("_")[-1] == words[-1]]
        return nouns

    def _sense(self, about: list[str], verb: str) -> Entry | None:
        """The gravest of what a verb that says little comes to with one of these nouns."""
        pairs = ((noun, base) for noun in about if noun != verb for base in bases(verb))
        fit = [self.senses[pair] for pair in pairs if pair in self.senses]
        return max(fit, key=self._impact, default=None)

    def _verbs(self, words: list[str]) -> list[str]:
        """The verbs in these words, known or not; mass_delete is one, whatever stands before or after it."""
        told, at = [], 0
        while at < len(words):
            spans = (words[at : at + size] for size in _SIZES)
            forms = ("_".join(form) for span in spans for form in (span, [self.stems.get(word, word) for word in span]))
            verb = next((form for form in forms if form in self.verbs), words[at])
            told.append(verb)
            at += verb.count("_") + 1
        return told

    def _words(self, text: str) -> list[str]:
        """The words of a noun or verb, taken apart where they are run together: vendorbank is vendor and bank."""
        return [word for written in _WORD.findall(text) for word in self._split(written)]

    def _split(self, written: str) -> list[str]:
        """A word as it is where it is known, in the singular where that is, taken apart where all its parts are known.

        Where a part is not known, only a long noun at the end is seen: acmepayment has a payment, a threshold no hold.
        """
        forms = [written.removesuffix(many) + one for many, one in _ENDINGS if written.endswith(many)]
        whole = [[form] for form in forms if form in self.known]
        apart = (parts(form, self.known) for form in forms if len(form) <= LONGEST_COMPOUND)
        ends = ([form[:-size], form[-size:]] for form in forms for size in _LONG if form[-size:] in self.long_nouns)
        return next(filter(None, (*whole, *apart, *(end for end in ends if len(end[0]) >= SHORTEST_PART))), [written])

    def _vocabulary(self) -> frozenset[str]:
        """Every word that has a meaning here, as a noun or a verb of four letters, and those that names are made of."""
        nouns = [*self.file.nouns, *self.file.units, *self.file.compounds.words]
        nouns += [noun for sense in self.file.senses.values() for noun in sense.nouns]
        nouns += [name.rpartition(".")[0] for name in self.actions]
        verbs = [verb for verb in self.verbs if len(verb) >= SHORTEST_VERB and "_" not in verb]
        return frozenset(word for text in (*nouns, *verbs) for word in _WORD.findall(text))

    def _impact(self, entry: Entry) -> float:
        of_class = self.file.classes[entry.kind or self._default_kind()]
        return float(_first((entry, of_class), "impact", 0.0))

    def _default_kind(self) -> str:
        return self.file.default.kind or next(iter(self.file.classes))


_ON_THINGS = ("change", "destroy", "restore")
"""Classes in which a magnitude is the size of the thing; an export's may be of rows, of bytes, of pages."""


def _span(minutes: int) -> str:
    """A time in words, in the largest unit of which there are two.

    >>> [_span(minutes) for minutes in (1, 11, 119, 120, 480, 1440, 2880)]
    ['1 minute', '11 minutes', '119 minutes', '2 hours', '8 hours', '24 hours', '2 days']
    """
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{minutes / size:.0f} {unit}s"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def _as_entry(sense: Sense, name: str) -> Entry:
    """What the catalogue says of the actions of a sense that stands under that name."""
    return Entry(sense.kind or name, sense.impact, sense.reversible, sense.restore_minutes, sense.undo)


def _first(entries: tuple[Entry, ...], name: str, default: Any) -> Any:
    return next((value for entry in entries if (value := getattr(entry, name)) is not None), default)
