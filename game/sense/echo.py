"""Takes what the loudspeaker plays out of what the microphone hears."""

from collections import deque
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_BLOCK, EAR_RATE
from game.sense.echo_filter import PARTITIONS, EchoFilter
from game.sense.playback import Playback

Samples = NDArray[np.float32]

SILENT_PEAK: Final = 1e-4
"""What is played below -80 dB full scale makes no echo that could be heard."""
TAIL_S: Final = 1.5
"""After the loudspeaker fell silent its echo goes on: device delay (up to 0.3 s) and the room."""
_ROOM_S: Final = 0.4
"""What was audible goes on to sound in the room for so long."""
_TAKEN_DB: Final = -20.0
"""What is left of a moment that was almost only echo; a voice as loud as the echo leaves -3 on average, and
the soft beginning of a word -15."""
_DOUBT_DB: Final = 12.0
"""What is left is nothing new where the filter's own doubt explains it, which is by so much smaller than it
should be. Half the moments of a voice over an echo as loud lie above that; of the residue of a filter that
has just begun, or of a loud loudspeaker, none for long."""
_VOICE: Final = (5, 8)
"""So many blocks of so many above that, and above the room's noise: there is a voice beside the echo, ..."""
_LOUD_DB: Final = -20.0
"""Against the echo's loud moments, which are remembered a little less by each block: 3 dB a second."""
_FADES: Final = 10.0 ** -0.003
_VOICE_S: Final = 0.6
"""... and for so long after it only what is almost all taken is echo: a word has soft sounds too."""
_LEARNED_DB: Final = -10.0
"""What the filter leaves of an echo, once it knows the room."""
_DEAF_S: Final = 4.0
"""For so long at most a filter that knows nothing yet keeps the game from hearing while something is played;
with headphones there is no echo to learn from."""
_FOUND_S: Final = 2.0
"""For so long at most where the delay has been found: by then the filter's doubt is to be trusted."""
_MOMENT: Final = 0.5
"""Smoothing of a moment's levels, a fiftieth of a second: longer, and each first word is taken for echo."""
_WHILE: Final = 0.98
"""Smoothing of the levels that tell whether the filter has learned, half a second."""


class EchoCanceller:
    """Lays the played sound beside its echo, takes out what a linear filter can learn of it, and leaves the
    rest to WebRTC's audio processing.

    The filter first: WebRTC's own follows drifting clocks badly, and what is left it takes out together with
    a player who speaks at the same time. With a silent loudspeaker the sound passes through untouched and
    free of cost: there is no echo to take out, and no processing can then harm the speech.
    """

    def __init__(self, *, noise_suppression: bool = False) -> None:
        from livekit.rtc import AudioFrame, AudioProcessingModule

        self._frame: Any = AudioFrame
        self._module: Any = AudioProcessingModule(
            echo_cancellation=True, noise_suppression=noise_suppression, high_pass_filter=True
        )
        self._module.set_stream_delay_ms(0)  # It finds the delay itself; this is where it begins to look.
        self.playback = Playback()
        self._filter = EchoFilter()
        self._tail = 0
        self._audible = 0
        """Samples since something audible was played with what is heard."""
        self._moment = np.zeros(2)
        """Smoothed power of what was heard and of what was left of it."""
        self._residue = np.zeros(2)
        """Smoothed power of what the filter left, and of what it doubts of its echo."""
        self._loud = 0.0
        """Power of the loud moments while something is played."""
        self._new: deque[bool] = deque(maxlen=_VOICE[1])
        """Of the last blocks, which held more than an echo's residue."""
        self._voice = 0
        """Blocks for which somebody is still believed to speak beside the echo."""
        self._while = np.zeros(2)
        """The same for the filter, over a longer while."""
        self._learning = 0
        """Samples heard with something playing, since the filter knew nothing."""
        self.learned = False
        self.only_echo = False
        """The last block held nothing but echo, as far as that can be told."""

    @property
    def working(self) -> bool:
        """True while an echo may be in the air."""
        return self._tail > 0

    @property
    def lacks(self) -> bool:
        """True while the sound played with the next block has not come yet: it pays to wait a little."""
        return self.working and self.playback.lacks

    def played(self, samples: Samples) -> None:
        """So much more was played (16 kHz, any number of samples); to be told as soon as it is known."""
        self.playback.add(samples)
        if np.abs(samples).max(initial=0.0) > SILENT_PEAK:
            self._tail = round(TAIL_S * EAR_RATE)

    def process(self, block: Samples) -> Samples:
        """The microphone's next block (160 samples at 16 kHz) without the echo of what was played."""
        beside, moved = self.playback.beside(block)
        self.only_echo = False
        if not self._tail:
            return block
        self._tail = max(0, self._tail - EAR_BLOCK)
        if moved:
            self._filter.realign(round(moved), self.playback.before((PARTITIONS + 1) * EAR_BLOCK))
            self._unlearn()  # The end of the room's response came into reach only now.
        left = self._filter.process(block, beside)
        self._module.process_reverse_stream(self._framed(beside))
        near = self._framed(left)
        self._module.process_stream(near)
        out = np.frombuffer(near.data, np.int16).astype(np.float32) / 32768.0
        self._judge(block, left, out, beside)
        return out

    def _judge(self, block: Samples, left: Samples, out: Samples, beside: Samples) -> None:
        """Whether there was anything but echo, and whether the filter knows the room."""
        powers = [float(np.mean(np.square(x, dtype=np.float64))) + 1e-12 for x in (block, left, out)]
        self._moment = _MOMENT * self._moment + (1.0 - _MOMENT) * np.array([powers[0], powers[2]])
        audible = bool(np.abs(beside).max(initial=0.0) > SILENT_PEAK)
        self._audible = round(_ROOM_S * EAR_RATE) if audible else max(0, self._audible - EAR_BLOCK)
        doubted = np.array([self._filter.left, self._filter.doubt])
        self._residue = _MOMENT * self._residue + (1.0 - _MOMENT) * doubted
        if not self._audible:
            return
        if not self.learned:
            self._while = _WHILE * self._while + (1.0 - _WHILE) * np.array(powers[:2])
            self._learning += EAR_BLOCK
            seconds = self._learning / EAR_RATE
            learned = seconds > 1.0 and self._while[1] < 10.0 ** (_LEARNED_DB / 10.0) * self._while[0]
            self.learned = learned or seconds > (_DEAF_S if self.playback.delay_s is None else _FOUND_S)
        heard_power, power = (float(x) for x in self._moment)
        taken = power < 10.0 ** (_TAKEN_DB / 10.0) * heard_power
        filtered, doubt = (float(x) for x in self._residue)
        residue = filtered < 10.0 ** (_DOUBT_DB / 10.0) * doubt
        self._loud = max(_FADES * self._loud, heard_power)
        loud = power > 10.0 ** (_LOUD_DB / 10.0) * self._loud
        self._new.append(self.learned and loud and not taken and not residue)
        self._voice = round(_VOICE_S * 100) if sum(self._new) >= _VOICE[0] else max(0, self._voice - 1)
        # Where no echo was ever found, what was taken was not echo.
        found = self.playback.delay_s is not None
        self.only_echo = not self.learned or (found and (taken or (residue and not self._voice)))

    def restart(self) -> None:
        """The microphone was gone, or is another one."""
        self.playback.restart()
        self._filter.restart()
        self._unlearn()

    def _unlearn(self) -> None:
        self._while[:] = 0.0
        self._learning, self.learned = 0, False
        self._new.clear()
        self._voice = 0

    def _framed(self, samples: Samples) -> Any:
        pcm = (np.clip(samples, -1.0, 1.0) * 32767.0).astype(np.int16).tobytes()
        return self._frame(bytearray(pcm), EAR_RATE, 1, EAR_BLOCK)
