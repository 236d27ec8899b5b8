"""What needs a second person: asked for by the first, done when another approves it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from monitor.core.routing import silenced
from monitor.looking import Look
from monitor.model import BadInput
from monitor.store import cases, requests, rosters
from monitor.store.requests import Request

KINDS = ("reveal", "silence", "roster", "config")
_SEE = "see lastday requests list"


def silences_own(look: Look, scope: str, value: str) -> bool:
    """Would a silence of this scope keep back notices about the viewer's own person?"""
    if scope == "person" and look.is_own(value):
        return True
    own = [look.veil.people[person_id] for person_id in look.viewer.own if person_id in look.veil.people]
    return any(silenced([(scope, value)], person) for person in own)


def on_own_roster(look: Look, connection: Connection, feed: str) -> bool:
    """Does this roster tell of the viewer's own person?"""
    return bool(look.viewer.own & rosters.still_there(connection, feed))


def ask(look: Look, connection: Connection, kind: str, subject: str | None, payload: dict[str, Any]) -> int:
    """Write a request down, with the row that tells of it. subject: a person_id. Returns its number."""
    pseudonym = subject and look.veil.pseudonym(subject)
    touched = sorted(look.own_pseudonyms())
    reason = look.blur(look.reason or "", subject)
    seq = requests.make(
        connection, kind, pseudonym, payload | {"touched": touched}, reason, look.now, look.viewer.name,
        look.asked_until(),
    )  # fmt: skip
    look.note(connection, f"{kind} asked", subject, f"request {seq}")
    return seq


def decide(look: Look, seq: int, grant: bool) -> Request:
    """Approve or refuse a request as a second person, and do what it asks for. Raises BadInput."""
    look.may("approve")
    with look.station.state.write() as connection:
        request = requests.find(connection, seq)
        if request is None or request.state != "waiting" or request.until <= look.now:
            raise BadInput(f"request {seq}", None, "does not wait for anybody", _SEE)
        if grant:
            _check_second(look, request)
        until = look.asked_until()
        if request.kind == "reveal":
            until = look.now + timedelta(minutes=look.station.settings.privacy.reveal_minutes)
        state = "granted" if grant else "refused"
        requests.decide(connection, seq, state, look.viewer.name, look.now, until)
        also = []
        if request.kind == "reveal":  # asked for again by a lastday that did not see that it waited already
            also = requests.settle(connection, request, state, look.viewer.name, look.now, until)
        if grant:
            _do(connection, look, request)
        what = f"{request.kind} {state}"
        numbers = ", ".join(map(str, [seq, *also]))
        told = f"request {numbers} of {request.made_by}: {request.reason}"
        look.station.note(
            connection, look.now, look.viewer.name, look.viewer.role, what, None, look.reason,
            f"{request.subject}: {told}" if request.subject else told,
        )  # fmt: skip
    return request


def _check_second(look: Look, request: Request) -> None:
    if request.made_by == look.viewer.name:
        raise BadInput(f"request {request.seq}", None, "is your own", "a second person must approve it")
    own = look.own_pseudonyms()
    touched = {request.subject, *request.payload.get("touched", ())}
    covered = request.kind == "silence" and silences_own(look, request.payload["scope"], request.payload["value"])
    if own & touched or covered:
        raise BadInput(f"request {request.seq}", None, "touches yourself", "somebody else must approve it")


def _do(connection: Connection, look: Look, request: Request) -> None:
    """Do what was asked for; a reveal and a configuration are in force by the request itself."""
    told = request.payload
    if request.kind == "silence":
        until = look.now + timedelta(hours=told["hours"])
        cases.add_silence(connection, told["scope"], told["value"], look.now, until, request.reason, request.made_by)
    elif request.kind == "roster":
        rosters.accept(connection, told["feed"], told["sha256"])
