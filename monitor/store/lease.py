"""One leader at a time, by a row in the database.

The holder counts a beat; whoever sees the same beat for long enough by an own clock that never
jumps takes the lease over. No two clocks need agree, and a clock that is set forward or back
changes nothing.
"""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, select, update

from monitor.store.schema import leases
from monitor.store.state import State, insert_new

LEADER = "leader"


class NotLeader(Exception):
    """Somebody else leads now; what was about to be written is dropped."""


def new_holder() -> str:
    """A name for this process: host, process id, and a draw."""
    return f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"


@dataclass(slots=True)
class Lease:
    """This process's claim. `leads` says whether it is the leader."""

    state: State
    holder: str
    seconds: float
    leads: bool = False
    seen: tuple[str, int] | None = field(default=None)
    since: float = 0.0

    def renew(self, monotonic: float) -> bool:
        """Count a beat or try to take over. monotonic: seconds of a clock that never jumps. Returns `leads`."""
        with self.state.write() as connection:
            connection.execute(insert_new(connection, leases).values(name=LEADER, holder=self.holder, beat=0))
            row = connection.execute(select(leases.c.holder, leases.c.beat).where(leases.c.name == LEADER)).one()
            now = (row.holder, row.beat)
            if row.holder != self.holder and now != self.seen:
                self.seen, self.since = now, monotonic
            stale = monotonic - self.since >= self.seconds
            if row.holder == self.holder or stale or _is_dead(row.holder, self.holder):
                mine = (leases.c.name == LEADER) & (leases.c.holder == row.holder) & (leases.c.beat == row.beat)
                taken = connection.execute(update(leases).where(mine).values(holder=self.holder, beat=row.beat + 1))
                self.leads = bool(taken.rowcount)
            else:
                self.leads = False
        return self.leads

    def hold(self, connection: Connection) -> None:
        """Make sure, within a transaction, that this process still leads. Raises NotLeader."""
        mine = (leases.c.name == LEADER) & (leases.c.holder == self.holder)
        if not connection.execute(update(leases).where(mine).values(beat=leases.c.beat)).rowcount:
            self.leads = False
            raise NotLeader(self.holder)

    def release(self) -> None:
        """Let another take over at once."""
        self.leads = False
        with self.state.write() as connection:
            connection.execute(delete(leases).where(leases.c.name == LEADER, leases.c.holder == self.holder))


def _is_dead(holder: str, mine: str) -> bool:
    """Did the holder run on this host and is gone? Then nobody need wait."""
    host, pid = holder.rsplit("/", 2)[:2]
    my_host, my_pid = mine.rsplit("/", 2)[:2]
    if host != my_host:
        return False
    if pid == my_pid:
        return holder != mine
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
