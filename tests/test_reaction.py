"""From the end of a word at the microphone to the Child's nod, on the game clock."""

import numpy as np
import pytest

from game.clock import EAR_BLOCK, EAR_RATE, LATENCY_S, ClockKind
from game.inbox import Inbox
from game.interpret.interpreter import Interpreter
from game.sense.ears import Ears
from game.sense.voice_activity import VoiceActivity
from game.workers.jobs import GameJobs
from game.world.state import Scene
from game.world.step import begin, step
from tests.sense.ears_room import LoudIsSpeech, Script


def reaction_s(spoken_s: float) -> float:
    """Seconds from the end of the sound to the tick that shows the reaction."""
    ears = Ears(
        voice=VoiceActivity(LoudIsSpeech()), transcriber=Script("well"), jobs=GameJobs(LATENCY_S),
        clock=ClockKind.GAME,
    )  # fmt: skip
    world, interpreter, inbox = begin(3), Interpreter(), Inbox()
    world.scene = Scene.FORK
    world.story.marks["companion test"] = 0.0
    sound = np.zeros(round((spoken_s + 0.6) * EAR_RATE) // EAR_BLOCK * EAR_BLOCK, np.float32)
    sound[: round(spoken_s * EAR_RATE)] = 0.2
    for number, block in enumerate(sound.reshape(-1, EAR_BLOCK), start=1):
        now_s = number * 0.01
        inbox.put(ears.feed(block, None, now_s) + ears.poll(now_s))
        while (world.tick + 1) / 60 <= now_s:
            step(world, interpreter.tick(inbox.take(world.tick + 1), (world.tick + 1) / 60))
            if world.child.gesture == "nod":
                return world.time_s - spoken_s
    raise AssertionError("it did not react")


@pytest.mark.parametrize("spoken_s", [1.0, 1.007, 1.013, 1.02, 1.026, 1.5])
def test_a_pause_of_a_tenth_of_a_second_is_answered_within_150_ms(spoken_s: float) -> None:
    assert 0.09 <= reaction_s(spoken_s) <= 0.1 + 0.15
