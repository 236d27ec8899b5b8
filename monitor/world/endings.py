"""How harmless people leave: some of it strange, none of it bad."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from monitor.world.company import Company, Role
from monitor.world.incidents.harm import call_campaign
from monitor.world.rota import call_out, working_days
from monitor.world.scene import Scene
from monitor.world.staff import other_team


def goodbye(s: Scene) -> None:
    """Mails many colleagues on the last day, and a last one or two to the own private address."""
    send, people = s.company.shape.words["send"], s.company.staff.people
    n = int(s.rng.integers(15, min(70, people // 2)))
    start = s.in_shift(int(s.days(3)[-1]), 0.5, 0.85)
    s.act(send, s.row(start, n, 12), target=s.rng.choice(people, n, replace=False))
    private = s.company.targets.staff + s.person
    s.act(send, s.row(start, int(s.rng.integers(1, 3)), 900), target=private)


def hand_over(s: Scene) -> None:
    """Shares or hands over what is the own and the team's, in the last two weeks."""
    words = s.company.shape.words
    for day in s.some_days(int(s.rng.integers(2, 5)), 13):
        n = int(s.rng.integers(6, 20))
        for word in ("share", "transfer"):
            if word in words and s.rng.random() < 0.7:
                s.act(
                    words[word],
                    s.row(s.in_shift(int(day), 0.1, 0.7), n, 50),
                    target=s.at_hand(s.pool_of(words[word]), n),
                )


def tidying(s: Scene) -> None:
    """Deletes things of the own in the last days."""
    delete = s.company.shape.words["delete"]
    for day in s.some_days(2, 4):
        gone = s.own(s.pool_of(delete), int(s.rng.integers(10, 35)))
        s.act(delete, s.row(s.in_shift(int(day), 0.2, 0.8), len(gone), 12), target=gone)


def papers(s: Scene) -> None:
    """Takes a few papers of the own: reads them once more, and mails some to the own private address."""
    words, n = s.company.shape.words, int(s.rng.integers(2, 6))
    start = s.in_shift(s.a_day(5), 0.3, 0.8)
    if "download" in words:
        s.act(words["download"], s.row(start, n, 60), target=s.own(s.pool_of(words["download"]), n))
    s.act(words["send"], s.row(start, n, 200), target=s.company.targets.staff + s.person)


def nights_on_call(company: Company, role: Role) -> None:
    """On call, and called, in some of the last nights."""
    call_out(
        company.rota.calls,
        role.person,
        slice(max(0, role.last - 9), role.last),
        0.5,
        company.stream("calls", role.person),
    )


def leave_and_backlog(company: Company, role: Role) -> None:
    """Two or three weeks of leave, then few days with much to catch up."""
    rng, busy = company.stream("backlog", role.person), company.rota.work.busy[role.person]
    back = role.last - int(rng.integers(2, 7))
    busy[max(0, back - int(rng.integers(12, 22))) : back] = 0.0
    busy[back : role.last + 1] *= rng.uniform(1.8, 2.8)


def few_days(company: Company, role: Role) -> None:
    """Hardly there any more: remaining leave is taken, and one or two days are worked."""
    days = working_days(company.rota.work, role.person, role.last - 25, role.last - 1)
    rng = company.stream("few days", role.person)
    company.rota.work.busy[role.person, rng.permutation(days)[int(rng.integers(1, 3)) :]] = 0.0


def team_move(company: Company, role: Role) -> None:
    """Goes to another team of the trade some weeks before the end, with its things to work on."""
    staff, rng = company.staff, company.stream("move", role.person)
    staff.team_later[role.person] = other_team(staff.trade, staff.team, role.person, rng)
    staff.moves[role.person] = role.last - int(rng.integers(8, 35))


PLAYS: Mapping[str, Callable[[Scene], None]] = {
    "goodbye": goodbye, "hand_over": hand_over, "tidying": tidying, "papers": papers,
}  # fmt: skip
PREPARE: Mapping[str, Callable[[Company, Role], None]] = {
    "on_call": nights_on_call, "backlog": leave_and_backlog, "few_days": few_days, "team_move": team_move,
    "campaign": call_campaign,
}  # fmt: skip
