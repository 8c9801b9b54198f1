"""A clone is made ready once, what lacks is named in one line, and a second start does nothing."""

import importlib.util
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
WITHOUT_A_SYSTEM = "libnone.so.0"


@pytest.fixture
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", ROOT / "setup" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def clone(bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small clone of its own, in which nothing is installed."""
    (tmp_path / "requirements").mkdir()
    for lock in ("hollow", "dev"):
        (tmp_path / "requirements" / f"{lock}.lock").write_text("light==1.0 \\\n    --hash=sha256:00\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'hollow'\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def ran(bootstrap: ModuleType, clone: Path, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that were run, none of them really; the first makes the environment."""
    commands: list[list[str]] = []

    def log_run(command: list[str], log: str, meter: Any) -> None:
        commands.append(command)
        hollow = bootstrap.venv_program("hollow")
        hollow.parent.mkdir(parents=True, exist_ok=True)
        hollow.touch()

    monkeypatch.setattr(bootstrap, "log_run", log_run)
    monkeypatch.setattr(
        bootstrap,
        "python_version",
        lambda _python: (3, 12) if bootstrap.venv_program("hollow").exists() else None,
    )
    return commands


def missing(*sonames: str) -> Callable[[str], bool]:
    return lambda soname: soname not in sonames


def test_the_pythons_are_those_of_the_project(bootstrap: ModuleType) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11,<3.14"
    assert [bootstrap.suits((3, minor)) for minor in range(10, 15)] == [False, True, True, True, False]
    assert not bootstrap.suits(None)


def test_a_system_with_every_library_lacks_nothing(bootstrap: ModuleType) -> None:
    assert bootstrap.missing_libraries(missing()) == []


def test_what_lacks_is_named_once_in_one_line(bootstrap: ModuleType) -> None:
    lacks = bootstrap.missing_libraries(missing("libglib-2.0.so.0", "libgthread-2.0.so.0", "libgomp.so.1"))
    line = bootstrap.apt_line([bootstrap.APT_PACKAGES[soname] for soname in lacks], root=True)
    assert line.endswith("apt-get install -y --no-install-recommends libglib2.0-0 libgomp1")
    assert "\n" not in line
    assert "sudo" not in line


def test_a_player_who_is_not_root_is_given_sudo(bootstrap: ModuleType) -> None:
    line = bootstrap.apt_line(["libegl1"], root=False)
    assert line.count("sudo apt-get") == line.count("apt-get") == 2


def test_the_driver_of_a_graphics_card_does_in_place_of_mesa(bootstrap: ModuleType) -> None:
    assert bootstrap.missing_libraries(missing("libEGL_mesa.so.0")) == []
    both = missing("libEGL_mesa.so.0", "libEGL_nvidia.so.0")
    assert bootstrap.missing_libraries(both) == ["libEGL_mesa.so.0"]


def test_a_system_without_apt_is_told_the_libraries(bootstrap: ModuleType) -> None:
    told = bootstrap.system_advice(["libEGL.so.1"], ["libegl1"], has_apt=False, root=True)
    assert "libEGL.so.1" in told
    assert "apt-get" not in told


def test_a_library_that_no_system_has_cannot_be_loaded(bootstrap: ModuleType) -> None:
    assert not bootstrap.can_load(WITHOUT_A_SYSTEM)


def test_what_lacks_ends_the_start_with_a_sentence_and_status_1(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "missing_packages", lambda _python: (["libEGL.so.1"], ["libegl1"]))
    monkeypatch.setattr(bootstrap, "find_python", lambda: [sys.executable])
    assert bootstrap.main([]) == 1
    assert "libEGL.so.1" in capsys.readouterr().err


def test_an_environment_that_works_is_enough_where_no_other_python_suits(
    bootstrap: ModuleType, ran: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap.install([sys.executable], "hollow")
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 10, 0))
    monkeypatch.setenv("PATH", "")
    assert bootstrap.find_python() == [str(bootstrap.venv_program("python"))]


def test_a_machine_without_a_python_that_suits_is_told_what_to_do(
    bootstrap: ModuleType, clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 10, 0))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(bootstrap.SetupFailed, match=r"3\.11, 3\.12 or 3\.13.*make play PYTHON="):
        bootstrap.find_python()


def test_the_first_start_installs_what_the_lock_says(bootstrap: ModuleType, ran: list[list[str]]) -> None:
    bootstrap.install([sys.executable], "hollow")
    made, locked, project = ran
    assert made[1:3] == ["-m", "venv"]
    assert {"--require-hashes", "--only-binary"} <= set(locked)
    assert {"--no-deps", "--no-index", "-e"} <= set(project)


def test_a_second_start_installs_nothing(bootstrap: ModuleType, ran: list[list[str]]) -> None:
    bootstrap.install([sys.executable], "hollow")
    ran.clear()
    bootstrap.install([sys.executable], "hollow")
    assert ran == []


def test_the_environment_of_the_checks_is_enough_to_play(bootstrap: ModuleType, ran: list[list[str]]) -> None:
    bootstrap.install([sys.executable], "dev")
    ran.clear()
    bootstrap.install([sys.executable], "hollow")
    assert ran == []


def test_a_new_lock_is_installed_into_the_same_environment(
    bootstrap: ModuleType, clone: Path, ran: list[list[str]]
) -> None:
    bootstrap.install([sys.executable], "hollow")
    ran.clear()
    (clone / "requirements" / "hollow.lock").write_text("light==2.0 \\\n    --hash=sha256:00\n")
    bootstrap.install([sys.executable], "hollow")
    assert len(ran) == 2
    assert not any("venv" in command for command in ran)


def test_an_installation_that_was_cut_off_is_done_again(
    bootstrap: ModuleType, ran: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "log_run", stop)
        with pytest.raises(KeyboardInterrupt):
            bootstrap.install([sys.executable], "hollow")
    bootstrap.install([sys.executable], "hollow")
    assert len(ran) == 3


def test_a_failed_installation_is_a_sentence_with_its_reason_and_its_log(
    bootstrap: ModuleType, clone: Path
) -> None:
    script = "print('Looking in indexes'); print('ERROR: No matching distribution found for light'); exit(1)"
    with pytest.raises(bootstrap.SetupFailed, match="No matching distribution found for light") as caught:
        bootstrap.log_run([sys.executable, "-c", script], "install.log", None)
    log = clone / ".venv" / "install.log"
    assert str(log) in str(caught.value)
    assert log.read_text().startswith("Looking in indexes")


def test_a_system_with_sys_is_left_alone(bootstrap: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    if not Path("/sys/devices/system/cpu/possible").exists():
        pytest.skip("this system has no /sys")
    bootstrap.give_sys()
    assert capsys.readouterr().err == ""


def test_the_packages_in_the_apt_line_are_documented(bootstrap: ModuleType) -> None:
    documented = (ROOT / "docs" / "dependencies.md").read_text()
    for soname, package in bootstrap.APT_PACKAGES.items():
        assert re.search(rf"{re.escape(soname)}.*{re.escape(package)}", documented), soname
