"""One field of a profile: which columns of a vendor's record become one value, as SQL.

A profile writes a field as the name of a column, as a list of columns (the first that is not
empty counts), or as a table with the keys of `Field`. A name may lead into JSON: `actor.email`,
`target[0].id`, `claims.'http://name'`, and find in a list what is called so: `Parameters[Name=User|Trustee].Value`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal

import duckdb
import msgspec

from monitor.sql import literal, quote

Shape = Literal["words", "verb_first", "verb_last"]

_WORDS = (("([a-z0-9])([A-Z])", r"\1_\2"), ("([A-Z]+)([A-Z][a-z])", r"\1_\2"), ("[^A-Za-z0-9.]+", "_"))
_SHAPES = {"verb_first": ("^([a-z0-9]+)_(.+)$", r"\2.\1"), "verb_last": ("^(.+)_([a-z0-9]+)$", r"\1.\2")}
_SOUGHT = re.compile(r"(.+?)\[(\w+)=([^\]]+)\]\.(.+)")
_STEP = re.compile(r"(?:'([^'\"\\]+)'|([^.\[\]]+))((?:\[\d+\])*)(?:\.|$)")


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value in steps: found (of, join or text), taken apart, cut out, counted, looked up (map), or else default.

    of: columns, the first that is not empty counts.  join: columns, all that are not empty, put
    together with `by`.  text: always this.  parts: what lies between these separators, put
    together with `by`.  take: the first group of an RE2 pattern; no match is
    no value.  count: how many parts lie between these separators; a number stays.  map: value,
    in any case, to text.  otherwise: what a value becomes that map does not know (default: it
    stays, in its shape).  shape: `words` makes FileDownloaded file_downloaded, `verb_first`
    makes DeleteBucket bucket.delete, `verb_last` makes FileDownloaded file.downloaded.
    """

    of: str | tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    by: str = ";"
    text: str | None = None
    parts: str | None = None
    take: str | None = None
    count: str | None = None
    map: dict[str, str] | None = None
    otherwise: str | None = None
    shape: Shape | None = None
    default: str | None = None


Spec = str | tuple[str, ...] | Field
Resolve = Callable[[str], str | None]
"""The SQL of a column by its name in the profile, or None where the record has no such column."""


def columns_of(spec: Spec | None) -> tuple[str, ...]:
    """The columns that a field needs."""
    if spec is None:
        return ()
    if not isinstance(spec, Field):
        return (spec,) if isinstance(spec, str) else spec
    return (*columns_of(spec.of), *spec.join)


def field_sql(spec: Spec | None, resolve: Resolve) -> str:
    """SQL for the field's text, NULL where there is none."""
    if spec is None:
        return "NULL::VARCHAR"
    if not isinstance(spec, Field):
        return _first(columns_of(spec), resolve)
    value = _found(spec, resolve)
    if spec.parts is not None:
        value = f"nullif(array_to_string({_parts(value, spec.parts)}, {literal(spec.by)}), '')"
    if spec.take is not None:
        value = f"nullif(regexp_extract({value}, {literal(spec.take)}, 1), '')"
    if spec.count is not None:
        parts = f"len({_parts(value, spec.count)})::VARCHAR"
        value = f"CASE WHEN try_cast({value} AS DOUBLE) IS NOT NULL THEN {value} ELSE {parts} END"
    shaped = _shaped(value, spec.shape)
    if spec.map is not None:
        known = " ".join(f"WHEN {literal(key.lower())} THEN {literal(to)}" for key, to in spec.map.items())
        other = (
            shaped if spec.otherwise is None else f"CASE WHEN {value} IS NOT NULL THEN {literal(spec.otherwise)} END"
        )
        shaped = f"nullif(CASE lower({value}) {known} ELSE {other} END, '')" if known else other
    return shaped if spec.default is None else f"coalesce({shaped}, {literal(spec.default)})"


def when_sql(when: dict[str, str | tuple[str, ...]], resolve: Resolve) -> str:
    """SQL for a rule's condition: every column is one of its values (globs, in any case; an empty text: no value)."""
    tests = []
    for column, wanted in when.items():
        value = _first((column,), resolve)
        any_of = (wanted,) if isinstance(wanted, str) else wanted
        tests.append(
            " OR ".join(f"lower({value}) GLOB {literal(w.lower())}" if w else f"{value} IS NULL" for w in any_of)
        )
    return " AND ".join(f"coalesce({test}, false)" for test in tests) or "true"


def path_of(name: str) -> str:
    """The JSON path of a dotted name: target[0].id is $."target"[0]."id". Raises ValueError."""
    steps, at = [], 0
    while at < len(name):
        step = _STEP.match(name, at)
        if step is None:
            raise ValueError(f"{name!r} is no path; write it as actor.email or target[0].id")
        steps.append(f'."{step[1] or step[2]}"{step[3]}')
        at = step.end()
    return "$" + "".join(steps)


def place_of(name: str) -> str:
    """The dotted name of what is read for a name: the list, where something is sought in one.

    >>> place_of("event.Parameters[Name=User].Value")
    'event.Parameters'
    """
    sought = _SOUGHT.fullmatch(name)
    return sought[1] if sought else name


def sought_sql(name: str, text: str) -> str:
    """SQL for a name by the text of its place.

    Of a list, written as JSON or as a text that holds it, what is there under any of the names sought, with `;`.
    """
    sought = _SOUGHT.fullmatch(name)
    if sought is None:
        return text
    key, wanted, value = path_of(sought[2]), [literal(one.lower()) for one in sought[3].split("|")], path_of(sought[4])
    called = f"lower(json_extract_string(one, {literal(key)})) IN ({', '.join(wanted)})"
    mine = f"list_filter(try(json_extract({text}, '$[*]')), lambda one: {called})"
    told = f"list_transform({mine}, lambda one: nullif(trim(json_extract_string(one, {literal(value)})), ''))"
    return f"nullif(array_to_string({told}, ';'), '')"


def resolver(names: Iterable[str], text: Callable[[str], str] = quote) -> Resolve:
    """Resolve places against columns: as written, in any case and spelling, or into a column that holds JSON.

    text: SQL of a column as text.
    """
    exact = list(names)
    folded: dict[str, str] = {}
    for name in exact:
        folded.setdefault(fold(name), name)

    def resolve(name: str) -> str | None:
        column = name if name in exact else folded.get(fold(name))
        if column is not None:
            return text(column)
        head, _, rest = name.partition(".")
        column = head if head in exact else folded.get(fold(head))
        if not rest or column is None:
            return None
        return f"try(json_extract_string({text(column)}, {literal(path_of(rest))}))"

    return resolve


def fold(name: str) -> str:
    """A column's name without case, spaces and signs: Employee_ID, employee id and employeeId are one."""
    return re.sub(r"[^0-9a-z]+", "", name.lower()) or name


def check_name(name: str) -> None:
    """Raise ValueError where the name leads nowhere."""
    sought = _SOUGHT.fullmatch(name)
    for part in (sought[1], sought[2], sought[4]) if sought else (name,):
        path_of(part)


def check(spec: Spec | None) -> None:
    """Raise ValueError where the field can never work: a pattern that RE2 refuses, a path that is none, no source."""
    for column in columns_of(spec):
        check_name(column)
    if not isinstance(spec, Field):
        return
    if spec.text is None and not columns_of(spec):
        raise ValueError("a field needs `of`, `join` or `text`")
    if spec.take is not None:
        try:
            duckdb.connect().execute("SELECT regexp_extract('', ?, 1)", [spec.take]).fetchall()
        except duckdb.Error as error:
            raise ValueError(f"take {spec.take!r}: {str(error).splitlines()[0]}") from None


def _found(spec: Field, resolve: Resolve) -> str:
    if spec.text is not None:
        return literal(spec.text)
    if spec.join:
        there = [f"nullif(trim({sql}), '')" for name in spec.join if (sql := resolve(name))]
        return f"nullif(concat_ws({literal(spec.by)}, {', '.join(there)}), '')" if there else "NULL::VARCHAR"
    return _first(columns_of(spec.of), resolve)


def _parts(value: str, separator: str) -> str:
    parts = f"list_transform(string_split({value}, {literal(separator)}), lambda x: trim(x))"
    return f"list_filter({parts}, lambda x: x <> '')"


def _first(names: tuple[str, ...], resolve: Resolve) -> str:
    there = [f"nullif(trim({sql}), '')" for name in names if (sql := resolve(name))]
    if not there:
        return "NULL::VARCHAR"
    return there[0] if len(there) == 1 else f"coalesce({', '.join(there)})"


def _shaped(value: str, shape: Shape | None) -> str:
    if shape is None:
        return value
    for pattern, to in _WORDS:
        value = f"regexp_replace({value}, {literal(pattern)}, {literal(to)}, 'g')"
    value = f"lower(trim({value}, '_.'))"
    if shape in _SHAPES:
        pattern, to = _SHAPES[shape]
        value = f"regexp_replace({value}, {literal(pattern)}, {literal(to)})"
    return value
