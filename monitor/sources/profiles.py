"""Profiles: data that say how a vendor's log becomes events, and an HR feed's columns people."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from monitor.model import BadInput
from monitor.settings import CONFIG, read_toml
from monitor.sources.canonical import ATTRIBUTE, KNOWN, attribute
from monitor.sources.fields import Spec, check
from monitor.sources.rosters import COLUMNS as ROSTER_COLUMNS

FORMATS, ROSTERS = CONFIG / "formats", CONFIG / "rosters"


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which field of the record becomes which field of the event, and which stay, as attributes."""

    id: Spec | None = None
    time: Spec | None = None
    actor: Spec | None = None
    action: Spec | None = None
    target: Spec | None = None
    target_type: Spec | None = None
    magnitude: Spec | None = None
    outcome: Spec | None = None
    source: Spec | None = None
    ip: Spec | None = None
    session: Spec | None = None
    reason: Spec | None = None
    keep: dict[str, Spec] = {}


class Rule(Mapping, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What differs for records whose columns are as `when` says; the first rule that fits counts."""

    when: dict[str, str | tuple[str, ...]]


class Log(Mapping, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind of file: its names, as globs, and the mapping.

    each: names a list of records inside a line.  around: a record has what stands around the list too, and is itself
    what the list's name leads to.  within: a column that may hold the record as JSON; what the line
    itself lacks is looked for in it.
    """

    files: tuple[str, ...] = ("*",)
    each: str = ""
    around: bool = False
    within: str = ""
    rule: tuple[Rule, ...] = ()

    def attributes(self) -> tuple[str, ...]:
        """The names of all attributes that a record may keep."""
        return tuple(dict.fromkeys(name for mapping in (self, *self.rule) for name in mapping.keep))


class Format(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A vendor's format.

    time_format: `iso`, `epoch_seconds`, `epoch_milliseconds` or strptime patterns.  missing: words, in any case, that
    the vendor writes where there is no value.  decimal: what stands before the cents in a magnitude that is text; what
    parts its thousands is left out then.
    """

    title: str
    log: tuple[Log, ...]
    about: str = ""
    see: tuple[str, ...] = ()
    timezone: str = "UTC"
    time_format: str | tuple[str, ...] = "iso"
    decimal: Literal[".", ","] | None = None
    missing: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    roster: str = ""


class Snapshots(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A folder of rosters, one a month. month: a pattern in the file's name; its groups are the year and the month."""

    files: str = "*.csv"
    month: str = r"(\d{4})-(\d{2})"


class RosterProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An HR feed: which column becomes which of the canonical roster's."""

    title: str
    columns: dict[str, Spec]
    about: str = ""
    see: tuple[str, ...] = ()
    date_format: tuple[str, ...] = ()
    snapshots: Snapshots | None = None


P = TypeVar("P", Format, RosterProfile)


def load_format(name: str, timezone: str | None = None) -> Format:
    """A shipped format by name, or one of the user's by path. Raises BadInput."""
    path, profile = _load(name, FORMATS, Format)
    if timezone:
        profile = msgspec.structs.replace(profile, timezone=timezone)
    try:
        ZoneInfo(profile.timezone)
    except (KeyError, ValueError, OSError):
        raise BadInput(
            str(path), None, f"unknown timezone {profile.timezone!r}", "write a name such as Europe/Berlin"
        ) from None
    for i, log in enumerate(profile.log, 1):
        for where, mapping in ((f"log {i}", log), *((f"log {i} rule {k}", rule) for k, rule in enumerate(log.rule, 1))):
            _check_names(path, where, mapping)
            _check_fields(path, where, {name: getattr(mapping, name) for name in KNOWN} | mapping.keep)
            _check_fields(path, where, {f"when {name}": name for name in getattr(mapping, "when", {})})
    return profile


def load_roster_profile(name: str) -> RosterProfile:
    """A shipped roster profile by name, or one of the user's by path. Raises BadInput."""
    path, profile = _load(name, ROSTERS, RosterProfile)
    unknown = sorted(set(profile.columns) - set(ROSTER_COLUMNS))
    if unknown or "person_id" not in profile.columns:
        what = f"unknown column {', '.join(unknown)}" if unknown else "no column person_id"
        raise BadInput(str(path), None, what, f"the columns may be {', '.join(ROSTER_COLUMNS)}")
    _check_fields(path, "columns", profile.columns)
    return profile


def beside(folder: Path, name: str) -> str:
    """The name of a profile as written in a folder's lastday.toml: a .toml lies beside it, others are shipped."""
    return str(folder / name) if name.endswith(".toml") else name


def shipped(folder: Path) -> list[str]:
    """The names of the profiles that come with lastday."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def _load(name: str, folder: Path, kind: type[P]) -> tuple[Path, P]:
    path = Path(name) if name.endswith(".toml") else folder / f"{name}.toml"
    other = {FORMATS: ROSTERS, ROSTERS: FORMATS}[folder]
    if path.parent == folder and path.stem not in shipped(folder):
        if path.stem in shipped(other):
            raise _other_kind(name, other)
        raise BadInput(name, None, "no such profile", f"there are {', '.join(shipped(folder))}, or name a .toml file")
    told = read_toml(path)
    if ("columns" if kind is Format else "log") in told:
        raise _other_kind(str(path), other)
    try:
        return path, msgspec.convert(told, kind)
    except msgspec.ValidationError as error:
        raise BadInput(str(path), None, str(error), "see docs/formats.md for what a profile may say") from None


def _other_kind(name: str, folder: Path) -> BadInput:
    """folder: where the shipped ones of its kind lie."""
    if folder == FORMATS:
        return BadInput(name, None, "a profile of logs", "name it by --format-of; this is the place for one of rosters")
    return BadInput(name, None, "a profile of rosters", "name it by --roster-of; this is the place for one of logs")


def _check_names(path: Path, where: str, mapping: Mapping) -> None:
    if taken := sorted(set(KNOWN) & set(mapping.keep)):
        what = f"{where} keeps {', '.join(taken)}"
        raise BadInput(str(path), None, what, "an event has a field of that name; choose another")
    if large := sorted(name for name in mapping.keep if attribute(name) != ATTRIBUTE + name):
        raise BadInput(str(path), None, f"{where} keeps {', '.join(large)}", "write attributes in small letters")


def _check_fields(path: Path, where: str, fields: dict[str, Spec] | dict[str, Spec | None]) -> None:
    for name, spec in fields.items():
        try:
            check(spec)
        except ValueError as error:
            raise BadInput(str(path), None, f"{where}, {name}: {error}", "see docs/formats.md") from None
