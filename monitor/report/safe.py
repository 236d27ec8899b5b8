"""Text from logs and rosters is hostile until it has been through here."""

from __future__ import annotations

import unicodedata

LONGEST = 200


def plain(text: object, longest: int = LONGEST) -> str:
    """The text on one line without control, format or bidirectional characters, cut to a length."""
    shown = "".join(
        " " if char in "\r\n\t" else "\N{REPLACEMENT CHARACTER}" if unicodedata.category(char)[0] == "C" else char
        for char in str(text)[: longest + 1]
    )
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"
