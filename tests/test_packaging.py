"""The shipped data is found from an installed wheel, an editable install and a checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("pyproject.toml", "monitor", "detectors", "config")
LOOK = """
import site, sys
site.addsitedir(sys.argv[1])
import monitor.settings as settings
print(settings.CONFIG.resolve())
settings.load_settings().load_catalogue().action("account.deactivate")
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, so that building leaves nothing behind."""
    copy = tmp_path_factory.mktemp("project")
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / part)
    (copy / "README.md").write_text("# lastday\n")
    (copy / "LICENSE").write_text("a licence\n")
    return copy


def build(project: Path, how: str, out: Path) -> Path:
    script = f"import os, hatchling.build as b; os.chdir({str(project)!r}); print(b.{how}({str(out)!r}))"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return out / ran.stdout.split()[-1]


def found_from(site: Path, cwd: Path) -> Path:
    """Where lastday finds its data when it is installed in `site` and started elsewhere."""
    command = [sys.executable, "-S", "-P", "-c", LOOK, str(site)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)
    assert ran.returncode == 0, ran.stderr
    return Path(ran.stdout.strip())


@pytest.fixture(scope="module")
def wheel(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(project, "build_wheel", tmp_path_factory.mktemp("wheel"))


def site_with(folder: Path, wheel: Path) -> Path:
    """A site folder with the wheel unpacked in it, and the packages that it needs."""
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    needed = {str(Path(module.__file__).parent.parent) for module in map(__import__, ("msgspec", "numpy"))}
    (folder / "needed.pth").write_text("\n".join(sorted(needed)) + "\n")
    return folder


def test_the_wheel_holds_all_of_config(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        inside = {name: packed.read(name) for name in packed.namelist()}
    shipped = [path for path in (ROOT / "config").rglob("*") if path.is_file()]
    assert len(shipped) >= 2
    for path in shipped:
        assert inside[f"monitor/config/{path.relative_to(ROOT / 'config').as_posix()}"] == path.read_bytes()
    assert not [name for name in inside if name.startswith(("tests/", "config/"))]
    [points] = [text for name, text in inside.items() if name.endswith("entry_points.txt")]
    assert b"lastday = monitor.cli:program" in points


def test_installed_from_a_wheel(wheel: Path, tmp_path: Path) -> None:
    site = site_with(tmp_path / "site", wheel)
    assert found_from(site, tmp_path) == (site / "monitor" / "config").resolve()


def test_installed_editable(project: Path, tmp_path: Path) -> None:
    site = site_with(tmp_path / "site", build(project, "build_editable", tmp_path))
    assert found_from(site, tmp_path) == (project / "config").resolve()


def test_from_a_checkout() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", "import monitor.settings as s; print(s.CONFIG.resolve())"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert Path(ran.stdout.strip()) == (ROOT / "config").resolve()
