"""Why an act stands out, in words with figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from detectors.base import Counting, Floats
from detectors.tail import Tail
from monitor.core.counted import counted
from monitor.core.questions import NEW_TO_ME
from monitor.core.recurring import facet_of
from monitor.core.rounded import number, usual

STATES = (
    "known",
    "new to this person, known in the team",
    "new to the whole team, known elsewhere",
    "never seen before by anybody",
    "used by one other person only",
)


@dataclass(frozen=True, slots=True)
class Figures:
    """counts: as strange k times of n, for own, peers, everybody, shape (6,); of a habit as Habit counts, shape (3,).

    usual: own and peers' median and largest bin (see detectors.tail), -1 for none known, shape (4,).
    """

    counts: Floats
    usual: Floats | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A piece of evidence in words."""

    text: str
    value: str
    own_usual: str
    peer_usual: str


def figures(detector: Counting, X: Floats) -> list[Figures]:
    """The figures behind a detector's answers, one for each row of X."""
    usual = detector.usual(X) if isinstance(detector, Tail) else [None] * len(X)
    return [Figures(k, u) for k, u in zip(detector.counts(X), usual, strict=True)]


def tell(question: str, event: Mapping[str, Any], found: Figures) -> Told:
    """One piece of evidence in words.

    question: a kind and what it asks of, as evidence names them, such as "novelty target".
    event: the watched quantities of the act's strongest event, and `unit` (what its magnitude
    counts), `action`, `to` (for whom or by whose hand, where that is counted apart, see core.ways), `action_before`,
    `where` (its local time), `used` (of the facet that the question names), `again` (on how many days there was
    something unusual, where that is what the question asks).
    """
    kind, name = question.partition(" ")[0], facet_of(question)
    if kind in _WORDS and name != "many":
        return _WORDS[kind](name, event, found)
    return _size(kind, name, event, found)


def _habit(name: str, event: Mapping[str, Any], found: Figures) -> Told:
    """What the same person used, the thing itself and others of its sort, before the watch window."""
    days, _, all_days = map(int, found.counts)
    used, others = event["used"], all_days - days
    often = f"used it on {counted(days, 'day')}" if days else "never used it"
    beside = f"other ones on {counted(others, 'day')} (each one's added up)" if others else "no other one"
    link = "but" if others and not days else "and"
    text = f"{_facet(name)} {used}: this person {often} before the watch window, {link} {beside}"
    if event["again"]:
        text += f"; something as unusual on {event['again']} days within four weeks"
    usual_others = f"other ones {counted(others, 'day')}" if others else "no other one"
    return Told(text, str(used), f"{counted(days, 'day') if days else 'never'}, {usual_others}", "not compared")


def _rarity(name: str, event: Mapping[str, Any], found: Figures) -> Told:
    own, peers = _shares(found)
    text = f"{event['action']}{event['to']}: on {own} own days before, on {peers} of the peers' days"
    return Told(text, "that day", own, peers)


def _sequence(name: str, event: Mapping[str, Any], found: Figures) -> Told:
    own, peers = _shares(found)
    after = f"after {event['action_before']}"
    text = f"{event['action']}{event['to']} {after} on the same thing: {own} own times, {peers} of the peers'"
    return Told(text, after, own, peers)


def _unstated(name: str, event: Mapping[str, Any], found: Figures) -> Told:
    own, peers = _shares(found)
    bare, all_that_day = event["n_unstated"], event["n_day"]
    text = f"{event['action']}{event['to']} without a stated reason, {bare} of {all_that_day} that day"
    return Told(f"{text}; so {own} own times before, {peers} of the peers'", str(bare), own, peers)


def _foreign(name: str, event: Mapping[str, Any], found: Figures) -> Told:
    own, peers = _shares(found)
    text = f"{_facet(name)} {event['used']} is nearly always used by somebody else"
    return Told(f"{text}; so in {own} own uses before, {peers} of the peers'", str(event["used"]), own, peers)


def _novelty(name: str, event: Mapping[str, Any], found: Figures) -> Told:
    own, peers = _shares(found)
    what = "the target" if name == "target" else "this sort of target"
    state = event[f"{name}_state"]
    users = f" and used by {event[f'{name}_users']:,} others" if state == NEW_TO_ME else ""
    text = f"{what} is {STATES[int(state)]}{users}; so in {own} own acts, {peers} of the peers'"
    return Told(text, STATES[int(state)], own, peers)


def _rhythm(name: str, event: Mapping[str, Any], found: Figures) -> Told:
    own, peers = _shares(found)
    where = event["where"]
    text = f"{where}: active in this hour of the week in {own} own active hours, {peers} of the peers'"
    return Told(text, str(where), own, peers)


def _adopted(name: str, event: Mapping[str, Any], found: Figures) -> Told:
    own, peers = _shares(found)
    times = f"on {event['new_' + name]} days since its first use, within four weeks"
    what = f"{_facet(name)} {event['used']}: new to this person and used {times}"
    return Told(f"{what}; so in {own} own things once new, {peers} of the peers'", str(event["used"]), own, peers)


def _dormancy(name: str, event: Mapping[str, Any], found: Figures) -> Told:
    own, peers = _shares(found)
    text = f"the account lay idle for {event['idle']} active days; longer in {own} own gaps"
    return Told(text, f"{event['idle']} days", own, peers)


_WORDS: Mapping[str, Callable[[str, Mapping[str, Any], Figures], Told]] = {
    "habit": _habit,
    "rarity": _rarity,
    "sequence": _sequence,
    "unstated": _unstated,
    "foreign": _foreign,
    "novelty": _novelty,
    "rhythm": _rhythm,
    "adopted": _adopted,
    "dormancy": _dormancy,
}
"""How each kind of evidence is told; all others compare a size, see _SIZES."""


TOLD = 1.2
"""A campaign by at least this factor is told."""
_SIZES = {
    "volume day": ("n_day", "times that day", "own days with it", "peer days"),
    "volume hour": ("n_hour", "times within the hour", "own hours with it", "peer hours"),
    "volume size": ("s_day", "in all that day", "own days with it", "peer days"),
    "drift week": ("n7", "times in seven days", "own weeks with it", "peer weeks"),
    "drift month": ("n28", "times in four weeks", "own spells of four weeks", "peer spells"),
    "drift new week": ("new7", "targets never used before, in seven days", "own weeks with it", "peer weeks"),
    "drift new month": ("new28", "targets never used before, in four weeks", "own spells of four weeks", "peer spells"),
    "novelty many": ("n_foreign", "first uses of what other teams or people use, in one day", "own days", "peer days"),
    "breadth day": ("n_new", "targets never used before, in one day", "own days", "peer days"),
    "magnitude many": (
        "s_many", "bits above chance, the sizes of that day's {n_many} targets together", "own days", "peer days",
    ),
    "magnitude split": (
        "s_split",
        "in all, in {n_same} acts on one target in a week",
        "own targets a week",
        "peer targets a week",
    ),
    "magnitude magnitude": ("magnitude", "", "own acts before", "peer acts"),
}  # fmt: skip


COUNTS = ("n_day", "n_hour", "n7", "n28", "new7", "new28", "n_foreign", "n_new")
MAGNITUDES = ("magnitude", "s_day", "s_split")
DIVISIBLE = ("amount", "hours", "minutes", "days")
"""Units of which there are parts."""


def _size(kind: str, name: str, event: Mapping[str, Any], found: Figures) -> Told:
    column, words, own_noun, peer_noun = _SIZES[f"{kind} {name}"]
    value = float(event[column])
    own, all_own, peers, all_peers, _, _ = found.counts
    unit = f" {event['unit']}" if kind == "magnitude" and name != "many" and event["unit"] else ""
    shown = f"{number(value)}{unit}"
    compared = f"{_above(own, all_own, own_noun)}, {_above(peers, all_peers, peer_noun)}"
    if not all_own and not all_peers:
        compared = "nobody did it before"
    text = f"{shown} {words.format_map(event)}{event['to']}".strip() + f": {compared}"
    if kind in ("volume", "novelty", "breadth", "drift") or name == "many":
        text += _campaign(name.removeprefix("new ") if kind == "drift" else "day", value, event)
    whole = _whole(column, event["unit"])
    return Told(text, shown, _usual(found.usual, 0, whole), _usual(found.usual, 2, whole))


def _campaign(span: str, value: float, event: Mapping[str, Any]) -> str:
    """What the whole team did at the same time, where it explains a part."""
    if span == "day":
        excess = float(event["campaign"])
        return f" (the team did {excess:.1f} times its usual that day; that is taken out)" if excess >= TOLD else ""
    cleaned, whole = {"week": ("c7", "n7"), "month": ("c28", "n28")}[span]
    cleared = value * float(event[cleaned]) / float(event[whole])
    return f" ({cleared:,.0f} without what the whole team did)" if value >= TOLD * cleared else ""


def _above(k: float, n: float, noun: str) -> str:
    if n == 0:
        return f"no {noun} to compare"
    if k == 0:
        return f"above all {n:,.0f} {noun}"
    below = 100 * (1 - k / n)
    return (
        f"above {below:.3g} % of {n:,.0f} {noun}"
        if below < 99.9
        else f"above {100 - 100 * k / n:.4f} % of {n:,.0f} {noun}"
    )


def _facet(name: str) -> str:
    """A facet as people read it, without the @ that marks an attribute of the log's own."""
    return name.removeprefix("@")


def _shares(found: Figures) -> tuple[str, str]:
    """How often before, of the person's own times and of the peers'."""
    own, all_own, peers, all_peers, _, _ = found.counts
    return _share(own, all_own), _share(peers, all_peers)


def _share(k: float, n: float) -> str:
    return f"{k:,.0f} of {n:,.0f}" if n else "none known"


def _usual(bins: Floats | None, first: int, whole: bool) -> str:
    if bins is None or bins[first] < 0:
        return "none known"
    return usual(int(bins[first]), int(bins[first + 1]), whole=whole)


def _whole(column: str, unit: str | None) -> bool:
    """Are they whole numbers: counts, and sizes in what is counted?"""
    return column in COUNTS or (column in MAGNITUDES and bool(unit) and unit not in DIVISIBLE)
