"""The training of the layer of phones, on features that are made up, and what it wants to hear."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from game.cli.main import parser
from game.cli.noises import noises_of_a_house
from game.cli.other_voices import ProgramVoice
from game.cli.phones import Example, fitted, heard, phone_errors, run, texts
from game.sense.phone_model import LEVEL, WIDTH, Head, PhoneModelError, levelled, load_head, save_head
from game.sense.pronounce import ways_to_say


def made_head(symbols: int = 3) -> Head:
    """A layer that reads the phone off the first features."""
    hidden = np.zeros((1, WIDTH, symbols), np.float32)
    hidden[0, np.arange(symbols), np.arange(symbols)] = 1.0
    return Head(
        symbols=tuple("-AB"[:symbols]),
        gain=np.ones(WIDTH, np.float32),
        shift=np.zeros(WIDTH, np.float32),
        hidden=hidden,
        hidden_bias=np.zeros(symbols, np.float32),
        out=np.eye(symbols, dtype=np.float32),
        out_bias=np.zeros(symbols, np.float32),
    )


def features(*symbols: int) -> np.ndarray:
    made = np.zeros((len(symbols), WIDTH), np.float32)
    made[np.arange(len(symbols)), symbols] = 10.0
    return made


def test_a_layer_is_the_same_after_it_was_kept(tmp_path: Path) -> None:
    path = tmp_path / "phones.npz"
    save_head(path, made_head())
    kept = load_head(path)
    assert kept.symbols == ("-", "A", "B")
    assert np.allclose(kept(features(0, 1, 2)), made_head()(features(0, 1, 2)), atol=1e-2)
    assert np.allclose(np.exp(kept(features(0, 1, 2))).sum(axis=1), 1.0, atol=1e-5)


def test_a_file_that_is_no_layer_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    path.write_bytes(b"no")
    with pytest.raises(PhoneModelError, match=r"mine\.npz is no layer of phones"):
        load_head(path)
    np.savez(path, symbols=np.array(["-"]))
    with pytest.raises(PhoneModelError, match=r"mine\.npz"):
        load_head(path)
    good = made_head()
    save_head(path, Head(symbols=("-", "A"), gain=good.gain, shift=good.shift, hidden=good.hidden,
                         hidden_bias=good.hidden_bias, out=good.out, out_bias=good.out_bias))  # fmt: skip
    with pytest.raises(PhoneModelError, match=r"mine\.npz, out: expected shape \(3, 2\), found \(3, 3\)"):
        load_head(path)


@pytest.mark.parametrize(
    ("read", "errors"), [((0, 1, 1, 0, 2, 0), 0), ((0, 1, 0, 1, 2), 1), ((0, 0), 2), ((2, 1), 2)]
)
def test_wrong_missing_and_additional_phones_are_errors(read: tuple[int, ...], errors: int) -> None:
    assert phone_errors(made_head(), Example(features=features(*read), phones=(1, 2))) == errors


def test_phones_that_the_features_show_are_learned() -> None:
    pytest.importorskip("torch")
    rng = np.random.default_rng(3)
    examples = []
    for _ in range(120):
        phones = tuple(int(p) for p in rng.integers(1, 4, size=3))
        shown = features(*(s for phone in phones for s in (phone, phone, 0)))
        examples.append(Example(features=shown + rng.normal(scale=0.1, size=shown.shape), phones=phones))
    _, error = fitted(examples, ("-", "A", "B", "C"), epochs=25, seed=1)
    assert error < 0.1


def test_a_layer_of_another_make_is_not_taught_further() -> None:
    pytest.importorskip("torch")
    with pytest.raises(ValueError, match="160 units over 5 frames"):
        fitted(
            [Example(features=features(1), phones=(1,))], ("-", "A", "B"), epochs=1, seed=1, start=made_head()
        )


def test_a_layer_that_is_taught_further_still_knows_what_it_knew() -> None:
    pytest.importorskip("torch")
    symbols = ("-", "A", "B", "C")
    examples = [
        Example(features=features(*(s for phone in phones for s in (phone, phone, 0))), phones=phones)
        for phones in ((1, 2, 3), (3, 1, 2), (2, 3, 1)) * 20
    ]
    known, _ = fitted(examples, symbols, epochs=25, seed=1)
    _, error = fitted(examples[:6], symbols, epochs=1, seed=1, start=known)
    assert error < 0.1


def test_the_noises_of_a_house_are_many_and_different() -> None:
    rng = np.random.default_rng(6)
    voices = [rng.normal(size=16000).astype(np.float32) for _ in range(3)]
    noises = noises_of_a_house(voices, rng)
    assert len(noises) > 15
    for noise in noises:
        assert np.isfinite(noise).all()
        assert np.sqrt(np.mean(noise**2)) > 0.0
    shares = [low_share(noise) for noise in noises]
    assert min(shares) < 0.1
    assert max(shares) > 0.9


def low_share(sound: np.ndarray) -> float:
    """Of the power, what lies below a kilohertz."""
    power = np.abs(np.fft.rfft(sound)) ** 2
    return float(power[: len(power) // 8].sum() / power.sum())


def test_everything_that_is_said_can_be_pronounced() -> None:
    said = list(islice(texts(np.random.default_rng(2)), 60))
    assert all(ways_to_say(text, {"recenter": "R IY S EH N T ER"}) for text in said)
    assert len(set(said)) > 45


def test_sound_is_brought_to_the_level_that_the_model_knows() -> None:
    rng = np.random.default_rng(4)
    speech = rng.normal(scale=0.3, size=8000).astype(np.float32)
    for quieter in (1.0, 0.01):
        sound = levelled(np.pad(speech * quieter, (4000, 2000)))
        assert np.sqrt(np.mean(sound[4000:12000] ** 2)) == pytest.approx(LEVEL, rel=0.1)
    assert not levelled(np.zeros(1000, np.float32)).any()


def test_training_sounds_have_their_noise_under_them() -> None:
    rng = np.random.default_rng(5)
    speech = np.sin(np.arange(16000) / 5).astype(np.float32)
    sounds = [heard(speech, [rng.normal(size=5000).astype(np.float32)], rng) for _ in range(20)]
    assert all(0.4 * LEVEL < np.sqrt(np.mean(sound**2)) < 2.0 * LEVEL for sound in sounds)
    assert len({len(sound) for sound in sounds}) > 10


def test_a_program_that_is_not_there_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OSError, match="flite"):
        ProgramVoice(program="flite", voice="slt").say("stop")


@pytest.mark.parametrize(("option", "value"), [("--said", "0"), ("--epochs", "0"), ("--noises", "-1")])
def test_a_number_that_makes_no_sense_is_refused(option: str, value: str) -> None:
    with pytest.raises(ValueError, match=rf"{option}: a number from 1"):
        run(parser("phones").parse_args(["phones", "train", "x.npz", option, value]))
