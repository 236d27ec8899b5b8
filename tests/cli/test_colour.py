"""Colours help and are never needed."""

from __future__ import annotations

import os
import re

import pytest

from monitor.report.terminal import MARKS, STYLES
from tests.cli.conftest import Office
from tests.cli.running import lastday

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def test_colour_changes_nothing_that_is_told(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    plain = lastday("scan", *office.files)
    never = lastday("--color", "never", "scan", *office.files)
    always = lastday("--color", "always", "scan", *office.files)
    monkeypatch.setenv("NO_COLOR", "1")
    told_not_to = lastday("scan", *office.files)
    assert never.out == plain.out == told_not_to.out
    assert "\x1b" not in plain.out
    assert "\x1b" in always.out
    assert ESCAPE.sub("", always.out) == plain.out
    assert "CRITICAL" in plain.out
    assert MARKS["critical"] in plain.out


def test_the_choice_ends_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    lastday("--color", "always", "completion", "fish")
    assert os.environ["NO_COLOR"] == "1"
    assert "FORCE_COLOR" not in os.environ


def test_severities_differ_without_colour() -> None:
    assert len(set(MARKS.values())) == len(MARKS) == len(STYLES)
    assert not any("green" in style for style in STYLES.values()), "red against green is what most do not tell apart"
