"""Incidents in which something is broken, moved or said."""

from __future__ import annotations

import numpy as np

from monitor.world.company import Campaign, Company, Role
from monitor.world.model import MINUTE_US
from monitor.world.scene import Scene


def wrong_target(s: Scene) -> str:
    """does: deactivate, reactivate; pool: accounts that many follow.

    2 November 2017: about an hour before the end of his last shift an authorised contractor deactivates
    an account, as he did thousands of times; it is the one that most follow. Leaves a single line like
    the others, but for its magnitude, and a colleague's reactivation eleven minutes later.
    """
    deactivate, reactivate = s.does
    codes = s.codes()
    target = int(codes[np.argmax(s.company.targets.size[codes])])
    work, day = s.company.rota.work, int(s.days(WEEK)[-1])
    end = float(work.start[s.person, day] + work.hours[s.person, day])
    when = s.at(day, end) - int(s.rng.uniform(55, 68) * MINUTE_US)
    s.act(deactivate, when, target=target)
    mates = s.company.staff.teammates(s.person)
    at_work = mates[work.busy[mates, day] > 0]
    colleague = int(s.rng.choice(at_work if len(at_work) else mates))
    s.act(reactivate, when + 11 * MINUTE_US, target=target, person=colleague, planted=False)
    size = s.company.targets.size[target]
    return f"Deactivated the account of {size / 1e6:,.0f} million followers an hour before the end of the last shift."


WEEK = 7


def mass_deletion(s: Scene) -> str:
    """does: delete. Deletes many shared targets in a row, late in the last shift or in the evening after it."""
    codes = s.codes(s.does[0])
    gone = s.distinct(int(s.rng.integers(8, 26)), codes)
    s.act(s.does[0], s.row(s.in_shift(int(s.days(2)[-1]), 0.6, 1.15), len(gone), 25), target=gone)
    return f"Deleted {len(gone)} shared targets within half an hour."


def routine_sabotage(s: Scene) -> str:
    """does: one or more routine acts of an administrator, all on one pool.

    Each act is one that the person does every week; here they hit the most valued targets, each once,
    in quick order.
    """
    codes = s.codes(s.does[0])
    size = np.nan_to_num(s.company.targets.size[codes])
    valued = codes[np.argsort(-size, kind="stable")[: max(20, len(codes) // 10)]]
    hit = s.distinct(int(s.rng.integers(9, 22)), valued)
    times = s.row(s.in_shift(s.a_day(3), 0.5, 1.1), len(hit), 55)
    action = s.rng.integers(len(s.does), size=len(hit))
    for index, name in enumerate(s.does):
        rows = action == index
        if rows.any():
            s.act(name, times[rows], target=hit[rows])
    return f"Did {len(hit)} routine acts on as many of the most valued targets in quick order."


def call_campaign(company: Company, role: Role) -> None:
    """A team-wide campaign in the last fortnight, in which the act will hide."""
    rng = company.stream("campaign_act", role.person)
    busy = np.flatnonzero(company.rota.work.busy[role.person, : role.last + 1] > 0)[-10:]
    team, factor = int(company.staff.team[role.person]), float(rng.uniform(5, 9))
    company.campaigns.append(Campaign(team, int(rng.choice(busy)), role.part.does[0], factor))


def campaign_act(s: Scene) -> str:
    """does: the campaign's action; pool: valued targets. On a day on which the whole team does many of these,
    a few of the person's hit targets that have no part in the campaign.
    """  # fmt: skip
    team = int(s.company.staff.team[s.person])
    day = max(c.day for c in s.company.campaigns if c.team == team and c.action == s.does[0] and c.day <= s.role.last)
    codes = s.codes()
    size = np.nan_to_num(s.company.targets.size[codes])
    valued = codes[np.argsort(-size, kind="stable")[: max(15, len(codes) // 20)]]
    hit = s.distinct(int(s.rng.integers(4, 13)), valued)
    s.act(s.does[0], s.row(s.in_shift(day, 0.2, 0.8), len(hit), 120), target=hit)
    return f"On a day on which the whole team did many of these, did {len(hit)} on targets outside the campaign."


def bank_details(s: Scene) -> str:
    """does: change, release. Changes a payee's bank details and releases a payment to it a day or two later.

    Both acts are routine; that one person does both on one target within days is not.
    """
    change, release = s.does
    vendor = int(s.rng.choice(s.codes(change)))
    days = s.some_days(2, 12, 1)
    first = s.in_shift(int(days[0]), 0.1, 0.5)
    later = s.in_shift(int(days[-1]), 0.5, 0.95)
    n = int(s.rng.integers(1, 3))
    size = s.large(release, n, 1.0, 2.8)
    s.act(change, first, target=vendor)
    s.act(release, s.row(later, n, 200), target=vendor, size=size)
    return f"Changed a payee's bank details, then released {size.sum():,.0f} to it."


def mail_in_name(s: Scene) -> str:
    """does: send, and connect, copy where media are logged.

    An administrator goes to the superior's machine at night (with a thumb drive), and next day mails many
    people from there with the superior's address as sender, then leaves.
    """
    staff = s.company.staff
    lead, mates = int(staff.lead[staff.team[s.person]]), staff.teammates(s.person)
    superior = lead if lead != s.person or not len(mates) else int(mates[0])
    day = int(s.days(3)[-1])
    night = s.at(day - 1, s.rng.uniform(20.5, 23.5))
    s.log_on(night, s.rng.uniform(15, 50), machine=superior)
    if len(s.does) > 1:
        s.act(s.does[1], night + 3 * MINUTE_US, machine=superior)
        n = int(s.rng.integers(2, 5))
        files = s.own(s.pool_of(s.does[2]), n)
        s.act(s.does[2], s.row(night + 5 * MINUTE_US, n, 40), target=files, machine=superior)
    morning = s.in_shift(day, 0.1, 0.9)
    n = int(s.rng.integers(12, 40))
    s.log_on(morning, s.rng.uniform(25, 60), machine=superior)
    everybody = s.rng.choice(staff.people, n, replace=False)
    s.act(s.does[0], s.row(morning + 3 * MINUTE_US, n, 20), target=everybody, machine=superior, sender=superior)
    return f"Used the superior's machine and mailed {n} people in the superior's name."
