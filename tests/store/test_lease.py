"""One leader at a time, by beats that others see, never by a clock that may be set."""

from __future__ import annotations

import os
import socket

import pytest

from monitor.store.lease import Lease, NotLeader
from monitor.store.state import State

SECONDS = 15.0


def elsewhere(state: State, name: str) -> Lease:
    """A process on another machine: whether it lives, its beats alone tell."""
    return Lease(state, f"{name}/1/x", SECONDS)


def test_the_first_leads_and_the_second_takes_over_once_no_beat_came_for_so_long(state: State) -> None:
    one, two = elsewhere(state, "one"), elsewhere(state, "two")
    assert one.renew(0.0)
    assert not two.renew(100.0), "it has watched for no time yet"
    assert one.renew(9.0)
    assert not two.renew(100.0 + SECONDS), "a beat came meanwhile"
    assert not two.renew(100.0 + 2 * SECONDS - 0.1)
    assert two.renew(100.0 + 2 * SECONDS)
    assert not one.renew(10.0)
    assert (one.leads, two.leads) == (False, True)


def test_who_lost_the_lead_writes_nothing_more(state: State) -> None:
    one, two = elsewhere(state, "one"), elsewhere(state, "two")
    one.renew(0.0)
    with state.write() as connection:
        one.hold(connection)
    two.renew(0.0)
    two.renew(SECONDS)
    with state.write() as connection, pytest.raises(NotLeader):
        one.hold(connection)
    assert not one.leads


def test_what_is_released_is_free_at_once_and_another_cannot_release_it(state: State) -> None:
    one, two = elsewhere(state, "one"), elsewhere(state, "two")
    one.renew(0.0)
    two.release()
    assert not two.renew(0.0)
    one.release()
    assert two.renew(0.0)


@pytest.mark.parametrize(("holder", "waits"), [("{host}/999999999/x", False), ("{host}/{parent}/x", True)])
def test_whoever_is_gone_from_this_machine_is_not_waited_for(state: State, holder: str, waits: bool) -> None:
    host = socket.gethostname()
    Lease(state, holder.format(host=host, parent=os.getppid()), SECONDS).renew(0.0)
    assert Lease(state, f"{host}/{os.getpid()}/y", SECONDS).renew(0.0) != waits
