"""Which sounds of speech are in a stretch of sound, 40 times a second.

Moonshine's encoder hears: speech of any length, without padding, 50 ms for a second and a half on one core.
A small layer on it, trained for this game, names the phones (`assets/phones.npz`, `hollow phones train`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from game.clock import EAR_RATE

Samples = NDArray[np.float32]
Features = NDArray[np.float32]
"""What the encoder makes of a sound: (frames, `WIDTH`)."""
LogProbabilities = NDArray[np.float32]

MODEL: Final = "moonshine-base-en"
ENCODER: Final = "encoder_model.ort"
WIDTH: Final = 416
"""Features of one frame of the encoder."""
BLANK: Final = 0
"""The symbol for no new phone (Graves et al. 2006, connectionist temporal classification)."""
LEVEL: Final = 0.08
"""Root mean square that speech is brought to, full scale 1."""
_SHORTEST: Final = 2048
"""Samples that the encoder needs at least; what is shorter is followed by silence."""
_TINY: Final = 1e-5
_FRAME: Final = EAR_RATE // 100
_LOUD: Final = 0.01
"""Share of the loudest moment's power, 20 dB below it, above which a moment counts for the loudness."""


class PhoneModelError(Exception):
    """The model cannot be used; the text is one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A convolution over a few frames and a layer that names their phones."""

    symbols: tuple[str, ...]
    """CMUdict's phones; the first is the blank."""
    gain: NDArray[np.float32]
    shift: NDArray[np.float32]
    """Of the features after their normalisation, (416,)."""
    hidden: NDArray[np.float32]
    """(frames, 416, units)"""
    hidden_bias: NDArray[np.float32]
    out: NDArray[np.float32]
    """(units, symbols)"""
    out_bias: NDArray[np.float32]

    def __call__(self, features: NDArray[np.float32]) -> LogProbabilities:
        """Logarithms of the symbols' probabilities in each frame: (n, 416) -> (n, symbols)."""
        centred = features - features.mean(axis=1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=1, keepdims=True) + _TINY)
        x = centred / spread * self.gain + self.shift
        width = len(self.hidden)
        padded = np.pad(x, ((width // 2, width // 2), (0, 0)))
        units = sum(padded[i : i + len(x)] @ self.hidden[i] for i in range(width)) + self.hidden_bias
        scores = np.maximum(units, 0.0) @ self.out + self.out_bias
        scores -= scores.max(axis=1, keepdims=True)
        return np.asarray(scores - np.log(np.exp(scores).sum(axis=1, keepdims=True)), np.float32)


def load_head(path: Path) -> Head:
    """The layer in an ``.npz`` file. Raises PhoneModelError."""
    try:
        with np.load(path, allow_pickle=False) as data:
            arrays = {name: data[name] for name in data.files}
        head = Head(
            symbols=tuple(str(symbol) for symbol in arrays["symbols"]),
            **{name: arrays[name].astype(np.float32)
               for name in ("gain", "shift", "hidden", "hidden_bias", "out", "out_bias")},
        )  # fmt: skip
    except (OSError, KeyError, ValueError) as error:
        raise PhoneModelError(f"{path.name} is no layer of phones: {error}.") from error
    units = len(head.hidden_bias)
    wanted = {
        "gain": (WIDTH,), "shift": (WIDTH,), "hidden": (len(head.hidden), WIDTH, units),
        "out": (units, len(head.symbols)), "out_bias": (len(head.symbols),),
    }  # fmt: skip
    for name, shape in wanted.items():
        if getattr(head, name).shape != shape:
            raise PhoneModelError(
                f"{path.name}, {name}: expected shape {shape}, found {getattr(head, name).shape}."
            )
    return head


def save_head(path: Path, head: Head) -> None:
    """Writes the layer in half precision, which changes no decision and halves the file."""
    numbers = {
        name: getattr(head, name).astype(np.float16)
        for name in ("gain", "shift", "hidden", "hidden_bias", "out", "out_bias")
    }
    np.savez_compressed(path, symbols=np.array(head.symbols), **numbers)


class Encoder:
    """Moonshine's encoder, on one thread."""

    def __init__(self, path: Path) -> None:
        """Raises PhoneModelError when the file is not there or is no such model."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = 1
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session: Any = onnxruntime.InferenceSession(
                str(path), providers=["CPUExecutionProvider"], sess_options=options
            )
        except Exception as error:  # onnxruntime's own exceptions are private: Fail, NoSuchFile, ...
            raise PhoneModelError(f"The speech model {path} cannot be loaded.") from error

    def __call__(self, sound: Samples) -> Features:
        """Features of mono sound at 16 kHz, one frame every 24 ms: (frames, 416)."""
        short = _SHORTEST - len(sound)
        sound = np.pad(sound, (0, short)) if short > 0 else sound
        out = self._session.run(None, {"input_values": sound[None].astype(np.float32)})[0]
        return np.asarray(out[0], np.float32)


class PhoneModel:
    """Encoder and layer together."""

    def __init__(self, encoder: Path, head: Path) -> None:
        """Raises PhoneModelError."""
        self.head = load_head(head)
        self._encode = Encoder(encoder)
        # The first run allocates its memory; better now than when somebody has spoken.
        self(np.zeros(EAR_RATE, np.float32))

    @property
    def symbols(self) -> tuple[str, ...]:
        """What the columns are."""
        return self.head.symbols

    def features(self, sound: Samples) -> Features:
        """What the encoder makes of sound as loud as `levelled` makes it."""
        return self._encode(sound)

    def phones(self, features: Features) -> LogProbabilities:
        """(frames, symbols), natural logarithms."""
        return self.head(features)

    def __call__(self, sound: Samples) -> LogProbabilities:
        """The phones in sound as loud as `levelled` makes it: (frames, symbols), natural logarithms."""
        return self.head(self._encode(sound))


def levelled(sound: Samples) -> Samples:
    """The sound as loud as the model is used to: by its loud moments, whatever silence lies around them."""
    frames = len(sound) // _FRAME
    if frames == 0:
        return sound
    power = (sound[: frames * _FRAME].reshape(frames, _FRAME).astype(np.float64) ** 2).mean(axis=1)
    loud = float(power[power >= power.max() * _LOUD].mean())
    return np.asarray(sound * (LEVEL / np.sqrt(loud + 1e-10)), np.float32)
