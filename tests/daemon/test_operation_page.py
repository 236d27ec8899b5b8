"""What docs/operation.md tells a reader to write and to run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from monitor.cli import main

PAGE = (Path(__file__).parents[2] / "docs" / "operation.md").read_text("utf-8")


def block(kind: str) -> str:
    found = re.search(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_the_unit_is_one_that_systemd_takes(tmp_path: Path) -> None:
    unit = tmp_path / "lastday.service"
    unit.write_text(block("ini").replace("/opt/lastday/bin/lastday", sys.executable))
    told = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")


def test_every_command_on_the_page_is_there() -> None:
    lines = re.findall(r"(?:^|bin/|`)lastday ([a-z][a-z-]+)((?: [a-z]+)*)", PAGE, re.MULTILINE)
    assert len(lines) > 10
    for name, rest in lines:
        told = CliRunner().invoke(main, [name, "--help"])
        assert told.exit_code == 0, name
        sub = rest.split()[:1]
        if "COMMAND" in told.output and sub:
            assert CliRunner().invoke(main, [name, *sub, "--help"]).exit_code == 0, (name, sub)


def test_the_container_runs_what_the_page_says() -> None:
    steps = dict(re.findall(r"^([A-Z]+) (.*)$", block("Dockerfile"), re.MULTILINE))
    assert steps["ENTRYPOINT"] == '["lastday"]'
    assert steps["CMD"] == '["run", "-C", "/var/lib/lastday"]'
    assert steps["STOPSIGNAL"] == "SIGTERM"
    assert "/healthz" in steps["HEALTHCHECK"]
    assert f":{steps['EXPOSE']}/" in steps["HEALTHCHECK"]
