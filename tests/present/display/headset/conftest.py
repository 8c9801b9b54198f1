"""A display to put a headset on, and a clock that is told."""

from collections.abc import Iterator

import pytest

from game.present.display import open_display
from game.present.display.pace import ToldPacer
from game.present.display.panda import NoGraphics, PandaDisplay
from npc.assets import asset
from tests.present.display.headset.played import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desktop() -> Iterator[PandaDisplay]:
    try:
        display = open_display(
            "offscreen", size=(96, 54), pacer=ToldPacer(now=lambda: 5.0), shaders=asset("shaders")
        )
    except NoGraphics as error:
        pytest.skip(str(error))
    assert isinstance(display, PandaDisplay)
    yield display
    display.close()
