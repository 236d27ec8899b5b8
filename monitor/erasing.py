"""A person erased from a working folder, and what is past its time, deleted by schedule. A legal hold wins."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import sqlalchemy as sa
from sqlalchemy import Connection, select

from monitor.looking import Look, nobody
from monitor.model import BadInput
from monitor.station import EXPORTS, Station
from monitor.store import erasing, gone, holds, inbox, rosters
from monitor.store.manifest import folder_of
from monitor.store.schema import cases, erasures, findings, segments
from monitor.store.state import State, bump, insert_new


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did: rows by table, files of history written anew, exports deleted; what could not be done.

    `who`: the pseudonym, or "the person" to whoever may not learn it.
    """

    who: str
    rows: dict[str, int]
    rewritten: int
    exports: list[str]
    left: list[str]


def erase(look: Look, who: str) -> Erased:
    """Empty database, history, outbox and exports of a person. The audit chain keeps its rows: it knows pseudonyms.

    Raises BadInput where the person is held, is the viewer, or is nobody.
    """
    look.may("erase")
    station, now = look.station, look.now
    person_id = _known_id(look, who)
    pseudonym = look.veil.pseudonym(person_id)
    if look.is_own(person_id):
        look.record("refused", person_id, "an erasure of the viewer's own person")
        raise nobody(who)
    with station.state.read() as connection:
        if person_id in holds.held(connection):
            look.record("refused", person_id, "an erasure under a legal hold")
            raise BadInput(look.answered(person_id), None, "is under a legal hold", "see lastday hold list")
        marks = {pseudonym, person_id, *_case_ids(connection, person_id)}
    with station.state.write() as connection:
        inbox.lock(connection)
        traces = erasing.traces_of(connection, station.key(connection), person_id, pseudonym)
        new = _rewritten(connection, station, traces)
        for name, about in new.items():
            erasing.swap(connection, name, about, now)
        erasing.empty(connection, traces)
        gone.remember(connection, station.key(connection), traces.actors, traces.veil.people.values(), pseudonym)
        connection.execute(insert_new(connection, erasures).values(subject=pseudonym, at=now))
        look.note(connection, "erase", person_id, f"{sum(traces.counts.values())} rows, {len(new)} files of history")
        bump(connection, rosters.CHANGED)
        bump(connection, inbox.CHANGED)
    for name in new:
        (folder_of(station.data) / name).unlink(missing_ok=True)
    exports, unread = _delete_exports(station.folder / EXPORTS, marks, traces)
    left = [f"{EXPORTS}/{name} cannot be read: see yourself whether it tells of them" for name in unread]
    return Erased(look.answered(person_id), traces.counts, len(new), exports, [*left, *_scrub(station.state)])


def erased_ids(station: Station, connection: Connection, person_ids: set[str]) -> set[str]:
    """Those of these people who were erased: a roster that still tells of them does not bring them back."""
    subjects = set(connection.scalars(select(erasures.c.subject)))
    if not subjects:
        return set()
    veil = station.veil(connection)
    return {person_id for person_id in person_ids if veil.pseudonym(person_id) in subjects}


def actors_held(station: Station, connection: Connection) -> frozenset[str]:
    """Lower-case names under which people act who are under a legal hold."""
    key = station.key(connection)
    traces = [erasing.traces_of(connection, key, person_id, "") for person_id in holds.held(connection)]
    return frozenset().union(*(t.actors for t in traces))


def _rewritten(connection: Connection, station: Station, traces: erasing.Traces) -> dict[str, dict[str, Any]]:
    """Files of history with something of the person, and what takes their place: nothing, for replaced ones."""
    new: dict[str, dict[str, Any]] = {}
    for row in connection.execute(select(segments.c.name, segments.c.replaced_at).order_by(segments.c.name)).all():
        if row.replaced_at is not None:
            new[row.name] = {}
        elif (folder_of(station.data) / row.name).is_file():
            about = erasing.rewrite(station.data, row.name, traces)
            if about is not None:
                new[row.name] = about
    return new


def _known_id(look: Look, who: str) -> str:
    """The person_id, also of somebody whom no roster knows any more."""
    with look.station.state.read() as connection:
        for table in (cases, findings):
            ids = connection.scalars(select(table.c.person_id).distinct()).all()
            for person_id in ids:
                if who in (person_id, look.veil.pseudonym(person_id)):
                    look.by_name |= {person_id} & {who}
                    return str(person_id)
    return look.person_id(who, "erase")


def _case_ids(connection: Connection, person_id: str) -> list[str]:
    return list(connection.scalars(select(cases.c.case_id).where(cases.c.person_id == person_id)))


def _delete_exports(folder: Path, marks: set[str], traces: erasing.Traces) -> tuple[list[str], list[str]]:
    """Delete exported files that are about the person. Returns their names, and those of files that nobody can read."""
    deleted, unread = [], []
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if not path.is_file():
            continue
        name = str(path.relative_to(folder))
        try:
            named = any(mark in path.name for mark in marks)
            if named or any(_tells(text, marks, traces) for text in _texts(path)):
                path.unlink()
                deleted.append(name)
        except (OSError, pa.ArrowException):
            unread.append(name)
    return deleted, unread


def _tells(text: str, marks: set[str], traces: erasing.Traces) -> bool:
    return any(mark in text for mark in marks) or traces.blur(text) != text


def _texts(path: Path) -> Iterator[str]:
    """What stands in a file, piece by piece. The bytes of Parquet are compressed, and tell nothing."""
    with path.open("rb") as stream:
        if stream.read(4) == b"PAR1":
            yield from (str(batch.to_pylist()) for batch in pq.ParquetFile(path).iter_batches())
        else:
            stream.seek(0)
            yield stream.read().decode("utf-8", "replace")


def _scrub(state: State) -> list[str]:
    """Let the database forget what it deleted. Returns why it could not."""
    try:
        if state.is_sqlite:
            with state.engine.connect() as connection:
                raw = connection.connection.driver_connection
                assert isinstance(raw, sqlite3.Connection)
                raw.execute("VACUUM")
                raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            with state.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM")
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        return [f"the database was not cleaned of deleted rows ({type(error).__name__}); erase again when it is idle"]
    return []
