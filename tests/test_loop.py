"""The play loop: its clock, its news, its log."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from game.interpret.intents import Intents
from game.interpret.interpreter import Interpreter
from game.present.display.port import Typed
from game.sense.evening_log import LogWriter, read_log
from game.sense.observations import (
    CommandHeard,
    Loudness,
    Observation,
    PlayerAway,
    PointerMoved,
    SenseFound,
)
from game.world.digest import world_hash
from game.world.effects import Ask
from tests.loop_fakes import FakeLink, made


def test_the_game_clock_makes_sixty_steps_and_thirty_pictures_a_second() -> None:
    play, parts, display = made(1.0)
    play.run_game_clock()
    assert parts.world.tick == 60
    assert display.submitted == 31


def test_a_typed_line_is_a_turn() -> None:
    play, parts, display = made(0.1)
    display.events = [Typed(text="  hello in there "), Typed(text="   ")]
    play.run_game_clock()
    assert parts.world.talk.question is not None
    assert parts.world.talk.question.text == "hello in there"


def test_words_and_absence_reach_a_display_that_tracks_the_player() -> None:
    said = CommandHeard(at_s=0.1, name="recenter", end_s=0.1, confidence=1.0)
    away = PlayerAway(at_s=0.1, reason="The headset is put down: the game waits.")
    asked: list[float] = []
    told: list[str] = []

    def steers(intents: Intents, now_s: float) -> None:
        if any(command.name == "recenter" for command in intents.commands):
            asked.append(now_s)

    ears = FakeLink("eyes", {0.05: [said, away]})
    play, parts, _ = made(0.3, eyes=ears, steers=steers, tell=told.append)
    play.run_game_clock()
    assert asked == [pytest.approx(0.1)]
    assert told == ["The headset is put down: the game waits."]
    assert parts.world.paused


def test_the_mouse_is_no_hand_while_a_camera_sees() -> None:
    found: list[Observation] = [SenseFound(at_s=0.0, sense="camera", what="camera 0")]
    eyes = FakeLink("eyes", {0.1: found})
    play, parts, display = made(0.2, eyes=eyes)
    display.events = [PointerMoved(at_s=0.0, x=0.5, y=0.5, pinch=False, walk=False)]
    play.run_game_clock()
    assert parts.world.hands == []


def test_news_is_used_at_its_own_time_and_not_before() -> None:
    news: list[Observation] = [Loudness(at_s=0.5, db=-10.0, voiced=True)]
    eyes = FakeLink("eyes", {0.01: news})
    play, parts, _ = made(0.45, eyes=eyes)
    play.run_game_clock()
    assert parts.world.waves == []
    later, parts, _ = made(0.6, eyes=FakeLink("eyes", {0.01: news}))
    later.run_game_clock()
    assert [wave.born_s for wave in parts.world.waves] == [0.5]


def test_a_mind_that_was_started_again_is_asked_once_more() -> None:
    mind = FakeLink("ears and mind")
    play, _, display = made(1.0, mind=mind)
    display.events = [Typed(text="hello")]
    mind.dies_at_s = 0.5
    play.run_game_clock()
    asked = [order.question.text for sent in mind.sent for order in sent.orders if isinstance(order, Ask)]
    assert asked == ["hello", "hello"]


def test_a_question_that_came_while_the_mind_was_away_is_asked_once() -> None:
    class Away(FakeLink):
        """Was begun again, and arrives when it has loaded."""

        def take_arrival(self) -> bool:
            arrives = self.restarts == 0 and bool(self.sent) and self.ready
            self.restarts += arrives
            return arrives

    mind = Away("ears and mind")
    mind.loads_until_s = 0.5
    play, _, display = made(1.0, mind=mind)
    display.events = [Typed(text="hello")]
    play.run_game_clock()
    asked = [order.question.text for sent in mind.sent for order in sent.orders if isinstance(order, Ask)]
    assert asked == ["hello"]


def test_what_is_said_while_the_mind_still_loads_is_kept_for_it() -> None:
    mind = FakeLink("ears and mind")
    mind.loads_until_s = 0.5
    play, _, display = made(1.0, mind=mind)
    display.events = [Typed(text="hello")]
    play.run_game_clock()
    asked = [(sent.until_s, order) for sent in mind.sent for order in sent.orders if isinstance(order, Ask)]
    assert [order.question.text for _, order in asked] == ["hello"]
    assert asked[0][0] >= 0.5


def test_the_ears_are_told_while_a_hand_gestures() -> None:
    class Beats(Interpreter):
        def tick(self, observations: Sequence[Observation], now_s: float) -> Intents:
            return replace(super().tick(observations, now_s), gesturing=0.1 < now_s < 0.2)

    mind = FakeLink("mind")
    play, _, _ = made(0.4, mind=mind, interpreter=Beats())
    play.run_game_clock()
    told = [advance.until_s for advance in mind.sent if advance.gesturing]
    assert told[0] == pytest.approx(0.1, abs=0.02)
    assert told[-1] == pytest.approx(0.2, abs=0.02)


@pytest.mark.parametrize("turn_step_rad", [0.0, 0.02])
def test_the_log_of_an_evening_replays_to_the_same_world(tmp_path: Path, turn_step_rad: float) -> None:
    path = tmp_path / "evening.jsonl"
    play, parts, display = made(1.0)
    parts.log = LogWriter(path, {"seed": 1, "settings": {"turn_step_rad": turn_step_rad}})
    parts.world.player.turn_step_rad = turn_step_rad
    display.events = [Typed(text="hello"), PointerMoved(at_s=0.0, x=0.3, y=0.6, pinch=False, walk=True)]
    play.run_game_clock()
    parts.log.close(parts.world.tick, world_hash(parts.world))

    from game.replay import replay

    result = replay(read_log(path))
    assert result.same
    assert result.world_hash == world_hash(parts.world)


def test_a_closed_display_ends_the_evening() -> None:
    play, parts, display = made(10.0)
    display.close()
    play.run_game_clock()
    assert parts.world.tick == 0
