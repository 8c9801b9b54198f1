"""What the world would do to a character that speaks whenever the loudspeaker sounds."""

from dataclasses import replace
from typing import Any, Final

from game.clock import TICK_S
from game.inbox import Inbox
from game.interpret.interpreter import Interpreter
from game.sense.observations import Observation
from game.world import talk
from game.world.effects import Duck, StopClip
from game.world.state import Scene
from game.world.step import begin
from game.world.talk_state import Line

_RINGS_S: Final = 0.3
"""A pause in what is played that is no longer than this is a pause between words."""


class Interruptions:
    """Plays the world's own rules on what the ears tell, with one endless line for what is being played."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []
        """``start_s`` of the player's sound, ``ducked_ms`` and ``stopped_ms`` after it."""
        self._world = begin(1)
        self._world.scene = Scene.FORK
        self._interpreter = Interpreter()
        self._inbox = Inbox()
        self._sounded_s = float("-inf")
        self._ducked_s = 0.0
        self._lines = 0
        self._waits = False
        """It was stopped; it speaks again when the player has fallen silent."""

    def take(self, observation: Observation, known_s: float) -> None:
        """One observation of the ears, which the game had at ``known_s``."""
        self._inbox.put([replace(observation, at_s=known_s)])

    def go_on(self, now_s: float, *, sounding: bool) -> None:
        """Carries the world on to ``now_s``; the loudspeaker is ``sounding`` or not."""
        if sounding:
            self._sounded_s = now_s
        while (self._world.tick + 1) * TICK_S <= now_s:
            self._tick()

    def _tick(self) -> None:
        world = self._world
        world.tick += 1
        intents = self._interpreter.tick(self._inbox.take(world.tick), world.time_s)
        self._waits = self._waits and intents.speech.speaking
        speaks = world.time_s - self._sounded_s < _RINGS_S
        if not speaks:
            world.talk.current = None
        elif world.talk.current is None and not self._waits:
            self._lines += 1
            world.talk.current = Line(
                clip=f"playback-{self._lines}", turn=0, character=talk.CHILD, text="", words=(),
                duration_s=float("inf"), gesture=None, actions=(),
            )  # fmt: skip
        for effect in talk.speak(world, intents):
            match effect:
                case Duck(gain_db=gain_db) if gain_db < 0.0:
                    self._ducked_s = world.time_s
                case StopClip():
                    start_s = world.talk.over_since_s
                    self._waits = True
                    self.rows.append({
                        "start_s": round(start_s, 3),
                        "ducked_ms": round((self._ducked_s - start_s) * 1000.0),
                        "stopped_ms": round((world.time_s - start_s) * 1000.0),
                    })  # fmt: skip
                case _:
                    pass
