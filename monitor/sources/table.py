"""Action logs in a table or view of a database, read on by a column that grows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from monitor.model import BadInput, Batch
from monitor.operation import SqlTable
from monitor.sources.batches import as_lines, read_piece
from monitor.sources.canonical import REQUIRED
from monitor.sources.files import look_at
from monitor.sources.formats import look_of
from monitor.sources.profiles import Format

LOOK_BACK_SECONDS = 60.0
"""So often the last `overlap` is read again, for rows that were committed later than rows after them."""
ITEM = "table"


@dataclass(slots=True)
class TableSource:
    """Reads a table; `url` has its secrets filled in."""

    rule: SqlTable
    url: str
    engine: sa.Engine | None = None
    looked_back: datetime | None = field(default=None)
    profile: Format | None = None

    @property
    def name(self) -> str:
        """As it stands in the settings."""
        return self.rule.name

    def read(self, after: Mapping[str, Mapping[str, Any]], now: datetime) -> Iterator[Batch]:
        """What is new, page by page. Raises BadInput where the table cannot be read."""
        look = look_of(self.profile, Path(self.rule.table + ".csv")) or look_at
        last = _value(after.get(ITEM, {}))
        back = self.looked_back is None or not timedelta() <= now - self.looked_back < timedelta(
            seconds=LOOK_BACK_SECONDS
        )
        try:
            for rows, end in self._pages(_before(last, self.rule.overlap) if back else last):
                last = end if last is None else max(last, end)
                found, rejects, received = read_piece(
                    as_lines([self._record(row) for row in rows]), ".jsonl", self.name, look=look
                )
                yield Batch(self.name, ITEM, found, rejects, received, _position(last))
        except sa.exc.SQLAlchemyError as error:
            what = str(getattr(error, "orig", error)).splitlines()[0]
            raise BadInput(self.name, None, f"cannot be read ({what})", "check [[sources]] in lastday.toml") from None
        if back:
            self.looked_back = now

    def gone(self, after: object) -> list[str]:
        """A table's cursor stays."""
        return []

    def left_out(self, after: object) -> list[str]:
        """Nothing of a table is left out."""
        return []

    def _pages(self, start: Any) -> Iterator[tuple[Sequence[Any], Any]]:
        """Pages of rows after `start`; rows that share a cursor value never stand on two pages."""
        self.engine = self.engine or sa.create_engine(self.url)
        schema, _, name = self.rule.table.rpartition(".")
        column: sa.ColumnClause[Any] = sa.column(self.rule.cursor)
        table = sa.table(name, schema=schema or None)
        query = sa.select(sa.text("*")).select_from(table).order_by(column)
        with self.engine.connect() as connection:
            while True:
                more = query if start is None else query.where(column > start)
                rows = connection.execute(more.limit(self.rule.batch)).mappings().all()
                if not rows:
                    return
                self._check_columns(list(rows[0].keys()))
                end = rows[-1][self.rule.cursor]
                if len(rows) == self.rule.batch:
                    whole = [row for row in rows if row[self.rule.cursor] != end]
                    rows = whole or connection.execute(query.where(column == end)).mappings().all()
                    end = rows[-1][self.rule.cursor]
                yield rows, end
                start = end

    def _check_columns(self, there: Sequence[str]) -> None:
        """Raises BadInput where a column is not there: the cursor waits for it to be named."""
        named = self.rule.columns
        needed = [named.get(name, name) for name in REQUIRED if self.profile is None] + list(named.values())
        missing = next((column for column in needed if column not in there), None)
        if missing:
            what = f"{self.rule.table} has no column {missing}; it has {', '.join(there)}"
            raise BadInput(self.name, None, what, "name it in columns of [[sources]]")

    def _record(self, row: Mapping[str, Any]) -> dict[str, str]:
        theirs = {column: name for name, column in self.rule.columns.items()}
        told = {theirs.get(k, k): _text(v, self.rule.timezone) for k, v in row.items() if v is not None}
        if self.profile is None and self.rule.timezone and "time" in told:
            told["time"] = _zoned(told["time"], self.rule.timezone)
        return told


def _zoned(time: str, zone: str) -> str:
    """A time that was kept as text, with the offset of the zone where it has none: SQLite knows no other times."""
    try:
        return _text(datetime.fromisoformat(time), zone)
    except ValueError:
        return time


def _text(value: Any, zone: str = "") -> str:
    if isinstance(value, datetime):
        local = value.replace(tzinfo=ZoneInfo(zone)) if zone and value.tzinfo is None else value
        return local.isoformat()
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("utf-8", "replace")
    return str(value)


def _before(last: Any, overlap: float) -> Any:
    if isinstance(last, datetime):
        return last - timedelta(seconds=overlap)
    return last - int(overlap) if isinstance(last, int) else last


def _position(last: Any) -> dict[str, Any]:
    return {"kind": type(last).__name__, "last": _text(last)}


def _value(cursor: Mapping[str, Any]) -> Any:
    if not cursor:
        return None
    kinds: dict[str, Any] = {"datetime": datetime.fromisoformat, "int": int}
    return kinds.get(cursor["kind"], str)(cursor["last"])
