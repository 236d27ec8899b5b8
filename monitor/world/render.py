"""Drafts become canonical events: names, addresses, times and ids, worded as each system words them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from monitor.world.company import Company
from monitor.world.drafts import Drafts
from monitor.world.model import DAY_US, MINUTE_US, Ints, Source
from monitor.world.targets import FRESH, NONE

_UNITS = {0: "s", 3: "ms", 6: "us"}

Words = NDArray[np.object_]


def render(company: Company, drafts: Drafts) -> tuple[pa.Table, Words]:
    """The events in order of time, and the id of each draft, shape (n,)."""
    rng = company.stream("render")
    order = np.lexsort((rng.random(len(drafts)), drafts.t))
    rows = drafts.rows(order)
    ids = np.array([f"e{number:07d}" for number in 100_000 + np.cumsum(rng.integers(1, 9, len(rows)))], object)
    doings, names = company.doings, [*company.shape.sources]
    source = np.array([names.index(doing.source) for doing in doings])[rows.doing]
    columns: dict[str, NDArray] = {
        "id": ids,
        "time": _times(company, rows, source),
        "actor": _actors(company, rows, source),
        "action": _words([doing.action for doing in doings])[rows.doing],
        "target": _targets(company, rows),
        "target_type": _target_types(company, rows),
        "magnitude": rows.magnitude,
        "outcome": np.where(rows.failed, "failure", "success").astype(object),
        "source": _words(names)[source],
        "ip": _addresses(company, rows, rng),
        "session": _sessions(company, rows, source, rng),
        "reason": _reasons(company, rows, rng),
        **_attributes(company, rows, source, rng),
    }
    carried = {"outcome": "outcome", "ip": "ip", "session": "session"}
    carried |= {key: what for what, key in company.shape.attributes.items() if what != "client"}
    for key, what in carried.items():
        has = np.array([bool(getattr(one, what)) for one in company.shape.sources.values()])[source]
        columns[key][~has] = None
    table = pa.table({key: pa.array(column, from_pandas=True) for key, column in columns.items()})
    told = table.select([key for key in columns if table[key].null_count < len(rows)])
    by_draft = np.empty(len(rows), object)
    by_draft[order] = ids
    return told, by_draft


def _words(words: Sequence[str]) -> Words:
    return np.array([*words], object)


def _times(company: Company, rows: Drafts, source: Ints) -> Words:
    """RFC 3339, with as many decimals as the source has; in UTC, or with the local offset where the shape has it."""
    t, offset = rows.t, np.zeros(len(rows), np.int64)
    if company.shape.local_time:
        start = int(np.datetime64(company.shape.start, "us").astype(np.int64))
        offset = (start + rows.day * DAY_US - company.rota.midnight[rows.person, rows.day]) // MINUTE_US
        t = t + offset * MINUTE_US
    minutes, which = np.unique(offset, return_inverse=True)
    suffix = _words([f"{'-' if m < 0 else '+'}{abs(m) // 60:02d}:{abs(m) % 60:02d}" if m else "Z" for m in minutes])[
        which
    ]
    told = np.empty(len(rows), object)
    decimals = np.array([one.decimals for one in company.shape.sources.values()])[source]
    for digits in np.unique(decimals):
        here = np.flatnonzero(decimals == digits)
        unit = _UNITS[int(digits)]
        told[here] = np.datetime_as_string(t[here].astype("datetime64[us]").astype(f"datetime64[{unit}]")).astype(
            object
        )
    return np.asarray(told + suffix, object)


def _actors(company: Company, rows: Drafts, source: Ints) -> Words:
    staff = company.staff
    told = np.empty(len(rows), object)
    for number, one in enumerate(company.shape.sources.values()):
        here = np.flatnonzero(source == number)
        first = _words(
            [
                _actor(one, login, mail, pid)
                for login, mail, pid in zip(staff.login, staff.email, staff.person_id, strict=True)
            ]
        )
        second = _words([_actor(one, login, f"{login}@{company.shape.domain}", login) for login in staff.second])
        told[here] = np.where(rows.second[here], second[rows.person[here]], first[rows.person[here]])
    return told


def _actor(source: Source, login: str, email: str, person_id: str) -> str:
    """A person as that system names people."""
    if source.actor == "person_id":
        return person_id or login
    return {"account": login, "email": email, "upper": login.upper()}[source.actor]


def _targets(company: Company, rows: Drafts) -> Words:
    names = _words(company.targets.names)
    told: Words = names[np.maximum(rows.target, 0)]
    told[rows.target < 0] = None
    for number in np.unique(rows.doing[rows.target <= FRESH]):
        here = np.flatnonzero((rows.doing == number) & (rows.target <= FRESH))
        before, _, after = company.shape.pools[company.doings[number].pool].patterns[0].partition("{n}")
        told[here] = [f"{before}{n}{after}" for n in (FRESH - rows.target[here]).tolist()]
    return told


def _target_types(company: Company, rows: Drafts) -> Words:
    kinds = {name: pool.target_type for name, pool in company.shape.pools.items()}
    told: Words = _words([kinds.get(doing.pool, "") for doing in company.doings])[rows.doing]
    told[(rows.target == NONE) | (told == "")] = None
    return told


def _addresses(company: Company, rows: Drafts, rng: np.random.Generator) -> Words:
    """The office's address of a machine; from elsewhere one of the person's own two."""
    office = _words([f"10.{20 + n % 6}.{n // 200}.{n % 200 + 10}" for n in rng.permutation(company.targets.machines)])
    n = company.staff.n
    home = _words([f"{a}.{b}.{c}.{d}" for a, b, c, d in rng.integers((78, 1, 1, 2), (99, 250, 250, 250), (2 * n, 4))])
    own = rows.machine == rows.person
    remote = company.rota.remote[rows.person, rows.day] & own
    moved = (rows.day + 13 * rows.person) % 60 < 9
    return np.where(remote, home[rows.person + n * moved], office[rows.machine])


def _sessions(company: Company, rows: Drafts, source: Ints, rng: np.random.Generator) -> Words:
    """One session a person, day, source and machine."""
    keys = (
        (rows.person * company.days + rows.day) * len(company.shape.sources) + source
    ) * company.targets.machines + rows.machine
    found, which = np.unique(keys * 2 + rows.second, return_inverse=True)
    return _words([f"s{number:08x}" for number in rng.integers(1 << 28, 1 << 32, len(found)).tolist()])[which]


def _reasons(company: Company, rows: Drafts, rng: np.random.Generator) -> Words:
    share = np.array([doing.reason for doing in company.doings])[rows.doing]
    has = np.flatnonzero(rng.random(len(rows)) < share)
    told = np.full(len(rows), None, object)
    numbers = 40_000 + rows.day[has] * 60 + rng.integers(0, 300, len(has))
    told[has] = [company.shape.ticket.format(n=n) for n in numbers.tolist()]
    return told


def _attributes(company: Company, rows: Drafts, source: Ints, rng: np.random.Generator) -> dict[str, Words]:
    """The shape's own keys: host (the machine), sender (whom a mail is from), client (the program)."""
    targets, told = company.targets, {}
    for what, key in company.shape.attributes.items():
        if what == "host":
            told[key] = _words(targets.names)[targets.first_machine + rows.machine]
        elif what == "sender":
            told[key] = _words(targets.names)[rows.sender]
        else:
            told[key] = _clients(company, rows, source, rng)
    return told


def _clients(company: Company, rows: Drafts, source: Ints, rng: np.random.Generator) -> Words:
    """Each person has one usual client a source, and now and then another."""
    told = np.full(len(rows), None, object)
    for number, one in enumerate(company.shape.sources.values()):
        here = np.flatnonzero(source == number)
        if one.clients:
            n = len(one.clients)
            usual = np.minimum(rng.geometric(0.5, company.staff.n) - 1, n - 1)[rows.person[here]]
            other = rng.random(len(here)) < 0.02
            told[here] = _words(one.clients)[np.where(other, rng.integers(0, n, len(here)), usual)]
    return told


def planted(drafts: Drafts, ids: Words, tag: int) -> Words:
    """The ids of an incident's events, in order."""
    return np.sort(ids[drafts.tag == tag])
