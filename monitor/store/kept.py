"""What is kept of a judgement, so that new events are judged without reading the history again.

The whole record of the people who are watched now, what everybody did on the days of their
windows, and who first used which target when. The last of these grows with the history: it lies
in files sorted by target, of which only the pages of the targets asked for are read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from monitor.sql import drop_repeats, find_repeats, literal, suit_threads
from monitor.store.counts import MONTH_DAYS
from monitor.store.history import ACTS, History
from monitor.store.recall import spread

TABLES = ("daily", "first_target", "first_place", "place")
"""What `Kept` needs of a judgement's tables."""
PAGE_ROWS = 10_000
_USES = "p, any_value(g) AS g, v, min(f) AS f, min(fd) AS fd, min(seg) AS seg, arg_min(a, f) AS a, sum(n) AS n"


class Kept:
    """Tables of one judgement, in an engine of their own.

    record: all events of the people in `live`.  others: events of other windows of departures; in both
    `n` is the row in the judgement.  daily: (p, a, d, n) of everybody else since the first watched day.
    known_target, known_place: who first used what the people in `live` have used; the files hold all of it.
    """

    def __init__(
        self, db: duckdb.DuckDBPyConnection, history: History, live: Sequence[int], watched: NDArray, first_day: int
    ) -> None:
        """Keep what a judgement found.

        db: a fresh engine.  history: the judgement's, with TABLES.  live: people.  watched: rows of
        departures' events.  first_day: the first day that anybody in `live` is watched.
        """
        self.folder = tempfile.TemporaryDirectory(prefix="lastday-kept-")
        self.db, self.live, full = db, sorted(live), history.db
        self._files = {name: Path(self.folder.name) / f"{name}.parquet" for name in ("target", "place")}
        history.put("alive", pa.table({"p": pa.array(self.live, pa.int32())}))
        history.put("told", pa.table({"r": pa.array(np.unique(watched), pa.int64())}))
        mine = f"SELECT * EXCLUDE (r, p, way) REPLACE (r AS n) FROM {ACTS} SEMI JOIN alive USING (p)"
        self._copy(full, "record", mine)
        rest = "SELECT event.* REPLACE (event.rowid AS n) FROM event JOIN told ON event.rowid = told.r"
        self._copy(full, "others", f"{rest} WHERE event.rowid NOT IN (SELECT n FROM ({mine}))")
        self._copy(
            full,
            "kept_daily",
            f"SELECT p, a, d, n FROM daily ANTI JOIN alive USING (p) WHERE d >= {first_day - MONTH_DAYS}",
        )
        self._copy(full, "kept_action", "SELECT * FROM action")
        self._copy(full, "machine", "SELECT * FROM machine")
        self._copy(full, "roams", "SELECT * FROM roams")
        self._copy(full, "uses", "SELECT * FROM uses")
        self._copy(full, "kept_opened", "SELECT * FROM opened")
        self._copy(full, "kept_stranger", "SELECT * FROM stranger")
        suit_threads(db, "record", "others", "kept_daily")
        for name, uses in (("target", "first_target"), ("place", "first_place")):
            extra = "" if name == "target" else ", targets"
            source = uses if name == "target" else f"(SELECT {uses}.*, targets FROM {uses} JOIN place ON v = c)"
            columns = f"p, g, v, f, fd, seg, a, n::BIGINT AS n{extra}"
            full.execute(f"""COPY (SELECT {columns} FROM {source} ORDER BY v)
                TO {literal(str(self._files[name]))} (FORMAT parquet, ROW_GROUP_SIZE {PAGE_ROWS})""")
            used = f"SELECT DISTINCT v FROM {uses} SEMI JOIN alive USING (p)"
            self._copy(full, f"known_{name}", f"SELECT {columns} FROM {source} SEMI JOIN ({used}) USING (v)")

    def close(self) -> None:
        """Give everything back."""
        self.db.close()
        self.folder.cleanup()

    def load(self, fresh: pa.Table) -> History:
        """Build `event` of the record and of fresh events, as they are stored; file is 1 for these."""
        self.db.register("given", fresh)
        spread(self.db, "given")
        self.db.unregister("given")
        self.db.execute("""CREATE OR REPLACE TABLE event AS SELECT * FROM record
            UNION ALL BY NAME SELECT * REPLACE (1 AS file) FROM event""")
        columns = self.db.execute("SELECT * FROM event LIMIT 0").description
        find_repeats(self.db)
        drop_repeats(self.db, [name for name, *_ in columns if name not in ("file", "n", "why", "id", "feed")])
        history = History(self.db)
        history.put("alive", pa.table({"p": pa.array(self.live, pa.int32())}))
        return history

    def recall_strangers(self) -> None:
        """Add what was known to the tables of `hands.find_opened`."""
        self.db.execute("""CREATE OR REPLACE TABLE opened AS SELECT name, first(p ORDER BY t, p) AS p, min(t) AS t
            FROM (FROM opened UNION ALL FROM kept_opened) GROUP BY name""")
        self.db.execute("""CREATE OR REPLACE TABLE stranger AS SELECT actor, min(since) AS since
            FROM (FROM stranger UNION ALL FROM kept_stranger) GROUP BY actor""")

    def number(self, history: History) -> bool:
        """Give actions the numbers they had. False where somebody in `live` did what nobody had ever done."""
        self.db.execute("CREATE OR REPLACE TABLE action AS SELECT * FROM kept_action")
        return not history.rows(f"""SELECT 1 FROM {ACTS} AS done SEMI JOIN alive USING (p)
            ANTI JOIN action ON action.action = done.action AND action.toward = way LIMIT 1""")

    def join(self) -> None:
        """Add what is known of everybody else to the tables of `counts.build_first_uses` and to `daily`."""
        self.db.execute("""CREATE OR REPLACE TABLE daily AS
            SELECT p, a, d, min(seg) AS seg, sum(n)::INTEGER AS n, sum(s)::DOUBLE AS s
            FROM (SELECT * FROM daily UNION ALL BY NAME SELECT *, 0 AS seg, NULL AS s FROM kept_daily)
            GROUP BY p, a, d""")
        self._ask("target")
        self._ask("place")
        self.db.execute("""CREATE OR REPLACE TABLE place AS
            WITH fresh AS (SELECT c, count(*) AS n FROM target SEMI JOIN first_target USING (v)
                WHERE v NOT IN (SELECT v FROM asked_target) GROUP BY c),
            before AS (SELECT v AS c, any_value(targets) AS n FROM asked_place GROUP BY v)
            SELECT c, sum(n)::BIGINT AS targets FROM (SELECT * FROM fresh UNION ALL SELECT * FROM before) GROUP BY c""")
        for name in ("target", "place"):
            self.db.execute(f"""CREATE OR REPLACE TABLE first_{name} AS
                SELECT {_USES} FROM (SELECT * FROM first_{name} UNION ALL BY NAME
                  SELECT p, g, v, f, fd, seg, a, n FROM asked_{name} ANTI JOIN alive USING (p)) GROUP BY p, v""")

    def finish(self, history: History) -> tuple[NDArray, NDArray]:
        """Add the events of other windows to `event`. Returns rows in the judgement, ascending, and rows in `event`."""
        self.db.execute("INSERT INTO event BY NAME SELECT * FROM others")
        rows = history.columns("SELECT n, rowid AS r FROM event WHERE file = 0 ORDER BY n")
        return rows["n"], rows["r"]

    def _ask(self, name: str) -> None:
        """Build asked_{name}: everybody's first uses of what the people in `live` have used; forget all else."""
        uses = f"first_{name}"
        self.db.execute(f"""CREATE OR REPLACE TABLE {uses} AS SELECT * FROM {uses}
            WHERE v IN (SELECT v FROM {uses} SEMI JOIN alive USING (p))""")
        new = [
            v
            for (v,) in self.db.execute(
                f"SELECT DISTINCT v FROM {uses} WHERE v NOT IN (SELECT v FROM known_{name}) ORDER BY v"
            ).fetchall()
        ]
        self.db.execute(f"CREATE OR REPLACE TABLE asked_{name} AS SELECT * FROM known_{name}")
        if new:
            self.db.execute(f"""INSERT INTO asked_{name} SELECT * FROM read_parquet({literal(str(self._files[name]))})
                WHERE v IN ({", ".join(map(str, new))})""")

    def _copy(self, full: duckdb.DuckDBPyConnection, name: str, sql: str) -> None:
        self.db.register("given", full.sql(sql).to_arrow_table())
        self.db.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM given")
        self.db.unregister("given")
