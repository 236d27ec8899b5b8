"""Events that are pushed: a JSON array or JSON lines."""

from __future__ import annotations

import msgspec

from monitor.model import BadInput, Batch
from monitor.sources.batches import as_lines, read_piece

NAME = "push"


def read_push(body: bytes) -> Batch:
    """The events of one request. Raises BadInput where the body is a broken JSON array."""
    if body.lstrip()[:1] == b"[":
        try:
            body = as_lines(msgspec.json.decode(body, type=list))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise BadInput(
                "body", None, f"not a JSON array ({error})", "send a JSON array or one JSON object a line"
            ) from None
    rows, rejects, received = read_piece(body, ".jsonl", NAME)
    return Batch(NAME, "", rows, rejects, received, {})
