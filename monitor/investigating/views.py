"""Views that a reader's SQL sees: what the store holds, under pseudonyms, closed off from all else."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Timer
from typing import Any

import duckdb
from sqlalchemy import Connection, select

from monitor.core import casework
from monitor.core.query import LONGEST, Asked, refused, understood
from monitor.engine import start
from monitor.looking import ANYBODY, Look
from monitor.model import BadInput
from monitor.sql import literal
from monitor.store import cases, steps
from monitor.store.acted import Acted
from monitor.store.schema import departures, findings

Rows = Iterator[tuple]
DATES, TIMES = "DATE", "TIMESTAMP"
VIEWS: dict[str, dict[str, tuple[str, str]]] = {
    "people": {
        "person": ("VARCHAR", "pseudonym; the name while a reveal is in force"),
        "title": ("VARCHAR", "title"),
        "department": ("VARCHAR", "department"),
        "employment_type": ("VARCHAR", "employee, contractor, … as the roster says"),
        "timezone": ("VARCHAR", "IANA zone, NULL where no roster tells one"),
        "start_date": (DATES, "first day at the organisation"),
        "watched": ("BOOLEAN", "in a watch window today"),
    },
    "departures": {
        "person": ("VARCHAR", "pseudonym"),
        "last_day": (DATES, "a local date"),
        "notice_date": (DATES, "when notice was given"),
        "kind": ("VARCHAR", "resignation, dismissal, contract_end, unknown"),
        "certainty": ("VARCHAR", "planned, confirmed, withdrawn"),
        "feed": ("VARCHAR", "the roster that told it"),
        "told_at": (TIMES, "from when on it was in force, UTC"),
        "ended_at": (TIMES, "until when; NULL: it is now, UTC"),
    },
    "events": {
        "person": ("VARCHAR", "pseudonym of who acted; NULL for nobody on a roster, and for people not watched, whose "
                              "events have but time, source and action unless --reason is given"),
        "time": (TIMES, "when it happened, UTC"),
        "id": ("VARCHAR", "the event's id"),
        "action": ("VARCHAR", "noun.verb"),
        "target": ("VARCHAR", "what it was done to; names blurred"),
        "target_type": ("VARCHAR", "sort of target"),
        "magnitude": ("DOUBLE", "how large: followers, rows, bytes, amount"),
        "outcome": ("VARCHAR", "success, failure"),
        "source": ("VARCHAR", "the log"),
        "ip": ("VARCHAR", "address"),
        "session": ("VARCHAR", "session; names blurred"),
        "reason": ("VARCHAR", "ticket or stated reason; names blurred"),
        "attributes": ("VARCHAR", "every other key, as JSON; names blurred"),
    },
    "findings": {
        "finding_id": ("VARCHAR", "id"),
        "case_id": ("VARCHAR", "its case"),
        "person": ("VARCHAR", "pseudonym"),
        "last_day": (DATES, "of the departure"),
        "hours_to_end": ("DOUBLE", "hours to the end of the last day, negative after it"),
        "time": (TIMES, "when the act happened, UTC"),
        "action": ("VARCHAR", "noun.verb"),
        "target": ("VARCHAR", "names blurred"),
        "magnitude": ("DOUBLE", "how large"),
        "score": ("DOUBLE", "bits"),
        "severity": ("VARCHAR", "low, medium, high, critical"),
        "one_in": ("BIGINT", "one in so many placebo departures scores as high"),
        "measured": ("BOOLEAN", "is one_in, or does it rest on the default scale; NULL: judged before that was kept"),
        "impact": ("DOUBLE", "0 to 1"),
        "event_ids": ("VARCHAR[]", "ids of its events"),
        "accounts": ("VARCHAR[]", "under whose accounts: pseudonyms, or an account that is on no roster"),
        "machines": ("VARCHAR[]", "machines and addresses that its events tell; names blurred"),
        "reasons": ("VARCHAR", "evidence as JSON: detector, bits, text, value, own_usual, peer_usual"),
        "first_at": (TIMES, "first known, UTC"),
        "gone_at": (TIMES, "since when it no longer holds; NULL: it holds, UTC"),
    },
    "cases": {
        "case_id": ("VARCHAR", "id"),
        "person": ("VARCHAR", "pseudonym"),
        "last_day": (DATES, "of the departure"),
        "state": ("VARCHAR", "open, acked, closed"),
        "severity": ("VARCHAR", "of its gravest finding"),
        "closed_as": ("VARCHAR", "malicious, honest-mistake, benign, withdrawn"),
        "opened_at": (TIMES, "UTC"),
        "told_at": (TIMES, "when somebody was last told, UTC"),
        "notices": ("BIGINT", "how many"),
        "assignee": ("VARCHAR", "who looks after it"),
    },
}  # fmt: skip
"""view -> column -> (type, what it holds)."""
FINDING_TEXTS = ("action", "target", "event_ids", "machines", "reasons")
BLURRED = ("target", "session", "reason", "attributes")
OF_ANYBODY = frozenset({"time", "source", "action", "person"})
"""What is told of an event by whoever is in no watch window, without a reason."""
PLAIN = ("id", "action", "target_type", "outcome", "source", "ip")
"""Columns that seldom name anybody: blurred as they are read, and for whoever may not name people before they are
compared with anything."""


@dataclass(slots=True)
class Answer:
    """Names and types of the columns, and the rows; texts are blurred once more as they are read."""

    names: list[str]
    types: list[str]
    rows: Rows


@contextmanager
def asked(look: Look, query: str, seconds: float, memory: str) -> Iterator[Answer]:
    """The answer to a reader's SQL. Raises BadInput where it is no question, takes too long or too much memory."""
    if len(query) > LONGEST:
        raise refused(f"is longer than {LONGEST:,} characters", "ask something shorter")
    db = start(look.station.settings.engine.threads, memory)
    timer = Timer(seconds, db.interrupt)
    try:
        tree = db.execute("SELECT json_serialize_sql(?)", [query]).fetchall()[0][0]
        wants = understood(tree, {view: tuple(columns) for view, columns in VIEWS.items()})
        with look.station.state.read() as connection:
            _build(look, connection, db, wants)
        timer.daemon = True
        timer.start()
        result = db.execute(query)
        names = [column[0] for column in result.description]
        yield Answer(names, [str(column[1]) for column in result.description], _rows(look, result))
    except duckdb.InterruptException:
        raise BadInput("sql", None, f"took longer than {seconds:g} s", "ask for less, or --seconds for more") from None
    except duckdb.OutOfMemoryException:
        raise BadInput("sql", None, f"needs more memory than {memory}", "ask for less, or --memory for more") from None
    except duckdb.Error as error:
        what = str(_once_more(look, str(error).splitlines()[0]))
        raise BadInput("sql", None, what, "see lastday sql --schema") from None
    finally:
        timer.cancel()
        db.close()


def _rows(look: Look, result: duckdb.DuckDBPyConnection) -> Rows:
    while rows := result.fetchmany(1000):
        for row in rows:
            yield tuple(_once_more(look, value) if isinstance(value, (str, list, dict)) else value for value in row)


def _once_more(look: Look, told: object) -> object:
    """Blurred as it is read: what the query itself made is blurred like all else, and tells nobody who is who.

    The views hold pseudonyms; a name that stands here was written in the query, or put together by it.
    """
    return look.veil.blur_all(told, instead=None if look.names_people else ANYBODY)


def _build(look: Look, connection: Connection, db: duckdb.DuckDBPyConnection, wants: Asked) -> None:
    """Make the views that are wanted, then shut the engine off from all else."""
    acted = Acted(connection, db, look.station.data)
    makers: dict[str, Callable[[Look, Connection], list[tuple]]] = {
        "people": _people, "departures": _departures, "findings": partial(_findings, wanted=wants.columns),
        "cases": _cases,
    }  # fmt: skip
    for view in sorted(wants.views - {"events"}):
        rows = makers[view](look, connection)
        places = [(i, n) for i, n in enumerate(VIEWS[view]) if wants.columns is None or n in wants.columns] or [
            (0, next(iter(VIEWS[view])))
        ]
        types = {name: VIEWS[view][name][0] for _, name in places}
        acted.put(view, types, [[row[i] for i, _ in places] for row in rows])
    files: list[str] = []
    if "events" in wants.views:
        files = [str(sealed.path) for sealed in acted.sealed]
        _events(look, acted, db, files, wants.columns)
    db.execute(f"SET allowed_paths = [{', '.join(map(literal, files))}]")
    for setting in (
        "enable_external_access = false", "autoinstall_known_extensions = false", "autoload_known_extensions = false",
        "preserve_insertion_order = true", "lock_configuration = true",
    ):  # fmt: skip
        db.execute(f"SET {setting}")


def _events(
    look: Look, acted: Acted, db: duckdb.DuckDBPyConnection, files: list[str], columns: frozenset[str] | None
) -> None:
    """The view `events`, with the columns that are wanted: what nobody asks for is neither joined nor blurred."""
    wanted = [name for name in VIEWS["events"] if columns is None or name in columns] or ["action"]
    joined = "person" in wanted or not (look.reason or OF_ANYBODY.issuperset(wanted))
    base = ["t" if name == "time" else name for name in wanted if name != "person"]
    base += ["lower(actor) AS who"] if joined else []
    hidden = [name for p in look.viewer.own for name in _names(look).get(p, ())]
    only = f"WHERE lower(actor) NOT IN ({', '.join(map(literal, hidden))})" if hidden else ""
    known = acted.repeated()
    needed = {
        *wanted,
        *(["id"] if known else []),
        *(["t"] if "time" in wanted else []),
        *(["actor"] if joined or hidden else []),
    }
    acted.put_hot("hot", [name for name in acted.columns if name in needed])
    once = f"{'AND' if only else 'WHERE'} id NOT IN ({known})" if known else ""
    parts = [f"SELECT {', '.join(base)} FROM hot {only} {once}"]
    if files:
        parts.append(f"SELECT {', '.join(base)} FROM read_parquet([{', '.join(map(literal, files))}]) {only}")
    within = BLURRED if look.names_people else (*BLURRED, *PLAIN)
    if blurred := [name for name in within if name in wanted]:
        db.create_function("blurred", partial(_blurred, look), ["VARCHAR"], "VARCHAR")
    shown = {name: f"blurred({name})" for name in blurred} | {"time": "make_timestamp(t)", "person": "whose.person"}
    told = {name: shown.get(name, name) for name in wanted}
    if not look.reason:  # an address, a machine or a session singles somebody out as a name does
        told |= {n: f"CASE WHEN whose.person IS NOT NULL THEN {told[n]} END" for n in wanted if n not in OF_ANYBODY}
    join = ""
    if joined:
        acted.put("whose", {"name": "VARCHAR", "person": "VARCHAR"}, _whose(look))
        join = "LEFT JOIN whose ON whose.name = who"
    made = ", ".join(f"{text} AS {name}" for name, text in told.items())
    db.execute(f"CREATE TEMP VIEW events AS SELECT {made} FROM ({' UNION ALL '.join(parts)}) {join}")


def _blurred(look: Look, text: str) -> str:
    return look.blur(text)


def _names(look: Look) -> Mapping[str, Sequence[str]]:
    """person_id -> names in logs."""
    found: dict[str, list[str]] = {}
    for name, person_id in look.whose().items():
        found.setdefault(person_id, []).append(name)
    return found


def _whose(look: Look) -> list[tuple[str, str]]:
    """(name in logs, pseudonym) of everybody who may be looked at now."""
    leaving = {d.person_id for d in look.departures}
    may = {p for p in look.people if look.reason or (p in leaving and look.watches(p))}
    return [(name, look.label(p)) for p, names in _names(look).items() if p in may for name in names]


def _people(look: Look, _: Connection) -> list[tuple]:
    leaving = {d.person_id for d in look.departures}
    rows = []
    for p in look.people.values():
        watched = p.person_id in leaving and look.watches(p.person_id)
        title, department = (look.blur(text, p.person_id) if text else None for text in (p.title, p.department))
        start = p.start_date.isoformat() if p.start_date else None
        if watched or look.reason:
            rows.append((look.label(p.person_id), title, department, p.employment_type, p.zone, start, watched))
    return rows


def _departures(look: Look, connection: Connection) -> list[tuple]:
    rows = connection.execute(select(departures).order_by(departures.c.seq))
    found = []
    for row in rows:
        if not look.hides(row.person_id):
            told = json.loads(row.particulars)
            found.append((
                look.label(row.person_id), row.last_day.isoformat(), told["notice_date"], told["kind"], row.certainty,
                row.feed, _utc(row.told_at), _utc(row.ended_at),
            ))  # fmt: skip
    return found


def _findings(look: Look, connection: Connection, wanted: frozenset[str] | None) -> list[tuple]:
    """wanted: columns; what nobody asks for is not blurred, and empty."""
    found = []
    for row in connection.execute(select(findings).order_by(findings.c.finding_id)):
        if look.hides(row.person_id):
            continue
        body = json.loads(row.body)
        texts = {n: body.get(n) if wanted is None or n in wanted else None for n in FINDING_TEXTS}
        told: dict[str, Any] = {n: look.veil.blur_all(text, [row.person_id]) for n, text in texts.items()}
        accounts = [look.veil.whose(account, [row.person_id]) for account in body.get("accounts", ())]
        found.append((
            row.finding_id, row.case_id, look.label(row.person_id), row.last_day.isoformat(), body["hours_to_end"],
            _utc(cases.finding_of(row.body).time), told["action"], told["target"], body["magnitude"], row.score,
            row.severity, body["one_in"], row.measured, body["impact"], told["event_ids"], accounts, told["machines"],
            json.dumps(told["reasons"]), _utc(row.first_at), _utc(row.gone_at),
        ))  # fmt: skip
    return found


def _cases(look: Look, connection: Connection) -> list[tuple]:
    assigned = casework.assignees(steps.all_steps(connection))
    return [
        (c.case_id, look.label(c.person_id), c.last_day.isoformat(), c.state, c.severity, c.closed_as,
         _utc(c.opened_at), _utc(c.told_at), c.notices, assigned.get(c.case_id))
        for c in cases.all_cases(connection)
        if not look.hides(c.person_id)
    ]  # fmt: skip


def _utc(when: datetime | None) -> str | None:
    """A time as DuckDB reads it, in UTC."""
    return None if when is None else when.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
