"""Takes what the loudspeaker plays out of what the microphone hears."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_BLOCK, EAR_RATE
from game.sense.echo_filter import EchoFilter
from game.sense.playback import Playback

Samples = NDArray[np.float32]

SILENT_PEAK: Final = 1e-4
"""What is played below -80 dB full scale makes no echo that could be heard."""
TAIL_S: Final = 1.5
"""After the loudspeaker fell silent its echo goes on: device delay (up to 0.3 s) and the room."""


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
        beside, jumped = self.playback.beside(block)
        if not self._tail:
            return block
        self._tail = max(0, self._tail - EAR_BLOCK)
        if jumped:
            self._filter.restart()
        left = self._filter.process(block, beside)
        self._module.process_reverse_stream(self._framed(beside))
        near = self._framed(left)
        self._module.process_stream(near)
        return np.frombuffer(near.data, np.int16).astype(np.float32) / 32768.0

    def restart(self) -> None:
        """The microphone was gone, or is another one."""
        self.playback.restart()
        self._filter.restart()

    def _framed(self, samples: Samples) -> Any:
        pcm = (np.clip(samples, -1.0, 1.0) * 32767.0).astype(np.int16).tobytes()
        return self._frame(bytearray(pcm), EAR_RATE, 1, EAR_BLOCK)
