"""lastday as a program of its own: quick help, clean streams, an early end of the reader."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Office
from tests.cli.running import lastday
from tests.demonstration import DemoFolder

HEAVY = ("pandas", "pyod", "sklearn", "numba", "duckdb", "pyarrow", "scipy", "sqlalchemy")
IMPORTED = """
import sys
from monitor.cli import run
sys.argv = ["lastday", *sys.argv[1:]]
try:
    run()
except SystemExit as stop:
    assert not stop.code
print(*sorted(sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize("args", [("--help",), ("-h",), ("--version",)])
def test_help_is_light(args: tuple[str, ...]) -> None:
    ran = subprocess.run([sys.executable, "-c", IMPORTED, *args], capture_output=True, text=True, check=True)
    imported = {name.partition(".")[0] for name in ran.stderr.split()}
    assert "monitor" in imported
    assert imported & {*HEAVY, "numpy", "rich"} == set()


@pytest.mark.parametrize("command", ["scan", "explain"])
def test_help_of_a_command_is_light(command: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", IMPORTED, command, "--help"], capture_output=True, text=True, check=True
    )
    assert {name.partition(".")[0] for name in ran.stderr.split()} & set(HEAVY) == set()
    assert "Example" in ran.stdout


@pytest.mark.parametrize("command", [("leavers", "--all"), ("case", "list"), ("sql", "SELECT count(*) FROM events")])
def test_a_look_brings_no_engine_of_judgement(demo_folder: DemoFolder, command: tuple[str, ...]) -> None:
    """What is loaded is the most of what a short question takes."""
    words = [*command, "-C", str(demo_folder.path)]
    ran = subprocess.run([sys.executable, "-c", IMPORTED, *words], capture_output=True, text=True, check=True)
    imported = {name.partition(".")[0] for name in ran.stderr.split()}
    assert imported & {"pandas", "pyod", "sklearn", "numba", "pyarrow", "scipy", "numpy"} == set()
    assert ran.stdout


def program(*args: object) -> list[str]:
    return [sys.executable, "-m", "monitor.cli", *map(str, args)]


def test_streams_are_clean(office: Office) -> None:
    """As a program it writes what it writes within a process, and nothing else: no warnings, no progress, no noise."""
    args = ("scan", *office.files, "--format", "jsonl")
    ran = subprocess.run(program(*args), capture_output=True, text=True, check=True)
    inside = lastday(*args)
    assert (ran.stdout, ran.stderr) == (inside.out, inside.err)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("--fail-on", "critical"), 1),
        (("--as-of", "never"), 2),
        (("--events", "none.jsonl"), 2),
        (("--as-of", "1999-01-01T00:00:00Z"), 2),
    ],
)
def test_exit_codes(office: Office, args: tuple[str, ...], code: int) -> None:
    ran = subprocess.run(
        program("scan", *office.files, "--format", "jsonl", *args), capture_output=True, text=True, check=False
    )
    assert ran.returncode == code
    assert len(ran.stderr.splitlines()) <= 5
    assert "nanobind" not in ran.stderr


def test_a_broken_file_is_told_in_one_line(office: Office, tmp_path: Path) -> None:
    for name in ("e.parquet", "e.parquet.gz", "e.csv.gz"):
        (tmp_path / name).write_bytes(b"PAR1" + b"junk" * 100 + b"PAR1")
        ran = subprocess.run(
            program("scan", "--hr", office.hr, "--events", tmp_path / name), capture_output=True, text=True, check=False
        )
        assert ran.returncode == 2
        assert ran.stderr.startswith(f"lastday: {tmp_path}/{name}")
        assert len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize("wanted", [False, True])
def test_a_fault_of_its_own_is_one_line_without_names(wanted: bool) -> None:
    broken = "import monitor.cli as c\ndef main(**_): raise KeyError('Ann Smith')\nc.main = main\nc.run()"
    environment = {**os.environ, "LASTDAY_TRACEBACK": "1"} if wanted else os.environ
    ran = subprocess.run([sys.executable, "-c", broken], capture_output=True, text=True, check=False, env=environment)
    assert (ran.returncode, "Ann Smith" in ran.stderr) == ((1, True) if wanted else (70, False))
    if not wanted:
        assert ran.stderr.startswith("lastday: a fault of its own, KeyError at <string>:2 < __init__.py:")
        assert len(ran.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "told", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}]
)
def test_a_terminal_without_unicode_is_told_what_it_can_show(office: Office, told: dict[str, str]) -> None:
    words = program("scan", *office.files)
    ran = subprocess.run(words, capture_output=True, check=False, env=os.environ | told)
    assert ran.returncode == 0, ran.stderr
    card = ran.stdout.decode("ascii")
    assert "+-" in card
    assert "CRITICAL" in card


def test_a_reader_that_goes_away(office: Office) -> None:
    """As in `lastday scan … | head -1`: no traceback, and not the code of --fail-on."""
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run(
        program("scan", *office.files, "--format", "jsonl"),
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writer)
    assert "Traceback" not in ran.stderr
    assert "Error" not in ran.stderr
    assert ran.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only some systems have a device that is always full")
def test_a_full_disk_is_told(office: Office) -> None:
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            program("scan", *office.files, "--format", "jsonl"),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert ran.returncode == 3
    assert "lastday: no space left to write to; free some, or write elsewhere" in ran.stderr.splitlines()


def test_a_closed_stdout_is_none(office: Office) -> None:
    """As in `lastday scan … >&-`: done, without a word."""
    ran = subprocess.run(
        program("scan", *office.files), stderr=subprocess.PIPE, text=True, check=False, preexec_fn=lambda: os.close(1)
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_time_zone_of_the_machine_changes_nothing(office: Office, tmp_path: Path) -> None:
    found = {
        subprocess.run(
            program("scan", *office.files, "--format", "jsonl"),
            capture_output=True,
            check=True,
            env=os.environ | {"TZ": zone},
        ).stdout
        for zone in ("Pacific/Kiritimati", "America/Los_Angeles")
    }
    assert len(found) == 1
