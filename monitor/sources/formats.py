"""Which files are read through which profiles; all others are canonical ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import duckdb

from monitor.core.windows import is_zone
from monitor.model import BadInput
from monitor.sources.files import Look, Reader, find_files, left_out, look_at
from monitor.sources.log_names import plain_name
from monitor.sources.profiles import Format, Log, RosterProfile, load_format, load_roster_profile
from monitor.sources.through import look_through


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: profiles, each for all files or for some, and those of the rosters, likewise."""

    formats: tuple[tuple[Format, frozenset[Path] | None], ...] = ()
    rosters: tuple[tuple[RosterProfile, str], ...] = ()

    def choose(self, files: Iterable[Path]) -> list[Path]:
        """The files that hold events; a profile may tell others that lie beside them.

        Raises BadInput where a profile that was named for a file knows no file of that name.
        """
        return [path for path in files if (profile := self._format(path)) is None or _log(profile, path)]

    def left_out(self, patterns: Sequence[str]) -> list[Path]:
        """The files in folders that are of no kind that is read, but for those that a profile leaves out itself."""
        return [path for path in left_out(patterns) if not self._ignores(path)]

    def _ignores(self, path: Path) -> bool:
        try:
            return (profile := self._format(path)) is not None and _log(profile, path) is None
        except BadInput:
            return False

    def look(self, db: duckdb.DuckDBPyConnection, path: Path, held: ExitStack) -> Reader:
        """The reader of a file, for `files.load`."""
        profile = self._format(path)
        log = None if profile is None else _log(profile, path)
        if profile is None or log is None:
            return look_at(db, path, held, at_once=True)
        return look_through(db, path, held, profile, log)

    def _format(self, path: Path) -> Format | None:
        return next((profile for profile, mine in self.formats if mine is None or path in mine), None)

    def profiles_of(self, rosters: Sequence[Path]) -> list[RosterProfile | None]:
        """Through which each of the rosters is read, None for a canonical one.

        Raises BadInput where a profile was named for a roster that is none of these.
        """
        for _, pattern in self.rosters:
            if not any(_is_named(path, pattern) for path in rosters):
                raise BadInput(f"--roster-of ={pattern}", None, "no --hr is such a file", "name it as --hr does")
        return [next((profile for profile, mine in self.rosters if _is_named(path, mine)), None) for path in rosters]


def _is_named(path: Path, pattern: str) -> bool:
    """Is it the file or folder, or one of a glob? Nothing names every one."""
    return not pattern or path == Path(pattern) or fnmatch(str(path), str(Path(pattern)))


def read_through(formats: Sequence[str], rosters: Sequence[str] = (), timezone: str | None = None) -> Reading:
    """What --format-of, --roster-of and --log-timezone say.

    formats: NAME for every file, or NAME=FILE|FOLDER|GLOB for those files; NAME is a shipped
    profile or a path to one.  rosters: the same.  Raises BadInput.
    """
    if timezone:
        _check_zone(timezone, formats)
    told: list[tuple[Format, frozenset[Path] | None]] = []
    for text in formats:
        name, _, pattern = text.partition("=")
        told.append((load_format(name, timezone), frozenset(find_files([pattern])) if pattern else None))
    told.sort(key=lambda one: one[1] is None)
    rosters = rosters or [profile.roster for profile, _ in told if profile.roster][:1]
    named = [(load_roster_profile(name), mine) for name, _, mine in (text.partition("=") for text in rosters)]
    return Reading(tuple(told), tuple(sorted(named, key=lambda one: not one[1])))


def _check_zone(timezone: str, formats: Sequence[str]) -> None:
    if not is_zone(timezone):
        raise BadInput(
            "--log-timezone", None, f"unknown timezone {timezone[:40]!r}", "write a name such as Europe/Berlin"
        )
    if not formats:
        what = "it needs --format-of: a canonical time has an offset of its own"
        raise BadInput("--log-timezone", None, what, "name the profile of these logs, or leave it out")


def look_of(profile: Format | None, path: Path) -> Look | None:
    """How a file of that name is read through the profile, None where it is left out; canonical without a profile.

    Raises BadInput where the profile knows no file of that name.
    """
    if profile is None:
        return look_at
    log = _log(profile, path)
    return None if log is None else lambda db, file, held: look_through(db, file, held, profile, log)


def holds_lists(profile: Format | None, path: Path) -> bool:
    """Does a line of such a file hold a list of records? Raises BadInput as `look_of` does."""
    log = None if profile is None else _log(profile, path)
    return log is not None and bool(log.each)


def _log(profile: Format, path: Path) -> Log | None:
    """The part of the profile that reads the file; None for a file to be left out."""
    name = plain_name(path).as_posix().lower()
    if any(_matches(name, pattern) for pattern in profile.ignore):
        return None
    for log in profile.log:
        if any(_matches(name, pattern) for pattern in log.files):
            return log
    known = ", ".join(pattern for log in profile.log for pattern in log.files)
    raise BadInput(str(path), None, f"no file that the format {profile.title!r} knows", f"it knows {known}")


def _matches(name: str, pattern: str) -> bool:
    """A pattern is matched against as many last parts of the path as it has itself."""
    parts = pattern.lower().count("/") + 1
    return fnmatch("/".join(name.split("/")[-parts:]), pattern.lower())
