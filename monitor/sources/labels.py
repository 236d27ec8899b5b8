"""Labels: what is known of people's leaving, from a CSV file or from truth.json of a generated organisation."""

from __future__ import annotations

from pathlib import Path

import msgspec

from monitor.model import VERDICTS, BadInput, Label
from monitor.sources.tables import read_table

COLUMNS = ("person_id", "verdict", "event_id")


class _Incident(msgspec.Struct, frozen=True):
    person_id: str
    kind: str = "incident"
    story: str = ""
    event_ids: tuple[str, ...] = ()


class _Ending(msgspec.Struct, frozen=True):
    person_id: str
    kind: str = "harmless"


class _Truth(msgspec.Struct, frozen=True):
    incidents: tuple[_Incident, ...]
    endings: tuple[_Ending, ...]


def read_labels(path: Path) -> tuple[Label, ...]:
    """The labels in the file's order.

    CSV: person_id, verdict (malicious, honest-mistake or benign; the first two are incidents) and, where known, an
    event_id; further lines of the same person and verdict add events. JSON: truth.json of `lastday demo`.
    Raises BadInput with the line to mend.
    """
    if path.suffix.lower() == ".json":
        return _truth(path)
    found: dict[tuple[str, str], Label] = {}
    for line, row in read_table(path, COLUMNS, COLUMNS[:2]):
        person, verdict, event = (row.get(name, "") for name in COLUMNS)
        if not person:
            raise BadInput(str(path), line, "no person_id", "write whose leaving it was")
        if verdict not in VERDICTS:
            what = f"unknown verdict {verdict[:40]!r}" if verdict else "no verdict"
            raise BadInput(str(path), line, what, f"write {', '.join(VERDICTS[:-1])} or {VERDICTS[-1]}")
        before = found.get((person, verdict))
        events = (*(before.event_ids if before else ()), *([event] if event else []))
        found[person, verdict] = Label(person, verdict != "benign", verdict, events)
    if not found:
        raise BadInput(
            str(path), None, "no label in it", f"write a line with {', '.join(COLUMNS)} and one for each person"
        )
    return tuple(found.values())


def _truth(path: Path) -> tuple[Label, ...]:
    mend = "name truth.json of lastday demo, or a CSV file"
    try:
        told = msgspec.json.decode(path.read_bytes(), type=_Truth)
    except OSError as error:
        raise BadInput(str(path), None, f"cannot be read ({error.strerror or error})", mend) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(str(path), None, f"no truth.json ({error})", mend) from None
    incidents = (Label(i.person_id, True, i.kind, i.event_ids, i.story) for i in told.incidents)
    return (*incidents, *(Label(e.person_id, False, e.kind) for e in told.endings))
