"""lastday check-config: every fault in one go, and what is in order but hardly meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.checking import faults, remarks
from tests.daemon.test_cli import run

HOOK = "[[channels]]\nname = 'hook'\nkind = 'webhook'\nurl = 'https://soar.example.com/x'\n"
MAIL = "[[channels]]\nname = 'mail'\nkind = 'email'\nhost = 'h'\nsender = 'a@b.example'\nto = ['c@d.example']\n"
VIEWER = "[[viewers]]\nname = '{0}'\nuser = '{0}'\nroles = ['{1}']\n"


def logs(name: str, path: str, more: str = "") -> str:
    return f"[[sources]]\nname = '{name}'\nkind = 'folder'\npath = '{path}'\n{more}"


def written(folder: Path, text: str) -> Path:
    (folder / "lastday.toml").write_text(text)
    (folder / "inbox").mkdir(exist_ok=True)
    return folder


def test_faults_of_every_kind_are_told_at_once(tmp_path: Path) -> None:
    text = (
        "[shedule]\n"
        "[windows]\nlongest_before = 20\n"
        "[notices]\nat_once = 'hihg'\nquiet_from = '25:00'\nreminders = -1\n"
        "[severity]\nmedium = 100\n"
        "[people]\ntimezone = 'Mars'\n"
        "[[rosters]]\npath = 'a.csv'\n"
        "[[rosters]]\nname = 'hr'\n"
        "[[sources]]\nname = 'logs'\nkind = 'folder'\npath = 'nowhere'\n"
    )
    found = faults(written(tmp_path, text))
    assert [(fault.line, fault.what.partition(";")[0]) for fault in found] == [
        (1, "no table shedule is known"),
        (3, "windows.longest_before: shorter than before = 30"),
        (5, "at_once: Invalid enum value 'hihg'"),
        (6, "quiet_from is no time of day"),
        (6, "quiet hours have a beginning or an end only"),
        (7, "reminders: must be at least 0"),
        (9, "severity.medium: more than high"),
        (11, "people.timezone: 'Mars' is no time zone"),
        (12, "name is missing in [[rosters]]"),
        (15, "hr has no path, or both path and url"),
        (19, "there is no folder nowhere"),
    ]
    assert all(fault.mend for fault in found)
    assert run("check-config", "-C", str(tmp_path), code=2).output.count("lastday.toml:") >= len(found)


def test_what_is_left_out_for_a_fault_is_not_told_as_missing(tmp_path: Path) -> None:
    text = (
        "[[routes]]\nchannels = ['hook']\n[[channels]]\nname = 'hook'\nkind = 'webhook'\n"
        + VIEWER.format("ann", "operator")
        + VIEWER.format("bob", "privacy-oficer")
    )
    found = [fault.what for fault in faults(written(tmp_path, text))]
    assert found == [
        "url is missing in [[channels]]",
        "secrets is missing in [[channels]]",
        "roles: Invalid enum value 'privacy-oficer'",
    ]


def test_a_fault_behind_a_table_that_is_left_out_has_its_own_line(tmp_path: Path) -> None:
    text = "[[sources]]\nkind = 'folder'\npath = 'inbox'\n" + logs("b", "nowhere")
    assert [(f.line, f.what) for f in faults(written(tmp_path, text))] == [
        (1, "name is missing in [[sources]]"),
        (7, "there is no folder nowhere"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[schedule]\ningest_seconds = -1.0\n", 2, "must be at least 0.01"),
        ("[schedule]\nlease_seconds = 0\n", 2, "must be at least 0.01"),
        ("[schedule]\nroster_seconds = nan\n", 2, "must be at least 0.01"),
        ("[schedule]\nroster_seconds = inf\n", 2, "must be at most 31536000.0"),
        ("[schedule]\nrefit_days = 0\n", 2, "must be at least 1"),
        ("[store]\nkeep_days = -1\n", 2, "must be at least 0"),
        ("[schedule]\nheartbeat_url = 'nonsense'\n", 2, "neither http nor https"),
        ("[notices]\nallow_internal = ['10.0.0.0/33']\n", 2, "is no network"),
        ("[rosters]\nname = 'hr'\npath = 'a.csv'\n", 1, "may be several of rosters"),
        (HOOK + "secrets = []\ndeadline_seconds = 900\n", 6, "must be at most 110"),
        (MAIL.replace("'c@d.example'", ""), 6, "goes to nobody"),
        (MAIL.replace("'h'", "''"), 4, "has no mail server"),
    ],
)
def test_what_could_not_work_is_a_fault(tmp_path: Path, text: str, line: int, what: str) -> None:
    (fault,) = faults(written(tmp_path, text))
    assert (fault.line, what in fault.what) == (line, True), str(fault)


def test_a_catalogue_lies_beside_the_settings_from_wherever_they_are_looked_at(tmp_path: Path) -> None:
    folder = written(tmp_path, "[actions]\ncatalogue = 'own.toml'\n")
    assert [Path(fault.where).name for fault in faults(folder)] == ["own.toml"]
    (folder / "own.toml").write_text("")
    assert not faults(folder)
    (fault,) = faults(written(tmp_path, "[actions]\nwritten = 'x'\n"))
    assert (fault.line, fault.mend) == (2, "name a file by catalogue")


FED = "[[rosters]]\nname = 'hr'\npath = 'people.csv'\n" + logs("logs", "inbox")


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("[store]\nkeep_days = 10\n", 9, "events are deleted after 10 days, but a watch window of up to 120 days"),
        ("[privacy]\ncase_days = 5\n", 9, "kept for 520 days all the same"),
        ("[check]\nconfirm = 'critical'\nsecond_person = 'medium'\n", 9, "nothing is ever confirmed"),
        ("[notices]\ndigest = 'critical'\n", 9, "nothing is left for the digest"),
        ("[notices]\nquiet_from = '20:00'\nquiet_to = '20:00'\n", 9, "last the whole day"),
        ("[privacy]\ntwo_person = true\n", 9, "no name is ever shown"),
        (logs("again", "./inbox/"), 11, "again and logs read the same files"),
        (logs("below", "inbox/below"), 11, "below and logs read the same files"),
        (logs("all", ".", "match = '**/*.log'\n"), 11, "lastday's own store and secrets"),
        (logs("hr", "other"), 9, "a roster is named hr as well"),
        (HOOK + "secrets = []\n", 12, "has no secret"),
        (HOOK.replace("soar.example.com", "10.1.2.3") + "secrets = ['S']\n", 11, "an internal address"),
        (HOOK.replace("soar.example.com", "localhost") + "secrets = ['S']\n", 11, "an internal address"),
        (MAIL + "user = 'lastday'\n", 14, "a user or a password only"),
        (MAIL + "user = 'lastday'\npassword = 'S'\nsecurity = 'none'\n", 16, "for everybody to read"),
        (MAIL + "[[routes]]\nchannels = []\n", 15, "no channel is named"),
        (MAIL + "[[routes]]\nchannels = ['mail']\n" * 2, 17, "everything fits a route above"),
    ],
)
def test_what_is_hardly_meant_is_told_and_is_no_fault(tmp_path: Path, text: str, line: int, what: str) -> None:
    (tmp_path / "secrets").mkdir(mode=0o700)
    (tmp_path / "secrets" / "S").write_text("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
    (tmp_path / "inbox" / "below").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    folder = written(tmp_path, FED + text)
    assert not faults(folder)
    (told,) = remarks(folder)
    assert (told.line, what in told.what) == (line, True), str(told)
    assert f"look: {told}" in run("check-config", "-C", str(folder)).output.replace("\n", "")


@pytest.mark.parametrize(
    "more",
    [
        "[privacy]\ntwo_person = true\n"
        + VIEWER.format("ann", "investigator")
        + VIEWER.format("bob", "privacy-officer")
        + VIEWER.format("cy", "operator"),
        "[notices]\nallow_internal = ['10.0.0.0/8']\n"
        + HOOK.replace("soar.example.com", "10.1.2.3")
        + "secrets=['S']\n",
        logs("other", "inbox", "match = '*.log'\n"),
        logs("here", ".", "match = 'logs/*.jsonl'\n"),
        MAIL + "[[routes]]\nchannels = ['mail']\nseverity = 'high'\n[[routes]]\nchannels = ['mail']\n",
    ],
)
def test_what_is_meant_is_not_remarked_upon(tmp_path: Path, more: str) -> None:
    (tmp_path / "secrets").mkdir(mode=0o700)
    (tmp_path / "secrets" / "S").write_text("whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
    folder = written(tmp_path, FED + more)
    assert not faults(folder)
    assert not remarks(folder)
    assert "in order\n" in run("check-config", "-C", str(folder)).output


def test_the_settings_as_shipped_are_beyond_doubt(tmp_path: Path) -> None:
    run(
        "init",
        str(tmp_path / "work"),
        "--smtp",
        "mail.example.com",
        "--mail-from",
        "a@b.example",
        "--mail-to",
        "c@d.example",
    )
    assert not faults(tmp_path / "work")
    assert not remarks(tmp_path / "work")
