"""How evidence, impact and circumstances make one score."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.core.judge import KINDS, Circumstances, Weights, judge

W = Weights()


def score(
    bits: dict[str, float], *, failed: bool = False, hours_to_end: float = 48.0, impact: float = 0.1, acts: int = 2,
    by_clock: bool = False, reading: bool = False, low_log: bool = False,
) -> float:  # fmt: skip
    """Of one event, one of so many acts of its day, with that evidence."""
    one = np.ones(1)
    around = Circumstances(
        impact=one * impact, reading=np.array([reading]), hours_to_end=one * hours_to_end,
        past=np.array([hours_to_end < 0 and not failed]),
        by_clock=np.array([by_clock]), acts_that_day=one * acts, failed=np.array([failed]),
    )  # fmt: skip
    told = {kind: one * bits.get(kind, 0.0) for kind in KINDS}
    return float(sum(judge(told, around, low_log, W).values())[0])


def test_the_strange_hour_of_a_try_that_failed_tells_little_of_the_person() -> None:
    """A phone that was never signed out goes on trying, night after night."""
    strange = {"rhythm": 12.0, "habit": 9.0}
    done, tried = score(strange), score(strange, failed=True)
    assert 0 < tried < 0.3 * done
    assert score(strange, hours_to_end=-80.0, failed=True) < 0.3 * done


def test_low_impact_mutes_what_was_done_and_less_so_how_it_came_about() -> None:
    for kind in ("magnitude", "rhythm"):
        scores = [score({kind: 10.0}, impact=impact) for impact in (0.05, W.muted_to, 0.4, W.loud_from, 1.0)]
        assert scores == sorted(scores)
    assert score({"magnitude": 10.0}, impact=W.muted_to) < 0.05 * score({"magnitude": 10.0}, impact=W.loud_from)
    assert score({"rhythm": 10.0}, impact=W.muted_to) > 0.2 * score({"rhythm": 10.0}, impact=W.loud_from)


def test_in_a_log_of_little_impact_circumstances_count_in_full() -> None:
    assert score({"rhythm": 10.0}, low_log=True) > 2 * score({"rhythm": 10.0})


def test_who_only_looks_does_harm_where_they_have_no_part() -> None:
    assert score({"novelty": 10.0}, reading=True) > 5 * score({"novelty": 10.0})
    assert score({"magnitude": 10.0}, reading=True) == score({"magnitude": 10.0})


def test_correlated_evidence_counts_once_and_other_sides_by_their_shares() -> None:
    grave = {"impact": 0.8}
    volume, drift, rarity = (score({kind: 10.0}, **grave) for kind in ("volume", "drift", "rarity"))
    assert score({"volume": 10.0, "drift": 10.0}, **grave) == max(volume, drift)
    both = score({"volume": 10.0, "rarity": 10.0}, **grave)
    assert max(volume, rarity) < both < volume + rarity
    assert score({"magnitude": 1000.0}, **grave) == score({"magnitude": W.cap}, **grave)
    assert score({"magnitude": W.quiet}, **grave) == 0.0


def test_nearer_the_end_it_counts_more_and_past_it_most() -> None:
    scores = [score({"magnitude": 10.0}, impact=0.8, hours_to_end=hours) for hours in (900.0, 300.0, 24.0, 0.0)]
    assert scores == sorted(scores)
    assert score({}, hours_to_end=-W.after_hours[0]) == 0.0, "a late shift may run over"
    assert 0 < score({}, hours_to_end=-8.0) < score({}, hours_to_end=-16.0) == score({}, hours_to_end=-900.0)
    assert score({}, hours_to_end=900.0) == 0.0


def test_an_act_past_the_end_tells_more_by_its_impact_and_by_each_doubling_and_little_where_it_runs_by_itself() -> None:
    past = {"hours_to_end": -40.0}
    assert score({}, **past, acts=1) == pytest.approx(W.after + W.after_impact * 0.1)
    assert score({}, **past, acts=8) - score({}, **past, acts=4) == pytest.approx(W.after_volume)
    assert score({}, **past, impact=0.9) - score({}, **past, impact=0.4) == pytest.approx(W.after_impact * 0.5)
    assert score({}, **past, by_clock=True) == pytest.approx(W.by_clock * score({}, **past))
    assert score({}, **past, failed=True) == 0.0
