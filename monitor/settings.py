"""Settings: config/lastday.toml, and over it a file of the user's."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from monitor.core.catalogue import Catalogue, CatalogueFile
from monitor.core.severity import Thresholds
from monitor.core.windows import WindowRules
from monitor.model import BadInput
from monitor.operation import Channel, Http, LogSource, Notices, RosterFeed, Route, Schedule, Store

_INSTALLED = Path(__file__).parent / "config"
CONFIG = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parent.parent / "config"
"""The shipped data: inside the package when installed from a wheel, beside it in a checkout."""


class Windows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    before: int
    longest_before: int
    after: int
    history: int
    placebos: int

    def rules(self) -> WindowRules:
        return WindowRules(self.before, self.longest_before, self.after, self.history, self.placebos)


class Severity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    alert_budget: float
    medium: int
    high: int
    critical: int

    def thresholds(self) -> Thresholds:
        return Thresholds(self.medium, self.high, self.critical)


class People(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    timezone: str


class Actions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    catalogue: str
    crown_jewels: tuple[str, ...]


class Engine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    memory: str
    threads: int


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of config/lastday.toml."""

    windows: Windows
    severity: Severity
    people: People
    actions: Actions
    engine: Engine
    store: Store = Store()
    schedule: Schedule = Schedule()
    http: Http = Http()
    notices: Notices = Notices()
    rosters: tuple[RosterFeed, ...] = ()
    sources: tuple[LogSource, ...] = ()
    channels: tuple[Channel, ...] = ()
    routes: tuple[Route, ...] = ()

    def load_catalogue(self) -> Catalogue:
        """The shipped action catalogue with the user's over it. Raises BadInput."""
        shipped = CONFIG / "actions.toml"
        told = read_toml(shipped)
        if self.actions.catalogue:
            told = merge(told, read_toml(Path(self.actions.catalogue)))
        where = self.actions.catalogue or str(shipped)
        try:
            return Catalogue(msgspec.convert(told, CatalogueFile))
        except (msgspec.ValidationError, ValueError) as error:
            raise BadInput(where, None, str(error), "see the head of config/actions.toml") from None


def load_settings(path: Path | None = None) -> Settings:
    """The defaults, with the user's file over them. Raises BadInput with the line to mend."""
    told = read_toml(CONFIG / "lastday.toml")
    if path is not None:
        told = merge(told, read_toml(path))
    try:
        return msgspec.convert(told, Settings)
    except msgspec.ValidationError as error:
        what, _, at = str(error).partition(" - at ")
        key = (
            at.strip("`").rpartition(".")[2] or what.split("`")[1] if "`" in what else at.strip("`").rpartition(".")[2]
        )
        raise BadInput(
            str(path), _line_of(path, key), f"{key}: {what}", "see config/lastday.toml for what there is"
        ) from None


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dictionary. Raises BadInput with the line of the first fault."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput(str(path), None, f"cannot be read ({error.strerror})", "name a readable TOML file") from None
    except UnicodeDecodeError:
        raise BadInput(str(path), None, "not UTF-8 text", "write the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).partition(" (at line ")
        line = place.split(",")[0]
        raise BadInput(str(path), int(line) if line.isdigit() else None, what, "mend the line; see toml.io") from None


def merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """`above` laid over `below`, table by table."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _line_of(path: Path | None, key: str) -> int | None:
    if path is None:
        return None
    lines = path.read_text("utf-8").splitlines()
    return next((i for i, line in enumerate(lines, 1) if line.split("=")[0].strip(" []") == key), None)
