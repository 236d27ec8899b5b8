"""Names and texts inside SQL."""


def quote(name: str) -> str:
    """An SQL identifier for any column name."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL string literal for any text."""
    return "'" + text.replace("'", "''") + "'"


FAILURES = "('failure', 'failed', 'fail', 'denied', 'deny', 'error', 'blocked', 'rejected')"
"""Outcomes, in lower case, of what was tried and did not come about."""
MAX_ATTRIBUTES = 64
_TAKEN = frozenset(
    (
        "id", "time", "t", "actor", "action", "target", "target_type", "magnitude", "outcome", "source", "ip",
        "session", "reason", "file", "n", "why", "line", "broken", "wrong", "size", "x",
    )
)  # fmt: skip


def attribute_columns(keys: set[str]) -> list[str]:
    """The keys of events that become columns: SQL tells no upper from lower case, and some names are taken."""
    names: dict[str, str] = {}
    for key in sorted(keys):
        if key.lower() not in _TAKEN:
            names.setdefault(key.lower(), key)
    return sorted(names.values())[:MAX_ATTRIBUTES]
