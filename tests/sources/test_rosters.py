"""A roster is read line by line; a bad line is set aside, a file that is no roster is refused with the mend."""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest
import zstandard

from monitor.model import BadInput, Departure
from monitor.scanning import read_rosters
from monitor.sources.formats import read_through
from monitor.sources.rosters import Roster, read_roster

HEAD = "person_id,name,email,accounts,timezone,start_date,notice_date,last_day,departure_kind,status\n"


def roster(folder: Path, text: str | bytes, name: str = "hr.csv") -> Roster:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    read = read_roster(path)
    assert len(read.people) + len(read.rejects) <= read.received
    return read


def one(folder: Path, line: str) -> Roster:
    return roster(folder, HEAD + line + "\nother,,,,,,,,,\n")


def test_everything_a_line_can_tell(tmp_path: Path) -> None:
    read = one(
        tmp_path,
        "p1, Ann ,Ann@Example.ORG,ANN|ann2||ann,Europe/Berlin,2016-01-01,2017-10-01,2017-11-02,Contract End,Confirmed",
    )
    person = read.people["p1"]
    assert (person.name, person.email, person.accounts, person.zone) == (
        "Ann",
        "ann@example.org",
        ("ann", "ann2"),
        "Europe/Berlin",
    )
    assert read.departures == [Departure("p1", date(2017, 11, 2), date(2017, 10, 1), "contract_end", "confirmed")]


def test_missing_is_missing(tmp_path: Path) -> None:
    """No placeholder stands for an unknown value: somebody without a last day does not leave."""
    read = one(tmp_path, "p1,,,,,,,,,")
    person = read.people["p1"]
    assert (person.name, person.email, person.accounts, person.zone, person.start_date) == (None, None, (), None, None)
    assert read.departures == []


@pytest.mark.parametrize("forever", ["9999-12-31", "2999-12-31", "2099-12-31", "1900-01-01", "0001-01-01"])
def test_a_placeholder_is_no_last_day(tmp_path: Path, forever: str) -> None:
    """HR systems write "no end" as a day far away: it is nobody's departure."""
    read = one(tmp_path, f"p1,,,,,{forever},,{forever},,")
    assert (read.departures, read.rejects, read.people["p1"].start_date) == ([], [], None)


@pytest.mark.parametrize("kind", ["contractor", "vendor"])
def test_a_contractor_without_an_end_is_somebody(tmp_path: Path, kind: str) -> None:
    read = roster(tmp_path, f"person_id,employment_type,last_day\nc1,{kind},\n")
    assert read.people["c1"].employment_type == kind
    assert read.departures == []


BAD = [
    ("p1,,,,,2018-01-01,,2017-11-02,,", "last_day 2017-11-02 is before start_date 2018-01-01"),
    ("p1,,,,Mars/Olympus,,,,,", "unknown timezone 'Mars/Olympus'"),
    ("p1,,,,../../etc/passwd,,,,,", "unknown timezone"),
    ("p1,,,,Europe,,,,,", "unknown timezone"),
    (",Ann,,,,,,,,", "no person_id"),
    ("p1,Ann", "2 values for 10 columns"),
    ("p1,Doe, Ann,,,,,,,,", "11 values for 10 columns"),
    ('p1,"Ann,,,,,,,,', "the quotes are wrong"),
    ("p1," + "x" * (1 << 20) + ",,,,,,,,", "longer than"),
]


@pytest.mark.parametrize(("line", "why"), BAD, ids=[f"{i} {why}" for i, (_, why) in enumerate(BAD)])
def test_a_bad_line_is_set_aside_alone(tmp_path: Path, line: str, why: str) -> None:
    read = one(tmp_path, line)
    assert list(read.people) == ["other"]
    [reject] = read.rejects
    assert (reject.file, reject.line) == (str(tmp_path / "hr.csv"), 2)
    assert reject.why.startswith(why)
    assert read.received == 2


UNREAD = [
    ("p1,,,,,,,2017-02-30,,", "last_day '2017-02-30' is no date"),
    ("p1,,,,,,,02.11.2017,,", "last_day '02.11.2017' is no date"),
    ("p1,,,,,,,11/02/2017,,", "last_day '11/02/2017' is no date"),
    ("p1,,,,,,,20171102,,", "last_day '20171102' is no date"),
    ("p1,,,,,,,2017-11-02x,,", "last_day '2017-11-02x' is no date"),
    ("p1,,,,,,soon,,,", "notice_date 'soon' is no date"),
    ("p1,,,,,never,,,,", "start_date 'never' is no date"),
]


@pytest.mark.parametrize(("line", "why"), UNREAD, ids=[why for _, why in UNREAD])
def test_a_date_that_cannot_be_read_is_set_aside_and_the_person_stays(tmp_path: Path, line: str, why: str) -> None:
    read = one(tmp_path, line)
    assert list(read.people) == ["p1", "other"]
    assert (read.received, read.rejects, read.departures) == (2, [], [])
    [left_out] = read.dates
    assert (left_out.file, left_out.line) == (str(tmp_path / "hr.csv"), 2)
    assert left_out.why.startswith(why)
    is_last_day = why.startswith("last_day")
    assert (read.undated, read.last_days) == (["p1"] * is_last_day, int(is_last_day))


@pytest.mark.parametrize("day", ["2017-11-02", "2017-11-02T00:00:00Z", "2017-11-02 00:00:00"])
def test_forms_of_a_day(tmp_path: Path, day: str) -> None:
    assert one(tmp_path, f"p1,,,,,,,{day},,").departures[0].last_day == date(2017, 11, 2)


def test_a_rehire_has_two_departures(tmp_path: Path) -> None:
    read = roster(tmp_path, HEAD + "p1,Ann,,,,,,2016-01-31,,\np1,Anna,,,,,,2017-11-02,,\np1,Anna,,,,,,2017-11-02,,\n")
    assert [d.last_day.year for d in read.departures] == [2016, 2017]
    assert read.people["p1"].name == "Anna"


FORMS = [
    "\N{BYTE ORDER MARK}" + HEAD + "p1,,,,,,,2017-11-02,,\n",
    (HEAD + "p1,,,,,,,2017-11-02,,\n").replace("\n", "\r\n"),
    (HEAD + "p1,,,,,,,2017-11-02,,\n").replace(",", ";"),
    (HEAD + "p1,,,,,,,2017-11-02,,\n").replace(",", "\t"),
    HEAD.upper() + "p1,,,,,,,2017-11-02,,",
    "\n" + HEAD + "\n\np1,,,,,,,2017-11-02,,\n,,,,,,,,,\n",
    '"person_id","last_day","a ""note"", with\nmore"\n"p1","2017-11-02","x;y;z"\n',
    "person_id , last_day ,\n p1 , 2017-11-02 ,\n",
]


@pytest.mark.parametrize("text", FORMS)
def test_forms_of_a_file(tmp_path: Path, text: str) -> None:
    read = roster(tmp_path, text)
    assert list(read.people) == ["p1"]
    assert [d.last_day for d in read.departures] == [date(2017, 11, 2)]
    assert read.rejects == []


@pytest.mark.parametrize(("name", "squeeze"), [("hr.csv.gz", gzip.compress), ("hr.csv.zst", zstandard.compress)])
def test_compressed(tmp_path: Path, name: str, squeeze) -> None:
    data = squeeze((HEAD + "p1,,,,,,,,,\n" * 1000).encode())
    assert list(roster(tmp_path, data, name).people) == ["p1"]
    with pytest.raises(BadInput, match="damaged"):
        roster(tmp_path, data[: len(data) // 2], name)
    with pytest.raises(BadInput, match="damaged"):
        roster(tmp_path, b"junk", name)


REFUSED = [
    ("", None, "nothing in it"),
    ("\n\n", None, "nothing in it"),
    (HEAD, None, "no person in it"),
    (HEAD + ",,,,,,,,,x\n", None, "none of 1 lines could be used"),
    ("name,last_day\nAnn,2017-11-02\n", 1, "no column person_id"),
    ("person_id,name,name\np1,a,b\n", 1, "two columns have the same name"),
    ('person_id,"name\np1,a\n', 1, "the quotes are wrong"),
    (HEAD.encode() + b"p1,Ren\xe9,,,,,,,,\n", 2, "not UTF-8"),
    (HEAD.encode("utf-16"), 1, "not UTF-8"),
]


@pytest.mark.parametrize(("text", "line", "what"), REFUSED)
def test_no_roster(tmp_path: Path, text: str | bytes, line: int | None, what: str) -> None:
    with pytest.raises(BadInput) as refused:
        roster(tmp_path, text)
    assert what in refused.value.what
    assert refused.value.line == line
    assert refused.value.mend


def test_where_no_line_can_be_used_the_first_says_why(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        roster(tmp_path, HEAD + "p1,,,,Mars,,,,,\np2,,,,,2024-06-02,,2024-06-01,,\n")
    assert refused.value.what == "none of 2 lines could be used"
    assert refused.value.mend.startswith(f"the first: {tmp_path}/hr.csv:2: unknown timezone 'Mars'")


def test_a_date_in_another_form_names_the_way_out(tmp_path: Path) -> None:
    [told] = roster(tmp_path, HEAD + "p1,,,,,,,14.06.2024,,\n").dates
    for way_out in ("2017-11-02", "date_format", "--roster-of", "docs/formats.md"):
        assert way_out in told.why


def test_a_profile_gives_a_roster_with_our_columns_its_dates(tmp_path: Path) -> None:
    """The way out that the message names: a profile of two lines, for a file that lacks nothing but our dates."""
    profile = tmp_path / "ours.toml"
    profile.write_text('title = "ours"\ndate_format = ["%d.%m.%Y"]\n[columns]\nperson_id = "person_id"\n')
    (tmp_path / "hr.csv").write_text(HEAD + "p1,Ann,,,,,,14.06.2024,dismissal,\np2,,,,,,,2024-06-15,,\n")
    read = read_rosters([tmp_path / "hr.csv"], read_through([], [str(profile)]))
    assert [(d.person_id, d.last_day, d.kind) for d in read.departures] == [
        ("p1", date(2024, 6, 14), "dismissal"), ("p2", date(2024, 6, 15), "unknown"),
    ]  # fmt: skip
    assert read.people["p1"].name == "Ann"


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path, tmp_path / ("x" * 5000), Path("a\0b")):
        with pytest.raises(BadInput):
            read_roster(path)


def test_of_two_rosters_the_first_has_the_say(tmp_path: Path) -> None:
    for name, text in {
        "hr.csv": "person_id,name,last_day\np1,Ann,2017-11-02\np2,Bob,\n",
        "vendors.csv": "person_id,name,last_day\np1,Other,2017-12-31\nv1,Cy,2017-11-30\nv1,Cy,2018-11-30\n",
    }.items():
        (tmp_path / name).write_text(text)
    both = read_rosters([tmp_path / "hr.csv", tmp_path / "vendors.csv"])
    assert both.people["p1"].name == "Ann"
    assert [(d.person_id, d.last_day.year) for d in both.departures] == [("p1", 2017), ("v1", 2017), ("v1", 2018)]
    assert both.received == 5


def test_a_vendor_knows_the_end_of_somebody_whom_hr_lists_without_one(tmp_path: Path) -> None:
    """The contractor of the story: the first roster has no end for him, the vendor's has."""
    (tmp_path / "hr.csv").write_text("person_id,name,last_day\np1,Ann,\n")
    (tmp_path / "vendor.csv").write_text("person_id,name,last_day\np1,Ann,2017-11-02\n")
    assert read_rosters([tmp_path / "hr.csv", tmp_path / "vendor.csv"]).departures[0].last_day == date(2017, 11, 2)
