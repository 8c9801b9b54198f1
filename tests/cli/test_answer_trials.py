"""What counts as an answer, as a split and as the end of a voice; the stand's microphone and mixer."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from game.cli.answer_stand import LINES, ORDER, Began, Speaker, WatchedMixer
from game.cli.answer_trials import Answers, Line, answers, judged, order_of
from game.cli.bench_voice import run
from game.cli.main import parser
from game.cli.pause_trials import Halves, Pauses, with_pause
from game.clock import EAR_RATE, SAMPLE_RATE
from game.sense.observations import Heard, Observation, SentenceSpoken, TurnUnderstood

LINE = Line(text="where are you from", sound=np.zeros(EAR_RATE, np.float32), end_s=0.8)
ROW = {"line": 0, "plain": False, "start_s": 10.0, "epoch_s": 1000.0}


def heard(text: str, at_s: float, utterance: int = 1, extends: int | None = None) -> Heard:
    return Heard(
        at_s=at_s, utterance=utterance, text=text, start_s=10.0, end_s=10.8, extends=extends, transcript_s=0.1
    )


def understood(turn: int, at_s: float) -> TurnUnderstood:
    return TurnUnderstood(at_s=at_s, turn=turn, character="child", kind="world", act="tease", gesture=None)


def sentence(turn: int, at_s: float, index: int = 0, **more: Any) -> SentenceSpoken:
    usual: dict[str, Any] = {"text": "Out of a gap.", "source": "model", "first_token_s": 0.1, "ready_s": 0.4}
    return SentenceSpoken(
        at_s=at_s, turn=turn, character="child", index=index, gesture=None, actions=(),
        clip=f"child-{turn}-{index}", duration_s=1.0, words=(), backend="test", **(usual | more),
    )  # fmt: skip


def test_an_answer_counts_from_the_end_of_the_voice_to_its_first_sample() -> None:
    news: list[Observation] = [heard("Where are you from?", 11.7), understood(3, 11.4), sentence(3, 11.6)]
    began = [
        Began(clip="ripple", bus="sound", at_s=1011.0),
        Began(clip="hm-3", bus="voice", at_s=1011.2),
        Began(clip="child-3-0", bus="voice", at_s=1011.85),
    ]
    answer = judged(ROW, LINE, news, began, 20.0)
    assert answer.first_audio_s == pytest.approx(1.05)
    assert answer.first_sound_s == pytest.approx(0.4)
    assert answer.transcript_s == pytest.approx(0.9)
    assert answer.turn_over_s == pytest.approx(0.8)
    assert answer.first_token_s == pytest.approx(0.5)
    assert (answer.reply, answer.source, answer.split) == ("Out of a gap.", "model", False)


def test_gaps_in_a_sentence_and_pauses_between_two_are_told_apart() -> None:
    news: list[Observation] = [
        heard("Where are you from?", 11.7),
        understood(3, 11.4),
        sentence(3, 11.5, text="Out of a gap,", source="authored", first_token_s=0.0, ready_s=0.3),
        sentence(3, 12.2, 1, text="and back.", goes_on=True, first_token_s=0.8, ready_s=1.0),
        sentence(3, 13.5, 2, text="Why?", ready_s=2.3),
    ]
    began = [Began(clip=f"child-3-{i}", bus="voice", at_s=s) for i, s in enumerate((1011.6, 1012.65, 1014.0))]
    answer = judged(ROW, LINE, news, began, 20.0)
    assert (answer.gaps_s, answer.between_s) == ([0.05], [0.35])
    assert (answer.reply, answer.source) == ("Out of a gap, and back. Why?", "model")
    assert answer.first_audio_s == pytest.approx(0.8)
    assert answer.first_token_s == pytest.approx(1.2)


def test_a_line_of_the_story_is_no_answer() -> None:
    news: list[Observation] = [heard("Where are you from?", 11.7), sentence(4, 11.6)]
    answer = judged(ROW, LINE, news, [Began(clip="child-4-0", bus="voice", at_s=1012.0)], 20.0)
    assert answer.first_audio_s is None
    assert answer.first_sound_s == pytest.approx(1.2)


def test_what_belongs_to_the_next_line_is_not_counted() -> None:
    news: list[Observation] = [heard("Where are you from?", 21.7), understood(3, 21.4), sentence(3, 21.6)]
    answer = judged(ROW, LINE, news, [Began(clip="child-3-0", bus="voice", at_s=1021.9)], 20.0)
    assert (answer.first_audio_s, answer.told) == (None, 0)


def test_a_sentence_that_was_taken_apart_is_told_with_what_became_of_it() -> None:
    joined = [heard("Where", 11.0), heard("Where are you from?", 12.0, 2, extends=1)]
    apart = [heard("Where.", 11.0), heard("Are you from?", 12.0, 2)]
    first, second = (judged(ROW, LINE, news, [], 20.0) for news in (joined, apart))
    assert (first.split, first.rejoined, first.heard) == (True, 1, "Where are you from?")
    assert (second.split, second.rejoined, second.heard) == (True, 0, "Where. Are you from?")
    game = Answers(rows=[first, second]).document()["game"]
    assert (game["lines"], game["answered"], game["split"], game["rejoined"]) == (2, 0, 2, 1)
    assert game["wer"] == 0.0
    assert game["voice_to_voice_s"] is None


def test_each_line_is_said_once_each_way_and_neither_way_always_comes_first() -> None:
    order = order_of(4)
    assert sorted(order) == [(k, plain) for k in range(4) for plain in (False, True)]
    assert [plain for _, plain in order[::2]] == [False, True, False, True]


def test_the_next_line_is_said_when_there_is_quiet(tmp_path: Path) -> None:
    np.savez(tmp_path / LINES, said_0=np.full(EAR_RATE, 0.5, np.float32))
    (tmp_path / ORDER).write_text(json.dumps([[0, False], [0, True]]), encoding="utf-8")
    speaker = Speaker(tmp_path)
    speaker.quiet_s = 1.0
    loud_s = [block.start_s for block in speaker.read_until(4.0) if block.samples.any()]
    assert (loud_s[0], loud_s[-1]) == pytest.approx((1.0, 1.99))
    assert speaker.line is not None
    assert (speaker.line.end_s, speaker.line.plain, speaker.done) == (2.0, False, False)
    speaker.quiet_s = 4.5
    later_s = next(block.start_s for block in speaker.read_until(6.0) if block.samples.any())
    assert later_s == pytest.approx(4.5)
    assert speaker.line.plain
    assert speaker.done


def test_the_mixer_notes_when_a_sound_begins() -> None:
    mixer = WatchedMixer()
    mixer.mix(960)
    assert mixer.began == []
    mixer.play("child-1-0", np.ones(SAMPLE_RATE // 10, np.float32), position=None, bus="voice")
    mixer.mix(960)
    mixer.mix(960)
    assert [(one.clip, one.bus) for one in mixer.began] == [("child-1-0", "voice")]


def test_a_pause_is_as_long_as_it_says_and_loses_no_sound() -> None:
    sound = np.full(EAR_RATE, 0.5, np.float32)
    halves = Halves(text="", first=sound[: EAR_RATE // 2], second=sound[EAR_RATE // 2 :], before="")
    loud = np.abs(with_pause(halves, 0.5)) > 0.25
    edges = np.flatnonzero(np.diff(loud.astype(int)))
    assert len(edges) == 3
    assert (edges[2] - edges[1]) / EAR_RATE == pytest.approx(0.5, abs=0.01)
    assert loud.sum() / EAR_RATE == pytest.approx(1.0, abs=0.01)


def test_shares_of_split_sentences() -> None:
    assert Pauses(said=40, split=2, rejoined=2).document()["share"] == 0.05
    assert Pauses().document()["share"] is None


def test_what_cannot_be_measured_is_refused_before_anything_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--answers"):
        run(parser("bench").parse_args(["bench", "voice", "--answers", "-1"]))
    with pytest.raises(OSError, match="no clip"):
        answers([LINE], tmp_path / "none.mp4", lambda line: None)
