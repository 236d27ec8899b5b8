"""Everything of one person out of the store, in the caller's transaction; the sealed files are written anew before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlalchemy import Connection, Table, delete, insert, select, update

from monitor.core.audit import sign
from monitor.core.identity import lowered
from monitor.core.pseudonyms import Veil
from monitor.core.routing import names_of
from monitor.model import Person
from monitor.store.inbox import TEXTS
from monitor.store.manifest import folder_of
from monitor.store.schema import (
    accounts,
    cases,
    departures,
    events,
    feeds,
    findings,
    outbox,
    people,
    rejects,
    requests,
    segments,
    silences,
    steps,
)  # fmt: skip
from monitor.store.segments import write_segment

_BATCH_ROWS = 50_000


@dataclass(slots=True)
class Traces:
    """Who somebody was in every version that a roster told: for finding what they left in the store.

    `actors`: lower-case names under which they alone acted.  `veil` knows them and nobody else.
    """

    person_id: str
    actors: frozenset[str]
    veil: Veil
    counts: dict[str, int] = field(default_factory=dict)

    def blur(self, text: str) -> str:
        """The text without them."""
        return self.veil.blur(text)

    def count(self, what: str, rows: int) -> None:
        """So many rows of a kind were deleted or blurred."""
        self.counts[what] = self.counts.get(what, 0) + rows


def traces_of(connection: Connection, key: bytes, person_id: str, pseudonym: str) -> Traces:
    """What the store knows them by, in all versions of all rosters."""
    told: list[Person] = [Person(person_id)]
    others: set[str] = set()
    for row in connection.execute(select(people.c.person_id, people.c.particulars)):
        person = msgspec.json.decode(row.particulars, type=Person)
        if row.person_id == person_id:
            told.append(person)
        else:
            others |= names_of([person])
    versions = {f"{person_id}\x1f{i}": replace(p, person_id=person_id) for i, p in enumerate(told)}
    veil = Veil(key, {k: replace(p, person_id=person_id) for k, p in versions.items()}, {person_id: pseudonym})
    return Traces(person_id, names_of(told) - others, veil)


def rewrite(data: Path, name: str, traces: Traces) -> dict[str, Any] | None:
    """A sealed file without the person, beside the old one. What the manifest says of the new file; None where
    nothing of theirs is in the old one; {} where nothing else is."""
    path = folder_of(data) / name
    table = pq.read_table(path)
    kept = without(table, traces)
    if kept is table:
        return None
    if not kept.num_rows:
        return {}
    new = f"{name[:7]}-{hashlib.blake2b(f'{name} without one'.encode(), digest_size=5).hexdigest()}.parquet"
    return write_segment(folder_of(data) / new, kept) | {"name": new, "month": name[:7]}


def without(table: pa.Table, traces: Traces) -> pa.Table:
    """Events without those by the person, and with the person blurred in those of others; the same table if neither."""
    theirs = pc.is_in(pc.utf8_lower(table["actor"]), pa.array(sorted(traces.actors), pa.string()))
    gone = pc.sum(theirs).as_py() or 0
    kept = table.filter(pc.invert(theirs)) if gone else table
    traces.count("events", gone)
    named = [False] * kept.num_rows
    for name in TEXTS:
        texts = pc.unique(kept[name].drop_null()).to_pylist()
        changed = {text: new for text in texts if (new := traces.blur(text)) != text}
        if changed:
            told = kept[name].to_pylist()
            column = [changed.get(text, text) for text in told]
            named = [was or text in changed for was, text in zip(named, told, strict=True)]
            traces.count("mentions", len(changed))
            kept = kept.set_column(kept.schema.get_field_index(name), name, pa.array(column, pa.string()))
    return _without_hashes(kept, named) if any(named) else kept


def _without_hashes(table: pa.Table, named: list[bool]) -> pa.Table:
    """Without the hashes of lines that named the person: whoever guesses such a line could make sure by its hash."""
    if "line_sha256" not in table.schema.names:
        return table
    hashes = [None if was else told for was, told in zip(named, table["line_sha256"].to_pylist(), strict=True)]
    return table.set_column(table.schema.get_field_index("line_sha256"), "line_sha256", pa.array(hashes, pa.binary()))


def swap(connection: Connection, old: str, new: dict[str, Any], now: Any) -> None:
    """Put the new file into the manifest in place of the old one."""
    connection.execute(delete(segments).where(segments.c.name == old))
    if new:
        connection.execute(delete(segments).where(segments.c.name == new["name"]))
        connection.execute(insert(segments).values(sealed_at=now, **new))


def empty(connection: Connection, traces: Traces) -> None:
    """Delete every row about the person, and blur them in what is about others."""
    _events(connection, traces)
    for table in (people, accounts, departures, findings, cases, steps, outbox):
        gone = connection.execute(delete(table).where(table.c.person_id == traces.person_id)).rowcount
        traces.count(table.name, gone)
    mine = (silences.c.scope == "person") & (silences.c.value == traces.person_id)
    traces.count("silences", connection.execute(delete(silences).where(mine)).rowcount)
    _managers(connection, traces)
    _blur_json(connection, findings, ("finding_id",), "body", traces, lambda told: _finding(told, traces))
    _blur_json(connection, outbox, ("key",), "body", traces, lambda told: _notice(told, traces))
    for table, columns in ((steps, ("text",)), (feeds, ("why",)), (silences, ("reason",)), (requests, ("reason",))):
        _blur(connection, table, columns, traces)
    for row in connection.execute(select(requests.c.seq, requests.c.payload)).all():
        if json.loads(row.payload).get("value") == traces.person_id:
            connection.execute(delete(requests).where(requests.c.seq == row.seq))
    _blur(connection, rejects, ("why", "file"), traces)


def _events(connection: Connection, traces: Traces) -> None:
    actors = [a for a in connection.scalars(select(events.c.actor).distinct()) if lowered(a) in traces.actors]
    for actor in actors:
        traces.count("events", connection.execute(delete(events).where(events.c.actor == actor)).rowcount)

    def unguessable(row: Any) -> dict[str, Any]:
        """In place of hashes that hold for the name; `digest` only has to differ where the content did."""
        return {"line_sha256": None, "digest": sign(traces.veil.key, row.digest)[:32]}

    _blur(connection, events, TEXTS, traces, ("id", "digest"), unguessable)


def _managers(connection: Connection, traces: Traces) -> None:
    """Others' particulars that name the person as their manager."""

    def blurred(told: Any) -> Any:
        return told | {"manager": traces.blur(told["manager"])} if told.get("manager") else told

    _blur_json(connection, people, ("seq",), "particulars", traces, blurred)


def _finding(told: Any, traces: Traces) -> Any:
    """A finding with the person blurred, also where what it tells of was done under their account."""
    blurred: Any = traces.veil.blur_all(told)
    mine = traces.veil.pseudonym(traces.person_id)
    accounts = [mine if a == traces.person_id else traces.blur(a) for a in told.get("accounts", ())]
    return blurred | ({"accounts": accounts} if accounts else {})


def _notice(told: Any, traces: Traces) -> Any:
    """A digest's body without the person's entry, and with them blurred elsewhere."""
    if "cases" in told:
        left = [case for case in told["cases"] if case["person"]["person_id"] != traces.person_id]
        told = told | {"cases": left, "total": told["total"] - len(told["cases"]) + len(left)}
    told = traces.veil.blur_all(told)
    for case in (told, *told.get("cases", ())):
        if "findings" in case:
            case["findings"] = [_finding(found, traces) for found in case["findings"]]
    return told


def _blur_json(
    connection: Connection, table: Table, keys: Collection[str], column: str, traces: Traces,
    change: Callable[[Any], Any],
) -> None:  # fmt: skip
    changed = []
    for row in _rows(connection, table, (*keys, column)):
        told = json.loads(row[-1])
        new = change(told)
        if new != told:
            changed.append((row[:-1], {column: json.dumps(new, sort_keys=True)}))
    _write(connection, table, keys, changed, traces)


def _blur(
    connection: Connection, table: Table, columns: Collection[str], traces: Traces, keys: Collection[str] = ("seq",),
    also: Callable[[Any], dict[str, Any]] = lambda _: {},
) -> None:  # fmt: skip
    """also: what else changes in a row that names the person."""
    changed: list[tuple[Any, dict[str, Any]]] = []
    for row in _rows(connection, table, (*keys, *columns)):
        texts = dict(zip(columns, row[len(keys) :], strict=True))
        new = {name: traces.blur(text) for name, text in texts.items() if text}
        if any(texts[name] != text for name, text in new.items()):
            changed.append((row[: len(keys)], new | also(row)))
    _write(connection, table, keys, changed, traces)


def _rows(connection: Connection, table: Table, names: Iterable[str]) -> Iterable[Any]:
    query = select(*(table.c[name] for name in names))
    return connection.execute(query, execution_options={"yield_per": _BATCH_ROWS})


def _write(
    connection: Connection, table: Table, keys: Collection[str], changed: list[tuple[Any, dict[str, Any]]],
    traces: Traces,
) -> None:  # fmt: skip
    for key, values in changed:
        where = [table.c[name] == value for name, value in zip(keys, key, strict=True)]
        connection.execute(update(table).where(*where).values(**values))
    traces.count("mentions", len(changed))
