"""Where mixed sound goes on the real clock: a loudspeaker or nowhere, fed by one thread that keeps ahead."""

import importlib
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from game.clock import SAMPLE_RATE
from game.present.sound.limiter import CEILING
from game.present.sound.mixer import Mixer

Stereo = NDArray[np.float32]
Tap = Callable[[Stereo], None]
"""Gets every mixed block (n, 2), in order, on the mixing thread: must be quick, and must not keep it."""

BLOCK: Final = 960
"""Samples mixed at a time: 20 ms."""
AHEAD_S: Final = 0.040
"""Seconds of sound kept ready for the device, so that a busy main thread is not heard."""
_DEVICE_S: Final = 0.040
"""Asked of the device itself: its callback is Python, and may wait for the interpreter."""
_RING: Final = 16_384
_LOST_S: Final = 2.0
"""A device that has asked for nothing for so long is gone."""

_STALL_S: Final = 0.25
"""Sound this far behind the wall clock is skipped; less is the drift of a device's own clock."""
_EAR_MOST_S: Final = 2.0 * AHEAD_S
"""The earpiece may be so far behind the loudspeaker before silence is left out for it."""
EARPIECE_LOST: Final = "The earpiece is gone; the Companion speaks from the loudspeaker."
_ASLEEP_S: Final = 5.0
"""Sound this far behind is not made up for: the machine slept."""


class SpeakerError(Exception):
    """There is no loudspeaker; the text is one sentence for the player."""


class SoundOutput(Protocol):
    """A consumer of 48 kHz stereo at its own pace."""

    @property
    def queued(self) -> int:
        """Frames written and not yet taken."""

    @property
    def latency_s(self) -> float:
        """Seconds from being taken to being heard."""

    @property
    def underruns(self) -> int:
        """Times that sound was wanted and none was there."""

    @property
    def fault(self) -> str | None:
        """One sentence when the device is gone; None while it works."""

    def write(self, stereo: Stereo) -> None: ...
    def close(self) -> None: ...


class Ring:
    """Frames from one writer to one reader, without a lock: each side moves only its own count."""

    def __init__(self, frames: int = _RING) -> None:
        self._buffer = np.zeros((frames, 2), dtype=np.float32)
        self._written = 0
        self._read = 0

    @property
    def queued(self) -> int:
        return self._written - self._read

    def write(self, stereo: Stereo) -> int:
        """Frames that found room."""
        size = len(self._buffer)
        count = min(len(stereo), size - self.queued)
        start = self._written % size
        first = min(count, size - start)
        self._buffer[start : start + first] = stereo[:first]
        self._buffer[: count - first] = stereo[first:count]
        self._written += count
        return count

    def read_into(self, out: Stereo) -> int:
        """Fill ``out`` (n, 2), with silence where there is not enough; the frames that there were."""
        size = len(self._buffer)
        count = min(len(out), self.queued)
        start = self._read % size
        first = min(count, size - start)
        out[:first] = self._buffer[start : start + first]
        out[first:count] = self._buffer[: count - first]
        out[count:] = 0.0
        self._read += count
        return count


class NullOutput:
    """Takes sound as fast as it would play, and plays it nowhere."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._start_s: float | None = None
        self._written = 0
        self._underruns = 0

    @property
    def queued(self) -> int:
        if self._start_s is None:
            return 0
        played = int((self._clock() - self._start_s) * SAMPLE_RATE)
        return max(0, self._written - played)

    @property
    def latency_s(self) -> float:
        return 0.0

    @property
    def underruns(self) -> int:
        return self._underruns

    @property
    def fault(self) -> str | None:
        return None

    def write(self, stereo: Stereo) -> None:
        now_s = self._clock()
        if self._start_s is None:
            self._start_s = now_s
        elif not self.queued:
            self._underruns += 1
            self._start_s = now_s - self._written / SAMPLE_RATE
        self._written += len(stereo)

    def close(self) -> None:
        """Nothing to let go of."""


class SpeakerOutput:
    """The system's loudspeaker (or the one whose name contains ``device``) through PortAudio.

    The callback copies from a ring and does nothing else. Raises SpeakerError when it cannot be opened.
    """

    def __init__(
        self,
        device: str | None = None,
        *,
        sounddevice: Any | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._ring = Ring()
        self._clock = clock
        self._underruns = 0
        self._started = False
        self._closed = False
        self._fault: str | None = None
        try:
            # PortAudio is a system library: only asking for it tells whether it is there.
            library = sounddevice if sounddevice is not None else importlib.import_module("sounddevice")
        except OSError as error:
            raise SpeakerError("No sound: the system library PortAudio is not installed.") from error
        try:
            self._stream = library.OutputStream(
                samplerate=SAMPLE_RATE,
                channels=2,
                dtype="float32",
                device=device,
                latency=_DEVICE_S,
                callback=self._fill,
                finished_callback=self._gone,
            )
            self._last_asked_s = clock()
            self._stream.start()
        except (library.PortAudioError, ValueError) as error:
            raise SpeakerError(_reason(error)) from error

    @property
    def queued(self) -> int:
        return self._ring.queued

    @property
    def latency_s(self) -> float:
        return float(self._stream.latency)

    @property
    def underruns(self) -> int:
        return self._underruns

    @property
    def fault(self) -> str | None:
        if self._fault is None and not self._closed and self._clock() - self._last_asked_s > _LOST_S:
            self._fault = "The loudspeaker has stopped answering; the play goes on without sound."
        return self._fault

    def write(self, stereo: Stereo) -> None:
        if self._ring.write(stereo):
            self._started = True

    def close(self) -> None:
        self._closed = True
        # Abort, not stop: a device that is gone would keep stop waiting for its last block.
        self._stream.abort(ignore_errors=True)
        self._stream.close(ignore_errors=True)

    def _fill(self, out: Stereo, frames: int, _time: object, _status: object) -> None:
        self._last_asked_s = self._clock()
        if self._ring.read_into(out) < frames and self._started:
            self._underruns += 1

    def _gone(self) -> None:
        if self._fault is None and not self._closed:
            self._fault = "The loudspeaker was disconnected; the play goes on without sound."


def _reason(error: Exception) -> str:
    """One sentence for the player."""
    text = str(error).split("\n")[0].removeprefix("Error opening OutputStream: ").rstrip(".")
    if text.startswith("Error querying device -1"):
        return "No loudspeaker was found."
    return f"No loudspeaker could be opened: {text or type(error).__name__}."


def open_output(device: str | None = None) -> tuple[SoundOutput, str | None]:
    """The loudspeaker, or silence and the sentence that says why."""
    try:
        return SpeakerOutput(device), None
    except SpeakerError as error:
        return NullOutput(), str(error)


def open_earpiece(device: str | None) -> tuple[SoundOutput | None, str | None]:
    """The device in the player's ear; where it was asked for and is not there, None and the sentence."""
    if device is None:
        return None, None
    try:
        return SpeakerOutput(device), None
    except SpeakerError as error:
        return None, f"There is no earpiece {device!r}, the Companion speaks from the loudspeaker. ({error})"


class MixThread:
    """Keeps ``AHEAD_S`` of mixed sound before the output, and hands every block to the taps.

    Sound keeps to the wall clock as pictures do: what a stalled machine could not mix in time is mixed for
    the taps and skipped by the loudspeaker, so a recording stays in step with its pictures. ``ears`` is a tap
    that gets only what is played in the room: what was skipped makes no echo, and what is played in the
    ``earpiece``, where there is one, makes none either. When the loudspeaker goes, the thread goes on with a
    `NullOutput`; when the earpiece goes, with all in the room. ``on_fault`` is told the sentence once.
    """

    def __init__(
        self,
        mixer: Mixer,
        output: SoundOutput,
        *,
        earpiece: SoundOutput | None = None,
        taps: Sequence[Tap] = (),
        ears: Tap | None = None,
        on_fault: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._mixer = mixer
        self._output = output
        self._earpiece = earpiece
        self._taps = tuple(taps)
        self._ears = ears
        self._on_fault = on_fault
        self._clock = clock
        self._underruns_before = 0
        self._mixed = 0
        self._start_s: float | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mixer", daemon=True)

    @property
    def underruns(self) -> int:
        """Times an output wanted sound and had none, whatever output it was."""
        earpiece = 0 if self._earpiece is None else self._earpiece.underruns
        return self._underruns_before + self._output.underruns + earpiece

    @property
    def mixed_s(self) -> float:
        """Seconds of sound mixed so far."""
        return self._mixed / SAMPLE_RATE

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread, then close the output. Safe to call twice, and before `start`."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._output.close()
        if self._earpiece is not None:
            self._earpiece.close()

    def turn(self) -> None:
        """What the thread does again and again: mix until enough is ahead."""
        fault = self._output.fault
        if fault is not None:
            self._replace_output(fault)
        if self._earpiece is not None and self._earpiece.fault is not None:
            self._lose_earpiece(self._earpiece)
        now_s = self._clock()
        if self._start_s is None:
            self._start_s = now_s
        owed_s = now_s - self._start_s - self.mixed_s
        if owed_s > _ASLEEP_S:
            self._start_s += owed_s
        elif owed_s > _STALL_S:
            for _ in range(int(owed_s * SAMPLE_RATE) // BLOCK):
                self._mix(play=False)
        while self._output.queued < AHEAD_S * SAMPLE_RATE and not self._stop.is_set():
            self._mix(play=True)
        self._tell_latency()

    def _mix(self, *, play: bool) -> None:
        if self._earpiece is None:
            block = whole = self._mixer.mix(BLOCK)
        else:
            block, close = self._mixer.mix_apart(BLOCK)
            whole = np.clip(block + close, -CEILING, CEILING)
            if play:
                self._write_close(self._earpiece, close)
        self._mixed += BLOCK
        if play:
            self._output.write(block)
        self._tell_latency()
        if play and self._ears is not None:
            self._ears(block)
        for tap in self._taps:
            tap(whole)

    @staticmethod
    def _write_close(earpiece: SoundOutput, close: Stereo) -> None:
        """Two devices never run at quite the same pace. The difference is made up where the ear hears
        nothing: what has piled up is left out, what is about to run out is led by silence."""
        silent = not close.any()
        if silent and earpiece.queued > _EAR_MOST_S * SAMPLE_RATE:
            return
        earpiece.write(close)
        if silent and earpiece.queued < AHEAD_S * SAMPLE_RATE:
            earpiece.write(close)

    def _lose_earpiece(self, earpiece: SoundOutput) -> None:
        self._underruns_before += earpiece.underruns
        earpiece.close()
        self._earpiece = None
        if self._on_fault is not None:
            self._on_fault(EARPIECE_LOST)

    def _tell_latency(self) -> None:
        self._mixer.set_latency(self._output.queued / SAMPLE_RATE + self._output.latency_s)

    def _replace_output(self, fault: str) -> None:
        self._underruns_before += self._output.underruns
        self._output.close()
        self._output = NullOutput(self._clock)
        if self._on_fault is not None:
            self._on_fault(fault)

    def _run(self) -> None:
        while not self._stop.is_set():
            self.turn()
            self._stop.wait(0.004)
