"""The question before the act: allow it, let the person confirm it, or ask for a second person?"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from monitor.again import judge_again
from monitor.assess import Assessment
from monitor.core.fold import rank
from monitor.findings import findings
from monitor.model import BadInput
from monitor.sources.push import read_push
from monitor.station import Station
from monitor.store import fresh, rosters
from monitor.store.history import History
from monitor.store.schema import micros
from monitor.store.segments import SCHEMA
from monitor.store.state import get

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


def ask(station: Station, body: bytes, now: datetime) -> Answer:
    """Judge an act as if it were done now; nothing is stored.

    body: one event as JSON, its time left out.  Raises BadInput where it is none, NotReady.
    """
    event = _event(body, now)
    with station.state.read() as connection:
        frozen = station.kept_for(get(connection, rosters.CHANGED))
        if frozen is None or not frozen.lock.acquire(timeout=PATIENCE_SECONDS):
            raise NotReady
        try:
            number = frozen.assessed.people.names.get(event[2].lower())
            if number is None or number not in frozen.kept.live:
                return Answer("allow", watched=False)
            came = fresh.since(connection, frozen.known)
            row = pa.Table.from_pylist([dict(zip(SCHEMA.names, (*event, micros(now), _ASKED), strict=True))], SCHEMA)
            known = SCHEMA.empty_table() if came is None else came
            try:
                again = judge_again(frozen, pa.concat_tables([known, row]), micros(now))
            except duckdb.Error:
                raise NotReady from None
            if again is None:
                return Answer("confirm", watched=True, reasons=("nobody has ever done this: it cannot be judged",))
            return _answer(station, *again, event[0])
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
    whole = [f for f in findings(history, assessed) if event_id in f.event_ids]
    score = max([round(own, 2), *(f.score for f in whole)])
    severity = assessed.scale.severity(score)
    rules = station.settings.check
    word: Word = "allow"
    if rank(severity) >= rank(rules.confirm):
        word = "confirm"
    if rank(severity) >= rank(rules.second_person):
        word = "second_person"
    reasons = tuple(reason.text for f in whole for reason in f.reasons if reason.bits > 0)
    undo = whole[0].undo if whole else ""
    return Answer(word, True, severity, score, assessed.scale.one_in(score), reasons, undo)


def _is_real(assessed: Assessment) -> NDArray:
    return assessed.baseline.cast.real[assessed.gathered.events["w"]]
