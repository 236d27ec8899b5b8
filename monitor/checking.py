"""Every fault of a lastday.toml at once, each with its line and mend; and what is in order but doubtful."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from monitor.contradictions import absent, contradictions
from monitor.doubts import doubts
from monitor.misfits import Fault, fitting, line_of
from monitor.model import BadInput
from monitor.settings import Settings, contradictory, over_defaults, read_toml, unfit
from monitor.station import CONFIG_NAME

Checks = Callable[[Path, Settings], Iterable[BadInput | Fault]]


def faults(folder: Path) -> list[BadInput]:
    """What must be mended in a working folder's lastday.toml; empty where it is in order."""
    return _looked(folder, absent)[0]


def obstacles(folder: Path) -> list[BadInput]:
    """What must be mended before anything is run. A folder of logs that is not there is told where it is read."""
    return _looked(folder)[0]


def remarks(folder: Path) -> list[BadInput]:
    """What somebody should look at in a lastday.toml: it can be so, but is hardly meant."""
    return _looked(folder)[1]


def _looked(folder: Path, *more: Checks) -> tuple[list[BadInput], list[BadInput]]:
    """Faults and doubts, in the order of the lines. What does not fit is left out, so that the rest is looked at too.

    more: checks besides the one for contradictions.
    """
    path = folder / CONFIG_NAME
    try:
        told = read_toml(path)
    except BadInput as error:
        return [error], []
    wrong = unfit(told)
    rest, left = fitting(told, Settings, wrong)
    lost = {table for table in left if len(left[table]) < len(told[table])}
    settings = over_defaults(path, rest)
    text = path.read_text("utf-8-sig")

    def placed(fault: BadInput | Fault) -> BadInput:
        if isinstance(fault, BadInput):
            return fault
        (table, nth), key, what, mend = fault
        nth = left[table][nth] if left.get(table) else nth
        return BadInput(str(path), line_of(text, (table, nth), key), what, mend)

    found = [BadInput(str(path), line_of(text, place, key), what, mend) for place, key, what, mend in wrong]
    found += contradictory(path, settings)
    checks: list[Checks] = [partial(contradictions, lost=lost), *more]
    found += [placed(fault) for check in checks for fault in check(folder, settings)]
    doubtful = [placed(doubt) for doubt in doubts(folder, settings, lost)]
    return sorted(found, key=_line), sorted(doubtful, key=_line)


def _line(fault: BadInput) -> int:
    return fault.line or 0
