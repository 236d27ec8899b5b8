"""Whose a thing is, from who used it on how many days."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.core.owners import LEAST_DAYS, Owners, find_owners


def owners(*uses: tuple[int, int, int]) -> Owners:
    """Of (person, thing, days)."""
    person, thing, days = np.array(uses, np.int64).reshape(-1, 3).T
    return find_owners(person, thing, days.astype(np.float64))


def test_who_uses_a_thing_nearly_alone_owns_it_though_others_look_in() -> None:
    found = owners((1, 70, 90), (2, 70, 1), (3, 70, 1), (2, 80, 60), (1, 90, 40), (3, 90, 40))
    assert found.value.tolist() == [70, 80]
    assert found.owner.tolist() == [1, 2]


def test_what_is_another_persons_is_told() -> None:
    found = owners((1, 70, 90), (2, 80, 60))
    person, thing = np.array([1, 2, 2, 1, 3]), np.array([70, 70, 80, 99, 80])
    assert found.others(person, thing).tolist() == [False, True, False, False, True]


def test_a_persons_days_add_up_over_rows() -> None:
    """History rows come by segment: several of one person and thing."""
    assert owners((1, 70, 6), (1, 70, 4)).owner.tolist() == [1]


@pytest.mark.parametrize("uses", [((1, 70, LEAST_DAYS - 1),), ()], ids=["seldom", "nothing"])
def test_what_is_hardly_known_is_nobodys(uses: tuple[tuple[int, int, int], ...]) -> None:
    found = owners(*uses)
    assert not len(found.value)
    assert found.others(np.array([1, 2]), np.array([70, 70])).tolist() == [False, False]


def test_things_that_are_mostly_shared_are_nobodys_even_where_one_has_a_few_alone() -> None:
    """Partners in mails, say: one person may write to somebody alone, and yet does not own them."""
    shared = [(person, thing, 20) for person in range(10) for thing in range(10)]
    assert not len(owners(*shared, (1, 70, 90)).value)
