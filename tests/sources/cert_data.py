"""A small made-up organisation in the files and columns of the CERT test data. No row of the data is in it."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path

FIRST, LAST = date(2010, 1, 4), date(2010, 6, 30)
ROLES = ("Engineer", "Salesman")
INSIDER, QUIET = "INS0001", "QUI0002"
INSIDER_LAST, QUIET_LAST = date(2010, 5, 13), date(2010, 4, 21)
HEADERS = {
    "logon": "id,date,user,pc,activity",
    "device": "id,date,user,pc,activity",
    "file": "id,date,user,pc,filename,content",
    "email": "id,date,user,pc,to,cc,bcc,from,size,attachments,content",
    "http": "id,date,user,pc,url,content",
}


def people() -> dict[str, str]:
    """User -> role: forty stay, two leave."""
    stay = {f"USR{i:04d}": ROLES[i % 2] for i in range(40)}
    return stay | {INSIDER: ROLES[0], QUIET: ROLES[1]}


def write(folder: Path, *, seed: int = 7) -> None:
    """Write logon.csv ... http.csv, psychometric.csv and LDAP/YYYY-MM.csv."""
    rows: dict[str, list[list[object]]] = {name: [] for name in HEADERS}
    draw = random.Random(seed)
    leave = {INSIDER: INSIDER_LAST, QUIET: QUIET_LAST}
    for number, user in enumerate(people()):
        for day in _workdays(leave.get(user, LAST)):
            _ordinary_day(rows, draw, user, number, day)
    _insider_nights(rows)
    for name, header in HEADERS.items():
        lines = [
            [f"{{{name}-{i}}}", _stamp(when, i), *rest] for i, (when, *rest) in enumerate(sorted(rows[name], key=str))
        ]
        _write(folder / f"{name}.csv", header, lines)
    _write(
        folder / "psychometric.csv",
        "employee_name,user_id,O,C,E,A,N",
        [["A", user, 1, 2, 3, 4, 5] for user in people()],
    )
    for month in range(1, 7):
        there = {u: r for u, r in people().items() if u not in leave or date(2010, month, 1) <= leave[u]}
        ldap(folder / "LDAP" / f"2010-{month:02d}.csv", there)


def ldap(path: Path, there: dict[str, str]) -> None:
    header = "employee_name,user_id,email,role,business_unit,functional_unit,department,team,supervisor"
    rows = [[f"Name {u}", u, mail(u), r, 1, "2 - Production", f"1 - {r}s", "", "Bob Birch"] for u, r in there.items()]
    _write(path, header, rows)


def mail(user: str) -> str:
    return f"{user}@dtaa.com"


def _ordinary_day(rows: dict, draw: random.Random, user: str, number: int, day: date) -> None:
    pc, at = f"PC-{number:04d}", datetime.combine(day, time(8)) + timedelta(minutes=number % 90 + draw.randrange(20))
    rows["logon"] += [[at, user, pc, "Logon"], [at + timedelta(hours=9), user, pc, "Logoff"]]
    others = [mail(other) for other, trade in people().items() if trade == people()[user] and other != user]
    for _ in range(3):
        to = draw.sample(others[: 6 + number % 5], 2)
        when = at + timedelta(minutes=draw.randrange(500))
        rows["email"].append(
            [when, user, pc, ";".join(to), "", "", mail(user), draw.randrange(20_000, 40_000), 0, "words, and more"]
        )
        site = draw.choice(("news", "wiki", "maps"))
        rows["http"].append([when, user, pc, f"http://www.{site}.example/{draw.randrange(99)}", "words"])
    if number % 4 == 3 and draw.random() < 0.3:
        rows["device"] += [
            [at + timedelta(hours=2), user, pc, "Connect"],
            [at + timedelta(hours=3), user, pc, "Disconnect"],
        ]
        rows["file"].append(
            [at + timedelta(hours=2, minutes=5), user, pc, f"{user}-{draw.randrange(40)}.doc", "D0-CF words"]
        )


def _insider_nights(rows: dict) -> None:
    """Who never worked at night or used a medium does both, on the last three nights, and mails it out."""
    for back in (3, 2, 1):
        at = datetime.combine(INSIDER_LAST - timedelta(days=back - 1), time(2, 10))
        pc = "PC-0040"
        rows["logon"] += [[at, INSIDER, pc, "Logon"], [at + timedelta(hours=2), INSIDER, pc, "Logoff"]]
        rows["device"] += [
            [at + timedelta(minutes=5), INSIDER, pc, "Connect"],
            [at + timedelta(hours=1), INSIDER, pc, "Disconnect"],
        ]
        for i in range(12):
            rows["file"].append([at + timedelta(minutes=6 + i), INSIDER, pc, f"plan-{back}-{i}.doc", "D0-CF words"])
        rows["http"].append([at + timedelta(minutes=30), INSIDER, pc, "http://drop.example/up", "words"])


def _workdays(last: date) -> Iterable[date]:
    days = (FIRST + timedelta(days=i) for i in range((last - FIRST).days + 1))
    return (day for day in days if day.weekday() < 5)


def _stamp(when: datetime, i: int) -> str:
    """MM/DD/YYYY, and on every third line without leading zeros."""
    return f"{when.month}/{when.day}/{when.year} {when:%H:%M:%S}" if i % 3 == 0 else f"{when:%m/%d/%Y %H:%M:%S}"


def _write(path: Path, header: str, rows: Iterable[list]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([header.split(","), *rows])
