import math
from dataclasses import replace
from itertools import pairwise

import pytest

from game.interpret.gait import Step, UsualPace
from game.interpret.hand_features import HandFeatures, measure
from game.interpret.intents import Action
from game.interpret.swing import Rhythm, Swing
from game.interpret.walking import RestingYaw, Walker, is_leg_pose
from game.sense.hand_model import Pose
from game.sense.synthetic_player import Stroke
from tests.interpret.hands import one_pose, perform, play, thinned


def legs() -> HandFeatures:
    """A hand in the pose of finger walking, measured."""
    seen = perform([Stroke(t_s=0.0, pose=Pose.WALK)], until_s=0.0)[0]
    features = measure(seen.hands[0], aspect=seen.aspect)
    assert features is not None
    return features


def walk_by(difference: list[tuple[float, float]], *, fps: float = 30.0) -> tuple[list[Step], Walker]:
    """Feed a walker with index and middle curls, one pair a frame."""
    walker, steps, base = Walker(RestingYaw()), [], legs()
    for i, (index, middle) in enumerate(difference):
        steps += walker.feed(replace(base, curls=(index, middle, 0.8, 0.8)), i / fps)
        walker.state(i / fps)
    return steps, walker


def stepping(
    seconds: float, *, hz: float, offset: float = 0.0, fps: float = 30.0
) -> list[tuple[float, float]]:
    """Curls of two fingers that alternate, the index ahead by ``offset`` on the mean."""
    phases = [math.sin(math.tau * hz * i / fps) for i in range(round(seconds * fps))]
    return [(1.4 + offset / 2 + 0.2 * p, 1.4 - offset / 2 - 0.2 * p) for p in phases]


@pytest.mark.parametrize("offset", [0.0, 0.16, -0.2])
def test_steps_are_counted_whatever_the_fingers_mean_difference(offset: float) -> None:
    still = [(1.4 + offset / 2, 1.4 - offset / 2)] * 15
    steps, _ = walk_by([*still, *stepping(4.0, hz=1.5, offset=offset), *still])
    assert 11 <= len(steps) <= 12
    assert all(a.finger != b.finger for a, b in pairwise(steps))


@pytest.mark.parametrize(("every", "least"), [(1, 7), (2, 7), (4, 6)])
def test_a_player_walks_before_cameras_of_30_15_and_7_frames(every: int, least: int) -> None:
    played = play(thinned(one_pose(Pose.WALK), every=every))
    assert len(played.steps) >= least
    ((start_s, end_s),) = played.made(Action.WALK)
    assert 1.5 <= start_s <= 2.2
    assert 4.0 <= end_s <= 4.9
    assert max(intents.walk.speed for intents in played.intents) > 0.6


@pytest.mark.parametrize("lost_s", [0.3, 0.5])
def test_a_walk_goes_on_with_its_next_step_when_the_hand_was_out_of_sight(lost_s: float) -> None:
    back_s = 2.6 + lost_s
    frames = [
        replace(seen, hands=()) if 2.6 <= seen.captured_s < back_s else seen for seen in one_pose(Pose.WALK)
    ]
    walks = play(frames).made(Action.WALK)
    assert [end_s < 2.65 for _, end_s in walks] == [True, False]
    # A walk that had to be learned anew would take three steps of a third of a second.
    assert walks[1][0] < back_s + 0.4


def test_fingers_that_type_are_no_legs() -> None:
    typing = replace(legs(), curls=(1.55, 1.5, 1.22, 1.2))
    assert is_leg_pose(legs())
    assert not is_leg_pose(typing)


def test_walking_stops_soon_after_the_last_step() -> None:
    still = [(1.4, 1.4)] * 60
    steps, walker = walk_by([*still[:15], *stepping(3.0, hz=1.6), *still])
    assert not walker.state(1e9).active
    last_s = steps[-1].t_s
    walker_again = walk_by([*still[:15], *stepping(3.0, hz=1.6), *still[:6]])[1]
    assert walker_again.state(last_s + 0.2).active
    assert not walker_again.state(last_s + 1.0).active


def test_one_kick_is_no_walk() -> None:
    kick = [1.4 + 0.35 * math.sin(math.pi * i / 10) for i in range(11)]
    steps, _ = walk_by([(1.4, 1.4)] * 30 + [(k, 1.4) for k in kick] + [(1.4, 1.4)] * 30)
    assert steps == []


def test_a_finger_hidden_behind_the_hand_has_not_stepped() -> None:
    flicker = [(1.35, 1.05 if i % 8 < 2 else 0.65) for i in range(60)]
    steps, _ = walk_by([(1.4, 1.4)] * 15 + flicker)
    assert steps == []


def test_trembling_is_no_walk() -> None:
    tremble = [(1.4 + 0.05 * math.sin(i * 2.1), 1.4 + 0.05 * math.cos(i * 1.7)) for i in range(120)]
    assert walk_by(tremble)[0] == []


def test_a_hand_that_closes_before_it_points_has_not_walked() -> None:
    strokes = [
        Stroke(t_s=0.0, pose=Pose.OPEN),
        Stroke(t_s=1.0, pose=Pose.POINT),
        Stroke(t_s=1.4, pose=Pose.FIST),
        Stroke(t_s=1.8, pose=Pose.POINT),
        Stroke(t_s=3.0, pose=Pose.AWAY),
    ]
    assert play(perform(strokes, until_s=3.0)).steps == []


def test_paddling_walks_too() -> None:
    played = play(one_pose(Pose.PADDLE))
    assert {step.finger for step in played.steps} == {"wrist"}
    assert len(played.steps) >= 5
    assert len(played.made(Action.WALK)) == 1


def test_a_hand_at_rest_looks_straight_ahead_and_a_turned_one_turns() -> None:
    base = legs()
    turned = replace(base, fingers=(0.6, 0.5, -0.6), normal=(-0.5, -0.4, -0.75))
    walker = Walker(RestingYaw())
    frames = [(1.4, 1.4)] * 15 + stepping(6.0, hz=1.5)
    headings = []
    for i, (index, middle) in enumerate(frames):
        hand = turned if i > 105 else base
        walker.feed(replace(hand, curls=(index, middle, 0.8, 0.8)), i / 30.0)
        headings.append(walker.state(i / 30.0).heading_rad)
    assert headings[100] == 0.0
    assert headings[150] > math.radians(15.0)


def test_a_swing_tells_turns_and_not_tremor() -> None:
    swing = Swing(least=0.5)
    signal = [math.sin(math.tau * i / 30.0) + 0.1 * math.sin(i * 2.5) for i in range(121)]
    turns = [turn for i, value in enumerate(signal) if (turn := swing.feed(value, i / 30.0)) is not None]
    assert [turn.peak for turn in turns] == [i % 2 == 0 for i in range(len(turns))]
    assert 6 <= len(turns) <= 8
    assert [turn.t_s for turn in turns if turn.peak] == pytest.approx([0.25, 1.25, 2.25, 3.25], abs=0.1)


def test_a_rhythm_broken_by_a_pause_begins_anew() -> None:
    swing, rhythm, counts = Swing(least=0.5), Rhythm(longest_s=0.7), []
    for i in range(150):
        t_s = i / 30.0
        value = math.sin(math.tau * t_s) if t_s < 2.0 or t_s > 3.5 else 0.0
        turn = swing.feed(value, t_s)
        if turn is not None:
            rhythm.feed(turn)
            counts.append(rhythm.count)
    assert 1 in counts[2:]


def test_the_first_minute_teaches_a_player_s_pace() -> None:
    """Slow fingers come to walk as briskly as quick ones."""
    speeds = {}
    for hz in (1.0, 2.2):
        pace, base = UsualPace(), legs()
        walker = Walker(RestingYaw(), pace)
        told = []
        for i, (index, middle) in enumerate([(1.4, 1.4)] * 15 + stepping(40.0, hz=hz)):
            walker.feed(replace(base, curls=(index, middle, 0.8, 0.8)), i / 30.0)
            told.append(walker.state(i / 30.0).speed_mps)
        speeds[hz] = (max(told[30:90]), sum(told[-300:]) / 300.0)
    assert speeds[2.2][0] > 1.6 * speeds[1.0][0]
    assert speeds[2.2][1] < 1.3 * speeds[1.0][1]
    assert all(0.8 < late < 1.4 for _, late in speeds.values())


def test_a_leg_that_hides_behind_the_hand_makes_no_steps_and_ends_a_walk() -> None:
    walking = stepping(2.0, hz=1.5)
    # The middle finger is seen and lost again; the index finger only trembles.
    hidden = [(1.3 + 0.06 * math.sin(i), 1.1 if i % 9 < 2 else 0.7) for i in range(60)]
    steps, walker = walk_by([(1.4, 1.4)] * 15 + walking + hidden)
    assert steps
    assert all(step.t_s < 2.7 for step in steps)
    assert not walker.state(4.4).active


def test_beats_of_talk_are_no_paddling() -> None:
    seen = perform([Stroke(t_s=0.0, pose=Pose.PADDLE)], until_s=0.0)[0]
    flat = measure(seen.hands[0], aspect=seen.aspect)
    assert flat is not None
    walker = Walker(RestingYaw())
    for i in range(120):
        nod = 0.17 * math.sin(math.tau * 2.0 * i / 30.0)
        walker.feed(replace(flat, fingers=(0.0, math.cos(nod), math.sin(nod))), i / 30.0)
        assert not walker.state(i / 30.0).active


@pytest.mark.parametrize(("aside_palms", "walks"), [(0.0, True), (1.5, False)])
def test_who_paddles_stays_in_place(aside_palms: float, walks: bool) -> None:
    seen = perform([Stroke(t_s=0.0, pose=Pose.PADDLE)], until_s=0.0)[0]
    flat = measure(seen.hands[0], aspect=seen.aspect)
    assert flat is not None
    walker, walked = Walker(RestingYaw()), False
    x, y = flat.palm_image
    for i in range(120):
        nod = 0.45 * math.sin(math.tau * 1.25 * i / 30.0)
        right = aside_palms * flat.palm_width * math.sin(math.tau * 0.6 * i / 30.0)
        hand = replace(flat, fingers=(0.0, math.cos(nod), math.sin(nod)), palm_image=(x + right, y))
        walker.feed(hand, i / 30.0)
        walked = walked or walker.state(i / 30.0).active
    assert walked is walks


def flat_hand() -> HandFeatures:
    """A hand in the pose of paddling, measured."""
    seen = perform([Stroke(t_s=0.0, pose=Pose.PADDLE)], until_s=0.0)[0]
    features = measure(seen.hands[0], aspect=seen.aspect)
    assert features is not None
    return features


def nodding(heights: list[float], *, half_s: float = 0.3, fps: float = 30.0) -> list[HandFeatures]:
    """A flat hand that goes from height to height of its direction, after resting for a second."""
    flat, frames = flat_hand(), []
    way = [heights[0]] * int(fps) + [
        a + (b - a) * (1.0 - math.cos(math.pi * i / (half_s * fps))) / 2.0
        for a, b in pairwise(heights)
        for i in range(round(half_s * fps))
    ]
    for height in way:
        level = math.sqrt(1.0 - height * height)
        frames.append(replace(flat, fingers=(0.0, level, height), normal=(0.0, height, -level)))
    return frames


def walks_from(frames: list[HandFeatures], *, fps: float = 30.0) -> float | None:
    """When a walker fed with these frames first walks; None: never."""
    walker = Walker(RestingYaw())
    for i, f in enumerate(frames):
        walker.feed(f, i / fps)
        if walker.state(i / fps).active:
            return i / fps
    return None


def test_a_weak_stroke_walks_when_the_hand_has_come_back_and_a_weaker_one_does_not() -> None:
    # The second turn is at 1.6 s, the third at 1.9 s: whoever waits for that one is late.
    weak = walks_from(nodding([0.0, 0.28, -0.28, 0.28, -0.28, 0.0]))
    strong = walks_from(nodding([0.0, 0.4, -0.4, 0.4, -0.4, 0.0]))
    assert strong is not None
    assert weak is not None
    assert 1.6 < strong < weak < 1.9
    assert walks_from(nodding([0.0, 0.28, -0.28, -0.05, -0.28, 0.0])) is None
    assert walks_from(nodding([0.0, 0.2, -0.2, 0.2, -0.2, 0.2, -0.2, 0.0])) is None


@pytest.mark.parametrize(
    ("bobs_palms", "aside", "walks"),
    [(0.0, 0.0, False), (0.4, 0.0, True), (-0.4, 0.0, False), (0.4, 0.8, False)],
)
def test_a_palm_that_does_not_bob_with_its_strokes_is_only_seen_wrongly(
    bobs_palms: float, aside: float, walks: bool
) -> None:
    frames = nodding([0.0, *[0.34, -0.34] * 5, 0.0], fps=15.0)
    seen = []
    for f in frames:
        x, y = f.palm_image
        _, ahead, height = f.fingers
        seen.append(
            replace(
                f,
                fingers=(aside, math.sqrt(max(0.0, ahead**2 - aside**2)), height),
                palm_image=(x, y - bobs_palms * height * f.palm_width),
            )
        )
    assert (walks_from(seen, fps=15.0) is not None) is walks


def test_legs_that_are_straight_already_step_by_bending_the_other() -> None:
    # Neither finger can come forward by more: the other one goes back.
    still, bent, gone = (1.9, 1.9), 1.55, 1.2
    half = [0.0, 0.3, 0.7, 1.0, 1.0, 0.7, 0.3, 0.0]

    def stepped(other: float) -> list[tuple[float, float]]:
        low = [1.9 - (1.9 - other) * share for share in half]
        return [*[(1.9, value) for value in low], *[(value, 1.9) for value in low]]

    steps, _ = walk_by([still] * 15 + stepped(bent) * 3)
    assert len(steps) >= 4
    first = [round(step.t_s, 2) for step in steps][:1]
    hidden, _ = walk_by([still] * 15 + stepped(gone) * 3)
    assert [round(step.t_s, 2) for step in hidden][:1] != first


def test_a_half_stroke_after_an_arrival_is_the_first_of_a_walk() -> None:
    # The hand came down from 0.5 with a stroke of its own, and paddles from there.
    start = walks_from(nodding([0.5, -0.35, 0.05, -0.5, 0.4, -0.4], half_s=0.3))
    assert start is not None
    assert start < 1.9 + 0.3


def test_one_wrong_picture_does_not_undo_the_pose_and_three_do() -> None:
    frames = nodding([0.0, 0.4, -0.4, 0.4, -0.4, 0.0])
    usual = walks_from(frames)
    assert usual is not None

    def wrong(first: int, count: int) -> list[HandFeatures]:
        return [
            replace(f, normal=(0.0, 0.0, 1.0)) if first <= i < first + count else f
            for i, f in enumerate(frames)
        ]

    assert walks_from(wrong(36, 1)) == usual
    later = walks_from(wrong(34, 8))
    assert later is None or later > usual + 0.2


def test_a_covered_hand_that_seems_to_turn_every_way_does_not_paddle() -> None:
    frames = nodding([0.0, 0.35, -0.35, 0.35, -0.35, 0.35, -0.35, 0.0])
    assert walks_from(frames) is not None
    turning = [
        replace(f, fingers=(0.6 * math.sin(math.tau * 1.2 * i / 30.0), *f.fingers[1:]))
        for i, f in enumerate(frames)
    ]
    assert walks_from(turning) is None


def test_a_hand_whose_palm_looks_aside_does_not_paddle() -> None:
    frames = nodding([0.0, 0.35, -0.35, 0.35, -0.35, 0.35, -0.35, 0.0])
    assert walks_from([replace(f, normal=(-0.9, 0.0, -0.4)) for f in frames]) is None


def test_a_wrong_picture_is_no_walk_of_two_quick_steps() -> None:
    still = [(1.6, 1.6)] * 30
    # One finger, then the other, for two pictures each: what a tracker makes of a covered hand.
    glitch = [(1.9, 1.4), (1.9, 1.4), (1.4, 1.9), (1.4, 1.9), (1.8, 1.5), (1.6, 1.6)]
    assert not walk_by(still + glitch + still)[0]
    assert walk_by(still + stepping(1.0, hz=2.0))[0]


def test_a_leg_that_was_stretched_already_makes_the_first_step() -> None:
    # The index finger can hardly stretch farther; the middle one goes back.
    legs_apart = [
        (1.9 + 0.08 * max(0.0, s) + 0.2 * min(0.0, s), 2.0 - 0.2 * max(0.0, s) - 0.08 * min(0.0, s))
        for s in (math.sin(math.tau * 1.5 * i / 30.0) for i in range(24))
    ]
    steps, walker = walk_by([(1.9, 2.0)] * 20 + legs_apart)
    assert [step.finger for step in steps[:2]] == ["index", "middle"]
    assert walker.state(43 / 30.0).active
