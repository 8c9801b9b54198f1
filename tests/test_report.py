from dataclasses import replace

from game.interpret.intents import Action, GestureEvent, Intents
from game.report import Reporter, summary
from game.sense.observations import HandsSeen, Heard
from game.world.effects import Ask, PlayClip, Settled, StopClip, Withdraw
from npc.contract import Question
from tests.world.players import sentence, understood


def question(turn: int, text: str) -> Question:
    return Question(turn=turn, character="child", text=text)


def heard(utterance: int, text: str, end_s: float, extends: int | None = None) -> Heard:
    return Heard(
        at_s=end_s + 1.0, utterance=utterance, text=text, start_s=end_s - 1, end_s=end_s, extends=extends
    )


def told(reporter: Reporter) -> dict[str, object]:
    return reporter.as_json(version="1", ran_on={}, seconds=10.0, world_hash="h")


def test_a_turn_holds_what_was_heard_said_and_how_long_it_took() -> None:
    reporter = Reporter()
    reporter.sensed([heard(1, "hello", 2.0)])
    asked = question(1, "hello")
    reporter.happened([Ask(question=asked)], 3.0, utterance=1)
    reporter.sensed([understood(asked), sentence(1, "Go away.")])
    reporter.happened([PlayClip(clip="child-1-0", character="child", position=None)], 3.6, utterance=1)
    turn = told(reporter)["turns"][0]  # type: ignore[index]
    assert (turn["heard"], turn["reply"], turn["source"], turn["act"]) == (
        "hello",
        "Go away.",
        "model",
        "tease",
    )
    assert turn["transcript_s"] == 1.0
    assert turn["first_sound_s"] == 1.6
    assert not turn["interrupted"]


def test_a_turn_that_was_replaced_because_the_player_went_on_is_one_turn() -> None:
    reporter = Reporter()
    reporter.sensed([heard(1, "ever tried", 2.0), heard(2, "ever tried ever failed", 4.0, extends=1)])
    reporter.happened([Ask(question=question(1, "ever tried"))], 3.0, utterance=1)
    reporter.happened([Ask(question=question(2, "ever tried ever failed"))], 5.0, utterance=2)
    assert [turn["heard"] for turn in told(reporter)["turns"]] == ["ever tried ever failed"]  # type: ignore[attr-defined]


def test_a_turn_that_was_asked_early_counts_from_the_end_of_the_speech() -> None:
    reporter = Reporter()
    asked = question(1, "hello")
    reporter.happened([Ask(question=asked, early=True)], 2.5, utterance=None)
    reporter.sensed([understood(asked), replace(sentence(1, "Go away."), first_token_s=0.25)])
    assert told(reporter)["turns"] == []
    reporter.sensed([heard(1, "hello", 2.0)])
    reporter.happened([Settled(turn=1)], 3.0, utterance=1)
    reporter.happened([PlayClip(clip="child-1-0", character="child", position=None)], 3.1, utterance=1)
    turn = told(reporter)["turns"][0]  # type: ignore[index]
    assert (turn["heard"], turn["reply"], turn["end_s"]) == ("hello", "Go away.", 2.0)
    assert (turn["transcript_s"], turn["first_token_s"], turn["first_sound_s"]) == (1.0, 0.75, 1.1)
    assert told(reporter)["stages_ms"]["first_token"]["p50"] == 750.0  # type: ignore[index]


def test_a_turn_that_was_asked_early_and_withdrawn_is_none() -> None:
    reporter = Reporter()
    asked = question(1, "hello")
    reporter.happened([Ask(question=asked, early=True)], 2.5, utterance=None)
    reporter.happened([Withdraw(turn=1)], 2.7, utterance=None)
    reporter.sensed([understood(asked), sentence(1, "Go away.")])
    assert told(reporter)["turns"] == []


def test_a_clip_that_was_stopped_marks_its_turn_as_interrupted() -> None:
    reporter = Reporter()
    asked = question(1, "hi")
    reporter.happened([Ask(question=asked)], 3.0, utterance=None)
    reporter.sensed([understood(asked), sentence(1)])
    reporter.happened([PlayClip(clip="child-1-0", character="child", position=None)], 3.5, utterance=None)
    reporter.happened([StopClip(clip="child-1-0", fade_s=0.1)], 3.8, utterance=None)
    assert told(reporter)["turns"][0]["interrupted"]  # type: ignore[index]


def test_gestures_have_a_beginning_and_an_end_and_open_ones_end_with_the_evening() -> None:
    reporter = Reporter()

    def event(name: Action, start_s: float, end_s: float | None) -> GestureEvent:
        return GestureEvent(name=name, side="left", start_s=start_s, end_s=end_s, value=0.8, confidence=0.9)

    reporter.meant(Intents(gestures=(event(Action.PINCH, 1.0, None), event(Action.POINT, 2.0, None))))
    reporter.meant(Intents(gestures=(event(Action.PINCH, 1.0, 1.5),)))
    spans = {g["name"]: (g["start_s"], g["end_s"]) for g in told(reporter)["gestures"]}  # type: ignore[attr-defined]
    assert spans == {"pinch": (1.0, 1.5), "point": (2.0, 10.0)}


def test_frames_count_the_camera_s_and_those_with_hands() -> None:
    reporter = Reporter()
    empty = HandsSeen(at_s=0.0, captured_s=0.0, hands=(), aspect=1.0, brightness=0.1, hands_ms=12.0)
    reporter.sensed([empty, empty])
    assert told(reporter)["frames"] == {"presented": 0, "camera": 2, "with_hands": 0}
    assert told(reporter)["stages_ms"]["hands"]["p50"] == 12.0  # type: ignore[index]


def test_a_summary_of_nothing_is_zeros() -> None:
    assert summary([]) == {"p50": 0.0, "p95": 0.0, "max": 0.0}
    assert summary([1.0, 2.0, 3.0]) == {"p50": 2.0, "p95": 2.9, "max": 3.0}
