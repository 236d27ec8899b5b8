"""A small organisation written by hand: who works there, what they usually do, and what somebody did on a day.

Everything is drawn from one seed, a person and a day at a time, so that adding a person or an
act changes nothing of the others.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from monitor.model import Finding
from monitor.scanning import Scan, scan
from monitor.settings import Settings, load_settings

Draw = Callable[[random.Random], Any]


@dataclass(slots=True)
class Org:
    """People and events. Days run from `first` to `last`, both included; people work Monday to Friday."""

    first: date
    last: date
    seed: int = 1
    zone: str = "UTC"
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    told: int = 0
    """How many events there ever were: ids are never given twice."""

    def person(self, person_id: str, **columns: str) -> str:
        """Put somebody on the roster. `columns` are those of the canonical roster."""
        self.people[person_id] = {"person_id": person_id, "timezone": self.zone} | columns
        return person_id

    def team(self, name: str, size: int, **columns: str) -> list[str]:
        """`size` people who share the columns, called name-01 and so on."""
        return [self.person(f"{name}-{i:02}", department=name, title=name, **columns) for i in range(1, size + 1)]

    def leaves(self, person_id: str, last_day: str, **columns: str) -> None:
        """Give the person a departure; their usual work ends with the last day."""
        self.people[person_id] |= {"last_day": last_day} | columns
        end = self.at(person_id, last_day, "23:59:59.999999")
        self.events = [e for e in self.events if e["actor"] != person_id or datetime.fromisoformat(e["time"]) <= end]

    def usual(
        self, people: Iterable[str], action: str, *, per_day: int, target: Draw, magnitude: Draw | None = None,
        hours: tuple[int, int] = (9, 17), **attributes: str,
    ) -> None:  # fmt: skip
        """Every working day of everybody: `per_day` times the action, give or take a half, within the hours."""
        for person_id in people:
            for day in self.working_days():
                draw = random.Random(f"{self.seed} {person_id} {action} {day}")
                for _ in range(draw.randint((per_day + 1) // 2, per_day + per_day // 2)):
                    clock = time(draw.randint(hours[0], hours[1] - 1), draw.randint(0, 59), draw.randint(0, 59))
                    size = {} if magnitude is None else {"magnitude": magnitude(draw)}
                    self.does(person_id, action, day, clock, target=target(draw), **size, **attributes)

    def does(self, person_id: str, action: str, day: str | date, clock: str | time, **fields: Any) -> str:
        """One act at a local day and time. Returns the event's id."""
        self.told += 1
        event_id = f"e{self.told}"
        when = self.at(person_id, day, clock).astimezone(UTC).isoformat()
        self.events.append({"id": event_id, "time": when, "actor": person_id, "action": action} | fields)
        return event_id

    def at(self, person_id: str, day: str | date, clock: str | time) -> datetime:
        """That time on the person's own clock."""
        day = date.fromisoformat(day) if isinstance(day, str) else day
        clock = time.fromisoformat(clock) if isinstance(clock, str) else clock
        return datetime.combine(day, clock, ZoneInfo(self.people[person_id]["timezone"]))

    def working_days(self) -> list[date]:
        days = (self.first + timedelta(days=i) for i in range((self.last - self.first).days + 1))
        return [day for day in days if day.weekday() < 5]

    def write(self, folder: Path) -> tuple[Path, Path]:
        """hr.csv and events.jsonl in the folder."""
        roster, log = folder / "hr.csv", folder / "events.jsonl"
        write_csv(roster, list(self.people.values()))
        log.write_text("".join(json.dumps(event) + "\n" for event in self.events), "utf-8")
        return roster, log

    def scan(self, folder: Path, settings: Settings | None = None, **options: Any) -> Scan:
        """Scan what `write` wrote."""
        roster, log = self.write(folder)
        return scan([roster], [str(log)], settings or load_settings(), **options)


def write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    """Dictionaries as CSV; the columns are all keys in the order in which they come up."""
    columns = list(dict.fromkeys(key for row in rows for key in row))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def of(found: Sequence[Finding], person_id: str) -> list[Finding]:
    """The person's findings, highest score first."""
    return [finding for finding in found if finding.person_id == person_id]
