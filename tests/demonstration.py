"""The demo organisation in a working folder: read, judged and sealed, as the daemon would have it on 18 September 2017.

Eighty people of a platform over four months. Four leavers with an incident, four without, two of whom
stay after all. The rosters told of them bit by bit, so that last days moved and were withdrawn.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor import upkeep
from monitor.daemon import make_daemon
from monitor.station import KEY_NAME, open_station
from monitor.world import World, generate, write
from tests.cli.running import lastday
from tests.daemon.clockwork import SetClock

NOW = datetime(2017, 9, 18, 12, 0, tzinfo=UTC)
"""When the demo organisation is looked at: five days after the act of 13 September."""
TOLD = (datetime(2017, 7, 20, 6, tzinfo=UTC), datetime(2017, 8, 5, 6, tzinfo=UTC), datetime(2017, 9, 5, 6, tzinfo=UTC))
"""When rosters came. Each knows who had given notice by then."""
KEY = "demo" * 16
FIRST_LAST_DAY = "2017-10-31"
"""The contractor's last day as the first two rosters told it, before the assignment was cut short."""


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """A working folder of the demo organisation.

    contractor: deactivated the wrong account in the last hours.  admin: did harm in quick order.
    payer: changed bank details.  seller: took a customer list.  quiet: left harmlessly.  staying: did not leave after
    all.  colleague: never meant to leave.  by_person: what the roster says of each.
    """

    path: Path
    world: World
    contractor: str = "X1143"
    admin: str = "P1171"
    payer: str = "P1207"
    seller: str = "P1011"
    quiet: str = "P1048"
    staying: str = "P1146"
    colleague: str = "P1003"

    @property
    def by_person(self) -> dict[str, Mapping[str, str]]:
        return {row["person_id"]: row for row in self.world.roster}

    def copy(self, folder: Path) -> DemoFolder:
        """Another working folder like this one, to be changed."""
        shutil.copytree(self.path, folder)
        return DemoFolder(folder, self.world)


def make_demo_folder(folder: Path) -> DemoFolder:
    """Set the working folder up: `lastday init`, three rosters, four months of events, one tick of the daemon."""
    world = generate("platform", 2017, people=80, days=120, incidents=4, leavers=6)
    ran = lastday("init", folder)
    assert ran.code == 0, ran.err
    (folder / "secrets" / KEY_NAME).write_text(KEY)  # the same pseudonyms in every run
    (folder / "secrets" / KEY_NAME).chmod(0o600)
    config = folder / "lastday.toml"
    text = config.read_text("utf-8").replace('listen = "127.0.0.1:8321"', 'listen = ""')
    config.write_text(text + "\n[windows]\nplacebos = 60\n", "utf-8")
    hr, events, _ = write(world, folder.parent / f"{folder.name}-world")
    clock = SetClock(TOLD[0])
    station = open_station(folder)
    try:
        station.lease.renew(0.0)
        for told_at in TOLD:
            clock.at = told_at
            _write_roster(folder / "rosters" / "hr.csv", _known(world.roster, told_at))
            station.stamps.clear()
            assert upkeep.sync_rosters(station, told_at)
        shutil.move(events, folder / "inbox" / "events.jsonl")
        clock.at = NOW
        daemon = make_daemon(station, clock)
        daemon.tick()
        assert not daemon.troubles()
        assert not station.problems, station.problems
        station.lease.release()
    finally:
        station.close()
    hr.unlink()
    return DemoFolder(folder, world)


def _known(roster: Iterable[Mapping[str, str]], told_at: datetime) -> list[dict[str, str]]:
    """The roster as it stood then."""
    rows = []
    for person in roster:
        row = dict(person)
        if told_at < TOLD[-1] and row["status"] == "withdrawn":
            row["status"] = "planned"
        if told_at < TOLD[-1] and row["departure_kind"] == "contract_end":
            row |= {"last_day": FIRST_LAST_DAY, "status": "planned"}
        elif row["notice_date"] and row["notice_date"] > (told_at - timedelta(days=1)).date().isoformat():
            row |= dict.fromkeys(("notice_date", "last_day", "departure_kind", "status"), "")
        rows.append(row)
    return rows


def _write_roster(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*rows[0]], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
