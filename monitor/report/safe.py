"""Text from logs and rosters is hostile until it has been through here."""

from __future__ import annotations

import unicodedata

LONGEST = 200


def plain(text: object, longest: int = LONGEST) -> str:
    """The text on one line without control, format or bidirectional characters, cut to a length."""
    shown = "".join(map(_shown, str(text)[: longest + 1]))
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def _shown(char: str) -> str:
    kind = unicodedata.category(char)
    if char in "\r\n\t" or kind in ("Zl", "Zp"):
        return " "
    return "\N{REPLACEMENT CHARACTER}" if kind[0] == "C" else char
