"""Settings: config/lastday.toml, and over it a file of the user's."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
from msgspec import Meta

from monitor.core.catalogue import Catalogue, CatalogueFile, Entry, Sense, Weight
from monitor.core.levels import Thresholds
from monitor.core.windows import WindowRules, is_zone
from monitor.misfits import Fault, line_at, line_of, merge, misfits, plainly
from monitor.model import BadInput
from monitor.operation import (
    Channel,
    Check,
    Http,
    LogSource,
    Notices,
    Privacy,
    RosterFeed,
    Route,
    Schedule,
    Store,
    ViewerRule,
)

_INSTALLED = Path(__file__).parent / "config"
CONFIG = _INSTALLED if _INSTALLED.is_dir() else Path(__file__).parent.parent / "config"
"""The shipped data: inside the package when installed from a wheel, beside it in a checkout."""


Days = Annotated[int, Meta(ge=0, le=3650)]
OneIn = Annotated[int, Meta(ge=1)]
Memory = Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)? *([KMGT]i?B)$")]
T = TypeVar("T")


class Windows(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[windows], in days."""

    before: Days
    longest_before: Days
    after: Days
    history: Days
    placebos: Annotated[int, Meta(ge=0, le=100_000)]

    def rules(self) -> WindowRules:
        """The same for core."""
        return WindowRules(self.before, self.longest_before, self.after, self.history, self.placebos)


class Severity(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[severity]: notices a week, and one in how many placebo departures."""

    alert_budget: Annotated[float, Meta(ge=0, le=1_000_000)]
    medium: OneIn
    high: OneIn
    critical: OneIn

    def thresholds(self) -> Thresholds:
        """The same for core."""
        return Thresholds(self.medium, self.high, self.critical)


class People(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[people]"""

    timezone: str


class Actions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """[actions]; the catalogue's path is seen from the settings file.

    written: what stood in the catalogue when the settings were loaded, so that it is in force as they are; no setting.
    """

    catalogue: str
    crown_jewels: tuple[str, ...]
    written: str = ""


class Engine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[engine]"""

    memory: Memory
    threads: Annotated[int, Meta(ge=0, le=1024)]


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
    check: Check = Check()
    notices: Notices = Notices()
    privacy: Privacy = Privacy()
    viewers: tuple[ViewerRule, ...] = ()
    rosters: tuple[RosterFeed, ...] = ()
    sources: tuple[LogSource, ...] = ()
    channels: tuple[Channel, ...] = ()
    routes: tuple[Route, ...] = ()

    def load_catalogue(self) -> Catalogue:
        """The shipped action catalogue with the user's over it. Raises BadInput with the line to mend."""
        path = CONFIG / "actions.toml"
        told = own = shipped(path.name)
        if self.actions.catalogue:
            path = Path(self.actions.catalogue)
            own = _parsed(path, self.actions.written) if self.actions.written else read_toml(path)
            told = merge(told, own)
        _check_catalogue(path, own, told)
        return Catalogue(msgspec.convert(told, CatalogueFile))

    def crown_jewels(self, catalogue: Catalogue) -> tuple[str, ...]:
        """Patterns of targets whose impact is always high: the catalogue's and the settings' own."""
        return (*catalogue.file.crown_jewels.patterns, *self.actions.crown_jewels)


def load_settings(path: Path | None = None) -> Settings:
    """The defaults, with the user's file over them. Raises BadInput with the line to mend."""
    own = read_toml(path) if path else {}
    for fault in misfits_of(path, own) if path else ():
        raise fault
    settings = over_defaults(path, own)
    for fault in contradictory(path or CONFIG / "lastday.toml", settings):
        raise fault
    return settings


def over_defaults(path: Path | None, own: dict[str, Any]) -> Settings:
    """What stands in the user's file, over the defaults; own: without `unfit`."""
    settings = _converted(path or CONFIG / "lastday.toml", merge(shipped("lastday.toml"), own), Settings)
    if settings.actions.catalogue and path is not None:
        beside = path.parent / settings.actions.catalogue
        actions = msgspec.structs.replace(settings.actions, catalogue=str(beside), written=_text_of(beside))
        settings = msgspec.structs.replace(settings, actions=actions)
    return settings


def contradictory(path: Path, settings: Settings) -> list[BadInput]:
    """Settings of the right kind that cannot be, each with its line."""
    return [_wrong(path, at, what) for at, what in _contradictions(settings)]


def unfit(own: dict[str, Any]) -> list[Fault]:
    """Every word in a user's file that nobody knows, and every value of another kind. own: what stands in the file."""
    found = list(misfits(own, Settings, shipped("lastday.toml")))
    actions = own.get("actions")
    if isinstance(actions, dict) and "written" in actions:
        found.append(
            (("actions", 0), "written", "no setting written is known in [actions]", "name a file by catalogue")
        )
    return found


def misfits_of(path: Path, own: dict[str, Any]) -> list[BadInput]:
    """What `unfit` tells, with its line and mend."""
    found = unfit(own)
    text = path.read_text("utf-8-sig") if found else ""
    return [BadInput(str(path), line_of(text, place, key), what, mend) for place, key, what, mend in found]


def _contradictions(settings: Settings) -> Iterator[tuple[tuple[str, str], str]]:
    """Settings of the right kind that cannot be: where each stands, and what is wrong."""
    for table, zone in (("people", settings.people.timezone), ("schedule", settings.schedule.timezone)):
        if not is_zone(zone):
            yield (table, "timezone"), f"{zone!r} is no time zone; write a name such as Europe/Berlin"
    levels, windows, store = settings.severity, settings.windows, settings.store
    if levels.medium > levels.high:
        yield ("severity", "medium"), "more than high"
    if levels.high > levels.critical:
        yield ("severity", "high"), "more than critical"
    if windows.longest_before < windows.before:
        yield ("windows", "longest_before"), f"shorter than before = {windows.before}; make it at least as long"
    if store.keep_days < store.hot_days:
        what = f"less than hot_days = {store.hot_days}; keep events at least as long as they are hot"
        yield ("store", "keep_days"), what


def _text_of(path: Path) -> str:
    """What stands in the file; "" where it cannot be read, which is told when it is needed."""
    try:
        return path.read_text("utf-8-sig")
    except (OSError, ValueError):
        return ""


def _check_catalogue(path: Path, own: dict[str, Any], told: dict[str, Any]) -> None:
    """Raise BadInput for the first entry of `own` that says what no entry can say.  told: own over the shipped one."""
    kinds = {"classes": Entry, "verbs": Entry, "actions": Entry, "nouns": Weight, "senses": Sense, "units": str}
    for table, kind in kinds.items():
        entries = own.get(table, {})
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            _converted(path, entry, kind, (table, name))
    _converted(path, own, CatalogueFile)
    entries = {("default",): own.get("default", {})} | {
        (table, name): entry for table in ("verbs", "actions") for name, entry in own.get(table, {}).items()
    }
    for at, entry in entries.items():
        if entry.get("class", "change") not in told["classes"]:
            raise _wrong(path, (*at, "class"), f"no class {entry['class']!r} is defined")
    for name in own.get("senses", {}):
        kind = told["senses"][name].get("class", name)
        if kind not in told["classes"]:
            raise _wrong(path, ("senses", name), f"no class {kind!r} is defined")


@cache
def shipped(name: str) -> dict[str, Any]:
    """A shipped TOML file, read once: 50 ms for the catalogue. Nobody changes what it returns."""
    return read_toml(CONFIG / name)


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dictionary. Raises BadInput with the line of the first fault."""
    try:
        return _parsed(path, path.read_text("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadInput(str(path), None, "not UTF-8 text", "write the file as UTF-8") from None
    except (OSError, ValueError) as error:
        what = f"cannot be read ({getattr(error, 'strerror', None) or error})"
        raise BadInput(str(path), None, what, "name a readable TOML file") from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    """What stands in a file, as a dictionary. Raises BadInput with the line of the first fault."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        what, _, place = str(error).partition(" (at line ")
        line = place.split(",")[0]
        raise BadInput(str(path), int(line) if line.isdigit() else None, what, "mend the line; see toml.io") from None
    except (ValueError, RecursionError) as error:
        raise BadInput(str(path), None, f"cannot be read ({error})", "name a readable TOML file") from None


def _converted(path: Path, told: Any, kind: type[T], at: tuple[str, ...] = ()) -> T:
    """`told`, which stands at that place of the file, as `kind`. Raises BadInput with the line to mend."""
    try:
        return msgspec.convert(told, kind)
    except msgspec.ValidationError as error:
        what, _, inner = str(error).partition(" - at ")
        names = re.sub(r"\[[^]]*\]", "", inner.strip("`")).split(".")[1:]
        unknown = what.split("`")[1:2] if "unknown field" in what else []
        raise _wrong(path, (*at, *filter(None, names), *unknown), plainly(what)) from None


def _wrong(path: Path, at: Sequence[str], what: str) -> BadInput:
    mend = "config/lastday.toml and config/actions.toml show what there is"
    return BadInput(str(path), line_at(path.read_text("utf-8-sig"), at), f"{'.'.join(at)}: {what}", mend)
