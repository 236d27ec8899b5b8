"""A shell completes commands, options, and ids of the working folder; never a name, never somebody's own case."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from unittest.mock import patch

import pytest
from click.shell_completion import ShellComplete

from monitor.cli import COMMANDS, COMPLETE, main
from monitor.looking import open_look, system_user
from monitor.station import open_station
from monitor.store import audit, cases
from tests.cli.running import lastday
from tests.demonstration import NOW, DemoFolder


@pytest.fixture(autouse=True)
def asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(COMPLETE, "bash_complete")


def completed(*words: object, last: str = "") -> list[str]:
    shell = ShellComplete(main, {}, "lastday", COMPLETE)
    return [item.value for item in shell.get_completions([str(word) for word in words], last)]


def test_commands_and_options() -> None:
    assert completed(last="re") == [name for name in COMMANDS if name.startswith("re")]
    assert "--format" in completed("report", last="--")
    assert completed("report", "--format", last="p") == ["pdf", "png"]


def test_cases_findings_and_pseudonyms(own_demo: DemoFolder) -> None:
    station = open_station(own_demo.path)
    with open_look(station, NOW) as look, station.state.read() as connection:
        ids = {case.case_id for case in cases.all_cases(connection)}
        label = look.label(own_demo.contractor)
        rows = len(audit.entries(connection))
    assert set(completed("report", "-C", own_demo.path, last="c")) == ids
    assert all(word.startswith("p-") for word in completed("report", "-C", own_demo.path, last="p-"))
    assert not set(completed("report", "-C", own_demo.path, last="Q")), "no name"
    with station.state.read() as connection:
        assert len(audit.entries(connection)) == rows, "a key press is no look"
    station.close()
    assert label.startswith("p-")


def test_every_command_that_names_one_completes_it(own_demo: DemoFolder) -> None:
    station = open_station(own_demo.path)
    with station.state.read() as connection:
        found = {f.finding_id for theirs in cases.findings_of(connection).values() for f in theirs}
    station.close()
    here = ("-C", own_demo.path)
    assert set(completed("explain", *here)) == found
    assert set(completed("events", *here, "x", "--around")) == found
    ids = completed("report", *here, last="c")
    for words in (("case", "show"), ("case", "close"), ("case", "ack", ids[0])):
        assert completed(*words, *here, last="c") == ids


def test_pseudonyms_of_those_who_are_watched(own_demo: DemoFolder) -> None:
    """On the day of the demo organisation; today nobody of 2017 is in a window."""
    assert completed("timeline", "-C", own_demo.path) == []
    with patch("monitor.cli.common._read_clock", return_value=NOW):
        names = completed("timeline", "-C", own_demo.path)
        assert names == completed("report", "-C", own_demo.path, last="p-")
    assert len(names) >= 3
    assert all(re.fullmatch(r"p-[0-9a-z]{8,12}", name) for name in names)


def test_ones_own_case_is_not_offered(own_demo: DemoFolder) -> None:
    before = completed("report", "-C", own_demo.path, last="c")
    config = own_demo.path / "lastday.toml"
    me = f'\n[[viewers]]\nname = "me"\nuser = "{system_user()}"\nroles = ["investigator"]\n'
    config.write_text(config.read_text("utf-8") + me + f'person = "{own_demo.contractor}"\n', "utf-8")
    after = completed("report", "-C", own_demo.path, last="c")
    assert len(after) == len(before) - 1


def test_who_may_not_look_is_offered_nothing(own_demo: DemoFolder) -> None:
    config = own_demo.path / "lastday.toml"
    me = f'\n[[viewers]]\nname = "me"\nuser = "{system_user()}"\nroles = ["operator"]\n'
    config.write_text(config.read_text("utf-8") + me, "utf-8")
    assert completed("report", "-C", own_demo.path) == []


def test_no_folder_is_no_error(tmp_path: Path) -> None:
    assert completed("report", "-C", tmp_path / "nothing") == []
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_script_for_each_shell(shell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(COMPLETE)
    ran = lastday("completion", shell)
    assert ran.code == 0
    assert COMPLETE in ran.out


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_a_real_bash_completes(own_demo: DemoFolder, tmp_path: Path) -> None:
    program = tmp_path / "lastday"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m monitor.cli "$@"\n')
    program.chmod(0o700)
    words = f"COMP_WORDS=(lastday report -C {own_demo.path} c); COMP_CWORD=4"
    script = (
        f'eval "$(lastday completion bash)"; {words}; _lastday_completion lastday; printf "%s\\n" "${{COMPREPLY[@]}}"'
    )
    environ = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(Path(__file__).parents[2])}
    environ.pop(COMPLETE)
    ran = subprocess.run(["bash", "-c", script], env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stderr
    assert sorted(ran.stdout.split()) == sorted(completed("report", "-C", own_demo.path, last="c"))
