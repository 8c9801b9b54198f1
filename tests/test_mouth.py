"""The characters' voices as they are heard: by the recogniser, by the meters, word by word."""

from pathlib import Path

import numpy as np
import pytest

from game.cli.say import Rendered, measured, render
from game.cli.word_errors import word_errors, words_of
from game.clock import EAR_RATE, SAMPLE_RATE
from game.sense.transcriber import WhisperTranscriber
from npc.assets import asset
from npc.models import ModelMissing, ModelStore
from npc.personality import load_voice
from npc.speech.effects import Samples, resampled
from npc.speech.voice import Spoken, Voice, voice_file

LINES = """
Wait. People say it when they're coming back.
Two cups? Who drinks the other one?
Then say nothing, professor. It's the best page.
The wind only wanted to see how it ended.
That hello fits me exactly. I'm keeping it.
You made it? I only shone. Go, before I hide it again.
Never is long. Start with tonight.
Still open. There are rivers drawn on it, all dry.
They never ask me in. I'm always under the table already.
I'm small. They all come from down here.
You got in with that face, didn't you? Reverse it.
Yes, and you believed me. That was the nice bit.
""".strip().splitlines()


@pytest.fixture(scope="module")
def model() -> Path:
    try:
        return voice_file(ModelStore.default())
    except ModelMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def child(model: Path) -> Voice:
    return Voice(load_voice(asset("personalities/child/voice.toml")), model, seed=1)


@pytest.fixture(scope="module")
def companion(model: Path) -> Voice:
    return Voice(load_voice(asset("personalities/companion/voice.toml")), model, seed=1)


def check_clean(rendered: Rendered) -> None:
    told = measured(rendered)
    assert -23.0 <= told["loudness_lufs"] <= -16.0
    assert told["clipped_samples"] == told["gaps"] == 0
    assert told["peak_dbfs"] < -1.0


def level_db(pcm: Samples, start_s: float, end_s: float) -> float:
    part = pcm[int(start_s * SAMPLE_RATE) : int(end_s * SAMPLE_RATE)].astype(np.float64)
    return float(10.0 * np.log10(max(1e-12, float((part**2).mean()))))


@pytest.mark.models
def test_the_childs_words_are_understood_in_the_cave(child: Voice) -> None:
    try:
        whisper = WhisperTranscriber(ModelStore.default().folder("whisper-base"))
    except ModelMissing as missing:
        pytest.skip(str(missing))
    errors = words = 0
    for line in LINES:
        rendered = render(child.speak(line), in_the_ear=False, mood="wary")
        check_clean(rendered)
        mono = rendered.sound.mean(axis=1).astype(np.float32)
        heard = whisper.transcribe(resampled(mono, SAMPLE_RATE, EAR_RATE)).text
        errors += word_errors(words_of(line), words_of(heard))
        words += len(words_of(line))
    assert errors / words <= 0.15


@pytest.mark.models
@pytest.mark.parametrize("mood", ["hostile", "wary", "warming", "friend"])
@pytest.mark.parametrize("whispered", [False, True])
def test_no_mood_is_too_loud_or_too_quiet(child: Voice, mood: str, whispered: bool) -> None:
    spoken = child.speak("I'm small. They all come from down here.", mood=mood, whispered=whispered)
    check_clean(render(spoken, in_the_ear=False, mood=mood))


@pytest.mark.models
def test_the_companion_is_dry_and_as_loud_in_the_ear(companion: Voice) -> None:
    rendered = render(companion.speak("The camera is on. Nothing is recorded."), in_the_ear=True, mood="wary")
    check_clean(rendered)
    assert not rendered.sound[-480:].any()


@pytest.mark.models
@pytest.mark.parametrize("who", ["child", "companion"])
def test_each_word_sounds_in_its_time_and_the_pauses_do_not(who: str, request: pytest.FixtureRequest) -> None:
    voice: Voice = request.getfixturevalue(who)
    spoken = voice.speak("Never. Still open. Wait, there are rivers, all dry. Go!")
    words = [word for word, _, _ in spoken.words]
    assert words == ["Never.", "Still", "open.", "Wait,", "there", "are", "rivers,", "all", "dry.", "Go!"]
    levels = [level_db(spoken.pcm, start_s, end_s) for _, start_s, end_s in spoken.words]
    pauses = [
        level_db(spoken.pcm, end_s + 0.04, start_s - 0.04)
        for (word, _, end_s), (_, start_s, _) in zip(spoken.words, spoken.words[1:], strict=False)
        if word[-1] in ".," and start_s - end_s > 0.12
    ]
    assert len(pauses) >= 2
    assert min(levels) > max(pauses) + 6.0


@pytest.mark.models
def test_numbers_and_words_that_run_together_are_timed_by_the_model_too(child: Voice) -> None:
    spoken = child.speak("I counted 125 of them in the dark, and one of you.")
    times = {word: (start_s, end_s) for word, start_s, end_s in spoken.words}
    hundred = times["125"][1] - times["125"][0]
    assert hundred > 0.7  # "one hundred twenty-five"
    assert times["you."][1] <= spoken.duration_s
    starts = [start_s for _, start_s, _ in spoken.words]
    assert starts == sorted(starts)
    assert (
        level_db(spoken.pcm, *times["dark,"])
        > level_db(spoken.pcm, times["you."][1], spoken.duration_s) + 6.0
    )


def periodic(spoken: Spoken) -> float:
    """0 to 1: how much of the sound repeats after one pitch period of 150 to 400 Hz, in its loud parts."""
    size = 2048
    blocks = spoken.pcm[: len(spoken.pcm) // size * size].reshape(-1, size).astype(np.float64)
    power = (blocks**2).sum(axis=1)
    best = []
    for block in blocks[power > 0.25 * power.max()]:
        ripple = np.fft.irfft(np.abs(np.fft.rfft(block, 2 * size)) ** 2)
        best.append(float((ripple[120:320] / ripple[0]).max()))
    return float(np.median(best))


@pytest.mark.models
def test_a_whisper_has_words_but_no_pitch(child: Voice) -> None:
    line = "They all come from down here."
    assert periodic(child.speak(line, whispered=True)) < 0.8 * periodic(child.speak(line))
