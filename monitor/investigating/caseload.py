"""Cases as they stand, and deciding about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from sqlalchemy import Connection

from monitor.core import casework
from monitor.core.fold import rank
from monitor.core.roles import own_ids
from monitor.core.routing import names_of
from monitor.custody import concerning
from monitor.looking import Look
from monitor.model import BadInput, Case, CaseStep, Feedback, Finding, Person
from monitor.store import cases, steps

LEAST_PREFIX = 5
"""A case may be named by the beginning of its id, from so many characters on."""


@dataclass(frozen=True, slots=True)
class Held:
    """A case with its findings, highest score first, what was done with it, and who looks after it."""

    case: Case
    findings: tuple[Finding, ...]
    steps: tuple[CaseStep, ...]
    assignee: str | None


@dataclass(frozen=True, slots=True)
class Filter:
    """Which cases are meant. severity: this and above.  at_most: this and below.  action: a pattern all acts fit."""

    states: tuple[str, ...] = ("open", "acked", "closed")
    severity: str | None = None
    at_most: str | None = None
    department: str | None = None
    action: str | None = None
    assignee: str | None = None
    last_day_before: date | None = None

    @property
    def is_narrow(self) -> bool:
        """Does it leave anything out, besides by state?"""
        return any((self.severity, self.at_most, self.department, self.action, self.assignee, self.last_day_before))


def caseload(look: Look, wanted: Filter | None = None) -> list[Held]:
    """The cases that fit, the gravest and then the highest score first; never those about the viewer."""
    with look.station.state.read() as connection:
        everything, found = cases.all_cases(connection), cases.findings_of(connection)
        done = steps.all_steps(connection)
    assigned = casework.assignees(done)
    held = [
        Held(case, tuple(found.get(case.case_id, ())), tuple(s for s in done if s.case_id == case.case_id),
             assigned.get(case.case_id))
        for case in everything
        if not look.hides(case.person_id)
    ]  # fmt: skip
    chosen = [one for one in held if wanted is None or _fits(look, one, wanted)]
    return sorted(chosen, key=_by_gravity)


def _by_gravity(one: Held) -> tuple[bool, int, float, date, str]:
    """What is done with comes last, then the level counts, and within it the score."""
    score = one.findings[0].score if one.findings else 0.0
    return one.case.state == "closed", -rank(one.case.severity), -score, one.case.last_day, one.case.case_id


def held_case(look: Look, case_id: str) -> tuple[Held, Person]:
    """One case, by its id or the beginning of it, or by its person; the look at its person is on record.

    Raises BadInput where there is none, where several fit, or where the viewer may not see it.
    """
    whose = None
    with look.station.state.read() as connection:
        everything = cases.all_cases(connection)
        mine = [c for c in everything if c.case_id == case_id]
        if not mine and len(case_id) >= LEAST_PREFIX:
            mine = [c for c in everything if c.case_id.startswith(case_id)]
        if not mine:
            whose = _meant(look, case_id)
            mine = [c for c in everything if c.person_id == whose]
        for own in [c for c in mine if look.hides(c.person_id)]:
            look.record("refused", own.person_id, "a case about the viewer")
            mine.remove(own)
        if len(mine) != 1:
            raise _unclear(look, case_id, whose, bool(mine))
        found = cases.findings_of(connection).get(mine[0].case_id, [])
        done = steps.all_steps(connection, mine[0].case_id)
    person = look.visit(mine[0].person_id, by_case=True)
    return Held(mine[0], tuple(found), tuple(done), casework.assignees(done).get(mine[0].case_id)), person


def _unclear(look: Look, case_id: str, whose: str | None, several: bool) -> BadInput:
    """Why that names not one case, and what to do: of somebody who has none it is said, as a look at them."""
    mend = f"see lastday case list; {LEAST_PREFIX} characters of an id are enough"
    if several:
        return BadInput(f"case {case_id}", None, "fits several cases", mend)
    if whose is None or look.hides(whose):
        return BadInput(f"case {case_id}", None, "is no case", mend)
    who = look.veil.pseudonym(look.visit(whose, case_id).person_id)
    what = "has no case: nothing that they did stands out enough"
    return BadInput(who, None, what, f"lastday timeline {who} shows what they did, lastday case list who has a case")


def _meant(look: Look, who: str) -> str | None:
    """The person_id of whoever is called so, None for nobody, and for a name by which this viewer may not ask."""
    try:
        return look.person_id(who)
    except BadInput:
        return None


def decide(
    look: Look, case_id: str, what: str, change: Callable[[Case, Sequence[Finding]], Case] | None, *, text: str = "",
    verdict: str | None = None, expires: date | None = None,
) -> Case:  # fmt: skip
    """Change a case as it stands at this moment, and write down who did it and why, in one transaction.

    A verdict of somebody whom `is_concerned` names holds for that case alone: judgement learns nothing from it.
    Raises BadInput where the case is in no state for it.
    """
    look.may("decide")
    state = look.station.state
    with state.write() as connection:
        cases.lock(connection)
        case = next(c for c in cases.all_cases(connection) if c.case_id == case_id)
        found = cases.findings_of(connection).get(case_id, [])
        after = change(case, found) if change else case
        if after != case:
            cases.save_case(connection, after)
        actions = tuple(sorted({f.action for f in found})) if verdict else ()
        teaches = verdict and not is_concerned(look, connection)
        until = (expires or casework.until(case, look.station.settings.windows.after)) if teaches else None
        kept = text if what == "assign" else look.own_words(text)
        step = CaseStep(case_id, case.person_id, look.now, look.viewer.name, what, kept, verdict, actions, until)
        steps.add_step(connection, step)
        look.note(connection, f"case {what}", case.person_id, f"{case_id}{f' as {verdict}' if verdict else ''}")
    return after


def is_concerned(look: Look, connection: Connection) -> bool:
    """Does the viewer leave too, or have a case? Their own acts are held against those of whom they find harmless."""
    _, leaving = look.station.rosters(connection)
    return bool(look.viewer.own & concerning(connection, look.station, leaving, look.now))


def check_assignee(look: Look, who: str, case: Case) -> None:
    """Raises BadInput where this is nobody who may decide, or the person concerned."""
    rules = look.station.settings.viewers
    if rules and who not in {rule.name for rule in rules if {"investigator"} & set(rule.roles)}:
        raise BadInput(who, None, "is no investigator of this folder", "name one of [[viewers]] who is")
    named = [(p, names_of([person])) for p, person in look.veil.people.items()]
    person_of = {rule.name: rule.person or rule.user or rule.name for rule in rules}.get(who, who)
    if case.person_id in own_ids(person_of, named):
        raise BadInput("case assign", None, "nobody looks after their own case", "name somebody else")


def verdicts(look: Look) -> tuple[Feedback, ...]:
    """What closed cases teach judgement; without what is about the viewer."""
    with look.station.state.read() as connection:
        found = casework.verdicts_in_force(steps.all_steps(connection))
    return tuple(entry for entry in found if not look.hides(entry.person_id or ""))


def _fits(look: Look, one: Held, wanted: Filter) -> bool:
    case, person = one.case, look.people.get(one.case.person_id)
    department = (person.department or "" if person else "").casefold()
    tests = (
        case.state in wanted.states,
        wanted.severity is None or rank(case.severity) >= rank(wanted.severity),
        wanted.at_most is None or rank(case.severity) <= rank(wanted.at_most),
        wanted.department is None or department == wanted.department.casefold(),
        wanted.action is None or _all_like(wanted.action, (f.action for f in one.findings)),
        wanted.assignee is None or one.assignee == wanted.assignee,
        wanted.last_day_before is None or case.last_day < wanted.last_day_before,
    )
    return all(tests)


def _all_like(pattern: str, actions: Iterable[str]) -> bool:
    """Is there an action, and does every one fit the pattern?"""
    told = [fnmatchcase(action.casefold(), pattern.casefold()) for action in actions]
    return bool(told) and all(told)
