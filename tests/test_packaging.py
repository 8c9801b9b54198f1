"""What is installed is what was locked, and an installed wheel carries all that the game reads."""

import importlib.util
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ("hollow", "dev")


def locked(lock: str) -> dict[str, set[str]]:
    """The versions that a lock names, by package."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9._-]+)==(\S+)", text(lock), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def text(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")


def project() -> dict[str, object]:
    table: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return table


def direct() -> set[str]:
    """The project's own dependencies, in their normal form."""
    dependencies = project()["dependencies"]
    assert isinstance(dependencies, list)
    return {re.split(r"[^A-Za-z0-9._-]", name)[0].lower().replace("_", "-") for name in dependencies}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_has_a_hash(lock: str) -> None:
    entries = re.split(r"^(?=[a-z])", text(lock), flags=re.MULTILINE)[1:]
    assert len(entries) > 50
    for entry in entries:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry.splitlines()[0]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_index_and_no_place(lock: str) -> None:
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links|/", text(lock))


def test_every_direct_dependency_is_locked_and_documented() -> None:
    documented = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").lower()
    for name in direct():
        assert name in locked("hollow")
        assert f"| {name} |" in documented


def test_every_model_and_what_all_of_them_weigh_is_documented() -> None:
    models = tomllib.loads((ROOT / "assets/models.toml").read_text(encoding="utf-8"))["model"]
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for model in models:
        assert f"| {model['name']} | {model['licence']} |" in page
    told = re.search(r"fetched once, about (\d+) MB", page)
    assert told is not None
    size = sum(file["size"] for model in models for file in model["file"])
    assert float(told[1]) == pytest.approx(size / 1e6, rel=0.03)


def test_the_lock_for_development_holds_the_game_with_the_same_versions() -> None:
    for name, versions in locked("hollow").items():
        assert locked("dev")[name] == versions


def test_there_is_exactly_one_opencv() -> None:
    assert [name for name in locked("dev") if "opencv" in name] == ["opencv-contrib-python"]


def test_the_licence_is_whole() -> None:
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "GNU GENERAL PUBLIC LICENSE" in licence
    assert "Version 3, 29 June 2007" in licence
    assert len(licence.splitlines()) > 600
    assert project()["license"] == "GPL-3.0-or-later"


def test_a_wheel_carries_the_code_the_assets_and_the_command(tmp_path: Path) -> None:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("the build tool hatchling is not installed: make test brings it")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    built = subprocess.run(
        [*pip, "--disable-pip-version-check", "--wheel-dir", str(tmp_path), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("hollow-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        commands = archive.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    for path in (ROOT / "assets").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert f"npc/_assets/{path.relative_to(ROOT / 'assets').as_posix()}" in names
    for package in ("game", "npc"):
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert path.relative_to(ROOT).as_posix() in names
    assert "hollow = game.cli.main:main" in commands
    assert {name.split("/")[0] for name in names if "dist-info" not in name} == {"game", "npc"}
