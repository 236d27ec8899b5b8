"""The audit chain: whatever is done to it, verify names the row."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from click.testing import CliRunner
from sqlalchemy import Connection

from monitor.cli import main
from monitor.core.audit import Fault, read_head
from monitor.looking import open_look
from monitor.model import CaseStep
from monitor.station import Station, open_station
from monitor.store import audit, steps
from monitor.store.schema import audit as rows_of
from monitor.store.state import MIGRATIONS, get, put
from tests.daemon.conftest import postgres, station, store_config  # noqa: F401
from tests.office import lay_out
from tests.privacy.test_looking import NOW

ROWS, MUTATIONS = 40, 1000
COLUMNS = [c.name for c in rows_of.columns if c.name != "seq"]


def fill(station: Station, count: int = ROWS, first: int = 0) -> None:  # noqa: F811
    for n in range(first, first + count):
        with station.state.write() as connection:
            who, reason = f"viewer{n % 3}", None if n % 4 else f"reason {n}"
            station.note(connection, NOW + timedelta(minutes=n), who, "viewer", "look", f"p{n % 7:03d}", reason, "d")


def faults(station: Station, anchors: tuple = ()) -> list[Fault]:  # noqa: F811
    with station.state.read() as connection:
        return audit.faults(connection, station.key(connection), anchors)


def change(c: Connection, draw: random.Random) -> int:
    """Another value in any column, also one that looks right."""
    seq, column = draw.randint(1, ROWS), draw.choice(COLUMNS)
    old = c.execute(sa.select(rows_of.c[column]).where(rows_of.c.seq == seq)).scalar_one()
    others = [v for v in c.scalars(sa.select(rows_of.c[column])) if v != old]
    text = draw.choice((f"{old or ''}x"[-64:], "", "0" * 64))
    made = old + draw.choice((-1, 1, 10**6)) if column == "at" else "another" if text == old else text
    new = draw.choice(others) if others and draw.random() < 0.5 else made
    if new is None and not rows_of.c[column].nullable:
        new = "another"
    c.execute(sa.update(rows_of).where(rows_of.c.seq == seq).values({column: new}))
    return seq


def delete(c: Connection, draw: random.Random) -> int:
    seq = draw.randint(1, ROWS - 1)
    c.execute(sa.delete(rows_of).where(rows_of.c.seq == seq))
    return seq


def insert(c: Connection, draw: random.Random) -> int:
    """A copy of a row before the first or behind the last, or between two after the later ones were moved up."""
    like = dict(c.execute(sa.select(rows_of).where(rows_of.c.seq == draw.randint(1, ROWS))).mappings().one())
    seq = draw.choice((0, -3, ROWS + 1, draw.randint(2, ROWS)))
    if 1 <= seq <= ROWS:
        for later in range(ROWS, seq - 1, -1):
            c.execute(sa.update(rows_of).where(rows_of.c.seq == later).values(seq=later + 1))
    c.execute(sa.insert(rows_of).values(like | {"seq": seq}))
    return seq


def reorder(c: Connection, draw: random.Random) -> int:
    one, two = sorted(draw.sample(range(1, ROWS + 1), 2))
    for old, new in ((one, -9), (two, one), (-9, two)):
        c.execute(sa.update(rows_of).where(rows_of.c.seq == old).values(seq=new))
    return one


def cut_off(c: Connection, draw: random.Random) -> int:
    seq = draw.randint(1, ROWS)
    c.execute(sa.delete(rows_of).where(rows_of.c.seq >= seq))
    return seq


def chain_anew(c: Connection, draw: random.Random) -> int:
    """A change by somebody who knows how the digests are made, but has not the key."""
    from dataclasses import replace

    from monitor.core.audit import digest_of

    seq = draw.randint(1, ROWS)
    previous = None
    for row in audit.entries(c):
        if row.seq < seq:
            continue
        new = replace(row, who="somebody else") if row.seq == seq else replace(row, previous=previous)
        previous = digest_of(new)
        values = {"who": new.who, "previous": new.previous, "digest": previous}
        c.execute(sa.update(rows_of).where(rows_of.c.seq == row.seq).values(values))
    return seq


def cut_off_with_head(c: Connection, draw: random.Random) -> int:
    """The tail and the head's row; the head as it stood before cannot be made without the key."""
    seq = cut_off(c, draw)
    head = audit.head_in(c)
    last = audit.entries(c)[-1] if seq > 1 else None
    put(c, audit.HEAD, f"{last.seq}:{last.digest}:{head.signature}" if last and head else "")
    return seq


KINDS: list[Callable[[Connection, random.Random], int]] = [
    change, change, change, delete, insert, reorder, cut_off, chain_anew, cut_off_with_head,
]  # fmt: skip


def test_a_thousand_mutations_are_each_found_and_named(station: Station) -> None:  # noqa: F811
    fill(station)
    assert not faults(station)
    count = MUTATIONS if station.state.is_sqlite else MUTATIONS // 10
    for n in range(count):
        draw = random.Random(n)
        mutate = KINDS[n % len(KINDS)]
        with station.state.engine.connect().execution_options(writes=True) as connection, connection.begin() as begun:
            seq = mutate(connection, draw)
            found = audit.faults(connection, station.key(connection))
            begun.rollback()
        assert found, (n, mutate.__name__, seq)
        assert seq in {fault.seq for fault in found}, (n, mutate.__name__, seq, found)
    assert not faults(station)


def test_a_store_set_back_as_a_whole_is_found_by_an_anchor(station: Station) -> None:  # noqa: F811
    fill(station, 5)
    with station.state.read() as connection:
        early, head = get(connection, audit.HEAD), audit.head_in(connection)
    fill(station, 5)
    with station.state.read() as connection:
        late = read_head(str(audit.head_in(connection)))
    with station.state.write() as connection:
        connection.execute(sa.delete(rows_of).where(rows_of.c.seq > 5))
        put(connection, audit.HEAD, early or "")
    assert not faults(station)
    assert [f.text for f in faults(station, (late,))] == ["rows 6 to 10 were cut off, an anchor knows them"]
    assert not faults(station, (head,))
    fill(station, 6, first=50)
    assert [f.kind for f in faults(station, (late,))] == ["anchor"]


def test_a_decision_of_which_no_row_tells_shows_that_rows_were_cut_off(station: Station) -> None:  # noqa: F811
    """Rows are gone and the head is as it was before them: the chain holds, but what was done stands elsewhere too."""
    fill(station, 5)
    with station.state.read() as connection:
        early = get(connection, audit.HEAD)
    then = NOW + timedelta(minutes=30)
    with open_look(station, then, reason="seen it") as look, station.state.write() as connection:
        steps.add_step(connection, CaseStep("c1", "p000", then, "us", "close", "", None, (), None))
        look.note(connection, "case close", "p000")
    assert not faults(station)
    with station.state.write() as connection:
        connection.execute(sa.delete(rows_of).where(rows_of.c.seq > 5))
        put(connection, audit.HEAD, early or "")
    [fault] = faults(station)
    assert (fault.seq, fault.kind) == (6, "cut off")
    assert fault.text.startswith("rows from 6 on were cut off: something was done with a case on 2017-11-02 18:30")


def test_a_head_that_is_gone_names_the_row_behind_the_last_one(station: Station) -> None:  # noqa: F811
    fill(station, 5)
    with station.state.write() as connection:
        connection.execute(sa.delete(rows_of).where(rows_of.c.seq > 3))
        put(connection, audit.HEAD, "")
    assert [(f.seq, f.text.partition(";")[0]) for f in faults(station)] == [
        (4, "the signed head is gone: rows from 4 on may have been cut off"),
    ]  # fmt: skip


def test_what_was_cut_off_does_not_heal_when_the_chain_goes_on(station: Station) -> None:  # noqa: F811
    fill(station, 6)
    with station.state.write() as connection:
        connection.execute(sa.delete(rows_of).where(rows_of.c.seq >= 5))
        put(connection, audit.HEAD, "")
    fill(station, 3)
    assert faults(station)
    with station.state.write() as connection:
        put(connection, audit.HEAD, "3:" + "0" * 64 + ":x")
    fill(station, 1)
    assert [f.kind for f in faults(station)].count("changed") == 2


def test_rows_of_many_writers_form_one_chain(station: Station) -> None:  # noqa: F811
    def write() -> None:
        fill(station, 10)

    fill(station, 1)
    writers = [threading.Thread(target=write) for _ in range(4)]
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    with station.state.read() as connection:
        assert [row.seq for row in audit.entries(connection)] == list(range(1, 42))
    assert not faults(station)


def test_the_command_names_the_row_and_tells_by_its_exit_code(station: Station) -> None:  # noqa: F811
    where = ("-C", str(station.folder))
    with open_look(station, NOW) as look:
        look.record("look", "p000", "by hand")
    held = CliRunner().invoke(main, ["audit", "verify", *where])
    assert (held.exit_code, held.output[:15]) == (0, "every row holds")
    shown = CliRunner().invoke(main, ["audit", "show", *where])
    assert "by hand" in shown.output
    assert "p000" not in shown.output
    with station.state.write() as connection:
        connection.execute(sa.update(rows_of).where(rows_of.c.seq == 1).values(who="another"))
    broken = CliRunner().invoke(main, ["audit", "verify", *where])
    assert (broken.exit_code, broken.output) == (3, "row 1 was changed\n")


@pytest.mark.parametrize("text", ["", "3", "3:xyz", "x:" + "a" * 64, "3:" + "A" * 64])
def test_what_is_no_head_is_no_anchor(text: str) -> None:
    assert read_head(text) is None


def test_what_the_journal_held_stands_at_the_beginning_of_the_chain(tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "work")
    path = folder / "data" / "state.db"
    path.parent.mkdir()
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection, connection.begin():
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        rows = [("silence", "('person', 'E77') 5.0 h: why"), ("resend", "key")]
        for what, detail in rows:
            insert = sa.text("INSERT INTO journal VALUES (NULL, 7, 'ann', :what, :detail)")
            connection.execute(insert, {"what": what, "detail": detail})
    engine.dispose()
    moved = open_station(folder)
    with open_look(moved, NOW) as look:
        look.record("look", "p000")
    with moved.state.read() as connection:
        told = [(row.seq, row.who, row.what, row.detail) for row in audit.entries(connection)]
        assert get(connection, audit.JOURNAL) is None
    assert told[:2] == [(1, "ann", "silence", "a person 5.0 h: why"), (2, "ann", "resend", "key")]
    assert [what for _, _, what, _ in told[2:]] == ["config", "look"]
    assert not faults(moved)
    moved.close()
