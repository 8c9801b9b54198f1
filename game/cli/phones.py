"""``hollow phones train``: the layer that names phones, taught on made speech.

Nobody is recorded for it: lines of the dialogue, words of the dictionary and commands are said by made voices
of many sizes and paces, most of them in noise. Moonshine's encoder, which has heard real people, stays as is.
"""

import argparse
import importlib
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np

from game.cli.bench_voice import player_lines
from game.cli.noises import noises_of_a_house
from game.cli.other_voices import voices_to_train
from game.cli.recordings import read, sounds_in
from game.cli.spoken import VOICE, edges_s
from game.clock import EAR_RATE
from game.sense.audio_source import Samples
from game.sense.commands_file import load_commands
from game.sense.phone_model import (
    BLANK,
    ENCODER,
    MODEL,
    WIDTH,
    Encoder,
    Head,
    levelled,
    load_head,
    save_head,
)
from game.sense.pronounce import dictionary, ways_to_say
from npc.assets import asset
from npc.models import ModelStore
from npc.personality import VoiceSettings
from npc.speech.effects import resampled
from npc.speech.loudness import SAMPLE_RATE
from npc.speech.voice import Voice

_PACES: Final = (0.75, 1.0, 1.35)
_SIZES: Final = (0.82, 1.4)
"""The throat of a made voice, against the original: above 1 is smaller."""
_LONGEST_S: Final = 4.0
_NOISE_DB: Final = (2.0, 20.0)
_NOISY: Final = 0.8
"""Share of the examples that have noise under them."""
_EMPTY: Final = 0.12
"""Examples of noise without speech, against all others."""
_ROOMS: Final = 0.4
_COLOURS: Final = 0.5
"""Shares of the examples that are heard in a room, and by a microphone with a colour."""
_LEVELS: Final = (0.8, 1.25)
"""Around the loudness at which the game lets the encoder hear."""
_OTHERS: Final = 0.75
"""Share of what other voices than the game's own say."""
_UNITS: Final = 160
_FRAMES: Final = 5
_BATCH: Final = 24
_RATE: Final = 3e-3
_FURTHER: Final = 0.3
"""Share of it where a layer is taught further that has learned already."""
_HELD_OUT: Final = 0.07
_TEXTS: Final = {"command": 0.42, "word": 0.2, "words": 0.08, "rare": 0.1, "line": 0.2}
"""Shares of what is said. A word by itself is the hardest to tell: nothing around it helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Features of something that was said."""

    features: Any
    """(frames, 416), half precision."""
    phones: tuple[int, ...]


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Adds the command; returns its parser."""
    command: argparse.ArgumentParser = commands.add_parser(
        "phones", help="train the layer that names the sounds of speech",
        description="Trains the layer by which commands are heard, on speech that is made here.",
    )  # fmt: skip
    kinds = command.add_subparsers(dest="kind", metavar="WHAT", required=True)
    train = kinds.add_parser("train", help="say things, listen to them, learn which sounds they are")
    train.add_argument("out", metavar="FILE", type=Path, help="the layer, an .npz file")
    train.add_argument("--said", type=int, default=1500, metavar="N", help="things to say (1500)")
    train.add_argument("--noises", type=int, default=2, metavar="N",
                       help="times that each is heard, in another noise (2)")  # fmt: skip
    train.add_argument("--epochs", type=int, default=12, metavar="N", help="(12)")
    train.add_argument("--noise", type=Path, metavar="FOLDER", help="recordings of noise to put under it")
    train.add_argument("--from", dest="start", type=Path, metavar="FILE",
                       help="go on from this layer, in smaller steps, instead of from nothing")  # fmt: skip
    train.add_argument("--seed", type=int, default=1, metavar="N", help="(1)")
    train.set_defaults(run=run)
    return command


def run(options: argparse.Namespace) -> int:
    """Makes the examples, trains, writes the layer. Raises what `main` turns into a sentence."""
    for name in ("said", "noises", "epochs"):
        if getattr(options, name) < 1:
            raise ValueError(f"--{name}: a number from 1 is expected, not {getattr(options, name)}.")
    if options.noise is not None and not sounds_in(options.noise):
        raise ValueError(f"The folder {options.noise} holds no sound file.")
    start = load_head(options.start) if options.start is not None else None
    store = ModelStore.default()
    encoder = Encoder(store.file(MODEL, ENCODER))
    symbols = ("-", *sorted({p for ways in dictionary().values() for way in ways for p in way.split()}))
    rng = np.random.default_rng(options.seed)
    examples = []
    started = time.perf_counter()
    sounds = list(_said(store, options.said, rng))
    noises = _noises([sound for _, sound in sounds[:150]], options.noise, rng)
    number = {symbol: at for at, symbol in enumerate(symbols)}
    for _ in range(options.noises):
        for text, sound in sounds:
            way = ways_to_say(text, {"recenter": "R IY S EH N T ER"})[0]
            features = encoder(heard(sound, noises, rng)).astype(np.float16)
            if len(features) > len(way) + sum(a == b for a, b in pairwise(way)):
                examples.append(Example(features=features, phones=tuple(number[p] for p in way)))
    examples += [
        Example(features=encoder(nothing_said(noises, rng)).astype(np.float16), phones=())
        for _ in range(round(_EMPTY * len(examples)))
    ]
    _tell(f"{len(examples)} examples after {time.perf_counter() - started:.0f} s")
    head, error = fitted(examples, symbols, epochs=options.epochs, seed=options.seed, start=start)
    save_head(options.out, head)
    load_head(options.out)
    print(f"{options.out}: {100 * error:.1f} % of the phones that were held out are wrong.")
    return 0


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def texts(rng: np.random.Generator) -> Iterator[str]:
    """Things to say, without end: commands, words by themselves, pieces of the dialogue's lines."""
    known = dictionary()
    commands = load_commands(asset("commands.toml"))
    phrases = [phrase for command in commands.commands for phrase in command.phrases]
    lines = [line.replace(",", "").lower() for line in player_lines()]
    lines = [line for line in lines if all(word in known for word in line.split())]
    common = sorted({word for line in lines for word in line.split()})
    rare = [word for word in known if word.isalpha() and 3 <= len(word) <= 9]
    while True:
        match list(_TEXTS)[int(rng.choice(len(_TEXTS), p=list(_TEXTS.values())))]:
            case "command":
                yield phrases[int(rng.integers(len(phrases)))]
            case "word":
                yield common[int(rng.integers(len(common)))]
            case "words":
                yield " ".join(common[int(at)] for at in rng.integers(len(common), size=rng.integers(2, 4)))
            case "rare":
                yield " ".join(rare[int(at)] for at in rng.integers(len(rare), size=rng.integers(1, 3)))
            case _:
                words = lines[int(rng.integers(len(lines)))].split()
                count = min(len(words), int(rng.integers(2, 9)))
                first = int(rng.integers(len(words) - count + 1))
                yield " ".join(words[first : first + count])


def _said(store: ModelStore, count: int, rng: np.random.Generator) -> Iterator[tuple[str, Samples]]:
    """Texts and their sounds: by the game's own voice and by those of other programs."""
    model = store.file(*VOICE)
    voices = [Voice(VoiceSettings(speed=pace), model) for pace in _PACES]
    others = voices_to_train()
    for made, text in enumerate(texts(rng), 1):
        size = round(float(rng.uniform(*_SIZES)), 2)
        written = text[:1].upper() + text[1:] + "."
        if others and rng.random() < _OTHERS:
            # Made larger or smaller it is also slower or quicker, so it speaks the other way to begin with.
            other = others[int(rng.integers(len(others)))]
            sound = replace(other, speed=float(rng.uniform(0.8, 1.3)) / size).say(written)
        else:
            voice = voices[int(rng.integers(len(voices)))]
            sound = resampled(voice.speak(written).pcm, SAMPLE_RATE, EAR_RATE)
        sound = resampled(sound, int(EAR_RATE * size), EAR_RATE)
        start_s, end_s = edges_s(sound)
        sound = np.asarray(sound[int(start_s * EAR_RATE) : int(end_s * EAR_RATE)], np.float32)
        if 0.1 < len(sound) / EAR_RATE < _LONGEST_S:
            yield text, sound
        if made % 200 == 0:
            _tell(f"{made} things said")
        if made == count:
            return


def _noises(sounds: Sequence[Samples], folder: Path | None, rng: np.random.Generator) -> list[Samples]:
    """What is made, and what was recorded."""
    return noises_of_a_house(sounds, rng) + (
        [read(path) for path in sounds_in(folder)] if folder is not None else []
    )


def heard(sound: Samples, noises: Sequence[Samples], rng: np.random.Generator) -> Samples:
    """The sound as a microphone may have it: silence around it, now and then a room and a colour of its own,
    noise under it, as loud as the game makes it."""
    if rng.random() < _ROOMS:
        decay = np.exp(-np.arange(EAR_RATE // 4) / (EAR_RATE * rng.uniform(0.01, 0.06)))
        room = rng.normal(size=len(decay)) * decay * rng.uniform(0.02, 0.12)
        room[0] = 1.0
        sound = np.convolve(sound, room)[: len(sound)].astype(np.float32)
    if rng.random() < _COLOURS:
        before = np.concatenate((np.zeros(1, np.float32), sound[:-1]))
        sound = (sound - rng.uniform(-0.6, 0.6) * before).astype(np.float32)
    lead, trail = int(rng.uniform(0.05, 1.0) * EAR_RATE), int(rng.uniform(0.03, 0.4) * EAR_RATE)
    padded = np.pad(sound, (lead, trail)) / np.sqrt(np.mean(sound**2) + 1e-9)
    if rng.random() < _NOISY:
        noise = noises[int(rng.integers(len(noises)))]
        under = np.resize(np.roll(noise, int(rng.integers(len(noise)))), len(padded))
        under = under / np.sqrt(np.mean(under[lead : len(padded) - trail] ** 2) + 1e-9)
        padded = padded + under * 10 ** (-rng.uniform(*_NOISE_DB) / 20)
    else:
        padded = padded + rng.normal(size=len(padded)) * 10 ** (-rng.uniform(35.0, 60.0) / 20)
    return np.asarray(levelled(padded) * rng.uniform(*_LEVELS), np.float32)


def nothing_said(noises: Sequence[Samples], rng: np.random.Generator) -> Samples:
    """Noise alone, as loud as the game makes it: it has no phones."""
    noise = noises[int(rng.integers(len(noises)))]
    count = int(rng.uniform(0.4, 1.5) * EAR_RATE)
    part = np.resize(np.roll(noise, int(rng.integers(len(noise)))), count)
    return np.asarray(levelled(part) * rng.uniform(*_LEVELS), np.float32)


def fitted(
    examples: Sequence[Example],
    symbols: tuple[str, ...],
    *,
    epochs: int,
    seed: int,
    start: Head | None = None,
) -> tuple[Head, float]:
    """The layer that names the examples' phones best, by connectionist temporal classification, and the share
    of wrong phones among examples that it was not shown; it goes on from ``start`` where there is one. Raises
    ValueError where torch is missing, or where ``start`` is not made like this layer."""
    try:
        torch: Any = importlib.import_module("torch")
    except ImportError as error:
        raise ValueError("Training needs torch: docs/training.md tells how to get it.") from error
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(examples))
    held = max(1, round(_HELD_OUT * len(examples)))
    shown = order[held:]
    norm = torch.nn.LayerNorm(WIDTH, eps=1e-5)
    hidden = torch.nn.Conv1d(WIDTH, _UNITS, _FRAMES, padding=_FRAMES // 2)
    out = torch.nn.Linear(_UNITS, len(symbols))
    if start is not None:
        if start.symbols != symbols or start.hidden.shape != (_FRAMES, WIDTH, _UNITS):
            raise ValueError(
                f"--from: a layer of {_UNITS} units over {_FRAMES} frames is expected, with CMUdict's phones."
            )
        with torch.no_grad():
            for weights, values in (
                (norm.weight, start.gain), (norm.bias, start.shift),
                (hidden.weight, start.hidden.transpose(2, 1, 0)), (hidden.bias, start.hidden_bias),
                (out.weight, start.out.T), (out.bias, start.out_bias),
            ):  # fmt: skip
                weights.copy_(torch.from_numpy(np.ascontiguousarray(values)))
    rate = _RATE if start is None else _RATE * _FURTHER
    drop = torch.nn.Dropout(0.25)
    parts = torch.nn.ModuleList([norm, hidden, out])
    optimiser = torch.optim.AdamW(parts.parameters(), lr=rate, weight_decay=1e-2)
    steps = epochs * (len(shown) // _BATCH + 1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps)
    loss = torch.nn.CTCLoss(blank=BLANK, zero_infinity=True)
    for epoch in range(epochs):
        rng.shuffle(shown)
        total = 0.0
        for at in range(0, len(shown), _BATCH):
            some = [examples[int(i)] for i in shown[at : at + _BATCH]]
            features = torch.nn.utils.rnn.pad_sequence(
                [torch.from_numpy(e.features.astype(np.float32)) for e in some], batch_first=True
            )
            units = torch.relu(hidden(drop(norm(features)).transpose(1, 2)).transpose(1, 2))
            scores = out(drop(units)).log_softmax(-1).transpose(0, 1)
            value = loss(
                scores,
                torch.tensor([p for e in some for p in e.phones]),
                torch.tensor([len(e.features) for e in some]),
                torch.tensor([len(e.phones) for e in some]),
            )
            optimiser.zero_grad()
            value.backward()
            torch.nn.utils.clip_grad_norm_(parts.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            total += float(value.detach()) * len(some)
        _tell(f"epoch {epoch + 1} of {epochs}: loss {total / len(shown):.3f}")

    def array(values: Any) -> Any:
        return values.detach().numpy().astype(np.float32)

    head = Head(
        symbols=symbols,
        gain=array(norm.weight),
        shift=array(norm.bias),
        hidden=np.ascontiguousarray(array(hidden.weight).transpose(2, 1, 0)),
        hidden_bias=array(hidden.bias),
        out=np.ascontiguousarray(array(out.weight).T),
        out_bias=array(out.bias),
    )
    wrong = sum(phone_errors(head, examples[int(i)]) for i in order[:held])
    return head, wrong / sum(len(examples[int(i)].phones) for i in order[:held])


def phone_errors(head: Head, example: Example) -> int:
    """Phones that the most probable reading of the example has wrong, too many or too few."""
    best = head(example.features.astype(np.float32)).argmax(axis=1).tolist()
    read_ = [now for now, before in zip(best, [BLANK, *best], strict=False) if now not in (before, BLANK)]
    row = list(range(len(read_) + 1))
    for at, phone in enumerate(example.phones, 1):
        new = [at]
        for column, found in enumerate(read_, 1):
            new.append(min(new[-1] + 1, row[column] + 1, row[column - 1] + (found != phone)))
        row = new
    return row[-1]
