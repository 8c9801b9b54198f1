"""A screen that is not there: Xvfb."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class VirtualScreen:
    environment: dict[str, str]
    """For programs that are to be seen on it."""
    server: subprocess.Popen[bytes]


@pytest.fixture
def virtual_screen() -> Iterator[VirtualScreen]:
    """A screen of 640x360; without the tools for it the test is skipped."""
    if not (shutil.which("Xvfb") and shutil.which("xwd")):
        pytest.skip("needs Xvfb and xwd to see a screen from outside")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "640x360x24"],
        pass_fds=[write], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    yield VirtualScreen(environment={**os.environ, "DISPLAY": f":{number}"}, server=server)
    server.terminate()
    server.wait(10)


@pytest.fixture
def screen(virtual_screen: VirtualScreen) -> dict[str, str]:
    """The environment of a virtual screen."""
    return virtual_screen.environment
