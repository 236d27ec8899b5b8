"""A small made-up office: people who do their usual work, some who leave, and the incident of 2017."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

HEADER = "person_id,name,email,accounts,department,title,timezone,notice_date,last_day,departure_kind,status"
LAST_DAY = datetime(2017, 11, 2, tzinfo=UTC)


def roster(people: int = 60, leavers: dict[str, str] | None = None) -> str:
    """A roster in CSV. leavers: person_id -> last day; p000 leaves on 2 November 2017 unless told otherwise."""
    leaving = {"p000": "2017-11-02"} if leavers is None else leavers
    lines = [HEADER]
    for i in range(people):
        person = f"p{i:03d}"
        team = ("Trust and Safety", "agent") if i % 3 else ("Support", "clerk")
        team = ("Trust and Safety", "agent") if i == 0 else team
        last = leaving.get(person, "")
        kind = "contract_end,confirmed" if last else ","
        lines.append(f"{person},Person {i},{person}@corp.example,acct.{person},{team[0]},{team[1]},UTC,,{last},{kind}")
    return "\n".join(lines) + "\n"


def usual(people: int = 60, days: int = 90, until: datetime = LAST_DAY, a_day: int = 3, seed: int = 1) -> list[dict]:
    """What everybody usually does on working days up to and with the day of `until`."""
    events = []
    for i in range(people):
        draw = random.Random(seed * 1000 + i)
        for back in range(days, -1, -1):
            day = until.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=back)
            if day.weekday() >= 5:
                continue
            for n in range(a_day):
                when = day + timedelta(hours=9 + n * 7 / a_day + draw.random(), microseconds=draw.randrange(10**6))
                action = draw.choice(("account.deactivate", "account.view", "account.view", "ticket.close"))
                events.append(
                    {
                        "id": f"u{i}-{back}-{n}",
                        "time": when.isoformat(),
                        "actor": f"acct.p{i:03d}",
                        "action": action,
                        "target": f"@user{draw.randrange(100_000)}",
                        "magnitude": int(draw.lognormvariate(5, 1.5)),
                        "source": "admin",
                    }
                )
    return events


def incident(
    when: datetime = datetime(2017, 11, 2, 18, 51, tzinfo=UTC), person: str = "p000", magnitude: int = 44_000_000
) -> dict:
    """The act: usual for the role, but for its target."""
    return {
        "id": f"incident-{person}-{when:%Y%m%d}",
        "time": when.isoformat(),
        "actor": f"acct.{person}",
        "action": "account.deactivate",
        "target": "@thereal",
        "magnitude": magnitude,
        "source": "admin",
    }


def as_lines(events: list[dict]) -> str:
    return "".join(json.dumps(event) + "\n" for event in events)


def lay_out(folder: Path, config: str = "", **more: str) -> Path:
    """A working folder with a roster feed, a drop folder and whatever else the config names."""
    (folder / "inbox").mkdir(parents=True)
    (folder / "rosters").mkdir()
    (folder / "secrets").mkdir(mode=0o700)
    for name, secret in more.items():
        (folder / "secrets" / name).write_text(secret)
    (folder / "lastday.toml").write_text(
        '[windows]\nplacebos = 60\n[http]\nlisten = ""\n' + config + "\n"
        '[[rosters]]\nname = "hr"\npath = "rosters/*.csv"\n'
        '[[sources]]\nname = "admin"\nkind = "folder"\npath = "inbox"\n'
    )
    return folder
