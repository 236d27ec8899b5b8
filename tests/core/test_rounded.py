"""What is told of figures that are known only about holds against the figures themselves."""

from __future__ import annotations

import re

import pytest

from detectors.tail import bin_of
from monitor.core.rounded import number, rounded, rounded_up, usual


def figures(words: str) -> list[float]:
    return [float(text.replace(",", "")) for text in re.findall(r"[\d,]*\.?\d+", words)]


@pytest.mark.parametrize(
    "sizes", [[0, 0, 1], [1, 2, 3], [4, 5, 7], [5, 11, 12], [311_000, 600_000, 900_000], [900, 9_000, 62_443.48],
              [0.05, 0.3, 0.41], [3, 44e6, 45e6]]
)  # fmt: skip
def test_no_figure_of_the_log_refutes_what_is_told(sizes: list[float]) -> None:
    middle, most = int(bin_of(sizes[1])), int(bin_of(sizes[2]))
    usually, at_most = figures(usual(middle, most, whole=all(size == int(size) for size in sizes)))
    assert sizes[2] <= at_most <= sizes[2] * 1.5 + 1
    assert bin_of(usually) == middle or usually == pytest.approx(sizes[1], rel=0.25, abs=0.05)


@pytest.mark.parametrize("whole_number", range(7))
def test_a_count_that_has_a_bin_of_its_own_is_told_as_it_is(whole_number: int) -> None:
    place = int(bin_of(whole_number))
    assert usual(place, place, whole=True) == f"usually {whole_number}, at most {whole_number}"


def test_what_is_no_exact_count_is_told_as_about() -> None:
    assert usual(int(bin_of(600_000)), int(bin_of(900_000)), whole=False) == (
        "usually about 570,000, at most about 1,050,000"
    )
    assert usual(int(bin_of(3)), int(bin_of(20)), whole=True) == "usually 3, at most about 21"
    assert usual(int(bin_of(1)), int(bin_of(1)), whole=False) == "usually about 1.2, at most about 1.38"


@pytest.mark.parametrize("value", [0.001, 0.4142, 1.189, 9.99, 10.0, 99.5, 1_048_575, 44e6, 123_456_789.5])
def test_rounded_up_is_never_less(value: float) -> None:
    assert value <= rounded_up(value) <= value * 1.01 + 0.01


@pytest.mark.parametrize(
    ("value", "told"), [(48_273, 48_000), (414, 410), (77, 77), (9.96, 10), (0, 0), (100_000, 100_000)]
)
def test_two_digits_are_told(value: float, told: float) -> None:
    assert rounded(value) == told


@pytest.mark.parametrize(
    ("value", "text"), [(44e6, "44,000,000"), (0.25, "0.25"), (12.5, "12.5"), (3.0, "3"), (120.4, "120")]
)
def test_numbers_as_people_write_them(value: float, text: str) -> None:
    assert number(value) == text
