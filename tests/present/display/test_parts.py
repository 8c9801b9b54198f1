"""The small parts of displays: pace, monitors, the mouse as a hand, the typed line, the vigil."""

import sys

from game.present.display.awake import ProcessVigil
from game.present.display.input import LONGEST_LINE, LineEditor, PointerHand
from game.present.display.monitors import Monitor, parse_monitors
from game.present.display.pace import RealPacer, ToldPacer


class FakeClock:
    def __init__(self) -> None:
        self.now_s = 0.0
        self.slept_s = 0.0

    def now(self) -> float:
        return self.now_s

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        self.slept_s += seconds


def test_real_pace_holds_a_quick_machine_to_the_rate() -> None:
    clock = FakeClock()
    pacer = RealPacer(now=clock.now, sleep=clock.sleep, hz=50.0)
    for _ in range(51):
        pacer.next_frame_s()
    assert abs(clock.now_s - 1.0) < 1e-6


def test_real_pace_never_sleeps_on_a_slow_machine_nor_catches_up_afterwards() -> None:
    clock = FakeClock()
    pacer = RealPacer(now=clock.now, sleep=clock.sleep, hz=50.0)
    for _ in range(10):
        pacer.next_frame_s()
        clock.now_s += 0.1
    assert clock.slept_s == 0.0
    before_s = clock.now_s
    for _ in range(6):
        pacer.next_frame_s()
    assert clock.now_s - before_s > 4 * 0.02


def test_told_pace_is_the_caller_s_time() -> None:
    clock = FakeClock()
    clock.now_s = 7.5
    assert ToldPacer(now=clock.now).next_frame_s() == 7.5


def test_monitors_are_read_with_their_origins() -> None:
    text = (
        "Monitors: 2\n 0: +*eDP-1 1920/344x1080/194+0+0  eDP-1\n 1: +HDMI-1 1280/160x800/90+1920+0  HDMI-1\n"
    )
    assert parse_monitors(text) == (
        Monitor(name="eDP-1", origin=(0, 0), size=(1920, 1080)),
        Monitor(name="HDMI-1", origin=(1920, 0), size=(1280, 800)),
    )
    assert parse_monitors("nonsense\n") == ()


def test_the_left_button_pinches_and_the_right_one_walks() -> None:
    hand = PointerHand()
    hand.press("mouse1")
    held = hand.moved(0.5, 0.5)
    assert held is not None
    assert held.pinch
    assert not held.walk
    hand.release("mouse1")
    hand.press("mouse3")
    walking = hand.moved(0.5, 0.5)
    assert walking is not None
    assert not walking.pinch
    assert walking.walk


def test_the_wheel_walks_for_a_moment_and_stops() -> None:
    hand = PointerHand()
    hand.press("wheel_up")
    first = hand.moved(0.5, 0.5)
    assert first is not None
    assert first.walk
    last = [hand.moved(0.5, 0.5) for _ in range(60)]
    changes = [moved for moved in last if moved is not None]
    assert len(changes) == 1
    assert not changes[0].walk


def test_a_still_pointer_says_nothing_and_one_outside_is_held_in() -> None:
    hand = PointerHand()
    moved = hand.moved(-0.2, 1.4)
    assert moved is not None
    assert (moved.x, moved.y) == (0.0, 1.0)
    assert hand.moved(-0.2, 1.4) is None


def test_a_typed_line_ends_with_enter_and_takes_no_control_characters() -> None:
    line = LineEditor()
    for character in "hix\x08\x1b\r":
        line.key(character)
    line.erase()
    assert line.enter() == "hi"
    assert line.enter() is None
    for _ in range(LONGEST_LINE + 50):
        line.key("a")
    assert len(line.enter() or "") == LONGEST_LINE


def test_a_vigil_that_cannot_begin_says_so_and_one_that_can_ends() -> None:
    lost = ProcessVigil(["/nowhere/keeps-awake"])
    assert lost.fault is not None
    assert "fall asleep" in lost.fault
    lost.end()
    kept = ProcessVigil([sys.executable, "-c", "import time; time.sleep(30)"])
    assert kept.fault is None
    kept.end()
    kept.end()
