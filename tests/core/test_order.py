"""Which order of two acts on one target has a purpose."""

from __future__ import annotations

import numpy as np

from monitor.core.order import prepared, purposeful
from monitor.core.questions import BY_CHANCE, QUESTIONS
from monitor.settings import load_settings

NAMES = ("vendor.bank_change", "payment.release", "account.disable", "mfa.reset", "file.download", "file.delete")


def test_bank_details_before_a_payment_and_a_copy_before_a_deletion_serve_a_purpose() -> None:
    catalogue = load_settings().load_catalogue()
    table = purposeful([catalogue.action(name).kind for name in NAMES])
    pairs = {(NAMES[i - 1], NAMES[j]) for i, j in zip(*np.nonzero(table), strict=True)}
    assert ("vendor.bank_change", "payment.release") in pairs
    assert ("file.download", "file.delete") in pairs
    assert ("file.delete", "file.download") not in pairs
    assert not {("mfa.reset", "account.disable"), ("account.disable", "mfa.reset")} & pairs
    assert not table[0].any(), "no act before prepares nothing"


def test_an_order_by_chance_counts_less_and_one_that_ends_in_the_smallest_payment_nothing() -> None:
    question = next(q for q in QUESTIONS if q.kind == "sequence")
    events = {"prepared": np.array([True, False, True, True]), "small": np.array([0.0, 0.0, 0.25, 1.0])}
    assert question.share(events).tolist() == [1.0, BY_CHANCE, 0.75, 0.0]


def test_one_thing_deleted_after_it_was_taken_out_is_chance_and_two_in_a_day_cover_something_up() -> None:
    kinds = ["exfiltrate", "destroy", "redirect", "money"]
    day = np.array([1, 2, 2, 3, 3, 3])
    events = {
        "w": np.zeros(6, int),
        "d": day,
        "a": np.array([1, 1, 1, 1, 3, 0]),
        "before": np.array([1, 1, 1, 1, 3, 0]),
    }
    assert prepared(events, kinds).tolist() == [False, True, True, False, True, False]
