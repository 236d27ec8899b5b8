"""The figures that evaluation.md stands on, by hand; and that every cheap method runs and names real events."""

from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from monitor.world import generate, write
from tests.benchmarks import large_log
from tests.benchmarks.metrics import Told, average_precision, interval, locating, merit
from tests.benchmarks.peers import rules, vectors
from tests.benchmarks.peers.log import Log, read_log

LEAVERS = ["a", "b", "c", "d"]
INCIDENTS = {"a": ("1", "2"), "c": ("9",)}


def _told(person: str, score: float, ids: str, severity: str | None = None) -> Told:
    return Told(person, score, frozenset(ids.split()), severity)


TOLD = [
    _told("a", 5.0, "1 7", "high"), _told("b", 4.0, "5", "critical"), _told("c", 3.0, "6", "low"),
    _told("c", 2.0, "9", "low"), _told("x", 9.0, "8", "critical"),
]  # fmt: skip


def test_merit_by_hand() -> None:
    figures = merit(INCIDENTS, LEAVERS, TOLD, (1, 2, 3))
    assert figures.average_precision == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert figures.recall == {1: 0.5, 2: 0.5, 3: 1.0}
    assert figures.located == 1.0
    assert figures.own_share == pytest.approx((1 / 2 + 1 / 1) / 2)
    assert (figures.loud, figures.harmless_loud, figures.incidents_loud) == (2, 1, 1)


def test_a_budget_stands_in_for_severity() -> None:
    figures = merit(INCIDENTS, LEAVERS, TOLD, (), loud=3)
    assert (figures.loud, figures.harmless_loud, figures.incidents_loud) == (3, 1, 2)


def test_only_the_first_three_findings_locate() -> None:
    crowd = [_told("c", 10.0 - i, f"other-{i}") for i in range(2)]
    assert merit(INCIDENTS, LEAVERS, TOLD + crowd, ()).located == 0.5
    assert merit(INCIDENTS, LEAVERS, TOLD + crowd[:1], ()).located == 1.0


def test_ties_flatter_nobody() -> None:
    assert average_precision([1, 0], [1.0, 1.0]) == average_precision([0, 1], [1.0, 1.0]) == 0.5
    assert math.isnan(average_precision([0, 0], [1.0, 2.0]))


def test_average_precision_agrees_with_scikit_learn() -> None:
    from sklearn.metrics import average_precision_score

    draw = random.Random(3)
    for _ in range(50):
        positive = [draw.random() < 0.4 for _ in range(30)] + [True]
        scores = [float(draw.randint(0, 12)) for _ in positive]
        assert average_precision(positive, scores) == pytest.approx(average_precision_score(positive, scores))


def test_nothing_found_locates_nothing() -> None:
    figures = merit(INCIDENTS, LEAVERS, [], (2,))
    assert (figures.located, figures.loud) == (0.0, 0)
    assert math.isnan(figures.own_share)
    assert locating(["1"], []) is None


def test_intervals_hold_the_mean_and_weigh_strata_alike() -> None:
    mean, low, high = interval([[0.0, 0.2, 0.4], [1.0, float("nan")]])
    assert mean == pytest.approx((0.2 + 1.0) / 2)
    assert (low, high) == pytest.approx((0.5, 0.7))
    assert all(math.isnan(value) for value in interval([[float("nan")]]))


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    folder = tmp_path_factory.mktemp("world")
    write(generate("platform", 5, people=120, days=90), folder)
    return read_log(folder)


def test_peers_judge_watched_people_by_their_own_events(log: Log) -> None:
    watched = log.events[log.events["watched"]]
    whose = dict(zip(watched["id"], watched["person"], strict=True))
    for told in (rules.find(log), vectors.find(log, lambda past, days: days.sum(1))):
        assert told
        for one in told:
            assert one.score > 0
            assert {log.people.all[whose[event_id]].person_id for event_id in one.event_ids} == {one.person_id}


def test_a_person_day_counts_every_event_once(log: Log) -> None:
    import numpy as np

    days = vectors.vectors(log)
    assert int(np.expm1(days["events"]).round().sum()) == len(log.events)
    counts = np.expm1(days.filter(regex="^n ").to_numpy()).round()
    assert int(counts.sum()) == len(log.events)


def test_the_large_log_is_read_in_full(tmp_path: Path) -> None:
    from monitor.scanning import scan
    from monitor.settings import load_settings

    hr, events = large_log.write(tmp_path, lines=20_000, people=60, days=120)
    result = scan([hr], [str(events)], load_settings())
    assert (result.intake.accepted, result.intake.set_aside, result.unmatched) == (20_000, 0, [])
