"""Incidents in which something is taken along."""

from __future__ import annotations

import numpy as np

from monitor.world.model import MINUTE_US
from monitor.world.scene import Scene, counted


def customer_list_export(s: Scene) -> str:
    """does: export. Whole customer lists where the work needs segments.

    Leaves one to three lines in working hours, far larger than the person's exports and the peers'.
    """
    n = int(s.rng.integers(1, 4))
    size = s.large(s.does[0], n, 3.0, 4.2)
    target = s.rng.choice(s.codes(s.does[0]), n)
    s.act(s.does[0], s.row(s.in_shift(s.a_day(14)), n, 240), target=target, size=size)
    return f"Exported {size.sum():,.0f} rows of customer lists, in {counted(n, 'export')}."


def large_export(s: Scene) -> str:
    """does: export. One export like any other, but for its size."""
    size = s.large(s.does[0], 1, 3.3, 4.6)
    s.act(s.does[0], s.in_shift(s.a_day(10)), size=size)
    return f"Among many routine exports, one of {size[0]:,.0f}."


def slow_exfiltration(s: Scene) -> str:
    """does: download. A few more files a day over weeks, from everybody's folders as well as the own ones.

    No single line stands out; the number of different targets and the sum over the weeks do.
    """
    most = min(s.longest, int(s.rng.integers(22, 30)))
    codes, pace, total = s.codes(s.does[0], others=True), s.rng.uniform(3, 7), 0
    days = s.days(most)
    for day in days:
        n = int(s.rng.poisson(pace))
        times = np.array([s.in_shift(int(day)) for _ in range(n)], np.int64)
        s.act(s.does[0], times, target=s.distinct(n, codes))
        total += n
    return f"Took a few items a day beyond the own work, {total} over {len(days)} working days."


def many_small_acts(s: Scene) -> str:
    """does: export. One large export, split into many of ordinary size over two to four days."""
    days = s.some_days(int(s.rng.integers(2, 5)), 15)
    total = 0
    for day in days:
        n = int(s.rng.integers(12, 35))
        s.act(s.does[0], s.row(s.in_shift(int(day), 0.05, 0.5), n, 400))
        total += n
    return f"Made {total} exports of ordinary size on {counted(len(days), 'day')}."


def poisoned_baseline(s: Scene) -> str:
    """does: download. The number a day grows for months before notice, so that the last weeks look usual.

    Only the acts in the watch window count as the incident; those before it are there to be learned from.
    """
    most = min(s.longest, WEEKS_OF_TAKING * 7)
    codes, top, total = s.codes(s.does[0], others=True), s.rng.uniform(7, 12), 0
    growth = s.days(most + GROWTH_DAYS, most + 1)
    for step, day in enumerate([*growth, *s.days(most)]):
        planted = step >= len(growth)
        n = int(s.rng.poisson(top if planted else top * step / len(growth)))
        times = np.array([s.in_shift(int(day)) for _ in range(n)], np.int64)
        s.act(s.does[0], times, target=s.distinct(n, codes), planted=planted)
        total += n * planted
    return f"Slowly did more and more of it before notice, then took {total} items."


GROWTH_DAYS = 80
WEEKS_OF_TAKING = 4


def collect_send_delete(s: Scene) -> str:
    """does: download, send, delete. Collects files, mails them to a private address, deletes files and mails.

    Leaves a row of downloads, a few large mails to the own private address, then a row of deletions.
    """
    download, send, delete = s.does
    n, mails = int(s.rng.integers(15, 45)), int(s.rng.integers(2, 7))
    files = s.distinct(n, s.codes(download, others=True))
    start = s.in_shift(s.a_day(6), 0.3, 0.8)
    s.act(download, s.row(start, len(files), 30), target=files)
    private = s.company.targets.staff + s.person
    sent = start + int(s.rng.uniform(30, 100) * MINUTE_US)
    s.act(send, s.row(sent, mails, 150), target=private, size=s.large(send, mails, 1.5, 3.5))
    gone = sent + int(s.rng.uniform(20, 60) * MINUTE_US)
    deleted = s.distinct(int(s.rng.integers(8, 20)), files)
    s.act(delete, s.row(gone, len(deleted), 8), target=deleted)
    return f"Collected {len(files)} files, sent {mails} mails to a private address, deleted {len(deleted)} files."


def mail_forwarding(s: Scene) -> str:
    """does: rule. A rule that forwards the whole mailbox to an outside address: one quiet line."""
    outside = s.company.targets.staff + s.person if s.rng.random() < 0.6 else s.rng.choice(s.company.targets.rivals)
    s.act(s.does[0], s.in_shift(s.a_day(21, 1)), target=int(outside))
    return "Set the mailbox to forward everything to an outside address."


def removable_copy(s: Scene) -> str:
    """does: connect, copy. Plugs in a drive on one or two days and copies shared files to it."""
    connect, copy = s.does
    codes, total = s.codes(copy, others=True), 0
    for day in s.some_days(int(s.rng.integers(1, 3)), 8):
        start, n = s.in_shift(int(day), 0.2, 0.95), int(s.rng.integers(25, 110))
        s.act(connect, start)
        s.act(copy, s.row(start + MINUTE_US, min(n, len(codes)), 6), target=s.distinct(n, codes))
        total += n
    return f"Copied {total} shared files to a removable drive."


def personal_upload(s: Scene) -> str:
    """does: upload. Large uploads to a private cloud store within an hour or two."""
    n = int(s.rng.integers(4, 18))
    size = s.large(s.does[0], n, 1.0, 3.2)
    s.act(
        s.does[0],
        s.row(s.in_shift(s.a_day(9), 0.3, 1.0), n, 240),
        target=int(s.rng.choice(s.codes(s.does[0]))),
        size=size,
    )
    return f"Uploaded {n} items to a private cloud store."


def outsider_access(s: Scene) -> str:
    """does: invite, share, use. Lets an outsider in and shares folders; the outsider then uses the access.

    The outsider's own lines follow hours later, under an account that is on no roster.
    """
    invite, share, use = s.does
    trades = s.company.shape.trades
    guests = [i for i, trade in enumerate(s.company.staff.trade) if "@" in trades[trade].login]
    idle = [i for i in guests if not s.company.rate[i].any()] or guests
    guest, n = int(s.rng.choice(idle)), int(s.rng.integers(3, 10))
    shared = s.distinct(n, s.codes(share))
    start = s.in_shift(s.a_day(10, 1), 0.4, 0.95)
    s.act(invite, start, target=guest)
    s.act(share, s.row(start + 4 * MINUTE_US, n, 60), target=shared)
    used = start + int(s.rng.uniform(2, 20) * 60 * MINUTE_US)
    s.act(use, s.row(used, 2 * n, 50), target=np.tile(shared, 2), person=guest, planted=False)
    return f"Invited an outsider and shared {n} targets, which the outsider then used."
