"""Pseudonyms are the beginning of a keyed hash; where two would be the same, the later one is longer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

from monitor.core.pseudonyms import LONG, PREFIX, SHORT, Veil, full_name, name_all
from monitor.model import Person

KEY = b"k" * 32
TWINS = "E310875", "E623875"
"""Their names under this key begin with the same eight letters: found by trying 623,876."""


def person(person_id: str, name: str | None = None, *accounts: str) -> Person:
    return Person(person_id, name, None, accounts, None, None, None, None, None, None)


def test_a_pseudonym_is_the_beginning_of_the_whole_name() -> None:
    ids = ["", "E1", "p000", "Zoë", "\udc80", "x" * 500, *(f"P{i:05}" for i in range(500))]
    for key in (KEY, b"a key longer than a block of the hash is: " * 3):
        names, met = name_all(key, ids, {})
        assert names == {i: PREFIX + full_name(key, i)[:SHORT] for i in ids}
        assert met == {}


def test_of_two_who_meet_the_later_one_is_longer_and_stays_so() -> None:
    first, second = TWINS
    assert full_name(KEY, first)[:SHORT] == full_name(KEY, second)[:SHORT]
    names, met = name_all(KEY, [first, "E1", second, second], {})
    short = full_name(KEY, first)[:SHORT]
    assert names[first] == PREFIX + short
    assert names[second] == PREFIX + full_name(KEY, second)[:LONG]
    assert met == {short: full_name(KEY, first)}
    for order in ([second, first], [second], [first]):
        again, still = name_all(KEY, order, met)
        assert again == {person_id: names[person_id] for person_id in order}
        assert still == met


def test_a_veil_with_somebody_shown_blurs_everybody_else() -> None:
    """A veil and the one it is replaced by share what they know of names, and not who is shown."""
    people = {p.person_id: p for p in (person("E1", "Ann Smith", "ann"), person("E2", "Bob Ray", "bob"))}
    veil = Veil(KEY, people, name_all(KEY, people, {})[0])
    text = "Ann Smith asked bob"
    assert veil.blur(text) == f"{veil.pseudonym('E1')} asked {veil.pseudonym('E2')}"
    assert replace(veil, shown={"E1": "Ann Smith (E1)"}).blur(text) == f"Ann Smith asked {veil.pseudonym('E2')}"
    assert veil.blur(text) == f"{veil.pseudonym('E1')} asked {veil.pseudonym('E2')}"


def test_an_account_of_a_finding_is_told_by_whose_it_is() -> None:
    """A person_id stands alone there: it is known however short; in a text it could be any figure."""
    people = {p.person_id: p for p in (person("42", "Ann Smith", "ann"), person("E2", "Bob Ray", "bob"))}
    veil = Veil(KEY, people, name_all(KEY, people, {})[0])
    assert veil.blur("42") == "42"
    assert veil.whose("42") == veil.pseudonym("42")
    assert replace(veil, shown={"42": "Ann Smith (42)"}).whose("42") == "Ann Smith (42)"
    assert veil.whose("svc-backup") == "svc-backup"
    assert veil.whose("a.smith@mail.example", ["42"]) == f"a.{veil.pseudonym('42')}@mail.example"


def test_of_names_without_blanks_the_longer_one_is_found_first() -> None:
    people = {p.person_id: p for p in (person("E1", "田中"), person("E2", "田中角栄"))}
    veil = Veil(KEY, people, name_all(KEY, people, {})[0])
    assert veil.blur("致田中角栄先生") == f"致{veil.pseudonym('E2')}先生"


class Slow(tuple):
    """Accounts that hold up whoever lists them first."""

    begun, go = threading.Event(), threading.Event()

    def __iter__(self) -> Iterator[str]:
        if not self.begun.is_set():
            self.begun.set()
            self.go.wait()
        return super().__iter__()


def test_a_notice_that_is_blurred_while_another_begins_to_be_tells_no_name() -> None:
    """Channels are served side by side, with one veil; the first to blur sorts the names of everybody."""
    everybody = [
        person("p1", "Ann Alpha"),
        replace(person("p2", "Bob Beta"), accounts=Slow(["bb"])),
        person("p3", "Zyx Canaryname"),
    ]
    veil = Veil(KEY, {p.person_id: p for p in everybody}, {})
    first = threading.Thread(target=veil.blur, args=("by Ann Alpha",))
    first.start()
    Slow.begun.wait()
    told = veil.blur("by Zyx Canaryname")
    Slow.go.set()
    first.join()
    assert told == f"by {veil.pseudonym('p3')}"
