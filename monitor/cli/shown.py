"""How people, findings and times are shown by the commands that look at people."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from monitor.model import BadInput, Finding, Person

if TYPE_CHECKING:
    from monitor.looking import Look


def about(look: Look, person: Person) -> str:
    """Title and department."""
    return look.blur(", ".join(text for text in (person.title, person.department) if text), person.person_id)


def finding_as_json(look: Look, finding: Finding) -> dict[str, Any]:
    """A finding with the pseudonym in place of the person_id, and its texts blurred."""
    told = asdict(finding)
    whose = told.pop("person_id")
    shown = {"finding_id": told.pop("finding_id"), "person": look.label(whose)}
    accounts = [look.veil.whose(account, (whose,)) for account in told["accounts"]]
    return shown | {key: _blurred(look, value, whose) for key, value in told.items()} | {"accounts": accounts}


def days_given(look: Look, person: Person, first: datetime | None, last: datetime | None) -> tuple[date, date] | None:
    """The days that options name; None where they name none. Raises BadInput where they end before they begin."""
    if not first and not last:
        return None
    from monitor.investigating.circle import departure_of, everybody, shown_days

    departure = departure_of(look, person.person_id)
    usual = shown_days(look, departure, everybody(look).zone(person.person_id))
    days = (
        first.date() if first else usual[0],
        last.date() if last else max(usual[1], first.date() if first else usual[1]),
    )
    if days[0] > days[1]:
        raise BadInput("--from", None, f"{days[0]} comes after {days[1]}", "name an earlier day")
    if (days[1] - days[0]).days > 400:
        raise BadInput("--from", None, "more than 400 days", "name a later first day")
    return days


def _blurred(look: Look, value: Any, whose: str) -> Any:
    if isinstance(value, str):
        return look.blur(value, whose)
    if isinstance(value, dict):
        return {key: _blurred(look, part, whose) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_blurred(look, part, whose) for part in value]
    return value
