"""The one door of every command that looks at people: who looks, at whom, and what is shown of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from monitor import custody
from monitor.core.identity import lowered, own_names, stays
from monitor.core.pseudonyms import PREFIX, Veil
from monitor.core.roles import Viewer
from monitor.core.routing import names_of
from monitor.core.windows import day_number
from monitor.model import BadInput, Departure, Person
from monitor.station import Station
from monitor.store import cases, requests
from monitor.viewers import lacking, system_user, viewer_of

ANYBODY = "(name)"
"""In place of whoever was named by somebody who may ask for nobody by name."""


@dataclass(slots=True)
class Look:
    """One viewer's look into one working folder. Who they are on the rosters themselves is left out of it."""

    station: Station
    viewer: Viewer
    now: datetime
    people: dict[str, Person]
    departures: list[Departure]
    veil: Veil
    command: str = ""
    reveal: bool = False
    reason: str | None = None
    waits: list[str] = field(default_factory=list)
    """Tables of lastday.toml whose change waits for a second person; the old ones are in force."""
    by_name: set[str] = field(default_factory=set)
    """Who was asked for last by name, account, e-mail or person_id; every row about them says so."""

    def may(self, right: str) -> None:
        """Raises BadInput where the viewer's roles lack the right; the attempt is on record."""
        if right not in self.viewer.rights:
            self.record("refused", detail=f"no right to {right}")
            raise lacking(self.viewer, right)

    def find(self, who: str) -> Person:
        """The person as typed: by pseudonym, or by name as `person_id` has it; a look as `visit` has it."""
        self.may("look")
        return self.visit(self.person_id(who), who)

    def visit(self, person_id: str, who: str = "", *, by_case: bool = False) -> Person:
        """The person, whom a roster must know. Raises BadInput.  who: as typed, where somebody typed it.
        by_case: it is a case of theirs or a finding that is looked at.

        The row in the audit chain is committed before this returns. Outside the watch window a reason is
        needed but for an open case, as a departure that became known late can open one; a reveal that was
        asked for is brought into force. The viewer's own person is answered like nobody: by trying, one does not
        learn which pseudonym one is.
        """
        self.may("look")
        person = self.veil.people.get(person_id)
        if person is None:
            raise nobody(who or self.veil.pseudonym(person_id))
        if person_id in self.viewer.own:
            self.record("refused", person_id, "a look at the viewer's own person")
            raise nobody(who)
        watched = self.watches(person_id)
        outside = "" if watched else "outside the watch window"
        if outside and by_case and self.has_open_case(person_id):
            watched, outside = True, f"{outside}, an open case"
        if not watched and not self.reason:
            self.record("refused", person_id, "outside the watch window, no reason given")
            mend = "say why with --reason; it is kept on record"
            raise BadInput(self.label(person_id), None, "is not in a watch window", mend)
        if self.reveal:
            self._reveal(person_id)
        self.record("look", person_id, outside)
        return person

    def label(self, person_id: str) -> str:
        """The pseudonym, such as p-7k3m9qxa; "Name (person_id)" while a reveal is in force."""
        return self.veil.label(person_id)

    def answered(self, person_id: str) -> str:
        """The pseudonym, but for who named the person by a right that does not show it: to them, "the person"."""
        told = self.names_people or person_id not in self.by_name
        return self.veil.pseudonym(person_id) if told else "the person"

    def blur(self, text: str, about: str | None = None) -> str:
        """Free text with every known name, e-mail, account and person_id replaced by the pseudonym, unless revealed.

        about: of whom the text is, where that is known; parts of that person's name count too.
        """
        return self.veil.blur(text, () if about is None else (about,))

    def is_own(self, who: str) -> bool:
        """Is this a name of the viewer's own person, as typed?"""
        own = [self.veil.people[p] for p in self.viewer.own if p in self.veil.people]
        names = (
            names_of(own) | {self.veil.pseudonym(p) for p in self.viewer.own} | {lowered(full_label(p)) for p in own}
        )
        return who in self.viewer.own or lowered(who.strip()) in names

    def own_pseudonyms(self) -> frozenset[str]:
        """Under which pseudonyms the viewer stands here; they are not told which."""
        return frozenset(map(self.veil.pseudonym, self.viewer.own))

    def hides(self, person_id: str) -> bool:
        """Is this the viewer's own person, of whom nothing is shown?"""
        return person_id in self.viewer.own

    def watches(self, person_id: str) -> bool:
        """Is the person in a watch window today, by their own calendar?"""
        person = self.people.get(person_id)
        zone = (person.zone if person else None) or self.station.settings.people.timezone
        today = day_number(self.now.astimezone(ZoneInfo(zone)).date())
        return any(d.person_id == person_id and self._is_open(d, today) for d in self.departures)

    def whose(self) -> dict[str, str]:
        """name in logs -> person_id of whose it is, as events are judged: see `identity.own_names`."""
        with self.station.state.read() as connection:
            everybody, leaving = self.station.rosters(connection)
            feeds = self.station.feeds(connection)
        settings, today, people = self.station.settings, self.now.date(), list(everybody.values())
        logs = today - timedelta(days=settings.store.keep_days), today
        return own_names(people, stays(people, leaving, feeds), lambda: logs, settings.windows.after)[0]

    def has_open_case(self, person_id: str) -> bool:
        """Is a case about the person not closed yet?"""
        with self.station.state.read() as connection:
            return any(c.person_id == person_id and c.state != "closed" for c in cases.all_cases(connection))

    def record(self, what: str, person_id: str | None = None, detail: str = "") -> None:
        """A row in the audit chain, committed when this returns."""
        with self.station.state.write() as connection:
            self.note(connection, what, person_id, detail)

    def note(self, connection: Connection, what: str, person_id: str | None = None, detail: str = "") -> None:
        """A row in the audit chain, within the caller's transaction."""
        shown = "names shown" if person_id in self.veil.shown or (person_id is None and self.veil.shown) else ""
        named = "asked for by name" if person_id in self.by_name else ""
        told = "; ".join(part for part in (self.command, detail, named, shown) if part)
        self.station.note(connection, self.now, self.viewer.name, self.viewer.role, what, person_id, self.reason, told)

    def pseudonym(self, who: str) -> str:
        """The pseudonym of somebody as typed, also of somebody who is on no roster any more. Raises BadInput."""
        typed = who.strip().lower()
        return typed if typed.startswith(PREFIX) else self.veil.pseudonym(self.person_id(who))

    @property
    def names_people(self) -> bool:
        """May the viewer ask for anybody by name? Where two persons reveal, only for whom that was approved."""
        alone = not self.station.settings.privacy.two_person
        return not self.station.settings.viewers or ("reveal" in self.viewer.rights and alone)

    def own_words(self, text: str) -> str:
        """What the viewer typed, as it may be kept and shown again: blurred then, like any text.

        Of one who may ask for nobody by name it loses every part of a name at once, under the same mark for all:
        else the pseudonym that takes the place of a name would tell who is who.
        """
        return text if self.names_people else self.veil.blur(text, self.veil.people, ANYBODY)

    def person_id(self, who: str, right: str | None = None) -> str:
        """The person_id of whoever is meant; no look at them yet. Raises BadInput where it is nobody, or several.

        By pseudonym, or, for whoever may reveal them, by person_id, account, e-mail or the label that a reveal
        shows; all others get one answer to every name, be it anybody's or nobody's.  right: gives leave to name too.
        """
        people, wanted = self.veil.people, lowered(who.strip())
        others = [p for p in people if p not in self.viewer.own] if wanted.startswith(PREFIX) else []
        for person_id in others:
            if self.veil.pseudonym(person_id) == wanted:
                self.by_name.discard(person_id)
                return person_id
        free = self.names_people or right in self.viewer.rights
        known = people if free else {p: people[p] for p in self.veil.shown if p in people}
        found = [p for p in known if p == who]
        found = found or [p for p, person in known.items() if wanted in names_of([person])]
        found = found or [p for p, person in known.items() if who.strip() == full_label(person)]
        if not found and not free and not wanted.startswith(PREFIX):
            self.record("refused", detail="somebody asked for by name, by one who may not")
            mend = "ask by pseudonym or case id, as in lastday leavers; by name asks only who may reveal the person"
            raise BadInput(who, None, "is no pseudonym", mend)
        if not found:
            raise nobody(who)
        if len(found) > 1:
            names = ", ".join(sorted(map(self.veil.pseudonym, found)))
            raise BadInput(who, None, "is a name of several people", f"name one of {names}")
        self.by_name.add(found[0])
        return found[0]

    def _reveal(self, person_id: str) -> None:
        """Bring the names of a person into force for a while, or ask a second person to."""
        if person_id in self.veil.shown:
            return
        self.may("reveal")
        if not self.reason:
            raise BadInput("--reveal", None, "no reason is given", "say why with --reason; it is kept on record")
        rules, subject = self.station.settings.privacy, self.veil.pseudonym(person_id)
        alone = not rules.two_person
        until = self.now + timedelta(minutes=rules.reveal_minutes) if alone else self.asked_until()
        with self.station.state.write() as connection:
            reason = self.blur(self.reason, person_id)
            by = self.viewer.name
            seq = requests.waiting_of(connection, self.now, "reveal", subject, by) if not alone else None
            if seq is None:
                seq = requests.make(
                    connection, "reveal", subject, {}, reason, self.now, by, until, by if alone else None
                )
                self.note(connection, "reveal" if alone else "reveal asked", person_id, f"request {seq}")
        if not alone:
            mend = f"a second person must run lastday reveal approve {seq}; then the names show"
            raise BadInput(subject, None, f"the reveal waits as request {seq}", mend)
        person = self.veil.people[person_id]
        self.veil = replace(self.veil, shown={**self.veil.shown, person_id: full_label(person)})

    def asked_until(self) -> datetime:
        """So long a request waits for a second person."""
        return self.now + timedelta(hours=self.station.settings.privacy.request_hours)

    def _is_open(self, departure: Departure, today: int) -> bool:
        first, end = self.station.window(departure)
        return departure.certainty != "withdrawn" and first <= today < end


@contextmanager
def open_look(
    station: Station, now: datetime, *, command: str = "", reveal: bool = False, reason: str | None = None
) -> Iterator[Look]:
    """A look into an open station by whoever runs this process. Raises BadInput for somebody without a role."""
    waits = custody.take_over(station, now, system_user())
    with station.state.read() as connection:
        everybody, leaving = station.rosters(connection)
        veil = station.veil(connection)
        viewer = viewer_of(station, everybody)
        granted = requests.standing(connection, now, ["reveal"], "granted")
    mine = {r.subject for r in granted if r.made_by == viewer.name}
    shown = {p: full_label(person) for p, person in everybody.items() if veil.pseudonym(p) in mine} if mine else {}
    people = {p: person for p, person in everybody.items() if p not in viewer.own}
    look = Look(
        station, viewer, now, people, [d for d in leaving if d.person_id not in viewer.own],
        replace(veil, shown=shown), command, reveal, None, waits,
    )  # fmt: skip
    look.reason = look.own_words((reason or "").strip()) or None
    yield look


@contextmanager
def acting(station: Station, now: datetime, right: str, command: str, reason: str | None = None) -> Iterator[Look]:
    """A look for something that needs a right. Raises BadInput where the viewer lacks it."""
    with open_look(station, now, command=command, reason=reason) as look:
        look.may(right)
        yield look


def nobody(who: str) -> BadInput:
    """The error about somebody who is not there, for this viewer."""
    return BadInput(who, None, "is nobody whom a roster knows", "see lastday leavers")


def full_label(person: Person) -> str:
    """Name and person_id, as shown while a reveal is in force."""
    return f"{person.name} ({person.person_id})" if person.name else person.person_id
