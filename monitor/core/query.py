"""What a reader's SQL asks for: one SELECT over known views, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.model import BadInput

LONGEST = 20_000
TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})
"""All others read files, settings or the engine's own tables."""
REFUSED_FUNCTIONS = frozenset({"current_setting", "getenv", "getvariable", "set_config"})
"""They tell of the machine, not of what the views hold."""
TABLE_KINDS = frozenset({"BASE_TABLE", "JOIN", "SUBQUERY", "TABLE_FUNCTION", "EMPTY", "EXPRESSION_LIST", "EMPTY_FROM"})
"""Sorts of table that a FROM may name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The views that a query reads, and the names of columns in it; None where it may read all."""

    views: frozenset[str]
    columns: frozenset[str] | None


def understood(tree: str, views: Mapping[str, Collection[str]]) -> Asked:
    """What a query asks for. Raises BadInput where it is more than reading these views.

    tree: the query as DuckDB's json_serialize_sql tells it.  views: the columns of each.
    """
    told = json.loads(tree)
    if told.get("error"):
        if told.get("error_type") == "not implemented":
            raise refused("is no SELECT", "only SELECT is there: nothing is written, attached, loaded or set")
        message = str(told.get("error_message", "cannot be read")).splitlines()[0]
        raise BadInput("sql", None, f"cannot be read ({message})", "see lastday sql --schema")
    if len(told["statements"]) != 1:
        raise refused("holds several statements", "give one SELECT")
    nodes = list(_walk(told["statements"][0]))
    own = {entry["key"].lower() for node in nodes for entry in node.get("cte_map", {}).get("map", ())}
    read: set[str] = set()
    for node in nodes:
        read |= _checked(node, own, views)
    return Asked(frozenset(read), _columns(nodes, {c for view in read for c in views[view]}))


def refused(what: str, mend: str) -> BadInput:
    """The error for a query that is more than a question."""
    return BadInput("sql", None, what, mend)


def _checked(node: Mapping[str, Any], own: set[str], views: Mapping[str, Collection[str]]) -> set[str]:
    """The view that a node reads, if any."""
    if node.get("from_table"):
        kind = node["from_table"].get("type")
        if kind not in TABLE_KINDS:
            raise refused(f"reads a {str(kind).lower().replace('_', ' ')}", "lastday sql --schema lists the views")
    kind = node.get("type")
    if kind in ("SHOW_REF", "PIVOT"):
        raise refused("is no SELECT over the views", "lastday sql --schema lists them")
    if kind == "BASE_TABLE":
        name = str(node["table_name"]).lower()
        plain = not node.get("schema_name") and not node.get("catalog_name")
        if plain and name in own:
            return set()
        if not plain or name not in views:
            raise refused(f"reads {name[:60]!r}", f"the views are {', '.join(views)}")
        return {name}
    if kind == "TABLE_FUNCTION":
        name = str(node["function"].get("function_name", "")).lower()
        if name not in TABLE_FUNCTIONS:
            raise refused(f"calls {name[:60]!r} as a table", f"the views are {', '.join(views)}")
    if node.get("class") == "FUNCTION" and str(node.get("function_name", "")).lower() in REFUSED_FUNCTIONS:
        raise refused(f"calls {str(node['function_name'])[:60]!r}", "ask about the views alone")
    return set()


def _columns(nodes: list[Mapping[str, Any]], known: set[str]) -> frozenset[str] | None:
    """Names of columns in the query; None where it may mean all: a star, a whole row, a name that is no column."""
    found: set[str] = set()
    for node in nodes:
        if node.get("class") == "STAR" or node.get("ref_type") == "NATURAL":
            return None
        if node.get("class") == "COLUMN_REF":
            found.add(str(node["column_names"][-1]).lower())
        found |= {str(name).lower() for name in node.get("using_columns") or ()}
    whole = any(name not in known and not _is_alias(name, nodes) for name in found)
    return None if whole else frozenset(found & known)


def _is_alias(name: str, nodes: list[Mapping[str, Any]]) -> bool:
    """Is it what the query itself calls an expression, and no table's name?"""
    named = any(str(node.get("alias", "")).lower() == name and "class" in node for node in nodes)
    table = any(
        node.get("type") in TABLE_KINDS
        and name in (str(node.get("alias", "")).lower(), str(node.get("table_name")).lower())
        for node in nodes
    )
    return named and not table


def _walk(tree: Any) -> Iterator[Mapping[str, Any]]:
    """Every object in it."""
    waiting = [tree]
    while waiting:
        at = waiting.pop()
        if isinstance(at, dict):
            yield at
            waiting += at.values()
        elif isinstance(at, list):
            waiting += at
