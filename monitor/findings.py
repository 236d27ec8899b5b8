"""From assessed acts to findings that a person can read: figures, words, the way back."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from detectors.base import Counting
from monitor.assess import Assessment, comparable
from monitor.core import evidence, explain, feedback, matched
from monitor.core.acts import LEAST_TOLD
from monitor.core.clocks import HOUR_US, local
from monitor.core.owners import is_machine
from monitor.core.questions import question_of
from monitor.core.recurring import AGAIN, facet_of, once, recurring_days
from monitor.core.ways import in_words
from monitor.core.windows import Window
from monitor.model import Finding, Person, Reason
from monitor.store.history import History

LEAST_BITS = 0.25
"""A reason that gives less to the score is left out of a finding."""
_WHOLE_DAY = "the day as a whole is unlike the person's and the peers' days"

Evidence = dict[str, tuple[str, explain.Figures]]
"""kind -> the question that told most, and the figures behind it."""


def findings(history: History, assessed: Assessment) -> list[Finding]:
    """The findings on departures, highest score first; the same for the same input, whatever its order."""
    acts = assessed.acts
    real = acts[(acts["score"] >= LEAST_TOLD) & assessed.baseline.cast.real[acts["w"]]]
    tops = real["top"].to_numpy(np.int64)
    lines = _lines(
        history, assessed, np.unique(np.concatenate([tops, *map(np.array, real["events"])]).astype(np.int64))
    )
    told, customs = _evidence(assessed, tops), _customs(assessed, tops)
    found = []
    for act in real.itertuples():
        top = int(act.top)
        line, window = lines[top], assessed.windows[act.w]
        events = [lines[i] for i in act.events]
        person, action = assessed.people.all[window.person], assessed.actions[act.a]
        when = _time(line["t"], assessed, person)
        reasons = [
            _reason(assessed, top, kind, float(part[top]), line, when, told[top], customs[top])
            for kind, part in assessed.given.items()
            if abs(part[top]) >= LEAST_BITS
        ]
        if act.score - act.own >= LEAST_BITS:
            company = "other unusual acts of the same person within three days"
            reasons.append(Reason("company", round(act.score - act.own, 2), company, "", "", ""))
        score = round(float(act.score), 2)
        found.append(
            Finding(
                finding_id=_finding_id(person, window, action.name + _way(assessed, top, ""), when),
                person_id=person.person_id,
                last_day=window.last_day,
                hours_to_end=round((window.end_us - line["t"]) / HOUR_US, 2),
                time=when,
                action=action.name,
                target=line["target"],
                magnitude=line["magnitude"],
                event_ids=tuple(sorted(event["id"] for event in events)),
                score=score,
                severity=assessed.scale.severity(score),
                one_in=assessed.scale.one_in(score),
                impact=round(float(assessed.impact[top]), 2),
                undo=action.way_back(line["target"], sum(event["action"] == line["action"] for event in events) - 1),
                reasons=tuple(sorted(reasons, key=lambda r: (-r.bits, r.detector))),
                accounts=tuple(sorted({_hand(assessed, event["actor"]) for event in events})),
                machines=tuple(sorted({name for event in events for name in _machines(event)})),
                that_day=_that_day(assessed, act.events),
                against=assessed.scale.against(score),
            )
        )
    return sorted(found, key=lambda f: (-f.score, f.time, f.finding_id))


def _that_day(assessed: Assessment, rows: list[int]) -> int:
    """How often what these events did was done on their day."""
    events = assessed.gathered.events
    return sum(dict(zip(events["a"][rows].tolist(), events["n_day"][rows].tolist(), strict=True)).values())


def left_out(assessed: Assessment) -> tuple[int, int]:
    """(acts that are no findings only because their departures have FEW_ACTS stronger ones, these departures)."""
    cut = assessed.acts[(assessed.acts["left_out"] > 0) & assessed.baseline.cast.real[assessed.acts["w"]]]
    each = cut.groupby("w")["left_out"].first()
    return int(each.sum()), len(each)


def dossier(history: History, assessed: Assessment, event_id: str) -> tuple[dict, list[Reason]] | None:
    """One watched event as read, and every kind of evidence on it, also what gave nothing; None if not watched."""
    events = assessed.gathered.events
    rows = np.flatnonzero((events["r"] == history.row_of(event_id)) & assessed.baseline.cast.real[events["w"]])
    if not len(rows):
        return None
    row = int(rows[0])
    line = _lines(history, assessed, rows[:1])[row]
    window = assessed.windows[int(events["w"][row])]
    person = assessed.people.all[window.person]
    when = _time(line["t"], assessed, person)
    told, custom = _evidence(assessed, rows[:1])[row], _customs(assessed, rows[:1])[row]
    reasons = [
        _reason(assessed, row, kind, float(part[row]), line, when, told, custom)
        for kind, part in assessed.given.items()
        if kind in told or kind == "day" or (kind == "after" and line["t"] > window.end_us) or part[row] < 0
    ]
    told_of = {"person_id": person.person_id, "time": when, "accounts": [_hand(assessed, line["actor"])]}
    return line | told_of | {"machines": _machines(line)}, sorted(reasons, key=lambda r: (-r.bits, r.detector))


def _evidence(assessed: Assessment, rows: NDArray) -> dict[int, Evidence]:
    """For each of the rows the question of every kind that told most, and its figures."""
    told: dict[int, Evidence] = {int(row): {} for row in rows}
    events, baseline, used = assessed.gathered.events, assessed.baseline, assessed.gathered.used
    these = {name: column[rows] for name, column in events.items()}
    for kind, keys in evidence.strongest(baseline, assessed.surprise, assessed.tier, rows).items():
        if kind == "day":
            continue
        for key in sorted(set(keys) - {""}):
            here = rows[keys == key]
            detector = baseline.detectors[once(key)]
            if kind == "habit":
                at, X = _rarest_use(assessed, detector, used[facet_of(key)], here)
            else:
                question = question_of(key)
                at, X = here, evidence.question_rows(question, these, baseline.cast)[keys == key]
            for row, found in zip(at, explain.figures(detector, X), strict=True):
                told[int(row)][kind] = (key, found)
    return told


def _customs(assessed: Assessment, rows: NDArray) -> dict[int, str]:
    """For each of the rows how many other leavers did alike, in words."""
    events = assessed.gathered.events
    found = matched.alike(events, assessed.windows, comparable(assessed.given), rows)
    return {int(row): matched.tell(found, i) for i, row in enumerate(rows)}


def _rarest_use(
    assessed: Assessment, detector: Counting, used: Mapping[str, NDArray], rows: NDArray
) -> tuple[NDArray, NDArray]:
    """Of the values that an event has of one facet, the one the person used most seldom."""
    at = np.flatnonzero(np.isin(used["row"], rows))
    X = evidence.habit_rows(assessed.gathered.events, {"row": used["row"][at], "v": used["v"][at]})
    order = np.lexsort((-np.nan_to_num(detector.decision_function(X)), used["row"][at]))
    first = order[np.unique(used["row"][at][order], return_index=True)[1]]
    return used["row"][at][first], X[first]


def _reason(
    assessed: Assessment, row: int, kind: str, bits: float, line: Mapping, when: datetime, told: Evidence, custom: str
) -> Reason:
    """One kind of evidence on one event, in words with its figures.  custom: how many other leavers did alike."""
    events = assessed.gathered.events
    if kind == "after":
        hours = (line["t"] - assessed.windows[int(events["w"][row])].end_us) / HOUR_US
        text, days = f"{hours:,.1f} hours after the last day ended", int(events["clock_days"][row])
        if days:
            text += f"; it runs by itself: at this minute of the hour on {days:,} days before"
        return Reason(kind, round(bits, 2), text, f"{hours:,.1f} h", "none", "none")
    if kind == matched.KIND:
        return Reason(kind, round(bits, 2), custom, "", "", "")
    if kind == feedback.KIND and assessed.damping:
        return Reason(kind, round(bits, 2), feedback.tell(assessed.damping.entry(row)), "", "", "")
    if kind not in told:
        return Reason(kind, round(bits, 2), _WHOLE_DAY, "", "", "")
    key, figures = told[kind]
    before = int(events["before"][row]) - 1
    event = {name: column[row] for name, column in events.items()} | {
        "magnitude": line["magnitude"] or 0.0,
        "unit": assessed.actions[int(events["a"][row])].magnitude,
        "action": line["action"],
        "to": _way(assessed, row, line["actor"]),
        "action_before": assessed.actions[before].name if before >= 0 else "",
        "where": when.strftime("%A %H:%M"),
        "used": line.get(facet_of(key), ""),
        "again": _again(assessed, row, key),
    }
    words = explain.tell(key, event, figures)
    return Reason(kind, round(bits, 2), words.text, words.value, words.own_usual, words.peer_usual)


def _again(assessed: Assessment, row: int, key: str) -> int:
    """On how many days there was something unusual, where that is what the question asks; else 0."""
    if not key.startswith(AGAIN):
        return 0
    events, surprise = assessed.gathered.events, assessed.surprise[once(key)]
    window = np.flatnonzero(events["w"] == events["w"][row])
    days = recurring_days({name: events[name][window] for name in ("w", "d")}, surprise[window], evidence.NO_SURPRISE)
    return int(days[np.searchsorted(window, row)])


def _way(assessed: Assessment, row: int, actor: str) -> str:
    """For whom it was done or by whose hand, where that is counted apart.  actor: the account that acted."""
    return in_words(int(assessed.asked.toward[assessed.gathered.events["a"][row]]), _hand(assessed, actor))


def _hand(assessed: Assessment, actor: str) -> str:
    """Whose account it is: who is on the roster is called by their id, others as the log calls them."""
    number = assessed.people.names.get(actor.lower())
    return actor if number is None else assessed.people.all[number].person_id


def _machines(line: Mapping) -> list[str]:
    """The machine of an event, and its address, as far as the line tells them."""
    return sorted({text for name, text in line.items() if is_machine(name) and isinstance(text, str)})


def _lines(history: History, assessed: Assessment, rows: NDArray) -> dict[int, dict]:
    """The events themselves, as they were read, by their row among the watched events."""
    return dict(zip(rows.tolist(), history.lines(assessed.gathered.events["r"][rows]), strict=True))


def _time(t: int, assessed: Assessment, person: Person) -> datetime:
    return local(t, assessed.people.zones[person.person_id])


def _finding_id(person: Person, window: Window, action: str, when: datetime) -> str:
    text = "\x1f".join((person.person_id, window.last_day.isoformat(), action, when.date().isoformat()))
    return "f" + hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
