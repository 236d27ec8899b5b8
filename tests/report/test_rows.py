"""Tables on a screen of a given width."""

from __future__ import annotations

import pytest
from rich.console import Console

from monitor.report.rows import Column, laid_out, write_rows

EVENTS = (
    Column("time", "time", keep=True),
    Column("target", "target", cut=40),
    Column("outcome", "outcome"),
    Column("id", "event", keep=True),
)


CASES = (
    Column("case", "case", keep=True),
    Column("score", "score", right=True, drop=2),
    Column("with", "with", drop=1),
    Column("acts", "acts", fold=True),
)


def shown(told: list[dict], columns: tuple[Column, ...], width: int) -> list[str]:
    console = Console(width=width)
    with console.capture() as printed:
        console.print(laid_out(told, columns, width)[0])
    return printed.get().splitlines()


@pytest.mark.parametrize("width", [52, 60, 100])
def test_what_is_kept_is_whole_and_the_widest_of_the_others_gives_room(width: int) -> None:
    row = {"time": "Wed 13 Sep 16:58:20", "target": "account:" + "8" * 30, "outcome": "success", "id": "e0328020"}
    head, line = shown([row], EVENTS, width)
    assert head.split()[0] == "time"
    assert head.split()[-1] == "event"
    assert line.startswith(row["time"])
    assert line.rstrip().endswith(row["id"])
    assert ("…" in line) == (width < 100)


CASE = {"case": "cc10a9b41ac175595", "score": 22.2, "with": "ann", "acts": "account.deactivate, file.delete"}


@pytest.mark.parametrize(
    ("width", "gone"), [(60, []), (46, []), (42, ["score"]), (36, ["score", "with"]), (32, ["score", "with"])]
)
def test_where_there_is_no_room_columns_are_left_out_by_their_rank(width: int, gone: list[str]) -> None:
    lines = shown([CASE], CASES, width)
    assert lines[0].split() == [column.head for column in CASES if column.head not in gone]
    assert lines[1].startswith(CASE["case"])
    assert laid_out([CASE], CASES, width)[1] == gone
    assert max(map(len, lines)) <= width


def test_an_empty_column_is_the_first_that_is_left_out_and_not_missed() -> None:
    told = [CASE | {"with": None}]
    assert shown(told, CASES, 40)[0].split() == ["case", "score", "acts"]
    assert laid_out(told, CASES, 40)[1] == []


def test_what_does_not_fit_at_all_stands_upright() -> None:
    """Every field on a line of its own, a blank line between rows; nothing is left out."""
    columns = tuple(Column(f"c{i}", f"c{i}", least=26) for i in range(17))
    told = [{f"c{i}": f"{row} {i} " + "v" * 30 for i in range(17)} for row in range(2)]
    lines = [line.strip() for line in shown(told, columns, 80)]
    assert lines[:2] == ["c0   0 0 " + "v" * 30, "c1   0 1 " + "v" * 30]
    assert lines[17] == ""
    assert len(lines) == 35


def test_what_is_left_out_is_told_beside_the_table(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "42")
    write_rows([CASE], CASES, "table")
    told = capsys.readouterr()
    assert "score" not in told.out
    assert " ".join(told.err.split()) == "no room for score; a wider screen or --format json shows them"
