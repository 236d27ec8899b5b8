"""Ways of an action that make it another one, with habits of its own: for whom it is done, by whose hand."""

from __future__ import annotations

OUTSIDERS, ONESELF, LET_IN, BORROWED = 1, 2, 3, 4
"""0 for any other: toward outsiders; to oneself; by an outsider whose account they opened; under somebody else's
account, at their machine."""
_WORDS = {
    OUTSIDERS: " to outsiders",
    ONESELF: " to oneself",
    LET_IN: " by {actor}, whose account they opened",
    BORROWED: " under the account of {actor}, at the leaver's machine",
}


def in_words(way: int, actor: str) -> str:
    """What follows the action's name. actor: who acted.

    >>> "document.share" + in_words(OUTSIDERS, "jdoe")
    'document.share to outsiders'
    """
    return _WORDS.get(way, "").format(actor=actor)
