"""Words of the names of actions: what they are forms of, which stand together, of which they are made."""

from __future__ import annotations

SHORTEST_PART, LONGEST_COMPOUND = 3, 40
"""Letters of the shortest word that is seen in a compound, and of the longest name that is taken for one."""
MOST_WORDS = 12
"""Words of a noun that are looked at: a name of thousands of words may not take seconds."""
_FORMS = (("", ""), ("ed", ""), ("ed", "e"), ("ied", "y"), ("ing", ""), ("ing", "e"), ("s", ""), ("es", ""))
"""Of a form of a verb, and what stands for them in the verb."""


def bases(word: str) -> list[str]:
    """What a word may be a form of, itself first.

    >>> bases("revised")
    ['revised', 'revis', 'revise']
    """
    return [word.removesuffix(end) + instead for end, instead in _FORMS if word.endswith(end)]


def runs(words: list[str]) -> list[str]:
    """Every one to three words that follow each other, of the last of them.

    >>> runs(["gift", "card"])
    ['gift', 'card', 'gift_card']
    """
    words = words[-MOST_WORDS:]
    return ["_".join(words[at : at + size]) for size in (1, 2, 3) for at in range(len(words) - size + 1)]


def parts(written: str, known: frozenset[str]) -> list[str]:
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
