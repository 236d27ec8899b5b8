"""A person beside the peers: more than all is said only of more, and ties are told as such."""

from __future__ import annotations

import pytest

from monitor.core.comparison import Row, compare


def beside(acts: int, *peers: int) -> Row:
    (row,) = compare([("a", 5, acts)], [(p, "a", n) for p, n in enumerate(peers)], range(len(peers)), 0, 30, 0)
    return row


@pytest.mark.parametrize(
    ("acts", "peers", "place", "tied", "remark"),
    [
        (21, [20] * 10, 1, 0, "more than all 10 peers"),
        (20, [20] * 7 + [9] * 3, 1, 7, "as often as 7 of 10 peers, none more often"),
        (20, [20] + [9] * 9, 1, 1, "as often as 1 of 10 peers, none more often"),
        (20, [30] + [9] * 10, 2, 0, "more than nine of ten peers"),
        (20, [30, 20] + [9] * 8, 2, 1, ""),
        (20, [30] * 5 + [9] * 5, 6, 0, ""),
    ],
)
def test_ties_with_peers(acts: int, peers: list[int], place: int, tied: int, remark: str) -> None:
    row = beside(acts, *peers)
    assert (row.place, row.tied, row.remark) == (place, tied, remark)
