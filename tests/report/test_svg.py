"""Plots of a backtest: figures that people read, nothing cut off, nothing hidden."""

from __future__ import annotations

import re

import pytest

from monitor.report import svg


def texts(plot: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", plot)


@pytest.mark.parametrize(
    ("low", "high", "marks"),
    [
        (0, 3, [0, 1, 2, 3]),
        (0, 27.2, [0, 10, 20, 30]),
        (-62, 7.2, [-80, -60, -40, -20, 0, 20]),
        (0, 100, [0, 20, 40, 60, 80, 100]),
        (0, 0.4, [0, 0.1, 0.2, 0.3, 0.4]),
        (0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]),
    ],
)
def test_an_axis_is_marked_with_round_figures(low: float, high: float, marks: list[float]) -> None:
    assert svg.ticks(low, high) == pytest.approx(marks)


def test_counts_stand_at_whole_numbers() -> None:
    plot = svg.bars("Notices", [svg.Bar(n, "d") for n in (1, 0, 3)], "", 2.0)
    assert [text for text in texts(plot) if text != "d"] == ["0", "1", "2", "3", ""]


def test_a_lead_is_drawn_whole_over_an_axis_with_nought() -> None:
    plot = svg.stretches("Lead", [svg.Stretch("p1", -62, -58, None, True), svg.Stretch("p2", 4, 7.2, 5.0, True)], "d")
    assert "0 d" in texts(plot)
    ends = [float(x) for pair in re.findall(r'x1="([\d.]+)" x2="([\d.]+)"', plot) for x in pair]
    assert max(ends) <= svg.WIDTH - svg.RIGHT
    assert "-60 d" in texts(plot)


def test_of_two_lines_that_agree_both_show() -> None:
    points = ((1.0, 1.0), (4.0, 1.0))
    plot = svg.lines(
        "Both", [svg.Line("precision", points, True, False), svg.Line("recall", points, False, False)], "x"
    )
    drawn = re.findall(r'<polyline [^>]*stroke="(#\w+)" stroke-width="([\d.]+)"', plot)
    assert [colour for colour, _ in drawn] == [svg.LIGHT, svg.DARK]
    assert float(drawn[0][1]) >= 2 * float(drawn[1][1]), "the one beneath is seen on both sides"
