"""Times in the state database: microseconds since 1970 UTC."""

from __future__ import annotations

from datetime import UTC as ZULU
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Dialect, TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=ZULU)


class UTC(TypeDecorator[datetime]):
    """An aware time, kept as microseconds since 1970: SQLite would drop the zone of anything else."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Microseconds. Raises ValueError for a time without a zone."""
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """The time, aware, in UTC."""
        return None if value is None else _EPOCH + timedelta(microseconds=value)


def micros(when: datetime) -> int:
    """Microseconds since 1970 UTC. Raises ValueError for a time without a zone."""
    if when.tzinfo is None:
        raise ValueError("a time without a zone")
    return (when - _EPOCH) // timedelta(microseconds=1)
