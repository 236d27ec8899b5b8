"""Who is compared with whom."""

from __future__ import annotations

from monitor.core.peers import ENOUGH, peer_groups, trade
from tests.core.made import person


def groups(*shared: tuple[int, str | None, str | None]) -> list[str]:
    """The group's name of the first of each so many people who share title and department."""
    people, first = [], []
    for n, title, department in shared:
        first.append(len(people))
        people += [person(f"p{len(people) + i}", title=title, department=department) for i in range(n)]
    number, names = peer_groups(people)
    return [names[number[i]] for i in first]


def test_a_title_counts_without_its_rank() -> None:
    titles = ("Senior Account Executive", "account executive II", "Sr. Account  Executive", "Lead Account Executive 3")
    assert {trade(title) for title in titles} == {"account executive"}
    assert trade("Leading Edge Engineer") == "edge engineer"
    assert trade(None) == ""


def test_peers_share_trade_and_department_where_enough_do() -> None:
    assert groups((ENOUGH, "agent", "Trust")) == ["agent in Trust"]
    assert groups((ENOUGH - 1, "agent", "Trust"), (1, "senior agent", "Trust")) == ["agent in Trust"] * 2


def test_few_are_compared_with_the_next_wider_circle() -> None:
    few = ENOUGH - 1
    assert groups((few, "agent", "Trust"), (1, "agent", "Safety")) == ["agent"] * 2
    assert groups((few, "agent", "Trust"), (1, "lawyer", "Trust")) == ["department Trust"] * 2
    assert groups((few, "agent", "Trust"), (few, "lawyer", "Legal")) == ["everybody"] * 2


def test_the_same_people_in_another_order_share_the_same_groups() -> None:
    people = [person(f"p{i}", title=("agent", "lawyer")[i % 2], department="Trust") for i in range(2 * ENOUGH)]
    number, names = peer_groups(people)
    turned, again = peer_groups(people[::-1])
    assert [names[n] for n in number] == [again[n] for n in turned[::-1]]
