"""What does not fit in a TOML file of settings: words that nobody knows, values of another kind; and its line."""

from __future__ import annotations

import re
import tomllib
import types
import typing
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Any

import msgspec

Place = tuple[str, int]
"""A table of the file: its name, and which one of several."""
Fault = tuple[Place, str, str, str]
"""Where, at which key, what is wrong, and the mend."""
NEAR = 0.7
"""So alike are a word and the one that was meant, from 0 to 1."""
_BOUNDS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
_SEE = "see config/lastday.toml for what there is"


def misfits(told: dict[str, Any], kind: Any, defaults: dict[str, Any]) -> Iterator[Fault]:
    """Keys that nobody knows, and values of the wrong kind.

    told: what stands in the file.  kind: the struct of all tables.  defaults: what a table has where nothing is told.
    """
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    for name, value in told.items():
        if name not in fields:
            yield (name, 0), "", f"no table {name} is known", _meant(name, fields)
        elif typing.get_origin(fields[name]) is tuple:
            if not isinstance(value, list):
                yield (name, 0), "", f"there may be several of {name}, each a table", f"write it as [[{name}]]"
            for i, item in enumerate(_several(value)):
                yield from _misfits_in(item, typing.get_args(fields[name])[0], (name, i))
        else:
            whole = merge(defaults.get(name, {}), value) if isinstance(value, dict) else value
            yield from _misfits_in(whole, fields[name], (name, 0))


def fitting(told: dict[str, Any], kind: Any, unfit: Sequence[Fault]) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """What stands in the file without what does not fit, and of each table of several which ones are left.

    unfit: as `misfits` tells it.
    """
    fields = {field.name: field.type for field in msgspec.structs.fields(kind)}
    wrong = {(place, key) for place, key, *_ in unfit}
    rest: dict[str, Any] = {}
    left: dict[str, list[int]] = {}

    def pared(table: Any, place: Place) -> Any:
        return {key: value for key, value in table.items() if (place, key) not in wrong}

    for name, value in told.items():
        if name in fields and typing.get_origin(fields[name]) is tuple:
            rows = [pared(row, (name, i)) if isinstance(row, dict) else row for i, row in enumerate(_several(value))]
            left[name] = [i for i, row in enumerate(rows) if _is(row, typing.get_args(fields[name])[0])]
            rest[name] = [rows[i] for i in left[name]]
        elif name in fields and isinstance(value, dict):
            rest[name] = pared(value, (name, 0))
    return rest, left


def line_of(text: str, place: Place, key: str) -> int | None:
    """The line of a key in the n-th table of a name; the table's own line where the key is not there."""
    lines, (name, nth) = text.splitlines(), place
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
    return here or line_at(text, (name, key) if key else (name,))


def line_at(text: str, at: Sequence[str]) -> int | None:
    """The line on which the setting stands, or the innermost table around it."""
    table: tuple[str, ...] = ()
    best: tuple[int, int | None] = (0, None)
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare.startswith("["):
            table = full = _names(bare)
        else:
            full = (*table, *_names(bare.partition("=")[0] + "= 0"))
        if full and full == tuple(at[: len(full)]) and len(full) > best[0]:
            best = (len(full), number)
    return best[1]


def merge(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """`above` laid over `below`, table by table."""
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def plainly(what: str) -> str:
    """What msgspec says, without signs and a pattern that nobody reads: the only one is that of `Memory`."""
    what = what.partition(" - at ")[0]
    if bound := re.fullmatch(r"Expected `(?:int|float)` ([<>]=?) ([\d.]+)", what):
        return f"must be {_BOUNDS[bound[1]]} {bound[2]}"
    return "no size; write it such as 600MB or 2GB" if "matching regex" in what else what


def _meant(word: object, known: Iterable[str]) -> str:
    """The mend of a word that nobody knows: the one that is nearest to it."""
    near = get_close_matches(str(word), [str(name) for name in known], 1, NEAR)
    return f"did you mean {near[0]}? {_SEE}" if near else _SEE


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _is(row: Any, kind: Any) -> bool:
    try:
        msgspec.convert(row, kind)
    except msgspec.ValidationError:
        return False
    return True


def _words(kind: Any) -> list[str]:
    """The words that a setting of that kind may hold; none where it may hold any."""
    inner = typing.get_args(kind)
    return list(inner) if typing.get_origin(kind) is typing.Literal else [w for k in inner for w in _words(k)]


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


def _names(line: str) -> tuple[str, ...]:
    """The dotted key of a table header or of a line with a key; () where there is none."""
    try:
        told: Any = tomllib.loads(line)
    except (ValueError, RecursionError):
        return ()
    names = []
    while isinstance(told, (dict, list)) and told:
        if isinstance(told, dict):
            [(name, told)] = told.items()
            names.append(name)
        else:
            told = told[0]
    return tuple(names)
