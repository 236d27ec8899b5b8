"""Every fault of a lastday.toml at once, each with its line and mend."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from monitor.contradictions import absent, contradictions
from monitor.misfits import Fault, line_of
from monitor.model import BadInput
from monitor.settings import Settings, load_settings, misfits_of, read_toml
from monitor.station import CONFIG_NAME


def faults(folder: Path) -> list[BadInput]:
    """What must be mended in a working folder's lastday.toml; empty where it is in order."""
    return _faults(folder, contradictions, absent)


def obstacles(folder: Path) -> list[BadInput]:
    """What must be mended before anything is run. A folder of logs that is not there is told where it is read."""
    return _faults(folder, contradictions)


def _faults(folder: Path, *checks: Callable[[Path, Settings], Iterable[BadInput | Fault]]) -> list[BadInput]:
    path = folder / CONFIG_NAME
    try:
        told = read_toml(path)
    except BadInput as error:
        return [error]
    if found := misfits_of(path, told):
        return found
    try:
        settings = load_settings(path)
    except BadInput as error:
        return [error]
    text = path.read_text("utf-8-sig")
    return [
        error
        if isinstance(error, BadInput)
        else BadInput(str(path), line_of(text, error[0], error[1]), error[2], error[3])
        for check in checks
        for error in check(folder, settings)
    ]


def remarks(folder: Path) -> list[str]:
    """What somebody should look at in a lastday.toml without faults: with nothing to read nothing is found."""
    settings = load_settings(folder / CONFIG_NAME)
    found = []
    if not settings.rosters:
        found.append("no roster is named, so nobody is watched: add [[rosters]]")
    if not settings.sources:
        found.append("no log is named, so only events that are pushed are judged: add [[sources]]")
    return found
