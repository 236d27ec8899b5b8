"""The log that speed is measured on: so many lines, people and days, drawn fast and the same for the same seed."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

LINES, PEOPLE, DAYS = 1_250_000, 420, 210
START = date(2024, 1, 1)
SEED = 7
LEAVERS = 60
TEAMS = 12
CHUNK = 125_000


@dataclass(frozen=True, slots=True)
class Sort:
    """An action, its share of a person's lines, where its targets come from and how large they are."""

    action: str
    source: str
    share: float
    target: str
    targets: int
    median: float


SORTS = (
    Sort("session.login", "sso", 0.12, "", 1, 0.0),
    Sort("mail.send", "mail", 0.14, "mailbox-{}@partner.example", 4_000, 20_000.0),
    Sort("ticket.update", "desk", 0.12, "T-{}", 90_000, 0.0),
    Sort("customer.view", "crm", 0.18, "C-{}", 60_000, 0.0),
    Sort("file.view", "files", 0.15, "/teams/shared/file-{}.pdf", 30_000, 90_000.0),
    Sort("file.download", "files", 0.07, "/teams/shared/file-{}.pdf", 30_000, 90_000.0),
    Sort("account.deactivate", "tools", 0.06, "acct:{}", 400_000, 150.0),
    Sort("post.remove", "tools", 0.05, "post:{}", 900_000, 30.0),
    Sort("table.query", "warehouse", 0.05, "sales.table_{}", 300, 2_000.0),
    Sort("file.share", "files", 0.02, "/teams/shared/file-{}.pdf", 30_000, 90_000.0),
    Sort("file.delete", "files", 0.02, "/teams/shared/file-{}.pdf", 30_000, 90_000.0),
    Sort("ledger.export", "erp", 0.01, "ledger-{}", 40, 5_000.0),
    Sort("group.add_member", "iam", 0.01, "group-{}", 200, 12.0),
)


def write(
    folder: Path, lines: int = LINES, people: int = PEOPLE, days: int = DAYS, seed: int = SEED
) -> tuple[Path, Path]:
    """hr.csv and events.jsonl in the folder. lines, people, days: their size."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    team = rng.integers(TEAMS, size=people)
    last = np.full(people, days)
    last[rng.choice(people, min(LEAVERS, people // 2), replace=False)] = rng.integers(
        int(days * 0.4), days - 6, min(LEAVERS, people // 2)
    )
    _roster(folder / "hr.csv", team, last, days)
    pace = rng.lognormal(0.0, 0.4, people) * last
    mix = np.array([sort.share for sort in SORTS]) * rng.lognormal(0.0, 0.6, (TEAMS, len(SORTS)))
    with (folder / "events.jsonl").open("wb") as stream:
        for first in range(0, lines, CHUNK):
            stream.write(_lines(first, min(CHUNK, lines - first), (pace, last, mix[team]), rng))
    return folder / "hr.csv", folder / "events.jsonl"


def _roster(path: Path, team: np.ndarray, last: np.ndarray, days: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(["person_id", "name", "accounts", "department", "title", "timezone", "last_day"])
        for i, (number, day) in enumerate(zip(team, last, strict=True)):
            end = (START + timedelta(days=int(day))).isoformat() if day < days else ""
            rows.writerow([f"P{i:04}", f"Person {i}", f"user{i:04}", f"team {number}", "agent", "Europe/Berlin", end])


def _lines(first: int, n: int, habits: tuple[np.ndarray, ...], rng: np.random.Generator) -> bytes:
    """n lines of JSON: people at work on weekdays in office hours, within their time at the organisation.

    habits: of each person the pace, the last day (number) and the shares of SORTS.
    """
    pace, last, mix = habits
    who = rng.choice(len(pace), n, p=pace / pace.sum())
    day = (rng.random(n) * (last[who] + 1)).astype(int).clip(max=last.max() - 1)
    day -= np.clip(day % 7 - 4, 0, 2)  # the period starts on a Monday; the weekend's lines fall on Friday
    second = np.clip(rng.normal(12.5, 2.6, n) * 3600, 0, 86_399).astype(int)
    which = np.zeros(n, int)
    for person in range(len(pace)):
        here = np.flatnonzero(who == person)
        which[here] = rng.choice(len(SORTS), len(here), p=mix[person] / mix[person].sum())
    pick, size = rng.random(n) ** 2, rng.lognormal(0.0, 1.4, n)
    text = pa.array(np.datetime64(START) + day.astype("m8[D]") + second.astype("m8[s]")).cast(pa.timestamp("s"))
    columns = [
        ('{"id":"e', pa.array(range(first, first + n)).cast(pa.string()), '"'),
        (',"time":"', pc.strftime(text, "%Y-%m-%dT%H:%M:%SZ"), '"'),
        (',"actor":"user', pc.utf8_lpad(pa.array(who).cast(pa.string()), 4, "0"), '"'),
        ("", _of_sorts(which, pick, size), ""),
        (',"ip":"10.20.', pa.array(who % 250).cast(pa.string()), '.7"'),
        (',"session":"s', pa.array(day * 1000 + who).cast(pa.string()), '","outcome":"success"}\n'),
    ]
    pieces = [pc.binary_join_element_wise(before, column, after, "") for before, column, after in columns]
    return "".join(pc.binary_join_element_wise(*pieces, "").to_pylist()).encode()


def _of_sorts(which: np.ndarray, pick: np.ndarray, size: np.ndarray) -> pa.Array:
    """Action, source, target and magnitude of each line."""
    texts = [
        f',"action":"{s.action}","source":"{s.source}"'
        + (f',"target":"{s.target.format(int(p * s.targets))}"' if s.target else "")
        + (f',"magnitude":{int(s.median * z) + 1}' if s.median else "")
        for s, p, z in zip((SORTS[i] for i in which), pick, size, strict=True)
    ]
    return pa.array(texts)
