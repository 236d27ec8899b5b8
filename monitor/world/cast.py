"""Who plays which part and when they leave: incidents and harmless endings are drawn alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import cycle

import numpy as np

from monitor.model import BadInput
from monitor.world import endings, incidents
from monitor.world.company import Company, Role
from monitor.world.model import Bools, Ints, Part
from monitor.world.staff import NEVER

FIRST_LEAVER = 0.4
"""Share of the period in which nobody leaves, so that there is something to learn from."""
LAST_MARGIN_DAYS = 6
LEAST_EMPLOYED_DAYS = 60
JOINER_DAYS = (14, 40)
MONTH_END_SHARE = 0.4
ALREADY_DOES = 0.75
"""Share of the incidents that are played by somebody to whom the action is nothing new."""


def cast(company: Company, n_incidents: int | None, n_leavers: int | None) -> None:
    """Give every part to somebody, and tell the roster who leaves when. Raises BadInput where people are too few."""
    rng, shape = company.stream("cast"), company.shape
    played = [(part, True) for part in _parts(shape.incidents, n_incidents)]
    harmless = None if n_leavers is None else n_leavers - len(played)
    played += [(part, False) for part in _parts(shape.endings, harmless)]
    taken = np.zeros(company.staff.n, np.bool_)
    # The choosiest first: a part that few can play would else find them taken.
    for part, incident in sorted(played, key=lambda one: -_demands(one[0])):
        last, person = _choose(company, part, taken, rng)
        taken[person] = True
        company.roles.append(Role(part, person, last, incident))
        _tell(company, person, last, rng)
    stay = ~taken & (company.staff.first < company.days // 2) & np.array([bool(one) for one in company.staff.person_id])
    for staying in np.flatnonzero(stay & (rng.random(company.staff.n) < shape.withdrawn)):
        _tell(company, int(staying), int(rng.integers(company.days // 2, company.days)), rng)
        company.staff.status[staying] = "withdrawn"
    for role in company.roles:
        prepare = (incidents.PREPARE if role.incident else endings.PREPARE).get(role.part.kind)
        if prepare:
            prepare(company, role)
        company.rota.end(role.person, role.last)


def _parts(parts: Sequence[Part], n: int | None) -> list[Part]:
    """Each part as often as it says; or n of them, going round, the dated one only once."""
    told = [part for part in parts for _ in range(part.count)]
    if n is None:
        return told
    return told[:n] if n <= len(told) else told + _take(cycle([p for p in told if not p.last_day]), n - len(told))


def _take(parts: Iterator[Part], n: int) -> list[Part]:
    return [next(parts) for _ in range(n)]


def _demands(part: Part) -> int:
    return (
        4 * bool(part.last_day) + 2 * bool(part.contractor or part.rhythms or part.kind == "joiner") + bool(part.trades)
    )


def _choose(company: Company, part: Part, taken: Bools, rng: np.random.Generator) -> tuple[int, int]:
    """A last day and somebody who can play the part until then."""
    staff, trades = company.staff, [trade.name for trade in company.shape.trades]
    fits = ~taken & np.array([bool(person_id) for person_id in staff.person_id])
    if part.trades:
        fits &= np.isin(staff.trade, [trades.index(name) for name in part.trades])
    wishes = [
        np.array(staff.contractor) | (not part.contractor),
        np.isin(staff.rhythm, part.rhythms) | (not part.rhythms),
    ]
    if part.does and rng.random() < ALREADY_DOES:
        wishes.append(_do_already(company, part.does))
    if part.kind == "joiner":
        new = (staff.first > 0) & (staff.first < company.days - JOINER_DAYS[1] - LAST_MARGIN_DAYS)
        wishes.append(new & (staff.first > company.days // 5))
    else:
        last = _last_day(company, part, rng)
        wishes.append(staff.first <= last - LEAST_EMPLOYED_DAYS)
    for wish in reversed(wishes):
        fits = fits & wish if (fits & wish).any() else fits
    if not fits.any():
        who = " or ".join(part.trades) or "anybody"
        raise BadInput(
            "generated organisation", None, f"nobody of {who} is left to play {part.kind}", "ask for more people"
        )
    person = int(rng.choice(np.flatnonzero(fits)))
    if part.kind == "joiner":
        last = int(np.clip(staff.first[person] + rng.integers(*JOINER_DAYS), 2, company.days - LAST_MARGIN_DAYS))
    return _working(company, person, last), person


def _do_already(company: Company, actions: Sequence[str]) -> Bools:
    """Who does any of the actions in the usual work, shape (actors,)."""
    numbers = [number for action in actions for number in company.of_action[action]]
    does: Bools = np.any(company.rate[:, numbers] > 0, axis=1)
    return does


def _last_day(company: Company, part: Part, rng: np.random.Generator) -> int:
    """Any day of the later part of the period, many at a month's end; after a quarter's for what belongs there."""
    start, days = company.shape.start, company.days
    latest = days - LAST_MARGIN_DAYS
    if part.last_day:
        return min((part.last_day - start).days, latest)
    choice: Ints = np.arange(int(FIRST_LEAVER * days), latest + 1)
    dates = [start + timedelta(days=int(day)) for day in choice]
    if part.kind == "quarter_end":
        ending = np.array([date.month % 3 == 1 and 1 <= date.day <= 7 for date in dates])
    else:
        ending = np.array([(date + timedelta(days=1)).day == 1 for date in dates]) & (rng.random() < MONTH_END_SHARE)
    return int(rng.choice(choice[ending] if ending.any() else choice))


def _working(company: Company, person: int, last: int) -> int:
    """The last day that the person works, at most a fortnight before."""
    busy = np.flatnonzero(company.rota.work.busy[person, max(0, last - 14) : last + 1])
    return max(0, last - 14) + int(busy[-1]) if len(busy) else last


def _tell(company: Company, person: int, last: int, rng: np.random.Generator) -> None:
    """What the roster says of a departure: its kind goes by the employment, notice by the kind."""
    staff = company.staff
    kinds, shares = ("resignation", "dismissal", "contract_end", "unknown"), (0.74, 0.16, 0.04, 0.06)
    if staff.contractor[person]:
        shares = (0.1, 0.1, 0.7, 0.1)
    kind = str(rng.choice(kinds, p=shares))
    ahead = {"dismissal": (0, 6), "contract_end": (7, 40), "resignation": (10, 62), "unknown": (3, 30)}[kind]
    known = rng.random() < (0.6 if kind in ("contract_end", "unknown") else 0.93)
    staff.last_day[person] = last
    staff.notice[person] = max(last - int(rng.integers(*ahead)), int(staff.first[person])) if known else NEVER
    staff.departure_kind[person] = kind
    staff.status[person] = str(rng.choice(["confirmed", "planned", ""], p=[0.7, 0.2, 0.1]))
