"""Incidents that show in when, where and under which account somebody acts."""

from __future__ import annotations

import numpy as np

from monitor.world.company import Company, Role
from monitor.world.model import MINUTE_US
from monitor.world.scene import Scene, counted
from monitor.world.staff import leftover


def only_by_day(company: Company, role: Role) -> None:
    """The person never worked in the evening or at the weekend."""
    company.rota.calls.busy[role.person] = 0.0


def only_by_day_without_media(company: Company, role: Role) -> None:
    """Nor ever used the part's actions, such as removable media and uploads."""
    only_by_day(company, role)
    for action in role.part.does:
        company.rate[role.person, company.of_action[action]] = 0.0


def give_leftover(company: Company, role: Role) -> None:
    """The person has an account left over from earlier."""
    staff = company.staff
    staff.second[role.person] = staff.second[role.person] or leftover(staff.login[role.person])
    staff.second_use[role.person] = 0.0


def night_activity(s: Scene) -> str:
    """A day worker comes in the small hours and does usual things: nothing is strange but the hour."""
    nights, total = s.some_days(int(s.rng.integers(1, 4)), 12, 1), 0
    for day in nights:
        minutes, n = s.rng.uniform(25, 100), int(s.rng.integers(8, 30))
        start = s.at(int(day), s.rng.uniform(24.5, 28.0))
        s.log_on(start, minutes)
        s.usual(s.row(start + MINUTE_US, n, minutes * 50 / n))
        total += n
    return f"A day worker did {total} usual acts in {counted(len(nights), 'night')}."


def foreign_machine(s: Scene) -> str:
    """Usual acts under the own account, from the machine of a colleague whom the person has no reason to visit."""
    staff, day = s.company.staff, s.a_day(8)
    elsewhere = np.flatnonzero((staff.trade != staff.trade[s.person])[: staff.people])
    machine = int(s.rng.choice(elsewhere))
    minutes, n = s.rng.uniform(20, 80), int(s.rng.integers(6, 22))
    start = s.in_shift(day, 0.6, 1.3)
    s.log_on(start, minutes, machine=machine)
    s.usual(s.row(start + MINUTE_US, n, minutes * 50 / n), machine=machine)
    return f"Did {n} acts from the machine of somebody in another trade."


def after_last_day(s: Scene) -> str:
    """The access still works days after the last day, and is used."""
    days = min(s.company.days - 2 - s.role.last, 20)
    after = np.sort(s.rng.choice(np.arange(1, days + 1), min(days, int(s.rng.integers(1, 4))), replace=False))
    total = 0
    for day in after:
        start, n = s.at(s.role.last + int(day), s.rng.uniform(9, 22)), int(s.rng.integers(3, 14))
        s.log_on(start, s.rng.uniform(10, 45))
        s.usual(s.row(start + MINUTE_US, n, 45))
        total += n
    return f"Did {counted(total, 'act')} on {counted(len(after), 'day')} after the last day."


def dormant_account(s: Scene) -> str:
    """does: download. An account left over from earlier, used in the first weeks and never since, awakens."""
    for day in range(0, max(8, s.company.days // 8), 3):
        s.usual(s.row(s.in_shift(day), int(s.rng.integers(1, 4)), 300), second=True, planted=False)
    start, n = s.in_shift(s.a_day(10), 0.5, 1.2), int(s.rng.integers(8, 30))
    codes = s.codes(s.does[0], others=True)
    s.act(s.does[0], s.row(start, min(n, len(codes)), 40), target=s.distinct(n, codes), second=True)
    return f"An account not used for months came back and did {n} acts."


def untouched_target(s: Scene) -> str:
    """does: view or download; pool: where others work. Everyday acts on targets in which the team has no part."""
    n = int(s.rng.integers(4, 13))
    target = s.distinct(n, s.elsewhere(s.role.part.pool))
    s.act(s.does[0], s.row(s.in_shift(s.a_day(12), 0.2, 1.0), len(target), 70), target=target)
    return f"Opened {len(target)} targets that nobody in the team had a part in."


def after_hours_upload(s: Scene) -> str:
    """does: connect, copy, upload, or nothing where only logons are logged.

    After the first scenario of the CERT insider threat test data: somebody who never used removable media
    or worked after hours begins to log on at night, uses a drive, uploads, and leaves soon after.
    """
    nights = s.some_days(int(s.rng.integers(3, 8)), 20, 1)
    for day in nights:
        start, minutes = s.at(int(day), s.rng.uniform(20.5, 28.5)), s.rng.uniform(20, 90)
        s.log_on(start, minutes)
        if s.does:
            connect, copy, upload = s.does
            codes, n = s.codes(copy, others=True), int(s.rng.integers(3, 12))
            s.act(connect, start + 2 * MINUTE_US)
            s.act(copy, s.row(start + 3 * MINUTE_US, n, 40), target=s.distinct(n, codes))
            s.act(upload, s.row(start + 12 * MINUTE_US, int(s.rng.integers(1, 4)), 90))
    return f"Began to log on at night, {len(nights)} times, and left soon after."


def job_hunt(s: Scene) -> str:
    """does: send, or send, visit, connect, copy; pool: job sites.

    After the second scenario of the CERT insider threat test data: looks for work at competitors, writes to
    them from a private address, and shortly before leaving uses thumb drives far more than ever.
    """
    private, rivals = s.company.targets.staff + s.person, s.company.targets.rivals
    days = s.some_days(int(s.rng.integers(4, 9)), 28, 2)
    for day in days:
        s.act(s.does[0], s.in_shift(int(day)), target=int(s.rng.choice(rivals)), sender=private)
    copied = 0
    if len(s.does) > 1:
        _, visit, connect, copy = s.does
        for day in s.some_days(int(s.rng.integers(2, 13)), 28):
            n = int(s.rng.integers(2, 9))
            s.act(visit, s.row(s.in_shift(int(day)), n, 100), target=s.rng.choice(s.codes(), n))
        for day in s.some_days(int(s.rng.integers(1, 5)), 8):
            start, n = s.in_shift(int(day)), int(s.rng.integers(4, 30))
            s.act(connect, start)
            s.act(
                copy,
                s.row(start + MINUTE_US, n, 15),
                target=s.distinct(n, s.codes(copy, pool=s.pool_of(copy), others=True)),
            )
            copied += n
    taken = f", and copied {copied} files to a thumb drive" if copied else ""
    return f"Wrote to competitors from a private address {len(days)} times{taken}."
