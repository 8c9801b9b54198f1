"""The one mixer: every sound of the game, placed in space, in one stream of 48 kHz stereo.

The same samples go to the loudspeaker, the recording and the echo canceller. Where the character in the ear
has a device of its own, `Mixer.mix_apart` gives what the room hears and what the ear hears. The mixer knows
no device, no thread and no clock: whoever wants sound calls it. Clips may be played, moved and stopped from
another thread than the one that mixes.
"""

import math
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from game.clock import SAMPLE_RATE
from game.present.sound.limiter import CEILING, QUANTUM, Limiter
from game.present.sound.resample import ReferenceResampler
from game.present.sound.room import Room, cave_response
from game.present.sound.spatial import EVERYWHERE, IN_THE_EAR, MAX_DELAY, Params, Vec3, hear

Mono = NDArray[np.float32]
Stereo = NDArray[np.float32]
Bus = Literal["voice", "sound", "ear"]
"""voice: a character in the world; ear: the one in the ear, dry and close; sound: all the rest. The first
two are speech, and are ducked."""

MAX_VOICES: Final = 24
"""Sounds at once; one more ends the oldest that is neither speech nor a loop."""
LOUDEST: Final = 2.0
"""Greatest gain of everything: "louder", said twice, is heard twice."""
DELAY_S: Final = (QUANTUM + MAX_DELAY / 2) / SAMPLE_RATE
"""Seconds from a sample of a clip straight ahead to where it stands in the mix."""
_MOST: Final = QUANTUM * 10
"""Samples mixed at a stroke: few enough for a place between two samples to be exact in 32 bits."""
_SMOOTH_S: Final = 0.030
"""Every gain and delay moves to its target with this time constant: no click, no zipper."""
_BOX: Final = 12
"""Samples of each of the two moving averages that make the dull part of a sound (-6 dB at 1.8 kHz)."""
_LEAD: Final = MAX_DELAY + _BOX + 1
"""Samples before the cursor that a block needs: the longest delay and half of both averages."""
_TRAIL: Final = _BOX
_FADE_IN: Final = 72
_FADE_OUT: Final = 240
_LEVEL_WINDOW: Final = 1440
_LEAST_FULL: Final = 0.04
"""RMS of a clip's loud moments below which it is too quiet to be called full."""
_REMEMBERED: Final = 256


@dataclass(slots=True)
class _Voice:
    clip_id: str
    pcm: Mono
    """With silence of `_LEAD` before and `_TRAIL` after it; a loop is kept as it is."""
    length: int
    full: float
    """RMS of its loud moments, at which its level is 1."""
    loop: bool
    bus: Bus
    gain: float
    position: Vec3 | None
    now: Params
    """(7,) of `spatial.hear` times the gains, as they are at the cursor."""
    cursor: int = 0
    """Samples mixed since the start."""
    stop_at: int | None = None
    stop_fade: int = 1

    @property
    def end(self) -> int | None:
        """Cursor at which nothing more is heard; None while a loop runs."""
        if self.stop_at is not None:
            end = self.stop_at + self.stop_fade
            return end if self.loop else min(end, self.length)
        return None if self.loop else self.length

    def segment(self, count: int) -> Mono:
        """(_LEAD + count + _TRAIL,) samples about the cursor."""
        span = _LEAD + count + _TRAIL
        if self.loop:
            return self.pcm.take(np.arange(self.cursor - _LEAD, self.cursor - _LEAD + span), mode="wrap")
        piece = self.pcm[self.cursor : self.cursor + span]
        return piece if len(piece) == span else np.pad(piece, (0, span - len(piece)))

    def envelope(self, count: int) -> Mono | None:
        """(count,) fades at the cursor; None where there is nothing to fade."""
        at = self.cursor
        edge = not self.loop and at + count > self.length - _FADE_OUT
        if at >= _FADE_IN and self.stop_at is None and not edge:
            return None
        # In 64 bits: a loop may have played for an hour, more samples than 32 bits can tell apart.
        time = np.arange(at, at + count, dtype=np.float64)
        gain = np.clip(time / _FADE_IN, 0.0, 1.0)
        if not self.loop:
            gain *= np.clip((self.length - time) / _FADE_OUT, 0.0, 1.0)
        if self.stop_at is not None:
            gain *= np.clip(1.0 - (time - self.stop_at) / self.stop_fade, 0.0, 1.0)
        return np.asarray(gain * gain * (3.0 - 2.0 * gain), dtype=np.float32)


def _between(samples: Mono, whole: NDArray[np.int32], part: Mono) -> Mono:
    """Samples at ``whole + part``, on the straight line between neighbours."""
    first = samples.take(whole)
    return np.asarray(first + (samples.take(whole + 1) - first) * part, dtype=np.float32)


def _loud_rms(sound: Mono) -> float:
    """RMS of the loudest tenth of a clip's moments, so that one voice opens a mouth as wide as another."""
    count = len(sound) // _LEVEL_WINDOW
    if count == 0:
        return max(_LEAST_FULL, float(np.sqrt(np.mean(sound**2))) if len(sound) else 0.0)
    moments = sound[: count * _LEVEL_WINDOW].reshape(count, _LEVEL_WINDOW)
    power = np.einsum("ij,ij->i", moments, moments) / _LEVEL_WINDOW
    return max(_LEAST_FULL, math.sqrt(float(np.quantile(power, 0.9))))


def _place_or_error(position: Vec3 | None) -> Vec3 | None:
    if position is not None and not all(math.isfinite(axis) for axis in position):
        raise ValueError("a place must be three finite numbers")
    return position


class Mixer:
    """Plays clips in space and mixes them on demand; see the module.

    The echo of the cave grows from ``seed``. What has been mixed is not heard at once: `set_latency` tells
    how much later, and `played_s`, `level` and `finished` speak of what is heard.
    """

    def __init__(self, seed: int = 0) -> None:
        self._lock = threading.Lock()
        self._voices: dict[str, _Voice] = {}
        self._leaving: list[_Voice] = []
        """Voices whose name was taken by a new playing: they only fade out."""
        self._listener: Vec3 = (0.0, 0.0, 0.0)
        self._yaw_rad = 0.0
        self._duck = 1.0
        self._volume = 1.0
        self._latency = 0
        self._room = Room(cave_response(seed))
        self._limiter = Limiter()
        self._ear_limiter = Limiter()
        self._reference = ReferenceResampler()
        self._rest = np.zeros((0, 2), dtype=np.float32)
        self._ear_rest = np.zeros((0, 2), dtype=np.float32)
        self._finished: list[str] = []
        self._last_played_s: OrderedDict[str, float] = OrderedDict()
        since = np.arange(1, _MOST + 1) / (_SMOOTH_S * SAMPLE_RATE)
        self._decay = np.exp(-since).astype(np.float32)

    def play(
        self,
        clip_id: str,
        pcm: Mono,
        *,
        position: Vec3 | None,
        gain_db: float = 0.0,
        loop: bool = False,
        bus: Bus = "sound",
    ) -> None:
        """Begin to play mono samples at 48 kHz; a clip of the same name that still plays makes way.

        ``position`` in metres of the world; None is everywhere (on the ear bus: in the ear).
        Raises ValueError for samples that are not one finite row, and for a place that is not finite.
        """
        place = _place_or_error(position)
        sound = np.ascontiguousarray(pcm, dtype=np.float32)
        if sound.ndim != 1:
            raise ValueError(f"a clip must be one row of samples, not {sound.ndim} dimensions")
        if not np.isfinite(sound).all():
            raise ValueError("a clip must hold finite samples")
        length = len(sound)
        loops = loop and length > 0
        kept = sound.copy() if loops else np.pad(sound, (_LEAD, _TRAIL))
        gain = 10.0 ** (min(24.0, max(-90.0, gain_db)) / 20.0)
        voice = _Voice(clip_id, kept, length, _loud_rms(sound), loops, bus, gain, place, EVERYWHERE)
        with self._lock:
            before = self._voices.pop(clip_id, None)
            if before is not None:
                self._fade(before, 0.015)
                self._leaving.append(before)
            if len(self._voices) >= MAX_VOICES:
                self._make_room()
            voice.now = self._target(voice)
            self._voices[clip_id] = voice

    def move(self, clip_id: str, position: Vec3 | None) -> None:
        """Move a clip; it glides there in a few hundredths of a second. An unknown name is ignored.

        Raises ValueError for a place that is not finite.
        """
        place = _place_or_error(position)
        with self._lock:
            voice = self._voices.get(clip_id)
            if voice is not None:
                voice.position = place

    def stop(self, clip_id: str, fade_s: float = 0.03) -> None:
        """Fade a clip out; it is finished when the fade has been heard. An unknown name is ignored."""
        with self._lock:
            voice = self._voices.get(clip_id)
            if voice is not None:
                self._fade(voice, fade_s)

    def duck(self, gain_db: float) -> None:
        """Turn the characters' voices (buses voice and ear) to ``gain_db``; 0 restores them."""
        with self._lock:
            self._duck = 10.0 ** (min(0.0, max(-90.0, gain_db)) / 20.0)

    def set_listener(self, position: Vec3, yaw_rad: float) -> None:
        """Put the player's head at ``position``, metres; ``yaw_rad`` 0 faces +y, positive to the right.

        Raises ValueError for numbers that are not finite.
        """
        if not all(math.isfinite(number) for number in (*position, yaw_rad)):
            raise ValueError("a listener must stand at finite numbers")
        with self._lock:
            self._listener = position
            self._yaw_rad = yaw_rad

    def set_volume(self, volume: float) -> None:
        """Gain of everything, 0 to `LOUDEST`, 1 as the sounds were made; the limiter holds what is louder."""
        with self._lock:
            self._volume = min(LOUDEST, max(0.0, volume))

    def set_latency(self, latency_s: float) -> None:
        """Seconds from mixing a sample to hearing it: the queue before the device, and the device."""
        with self._lock:
            self._latency = max(0, round(latency_s * SAMPLE_RATE))

    def playing(self) -> list[str]:
        """Names of the clips that are not finished, oldest first."""
        with self._lock:
            return list(self._voices)

    def played_s(self, clip_id: str) -> float:
        """Seconds of a clip that have been heard; of one that has finished too, 0 for an unknown name."""
        with self._lock:
            voice = self._voices.get(clip_id)
            if voice is None:
                return self._last_played_s.get(clip_id, 0.0)
            return self._heard(voice) / SAMPLE_RATE

    def level(self, clip_id: str) -> float:
        """0 to 1: how loud the clip itself is in what is heard of it now (not how far away it is)."""
        with self._lock:
            voice = self._voices.get(clip_id)
            if voice is None:
                return 0.0
            full, at = voice.full, voice.cursor - self._latency
            if at < 0 or (voice.end is not None and at >= voice.end):
                return 0.0
            if voice.loop:
                piece = voice.pcm.take(np.arange(at, at + _LEVEL_WINDOW), mode="wrap")
            else:
                middle = at + _LEAD
                piece = voice.pcm[max(0, middle - _LEVEL_WINDOW // 2) : middle + _LEVEL_WINDOW // 2]
            gone = 0.0 if voice.stop_at is None else max(0.0, at - voice.stop_at) / voice.stop_fade
        rms = math.sqrt(float(piece @ piece) / max(1, len(piece)))
        return float(min(1.0, rms / full) ** 0.6 * max(0.0, 1.0 - gone))

    def finished(self) -> list[str]:
        """Names of the clips that have been heard to their end (or stop) since the last call."""
        with self._lock:
            done, self._finished = self._finished, []
            return done

    def mix(self, frames: int) -> Stereo:
        """The next (frames, 2) samples, float32, never beyond +-0.95."""
        room, ear = self._take(frames, apart=False)
        # What an earpiece that has just gone had left over.
        return np.clip(room + ear, -CEILING, CEILING) if ear.any() else room

    def mix_apart(self, frames: int) -> tuple[Stereo, Stereo]:
        """As `mix`, in two: what the room hears, and what only the ear does (its bus), each (frames, 2)."""
        return self._take(frames, apart=True)

    def _take(self, frames: int, *, apart: bool) -> tuple[Stereo, Stereo]:
        with self._lock:
            room, ear = [self._rest], [self._ear_rest]
            have = len(self._rest)
            while have < frames:
                wanted = -(-(frames - have) // QUANTUM) * QUANTUM
                for parts, part in zip((room, ear), self._mix(min(_MOST, wanted), apart=apart), strict=True):
                    parts.append(part)
                have += len(room[-1])
            sound, close = np.concatenate(room), np.concatenate(ear)
            self._rest, self._ear_rest = sound[frames:].copy(), close[frames:].copy()
            return np.ascontiguousarray(sound[:frames]), np.ascontiguousarray(close[:frames])

    def to_reference(self, stereo: Stereo) -> Mono:
        """Mixed blocks, in their order, as 16 kHz mono for the echo canceller (stateful)."""
        return self._reference.push(stereo)

    def _mix(self, count: int, *, apart: bool) -> tuple[Stereo, Stereo]:
        voices = [*self._voices.values(), *self._leaving]
        dry, close = np.zeros((2, 2, count), dtype=np.float32)
        send = np.zeros(count, dtype=np.float32)
        if voices:
            placed, send = self._place(voices, count)
            in_ear = np.array([apart and voice.bus == "ear" for voice in voices])
            dry = placed[~in_ear].sum(axis=0)
            close = placed[in_ear].sum(axis=0)
        self._advance(count)
        dry += self._room.process(send)
        return self._limiter.process(dry).T, self._ear_limiter.process(close).T

    def _place(self, voices: list[_Voice], count: int) -> tuple[NDArray[np.float32], Mono]:
        """All voices at once: (voices, 2, count) of direct sound and (count,) for the echo."""
        segments = np.stack([voice.segment(count) for voice in voices])
        sums = np.cumsum(segments, axis=1)
        once = sums[:, _BOX:] - sums[:, :-_BOX]
        sums = np.cumsum(once, axis=1)
        dull = (sums[:, _BOX:] - sums[:, :-_BOX]) * np.float32(1.0 / _BOX**2)
        bright = segments[:, _BOX + 1 :][:, : dull.shape[1]]

        now = np.stack([voice.now for voice in voices]).astype(np.float32)
        target = np.stack([self._target(voice) for voice in voices]).astype(np.float32)
        glide = target[:, :, None] + (now - target)[:, :, None] * self._decay[:count]

        # Each ear reads both parts at its own delay, between two samples.
        span = dull.shape[1]
        place = np.arange(MAX_DELAY, MAX_DELAY + count, dtype=np.float32) - glide[:, 0:2]
        whole = place.astype(np.int32)
        between = place - whole
        whole += np.arange(len(voices), dtype=np.int32).reshape(-1, 1, 1) * span
        placed = glide[:, 2:4] * _between(bright.reshape(-1), whole, between)
        placed += glide[:, 4:6] * _between(dull.reshape(-1), whole, between)
        sent = glide[:, 6] * bright[:, MAX_DELAY : MAX_DELAY + count]

        for row, voice in enumerate(voices):
            envelope = voice.envelope(count)
            if envelope is not None:
                placed[row] *= envelope
                sent[row] *= envelope
            voice.now = glide[row, :, -1]
        return placed, sent.sum(axis=0)

    def _advance(self, count: int) -> None:
        for voice in self._leaving:
            voice.cursor += count
        self._leaving = [v for v in self._leaving if v.end is not None and v.cursor < v.end]
        for clip_id, voice in list(self._voices.items()):
            voice.cursor += count
            if voice.end is not None and voice.cursor - self._latency >= voice.end:
                self._end(clip_id, voice.end)

    def _end(self, clip_id: str, samples: int) -> None:
        del self._voices[clip_id]
        self._finished.append(clip_id)
        self._last_played_s[clip_id] = samples / SAMPLE_RATE
        self._last_played_s.move_to_end(clip_id)
        if len(self._last_played_s) > _REMEMBERED:
            self._last_played_s.popitem(last=False)

    def _heard(self, voice: _Voice) -> int:
        heard = max(0, voice.cursor - self._latency)
        return heard if voice.end is None else min(heard, voice.end)

    def _target(self, voice: _Voice) -> Params:
        if voice.bus == "ear":
            params = IN_THE_EAR.copy()
        elif voice.position is None:
            params = EVERYWHERE.copy()
        else:
            params = hear(voice.position, self._listener, self._yaw_rad)
        speech = voice.bus != "sound"
        params[2:] *= voice.gain * self._volume * (self._duck if speech else 1.0)
        return params

    @staticmethod
    def _fade(voice: _Voice, fade_s: float) -> None:
        fade = max(_FADE_OUT, round(max(0.0, fade_s) * SAMPLE_RATE))
        if voice.stop_at is None or voice.cursor + fade < voice.stop_at + voice.stop_fade:
            voice.stop_at, voice.stop_fade = voice.cursor, fade

    def _make_room(self) -> None:
        """End the oldest sound that is neither speech nor a loop, or the oldest of all."""
        plain = [name for name, voice in self._voices.items() if voice.bus == "sound" and not voice.loop]
        clip_id = plain[0] if plain else next(iter(self._voices))
        voice = self._voices[clip_id]
        self._fade(voice, 0.02)
        self._leaving.append(voice)
        self._end(clip_id, self._heard(voice))
