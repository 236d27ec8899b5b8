"""Names are blurred however they are spelled, and words that are none are left."""

from __future__ import annotations

import unicodedata

import pytest

from monitor.core.pseudonyms import Veil, name_all
from monitor.core.spelling import begins, keys_of, keys_of_name
from monitor.model import Person
from tests.core.test_pseudonyms import KEY


def somebody(person_id: str, name: str, email: str, *accounts: str) -> Person:
    return Person(person_id, name, email, accounts, None, None, None, None, None, None)


PEOPLE = [
    somebody("KF1007", "Jürgen Müller", "jmuller@corp.example", "jmuller"),
    somebody("KF1008", "Yūki Tanaka", "yt@corp.example", "ytanaka"),
    somebody("KF1009", "Ana-María López", "aml@corp.example", "alopez"),
    somebody("KF1010", "Seán O'Brien", "sob@corp.example", "sobrien"),
    somebody("KF1011", "Max Report", "mr@corp.example", "mreport"),
    somebody("KF1012", "Ed It", "ed@corp.example", "editx"),
    somebody("KF1013", "Sue Blue", "sb@corp.example", "sblue"),
    somebody("KF1014", "Person 1", "p1@corp.example", "p1x"),
    somebody("4711", "Bob Weiß", "bw@corp.example", "CORP\\bweiss"),
]


@pytest.fixture(scope="module")
def veil() -> Veil:
    people = {p.person_id: p for p in PEOPLE}
    return Veil(KEY, people, name_all(KEY, people, {})[0])


@pytest.mark.parametrize(
    ("text", "who", "left"),
    [
        ("Jürgen Müller Zeugnis.docx", "KF1007", "{} Zeugnis.docx"),
        (unicodedata.normalize("NFD", "Zeugnis Jürgen Müller.docx"), "KF1007", "Zeugnis {}.docx"),
        ("an JÜRGEN MÜLLER.pdf", "KF1007", "an {}.pdf"),
        ("Juergen Mueller.pdf", "KF1007", "{}.pdf"),
        ("Jürgen Mueller.pdf", "KF1007", "{}.pdf"),
        ("Jurgen Muller.pdf", "KF1007", "{}.pdf"),
        ("a/J%C3%BCrgen%20M%C3%BCller.pdf?x=%C3%BC", "KF1007", "a/{}.pdf?x=%C3%BC"),
        ("Müller, Jürgen.docx", "KF1007", "{}.docx"),
        ("mueller-juergen.docx", "KF1007", "{}.docx"),
        ("für JürgenMüller.docx", "KF1007", "für {}.docx"),
        ("MuellerJuergen", "KF1007", "{}"),
        ("Jürgen_Müller", "KF1007", "{}"),
        ("Ju\u00adrgen Mül\u200bler\u00ad!", "KF1007", "{}!"),
        ("kf1007.txt", "KF1007", "{}.txt"),
        ("KF 1007, KF-1007", "KF1007", "{}, {}"),
        ("Yuki Tanaka.txt", "KF1008", "{}.txt"),
        ("YukiTanaka.txt", "KF1008", "{}.txt"),
        ("ana maria lopez", "KF1009", "{}"),
        ("Lopez Ana-Maria", "KF1009", "{}"),
        ("O’Brien Sean.txt", "KF1010", "{}.txt"),
        ("sean obrien", "KF1010", "{}"),
        ("Bob Weiss", "4711", "{}"),
        ("corp\\bweiss", "4711", "{}"),
        ("id 4711, not 1,4711", "4711", "id {}, not 1,4711"),
    ],
)  # fmt: skip
def test_a_name_is_blurred_however_it_is_spelled(veil: Veil, text: str, who: str, left: str) -> None:
    assert veil.blur(text) == left.replace("{}", veil.pseudonym(who))


@pytest.mark.parametrize(
    "text",
    [
        "1 person is watched",
        "report.pdf", "max 5 reports", "edit", "it", "a blue zone", "su bl", "true", "Muller.docx", "Mr Müller.docx",
        "kf 100",
        "kf1007x", "corp example", "ü%zz%C3 100%", "naïve café %41", "", "\u00ad\u200b", "KF10 07", "jmullers",
        "xJürgenMüller",
    ],
)  # fmt: skip
def test_words_that_are_no_name_are_left(veil: Veil, text: str) -> None:
    assert veil.blur(text) == text


@pytest.mark.parametrize("text", ["Muller.docx", "Mr Müller", "MUELLER", "M%C3%BCller", "Mu\u0308ller"])
def test_in_what_is_told_of_them_a_part_of_the_name_is_blurred_too(veil: Veil, text: str) -> None:
    blurred = veil.blur(text, ["KF1007"])
    assert veil.pseudonym("KF1007") in blurred
    assert "ller" not in blurred.lower()


def test_what_stands_around_a_name_keeps_its_spelling(veil: Veil) -> None:
    around = " Größe %41 o\u0308 \ufb01n "
    assert veil.blur(around + "Jürgen Müller" + around) == around + veil.pseudonym("KF1007") + around


@pytest.mark.parametrize(
    "told",
    [
        "Ann Lee",
        "Jo Roe",
        "ann",
        "kf1007",
        "KF-1007",
        "12",
        "a.b@c.de",
        "Bue Mae",
        "u1x",
        "-a@b",
        "a@b1",
        "A B C D E F",
    ],
)
@pytest.mark.parametrize("is_name", [True, False])
def test_the_first_words_are_those_of_the_keys(told: str, is_name: bool) -> None:
    keys = keys_of_name(told) if is_name else keys_of(told)
    assert set(begins(told, is_name)) == {key if key.startswith("=") else key.split()[0] for key in keys}
