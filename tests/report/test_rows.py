"""Tables on a screen of a given width."""

from __future__ import annotations

import pytest
from rich.console import Console

from monitor.report.rows import Column, table_of

EVENTS = (
    Column("time", "time", keep=True),
    Column("target", "target", cut=40),
    Column("outcome", "outcome"),
    Column("id", "event", keep=True),
)


@pytest.mark.parametrize("width", [44, 60, 100])
def test_what_is_kept_is_whole_and_the_widest_of_the_others_gives_room(width: int) -> None:
    row = {"time": "Wed 13 Sep 16:58:20", "target": "account:" + "8" * 30, "outcome": "success", "id": "e0328020"}
    console = Console(width=width)
    with console.capture() as shown:
        console.print(table_of([row], EVENTS, width))
    head, line = shown.get().splitlines()
    assert head.split()[0] == "time"
    assert head.split()[-1] == "event"
    assert line.startswith(row["time"])
    assert line.rstrip().endswith(row["id"])
    assert ("…" in line) == (width < 100)
