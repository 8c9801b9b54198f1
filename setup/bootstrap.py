"""Makes a clone ready to play, then starts a command in it. Needs nothing but Python's standard library.

    python3 setup/bootstrap.py [--dev] [-- COMMAND ...]
    python3 setup/bootstrap.py --apt-line

It looks for system libraries first, makes .venv, installs the locked versions, and fetches and verifies the
models. All that is done already is not done again, so a second start takes a moment. The file keeps to
syntax that older Pythons read, because its first task may be to find a newer one.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST, NEWEST = (3, 11), (3, 13)
INSTALL_SIZE = "about 500 MB"
PLAIN_PERIOD_S = 10.0
"""Seconds between two lines of progress where a line cannot be rewritten."""

APT_PACKAGES = {
    "libxcb.so.1": "libxcb1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libEGL.so.1": "libegl1",
    "libEGL_mesa.so.0": "libegl-mesa0",
    "libGLESv2.so.2": "libgles2",
    "libportaudio.so.2": "libportaudio2",
    "libgomp.so.1": "libgomp1",
    "libatomic.so.1": "libatomic1",
}
"""Shared libraries that the wheels expect of a Linux system, and the Debian packages that bring them."""
INSTEAD = {"libEGL_mesa.so.0": "libEGL_nvidia.so.0"}
"""A vendor's driver does in place of Mesa's."""


class SetupFailed(Exception):
    """The game cannot be made ready; the text tells the player why and what to do."""


# --- system libraries ---------------------------------------------------------------------------------


def can_load(soname: str) -> bool:
    """Whether the system's loader finds this shared library."""
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


def missing_libraries(loads: Callable[[str], bool] = can_load) -> list[str]:
    """The shared libraries that lack on this Linux system, by soname."""
    return [
        soname
        for soname in APT_PACKAGES
        if not loads(soname) and not (soname in INSTEAD and loads(INSTEAD[soname]))
    ]


def apt_line(packages: Iterable[str], *, root: bool) -> str:
    """The one line that installs these Debian packages."""
    sudo = "" if root else "sudo "
    names = " ".join(dict.fromkeys(packages))
    return f"{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {names}"


def missing_packages(python: Sequence[str]) -> tuple[list[str], list[str]]:
    """What lacks on this system as (sonames and modules, Debian packages)."""
    if not sys.platform.startswith("linux"):
        return [], []
    lacks = missing_libraries()
    packages = [APT_PACKAGES[soname] for soname in lacks]
    if not venv_program("python").exists() and run_quietly([*python, "-c", "import ensurepip, venv"]) != 0:
        lacks.append("Python's venv module")
        packages.append("python{}.{}-venv".format(*(python_version(python) or OLDEST)))
    return lacks, packages


def system_advice(lacks: list[str], packages: list[str], *, has_apt: bool, root: bool) -> str:
    """What to tell a player whose system lacks these."""
    if has_apt:
        return (
            f"Hollow needs {', '.join(lacks)} from the system. Install what lacks with this line, then "
            f"start again:\n  {apt_line(packages, root=root)}"
        )
    return (
        f"Hollow needs {', '.join(lacks)} from the system. Please install them with your package manager, "
        f"then start again. (On Debian they come with {' '.join(dict.fromkeys(packages))}.)"
    )


# --- Python and its libraries -------------------------------------------------------------------------


def python_version(python: Sequence[str]) -> tuple[int, int] | None:
    """Major and minor version of an interpreter, or None when it does not run."""
    code = "import sys; print(sys.version_info[0], sys.version_info[1])"
    try:
        answer = subprocess.run(
            [*python, "-c", code], capture_output=True, text=True, check=True, timeout=30
        ).stdout.split()
        return int(answer[0]), int(answer[1])
    except (OSError, ValueError, IndexError, subprocess.SubprocessError):
        return None


def suits(version: tuple[int, int] | None) -> bool:
    """Whether the game runs on this version of Python."""
    return version is not None and OLDEST <= version <= NEWEST


def find_python() -> list[str]:
    """One that suits: the environment's own, the one that runs this, else the newest on the path."""
    own = [str(venv_program("python"))]
    if suits(python_version(own)):
        return own
    if suits(sys.version_info[:2]):
        return [sys.executable]
    minors = range(NEWEST[1], OLDEST[1] - 1, -1)
    candidates = [[f"python3.{minor}"] for minor in minors]
    if os.name == "nt":
        candidates += [["py", f"-3.{minor}"] for minor in minors]
    for candidate in candidates:
        if shutil.which(candidate[0]) and suits(python_version(candidate)):
            return candidate
    raise SetupFailed(
        "Hollow needs Python 3.11, 3.12 or 3.13, and this is Python {}.{}. Please install one of them, or "
        "name it: make play PYTHON=/path/to/python3.12".format(*sys.version_info[:2])
    )


def venv_program(name: str) -> Path:
    """A program of the project's own environment."""
    if os.name == "nt":
        return ROOT / ".venv" / "Scripts" / f"{name}.exe"
    return ROOT / ".venv" / "bin" / name


def fingerprint(lock: str) -> str:
    """Changes whenever this lock would install something else, or the clone has moved."""
    digest = hashlib.sha256(str(ROOT).encode())
    for name in (f"requirements/{lock}.lock", "pyproject.toml"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def read_stamps() -> dict[str, str]:
    """The fingerprints of what has been installed, by lock."""
    try:
        stamps = json.loads((ROOT / ".venv" / "hollow-installed.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamps if isinstance(stamps, dict) else {}


def write_stamps(stamps: dict[str, str]) -> None:
    """Remember what has been installed."""
    place = ROOT / ".venv" / "hollow-installed.json"
    fresh = place.with_suffix(".new")
    fresh.write_text(json.dumps(stamps), encoding="utf-8")
    fresh.replace(place)


def install(python: Sequence[str], lock: str) -> None:
    """Bring .venv to what the lock says; does nothing when it is there already."""
    own = [str(venv_program("python"))]
    works = suits(python_version(own))
    if works and venv_program("hollow").exists() and read_stamps().get(lock) == fingerprint(lock):
        return
    if not works:
        say("Making the environment .venv ...")
        log_run([*python, "-m", "venv", "--clear", str(ROOT / ".venv")], "venv.log", None)
    path = ROOT / "requirements" / f"{lock}.lock"
    count = sum("==" in line for line in path.read_text(encoding="utf-8").splitlines())
    pip = [*own, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    log_run(
        [*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(path)],
        "install.log",
        Meter(f"Installing about {count} packages ({INSTALL_SIZE})"),
    )
    # The project itself is linked, not copied, with the build tool that the lock has just brought.
    log_run([*pip, "--no-deps", "--no-build-isolation", "--no-index", "-e", str(ROOT)], "project.log", None)
    # The lock for development holds all of the other, with the same versions.
    write_stamps({name: fingerprint(name) for name in (("hollow", "dev") if lock == "dev" else ("hollow",))})


class Meter:
    """Tells how far an installation is: rewritten on a terminal, a line now and then elsewhere."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._begun_s = time.monotonic()
        self._shown_s = self._begun_s
        self._fetched = 0
        say(f"{what} ...")

    def read(self, line: str) -> None:
        """Take in one line of pip's output."""
        self._fetched += line.lstrip().startswith(("Downloading ", "Using cached ", "Requirement already"))
        now_s = time.monotonic()
        if not sys.stderr.isatty() and now_s - self._shown_s < PLAIN_PERIOD_S:
            return
        self._shown_s = now_s
        unpacking = line.startswith("Installing collected packages")
        state = "unpacking" if unpacking else f"{self._fetched} at hand"
        self._write(f"  {state}, {now_s - self._begun_s:.0f} s")

    def end(self) -> None:
        """The installation is over."""
        self._write(f"  done in {time.monotonic() - self._begun_s:.0f} s")
        if sys.stderr.isatty():
            say("")

    def _write(self, text: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write("\r" + text.ljust(40))
            sys.stderr.flush()
        else:
            say(text)


def log_run(command: list[str], log: str, meter: Meter | None) -> None:
    """Run a command with its output in a log file; SetupFailed with the log's last word when it fails."""
    path = ROOT / ".venv" / log
    path.parent.mkdir(exist_ok=True)
    lines: list[str] = []
    process = subprocess.Popen(
        command,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},  # or its words would come all at once, at the end
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line)
            if meter is not None:
                meter.read(line)
        process.wait()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        path.write_text("".join(lines), encoding="utf-8")
    if process.returncode != 0:
        said = [line.strip() for line in lines if line.strip()]
        errors = [line for line in said if line.startswith("ERROR")]
        reason = (errors or said or ["it gave no reason"])[-1]
        raise SetupFailed(f"The installation stopped: {reason} (All of it is in {path}.)")
    if meter is not None:
        meter.end()


def run_quietly(command: Sequence[str]) -> int:
    """A command's exit status, its output thrown away; 127 when it cannot be started."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode
    except OSError:
        return 127


# --- starting -----------------------------------------------------------------------------------------


def give_sys() -> None:
    """Let this process and its children see /sys where a bare chroot lacks it.

    MediaPipe's memory allocator reads the number of processors there and ends the whole process when it
    cannot. The view is this process's own and vanishes with it; only root can make one.
    """
    if not sys.platform.startswith("linux") or Path("/sys/devices/system/cpu/possible").exists():
        return
    new_mount_namespace, read_only_plain_files = 0x00020000, 0x1 | 0x2 | 0x4 | 0x8
    private_all = 0x40000 | 0x4000
    libc = ctypes.CDLL(None)
    if os.geteuid() == 0 and libc.unshare(new_mount_namespace) == 0:
        libc.mount(b"none", b"/", None, private_all, None)  # fails harmlessly where / is no mount
        if libc.mount(b"sysfs", b"/sys", b"sysfs", read_only_plain_files, None) == 0:
            return
    say("This system has no /sys, without which MediaPipe cannot run: hands will not be seen.")


def start(command: list[str]) -> int:
    """Become the command; its exit status where a process cannot be replaced."""
    give_sys()
    sys.stderr.flush()
    try:
        if os.name != "nt":
            os.execvp(command[0], command)
        return subprocess.run(command, check=False).returncode
    except OSError as error:
        raise SetupFailed(f"{command[0]} cannot be started ({error.strerror}).") from error


def say(text: str) -> None:
    """A line for the player."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def make_ready(lock: str) -> None:
    """System, environment and models, in this order; SetupFailed when one of them cannot be had."""
    python = find_python()
    lacks, packages = missing_packages(python)
    if lacks:
        root = hasattr(os, "geteuid") and os.geteuid() == 0
        raise SetupFailed(
            system_advice(lacks, packages, has_apt=shutil.which("apt-get") is not None, root=root)
        )
    install(python, lock)
    models = [str(venv_program("python")), "-m", "npc.models"]
    if subprocess.run(models, cwd=str(ROOT), check=False).returncode != 0:
        raise SetupFailed("Without its models Hollow cannot play.")


def main(arguments: list[str] | None = None) -> int:
    """Exit status 0 when all is ready and the command, if any, succeeded."""
    parser = argparse.ArgumentParser(description="Make this clone of Hollow ready to play.")
    parser.add_argument("--dev", action="store_true", help="install what the checks need, too")
    parser.add_argument("--apt-line", action="store_true", help="print the line that installs what lacks")
    parser.add_argument("command", nargs="*", help="start this once all is ready")
    options = parser.parse_args(arguments)
    try:
        if options.apt_line:
            packages = missing_packages(find_python())[1]
            if packages:
                print(apt_line(packages, root=os.geteuid() == 0))
            return 0
        make_ready("dev" if options.dev else "hollow")
        return start(options.command) if options.command else 0
    except SetupFailed as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("\nStopped. The next start goes on from here.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
