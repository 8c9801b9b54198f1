"""Takes what the loudspeaker plays out of what the microphone hears."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_BLOCK, EAR_RATE

Samples = NDArray[np.float32]

SILENT_PEAK: Final = 1e-4
"""A reference below -80 dB full scale makes no echo that could be heard."""
TAIL_S: Final = 1.5
"""After the loudspeaker fell silent its echo goes on: device delay (up to 0.3 s) and the room."""


class EchoCanceller:
    """WebRTC's audio processing, used only while something is played.

    With a silent loudspeaker the sound passes through untouched and free of cost: there is no echo to take
    out, and no processing can then harm the speech.
    """

    def __init__(self, *, noise_suppression: bool = False) -> None:
        from livekit.rtc import AudioFrame, AudioProcessingModule

        self._frame: Any = AudioFrame
        self._module: Any = AudioProcessingModule(
            echo_cancellation=True, noise_suppression=noise_suppression, high_pass_filter=True
        )
        self._module.set_stream_delay_ms(0)  # It finds the delay itself; this is where it begins to look.
        self._tail = 0

    @property
    def working(self) -> bool:
        """True while an echo may be in the air."""
        return self._tail > 0

    def process(self, block: Samples, reference: Samples | None) -> Samples:
        """The block (160 samples at 16 kHz) without the echo of what was played.

        ``reference`` is what the mixer played in the same 10 ms; None is silence.
        """
        if reference is not None and np.abs(reference).max(initial=0.0) > SILENT_PEAK:
            self._tail = round(TAIL_S * EAR_RATE)
        if not self._tail:
            return block
        self._tail = max(0, self._tail - EAR_BLOCK)
        far = self._framed(np.zeros(EAR_BLOCK, np.float32) if reference is None else reference)
        self._module.process_reverse_stream(far)
        near = self._framed(block)
        self._module.process_stream(near)
        return np.frombuffer(near.data, np.int16).astype(np.float32) / 32768.0

    def _framed(self, samples: Samples) -> Any:
        pcm = (np.clip(samples, -1.0, 1.0) * 32767.0).astype(np.int16).tobytes()
        return self._frame(bytearray(pcm), EAR_RATE, 1, EAR_BLOCK)
