"""A report of a case as JSON: docs/report.md says what each key means."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from monitor.report.case_file import CaseFile
from monitor.report.case_words import story


def as_json(file: CaseFile) -> str:
    """Everything in the report, whole texts, with every character that a terminal could obey escaped."""
    told = asdict(file)
    days = told.pop("days")
    told["days"] = {
        "first": days["first"], "counts": list(days["counts"]), "usual": days["usual"],
        "findings": {day.isoformat(): severity for day, severity in sorted(days["marks"].items())},
    }  # fmt: skip
    told["story"] = story(file)
    return json.dumps(told, default=_plain, ensure_ascii=True, indent=2) + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)
