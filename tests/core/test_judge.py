"""How evidence, impact and circumstances make one score."""

from __future__ import annotations

import numpy as np

from monitor.core.judge import KINDS, Circumstances, Weights, judge


def score(bits: dict[str, float], *, failed: bool = False, hours_to_end: float = 48.0, impact: float = 0.1) -> float:
    """Of one event, twice on its day, with that evidence."""
    one = np.ones(1)
    around = Circumstances(
        impact=one * impact, reading=np.zeros(1, bool), hours_to_end=one * hours_to_end,
        past=np.array([hours_to_end < 0 and not failed]),
        by_clock=np.zeros(1, bool), acts_that_day=one * 2, failed=np.array([failed]),
    )  # fmt: skip
    told = {kind: one * bits.get(kind, 0.0) for kind in KINDS}
    return float(sum(judge(told, around, False, Weights()).values())[0])


def test_the_strange_hour_of_a_try_that_failed_tells_little_of_the_person() -> None:
    """A phone that was never signed out goes on trying, night after night."""
    strange = {"rhythm": 12.0, "habit": 9.0}
    done, tried = score(strange), score(strange, failed=True)
    assert 0 < tried < 0.3 * done
    assert score(strange, hours_to_end=-80.0, failed=True) < 0.3 * done
