"""What exports of other countries and vendors hold, and a profile of one's own says: lists, numbers, two rosters."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.model import BadInput
from monitor.scanning import read_rosters
from monitor.sources.formats import read_through
from tests.sources.profiled import read

HR = 'title = "HR"\ndate_format = ["%d/%m/%Y"]\n[columns]\nperson_id = "Nr"\nlast_day = "Saída"\n'
VENDOR = """
title = "Vendor"
date_format = ["%d-%b-%Y"]
[columns]
person_id = "Badge"
accounts = { of = "Logins", parts = ",", by = "|" }
last_day = "Ends"
"""
MILES = """
title = "Miles"
[[log]]
time = "when"
actor = "who"
action = { text = "miles.credit" }
magnitude = "miles"
keep = { partners = { of = "to", parts = "," } }
"""


@pytest.fixture
def hr(tmp_path: Path) -> Path:
    (tmp_path / "hr.toml").write_text(HR, "utf-8")
    (tmp_path / "hr.csv").write_text("Nr;Saída\n7;02/11/2017\n8;\n", "utf-8")
    return tmp_path / "hr.csv"


@pytest.fixture
def vendors(tmp_path: Path) -> Path:
    (tmp_path / "vendor.toml").write_text(VENDOR, "utf-8")
    (tmp_path / "vendors.csv").write_text('Badge,Logins,Ends\nv1,"jdoe, 1000JD , 88",30-Nov-2017\n', "utf-8")
    return tmp_path / "vendors.csv"


def test_each_roster_is_read_through_its_own_profile(tmp_path: Path, hr: Path, vendors: Path) -> None:
    both = read_through([], [f"{tmp_path / 'vendor.toml'}={vendors}", f"{tmp_path / 'hr.toml'}={tmp_path}/h*.csv"])
    people = read_rosters([hr, vendors], both)
    assert [(d.person_id, d.last_day.isoformat()) for d in people.departures] == [
        ("7", "2017-11-02"),
        ("v1", "2017-11-30"),
    ]
    named_for_the_rest = read_through([], [str(tmp_path / "hr.toml"), f"{tmp_path / 'vendor.toml'}={vendors}"])
    assert read_rosters([hr, vendors], named_for_the_rest).departures == people.departures


def test_a_roster_that_no_profile_is_named_for_is_a_canonical_one(tmp_path: Path, vendors: Path) -> None:
    (tmp_path / "people.csv").write_text("person_id,last_day\np1,2017-11-02\n")
    reading = read_through([], [f"{tmp_path / 'vendor.toml'}={vendors}"])
    assert list(read_rosters([tmp_path / "people.csv", vendors], reading).people) == ["p1", "v1"]


def test_a_profile_for_a_roster_that_is_not_read_is_told(tmp_path: Path, hr: Path, vendors: Path) -> None:
    reading = read_through([], [f"{tmp_path / 'vendor.toml'}={tmp_path}/vendor.csv", str(tmp_path / "hr.toml")])
    with pytest.raises(BadInput, match="no --hr is such a file"):
        read_rosters([hr, vendors], reading)


def test_a_list_in_a_cell_is_taken_apart(vendors: Path, tmp_path: Path) -> None:
    people = read_rosters([vendors], read_through([], [str(tmp_path / "vendor.toml")])).people
    assert people["v1"].accounts == ("jdoe", "1000jd", "88")


def miles(folder: Path, decimal: str, *told: str) -> tuple[list[float | None], list[str]]:
    (folder / "miles.toml").write_text(f"{decimal}\n{MILES}", "utf-8")
    lines = "".join(f'2017-11-02 14:5{i},ann,"{size}","b@x, c@x"\n' for i, size in enumerate(told))
    (folder / "miles.csv").write_text("when,who,miles,to\n" + lines, "utf-8")
    events, rejects, _ = read([folder / "miles.csv"], read_through([str(folder / "miles.toml")]))
    assert {event["partners"] for event in events} == {"b@x;c@x"}
    return [event.get("magnitude") for event in events], [why for _, _, why in rejects]


def test_numbers_are_read_as_the_country_writes_them(tmp_path: Path) -> None:
    """60.000 miles are sixty thousand where a comma stands before the cents."""
    continental = ("60.000", "1.234,56", "-7,5", "1 234 567", "1\u202f234", "12'000", "")
    assert miles(tmp_path, 'decimal = ","', *continental) == ([60000, 1234.56, -7.5, 1234567, 1234, 12000, None], [])
    assert miles(tmp_path, 'decimal = "."', "1,234.56", "60,000", "60.5") == ([1234.56, 60000, 60.5], [])


def test_what_is_no_number_is_set_aside(tmp_path: Path) -> None:
    assert miles(tmp_path, 'decimal = ","', "7", "7 EUR") == ([7], ["the magnitude is not a number"])
    _, [why] = miles(tmp_path, "", "7", "1.234,56")
    assert why == "the magnitude is not a number"
