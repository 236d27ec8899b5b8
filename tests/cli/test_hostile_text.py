"""Every string from a log or a roster is inert in the table, in JSON and in messages."""

from __future__ import annotations

import json
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from tests.cli.running import lastday
from tests.organisation import Org

HOSTILE = (
    (
        "\x1b[2J\x1b[31mred\x1b]0;title\x07\x9b31m"  # terminal escapes, also of one byte
        "[bold red on white]markup[/] [link=http://evil]x[/link] \\[x] :skull:"  # rich markup
        "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe\N{POP DIRECTIONAL FORMATTING}\N{ZERO WIDTH SPACE}\N{LINE SEPARATOR}"  # bidi
        "\r\nsecond line\rover\ttab\x0b\x0c\x08\x7f\x00"
        "{target} {0} %s ${HOME} `id` <script>alert(1)</script> =cmd|' /C calc'!A0 \ud83d\ude00"
    )
    .encode("utf-16", "surrogatepass")
    .decode("utf-16")
)
LONG = "x" * 10_000


def hostile_org(text: str) -> Org:
    """An organisation in which everything that can be text is that text; the leaver acts as lee."""
    org = Org(date(2017, 8, 1), date(2017, 11, 10))
    people = org.team("ops", 30, manager=text)
    org.usual(
        people[:15], "database.drop", per_day=1, target=lambda d: f"scratch{d.randint(1, 30)}", magnitude=lambda d: 5
    )
    leaver = org.person(
        f"p{text}".replace("\r", "").replace("\n", ""), name=text, title=text, department=text, accounts="lee"
    )
    org.people[leaver]["last_day"] = "2017-11-03"
    org.people["lee"] = {"person_id": "lee", "timezone": "UTC"}
    keys = dict.fromkeys(("target_type", "outcome", "source", "ip", "session", "extra", f"k{text}"), text)
    org.does("lee", "database.drop", "2017-11-02", "23:00", target=text, magnitude=44_000_000, **keys)
    org.does("lee", f"database.{text}", "2017-11-05", "23:00", target=text, magnitude=44_000_000, **keys)
    del org.people["lee"]
    org.person("stranger")
    org.does("stranger", "file.read", "2017-11-02", "23:00", source=text, target=text)
    org.events[-1]["actor"] = text
    del org.people["stranger"]
    return org


@pytest.fixture(scope="module", params=[HOSTILE, HOSTILE + LONG, LONG], ids=["hostile", "hostile and long", "long"])
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[object]]:
    text = request.param
    folder = tmp_path_factory.mktemp("hostile")
    hr, log = hostile_org(text).write(folder)
    with log.open("a") as stream:
        stream.write(json.dumps({"actor": text, "action": text, "time": text}) + "\n")
    with hr.open("a", newline="") as stream:
        stream.write('"' + text.replace('"', '""').replace("\0", "") + '"' + "," * 40 + "\n")
    return text, ["--hr", hr, "--events", log]


def assert_inert(shown: str) -> None:
    """Nothing but printable characters and line ends."""
    odd = {char for char in shown if char != "\n" and unicodedata.category(char)[0] == "C"}
    assert odd == set()
    assert not {"\N{LINE SEPARATOR}", "\N{PARAGRAPH SEPARATOR}"} & set(shown)


def test_table(files: tuple[str, list[object]]) -> None:
    text, args = files
    ran = lastday("scan", *args)
    assert_inert(ran.out)
    assert_inert(ran.err)
    assert max(map(len, ran.out.splitlines())) <= 110
    if text.startswith("\x1b"):
        assert "[bold red on white]markup[/]" in ran.out.replace("\n", "")


def test_messages_are_short(files: tuple[str, list[object]]) -> None:
    assert max(map(len, lastday("scan", *files[1]).err.splitlines())) < 1000


def test_json(files: tuple[str, list[object]]) -> None:
    """Everything is there, and escaped: what is read back is what stood in the log."""
    text, args = files
    ran = lastday("scan", *args, "--format", "jsonl")
    assert ran.out.isascii()
    assert_inert(ran.out)
    assert text in {finding["target"] for finding in ran.lines}
    whole = lastday("scan", *args, "--format", "json")
    assert json.loads(whole.out) == ran.lines


def test_explain(files: tuple[str, list[object]]) -> None:
    finding = lastday("scan", *files[1], "--format", "jsonl").lines[0]
    ran = lastday("explain", *files[1], "--event", finding["event_ids"][0])
    assert ran.code == 0
    assert_inert(ran.out)


def test_names_of_files_and_columns(tmp_path: Path) -> None:
    odd = tmp_path / "a\x1b[31m\N{RIGHT-TO-LEFT OVERRIDE}\nb.csv"
    odd.write_text("\x1b[31mcolumn,\n")
    for args in (("--hr", odd, "--events", odd), ("--hr", odd, "--events", "none\x1b[2J\r\n.csv")):
        ran = lastday("scan", *args)
        assert ran.code == 2
        assert_inert(ran.err)
        assert ran.err.count("\n") == 1
