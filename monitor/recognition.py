"""What `lastday doctor` tells of people: whose events these are, and who of those watched is never seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from monitor.core.clocks import CLOCK_AHEAD, instant, micros
from monitor.core.counted import counted
from monitor.core.pseudonyms import Veil
from monitor.matching import days_of, identify
from monitor.model import BadInput, Departure, Person
from monitor.scanning import open_engine
from monitor.station import Station
from monitor.store.history import History
from monitor.store.recall import recall

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `state` is good, look (somebody should) or bad."""

    topic: str
    state: str
    text: str


def such_as(names: list[str]) -> str:
    """A few of them, as examples."""
    return "for example " + ", ".join(names[:SHOWN])


def people_checks(connection: Connection, station: Station, now: datetime) -> Iterator[Check]:
    """Whose events are, whose name is not clear, what is in no catalogue, and who of those watched is never seen."""
    everybody, leaving = station.rosters(connection)
    rules = station.settings
    with open_engine(rules) as db:
        recall(connection, db, station.data)
        logs, feeds = partial(days_of, History(db)), station.feeds(connection)
        people = identify(everybody.values(), rules.people.timezone, leaving, feeds, logs, rules.windows.after)
        actors = db.execute("SELECT lower(actor), feed, count(*) FROM event GROUP BY 1, 2").fetchall()
        actions = [action for (action,) in db.execute("SELECT DISTINCT action FROM event ORDER BY 1").fetchall()]
        late = f"SELECT feed, count(*), max(t) FROM event WHERE t > {micros(now + CLOCK_AHEAD)} GROUP BY 1 ORDER BY 1"
        ahead = db.execute(late).fetchall()
    for feed, n, last in ahead:
        text = f"{counted(n, 'event')} of {feed} later than this clock, up to {instant(last):%Y-%m-%d %H:%MZ}"
        yield Check("clock", "look", f"{text}; a clock is off, and nothing of that is judged before its time comes")
    known = people.names.keys() | people.ambiguous.keys()
    strangers = [row for row in actors if row[0] not in known]
    total, lost = (sum(n for _, _, n in rows) for rows in (actors, strangers))
    if strangers:
        who = counted(len({actor for actor, _, _ in strangers}), "actor")
        text = f"{lost:,} of {total:,} events are by {who} on no roster: {'; '.join(_by_source(strangers))}"
        yield Check("accounts", "bad" if lost > total / 2 else "look", text)
    elif total:
        yield Check("accounts", "good", "every actor is on a roster")
    if people.ambiguous:
        names = counted(len(people.ambiguous), "name belongs", "names belong")
        text = f"{names} to several people and are nobody's, {such_as(list(people.ambiguous))}"
        inside = {d.person_id for d in leaving if station.is_open(d, now)}
        lost = [name for name, claimed in people.ambiguous.items() if inside.intersection(claimed)]
        if lost:
            mend = "give each person one row, or the old one its last_day"
            text += f"; {len(lost):,} of them of somebody who is watched: {mend}"
        yield Check("accounts", "bad" if lost else "look", text)
    yield from _actions(station, actions)
    seen = {people.names[actor] for actor, _, _ in actors if actor in people.names}
    active = {people.all[i].person_id for i in seen}
    yield from _unseen(station, station.veil(connection), everybody, leaving, active, now)


def _by_source(strangers: Sequence[tuple[str, str, int]]) -> Iterator[str]:
    """Of each source the number of events, the most first, and who did most of them. strangers: (actor, source, n)."""
    sums: Counter[str] = Counter()
    for _, feed, n in strangers:
        sums[feed] += n
    for feed, n in sorted(sums.items(), key=lambda item: (-item[1], item[0])):
        busiest = sorted(((count, actor) for actor, of, count in strangers if of == feed), reverse=True)
        yield f"{n:,} of {feed}, {such_as([actor for _, actor in busiest])}"


def _actions(station: Station, actions: list[str]) -> Iterator[Check]:
    try:
        catalogue = station.settings.load_catalogue()
    except BadInput:
        return
    unknown = [action for action in actions if not catalogue.knows(action)]
    if unknown:
        text = f"{len(unknown):,} of {len(actions):,} actions are in no catalogue and count as ordinary changes"
        yield Check("actions", "look", f"{text}, {such_as(unknown)}")


def _unseen(
    station: Station, veil: Veil, everybody: dict[str, Person], leaving: list[Departure], seen: set[str], now: datetime
) -> Iterator[Check]:
    inside = {d.person_id for d in leaving if d.person_id in everybody and station.is_open(d, now)}
    blind = sorted(map(veil.pseudonym, inside - seen))
    if blind:
        text = f"{len(blind):,} of {len(inside):,} watched people have no activity in any log, {such_as(blind)}"
        yield Check("watched", "look", text)
    else:
        yield Check("watched", "good", f"{counted(len(inside), 'person is', 'people are')} watched")
