"""Every fault of a lastday.toml at once, each with its line and mend."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable, Iterator
from datetime import time
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from monitor.credentials import Credentials
from monitor.databases import missing_file
from monitor.model import BadInput
from monitor.notify.channels import make_channel
from monitor.operation import Folder, LogSource, RosterFeed, SqlTable
from monitor.settings import Settings, load_settings, merge, read_toml, shipped
from monitor.sources.roster_feeds import profile_of
from monitor.station import CONFIG_NAME, make_source
from monitor.store.state import state_url

_SEE = "see config/lastday.toml for what there is"


def faults(folder: Path) -> list[BadInput]:
    """What must be mended in a working folder's lastday.toml; empty where it can be run."""
    path = folder / CONFIG_NAME
    try:
        told = read_toml(path)
    except BadInput as error:
        return [error]
    lines = path.read_text("utf-8").splitlines()
    found = [BadInput(str(path), _line_of(lines, place, key), what, _SEE) for place, key, what in _misfits(told)]
    if found:
        return found
    try:
        settings = load_settings(path)
    except BadInput as error:
        return [error]
    return [
        error
        if isinstance(error, BadInput)
        else BadInput(str(path), _line_of(lines, error[0], error[1]), error[2], error[3])
        for error in _contradictions(folder, settings)
    ]


Place = tuple[str, int]
"""A table of the file: its name, and which one of several."""


def _misfits(told: dict[str, Any]) -> Iterator[tuple[Place, str, str]]:
    """Keys that nobody knows, and values of the wrong kind: (place, key, what is wrong)."""
    fields = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    defaults = shipped("lastday.toml")
    for name, value in told.items():
        if name not in fields:
            yield (name, 0), "", f"no table {name} is known"
        elif typing.get_origin(fields[name]) is tuple:
            for i, item in enumerate(value if isinstance(value, list) else [value]):
                yield from _misfits_in(item, typing.get_args(fields[name])[0], (name, i))
        else:
            whole = merge(defaults.get(name, {}), value) if isinstance(value, dict) else value
            yield from _misfits_in(whole, fields[name], (name, 0))


def _misfits_in(table: Any, kind: Any, place: Place) -> Iterator[tuple[Place, str, str]]:
    if not isinstance(table, dict):
        yield place, "", f"{place[0]} is no table"
        return
    if isinstance(kind, types.UnionType):
        kinds = {struct.__struct_config__.tag: struct for struct in typing.get_args(kind)}
        if table.get("kind") not in kinds:
            yield place, "kind", f"kind must be one of {', '.join(sorted(kinds))}"
            return
        kind = kinds[table["kind"]]
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for key, value in table.items():
        if key == kind.__struct_config__.tag_field:
            continue
        if key not in fields:
            yield place, key, f"no setting {key} is known in [{place[0]}]"
            continue
        try:
            msgspec.convert(value, fields[key].type)
        except msgspec.ValidationError as error:
            yield place, key, f"{key}: {error}"
    for key, field in fields.items():
        if field.required and key not in table:
            yield place, "", f"{key} is missing in [[{place[0]}]]"


Fault = tuple[Place, str, str, str]
"""Where, at which key, what is wrong, and the mend."""


def _contradictions(folder: Path, settings: Settings) -> Iterator[BadInput | Fault]:
    """What fits by itself, but not with the rest or with the machine."""
    yield from _times(settings)
    yield from _names(settings)
    for i, feed in enumerate(settings.rosters):
        if bool(feed.path) == bool(feed.url and feed.query):
            mend = "give a path, or a url and a query"
            yield ("rosters", i), "name", f"{feed.name} has no path, or both path and url", mend
    for i, source in enumerate(settings.sources):
        if isinstance(source, Folder) and not (folder / source.path).is_dir():
            yield ("sources", i), "path", f"there is no folder {source.path}", "make it or name another"
    yield from _viewers(settings, Credentials(folder))
    yield from _unmade(folder, settings, Credentials(folder))


def _times(settings: Settings) -> Iterator[Fault]:
    """Times of day; zones are checked as the settings are loaded."""
    notices, schedule = settings.notices, settings.schedule
    for key in ("refit", "upkeep", "digest"):
        if not _fits(time.fromisoformat, getattr(schedule, key)):
            yield ("schedule", 0), key, f"{key} is no time of day", 'write it as "08:00"'
    for key in ("quiet_from", "quiet_to"):
        if getattr(notices, key) and not _fits(time.fromisoformat, getattr(notices, key)):
            yield ("notices", 0), key, f"{key} is no time of day", 'write it as "20:00"'
    if bool(notices.quiet_from) != bool(notices.quiet_to):
        what = "quiet hours have a beginning or an end only"
        yield ("notices", 0), "quiet_from", what, "give quiet_from and quiet_to"


def _names(settings: Settings) -> Iterator[Fault]:
    """Channels that are named but not there, and names that come twice."""
    channels = {channel.name for channel in settings.channels}
    named = [(("notices", 0), "operator", name) for name in settings.notices.operator]
    named += [(("routes", i), "channels", name) for i, route in enumerate(settings.routes) for name in route.channels]
    for place, key, name in named:
        if name not in channels:
            yield place, key, f"there is no channel {name}", "name one of [[channels]]"
    for table in ("rosters", "sources", "channels", "viewers"):
        names = [row.name for row in getattr(settings, table)]
        for i, name in enumerate(names):
            if name in names[:i]:
                yield (table, i), "name", f"a second one named {name}", "give each a name of its own"


def _viewers(settings: Settings, secrets: Credentials) -> Iterator[Fault]:
    """Viewers whom nothing tells, or whose token is not there; and none who could put it right."""
    for i, rule in enumerate(settings.viewers):
        if bool(rule.user) == bool(rule.token):
            yield ("viewers", i), "user", f"{rule.name} needs a user or a token", "give one of the two"
        if rule.token and not secrets.find(rule.token):
            yield ("viewers", i), "token", f"no such secret: {rule.token}", f"write secrets/{rule.token}"
        if not rule.roles:
            yield ("viewers", i), "roles", f"{rule.name} has no role", 'for example roles = ["investigator"]'
    roles = {role for rule in settings.viewers for role in rule.roles}
    if settings.viewers and not roles >= {"operator", "privacy-officer"}:
        what = "nobody is operator, or nobody privacy-officer"
        yield ("viewers", 0), "roles", what, "somebody must run it, and somebody must watch who looks"


def _unmade(folder: Path, settings: Settings, secrets: Credentials) -> Iterator[BadInput | Fault]:
    """What cannot be made of the settings: channels, sources, the catalogue."""
    attempts: list[tuple[Place, str, Callable[[], Any]]] = [
        (("channels", i), "name", partial(make_channel, rule, secrets, ())) for i, rule in enumerate(settings.channels)
    ]
    attempts += [
        (("sources", i), "format" if rule.format else "url", partial(_make_source, folder, rule, secrets))
        for i, rule in enumerate(settings.sources)
    ]
    attempts += [
        (("rosters", i), "format" if feed.format else "url", partial(_make_roster, folder, feed, secrets))
        for i, feed in enumerate(settings.rosters)
    ]
    if settings.store.url:
        attempts.append((("store", 0), "url", lambda: state_url(secrets.fill(settings.store.url))))
    if settings.http.listen:
        attempts.append((("http", 0), "listen", settings.http.address))
    for place, key, attempt in attempts:
        try:
            attempt()
        except BadInput as error:
            what = error.what if error.where == CONFIG_NAME else f"{error.where}: {error.what}"
            yield place, key, what, error.mend
    try:
        settings.load_catalogue()
    except BadInput as error:
        yield error
    for i, rule in enumerate(settings.channels):
        url = getattr(rule, "url", "")
        if rule.__struct_config__.tag == "webhook" and urlsplit(url).scheme not in ("http", "https"):
            yield ("channels", i), "url", "the url is neither http nor https", "write it as https://host/path"


def _make_source(folder: Path, rule: LogSource, secrets: Credentials) -> None:
    make_source(folder, rule, secrets)
    if isinstance(rule, SqlTable):
        _need_database(rule, secrets)


def _make_roster(folder: Path, feed: RosterFeed, secrets: Credentials) -> None:
    profile_of(feed, folder)
    if feed.url:
        _need_database(feed, secrets)


def _need_database(rule: SqlTable | RosterFeed, secrets: Credentials) -> None:
    """Raises BadInput where the database's URL, driver or file is not there."""
    if path := missing_file(secrets.fill(rule.url), rule.name):
        raise BadInput(rule.name, None, f"there is no file {path}", "name a database that is there")


def _fits(parse: Callable[[str], Any], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _line_of(lines: list[str], place: Place, key: str) -> int | None:
    """The line of a key in the n-th table of a name; the table's own line where the key is not there."""
    name, nth = place
    here, seen = None, -1
    for number, line in enumerate(lines, 1):
        header = re.match(r"\s*\[{1,2}\s*([\w.-]+)\s*\]{1,2}", line)
        if header:
            seen += header[1] == name
            inside = header[1] == name and seen == nth
            here = number if inside else here
            continue
        if here and seen == nth and key and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
            return number
    return here
