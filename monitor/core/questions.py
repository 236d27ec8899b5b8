"""What every detector is asked about an act."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detectors.base import Counting
from detectors.rare import Rare
from detectors.rhythm import Rhythm
from detectors.share import Share
from detectors.tail import Tail, bin_of

Columns = Mapping[str, NDArray]

IDLE_DAYS = 10
"""So many days of the person's work an account lay idle: of fewer, a week on another task would be an awakening."""
IDLE_BITS = 2.0
"""So many bits that is worth at most, and as many more with each doubling: a tool left aside for weeks is no sleep."""
COMMON_BITS = 2.0
"""What happens to a share of all people, such as to use a thing, happens to anybody one day: so many bits stranger than
that share it may be."""
AMONG_PEERS = 0.5
"""What the first use of a place tells that others of the same trade use: who moves to their team has it every day."""
SPLIT_FROM = 3
"""So many payments to one target in a week may be one that was split: they are judged by their sum too."""
BY_CHANCE = 0.1
"""Two grave acts meet on one target by chance: of an order in which neither prepares the other so much counts."""
KNOWN, NEW_TO_ME, NEW_TO_TEAM, NEW_TO_ALL, SOMEBODY_ELSES = range(5)
"""How a person stands to a target on the day of its first use."""
OTHERS = (NEW_TO_TEAM, SOMEBODY_ELSES)
"""States of what other teams or other people use."""


class SomeRows(Mapping[str, NDArray]):
    """Some rows of columns, each picked as it is asked for: a question needs three of fifty."""

    def __init__(self, columns: Columns, rows: NDArray) -> None:
        self._columns, self._rows = columns, rows

    def __getitem__(self, name: str) -> NDArray:
        """The rows of that column."""
        return self._columns[name][self._rows]

    def __iter__(self) -> Iterator[str]:
        """The names of the columns."""
        return iter(self._columns)

    def __len__(self) -> int:
        """How many columns there are."""
        return len(self._columns)


@dataclass(frozen=True, slots=True)
class Question:
    """What one detector is asked about an event: a value, of some events, within an action or over all of them."""

    kind: str
    name: str
    detector: Callable[[], Counting]
    value: Callable[[Columns], NDArray]
    asked: Callable[[Columns], NDArray] = lambda e: np.ones(len(e["w"]), bool)
    by_action: bool = True
    explained: Callable[[Columns], NDArray] = lambda e: np.zeros(len(e["w"]))
    """Bits of the answer that what the team does that very day explains."""
    most: Callable[[Columns], NDArray] = lambda e: np.full(len(e["w"]), np.inf)
    """Bits that the answer cannot be worth more than."""
    share: Callable[[Columns], NDArray] = lambda e: np.ones(len(e["w"]))
    """Share of the answer that counts."""
    count: Callable[[Columns], NDArray] = lambda e: np.ones(len(e["w"]))
    """How many acts the value tells of."""
    among: bool = False
    """Are its answers compared with placebo windows that could be asked too, rather than with all?"""

    @property
    def key(self) -> str:
        return f"{self.kind} {self.name}"


def _first_use(name: str, among_peers: float = 1.0) -> Question:
    """How somebody stands to a target or to what contains it, told where that is new to them."""
    state, users = f"{name}_state", f"{name}_users"

    def by_share(e: Columns) -> NDArray:
        share = np.maximum(e[users], 1) / e["people"]
        return np.where(e[state] == NEW_TO_ME, COMMON_BITS - np.log2(share), np.inf)

    def share(e: Columns) -> NDArray:
        return np.where(e[state] == NEW_TO_ME, among_peers, 1.0)

    return Question("novelty", name, Rare, lambda e: e[state], lambda e: e[state] > 0, most=by_share, share=share)


def _over_days(e: Columns, firsts: str) -> NDArray:
    """Were there first uses on that day and on others before? Those of one day alone are told by breadth."""
    return (e["n_new"] > 0) & (e[firsts] > e["n_new"])


UNSTATED = Question("unstated", "day", Share, lambda e: e["n_unstated"], count=lambda e: e["n_day"], among=True)
QUESTIONS = (
    Question("rarity", "days", Tail, lambda e: np.ones(len(e["w"])), explained=lambda e: np.log2(e["campaign"])),
    Question("volume", "day", Tail, lambda e: bin_of(e["n_day"] / e["campaign"])),
    Question("volume", "hour", Tail, lambda e: bin_of(e["n_hour"] / e["campaign"])),
    Question("volume", "size", Tail, lambda e: bin_of(e["s_day"] / e["campaign"]), lambda e: e["s_day"] >= 0),
    Question("drift", "week", Tail, lambda e: bin_of(e["c7"])),
    Question("drift", "month", Tail, lambda e: bin_of(e["c28"])),
    Question("magnitude", "magnitude", Tail, lambda e: e["b"], lambda e: e["b"] >= 0),
    Question(
        "magnitude",
        "many",
        Tail,
        lambda e: bin_of(e["s_many"] / e["campaign"]),
        lambda e: (e["n_many"] > 1) & (e["s_many"] > 0) & (e["s_one"] > 0),
    ),
    Question("magnitude", "split", Tail, lambda e: bin_of(e["s_split"]), lambda e: e["s_split"] >= 0),
    _first_use("target"),
    _first_use("place", AMONG_PEERS),
    Question("breadth", "day", Tail, lambda e: bin_of(e["n_new"] / e["campaign"]), lambda e: e["n_new"] > 0),
    Question(
        "drift", "new week", Tail, lambda e: bin_of(e["new7"] * e["c7"] / e["n7"]), lambda e: _over_days(e, "new7")
    ),
    Question(
        "drift", "new month", Tail, lambda e: bin_of(e["new28"] * e["c28"] / e["n28"]), lambda e: _over_days(e, "new28")
    ),
    Question(
        "novelty",
        "many",
        Tail,
        lambda e: bin_of(e["n_foreign"] / e["campaign"]),
        lambda e: (e["n_foreign"] > 1) & (np.isin(e["target_state"], OTHERS) | np.isin(e["place_state"], OTHERS)),
    ),
    UNSTATED,
    Question(
        "sequence",
        "before",
        Rare,
        lambda e: e["before"],
        lambda e: e["before"] > 0,
        share=lambda e: np.where(e["prepared"], 1.0, BY_CHANCE) * (1 - e["small"]),
    ),
    Question(
        "dormancy",
        "account",
        Tail,
        lambda e: bin_of(e["idle"]),
        lambda e: (e["idle"] >= IDLE_DAYS) & ~e["let_in"] & ~e["borrowed"],
        by_action=False,
        most=lambda e: IDLE_BITS * (1 + np.log2(np.maximum(e["idle"], IDLE_DAYS) / IDLE_DAYS)),
    ),
    Question("rhythm", "hour", Rhythm, lambda e: (e["h"] + 72) % 168, lambda e: ~e["let_in"], by_action=False),
)
"""Asked of every event, in this order. 1 January 1970 was a Thursday: 72 hours into the week."""
AMONG = {question.kind for question in QUESTIONS if question.among}
FOREIGN = Question("foreign", "", Rare, lambda e: np.ones(len(e["w"])), by_action=False)
"""Asked, for each facet, of events that use what is somebody else's: a machine, say."""


def adopted(facet: str) -> Question:
    """On how many days was it used that is new to the person, since its first use? Asked from the second day on."""
    new = "new_" + facet
    return Question("adopted", facet, Tail, lambda e: e[new], lambda e: e[new] > 1, by_action=False)


def question_of(key: str) -> Question:
    """The question of that key; of those asked for each facet, the one of its facet."""
    kind, _, name = key.partition(" ")
    if kind == "adopted":
        return adopted(name)
    return next((question for question in QUESTIONS if question.key == key), FOREIGN)
