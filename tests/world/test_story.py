import pytest

from game.interpret.intents import Action, Walk
from game.world.effects import PlaySound, Say
from game.world.geometry import distance
from game.world.state import Pose, Scene
from game.world.step import begin
from tests.world.players import Evening, hand, said


def sounds(play: Evening) -> list[str]:
    return [effect.name for effect in play.effects if isinstance(effect, PlaySound)]


def test_the_first_seconds_are_black_with_one_mote_and_a_hum() -> None:
    play = Evening(begin(1))
    play.run(1.0)
    assert play.world.scene is Scene.DARK
    assert play.world.paint.max() == 0.0
    assert play.world.ambient < 0.001
    assert sounds(play) == ["hum"]


def test_a_hand_paints_the_rock_that_it_shines_on() -> None:
    play = Evening(begin(1))
    play.run(8.0, hands=(hand((0.2, 0.1)),))
    assert play.world.scene is Scene.PAINT
    painted = play.world.paint > 0.3
    assert 0.0005 < painted.mean() < 0.05


def test_a_player_with_hands_and_voice_gets_from_the_dark_to_being_led() -> None:
    play = Evening(begin(2))
    scenes = [play.world.scene]

    def note() -> None:
        if play.world.scene is not scenes[-1]:
            scenes.append(play.world.scene)

    for second in range(160):
        aim = (0.4 * ((second % 5) - 2) / 2, 0.2 * ((second % 3) - 1))
        if play.world.scene is Scene.POINT:
            play.run(1.0, hands=(hand((0.19, -0.13), Action.POINT),))
        elif play.world.scene is Scene.ASK and second % 8 == 0:
            play.run(1.0, heard=(said("just a cave", 0.0, utterance=second),))
        elif play.world.scene is Scene.FORK and second % 6 == 0:
            play.reply_actions = ("lead",)
            play.run(1.0, heard=(said("you little shit", 0.0, utterance=second),), walk=Walk(speed=1.0))
        else:
            play.run(1.0, hands=(hand(aim),), walk=Walk(speed=1.0))
        note()
    assert scenes == [
        Scene.DARK, Scene.PAINT, Scene.WALK, Scene.POINT, Scene.EYES, Scene.ASK, Scene.THEFT, Scene.FORK,
        Scene.LEAD, Scene.SIGHT,
    ]  # fmt: skip
    lines = [(effect.character, effect.line) for effect in play.effects if isinstance(effect, Say)]
    assert lines[:4] == [
        ("child", "what_are_you_looking_at"),
        ("child", "theft"),
        ("child", "theft_after"),
        ("companion", "test"),
    ]


def test_nobody_gets_stuck_without_hands_and_voice() -> None:
    play = Evening(begin(4))
    play.run(150.0)
    assert play.world.scene is Scene.FORK
    assert play.world.light_stolen


def test_speaking_into_the_dark_draws_the_child_out() -> None:
    play = Evening(begin(5))
    play.run(2.0)
    play.run(8.0, heard=(said("is anybody there", 2.0),))
    assert play.world.talk.replies == 1
    assert play.world.scene in (Scene.EYES, Scene.ASK)
    assert play.world.child.eyes > 0.8


def test_the_theft_takes_the_light_from_the_hand() -> None:
    play = Evening(begin(6))
    play.world.scene = Scene.ASK
    play.world.child.pose = Pose.STAND
    play.run(1.0, hands=(hand(),))
    before = play.world.hands[0].strength
    play.run(40.0, hands=(hand(),))
    assert play.world.light_stolen
    assert play.world.child.has_light
    assert play.world.hands[0].strength < 0.3 * before
    assert "theft" in sounds(play)


@pytest.mark.parametrize(("trust", "least_m", "most_m"), [(15, 2.8, 4.2), (30, 2.0, 3.0), (80, 1.5, 2.1)])
def test_trust_is_the_distance_that_the_child_keeps(trust: float, least_m: float, most_m: float) -> None:
    play = Evening(begin(7))
    play.world.scene, play.world.trust = Scene.FORK, trust
    play.world.player.along_m = 15.0
    play.run(12.0)
    gap = distance(play.world.player.position, play.world.child.position)
    assert least_m < gap < most_m


def test_without_a_hand_words_of_light_come_only_after_a_while() -> None:
    play = Evening(begin(8))
    play.run(11.0)
    assert not any(words.kind == "hint" for words in play.world.words)
    play.run(4.0)
    assert any(words.kind == "hint" for words in play.world.words)
