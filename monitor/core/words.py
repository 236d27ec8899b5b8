"""Words of the names of actions: what they are forms of, which stand together, of which they are made."""

from __future__ import annotations

import re
from collections.abc import Container

SHORTEST_PART, LONGEST_COMPOUND = 2, 40
"""Letters of the shortest word that is seen in a compound, and of the longest name that is taken for one."""
MOST_WORDS = 12
"""Words of a noun that are looked at: a name of thousands of words may not take seconds."""
_FORMS = (("", ""), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e"), ("s", ""), ("es", ""))
"""Of a form of a verb, and what stands for them in the verb."""
_PAST = re.compile("(ed|tten|ken|ven|zen|dden|hown|rawn|sent|paid|made|sold|held|lost|done)$")
"""Ends of what was done."""


def bases(word: str) -> list[str]:
    """What a word may be a form of, itself first.

    >>> bases("revised")
    ['revised', 'revis', 'revise']
    """
    return [word.removesuffix(end) + instead for end, instead in _FORMS if word.endswith(end)]


def past(verb: str) -> str:
    """The past of a verb that has a common one.

    >>> [past(verb) for verb in ("force", "initiate", "verify", "deploy", "detach")]
    ['forced', 'initiated', 'verified', 'deployed', 'detached']
    """
    if re.search("[^aeiou]y$", verb):
        return f"{verb[:-1]}ied"
    return f"{verb}d" if verb.endswith("e") else f"{verb}ed"


def is_past(word: str) -> bool:
    """Does it tell what was done?

    >>> [is_past(word) for word in ("deleted", "written", "delete", "shutdown")]
    [True, True, False, False]
    """
    return bool(_PAST.search(word))


def runs(words: list[str]) -> list[str]:
    """Every one to three words that follow each other, of the last of them.

    >>> runs(["gift", "card"])
    ['gift', 'card', 'gift_card']
    """
    words = words[-MOST_WORDS:]
    return ["_".join(words[at : at + size]) for size in (1, 2, 3) for at in range(len(words) - size + 1)]


def parts(written: str, known: Container[str]) -> list[str]:
    """The known words that a word is made of, nothing left over; none where it is not. The longest end goes first.

    >>> parts("clusterrolebinding", frozenset({"cluster", "role", "binding", "log"}))
    ['cluster', 'role', 'binding']
    >>> parts("threshold", frozenset({"hold"}))
    []
    """
    for cut in range(SHORTEST_PART, len(written) - SHORTEST_PART + 1):
        if written[cut:] in known:
            head = [written[:cut]] if written[:cut] in known else parts(written[:cut], known)
            if head:
                return [*head, written[cut:]]
    return []
