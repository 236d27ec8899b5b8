"""The shipped catalogue, by its own cases; and how an action is looked up."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from monitor.core.catalogue import Catalogue
from monitor.settings import load_settings

CASES = tomllib.loads((Path(__file__).parent / "catalogue_cases.toml").read_text("utf-8"))["case"]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_settings().load_catalogue()


@pytest.mark.parametrize("case", CASES, ids=[case["action"] for case in CASES])
def test_case(catalogue: Catalogue, case: dict) -> None:
    action = catalogue.action(case["action"])
    assert action.kind == case["class"]
    assert case["at_least"] - 1e-9 <= action.impact <= case["at_most"] + 1e-9


def test_every_entry_can_be_told(catalogue: Catalogue) -> None:
    """Whatever is looked up has an impact from 0 to 1 and a way back that names the target."""
    words = [*catalogue.file.actions, *(f"thing.{verb}" for verb in catalogue.verbs), "thing.frobnicate", "", "."]
    for action in map(catalogue.action, words):
        assert 0 <= action.impact <= 1
        assert action.restore_minutes >= 0
        assert action.undo[0].isupper()
        assert action.undo[-1] == "."
        assert "{target}" in action.undo
        assert "{" not in action.undo.replace("{target}", "")


def test_the_way_back_tells_how_long_it_takes_and_whether_all_comes_back(catalogue: Catalogue) -> None:
    told = {name: catalogue.action(name).way_back("it all") for name in ("account.deactivate", "file.copy_to_usb")}
    assert told["account.deactivate"].endswith(" Takes about 11 minutes.")
    assert told["file.copy_to_usb"].endswith(" Takes about 8 hours, and not all of it comes back.")
    nothing = catalogue.action("file.view")
    assert nothing.way_back(None) == nothing.undo.replace("{target}", "it")


def test_every_listed_name_is_canonical(catalogue: Catalogue) -> None:
    """An event's action is read in small letters: a name with a capital would never be found."""
    for name in [*catalogue.file.actions, *catalogue.verbs, *catalogue.file.nouns]:
        assert name == name.lower().strip()


def test_no_alias_is_listed_twice(catalogue: Catalogue) -> None:
    told = [word for verb, entry in catalogue.file.verbs.items() for word in (verb, *entry.aliases)]
    assert sorted({word for word in told if told.count(word) > 1}) == []


def test_the_full_name_goes_before_the_verb_and_the_verb_before_the_default(catalogue: Catalogue) -> None:
    default = catalogue.action("gizmo.frobnicate")
    assert default.kind == "change"
    assert catalogue.action("gizmo.delete").kind == "destroy"
    assert catalogue.action("draft.delete").impact < catalogue.action("gizmo.delete").impact


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("member.suspend", "followers"), ("document.trash", "bytes"), ("flag.flip", "users"),
        ("document.fetch", None), ("customer_account.close", None), ("account.export", "records"),
    ],
)  # fmt: skip
def test_a_noun_tells_what_the_size_of_a_change_or_a_loss_counts(
    catalogue: Catalogue, name: str, unit: str | None
) -> None:
    """An export's size may be of rows, of bytes, of pages; what is listed says for itself."""
    assert catalogue.action(name).magnitude == unit


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a" * 10_000, "a.b.c.d", "\x1b[31m", "x." + "_".join(["delete"] * 2000)]
)
def test_any_name_has_an_impact(catalogue: Catalogue, name: str) -> None:
    assert 0 <= catalogue.action(name).impact <= 1
