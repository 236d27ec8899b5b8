"""Over plain files the person_id is the contract; names and addresses are not shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.running import lastday
from tests.office import HEADER, as_lines, incident, roster, usual

WHO = "p000,Zyx Canaryname,zyx.canary@corp.example,acct.p000,Trust and Safety,agent,UTC,,2017-11-02,,confirmed"
SINCE = ("--from", "2017-10-25T00:00:00Z")


@pytest.mark.parametrize(
    "words",
    [
        ("scan",), ("scan", "--format", "json"), ("scan", "-v"), ("explain", "--event", "incident-p000-20171102"),
        ("explain", "--event", "incident-p000-20171102", "--format", "json"),
        ("backtest", *SINCE), ("backtest", *SINCE, "--format", "json"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_name_and_no_address(tmp_path: Path, words: tuple[str, ...]) -> None:
    rows = roster(60, {"p007": "2017-10-20"}).splitlines()
    (tmp_path / "people.csv").write_text("\n".join([HEADER, WHO, *rows[2:]]) + "\n")
    (tmp_path / "a.jsonl").write_text(as_lines([*usual(), incident()]))
    ran = lastday(*words, "--hr", tmp_path / "people.csv", "--events", tmp_path / "a.jsonl")
    told = (ran.out + ran.err).lower()
    assert ran.code == 0, ran.err
    assert "p000" in told or words[0] == "backtest"
    assert not [mark for mark in ("canary", "zyx", "person 7", "p007@corp") if mark in told]
