"""Which name in a log is whose."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from monitor.model import Departure, Person

During = tuple[date, date]
"""The first and the last day of the logs."""


def lowered(name: str) -> str:
    """A name in small letters as the engine's lower() writes them: each letter by itself, the dotted I as i."""
    return name.lower() if name.isascii() else "".join("i" if c == "İ" else c.lower() for c in name)


_NAMED: tuple[Callable[[Person], Iterable[str]], ...] = (
    lambda person: person.accounts,
    lambda person: (person.email,) if person.email else (),
    lambda person: (lowered(person.person_id),),
)


@dataclass(frozen=True, slots=True)
class Stay:
    """From which day until which somebody is there (None: none is told), and the place of the feed that has the say."""

    begin: date | None = None
    end: date | None = None
    feed: int = 0


@dataclass(frozen=True, slots=True)
class Claim:
    """Somebody's claim to a name; `kind`: 0 an account, 1 an e-mail, 2 a person_id."""

    person_id: str
    kind: int
    stay: Stay


def stays(everyone: Iterable[Person], told: Iterable[Departure], feeds: Mapping[str, int]) -> dict[str, Stay]:
    """person_id -> when they are there. feeds: the place of the feed that has the say on each.

    Who began anew after the last day told, under the same id, is there without end.
    """
    ends: dict[str, date] = {}
    for departure in told:
        if departure.certainty != "withdrawn":
            ends[departure.person_id] = max(departure.last_day, ends.get(departure.person_id, departure.last_day))
    found = {}
    for person in everyone:
        end = ends.get(person.person_id)
        again = end and person.start_date and end < person.start_date
        found[person.person_id] = Stay(person.start_date, None if again else end, feeds.get(person.person_id, 0))
    return found


def own_names(
    everyone: Sequence[Person],
    there: Mapping[str, Stay] | None = None,
    during: Callable[[], During | None] = lambda: None,
    after_days: int = 30,
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """(name in lower case -> person_id, name -> those who claim it where nothing decides between them).

    One human being may stand on the rosters more than once: a rehire under a new number, a contractor's row in a
    vendor's list. The record of whoever is there while the logs run goes before one that begins after them or has
    ended before them; then accounts go before e-mails and these before ids; then a record goes that ended more than a
    watch window before the logs do; then the feed that is named first has the say.

    there: see `stays`.  during: asked only where a name is claimed by several.  after_days: of a watch window.
    """
    claims: dict[str, dict[str, Claim]] = {}
    for kind, named in enumerate(_NAMED):
        for person in everyone:
            stay = (there or {}).get(person.person_id, Stay())
            for name in named(person):
                claims.setdefault(name, {}).setdefault(person.person_id, Claim(person.person_id, kind, stay))
    several = {name: list(mine.values()) for name, mine in claims.items() if len(mine) > 1}
    logs = during() if several else None
    names = {name: next(iter(mine)) for name, mine in claims.items() if name not in several}
    shared: dict[str, tuple[str, ...]] = {}
    for name in sorted(several):
        left = _decide(several[name], logs, timedelta(days=after_days))
        if len(left) == 1:
            names[name] = left[0].person_id
        else:
            shared[name] = tuple(claim.person_id for claim in left)
    return names, shared


def _decide(claims: list[Claim], logs: During | None, after: timedelta) -> list[Claim]:
    """Who is left: one where something decides."""
    if logs:
        first, last = logs
        claims = [c for c in claims if not c.stay.begin or c.stay.begin <= last] or claims
        claims = _without_ended(claims, first)
    claims = [c for c in claims if c.kind == min(c.kind for c in claims)]
    if logs:
        claims = _without_ended(claims, logs[1] - after)
    return [c for c in claims if c.stay.feed == min(c.stay.feed for c in claims)]


def _without_ended(claims: list[Claim], before: date) -> list[Claim]:
    """Without those who ended before that day, where another has no end or a later one."""
    latest = max(c.stay.end or date.max for c in claims)
    return [c for c in claims if not (c.stay.end and c.stay.end < before and c.stay.end < latest)]
