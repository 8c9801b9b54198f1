"""The world's sounds on the mixer: effects in, places kept, and what has been heard told back."""

import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import SAMPLE_RATE
from game.interpret.intents import Vec3
from game.present.sound.mixer import Bus, Mixer
from game.present.sound.recipes import VOCAL, SoundBook, UnknownSound
from game.sense.observations import ClipPlayed
from game.world.child import mouth_of
from game.world.effects import Duck, Effect, PlayClip, PlaySound, StopClip
from game.world.state import World
from game.world.walking import head_of

_FEEDBACK_S: Final = 0.1
_AT_THE_MOUTH_M: Final = 0.35
"""A vocal sound that begins this near to the Child's mouth comes out of it, and moves with it."""
_WAITING: Final = 64
"""Clips that may wait for their sound, or sounds for their clip; the oldest is forgotten."""
_LONGEST_S: Final = 60.0
"""Speech is cut here: no sentence of a character is longer."""


@dataclass(slots=True)
class _Speech:
    """A clip of speech that the world has begun and not seen the end of."""

    told_s: float = -1.0
    """How much of it has been told; below 0: nothing yet."""
    told_at_s: float = -math.inf


class SoundStage:
    """Applies a tick's effects to the mixer and follows the world; see the module.

    For one thread, that of the world. Sounds by recipe come from ``book``, made when they are first wanted;
    where a picture must not wait for that, `warm` makes them before.
    """

    def __init__(
        self, mixer: Mixer, *, book: SoundBook | None = None, head_yaw: Callable[[], float] | None = None
    ) -> None:
        """``head_yaw`` tells how far ears that hear by headphones are turned from ahead, radians to the
        right; None for loudspeakers, which stay where they are."""
        self._mixer = mixer
        self._head_yaw = head_yaw
        self._book = book if book is not None else SoundBook()
        self._delivered: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._waiting: OrderedDict[str, PlayClip] = OrderedDict()
        self._speech: dict[str, _Speech] = {}
        self._at_mouth: set[str] = set()
        """Clips that come out of the Child's mouth, and move with it."""
        self._counts: dict[str, int] = {}
        self._stopped: list[str] = []
        """Clips that were stopped before their sound came."""
        self._faults: list[str] = []

    @property
    def faults(self) -> tuple[str, ...]:
        """What could not be played, one sentence each."""
        return tuple(self._faults)

    def warm(self) -> None:
        """Begin to make every sound by recipe on a thread of its own (two to three seconds of work)."""
        threading.Thread(target=self._book.warm, name="sounds", daemon=True).start()

    def deliver(self, clip: str, pcm: NDArray[np.float32]) -> None:
        """Hand over the sound of a clip of speech: mono, 48 kHz. It begins when `PlayClip` asks for it, or
        at once where that has been asked already. A sound that is not one finite row is noted as a fault,
        and its clip ends at once."""
        sound = np.asarray(pcm, dtype=np.float32)[: int(_LONGEST_S * SAMPLE_RATE)]
        if sound.ndim != 1 or not np.isfinite(sound).all():
            self._faults.append(f"The speech {clip!r} came as something that is no sound.")
            sound = np.zeros(0, dtype=np.float32)
        waiting = self._waiting.pop(clip, None)
        if waiting is not None:
            self._begin(waiting, sound)
            return
        self._delivered[clip] = sound
        if len(self._delivered) > _WAITING:
            self._delivered.popitem(last=False)

    def apply(self, effects: Sequence[Effect], world: World) -> None:
        """Do what one tick's effects want of the sound, and move listener and mouth to where they are."""
        player = world.player
        listener = head_of(player)
        turned = 0.0 if self._head_yaw is None else self._head_yaw()
        self._mixer.set_listener(listener, player.yaw_rad + turned)
        self._mixer.set_volume(world.volume)
        mouth = mouth_of(world)
        for effect in effects:
            match effect:
                case PlaySound():
                    self._play_sound(effect, mouth)
                case PlayClip(clip=clip):
                    sound = self._delivered.pop(clip, None)
                    if sound is not None:
                        self._begin(effect, sound)
                    else:
                        self._wait(effect)
                case StopClip(clip=clip, fade_s=fade_s):
                    self._stop(clip, fade_s)
                case Duck(gain_db=gain_db):
                    self._mixer.duck(gain_db)
                case _:
                    pass  # questions to a mind make no sound
        for clip in self._at_mouth:
            self._mixer.move(clip, mouth)

    def feedback(self, at_s: float) -> list[ClipPlayed]:
        """What has been heard of the clips of speech: each at most every 100 ms, and once at its end.

        To be called once a tick; ``at_s`` is the play clock.
        """
        news = [ClipPlayed(at_s=at_s, clip=clip, played_s=0.0, finished=True) for clip in self._stopped]
        self._stopped.clear()
        for clip in self._mixer.finished():
            self._at_mouth.discard(clip)
            if self._speech.pop(clip, None) is not None:
                played_s = round(self._mixer.played_s(clip), 4)
                news.append(ClipPlayed(at_s=at_s, clip=clip, played_s=played_s, finished=True))
        for clip, speech in self._speech.items():
            if at_s - speech.told_at_s < _FEEDBACK_S - 1e-6:
                continue
            played_s = round(self._mixer.played_s(clip), 4)
            if played_s > max(0.0, speech.told_s):
                speech.told_s, speech.told_at_s = played_s, at_s
                news.append(ClipPlayed(at_s=at_s, clip=clip, played_s=played_s, finished=False))
        return news

    def mouth(self) -> float:
        """0 to 1: how loud what comes out of the Child's mouth is at this moment."""
        return max((self._mixer.level(clip) for clip in self._at_mouth), default=0.0)

    def level(self, clip: str) -> float:
        """0 to 1: how loud one clip is at this moment, for the light that goes with it."""
        return self._mixer.level(clip)

    def _play_sound(self, effect: PlaySound, mouth: Vec3) -> None:
        variant = self._counts.get(effect.name, 0)
        self._counts[effect.name] = variant + 1
        try:
            sound = self._book.get(effect.name, variant)
        except UnknownSound as error:
            if variant == 0:
                self._faults.append(f"A sound is missing: {error}.")
            return
        bus: Bus = "voice" if effect.name in VOCAL else "sound"
        self._mixer.play(
            effect.clip, sound, position=effect.position, gain_db=effect.gain_db, loop=effect.loop, bus=bus
        )
        self._at_mouth.discard(effect.clip)
        place = effect.position
        if place is not None and effect.name in VOCAL and math.dist(place, mouth) < _AT_THE_MOUTH_M:
            self._at_mouth.add(effect.clip)

    def _begin(self, effect: PlayClip, sound: NDArray[np.float32]) -> None:
        bus: Bus = "ear" if effect.position is None else "voice"
        self._mixer.play(effect.clip, sound, position=effect.position, bus=bus)
        self._speech[effect.clip] = _Speech()
        if effect.position is not None:
            self._at_mouth.add(effect.clip)

    def _wait(self, effect: PlayClip) -> None:
        self._waiting[effect.clip] = effect
        if len(self._waiting) > _WAITING:
            forgotten, _ = self._waiting.popitem(last=False)
            self._stopped.append(forgotten)

    def _stop(self, clip: str, fade_s: float) -> None:
        self._mixer.stop(clip, fade_s)
        self._delivered.pop(clip, None)
        if self._waiting.pop(clip, None) is not None:
            self._stopped.append(clip)
