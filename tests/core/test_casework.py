"""What people decide about cases, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from monitor.core.casework import acknowledged, assignees, checked_reason, closed, reopened, verdicts_in_force
from monitor.core.fold import TellRules, fold
from monitor.model import BadInput, Case, CaseStep
from tests.core.made import finding
from tests.core.test_fold import opened

NOW = datetime(2017, 11, 3, 9, tzinfo=UTC)
RULES = TellRules()


def step(what: str, case_id: str = "c1", **more: object) -> CaseStep:
    told: dict = {"text": "because", "verdict": None, "actions": (), "expires": None} | more
    return CaseStep(case_id, "p000", NOW, "ann", what, **told)


def closing(case_id: str = "c1", verdict: str = "benign") -> CaseStep:
    return step("close", case_id, verdict=verdict, actions=("file.delete", "file.read"), expires=date(2017, 12, 2))


def test_a_closed_case_is_neither_acknowledged_nor_closed_again() -> None:
    case = closed(opened(finding()), [finding()], "benign")
    assert (case.state, case.closed_as) == ("closed", "benign")
    for change in (acknowledged, lambda c: closed(c, [], "malicious")):
        with pytest.raises(BadInput, match="closed"):
            change(case)
    with pytest.raises(BadInput, match="not closed"):
        reopened(opened(finding()), NOW)


@pytest.mark.parametrize("verdict", ["malicious", "honest-mistake", "benign"])
def test_whoever_closes_has_seen_all_its_findings(verdict: str) -> None:
    """Also those that were not loud enough to be told: growing louder later, they do not reopen it."""
    quiet = finding(action="file.delete", severity="low")
    case = closed(opened(finding(), quiet), [finding(), quiet], verdict)
    assert fold(case, [finding(), replace(quiet, severity="high")], NOW, RULES)[1] is None


def test_more_of_what_was_benign_is_not_told_a_new_kind_and_a_graver_one_are() -> None:
    case = closed(opened(finding()), [finding()], "benign")
    assert fold(case, [finding(), finding(day=3)], NOW, RULES)[1] is None
    assert fold(case, [finding(), finding(action="file.delete")], NOW, RULES)[1] == "reopened"
    assert fold(case, [finding(), finding(day=3, severity="critical")], NOW, RULES)[1] == "reopened"
    mistake = replace(case, closed_as="honest-mistake")
    assert fold(mistake, [finding(), finding(day=3)], NOW, RULES)[1] == "reopened", "once may be a mistake"


def test_reopened_by_hand_it_is_reminded_of_again() -> None:
    case = reopened(closed(opened(finding()), [finding()], "benign"), NOW)
    assert (case.state, case.closed_as, case.reminders) == ("open", None, 0)
    assert fold(case, [finding()], NOW, RULES)[1] is None
    assert fold(case, [finding()], NOW.replace(day=5), RULES)[1] == "reminder"


def test_the_last_verdict_holds_until_somebody_reopens() -> None:
    first, second = closing(), closing(verdict="malicious")
    assert {(e.action, e.verdict) for e in verdicts_in_force([first])} == {
        ("file.delete", "benign"), ("file.read", "benign"),
    }  # fmt: skip
    assert verdicts_in_force([first, step("reopen")]) == ()
    assert {e.verdict for e in verdicts_in_force([first, step("reopen"), second])} == {"malicious"}
    assert len(verdicts_in_force([first, closing("c2"), step("reopen")])) == 2
    assert verdicts_in_force([step("note"), step("ack")]) == ()
    assert all(e.person_id == "p000" and e.reason == "because" for e in verdicts_in_force([first]))


def test_it_is_with_whom_it_was_last_given_to() -> None:
    given = [step("assign", text="ann"), step("assign", "c2", text="bob"), step("assign", text="cyd")]
    assert assignees(given) == {"c1": "cyd", "c2": "bob"}


@pytest.mark.parametrize("reason", ["", " \n", "x" * 501])
def test_a_reason_is_there_and_short(reason: str) -> None:
    with pytest.raises(BadInput):
        checked_reason(reason)
    assert checked_reason(" a\n b ") == "a b"


def test_cases_are_frozen() -> None:
    case: Case = opened(finding())
    closed(case, [], "benign")
    assert case.state == "open"
