"""Every fault of a lastday.toml at once, each with its line and mend."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from monitor.contradictions import Fault, Place, contradictions
from monitor.model import BadInput
from monitor.settings import Settings, load_settings, merge, plainly, read_toml, shipped
from monitor.station import CONFIG_NAME

NEAR = 0.7
"""So alike are a word and the one that was meant, from 0 to 1."""
_SEE = "see config/lastday.toml for what there is"


def faults(folder: Path) -> list[BadInput]:
    """What must be mended in a working folder's lastday.toml; empty where it can be run."""
    path = folder / CONFIG_NAME
    try:
        told = read_toml(path)
    except BadInput as error:
        return [error]
    lines = path.read_text("utf-8").splitlines()
    found = [BadInput(str(path), _line_of(lines, place, key), what, mend) for place, key, what, mend in _misfits(told)]
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
        for error in contradictions(folder, settings)
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


def _meant(word: object, known: Iterable[str]) -> str:
    """The mend of a word that nobody knows: the one that is nearest to it."""
    near = get_close_matches(str(word), [str(name) for name in known], 1, NEAR)
    return f"did you mean {near[0]}? {_SEE}" if near else _SEE


def _words(kind: Any) -> list[str]:
    """The words that a setting of that kind may hold; none where it may hold any."""
    inner = typing.get_args(kind)
    return list(inner) if typing.get_origin(kind) is typing.Literal else [w for k in inner for w in _words(k)]


def _misfits(told: dict[str, Any]) -> Iterator[Fault]:
    """Keys that nobody knows, and values of the wrong kind."""
    fields = {field.name: field.type for field in msgspec.structs.fields(Settings)}
    defaults = shipped("lastday.toml")
    for name, value in told.items():
        if name not in fields:
            yield (name, 0), "", f"no table {name} is known", _meant(name, fields)
        elif typing.get_origin(fields[name]) is tuple:
            for i, item in enumerate(value if isinstance(value, list) else [value]):
                yield from _misfits_in(item, typing.get_args(fields[name])[0], (name, i))
        else:
            whole = merge(defaults.get(name, {}), value) if isinstance(value, dict) else value
            yield from _misfits_in(whole, fields[name], (name, 0))


def _misfits_in(table: Any, kind: Any, place: Place) -> Iterator[Fault]:
    if not isinstance(table, dict):
        yield place, "", f"{place[0]} is no table", _SEE
        return
    if isinstance(kind, types.UnionType):
        kinds = {struct.__struct_config__.tag: struct for struct in typing.get_args(kind)}
        if table.get("kind") not in kinds:
            what = f"kind must be one of {', '.join(sorted(kinds))}"
            yield place, "kind", what, _meant(table.get("kind"), kinds)
            return
        kind = kinds[table["kind"]]
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    for key, value in table.items():
        if key == kind.__struct_config__.tag_field:
            continue
        if key not in fields:
            yield place, key, f"no setting {key} is known in [{place[0]}]", _meant(key, fields)
            continue
        try:
            msgspec.convert(value, fields[key].type)
        except msgspec.ValidationError as error:
            what, words = plainly(str(error)), _words(fields[key].type)
            mend = f"write one of {', '.join(words)}" if words and "enum" in what else _SEE
            yield place, key, f"{key}: {what}", mend
    for key, field in fields.items():
        if field.required and key not in table:
            yield place, "", f"{key} is missing in [[{place[0]}]]", _SEE


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
