"""Events in columns, and the counts over all of them that judgement rests on.

Every statistic is an integer count by person, written once as a set-based query: it adds up
over shards and weeks, does not depend on the order of the lines, and stays small whatever the
number of events.

Columns that recur: `p` person, `g` peer group, `a` action, `w` watch window (small integers);
`t` microseconds since 1970 UTC; `h`, `d` hour and day of the person's own clock since 1970;
`seg` how many of the person's watch windows have begun by then (0: all of it is history);
`b` a bin of sizes, see detectors.tail.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from monitor.core.clocks import DAY_US, HOUR_US
from monitor.core.ways import LET_IN
from monitor.sql import FAILURES, drop_rows, quote

Columns = dict[str, NDArray]

BINS_PER_OCTAVE = 4
LEAST_EVENTS = 50
"""An attribute that fewer matched events carry is kept, but tells nothing of habits."""
MOSTLY, SOMETIMES = 0.5, 0.005
SETTLING_DAYS = 28
"""At the start of a person's record everything is new: rates of the new are counted after it."""
_MAGNITUDE = "CASE WHEN magnitude IS NOT NULL THEN least(abs(magnitude), 1e15) END"
"""SQL, within what sums of whole numbers hold; least() alone would take a missing one for the largest."""
ACTS = """(SELECT event.*, event.rowid AS r, coalesce(q, who.p) AS p, coalesce(way, 0) AS way
    FROM event LEFT JOIN who USING (actor) LEFT JOIN toward ON toward.r = event.rowid)"""
"""SQL for events with the person at whose door they are laid, and their way; see texts.find_toward."""
PLACE = r"""CASE
    WHEN contains({x}, '://') THEN split_part(split_part({x}, '://', 2), '/', 1)
    WHEN contains({x}, '@') THEN regexp_extract({x}, '@([^@]*)$', 1)
    WHEN contains({x}, '/') THEN regexp_extract({x}, '^([^/]+(/[^/]+)?)/', 1)
    WHEN contains({x}, ':') THEN split_part({x}, ':', 1)
    WHEN regexp_matches({x}, '[.](docx?|xlsx?|pptx?|pdf|txt|csv|rtf|odt|ods|md|zip|7z|rar|gz|jpe?g|png|gif|mp[34])$') THEN {x}
    ELSE regexp_replace({x}, '[0-9]+', '#', 'g') END"""
"""What contains a target: a host, a mail domain, the first two folders, a prefix, or its shape; a document without a path stands alone."""


def bin_sql(size: str) -> str:
    """SQL for detectors.tail.bin_of."""
    return f"(CASE WHEN {size} > 0 THEN 1 + floor({BINS_PER_OCTAVE} * log2(1 + {size}))::INTEGER ELSE 0 END)"


def value_sql(text: str) -> str:
    """SQL for the number that stands for a text among a facet's values; NULL stays NULL."""
    return f"(CASE WHEN {text} IS NOT NULL THEN hash({text}) & 4294967295 END)::UINTEGER"


STRAY = 0.001
"""So small a share of the events may stand before or after the days of a log by a clock that is off."""


@dataclass(frozen=True, slots=True)
class Facet:
    """Something that an event happens through, from or with: a machine, an address, a tool, a partner."""

    name: str
    column: str
    many: bool


def week_of(t: int) -> int:
    """The week (UTC) of a time in microseconds since 1970, counted from Monday, 29 December 1969."""
    return (t // DAY_US + 3) // 7


class History:
    """Events of matched people, in DuckDB. The table `event` must hold typed events."""

    def __init__(self, db: duckdb.DuckDBPyConnection, keep: Collection[str] = ()) -> None:
        """keep: tables that `drop` leaves."""
        self.db, self.keep = db, keep

    def beside(self) -> History:
        """The same events and tables through a connection of its own, for another thread."""
        return History(self.db.cursor(), self.keep)

    def columns(self, sql: str) -> Columns:
        """A query's columns as NumPy arrays; NULL becomes -1 or NaN."""
        found: Columns = {}
        for name, array in self.db.execute(sql).fetchnumpy().items():
            missing = -1 if array.dtype.kind in "iu" else np.nan
            found[name] = array.filled(missing) if isinstance(array, np.ma.MaskedArray) else array
        return found

    def rows(self, sql: str) -> list[tuple]:
        return self.db.execute(sql).fetchall()

    def put(self, name: str, table: pa.Table) -> None:
        """Make a table of it."""
        self.db.register("given", table)
        self.db.execute(f"CREATE OR REPLACE TABLE {quote(name)} AS SELECT * FROM given")
        self.db.unregister("given")

    def texts(self, but: Collection[str]) -> list[str]:
        """The columns of `event` that hold texts, but for these."""
        return [name for name, kind, *_ in self.rows("DESCRIBE event") if kind == "VARCHAR" and name not in but]

    def drop(self, *tables: str) -> None:
        """Give back the memory of tables that are not asked again."""
        for name in set(tables).difference(self.keep):
            self.db.execute(f"DROP TABLE IF EXISTS {quote(name)}")

    def hold_back(self) -> None:
        """Put all events aside, to let them in again as time goes on."""
        self.db.execute("ALTER TABLE event RENAME TO everything")
        self.db.execute("CREATE TABLE event AS SELECT * FROM everything LIMIT 0")

    def let_in(self, after: int, until: int) -> None:
        """Let in what was held back and happened then; after, until: t."""
        self.db.execute(f"INSERT INTO event SELECT * FROM everything WHERE t > {after} AND t <= {until}")

    def times(self, ids: Sequence[str]) -> dict[str, int]:
        """When the events with these ids happened, t, also of those held back."""
        self.put("wanted", pa.table({"id": pa.array(ids, pa.string())}))
        return dict(self.rows("SELECT id, t FROM everything SEMI JOIN wanted USING (id)"))

    def match(
        self, accounts: pa.Table, people: pa.Table, offsets: pa.Table, until: int | None = None,
        shared: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """Find out who acted: build `actor` (actor, since), `who` (actor, k, p, g, zone, guest), `action` (a, action, toward).

        Who is on the roster is no guest; others see hands.let_in.

        accounts: name (lower case), k (its number), p.  people: p, g, zone.
        offsets: zone, hour (UTC hours since 1970), seconds (east of UTC).
        until: leave out events after this t.  shared: names of several people, which are nobody's.
        """
        self.put("account", accounts)
        self.put("shared", pa.table({"name": pa.array(shared, pa.string())}))
        self.put("person", people)
        self.put("zone", offsets)
        if until is not None:
            drop_rows(self.db, "event", f"t > {until}")
        self.db.execute("""CREATE OR REPLACE TABLE action AS
            SELECT (row_number() OVER (ORDER BY action) - 1)::INTEGER AS a, action, 0::TINYINT AS toward
            FROM (SELECT DISTINCT action FROM event)""")
        self.db.execute("CREATE OR REPLACE TABLE actor AS SELECT actor, min(t) AS since FROM event GROUP BY actor")
        self.db.execute("""CREATE OR REPLACE TABLE who AS
            SELECT actor, account.k, p, g, zone, false AS guest FROM actor
            JOIN account ON name = lower(actor) JOIN person USING (p)""")

    def number_toward(self) -> None:
        """Give each way of an action a number of its own in `action`; see texts.find_toward."""
        self.db.execute("""INSERT INTO action
            SELECT (SELECT count(*) FROM action) + row_number() OVER (ORDER BY action, way) - 1, action, way
            FROM (SELECT DISTINCT action, way FROM event JOIN toward ON toward.r = event.rowid)""")

    def unmatched(self) -> list[tuple[str | None, int, int, str]]:
        """(source, actors, events, example) of events whose actor is nobody on the roster, most first."""
        return self.rows("""SELECT source, count(DISTINCT actor), count(*), min(actor) FROM event
            ANTI JOIN who USING (actor) ANTI JOIN shared ON name = lower(actor)
            GROUP BY source ORDER BY count(*) DESC, source""")

    def contested(self) -> list[tuple[str, int]]:
        """(name, events) of the names that several people claim, which are nobody's, most first."""
        return self.rows("""SELECT name, count(*) FROM event JOIN shared ON name = lower(actor)
            ANTI JOIN who USING (actor) GROUP BY name ORDER BY count(*) DESC, name""")

    def days(self, until: int | None = None) -> tuple[int, int] | None:
        """The first and the last day (UTC) with an event, but for the few that a broken clock puts far away.

        until: leave out events after this t.
        """
        known = "" if until is None else f"WHERE t <= {until}"
        days = self.rows(f"SELECT t // {DAY_US} AS d, count(*) FROM event {known} GROUP BY d ORDER BY d")
        if not days:
            return None
        few = sum(n for _, n in days) * STRAY
        return _first_beyond(days, few), _first_beyond(days[::-1], few)

    def weeks(self) -> int:
        """Weeks with an event of anybody on the roster: a clock that is off by decades adds one, not thousands."""
        return len({week_of(hour * HOUR_US) for hour in self.hours()})

    def span(self) -> tuple[int, int] | None:
        """First and last t of matched events, or None where there is none."""
        low, high = self.rows("SELECT min(t), max(t) FROM event JOIN who USING (actor) WHERE NOT guest")[0]
        return None if low is None else (low, high)

    def hours(self) -> list[int]:
        """The hours (UTC, since 1970) with an event: few, however far a broken clock stands off."""
        return [hour for (hour,) in self.rows(f"SELECT DISTINCT t // {HOUR_US} AS hour FROM event ORDER BY hour")]

    def actions(self) -> list[str]:
        """The actions' names, by their numbers; what is also done in another way, see core.ways, stands there again."""
        return [name for (name,) in self.rows("SELECT action FROM action ORDER BY a")]

    def toward(self) -> NDArray:
        """The way of each action, by their numbers; see texts.find_toward."""
        return np.array([way for (way,) in self.rows("SELECT toward FROM action ORDER BY a")], np.int8)

    def active(self) -> dict[int, tuple[int, int]]:
        """First and last day (UTC) with an event of each person that has any."""
        days = self.rows(
            f"SELECT p, min(t) // {DAY_US}, max(t) // {DAY_US} FROM event JOIN who USING (actor) WHERE NOT guest GROUP BY p"
        )
        return {p: (first, last) for p, first, last in days}

    def row_of(self, event_id: str) -> int | None:
        """The row number of the event with this id."""
        found = self.db.execute("SELECT rowid FROM event WHERE id = ?", [event_id]).fetchall()
        return int(found[0][0]) if found else None

    def lines(self, r: NDArray) -> list[dict]:
        """The events with these row numbers, in that order, as they were read."""
        self.put("wanted", pa.table({"r": pa.array(r, pa.int64()), "i": pa.array(range(len(r)), pa.int64())}))
        found = self.db.sql("SELECT event.* FROM event JOIN wanted ON event.rowid = wanted.r ORDER BY i")
        return found.to_arrow_table().to_pylist()

    def facets(self, attributes: Sequence[str]) -> list[Facet]:
        """The attributes that tell circumstances: present, recurring, and no numbers."""
        names = ["source", "ip", *attributes]
        tests = ", ".join(f"count({c}), approx_count_distinct({c})" for c in map(quote, names))
        values = self.rows(f"SELECT {tests} FROM event")[0]
        found = []
        for name, n, kinds in zip(names, values[::2], values[1::2], strict=True):
            if n >= LEAST_EVENTS and 1 < kinds < n / 2:
                c = quote(name)
                numbers, many = self.rows(f"""SELECT count(try_cast(x AS DOUBLE)) / count(*),
                    count_if(contains(x, ';') OR x[1] = '[') / count(*)
                    FROM (SELECT DISTINCT {c} AS x FROM event WHERE {c} IS NOT NULL)""")[0]
                if numbers < MOSTLY:
                    found.append(Facet(name, name, many > SOMETIMES))
        return found

    def narrow(self, windows: pa.Table, facets: Sequence[Facet]) -> None:
        """Build `act`, one narrow row for each event of a known person, and what is summed from it.

        mine: the rows of `act` that lie in a watch window, with its w and first day.  active: the hours in which a person acted, but for outsiders whom they let in.
        windows: w, p, first (day), end (day, exclusive), ends (the end of the last day, t),
        real (a departure, not a placebo).
        daily: events n and the size s of those that succeeded, for each person, action and day.
        """
        self.put("watch", windows)
        self.db.execute("""CREATE OR REPLACE TABLE began AS
            SELECT p, min(first) FILTER (rank = 1) AS s0, min(first) FILTER (rank = 2) AS s1,
              min(first) FILTER (rank = 3) AS s2, min(first) FILTER (real) AS until
            FROM (SELECT *, row_number() OVER (PARTITION BY p ORDER BY first) AS rank FROM watch) GROUP BY p""")
        names = [quote("v_" + f.name) for f in facets if not f.many]
        hashes = "".join(
            f", CASE WHEN coalesce(way, 0) < {LET_IN} THEN {value_sql(quote(f.column))} END AS {quote('v_' + f.name)}"
            for f in facets
            if not f.many
        )
        self.db.execute(f"""CREATE OR REPLACE TABLE act AS
            SELECT r, k, i, p, g, a, t, h, d, b, m, failed, reasoned, v,
              (coalesce(d >= s0, false)::TINYINT + coalesce(d >= s1, false)::TINYINT + coalesce(d >= s2, false)::TINYINT) AS seg
              {"".join(", " + name for name in names)}
            FROM (SELECT *, h // 24 AS d FROM (
              SELECT event.rowid AS r, CASE WHEN q IS NULL THEN k ELSE -1 - q END AS k, hash(id) AS i,
                person.p, person.g, a, t, {_MAGNITUDE} AS m,
                CASE WHEN magnitude IS NOT NULL THEN {bin_sql("abs(magnitude)")} END AS b,
                coalesce(lower(outcome) IN {FAILURES}, false) AS failed, reason IS NOT NULL AS reasoned,
                CASE WHEN target IS NOT NULL THEN hash(target) END AS v,
                ((t // 1000000 + coalesce(seconds, 0)) // 3600)::INTEGER AS h{hashes}
              FROM event LEFT JOIN who USING (actor) LEFT JOIN toward ON toward.r = event.rowid
              JOIN action ON action.action = event.action AND action.toward = coalesce(way, 0)
              JOIN person ON person.p = coalesce(q, who.p)
              LEFT JOIN zone ON zone.zone = person.zone AND zone.hour = t // 3600000000))
            LEFT JOIN began USING (p)""")
        self.db.execute("""CREATE OR REPLACE TABLE mine AS
            SELECT act.*, w, first FROM act JOIN watch USING (p) WHERE d >= first AND d < "end" """)
        self.db.execute(f"""CREATE OR REPLACE TABLE active AS SELECT DISTINCT p, d, h, seg FROM act
            ANTI JOIN (SELECT a FROM action WHERE toward = {LET_IN}) USING (a)""")
        self.db.execute("""CREATE OR REPLACE TABLE daily AS
            SELECT p, a, d, seg, count(*)::INTEGER AS n,
              sum(m::BIGINT) FILTER (NOT failed)::DOUBLE AS s
            FROM act GROUP BY p, a, d, seg""")


def _first_beyond(days: Sequence[tuple[int, int]], few: float) -> int:
    """The first of the (day, events) that comes after so few events or more."""
    seen = 0
    for day, events in days:
        seen += events
        if seen > few:
            return day
    return days[-1][0]
