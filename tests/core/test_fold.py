from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.core.fold import SAME_DEPARTURE_DAYS, TellRules, case_for, case_id_of, fold, told, untold
from monitor.model import Case
from tests.core.made import LAST_DAY, finding

NOW = datetime(2017, 11, 2, 19, tzinfo=UTC)
RULES = TellRules()


def opened(*found, now: datetime = NOW) -> Case:
    case, why = fold(None, found, now, RULES)
    assert case is not None
    assert why == "opened"
    return told(case, found, now, RULES, why)


def test_a_low_finding_makes_no_case() -> None:
    assert fold(None, [finding(severity="low")], NOW, RULES) == (None, None)


def test_a_medium_finding_waits_for_the_digest() -> None:
    found = [finding(severity="medium")]
    case, why = fold(None, found, NOW, RULES)
    assert case is not None
    assert why is None
    assert untold(case, found, RULES) == found
    case = told(case, found, NOW, RULES, "digest")
    assert untold(case, found, RULES) == []


def test_the_same_is_never_told_twice() -> None:
    found = [finding()]
    case = opened(*found)
    assert fold(case, found, NOW + timedelta(hours=1), RULES) == (case, None)


def test_a_rising_severity_and_a_new_kind_of_act_escalate() -> None:
    case = opened(finding())
    assert fold(case, [finding(severity="critical")], NOW, RULES)[1] == "escalated"
    assert fold(case, [finding(), finding(action="file.delete")], NOW, RULES)[1] == "escalated"
    assert fold(case, [finding(), finding(day=1)], NOW, RULES)[1] is None, "more of the same waits for the digest"
    assert fold(case, [finding(), finding(action="file.delete", severity="medium")], NOW, RULES)[1] is None


def test_a_falling_severity_is_not_told_and_rising_back_neither() -> None:
    case = opened(finding(severity="critical"))
    low, why = fold(case, [finding(severity="medium")], NOW, RULES)
    assert low is not None
    assert (low.severity, why) == ("medium", None)
    assert fold(low, [finding(severity="critical")], NOW, RULES)[1] is None


@pytest.mark.parametrize("verdict", ["benign", "honest-mistake"])
def test_a_closed_case_keeps_the_severity_it_was_closed_at(verdict: str) -> None:
    """What was found benign counts less from then on; the case was none the less as grave as it was."""
    case = replace(opened(finding()), state="closed", closed_as=verdict)
    for later in ([finding(severity="low")], []):
        kept, why = fold(case, later, NOW, RULES)
        assert kept is not None
        assert (kept.severity, why) == ("high", None)
    again, why = fold(case, [finding(severity="low"), finding(action="file.delete", severity="critical")], NOW, RULES)
    assert again is not None
    assert (again.severity, why) == ("critical", "reopened")


def test_reminders_come_while_nobody_acknowledges_and_end() -> None:
    found, case, when, kinds = [finding()], opened(finding()), NOW, []
    for _ in range(20):
        when += timedelta(hours=12)
        case, why = fold(case, found, when, RULES)
        assert case is not None
        if why:
            kinds.append((why, (when - NOW) // timedelta(hours=1)))
            case = told(case, found, when, RULES, why)
    assert kinds == [("reminder", 24), ("reminder", 48)]
    acked = replace(opened(*found), state="acked")
    assert fold(acked, found, NOW + timedelta(days=2), RULES)[1] is None


def test_after_news_reminders_begin_anew() -> None:
    case, more = opened(finding()), [finding(), finding(action="file.delete")]
    for _ in range(RULES.reminders):
        case = told(case, [finding()], NOW, RULES, "reminder")
    assert fold(case, [finding()], NOW + timedelta(days=2), RULES)[1] is None
    case = told(case, more, NOW, RULES, "escalated")
    assert fold(case, more, NOW + timedelta(days=2), RULES)[1] == "reminder"


def test_a_closed_case_reopens_for_what_was_not_told_only() -> None:
    closed = replace(opened(finding()), state="closed", closed_as="honest-mistake")
    assert fold(closed, [finding()], NOW, RULES)[1] is None
    found = [finding(), finding(day=3)]
    case, why = fold(closed, found, NOW, RULES)
    assert case is not None
    assert why == "reopened"
    after = told(case, found, NOW, RULES, why)
    assert (after.state, after.closed_as) == ("open", None)
    assert untold(closed, found, RULES) == []


def test_a_last_day_that_moves_keeps_its_case_and_tells_nothing_again() -> None:
    case = opened(finding())
    moved = LAST_DAY + timedelta(days=20)
    assert case_for([case], "p000", moved) == case
    farthest = LAST_DAY + timedelta(days=SAME_DEPARTURE_DAYS)
    assert case_for([case], "p000", farthest) == case
    assert case_for([case], "p000", farthest + timedelta(days=1)) is None, "a rehire leaves later"
    assert case_for([case], "p001", LAST_DAY) is None
    again, why = fold(case, [finding(finding_id="another", last_day=moved)], NOW, RULES)
    assert again is not None
    assert (again.case_id, again.last_day, why) == (case.case_id, moved, None)


def test_of_two_cases_near_a_last_day_the_nearer_one_is_meant() -> None:
    near, far = (
        replace(opened(finding()), case_id=i, last_day=LAST_DAY + timedelta(days=d))
        for i, d in (("c2", 10), ("c1", 60))
    )
    for known in ([near, far], [far, near]):
        assert case_for(known, "p000", LAST_DAY) == near


@pytest.mark.parametrize("at_once", ["medium", "critical"])
def test_from_when_on_is_for_the_user_to_say(at_once: str) -> None:
    rules = TellRules(at_once=at_once)
    assert (fold(None, [finding()], NOW, rules)[1] == "opened") == (at_once == "medium")


def test_case_ids_are_stable_and_nobody_without_the_key_can_make_them() -> None:
    key = b"k" * 32
    one = case_id_of(key, "p000", LAST_DAY)
    assert one == case_id_of(key, "p000", LAST_DAY)
    assert len({one, case_id_of(b"l" * 32, "p000", LAST_DAY), case_id_of(key, "p001", LAST_DAY),
                case_id_of(key, "p000", date(2018, 11, 2))}) == 4  # fmt: skip
    assert re.fullmatch("c[0-9a-f]{16}", one)
    case, _ = fold(None, [finding()], NOW, RULES, one)
    assert case is not None
    assert case.case_id == one
    again, _ = fold(case, [finding()], NOW, RULES, "another")
    assert again is not None
    assert again.case_id == one, "a case keeps the id that it opened with"
