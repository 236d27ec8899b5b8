"""What detectors are asked, and how much their answers can be worth."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.core.questions import COMMON_BITS, NEW_TO_ME, NEW_TO_TEAM, QUESTIONS, SOMEBODY_ELSES


@pytest.mark.parametrize("name", ["target", "place"])
def test_the_first_use_of_what_many_use_is_no_stranger_than_their_share(name: str) -> None:
    question = next(q for q in QUESTIONS if q.key == f"novelty {name}")
    events = {
        "w": np.zeros(4, np.int64), "people": np.full(4, 400),
        f"{name}_state": np.array([NEW_TO_ME, NEW_TO_ME, NEW_TO_ME, NEW_TO_TEAM]),
        f"{name}_users": np.array([400, 100, 1, 100]),
    }  # fmt: skip
    assert question.most(events).tolist() == pytest.approx(
        [COMMON_BITS, COMMON_BITS + 2, COMMON_BITS + np.log2(400), np.inf]
    )


def test_the_first_use_of_a_place_of_the_trade_tells_less_than_of_one_that_is_somebody_elses() -> None:
    question = next(q for q in QUESTIONS if q.key == "novelty place")
    mine, teams, anothers = question.share(
        {"w": np.zeros(3, np.int64), "place_state": np.array([NEW_TO_ME, NEW_TO_TEAM, SOMEBODY_ELSES])}
    )
    assert mine < teams == anothers == 1.0
