"""Judgement of new events under a frozen baseline: as fast after ten years as after ten days.

A judgement of everything is kept: what is usual, and the record of the people who are watched.
When something new comes of them, their windows alone are judged anew, by the same steps and with
the same numbers. What it cannot be sure of, it leaves to a judgement of everything.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from detectors.base import Floats
from monitor.assess import DAYS_A_WEEK, Assessment, compared, judged, real_windows, rejudged, tiers_of
from monitor.core import evidence
from monitor.core.clocks import DAY_US
from monitor.core.windows import Window
from monitor.matching import match
from monitor.model import Departure
from monitor.settings import Settings
from monitor.store.fresh import Came, Mark
from monitor.store.gather import Gathered, days_again, watch_again
from monitor.store.hands import build_hands, find_opened, let_in
from monitor.store.history import ACTS, Columns, History, week_of
from monitor.store.kept import Kept
from monitor.store.texts import find_toward

LATE_DAYS = 8
"""So long after a window its events may still come late."""


@dataclass(slots=True)
class Frozen:
    """A judgement of everything, kept.  told: the departures it knew.  came: the events that it did not know."""

    assessed: Assessment
    kept: Kept
    told: Sequence[Departure]
    came: Came
    settings: Settings
    lock: threading.Lock = field(default_factory=threading.Lock)
    """Held while its tables are used."""

    @property
    def people(self) -> frozenset[str]:
        """Everybody whose whole record is kept."""
        return frozenset(self.assessed.people.all[p].person_id for p in self.kept.live)

    def close(self) -> None:
        """Give back what it keeps, once nobody uses it."""
        with self.lock:
            self.kept.close()


def freeze(
    history: History, assessed: Assessment, db: duckdb.DuckDBPyConnection, told: Sequence[Departure], known: Mark,
    settings: Settings,
) -> Frozen:  # fmt: skip
    """Keep a judgement. history: with kept.TABLES.  db: a fresh engine.  told, known, settings: what it rested on."""
    today = known.until // DAY_US
    open_now = [w for w in assessed.windows if w.departure is not None and w.end + LATE_DAYS > today]
    real = assessed.baseline.cast.real[assessed.gathered.events["w"]]
    first = min((w.first for w in open_now), default=0)
    live = {w.person for w in open_now}
    kept = Kept(db, history, sorted(live), assessed.gathered.events["r"][real], first)
    return Frozen(assessed, kept, told, Came(known), settings)


def judge_again(frozen: Frozen, fresh: pa.Table, until: int) -> tuple[History, Assessment] | None:
    """The kept judgement with what came since; None where everything must be judged anew.

    fresh: events as they are stored.  until: what comes later is not known yet.  The history holds
    every event of departures until the next call; hold the lock until it is done with.
    """
    kept, old = frozen.kept, frozen.assessed
    fresh = fresh.filter(pc.less_equal(fresh["t"], until))
    history = kept.load(fresh)
    match(history, old.people, None)
    find_opened(history, old.actions, old.asked.domains)
    kept.recall_strangers()
    let_in(history)
    build_hands(history, old.actions, old.asked.facets, old.windows, old.asked.names)
    find_toward(history, old.actions, old.asked.domains)
    if not kept.number(history):
        return None
    touched = _touched(history, old)
    span = _span(history, old)
    if not len(touched) or _windows(frozen, span, history.active()) != [w for w in old.windows if w.departure]:
        return None
    weeks = old.weeks + week_of(span[1]) - week_of(old.span[1])
    anew = _judge_windows(frozen, history, touched, DAYS_A_WEEK * weeks)
    stay = np.flatnonzero(~np.isin(old.gathered.events["w"], touched))
    r = _rows_now(kept, history, old, stay)
    if r is None:
        return None
    joined = _joined(old, stay, r, anew)
    joined["given"] = compared(joined["given"], joined["gathered"].events, old.windows)
    return history, rejudged(old, frozen.settings, **joined, span=span, weeks=weeks)


@dataclass(frozen=True, slots=True)
class Anew:
    """Events of some windows, judged; columns as in Assessment and Gathered."""

    events: Columns
    used: dict[str, Columns]
    surprise: dict[str, Floats]
    tier: NDArray
    impact: Floats
    given: dict[str, Floats]


def _judge_windows(frozen: Frozen, history: History, touched: NDArray, days: int) -> Anew:
    """Judge the windows that something came for, under the frozen baseline.  days: how many all events span."""
    old, cast = frozen.assessed, frozen.assessed.baseline.cast
    vectors = days_again(history, cast, old.windows, old.asked, old.usual_days)
    totals = old.gathered.totals + _totals(history, old)
    events, used = watch_again(history, cast, old.asked, totals, old.gathered.sizes, days, frozen.kept.join)
    mine = np.flatnonzero(np.isin(events["w"], touched))
    events = {name: column[mine] for name, column in events.items()}
    used = {facet: _moved(rows, _places(mine, rows["row"])) for facet, rows in used.items()}
    surprise = evidence.surprises(old.baseline, events, used)
    day, back = np.unique(vectors.row(events), return_inverse=True)
    surprise[evidence.DAY] = old.baseline.strange_days(vectors.watched[day])[back]
    tier = tiers_of(events, old.actions)
    answers = evidence.by_kind(old.baseline, surprise, tier)
    impact, given = judged(old.baseline, old.windows, old.actions, events, answers, tier, low=old.low)
    return Anew(events, used, surprise, tier, impact, given)


def _joined(old: Assessment, stay: NDArray, r: NDArray, anew: Anew) -> dict[str, Any]:
    """What changes of an assessment: events that stay, which lie in rows `r` now, and those judged anew, by window."""
    kept = {name: column[stay] for name, column in old.gathered.events.items()} | {"r": r}
    order = np.argsort(np.concatenate([kept["w"], anew.events["w"]]), kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))

    def both(before: NDArray, after: NDArray) -> NDArray:
        return np.concatenate([before, after])[order]

    def all_of(before: Mapping[str, Floats], after: Mapping[str, Floats]) -> dict[str, Floats]:
        return {key: both(before[key][stay], part) for key, part in after.items()}

    used = {}
    for facet, rows in old.gathered.used.items():
        before = _moved(rows, _through(place, _places(stay, rows["row"]), 0))
        after = _moved(anew.used[facet], _through(place, anew.used[facet]["row"], len(stay)))
        used[facet] = {name: np.concatenate([before[name], after[name]]) for name in before}
    columns = {name: both(kept[name], anew.events[name]) for name in kept}
    return {
        "gathered": Gathered(columns, used, old.gathered.totals, old.gathered.sizes),
        "surprise": all_of(old.surprise, anew.surprise), "tier": both(old.tier[stay], anew.tier),
        "impact": both(old.impact[stay], anew.impact), "given": all_of(old.given, anew.given),
    }  # fmt: skip


def _touched(history: History, old: Assessment) -> NDArray:
    """The windows of departures of everybody who is watched and of whom something came."""
    people = history.columns(f"SELECT DISTINCT p FROM {ACTS} SEMI JOIN alive USING (p) WHERE file = 1")
    cast = old.baseline.cast
    return np.flatnonzero(cast.real & np.isin(cast.person, people["p"]))


def _span(history: History, old: Assessment) -> tuple[int, int]:
    first, last = history.span() or old.span
    return min(first, old.span[0]), max(last, old.span[1])


def _windows(frozen: Frozen, span: tuple[int, int], came: Mapping[int, tuple[int, int]]) -> list[Window]:
    """The windows of departures, now that these people acted too, on these first and last days."""
    active = dict(frozen.assessed.active)
    for person, (first, last) in came.items():
        before = active.get(person, (first, last))
        active[person] = min(first, before[0]), max(last, before[1])
    return real_windows(frozen.assessed.people, frozen.told, frozen.settings, span, active)


def _totals(history: History, old: Assessment) -> Floats:
    """What the teams did since that teaches what is usual, shape (teams, actions)."""
    came = history.columns("""SELECT g, a, count(*) AS n FROM act JOIN event ON event.rowid = act.r
        LEFT JOIN began USING (p) WHERE file = 1 AND (until IS NULL OR d < until) GROUP BY g, a""")
    found = np.zeros_like(old.gathered.totals)
    found[came["g"], came["a"]] = came["n"]
    return found


def _rows_now(kept: Kept, history: History, old: Assessment, stay: NDArray) -> NDArray | None:
    """Where the events that stay lie in `event` now, -1 for those of placebos; None where one is not there any more."""
    before, now = kept.finish(history)
    events = old.gathered.events
    real = old.baseline.cast.real[events["w"][stay]]
    wanted = events["r"][stay][real]
    at = np.minimum(np.searchsorted(before, wanted), max(len(before) - 1, 0))
    if len(wanted) and not (len(before) and np.array_equal(before[at], wanted)):
        return None
    found = np.full(len(stay), -1)
    found[real] = now[at] if len(wanted) else found[real]
    return found


def _places(kept: NDArray, rows: NDArray) -> NDArray:
    """The place of each row among the ascending `kept`, -1 where it is not there."""
    if not len(kept):
        return np.full(len(rows), -1)
    at = np.minimum(np.searchsorted(kept, rows), len(kept) - 1)
    return np.where(kept[at] == rows, at, -1)


def _through(place: NDArray, rows: NDArray, shift: int) -> NDArray:
    return np.where(rows >= 0, place[np.maximum(rows, 0) + shift], -1) if len(place) else rows


def _moved(used: Columns, rows: NDArray) -> Columns:
    """Values of a facet with the rows of their events moved; those whose event is gone are left out."""
    there = rows >= 0
    return {"row": rows[there], "v": used["v"][there]}
