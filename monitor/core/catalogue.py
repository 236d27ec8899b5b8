"""The action catalogue: what an act can do to the organisation, and how it is undone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec
from msgspec import Meta

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


class Sense(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Verbs that say little by themselves, and the words of a noun that say what they come to: an export is created."""

    impact: Share
    nouns: tuple[str, ...]
    verbs: tuple[str, ...]


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
    """Looks actions up by name, then verb, then default."""

    file: CatalogueFile
    verbs: Mapping[str, Entry] = field(init=False)
    actions: Mapping[str, Entry] = field(init=False)
    senses: Mapping[tuple[str, str], Entry] = field(init=False)

    def __post_init__(self) -> None:
        """Spread the verbs over their aliases; events have their actions in small letters."""
        self.verbs = {name.lower(): entry for verb, entry in self.file.verbs.items() for name in (verb, *entry.aliases)}
        self.actions = {name.lower(): entry for name, entry in self.file.actions.items()}
        self.senses = {
            (word, name.lower()): Entry(kind=kind, impact=sense.impact)
            for kind, sense in self.file.senses.items()
            for word in sense.nouns
            for verb in sense.verbs
            for name in (verb, *(self.file.verbs[verb].aliases if verb in self.file.verbs else ()))
        }

    def action(self, name: str) -> Action:
        """What the catalogue says of the action `name`, whether or not it knows it."""
        noun, _, verb = name.rpartition(".")
        told = self.actions.get(name) or Entry()
        sense = None if name in self.actions else self._sense(noun, verb)
        by_verb = sense or self._verb(verb) or Entry()
        kind = told.kind or by_verb.kind or self._default_kind()
        of_class = self.file.classes[kind]
        chain = (told, by_verb, of_class, self.file.default)
        impact = told.impact if sense is None else sense.impact
        if impact is None:
            weights = [self.file.nouns.get(word, 0.0) for word in _words(noun)]
            impact = _first(chain, "impact", 0.35) + max(*weights, 0.0) + min(*weights, 0.0)
            impact = min(max(impact, LEAST_IMPACT), 1.0)
        return Action(
            name, kind, impact, _first(chain, "reversible", True), _first(chain, "restore_minutes", 60),
            _first(chain, "undo", "Set {target} back."), _first(chain, "magnitude", self._unit(noun, kind)),
        )  # fmt: skip

    def _unit(self, noun: str, kind: str) -> str | None:
        """What a magnitude counts where the catalogue does not list the action, None where that cannot be told."""
        return self.file.units.get(noun) if kind in _ON_THINGS else None

    def _verb(self, verb: str) -> Entry | None:
        if verb in self.verbs:
            return self.verbs[verb]
        known = [self.verbs[word] for word in _words(verb) if word in self.verbs]
        return max(known, key=self._impact, default=None)

    def _sense(self, noun: str, verb: str) -> Entry | None:
        """What a verb that says little comes to with such a noun: payment.submit, payee.iban_update.

        The words of a verb are looked at only where the verb is not known as a whole, as change_owner is.
        """
        about = _words(f"{noun} {verb}")
        verbs = [verb] if verb in self.verbs else _words(verb)
        return next((self.senses[word, by] for by in verbs for word in about if (word, by) in self.senses), None)

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


def _words(text: str) -> list[str]:
    return re.split(r"[^a-z0-9]+", text)


def _first(entries: tuple[Entry, ...], name: str, default: Any) -> Any:
    return next((value for entry in entries if (value := getattr(entry, name)) is not None), default)
