"""Settings: the defaults, a user's file over them, and errors that name file, line and mend."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from monitor.model import BadInput
from monitor.settings import CONFIG, load_settings


def write(folder: Path, text: str) -> Path:
    path = folder / "my.toml"
    path.write_text(text, "utf-8")
    return path


def test_every_default_is_written_in_the_shipped_file() -> None:
    settings = load_settings()
    shipped = tomllib.loads((CONFIG / "lastday.toml").read_text("utf-8"))
    for table, values in shipped.items():
        for key, value in values.items():
            told = getattr(getattr(settings, table), key)
            assert (list(told) if isinstance(told, tuple) else told) == value


def test_a_file_needs_only_what_differs(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, "[windows]\nafter = 7\n"))
    assert settings.windows.after == 7
    assert settings.windows.before == load_settings().windows.before


@pytest.mark.parametrize(
    ("text", "after"), [("", 30), ("# nothing\n", 30), ("\N{BYTE ORDER MARK}[windows]\r\nafter = 7\r\n", 7)]
)
def test_harmless_files(tmp_path: Path, text: str, after: int) -> None:
    assert load_settings(write(tmp_path, text)).windows.after == after


WRONG = [
    ("[windows]\nbefore = 'thirty'\n", 2, "before"),
    ("[windows]\nbefore = 30.5\n", 2, "before"),
    ("[windows]\n\nbefore = -1\n", 3, "before"),
    ("[windows]\nafter = 100000\n", 2, "after"),
    ("[windows]\nbefor = 30\n", 2, "befor"),
    ("[windows]\nlongest_before = 20\n", 2, "longest_before"),
    ("[windows]\nbefore = 400\n", 1, "longest_before"),
    ("[store]\nkeep_days = 1\n", 2, "keep_days"),
    ("[window]\nbefore = 30\n", 1, "window"),
    ("windows = 3\n", 1, "windows"),
    ("before = 3\n", 1, "before"),
    ("[people]\ntimezone = 'Mars'\n", 2, "timezone"),
    ("[people]\ntimezone = ''\n", 2, "timezone"),
    ("[severity]\nalert_budget = -2.0\n", 2, "alert_budget"),
    ("[severity]\nalert_budget = nan\n", 2, "alert_budget"),
    ("[severity]\nmedium = 0\n", 2, "medium"),
    ("[severity]\n# medium = 3\nmedium = 60\nhigh = 50\n", 3, "medium"),
    ("[engine]\nmemory = 'plenty'\n", 2, "memory"),
    ('[engine]\nmemory = "1GB\'; DROP TABLE event; --"\n', 2, "memory"),
    ("[engine]\nmemory = 400\n", 2, "memory"),
    ("[engine]\nthreads = -1\n", 2, "threads"),
    ("[actions]\ncrown_jewels = '*/x/*'\n", 2, "crown_jewels"),
    ("[actions]\ncrown_jewels = ['a', 3]\n", 2, "crown_jewels"),
    ("[windows]\nbefore = 5\n[severity]\nbefore = 5\n", 4, "before"),
    ("windows.before = 'x'\n", 1, "before"),
    ("[windows\n", 1, ""),
    ("[windows]\nbefore = 3\nbefore = 4\n", 3, ""),
    ("[windows]\nbefore = \n", 2, ""),
    ("x = " + "[" * 5000, None, ""),
    ("x = " + "1" * 5000, None, ""),
    ("\0", 1, ""),
]


@pytest.mark.parametrize(("text", "line", "key"), WRONG, ids=[f"{i} {key}" for i, (_, _, key) in enumerate(WRONG)])
def test_a_wrong_setting_names_its_line_and_the_mend(tmp_path: Path, text: str, line: int | None, key: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(BadInput) as refused:
        load_settings(path)
    assert refused.value.where == str(path)
    assert refused.value.line == line
    assert key in refused.value.what
    assert refused.value.mend


def test_no_file(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path, Path("a\0b"), tmp_path / ("x" * 5000)):
        with pytest.raises(BadInput):
            load_settings(path)
    (tmp_path / "latin.toml").write_bytes(b"# \xe9\n")
    with pytest.raises(BadInput, match="UTF-8"):
        load_settings(tmp_path / "latin.toml")


def mine(folder: Path, catalogue: str) -> Path:
    (folder / "mine.toml").write_text(catalogue, "utf-8")
    return write(folder, f"[actions]\ncatalogue = '{folder}/mine.toml'\n")


def test_a_catalogue_of_ones_own_adds_and_overrides(tmp_path: Path) -> None:
    text = """
        [actions."gizmo.frobnicate"]
        class = "destroy"
        impact = 0.9
        undo = "Turn {target} round again."
        [actions."mail.send"]
        impact = 0.5
        [verbs.fling]
        class = "exfiltrate"
        aliases = ["chuck"]
        [verbs.deactivate]
        impact = 0.11
        [verbs.lob]
        impact = 0.97
        [actions."Rocket.Launch"]
        impact = 0.01
        [classes.read]
        impact = 0.4
    """
    shipped = load_settings().load_catalogue()
    own = load_settings(mine(tmp_path, text)).load_catalogue()
    frob = own.action("gizmo.frobnicate")
    assert (frob.kind, frob.impact, frob.undo) == ("destroy", 0.9, "Turn {target} round again.")
    assert own.action("mail.send").impact == 0.5
    assert own.action("mail.send").kind == shipped.action("mail.send").kind
    assert own.action("gadget.chuck").kind == "exfiltrate"
    assert own.action("gadget.deactivate").impact == 0.11
    assert own.action("gadget.lob_and_view").impact == 0.97
    assert own.action("rocket.launch").impact == 0.01
    assert own.action("gadget.deactivate").undo == shipped.action("gadget.deactivate").undo
    assert own.action("gadget.view").impact == 0.4
    assert own.action("database.drop") == shipped.action("database.drop")


def test_a_catalogue_is_looked_for_beside_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.toml").write_text('[actions."mail.send"]\nimpact = 0.5\n')
    path = write(tmp_path, "[actions]\ncatalogue = 'mine.toml'\n")
    monkeypatch.chdir("/")
    assert load_settings(path).load_catalogue().action("mail.send").impact == 0.5


WRONG_CATALOGUE = [
    ("[actions.\"mail.send\"]\nimpact = 'high'\n", 2, "impact"),
    ('[actions."mail.send"]\nimpact = 1.5\n', 2, "impact"),
    ('[actions."mail.send"]\nimpact = -0.1\n', 2, "impact"),
    ('[actions."mail.send"]\nimpact = nan\n', 2, "impact"),
    ('[actions."mail.send"]\n\nimpct = 0.5\n', 3, "impct"),
    ('[actions."mail.send"]\nclass = "nonsense"\n', 2, "nonsense"),
    ('[verbs.fling]\nclass = "nonsense"\n', 2, "nonsense"),
    ('[default]\nclass = "nonsense"\n', 2, "nonsense"),
    ('[actions."mail.send"]\nrestore_minutes = -5\n', 2, "restore_minutes"),
    ('[actions."mail.send"]\nrestore_minutes = "long"\n', 2, "restore_minutes"),
    ('[actions."mail.send"]\nreversible = "yes"\n', 2, "reversible"),
    ('[verbs.fling]\naliases = "chuck"\n', 2, "aliases"),
    ("[nouns]\nsecrets = 'high'\n", 2, "secrets"),
    ("[nouns]\nsecrets = -2\n", 2, "secrets"),
    ("[nouns]\ngizmo = -0.2\n[units]\ngizmo = 3\n", 4, "gizmo"),
    ("[senses.money]\nimpact = 2\nnouns = []\nverbs = []\n", 2, "impact"),
    ('[senses.nonsense]\nimpact = 0.2\nnouns = ["a"]\nverbs = ["b"]\n', 1, "nonsense"),
    ('[senses.gizmos]\nclass = "nonsense"\nimpact = 0.2\nnouns = ["a"]\nverbs = ["b"]\n', 1, "nonsense"),
    ("[action]\n", 1, "action"),
    ("[actions]\nimpact = 3\n", 2, "impact"),
    ("[crown_jewels]\npatterns = 'x'\n", 2, "patterns"),
    ("[[actions]]\n", 1, "actions"),
    ("[actions\n", 1, ""),
]


@pytest.mark.parametrize(
    ("text", "line", "what"), WRONG_CATALOGUE, ids=[f"{i} {w}" for i, (_, _, w) in enumerate(WRONG_CATALOGUE)]
)
def test_a_wrong_catalogue_names_its_line(tmp_path: Path, text: str, line: int, what: str) -> None:
    settings = load_settings(mine(tmp_path, text))
    with pytest.raises(BadInput) as refused:
        settings.load_catalogue()
    assert refused.value.where == str(tmp_path / "mine.toml")
    assert refused.value.line == line
    assert what in refused.value.what
    assert refused.value.mend


def test_no_catalogue(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        load_settings(write(tmp_path, "[actions]\ncatalogue = 'none.toml'\n")).load_catalogue()
