"""Pseudonyms that stay the same in a store: the mark of the key, and who came first where two would meet."""

from __future__ import annotations

import json
from collections.abc import Mapping

from sqlalchemy import Connection, func, select

from monitor.core.audit import sign
from monitor.core.pseudonyms import Veil, name_all
from monitor.model import BadInput, Person
from monitor.store.schema import people
from monitor.store.state import get, put

MARK, MET = "privacy key", "pseudonyms that met"


def veil(connection: Connection, key: bytes, everybody: Mapping[str, Person]) -> Veil:
    """Pseudonyms of everybody whom a roster knows."""
    first = select(people.c.person_id).group_by(people.c.person_id).order_by(func.min(people.c.seq))
    known = [person_id for person_id in connection.scalars(first) if person_id in everybody]
    held = json.loads(get(connection, MET) or "{}")
    names, met = name_all(key, known, held)
    if met != held and writes(connection):
        put(connection, MET, json.dumps(met, sort_keys=True))
    return Veil(key, everybody, names)


def check_key(connection: Connection, name: str, key: bytes) -> None:
    """Raise BadInput where this is not the key that the store began with.

    With another one every pseudonym would change, and no row of the audit chain would hold.
    """
    mark, known = sign(key, "this store"), get(connection, MARK)
    if known is None and writes(connection):
        put(connection, MARK, mark)
    elif known not in (None, mark):
        raise BadInput(name, None, "is not the key that this store began with", f"restore secrets/{name} from a backup")


def writes(connection: Connection) -> bool:
    """Is what is written here kept?"""
    return bool(connection.get_execution_options().get("writes"))
