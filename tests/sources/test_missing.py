"""What stands in a log for a value that is not there is no value, and an address is one, whatever its port."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from monitor.sources.formats import read_through
from tests.sources.profiled import read

PLACEHOLDERS = ["-", "n/a", "N/A", "null", "(null)", "none", "Unknown", "not available", " - "]
EVENT = {"time": "2017-11-02T18:51:00Z", "actor": "anna", "action": "file.open"}


def events(folder: Path, *told: dict) -> list[dict]:
    log = folder / "log.jsonl"
    log.write_bytes(b"".join(msgspec.json.encode(EVENT | one) + b"\n" for one in told))
    found, rejects, _ = read([log], read_through([]))
    assert not rejects
    return found


@pytest.mark.parametrize("word", PLACEHOLDERS)
def test_a_placeholder_is_no_value_where_a_value_names_one_thing(tmp_path: Path, word: str) -> None:
    told = dict.fromkeys(("id", "target", "ip", "session", "reason"), word)
    (event,) = events(tmp_path, told | {"outcome": "success", "mfa": "none"})
    assert event.pop("id").startswith("x")
    assert event == EVENT | {"outcome": "success", "mfa": "none"}


def test_acts_without_an_id_of_their_own_are_several(tmp_path: Path) -> None:
    assert len(events(tmp_path, {"id": "-", "target": "a"}, {"id": "-", "target": "b"})) == 2


def test_a_name_that_holds_such_a_word_stays(tmp_path: Path) -> None:
    (event,) = events(tmp_path, {"id": "1", "target": "unknown.docx", "reason": "none of your business"})
    assert (event["target"], event["reason"]) == ("unknown.docx", "none of your business")


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("203.0.113.7:50447", "203.0.113.7"),
        ("203.0.113.7", "203.0.113.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[fe80::1%eth0]:443", "fe80::1%eth0"),
        ("2001:db8::1", "2001:db8::1"),
        ("2001:db8::1:443", "2001:db8::1:443"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[::ffff:203.0.113.7]:443", "203.0.113.7"),
        ("64:ff9b::203.0.113.7", "64:ff9b::203.0.113.7"),
        ("s3.amazonaws.com", "s3.amazonaws.com"),
        ("gateway:8080", "gateway:8080"),
    ],
)
def test_an_address_has_no_port(tmp_path: Path, written: str, address: str) -> None:
    (event,) = events(tmp_path, {"ip": written})
    assert event["ip"] == address


def test_a_port_is_no_part_of_a_target(tmp_path: Path) -> None:
    (event,) = events(tmp_path, {"target": "203.0.113.7:443"})
    assert event["target"] == "203.0.113.7:443"
