"""What a desktop does to a window while the game is played in it."""

import queue
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.present.display.conftest import VirtualScreen

# The play loop itself, with a world, a stage and a window; nobody plays.
PLAY = """
import sys, time
from game.interpret.interpreter import Interpreter
from game.loop import Play
from game.parts import Parts
from game.present.display import open_display
from game.present.display.pace import RealPacer
from game.present.sound.mixer import Mixer
from game.present.sound.stage_sound import SoundStage
from game.present.stage import Stage
from game.report import Reporter
from game.world.step import begin
from npc.assets import asset

pacer = RealPacer(now=time.monotonic, sleep=time.sleep, hz=20.0)
display = open_display("window", size=(320, 180), pacer=pacer, shaders=asset("shaders"))
world, mixer, reporter = begin(7), Mixer(seed=7), Reporter()
stage, told = Stage(display, world), []

class Telling:
    def update(self, *args, **named):
        stage.update(*args, **named)
        size = (*display.size, *display.views[0].size)
        if not told or told[-1] != size:
            told.append(size)
            print("size", *size, flush=True)

parts = Parts(world=world, interpreter=Interpreter(), display=display, stage=Telling(),
              sounds=SoundStage(mixer), mixer=mixer, listens=mixer, reporter=reporter)
Play(parts, seconds=120.0).run_real_clock(wait_for_workers=False, audio=None)
print("over", display.renderer.split()[0], *display.faults[1:], flush=True)
display.close()
print("closed", flush=True)
"""
HAND = Path(__file__).with_name("x_window.py")


class Game:
    """The game on a virtual screen, and what it says."""

    def __init__(self, screen: VirtualScreen) -> None:
        self._screen = screen
        self.process = subprocess.Popen(
            [sys.executable, "-c", PLAY], env=screen.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._said.put(line.strip())
        self._said.put("")

    def says(self, within_s: float = 60.0) -> str:
        return self._said.get(timeout=within_s)

    def desktop(self, *words: str) -> None:
        subprocess.run([sys.executable, HAND, *words], env=self._screen.environment, check=True, timeout=60)


@pytest.fixture
def game(virtual_screen: VirtualScreen) -> Game:
    game = Game(virtual_screen)
    first = game.says()
    if not first:
        pytest.skip("no window can be opened here")
    assert first == "size 320 180 320 180"
    return game


def test_a_window_is_moved_and_sized_while_the_game_goes_on_and_then_closed(game: Game) -> None:
    game.desktop("move", "100", "60")
    game.desktop("size", "500", "280")
    assert game.says() == "size 500 280 500 280"
    # As small as a hand can make it, smaller than the bloom's smallest picture.
    game.desktop("size", "9", "5")
    assert game.says() == "size 9 5 9 5"
    game.desktop("size", "400", "300")
    assert game.says() == "size 400 300 400 300"
    assert game.process.poll() is None
    game.desktop("close")
    assert game.says().startswith("over")
    assert game.says() == "closed"
    assert game.process.wait(30) == 0


def test_a_screen_whose_server_dies_ends_the_evening_cleanly(
    game: Game, virtual_screen: VirtualScreen
) -> None:
    virtual_screen.server.kill()
    over = game.says()
    if not over:
        pytest.skip("libX11 here is older than 1.7 and ends the process")
    assert over.startswith("over")
    assert "screen is gone" in over
    assert game.says() == "closed"
    assert game.process.wait(30) == 0
