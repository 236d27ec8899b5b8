"""A notice tells a rate in the words of the command line, and once what it rests on."""

from __future__ import annotations

import pytest

from monitor.model import Against
from monitor.notify import words
from monitor.report.rates import basis, rate
from tests.notify.notices import FINDING, case_body, notice

HELD = {"windows": 92, "benign": 0, "as_high": 0}


@pytest.mark.parametrize("one_in", [1, 48_000, 100_000])
def test_a_mail_tells_a_rate_as_the_command_line_does(one_in: int) -> None:
    body = case_body() | {"findings": [FINDING | {"one_in": one_in, "against": HELD} for _ in range(3)]}
    for told in (words.text(notice(body=body)), words.html(notice(body=body))):
        assert told.count(rate(one_in)) == 3
        assert told.count(basis(Against(**HELD))) == 1


def test_a_rate_by_the_default_scale_is_told_as_such() -> None:
    told = words.text(notice(body=case_body(one_in=12, against={"windows": 0, "benign": 0, "as_high": 0})))
    assert rate(12, measured=False) in told


def test_a_notice_of_before_the_windows_were_kept_is_still_told() -> None:
    assert f"score 20.7, {rate(100_000)}\n" in words.text(notice())


def test_what_is_left_out_of_a_mail_is_told_with_its_severities() -> None:
    body = case_body() | {"total": 12, "left_out": {"medium": 1, "low": 10}}
    for told in (words.text(notice(body=body)), words.html(notice(body=body))):
        assert "and 11 more findings: 1 medium, 10 low" in told
    assert "and 1 more finding\n" in words.text(notice(body=case_body() | {"total": 2})), "written before that was kept"
