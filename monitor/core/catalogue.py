"""The action catalogue: what an act can do to the organisation, and how it is undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from monitor.core.counted import counted
from monitor.core.naming import SHORTEST_VERB, Products, Reader, Reading, Unit, letters, products, spoken
from monitor.core.words import bases, past, runs

Share = Annotated[float, Meta(ge=0, le=1)]
Weight = Annotated[float, Meta(ge=-1, le=1)]

LEAST_IMPACT = 0.02
"""What an act has at least that is not listed, however light the thing."""


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
    things: tuple[str, ...] = ()
    """Verbs that are things as often as acts: in update_export nothing is taken out."""
    light: tuple[str, ...] = ()
    """Verbs that say only that an act began, ended or was seen: the act is another, where there is one."""


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
    names: dict[str, dict[str, tuple[str, ...]]] = {}
    products: dict[str, tuple[str, ...]] = {}
    """What stands before the names of a table of names: snowflake.UNLOAD is UNLOAD."""
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

    def way_back(self, target: str | None, others: int = 0) -> str:
        """What to do about it in words, and how long that usually takes.  others: acts alike of the same day."""
        told = self.undo.replace("{target}", target or "it")
        if not self.restore_minutes:
            return told
        left = "" if self.reversible else ", and not all of it comes back"
        alike = f" Likewise {counted(others, 'other')} of that day." if others else ""
        return f"{told}{alike} Takes about {_span(self.restore_minutes)}{left}."


@dataclass(slots=True)
class Catalogue:
    """Looks actions up by name, also by what products call them, then by noun and verb together, then by verb."""

    file: CatalogueFile
    verbs: Mapping[str, Entry] = field(init=False)
    keys: Mapping[str, str] = field(init=False)
    """A verb by any of its aliases."""
    actions: Mapping[str, Entry] = field(init=False)
    plain: Mapping[str, str] = field(init=False)
    """What is listed by its letters alone: OpenAs and open_as are one."""
    products: Products = field(init=False)
    senses: Mapping[tuple[str, str], Entry] = field(init=False)
    reader: Reader = field(init=False)

    def __post_init__(self) -> None:
        """Spread the verbs over their aliases; events have their actions in small letters."""
        file = self.file
        self.keys = {name.lower(): verb for verb, entry in file.verbs.items() for name in (verb, *entry.aliases)}
        self.verbs = {name: file.verbs[verb] for name, verb in self.keys.items()}
        self.actions = {name.lower(): entry for name, entry in file.actions.items()}
        self.plain = {letters(name): name for name in self.actions}
        self.senses = dict(self._senses())
        self.senses |= {pair: entry for pair, entry in self._senses(plain=True) if pair[1] not in file.verbs}
        self.reader = _reader(self)
        common = frozenset((*self.reader.known, *map(letters, self.verbs)))
        self.products = products(file.names, file.products, common, self.reader)

    def _senses(self, *, plain: bool = False) -> Iterator[tuple[tuple[str, str], Entry]]:
        """What verbs come to beside nouns, the gravest last.  plain: the verbs as they stand, without their aliases."""
        for kind, sense in sorted(self.file.senses.items(), key=lambda named: named[1].impact):
            entry = _as_entry(sense, kind)
            for verb in sense.verbs:
                known = self.file.verbs.get(verb, Entry())
                for name in (verb, *(() if plain else known.aliases)):
                    yield from zip(((noun, name.lower()) for noun in sense.nouns), repeat(entry))

    def action(self, name: str) -> Action:
        """What the catalogue says of the action `name`, whether or not it knows it."""
        called = self._called(name)
        reading, listed, best, with_noun = self._judged(called)
        told = listed or (self.file.default if best == Entry() else Entry())
        kind = told.kind or best.kind or self._default_kind()
        chain = (told, best, self.file.classes[kind])
        impact = _first(chain, "impact", 0.35)
        if told.impact is None and not with_noun:
            impact = self._weighed(impact, kind, reading)
        return Action(
            name, kind, impact, _first(chain, "reversible", True), _first(chain, "restore_minutes", 60),
            _first(chain, "undo", "Set {target} back."),
            _first(chain, "magnitude", self._unit(called, reading, kind)),
        )  # fmt: skip

    def knows(self, name: str) -> bool:
        """Is anything known of that action, by its name or by its verb?"""
        _, listed, best, _ = self._judged(self._called(name))
        return bool(listed) or best != Entry()

    def _called(self, name: str) -> str:
        """What an action is called here that a product calls so; the name itself where it is listed or nothing is.

        A product before a name that is listed says nothing more: iam.CreateUser is CreateUser.
        """
        if letters(name) in self.plain:
            return name
        called, bare = self.products.called(name), self.products.bare(name)
        return bare if called == name != bare and self._judged(bare)[1] else called

    def _judged(self, name: str) -> tuple[Reading, Entry | None, Entry, bool]:
        """How it is read, what is listed of it, what its verb comes to, and whether that is with such a noun."""
        reading = self.reader.read(name)
        best, with_noun = self._by_verb(reading)
        return reading, self._told(name, reading, with_noun), best, with_noun

    def _told(self, name: str, reading: Reading, with_noun: bool) -> Entry | None:
        """What is listed of the action, in whatever order and form its noun and its verb are written.

        giftcard.issued and IssueGiftCard are listed as gift_card.issue. A word of weight is not passed over: the file
        of backup.delete_file is no common one.  with_noun: the verb and its noun tell by themselves what they come to.
        """
        listed = self.plain.get(letters(name))
        if listed or len(reading.verbs) != 1:
            return self.actions[listed] if listed else None
        verb, about = reading.verbs[0], reading.about(reading.verbs[0])
        words = [*reading.around, *about]
        nouns = [words, *(kept for kept in (about, reading.last_around) if kept and not with_noun)]
        nouns = [kept for kept in nouns if not any(word in self.file.nouns for word in words if word not in kept)]
        forms = [self.reader.stems.get(verb.form, verb.form), *bases(verb.form)]
        forms += [] if with_noun else [self.keys.get(verb.form, verb.form)]
        names = (f"{noun}.{form}" for form in forms for kept in nouns for noun in self._in_numbers("_".join(kept)))
        return next((self.actions[each] for each in names if each in self.actions), None)

    def _in_numbers(self, noun: str) -> tuple[str, ...]:
        """A noun as it stands, and one of it where many weigh no more: databases are a database."""
        one = noun.removesuffix("s")
        return (noun, one) if self.file.nouns.get(one) == self.file.nouns.get(noun) else (noun,)

    def _weighed(self, impact: float, kind: str, reading: Reading) -> float:
        """The impact by the words beside the verb. To sign in is no more where there is much to do."""
        about = (*reading.around, *reading.about(reading.verbs[0] if len(reading.verbs) == 1 else None))
        weights = [0.0, *(self.file.nouns.get(word, 0.0) for word in about)]
        more = 0.0 if kind == _SESSION else max(weights)
        return min(max(impact + more + min(weights), LEAST_IMPACT), 1.0)

    def _unit(self, name: str, reading: Reading, kind: str) -> str | None:
        """What a magnitude counts where the catalogue does not list the action, None where that cannot be told.

        A noun of many words tells it where they agree, a customer_account does not; else the verb's: suspend_profile.
        """
        if kind not in _ON_THINGS:
            return None
        units, noun = self.file.units, name.rpartition(".")[0]
        if noun in units:
            return units[noun]
        of_noun = {units.get(word) for word in reading.around}
        of_verb = [units.get(word) for unit in reading.units for word in unit.words if unit.form not in self.verbs]
        alone = of_noun.pop() if len(of_noun) == 1 else None
        return alone or next(filter(None, of_verb), None)

    def _by_verb(self, reading: Reading) -> tuple[Entry, bool]:
        """What the verb comes to, and whether that is with such a noun: payment.submit, payee.iban_update.

        Of many verbs the gravest counts.
        """
        around = self._nouns(reading.around)
        told: list[tuple[Entry, bool]] = []
        for verb in reading.verbs:
            about = reading.about(verb)
            whole = ["_".join((*reading.around[-1:], *about))] if about else []
            if sense := self._sense([*whole, *around, *self._nouns(about)], verb):
                told.append((sense, True))
            elif verb.form in self.verbs:
                told.append((self.verbs[verb.form], False))
        return max(told, key=lambda each: (self._impact(each[0]), each[1]), default=(Entry(), False))

    def _nouns(self, words: list[str]) -> list[str]:
        """What an action is about, a word or more each: a payment_template is a template, and no payment."""
        nouns = runs(words)
        if words and words[-1] in self.file.compounds.heads:
            return [noun for noun in nouns if noun.split("_")[-1] == words[-1]]
        return nouns

    def _sense(self, about: list[str], verb: Unit) -> Entry | None:
        """The gravest of what a verb that says little comes to with one of these nouns, first as it is written."""
        for forms in (["_".join(verb.words)], [verb.form, *bases(verb.form)]):
            pairs = ((noun, form) for noun in about for form in forms)
            if fit := [self.senses[pair] for pair in pairs if pair in self.senses]:
                return max(fit, key=self._impact)
        return None

    def _impact(self, entry: Entry) -> float:
        of_class = self.file.classes[entry.kind or self._default_kind()]
        return float(_first((entry, of_class), "impact", 0.0))

    def _default_kind(self) -> str:
        return self.file.default.kind or next(iter(self.file.classes))


_SESSION = "session"
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


def _reader(of: Catalogue) -> Reader:
    """Every word that has a meaning here, as a noun or a verb of four letters, and those that names are made of."""
    file, hints = of.file, of.file.compounds
    nouns = [*file.nouns, *(noun for sense in file.senses.values() for noun in sense.nouns)]
    words = [*nouns, *file.units, *hints.words, *(name.rpartition(".")[0] for name in of.actions)]
    sense_verbs = frozenset(verb for _, verb in of.senses)
    verbs = [verb for verb in {*of.verbs, *sense_verbs} if len(verb) >= SHORTEST_VERB and "_" not in verb]
    words += [form for verb in verbs for form in (verb, past(verb))]
    known = {word: word for text in set(words) for word in spoken(text)}
    stems = {alias: verb for alias, verb in of.keys.items() if "_" not in alias and alias.startswith(verb.rstrip("e"))}
    return Reader(
        frozenset(of.verbs), stems, sense_verbs,
        frozenset((*file.nouns, *file.units)), frozenset(hints.things), frozenset(hints.light),
        {f"{word}s": word for word in known} | known,
        frozenset(noun for noun in nouns if "_" not in noun),
    )  # fmt: skip


def _as_entry(sense: Sense, name: str) -> Entry:
    """What the catalogue says of the actions of a sense that stands under that name."""
    return Entry(sense.kind or name, sense.impact, sense.reversible, sense.restore_minutes, sense.undo)


def _first(entries: tuple[Entry, ...], name: str, default: Any) -> Any:
    return next((value for entry in entries if (value := getattr(entry, name)) is not None), default)
