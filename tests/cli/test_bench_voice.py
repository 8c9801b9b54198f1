"""What counts as found, late, invented and taken back; noise as loud as it says."""

import numpy as np
import pytest

from game.cli.bench_voice import run
from game.cli.command_trials import Known, Score, judged
from game.cli.main import parser
from game.cli.other_voices import KokoroVoice
from game.cli.spoken import Noise, Said, Speech, edges_s, made_noise, mixed, spaced
from game.clock import EAR_RATE
from game.sense.audio_source import Samples

STOP = Said(name="stop", phrase="stop it", start_s=1.0, end_s=1.5)
NIGHT = Said(name="good night", phrase="good night", start_s=4.0, end_s=4.6)


def known(name: str, end_s: float, known_s: float, back_s: float | None = None) -> Known:
    return Known(name=name, end_s=end_s, known_s=known_s, taken_back_s=back_s)


def test_a_command_that_is_told_soon_after_its_words_is_found() -> None:
    score = judged(
        [STOP, NIGHT], [known("stop", 1.48, 1.62), known("good night", 4.6, 5.7)], 6.0, {"good night"}
    )
    assert score.found == 2
    assert score.delays_s == pytest.approx([0.12])
    assert score.waits_s == pytest.approx([1.1])
    assert not score.missed
    assert not score.false


@pytest.mark.parametrize(
    "other",
    [
        known("louder", 1.48, 1.62),
        known("stop", 0.5, 0.6),
        known("stop", 1.5, 4.2),
    ],
)
def test_another_command_or_one_at_another_time_is_invented(other: Known) -> None:
    score = judged([STOP], [other], 6.0)
    assert score.missed == ["stop it"]
    assert score.false == [other.name]
    assert score.false_kept == 1


def test_voices_of_all_programs_and_models_say_what_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def say(self: KokoroVoice, text: str) -> Samples:
        said.append(text)
        return np.full(EAR_RATE // 2, 0.1, np.float32)

    monkeypatch.setattr(KokoroVoice, "say", say)
    monkeypatch.setattr(Speech, "__init__", lambda self: None)
    sound, (one,) = spaced(Speech(), KokoroVoice(voice="nobody"), [("stop", "stop it")], seed=1)  # type: ignore[call-arg]
    assert said == ["Stop it."]
    assert one.name == "stop"
    assert one.end_s < len(sound) / EAR_RATE


def test_what_was_taken_back_is_told_apart() -> None:
    score = judged([STOP], [known("stop", 1.5, 1.6, 2.5), known("pause", 3.0, 3.1, 4.0)], 3600.0)
    assert score.undone == 1
    assert score.false == ["pause"]
    assert score.false_kept == 0
    assert score.document()["false_per_hour"] == 0.0


def test_scores_add_up() -> None:
    total = Score()
    total.add(judged([STOP], [known("stop", 1.5, 1.6)], 10.0))
    total.add(judged([STOP], [], 10.0))
    document = total.document()
    assert document["said"] == 2
    assert document["found"] == 0.5
    assert document["missed"] == {"stop it": 1}
    assert document["seconds"] == 20.0


@pytest.mark.parametrize("db", [0.0, 10.0])
def test_noise_is_as_far_below_the_speech_as_it_says(db: float) -> None:
    t = np.arange(6 * EAR_RATE) / EAR_RATE
    sound = (0.1 * np.sin(2 * np.pi * 300 * t) * ((t > 1.0) & (t < 1.5)) + 0.01 * np.sin(2 * np.pi * 300 * t)
             * ((t > 4.0) & (t < 4.6))).astype(np.float32)  # fmt: skip
    noise = mixed(sound, Noise(name="n", sound=made_noise(3.0), db=db), [STOP, NIGHT], seed=1) - sound
    for said in (STOP, NIGHT):
        part = slice(int(said.start_s * EAR_RATE), int(said.end_s * EAR_RATE))
        found = 10 * np.log10(np.mean(sound[part] ** 2) / np.mean(noise[part] ** 2))
        assert found == pytest.approx(db, abs=0.5)


def test_a_phrase_ends_where_it_can_no_longer_be_heard() -> None:
    sound = np.zeros(EAR_RATE, np.float32)
    sound[4000:8000] = 0.5
    sound[8000:12000] = 0.0005
    assert edges_s(sound) == (0.25, 0.5)


def test_a_folder_without_sounds_is_refused_before_anything_is_loaded(tmp_path: object) -> None:
    with pytest.raises(ValueError, match="holds no sound file"):
        run(parser("bench").parse_args(["bench", "voice", str(tmp_path)]))
    with pytest.raises(ValueError, match="--speakers"):
        run(parser("bench").parse_args(["bench", "voice", "--speakers", "99"]))
