"""A voice that is even, clean and timed; the model's own part only where the model is."""

from pathlib import Path

import numpy as np
import pytest

from game.present.sound.meter import clicks
from npc.personality import VoiceSettings, load_voice
from npc.speech.alignment import with_alignment
from npc.speech.effects import PEAK, Samples, breathed, finish, resampled, shape, throat_of
from npc.speech.loudness import SAMPLE_RATE, loudness_lufs
from npc.speech.timing import word_times
from npc.speech.voice import Voice, VoiceError
from tests.npc.fakes import PERSONALITIES

RATE = 22_050


def hum(seconds: float, *, hertz: float = 140.0, rate: int = RATE, level: float = 0.3) -> Samples:
    t = np.arange(int(seconds * rate)) / rate
    tone = sum(np.sin(2 * np.pi * hertz * n * t) / n for n in range(1, 12))
    return (level * np.asarray(tone)).astype(np.float32)


def pitch_of(pcm: Samples) -> float:
    middle = pcm[len(pcm) // 3 : len(pcm) // 3 + 16_384].astype(np.float64)
    ripple = np.fft.irfft(np.abs(np.fft.rfft(middle, 65_536)) ** 2)
    lags = np.arange(SAMPLE_RATE // 500, SAMPLE_RATE // 70)
    return float(SAMPLE_RATE / lags[np.argmax(ripple[lags])])


def test_resampling_keeps_length_and_pitch() -> None:
    out = resampled(hum(1.0), RATE)
    assert len(out) == SAMPLE_RATE
    assert pitch_of(out) == pytest.approx(140.0, rel=0.02)


@pytest.mark.parametrize(
    ("semitones", "throat"), [(0.0, 1.0), (5.0, 1.0), (5.0, 1.22), (-1.5, 0.97), (6.5, 1.414)]
)
def test_pitch_is_what_was_asked_whatever_the_throat(semitones: float, throat: float) -> None:
    settings = VoiceSettings(pitch_semitones=semitones, formant_ratio=throat)
    made = throat_of(settings, 0.0)
    out, stretched = shape(hum(1.0), RATE, settings, made, 1.0)
    assert pitch_of(out) == pytest.approx(140.0 * 2 ** (semitones / 12), rel=0.03)
    assert stretched == pytest.approx(1.0 / made.ratio, abs=0.03)


def test_a_little_pitch_is_the_throats_and_more_is_moved_alone() -> None:
    settings = VoiceSettings(pitch_semitones=6.0, formant_ratio=2 ** (6.0 / 12))
    assert throat_of(settings, 0.0).shift_semitones == pytest.approx(0.0)
    assert throat_of(settings, 0.6).shift_semitones == 0.0
    assert throat_of(settings, 0.6).ratio == pytest.approx(2 ** (6.6 / 12))
    moved = throat_of(settings, 3.0)
    assert moved.ratio == settings.formant_ratio
    assert moved.shift_semitones == pytest.approx(3.0)


def test_pulses_of_the_models_voice_are_no_clicks_when_it_is_played_faster() -> None:
    # Every 8 ms a pulse that is one instant in all frequencies, at the model's rate.
    pulses = np.zeros(RATE, np.float32)
    pulses[:: RATE // 125] = 0.5
    settings = VoiceSettings(pitch_semitones=6.0, formant_ratio=1.414)
    out, _ = shape(pulses, RATE, settings, throat_of(settings, 0.0), 1.0)
    raw = resampled(pulses, round(RATE * 1.414))
    assert len(clicks(raw)) > 50
    assert len(clicks(out[: int(0.6 * SAMPLE_RATE)])) == 0


@pytest.mark.parametrize("level", [0.001, 0.05, 0.9])
def test_every_sentence_is_equally_loud(level: float) -> None:
    out, _ = finish(hum(1.0, rate=SAMPLE_RATE, level=level), -20.0)
    assert loudness_lufs(out) == pytest.approx(-20.0, abs=0.7)


def test_peaks_dc_and_edges_are_clean() -> None:
    spiky = hum(1.0, rate=SAMPLE_RATE) + np.float32(0.2)
    spiky[SAMPLE_RATE // 2] = 30.0
    out, lead_s = finish(spiky, -12.0)
    assert np.abs(out).max() <= PEAK + 1e-6
    assert abs(float(out.mean())) < 0.02
    assert out[0] == out[-1] == 0.0
    assert lead_s > 0
    assert np.isfinite(out).all()


def test_silence_stays_silence() -> None:
    out, _ = finish(np.zeros(4800, dtype=np.float32), -20.0)
    assert not out.any()


def test_words_follow_each_other_within_the_sound() -> None:
    pcm, lead_s = finish(hum(2.0, rate=SAMPLE_RATE), -20.0)
    words = word_times("Yes, and you believed me.", None, speech_s=2.0, lead_s=lead_s, pcm=pcm)
    assert [word for word, _, _ in words] == ["Yes,", "and", "you", "believed", "me."]
    times = [at for _, begin, end in words for at in (begin, end)]
    assert times == sorted(times)
    assert times[-1] <= len(pcm) / SAMPLE_RATE


def test_the_models_own_times_are_used_where_it_tells_them() -> None:
    timed = [("^", 100), ("h", 400), ("i", 500), (" ", 200), ("y", 400), ("u", 600), (".", 300), ("$", 0)]
    pcm = np.zeros(SAMPLE_RATE, dtype=np.float32)
    words = word_times("Hi you.", timed, speech_s=2.5, lead_s=0.01, pcm=pcm)
    assert [word for word, _, _ in words] == ["Hi", "you."]
    times = [at for _, begin, end in words for at in (begin, end)]
    assert times == pytest.approx([0.11, 1.01, 1.21, 2.21])


def test_words_spoken_as_one_share_its_time_and_a_number_takes_that_of_its_words() -> None:
    timed = [("^", 100)]
    for spoken, samples in (("ɪnðə", 1200), ("dɑːk", 900), ("twɛnti", 1500), ("faɪv", 1000), ("uː", 700)):
        timed += [(sound, samples // len(spoken)) for sound in spoken] + [(" ", 100)]
    total = sum(samples for _, samples in timed)
    pcm = np.zeros(SAMPLE_RATE, dtype=np.float32)
    words = word_times(
        "in the dark 25 oo",
        timed,
        speech_s=total / 1000,
        lead_s=0.0,
        pcm=pcm,
        phonemes=(2, 2, 4, 10, 2),
    )
    assert [word for word, _, _ in words] == ["in", "the", "dark", "25", "oo"]
    assert [words[0][1], words[1][2]] == pytest.approx([0.1, 1.3])
    assert words[0][2] == pytest.approx(words[1][1])
    assert words[2][1:] == pytest.approx((1.4, 2.3), abs=0.01)
    assert words[3][1:] == pytest.approx((2.4, 5.0), abs=0.02)
    assert words[4][1:] == pytest.approx((5.1, 5.8), abs=0.02)


def node(output: bytes) -> bytes:
    name = bytes((0x12, len(output))) + output + b"\x1a\x05/Ceil"
    return b"\x0a\x02in" + name + b"\x22\x04Ceil"


def test_the_lengths_of_phonemes_are_asked_for_where_they_can_be_found() -> None:
    model = b"before" + node(b"/Ceil_output_0") + b"after"
    asked = with_alignment(model)
    assert asked.startswith(model)
    assert asked[len(model) :] == b"\x3a\x12\x62\x10\x0a\x0e/Ceil_output_0"
    assert with_alignment(b"no such node") == b"no such node"
    two = model + node(b"/Ceil_1_output_0")
    assert with_alignment(two) == two


def test_breath_keeps_the_loudness_and_loses_the_pitch() -> None:
    voiced = hum(1.0, rate=SAMPLE_RATE)
    voiced[: SAMPLE_RATE // 2] *= 0.1
    air = breathed(voiced)
    assert len(air) == len(voiced)
    half = SAMPLE_RATE // 2
    for part in (slice(2400, half - 2400), slice(half + 2400, -2400)):
        assert np.std(air[part]) == pytest.approx(np.std(voiced[part]), rel=0.2)
    assert np.array_equal(air, breathed(voiced))

    def repeats(pcm: Samples) -> float:
        part = pcm[half:].astype(np.float64)
        period = round(SAMPLE_RATE / 140.0)
        return float(part[:-period] @ part[period:] / (part @ part))

    assert repeats(voiced) > 0.9
    assert repeats(air) < 0.4


@pytest.mark.models
def test_the_models_lengths_add_up_to_its_sound(piper_model: Path) -> None:
    voice = Voice(VoiceSettings(), piper_model)
    raw, _, timed = voice._synthesize("You got in with that face, didn't you? Reverse it.", 1.0)
    assert timed is not None
    assert sum(samples for _, samples in timed) == len(raw)


def test_a_missing_or_broken_voice_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="cannot be read"):
        Voice(VoiceSettings(), tmp_path / "none.onnx")
    (tmp_path / "bad.onnx").write_bytes(b"no model")
    (tmp_path / "bad.onnx.json").write_text("{}", encoding="utf-8")
    with pytest.raises(VoiceError):
        Voice(VoiceSettings(), tmp_path / "bad.onnx")


@pytest.mark.parametrize("module", ["onnxruntime.capi.onnxruntime_pybind11_state", "builtins"])
def test_a_sentence_that_the_model_cannot_say_is_one_sentence(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = type("InvalidArgument", (Exception,), {"__module__": module})

    class Broken:
        def synthesize(self, *_: object, **__: object) -> None:
            raise own("a phoneme that is none")

    monkeypatch.setattr("npc.speech.voice._load", lambda *_: Broken())
    voice = Voice(VoiceSettings(), Path("none"))
    with pytest.raises(own if module == "builtins" else VoiceError, match="a phoneme that is none"):
        voice.speak("Hello there.")


@pytest.mark.models
@pytest.mark.parametrize("key", ["child", "companion"])
def test_a_sentence_is_spoken(key: str, piper_model: Path) -> None:
    voice = Voice(load_voice(PERSONALITIES / key / "voice.toml"), piper_model)
    spoken = voice.speak("You got in with that face, didn't you? Reverse it.", mood="hostile")
    assert spoken.pcm.dtype == np.float32
    assert 1.5 < spoken.duration_s < 6.0
    assert loudness_lufs(spoken.pcm) == pytest.approx(-20.5, abs=1.0)
    assert np.abs(spoken.pcm).max() < 10 ** (-1.5 / 20)
    assert [word for word, _, _ in spoken.words][-2:] == ["Reverse", "it."]
    assert voice.speak("...").duration_s < 0.5
