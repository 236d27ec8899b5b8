"""When a notice is tried again, and when it is given up."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

FIRST_SECONDS = 5.0
LONGEST_SECONDS = 3600.0
JITTER = 0.25
LONGEST_ASKED_SECONDS = 86_400.0
"""A Retry-After beyond a day is taken as a day."""


def delay_seconds(attempts: int, key: str, asked_seconds: float | None = None) -> float:
    """How long to wait after so many attempts: doubling from 5 s to an hour, a quarter of it drawn by the key.

    asked_seconds: what the other side asked for; it is never called earlier than that.
    """
    base = min(FIRST_SECONDS * 2.0 ** min(attempts - 1, 20), LONGEST_SECONDS)
    draw = int.from_bytes(hashlib.blake2b(f"{key}:{attempts}".encode(), digest_size=4).digest(), "big") / 2**32
    wait = base * (1 - JITTER + 2 * JITTER * draw)
    return wait if asked_seconds is None else max(wait, min(asked_seconds, LONGEST_ASKED_SECONDS))


def next_try(
    created_at: datetime, now: datetime, attempts: int, key: str, asked_seconds: float | None, give_up_hours: float
) -> datetime | None:
    """When to try again, or None where it is given up. A clock that was set back gives no more time than is left."""
    if now - created_at >= timedelta(hours=give_up_hours):
        return None
    return now + timedelta(seconds=delay_seconds(attempts, key, asked_seconds))
