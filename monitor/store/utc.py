"""Times in the state database: microseconds since 1970 UTC."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Dialect, TypeDecorator

from monitor.core.clocks import instant, micros


class UTC(TypeDecorator[datetime]):
    """An aware time, kept as microseconds since 1970: SQLite would drop the zone of anything else."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Microseconds. Raises ValueError for a time without a zone."""
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """The time, aware, in UTC."""
        return None if value is None else instant(value)
