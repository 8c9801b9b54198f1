"""Commands by their sound: the rules with a scripted phone model, then the real one on a made voice."""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest

from game.clock import EAR_RATE
from game.sense.command_spotter import CommandSpotter, PhoneFit, accepted, clear_db, set_apart, sure
from game.sense.commands_file import LONGEST_S, Command, CommandSet, GrammarError, load_commands
from game.sense.phone_model import ENCODER, MODEL, PhoneModel
from npc.assets import asset
from npc.models import ModelMissing, ModelStore

PHONES = (
    "-",
    "AA",
    "AE",
    "AH",
    "D",
    "EH",
    "ER",
    "G",
    "IH",
    "L",
    "N",
    "OW",
    "P",
    "R",
    "S",
    "SH",
    "T",
    "W",
    "AW",
)


def command(name: str, *phrases: str) -> Command:
    return Command(name=name, phrases=phrases, does="", undo=True, answered=False)


AROUND = 9600
"""Samples of silence around what the phone model is given."""

COMMANDS = CommandSet(
    commands=(command("stop", "stop", "stop it"), command("louder", "louder")),
    others=("shop",),
    pronunciations={},
    source="test.toml",
)


class Says:
    """A phone model that hears the given phones, whatever the sound, as surely as told."""

    symbols = PHONES

    def __init__(self, text: str = "", sure: float = 0.999999) -> None:
        self.text, self.sure, self.asked = text, sure, 0
        self.lengths: list[int] = []

    def features(self, sound: np.ndarray) -> np.ndarray:
        return sound

    def phones(self, features: np.ndarray) -> np.ndarray:
        return self(features)

    def __call__(self, sound: np.ndarray) -> np.ndarray:
        self.asked += 1
        self.lengths.append(len(sound))
        path = [0, 0]
        for phone in self.text.split():
            path += [PHONES.index(phone)] * 2 + [0]
        heard = np.full((len(path), len(PHONES)), (1.0 - self.sure) / (len(PHONES) - 1), np.float32)
        heard[np.arange(len(path)), path] = self.sure
        return np.log(heard)


def found(model: Says, seconds: float = 0.6) -> str | None:
    spotter = CommandSpotter(COMMANDS, model)
    spotter.begin()
    spotter.feed(np.full(int(seconds * EAR_RATE), 0.1, np.float32))
    spotter.hush()
    match = spotter.finish(speech_s=seconds)
    return match.phrase if match is not None and match.sure else None


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("S T AA P", "stop"),
        ("S T AA P IH T", "stop it"),
        ("L AW D ER", "louder"),
        ("", None),
        ("SH AA P", None),
        ("S T AA P AH L AW D ER", None),
        ("W IH L", None),
        ("S T AA", None),
    ],
)
def test_what_was_said_and_nothing_else_is_the_command(text: str, phrase: str | None) -> None:
    assert found(Says(text)) == phrase


def test_the_surer_the_phones_the_surer_the_match() -> None:
    spotter = CommandSpotter(COMMANDS, Says("S T AA P"))
    spotter.begin()
    spotter.feed(np.full(8000, 0.1, np.float32))
    match = spotter.finish(speech_s=0.4)
    assert match is not None
    assert match.confidence == pytest.approx(1.0, abs=0.01)


class Faint(Says):
    """Hears each phone less surely than none."""

    def __call__(self, sound: np.ndarray) -> np.ndarray:
        heard = np.exp(super().__call__(sound))
        heard[:, 1:] *= 0.07
        heard[:, 0] = 1.0 - heard[:, 1:].sum(axis=1)
        return np.asarray(np.log(heard))


def test_phones_that_noise_makes_faint_are_still_a_command() -> None:
    assert found(Faint("S T AA P")) == "stop"
    assert found(Faint("W IH L")) is None


class Thinks:
    """A judge that finds the given texts as probable as told, and nothing else."""

    def __init__(self, **known: float) -> None:
        self.known = {text.replace("_", " "): value for text, value in known.items()}
        self.asked: list[str] = []

    def __call__(self, features: np.ndarray, texts: Sequence[str]) -> np.ndarray:
        self.asked = list(texts)
        return np.array([self.known.get(text, -20.0) for text in texts], np.float32)


def judged(text: str, judge: Thinks | None) -> PhoneFit:
    """Phones of which about each hundredth is in doubt."""
    return CommandSpotter(COMMANDS, Says(text, 0.99), judge).fit(np.full(8000, 0.1, np.float32))


def test_a_judge_is_asked_only_where_the_phones_do_not_tell() -> None:
    judge = Thinks()
    assert judged("S T AA P", judge).backing is None
    assert judged("W IH L N W IH L", judge).backing is None
    assert judge.asked == []
    assert judged("S T AH P", judge).backing == 0.0
    assert judge.asked[0] == "stop"
    assert set(judge.asked) == {"stop", "stop it", "louder"}


def test_a_phrase_that_the_judge_knows_need_not_fit_so_well_and_one_that_it_does_not_know_must_more() -> None:
    alone, known = judged("S T AH P", None), judged("S T AH P", Thinks(stop=-2.0))
    assert known.phrase == alone.phrase == "stop"
    assert known.fit == pytest.approx(alone.fit + 0.65 * 6.0, abs=1e-4)
    assert not sure(alone)
    assert sure(known)
    edge = dataclasses.replace(alone, fit=-2.9)
    assert sure(edge)
    assert not sure(dataclasses.replace(edge, backing=0.0))
    assert sure(dataclasses.replace(edge, backing=0.1))
    in_quiet = dataclasses.replace(edge, fit=-1.8, backing=0.0, clear_db=40.0)
    assert sure(in_quiet) == sure(dataclasses.replace(in_quiet, backing=None))


def test_the_judge_can_prefer_another_phrase_than_the_phones() -> None:
    text = "S T AA P AH L"
    assert judged(text, Thinks()).phrase == "stop it"
    assert judged(text, Thinks(louder=-0.1)).phrase == "stop it"
    assert judged(text, Thinks(stop=-0.1)).phrase == "stop"


def test_what_was_found_at_the_first_silence_is_not_looked_for_again() -> None:
    model = Says("S T AA P")
    spotter = CommandSpotter(COMMANDS, model)
    spotter.begin()
    spotter.feed(np.full(8000, 0.1, np.float32))
    spotter.hush()
    spotter.feed(np.zeros(1024, np.float32))
    assert spotter.finish(speech_s=0.4) is not None
    assert model.lengths == [8000 + AROUND]


def test_a_last_sound_after_the_first_silence_is_heard() -> None:
    model = Says("S T AA")
    spotter = CommandSpotter(COMMANDS, model)
    spotter.begin()
    spotter.feed(np.full(8000, 0.1, np.float32))
    spotter.hush()
    spotter.feed(np.full(1024, 0.1, np.float32))
    model.text = "S T AA P"
    match = spotter.finish(speech_s=0.4)
    assert match is not None
    assert model.lengths == [8000 + AROUND, 9024 + AROUND]


def test_what_is_too_long_for_a_command_is_not_even_looked_at() -> None:
    model = Says("S T AA P")
    assert found(model, LONGEST_S + 0.1) is None
    assert model.asked == 0


def test_nothing_is_found_before_something_was_fed() -> None:
    spotter = CommandSpotter(COMMANDS, Says("S T AA P"))
    spotter.hush()
    assert spotter.finish(speech_s=0.0) is None
    spotter.begin()
    assert spotter.finish(speech_s=0.0) is None


def test_a_word_that_nobody_can_pronounce_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("game.sense.pronounce.pronounced", lambda word: None)
    odd = CommandSet(commands=(command("stop", "zzyzx"),), others=(), pronunciations={}, source="my.toml")
    with pytest.raises(GrammarError, match=r"my\.toml: .*'zzyzx' \('stop'\)"):
        CommandSpotter(odd, Says())


def test_a_phone_that_is_none_is_named() -> None:
    odd = CommandSet(
        commands=(command("stop", "zz"),), others=(), pronunciations={"zz": "S QQ"}, source="my.toml"
    )
    with pytest.raises(GrammarError, match=r"'QQ' in the pronunciation of 'zz'"):
        CommandSpotter(odd, Says())


@pytest.mark.parametrize(
    ("fit", "lead", "phones", "wanted", "clear_db", "verdict"),
    [
        (-0.1, 9.0, 4, 4, 10.0, "sure"),
        (-9.0, 9.0, 4, 4, 10.0, "none"),
        (-2.5, -9.0, 4, 4, 10.0, "perhaps"),
        (-2.5, 0.0, 0, 4, 10.0, "perhaps"),
        (-2.8, 0.0, 7, 7, 10.0, "sure"),
        (-2.8, 0.0, 7, 7, 40.0, "perhaps"),
        (-2.8, 0.0, 4, 4, 10.0, "perhaps"),
    ],
)
def test_a_fit_must_be_good_and_better_than_the_others_above_all_in_quiet_and_when_it_is_short(
    fit: float, lead: float, phones: int, wanted: int, clear_db: float, verdict: str
) -> None:
    one = PhoneFit(phrase="stop", fit=fit, lead=lead, phones=phones, wanted=wanted, clear_db=clear_db)
    assert (sure(one), accepted(one)) == (verdict == "sure", verdict != "none")


@pytest.mark.parametrize("samples", [0, 1, 100, 8000])
def test_what_is_looked_at_begins_and_ends_in_silence_without_a_click(samples: int) -> None:
    sound = np.full(samples, 0.5, np.float32)
    apart = set_apart(sound)
    assert len(apart) == samples + AROUND
    assert not apart[: AROUND // 2].any()
    assert not apart[AROUND // 2 + samples :].any()
    assert np.abs(np.diff(apart)).max(initial=0.0) < (0.01 if samples > 1000 else 0.6)
    assert (sound == 0.5).all()
    assert samples < 1000 or apart[len(apart) // 2] == 0.5


def test_a_voice_in_quiet_is_looked_at_as_it_is() -> None:
    model = Says("S T AA P")
    sound = np.zeros(8000, np.float32)
    sound[2000:6000] = 0.1
    CommandSpotter(COMMANDS, model).fit(sound)
    CommandSpotter(COMMANDS, model).fit(sound + np.float32(0.03))
    assert model.lengths == [8000, 8000 + AROUND]


@pytest.mark.parametrize("db", [10.0, 20.0, 40.0])
def test_how_clear_a_voice_is_is_measured_beside_what_is_before_and_after_it(db: float) -> None:
    rng = np.random.default_rng(5)
    sound = rng.normal(scale=10 ** (-db / 20), size=EAR_RATE).astype(np.float32)
    sound[4000:12000] += rng.normal(size=8000).astype(np.float32)
    assert clear_db(sound) == pytest.approx(db, abs=2.0)


@pytest.mark.parametrize(("text", "talked"), [("", False), ("S T", False), ("W IH L SH AA P", True)])
def test_talk_is_told_from_noise_by_its_phones(text: str, talked: bool) -> None:
    spotter = CommandSpotter(COMMANDS, Says(text))
    spotter.begin()
    spotter.feed(np.full(8000, 0.1, np.float32))
    match = spotter.finish(speech_s=0.4)
    assert match is None or not match.sure
    assert spotter.talked == talked


@pytest.fixture(scope="module")
def real() -> CommandSpotter:
    try:
        encoder = ModelStore.default().file(MODEL, ENCODER)
    except ModelMissing:
        pytest.skip("the speech model is not here")
    return CommandSpotter(load_commands(asset("commands.toml")), PhoneModel(encoder, asset("phones.npz")))


@pytest.mark.parametrize(
    "phrase", ["stop", "turn left", "show me the way", "louder", "pause", "good night", "look around"]
)
def test_a_made_voice_is_understood(real: CommandSpotter, phrase: str) -> None:
    pytest.importorskip("piper")
    from game.cli.spoken import SPEAKERS, Speech

    try:
        speech = Speech(ModelStore.default())
    except ModelMissing:
        pytest.skip("the voice is not here")
    real.begin()
    real.feed(np.pad(speech.say(SPEAKERS[0], phrase.capitalize() + "."), 1600))
    match = real.finish(speech_s=0.5)
    assert match is not None
    assert match.phrase == phrase


def test_noise_hum_and_silence_are_no_command(real: CommandSpotter) -> None:
    rng = np.random.default_rng(7)
    t = np.arange(EAR_RATE) / EAR_RATE
    hum = 0.2 * np.sin(2 * np.pi * 150 * t)
    for sound in (np.zeros(EAR_RATE), rng.normal(scale=0.05, size=EAR_RATE), hum):
        real.begin()
        real.feed(sound.astype(np.float32))
        assert real.finish(speech_s=1.0) is None
