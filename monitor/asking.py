"""The question before the act: allow it, let the person confirm it, or ask for a second person?"""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from monitor.again import judge_again
from monitor.assess import Assessment
from monitor.core.acts import LEAST_TOLD
from monitor.core.clocks import micros
from monitor.core.counted import counted
from monitor.core.fold import rank
from monitor.core.identity import lowered
from monitor.findings import LEAST_BITS, dossier, findings
from monitor.model import BadInput
from monitor.sources.push import read_push
from monitor.station import Station, expired
from monitor.store import rosters
from monitor.store.history import History
from monitor.store.segments import SCHEMA
from monitor.store.state import get

COUNT_FOR = timedelta(hours=1)
"""So long questions that told nothing are only counted; then their number is a row."""
PATIENCE_SECONDS = 2.0
"""So long a question waits for a judgement that is under way."""
_ASKED = "asked "
"""Before the id: an act that is only asked about is none that is known."""

Word = Literal["allow", "confirm", "second_person"]


class NotReady(Exception):
    """Nothing is judged yet, or another daemon leads: ask again, or ask there."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What to do with an act, and why: its severity, one in how many placebo departures, the reasons, the way back."""

    answer: Word
    watched: bool
    severity: str = "low"
    score: float = 0.0
    one_in: int = 1
    reasons: tuple[str, ...] = ()
    undo: str = ""

    def as_json(self) -> dict[str, Any]:
        """For a JSON answer."""
        return asdict(self)


class Desk:
    """Answers what is asked before an act, and keeps on record who was asked about.

    An answer is a row in the audit chain before it is given where it holds somebody back, and where
    it is the first of the day that shows that somebody is watched. The others are counted.
    """

    def __init__(self, station: Station) -> None:
        self.station = station
        self._lock = threading.Lock()
        self._count = 0
        self._since: datetime | None = None
        self._shown: set[tuple[str | None, date]] = set()

    def ask(self, body: bytes, now: datetime) -> Answer:
        """Judge an act as if it were done now; no event of it is stored.

        body: one event as JSON, its time left out.  Raises BadInput where it is none, NotReady.
        """
        event = _event(body, now)
        person_id, answer = _judged(self.station, event, now)
        known = dict(zip(SCHEMA.names, event, strict=False))
        with self._lock:
            tells = answer.answer != "allow" or (answer.watched and (person_id, now.date()) not in self._shown)
            if tells:
                self._note(now, "check", person_id, known["reason"], f"{answer.answer}: {known['action']}")
                self._shown = {(who, day) for who, day in self._shown if day == now.date()} | {(person_id, now.date())}
            else:
                self._count, self._since = self._count + 1, self._since or now
            if self._since and expired(self._since, now, COUNT_FOR.total_seconds()):
                self._note_count(self._since, now)
        return answer

    def close(self, now: datetime) -> None:
        """Put the number of the other questions on record."""
        with self._lock:
            if self._since:
                self._note_count(self._since, now)

    def _note_count(self, since: datetime, now: datetime) -> None:
        """The lock must be held: questions are answered side by side."""
        told = f"{counted(self._count, 'question')} allowed since {since:%H:%M} UTC"
        self._note(now, "checks", None, None, told)
        self._count, self._since = 0, None

    def _note(self, now: datetime, what: str, person_id: str | None, reason: str | None, detail: str) -> None:
        with self.station.state.write() as connection:
            self.station.note(connection, now, "http", "tool", what, person_id, reason, detail)


def _judged(station: Station, event: tuple, now: datetime) -> tuple[str | None, Answer]:
    """Whose act it would be, None for nobody who is watched, and the answer."""
    with station.state.read() as connection:
        frozen = station.kept_for(get(connection, rosters.CHANGED))
        if frozen is None or not frozen.lock.acquire(timeout=PATIENCE_SECONDS):
            raise NotReady
        try:
            number = frozen.assessed.people.names.get(lowered(event[2]))
            if number is None or number not in frozen.kept.live:
                return None, Answer("allow", watched=False)
            person_id = frozen.assessed.people.all[number].person_id
            came = frozen.came.read(connection)
            row = pa.Table.from_pylist([dict(zip(SCHEMA.names, (*event, micros(now), _ASKED), strict=True))], SCHEMA)
            known = SCHEMA.empty_table() if came is None else came
            try:
                again = judge_again(frozen, pa.concat_tables([known, row]), micros(now))
            except duckdb.Error:
                raise NotReady from None
            if again is None:
                why = "nobody has ever done this: it cannot be judged"
                return person_id, Answer("confirm", watched=True, reasons=(why,))
            return person_id, _answer(station, *again, event[0])
        finally:
            frozen.lock.release()


def _event(body: bytes, now: datetime) -> tuple:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise BadInput("body", None, "not a JSON object", "send one event: actor, action, target, magnitude")
    batch = read_push(json.dumps(told | {"time": now.isoformat()}).encode())
    if not batch.rows:
        raise BadInput("body", None, batch.rejects[0].why, "send one event: actor, action, target, magnitude")
    event_id, *rest = batch.rows[0]
    return (_ASKED + event_id, *rest)


def _answer(station: Station, history: History, assessed: Assessment, event_id: str) -> Answer:
    rows = np.flatnonzero(_is_real(assessed) & (assessed.gathered.events["r"] == history.row_of(event_id)))
    if not len(rows):
        return Answer("allow", watched=False)
    own = float(np.sum([part[rows] for part in assessed.given.values()], axis=0).max())
    leads = np.isin(rows, assessed.acts["top"]).any()
    whole = [f for f in findings(history, assessed) if leads and event_id in f.event_ids]
    score = max([round(own, 2), *(f.score for f in whole)])
    severity = assessed.scale.severity(score)
    rules = station.settings.check
    word: Word = "allow"
    if rank(severity) >= rank(rules.confirm):
        word = "confirm"
    if rank(severity) >= rank(rules.second_person):
        word = "second_person"
    if not whole and own >= LEAST_TOLD:  # a graver act of the same sort that day stands for both
        reasons, undo = _own_reasons(history, assessed, event_id, rows[0])
    else:
        reasons = tuple(reason.text for f in whole for reason in f.reasons if reason.bits > 0)
        undo = whole[0].undo if whole else ""
    return Answer(word, True, severity, score, assessed.scale.one_in(score), reasons, undo)


def _own_reasons(history: History, assessed: Assessment, event_id: str, row: int) -> tuple[tuple[str, ...], str]:
    """Why an act stands out by itself, and the way back."""
    told = dossier(history, assessed, event_id)
    line, reasons = told or ({"target": None}, [])
    undo = assessed.actions[assessed.gathered.events["a"][row]].way_back(line["target"])
    return tuple(reason.text for reason in reasons if reason.bits >= LEAST_BITS), undo


def _is_real(assessed: Assessment) -> NDArray:
    return assessed.baseline.cast.real[assessed.gathered.events["w"]]
