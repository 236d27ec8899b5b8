"""lastday demo: the 2017 incident is found under any seed, misses are told, and no folder is overwritten by mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from monitor import scanning
from monitor.cli.demo import check_folder, demo
from monitor.model import BadInput
from monitor.settings import load_settings
from monitor.world import SHAPES, generate, write
from monitor.world.outcome import compare


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Result, Path]:
    folder = tmp_path_factory.mktemp("demo") / "made"
    return CliRunner().invoke(demo, ["--seed", "3", "--out", str(folder)], env={"COLUMNS": "120"}), folder


def test_the_demo_shows_the_incident_and_every_planted_one(shown: tuple[Result, Path]) -> None:
    result, _ = shown
    assert result.exit_code == 0, result.output
    card = result.stdout.split("2 November 2017", 1)[1].split("╰", 1)[0]
    assert "account.deactivate" in card
    assert "02 Nov 2017" in card
    assert max(map(len, result.stdout.splitlines()[:-1])) <= 120
    planted = result.stdout.split("rank  found", 1)[1]
    assert "of 13 incidents found. Of 37 harmless leavers" in planted


def test_the_demo_says_how_to_scan_its_files_again(shown: tuple[Result, Path]) -> None:
    result, folder = shown
    assert f"lastday scan --hr {folder}/hr.csv --events {folder}/events.jsonl" in result.stdout
    assert {path.name for path in folder.iterdir()} == {"hr.csv", "events.jsonl", "truth.json"}
    check_folder(folder)


@pytest.mark.parametrize("seed", [1, 2, 4])
def test_the_2017_incident_is_found_under_any_seed(seed: int, tmp_path: Path) -> None:
    world = generate(seed=seed, people=220)
    hr, events, _ = write(world, tmp_path, "parquet")
    outcomes = compare(world, scanning.scan([hr], [str(events)], load_settings()).found)
    story = next(one for one in outcomes.incidents if one.kind == "wrong_target")
    assert story.finding
    assert story.finding.severity in ("high", "critical")
    assert story.rank is not None and story.rank <= 3
    assert sum(outcomes.harmless.values()) == len(world.endings)


@pytest.mark.parametrize("names", [["notes.txt"], ["hr.csv", "events.jsonl"], ["truth.json"]])
def test_a_folder_with_anything_else_is_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("mine")
    result = CliRunner().invoke(demo, ["--out", str(tmp_path)])
    assert isinstance(result.exception, BadInput)
    assert "--out" in result.exception.mend
    assert {path.read_text() for path in tmp_path.iterdir()} == {"mine"}


def test_the_help_names_every_shape() -> None:
    told = " ".join(CliRunner().invoke(demo, ["--help"]).stdout.split())
    assert f"{', '.join(SHAPES[:-1])} or {SHAPES[-1]}" in told


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    with pytest.raises(BadInput, match="is a file"):
        check_folder(tmp_path / "file")
