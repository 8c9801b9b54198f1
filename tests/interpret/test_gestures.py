import math
from dataclasses import replace
from itertools import pairwise

import pytest

from game.clock import LATENCY_S
from game.interpret.gait import UsualPace
from game.interpret.gestures import THRESHOLDS, HandGestures
from game.interpret.hand_features import HandFeatures, measure
from game.interpret.intents import Action
from game.interpret.movements import WAVE_LEAST_PALMS, Caller, Motion
from game.interpret.poses import pose_scores
from game.interpret.walking import RestingYaw
from game.sense.hand_model import Pose
from game.sense.observations import Side
from game.sense.synthetic_player import Stroke
from tests.interpret.hands import one_pose, perform, play, thinned

MEANT = [
    (Pose.OPEN, Action.PALM_OUT),
    (Pose.POINT, Action.POINT),
    (Pose.PINCH, Action.PINCH),
    (Pose.FIST, Action.GRASP),
    (Pose.PALM_UP, Action.PALM_UP),
    (Pose.PALM_DOWN, Action.PALM_DOWN),
    (Pose.THUMB_UP, Action.THUMB_UP),
    (Pose.THUMB_DOWN, Action.THUMB_DOWN),
    (Pose.RUDE, Action.RUDE),
]


def features(pose: Pose, side: Side = "right") -> HandFeatures:
    seen = perform([Stroke(t_s=0.0, pose=pose, side=side)], until_s=0.0)[0]
    measured = measure(seen.hands[0], aspect=seen.aspect)
    assert measured is not None
    return measured


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize(("pose", "action"), MEANT)
def test_each_pose_is_its_gesture_and_no_other(pose: Pose, action: Action, side: Side) -> None:
    played = play(one_pose(pose, side=side))
    ((start_s, end_s),) = played.made(action)
    assert start_s == pytest.approx(1.65, abs=0.25)
    assert end_s == pytest.approx(4.65, abs=0.2)
    assert played.names == {action}
    assert {event.side for event in played.gestures} == {side}


@pytest.mark.parametrize("every", [2, 4])
@pytest.mark.parametrize(("pose", "action"), MEANT)
def test_each_pose_is_found_before_slow_cameras(pose: Pose, action: Action, every: int) -> None:
    played = play(thinned(one_pose(pose), every=every))
    assert len(played.made(action)) == 1


@pytest.mark.parametrize(("pose", "action"), MEANT)
def test_each_pose_is_found_two_metres_away(pose: Pose, action: Action) -> None:
    assert len(play(one_pose(pose, distance_m=2.0)).made(action)) == 1


def test_a_relaxed_hand_is_no_gesture() -> None:
    assert play(one_pose(Pose.RELAXED)).names == set()


def test_waving_and_beckoning_call() -> None:
    for pose in (Pose.WAVE, Pose.BECKON):
        assert len(play(one_pose(pose)).made(Action.CALL)) == 1, pose


def test_a_fist_is_no_pinch_though_its_tips_are_near() -> None:
    fist = replace(features(Pose.FIST), pinch=0.2)
    scores = pose_scores(fist)
    assert scores[Action.GRASP] > 0.65
    assert scores[Action.PINCH] < 0.3


def test_an_opening_and_closing_hand_never_pinches() -> None:
    strokes = [Stroke(t_s=0.5 * i, pose=Pose.FIST if i % 2 else Pose.OPEN) for i in range(12)]
    played = play(perform(strokes, until_s=6.0))
    assert len(played.made(Action.GRASP)) == 6
    assert Action.PINCH not in played.names
    assert Action.PUSH not in played.names


def test_one_frame_of_pinch_counts_before_a_slow_camera() -> None:
    strokes = [
        Stroke(t_s=0.0, pose=Pose.OPEN),
        Stroke(t_s=2.0, pose=Pose.PINCH),
        Stroke(t_s=2.4, pose=Pose.OPEN),
    ]
    played = play(thinned(perform(strokes, until_s=4.0), every=4))
    assert len(played.made(Action.PINCH)) == 1


def test_an_open_palm_that_comes_nearer_pushes_and_one_that_leaves_does_not() -> None:
    strokes = [
        Stroke(t_s=0.0, pose=Pose.OPEN, distance_m=0.7),
        Stroke(t_s=1.5, pose=Pose.OPEN, distance_m=0.45),
        Stroke(t_s=3.0, pose=Pose.OPEN, distance_m=0.7),
    ]
    ((start_s, end_s),) = play(perform(strokes, until_s=4.0)).made(Action.PUSH)
    assert 1.5 <= start_s <= 1.9
    assert end_s <= 2.2


def test_letting_go_while_moving_throws_and_letting_go_at_rest_does_not() -> None:
    thrown = [
        Stroke(t_s=0.0, pose=Pose.FIST, where=(0.1, 0.7), distance_m=2.0),
        Stroke(t_s=1.0, pose=Pose.OPEN, where=(0.9, 0.2), distance_m=2.0),
    ]
    dropped = [Stroke(t_s=0.0, pose=Pose.FIST), Stroke(t_s=1.0, pose=Pose.OPEN)]
    played = play(perform(thrown, until_s=2.5))
    assert len(played.made(Action.THROW)) == 1
    assert Action.THROW not in play(perform(dropped, until_s=2.5)).names


def test_a_lost_hand_ends_what_it_was_doing() -> None:
    frames = perform([Stroke(t_s=0.0, pose=Pose.POINT)], until_s=1.0)
    played = play(frames, until_s=2.0)
    ((_, end_s),) = played.made(Action.POINT)
    assert end_s == pytest.approx(1.0, abs=0.04)
    assert played.intents[-1].hands == ()


def test_every_gesture_that_begins_also_ends() -> None:
    strokes = [Stroke(t_s=0.7 * i, pose=pose) for i, pose in enumerate(p for p in Pose if p is not Pose.AWAY)]
    played = play(perform(strokes, until_s=11.0))
    for name in played.names:
        begun = [e.start_s for e in played.gestures if e.name is name and e.end_s is None]
        ended = [e.start_s for e in played.gestures if e.name is name and e.end_s is not None]
        assert begun == ended, name


def test_the_palm_faces_where_it_faces_for_both_hands() -> None:
    for side in ("left", "right"):
        assert features(Pose.OPEN, side).normal[1] > 0.8
        assert features(Pose.PALM_UP, side).normal[2] > 0.8
        assert features(Pose.PALM_DOWN, side).normal[2] < -0.8


def test_distance_is_read_from_the_hand_s_size() -> None:
    for distance_m in (0.4, 0.8, 1.6):
        seen = perform([Stroke(t_s=0.0, pose=Pose.OPEN, distance_m=distance_m)], until_s=0.0)[0]
        measured = measure(seen.hands[0], aspect=seen.aspect)
        assert measured is not None
        assert measured.distance_m == pytest.approx(distance_m, rel=0.3)


def test_landmarks_that_are_no_hand_are_refused() -> None:
    seen = perform([Stroke(t_s=0.0, pose=Pose.OPEN)], until_s=0.0)[0]
    hand = seen.hands[0]
    broken = ((math.nan, 0.0, 0.0), *hand.world[1:])
    assert measure(replace(hand, world=broken), aspect=1.5) is None
    assert measure(replace(hand, world=hand.world[:20]), aspect=1.5) is None
    assert measure(replace(hand, world=((0.0, 0.0, 0.0),) * 21), aspect=1.5) is None
    assert measure(hand, aspect=0.0) is None


def test_tips_near_each_other_pinch_only_on_an_open_hand() -> None:
    near = replace(features(Pose.PINCH), pinch=0.28)
    assert pose_scores(replace(near, curls=(1.4, 1.9, 1.9, 1.7)))[Action.PINCH] > 0.7
    at_ease = replace(near, curls=(1.4, 1.48, 1.45, 1.4))
    assert pose_scores(at_ease)[Action.PINCH] < 0.7
    assert pose_scores(replace(at_ease, pinch=0.1))[Action.PINCH] > 0.9


def test_tips_that_touch_pinch_beside_a_finger_that_stands_and_legs_do_not() -> None:
    closed = replace(features(Pose.PINCH), curls=(1.22, 1.5, 1.2, 1.2))
    assert pose_scores(replace(closed, pinch=0.04))[Action.PINCH] > 0.7
    assert pose_scores(replace(closed, pinch=0.17))[Action.PINCH] < 0.5


def test_fingers_that_hang_over_a_table_pick_up_and_do_not_pinch() -> None:
    pinch = features(Pose.PINCH)
    assert pose_scores(pinch)[Action.PINCH] > 0.9
    assert pose_scores(replace(pinch, fingers=(0.3, 0.6, -0.74)))[Action.PINCH] == 0.0


def test_fingers_at_one_s_own_face_hold_glasses_and_do_not_pinch() -> None:
    pinch = features(Pose.PINCH)
    assert pose_scores(replace(pinch, fingers=(-0.45, -0.15, 0.88), normal=(-0.8, -0.5, -0.4)))[
        Action.PINCH
    ] == pytest.approx(0.0)
    # A hand in profile, which thumb and finger show as well, pinches, but the tips must be nearer each other.
    assert pose_scores(replace(pinch, normal=(-0.95, -0.2, -0.2)))[Action.PINCH] > 0.7
    assert pose_scores(replace(pinch, pinch=0.32))[Action.PINCH] > 0.7
    assert pose_scores(replace(pinch, pinch=0.32, normal=(-0.95, -0.2, -0.2)))[Action.PINCH] < 0.3


def test_a_hand_at_the_own_chin_or_in_the_lap_grasps_nothing() -> None:
    fist = features(Pose.FIST)
    assert pose_scores(fist)[Action.GRASP] > 0.9
    chin = replace(fist, fingers=(-0.3, 0.1, 0.95), normal=(-0.7, -0.7, -0.1))
    assert pose_scores(chin)[Action.GRASP] == 0.0
    lap = replace(fist, fingers=(-0.7, 0.2, -0.68), normal=(-0.1, 0.6, 0.8))
    assert pose_scores(lap)[Action.GRASP] == 0.0


def test_a_middle_finger_that_lies_means_nothing() -> None:
    rude = features(Pose.RUDE)
    assert pose_scores(rude)[Action.RUDE] > 0.8
    assert pose_scores(replace(rude, fingers=(-0.85, 0.5, -0.15)))[Action.RUDE] == 0.0


@pytest.mark.parametrize(("pose", "action"), [(Pose.PINCH, Action.PINCH), (Pose.RUDE, Action.RUDE)])
def test_tips_of_a_hand_that_is_hardly_seen_are_not_believed(pose: Pose, action: Action) -> None:
    sure = replace(features(pose), pinch=0.1)
    if pose is Pose.PINCH:  # A palm that looks into the picture is not covered.
        assert pose_scores(replace(sure, score=0.52))[action] > 0.8
        sure = replace(sure, normal=(-0.95, -0.2, -0.2))
    assert pose_scores(replace(sure, score=0.9))[action] > 0.8
    assert pose_scores(replace(sure, score=0.62))[action] < 0.5
    assert pose_scores(replace(sure, score=0.52))[action] == 0.0


def fed(frames: list[HandFeatures], *, fps: float = 30.0) -> set[Action]:
    """What begins when one hand's frames are fed to it."""
    hand = HandGestures("right", RestingYaw(), UsualPace())
    begun: set[Action] = set()
    for i, f in enumerate(frames):
        begun |= {e.name for e in hand.feed(f, i / fps, aspect=16.0 / 9.0) if e.end_s is None}
    return begun


@pytest.mark.parametrize("pose", [Pose.PALM_UP, Pose.PALM_DOWN, Pose.OPEN])
def test_a_palm_that_is_on_its_way_is_not_offered_and_one_that_stands_is(pose: Pose) -> None:
    flat = features(pose)
    x, y = flat.palm_image
    step = 5.0 * flat.palm_width / 30.0  # Five palm lengths a second, to and fro.
    way = [step * min(i % 30, 30 - i % 30) for i in range(60)]
    meant = {Action.PALM_UP, Action.PALM_DOWN, Action.PALM_OUT}
    assert not fed([replace(flat, palm_image=(x + right, y)) for right in way]) & meant
    assert fed([flat] * 60) & meant


def bending(f: HandFeatures, low: float, high: float) -> list[HandFeatures]:
    """Fingers that bend and stretch twice a second, by their mean curl."""
    curls = [(high + low) / 2.0 + (high - low) / 2.0 * math.cos(math.tau * 2.0 * i / 30.0) for i in range(75)]
    return [replace(f, curls=(c + 0.03, c + 0.08, c - 0.02, c - 0.09)) for c in curls]


def test_fingers_that_bend_far_call_though_they_do_not_close_and_small_strokes_do_not() -> None:
    to_oneself = features(Pose.BECKON)
    assert Action.CALL in fed(bending(to_oneself, 1.32, 1.85))
    assert Action.CALL not in fed(bending(to_oneself, 1.0, 1.4))
    assert Action.CALL not in fed(bending(replace(to_oneself, score=0.6), 1.32, 1.85))


def test_fingers_that_move_apart_do_not_beckon() -> None:
    to_oneself = features(Pose.BECKON)
    together = bending(to_oneself, 1.2, 1.85)
    apart = [replace(f, curls=(1.6, 1.6, 2.0 * f.curls[2] - 1.6, 2.0 * f.curls[3] - 1.6)) for f in together]
    assert Action.CALL in fed(together)
    assert Action.CALL not in fed(apart)


def test_one_picture_of_a_slow_camera_is_no_palm_and_no_doubtful_pinch() -> None:
    for pose, action, score, pictures in (
        (Pose.OPEN, Action.PALM_OUT, 0.95, 2),
        (Pose.PINCH, Action.PINCH, 0.95, 1),
        (Pose.PINCH, Action.PINCH, 0.82, 2),
    ):
        shown = replace(features(pose), score=score)
        relaxed = replace(shown, curls=(1.4,) * 4, bends=(0.4,) * 4, pinch=0.8)
        for count in (1, 2):
            hand = HandGestures("right", RestingYaw(), UsualPace())
            frames = [relaxed] * 6 + [shown] * count + [relaxed] * 6
            events = [e for i, f in enumerate(frames) for e in hand.feed(f, i / 7.5, aspect=16.0 / 9.0)]
            assert (action in {e.name for e in events}) is (count >= pictures), (action, score, count)


@pytest.mark.parametrize(("normal", "aside", "pushed"), [(1.0, 0.0, 1), (0.55, 0.0, 0), (1.0, 0.9, 0)])
def test_a_push_faces_the_picture_and_goes_straight(normal: float, aside: float, pushed: int) -> None:
    palm, motion, surest = features(Pose.OPEN), Motion(), 0.0
    x, y = palm.palm_image
    facing = (0.0, normal, -math.sqrt(1.0 - normal**2))
    for i in range(24):
        gone_m = 0.9 * max(0, i - 10) / 30.0
        distance_m = 0.8 - gone_m
        f = replace(
            palm,
            normal=facing,
            distance_m=distance_m,
            palm_width=palm.palm_width * palm.distance_m / distance_m,
            palm_image=(x + aside * gone_m / distance_m * 0.8, y),
        )
        motion.feed(f, i / 30.0, aspect=16.0 / 9.0)
        surest = max(surest, motion.push_score(f))
    assert (surest > 0.4) is bool(pushed)


def test_a_hand_that_is_busy_with_the_other_one_means_nothing() -> None:
    hand = HandGestures("right", RestingYaw(), UsualPace())
    flat = features(Pose.PALM_DOWN)
    assert not [e for i in range(60) for e in hand.feed(flat, i / 30.0, aspect=16.0 / 9.0, busy=True)]


@pytest.mark.parametrize(("far_m", "thrown"), [(0.4, True), (0.05, False)])
def test_a_throw_whose_swing_no_picture_shows_is_known_by_its_way(far_m: float, thrown: bool) -> None:
    strokes = [
        Stroke(t_s=0.0, pose=Pose.FIST, where=(0.3, 0.5), distance_m=1.0),
        Stroke(t_s=1.0, pose=Pose.OPEN, where=(0.3 + 0.8 * far_m, 0.5), distance_m=1.0),
    ]
    frames = thinned(perform(strokes, until_s=2.0), every=2)
    last = max(f.captured_s for f in frames if f.captured_s <= 1.0)
    gap = [f for f in frames if f.captured_s <= last or f.captured_s >= last + 0.26]
    empty = [replace(f, hands=()) for f in frames if f not in gap]
    assert len(empty) == 3
    # The hand is in its new place when it is seen again, and open.
    settled = frames[-1].hands
    after = [replace(f, hands=settled) for f in gap if f.captured_s > last]
    played = play([f for f in gap if f.captured_s <= last] + empty + after)
    assert (Action.THROW in played.names) is thrown


@pytest.mark.parametrize(
    ("goes_m", "gap_s", "thrown"),
    [((0.4, 0.0), 0.7, True), ((0.1, 0.0), 0.7, False), ((0.0, 0.3), 0.7, False), ((0.4, 0.0), 1.2, False)],
)
def test_what_was_held_out_of_sight_is_thrown_if_the_hand_comes_back_open_elsewhere(
    goes_m: tuple[float, float], gap_s: float, thrown: bool
) -> None:
    aside, down = goes_m
    strokes = [
        Stroke(t_s=0.0, pose=Pose.FIST, where=(0.3, 0.4), distance_m=1.0),
        Stroke(t_s=1.0, pose=Pose.OPEN, where=(0.3 + 0.8 * aside, 0.4 + 1.4 * down), distance_m=1.0),
    ]
    frames = thinned(perform(strokes, until_s=3.0), every=4)
    # A tracker that lost a hand so far away calls it another one.
    settled = tuple(replace(hand, track=9) for hand in frames[-1].hands)
    seen = [
        f if f.captured_s <= 1.0 else replace(f, hands=settled if f.captured_s > 1.0 + gap_s else ())
        for f in frames
    ]
    assert (Action.THROW in play(seen).names) is thrown


@pytest.mark.parametrize(
    ("fps", "palms", "called"), [(7.5, 1.0, True), (7.5, 0.5, False), (30.0, 1.0, False)]
)
def test_a_wide_wave_before_a_slow_camera_need_not_turn_three_times(
    fps: float, palms: float, called: bool
) -> None:
    palm = features(Pose.OPEN)
    x, y = palm.palm_image
    caller, surest = Caller(), 0.0
    for i, side in enumerate([0.0, 0.0, palms, palms, -palms, -palms, palms]):
        for k in range(round(fps / 7.5)):
            hand = replace(palm, palm_image=(x + side * palm.palm_width, y))
            surest = max(surest, caller.feed(hand, i / 7.5 + k / fps))
    assert (surest > 0.0) is called


def begun_at(frames: list[HandFeatures], action: Action, *, fps: float = 30.0) -> float | None:
    """At which frame an action begins when one hand's frames are fed, seconds; None: never."""
    hand = HandGestures("right", RestingYaw(), UsualPace())
    for i, f in enumerate(frames):
        if any(e.name is action and e.end_s is None for e in hand.feed(f, i / fps, aspect=16.0 / 9.0)):
            return i / fps
    return None


def turned_over(f: HandFeatures) -> HandFeatures:
    """What a tracker that mixes up near and far makes of a palm that looks up."""
    return replace(f, normal=(-f.normal[0], -f.normal[1], -f.normal[2]))


def test_a_palm_whose_near_and_far_are_mixed_up_for_a_moment_is_still_offered() -> None:
    up = features(Pose.PALM_UP)
    plain = begun_at([up] * 60, Action.PALM_UP)
    assert plain is not None
    wrong = [turned_over(up) if i in (9, 10, 11) else up for i in range(60)]
    assert begun_at(wrong, Action.PALM_UP) == pytest.approx(plain, abs=0.04)
    # A hand that stays the other way round has been turned.
    assert begun_at([up] * 10 + [turned_over(up)] * 60, Action.PALM_UP) is None


@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
def test_an_offered_palm_is_held_by_the_clock_of_the_player(fps: float) -> None:
    began = begun_at([features(Pose.PALM_UP)] * int(2.0 * fps), Action.PALM_UP, fps=fps)
    assert began is not None
    # What the eyes need to tell the game is part of the hold: the palm was held on meanwhile.
    known_s = began + LATENCY_S["hands"]
    assert known_s == pytest.approx(THRESHOLDS[Action.PALM_UP].hold_s, abs=0.03 + 1.0 / fps)


@pytest.mark.parametrize(("back", "called"), [(0.4, False), (0.9, True)])
def test_the_third_turn_of_a_wave_is_known_before_the_whole_way_back(back: float, called: bool) -> None:
    palm = features(Pose.OPEN)
    x, y = palm.palm_image
    # To 0.8 palms, to -0.8, to 0.8 and then only a part of the least swing back.
    turns = [0.0, 0.8, -0.8, 0.8, 0.8 - back * WAVE_LEAST_PALMS]
    way = [a + (b - a) * i / 8.0 for a, b in pairwise(turns) for i in range(8)]
    way += [turns[-1]] * 20
    caller, surest = Caller(), 0.0
    for i, aside in enumerate(way):
        hand = replace(palm, palm_image=(x + aside * palm.palm_width, y))
        surest = max(surest, caller.feed(hand, i / 30.0))
    assert (surest > 0.0) is called


@pytest.mark.parametrize(("speed_palms", "pictures"), [(16.0, 1), (0.0, 2)])
def test_a_flying_hand_lets_go_in_one_picture_and_a_resting_one_in_two(
    speed_palms: float, pictures: int
) -> None:
    fist, opened = features(Pose.FIST), features(Pose.OPEN)
    hand = HandGestures("right", RestingYaw(), UsualPace())
    x, y = fist.palm_image
    ended: list[int] = []
    for i in range(30):
        shape = fist if i < 20 else opened
        moved = speed_palms * fist.palm_width * max(0, i - 12) / 30.0
        f = replace(shape, palm_image=(x + moved, y), palm_width=fist.palm_width, distance_m=fist.distance_m)
        events = hand.feed(f, i / 30.0, aspect=16.0 / 9.0)
        ended += [i - 19 for e in events if e.name is Action.GRASP and e.end_s is not None]
    assert ended == [pictures]


def test_half_closed_fingers_pinch_where_the_tips_meet_and_a_fist_never_does() -> None:
    # The index finger is folded as in a fist, beside fingers that are not.
    deep = replace(features(Pose.PINCH), curls=(1.1, 1.5, 1.37, 1.27), pinch=0.04)
    assert pose_scores(deep)[Action.PINCH] > 0.9
    assert pose_scores(replace(deep, curls=(1.0, 1.05, 0.9, 0.85), pinch=0.3))[Action.PINCH] == 0.0


def test_a_finger_that_leans_on_a_chin_does_not_point() -> None:
    pointing = features(Pose.POINT)
    assert pose_scores(replace(pointing, fingers=(0.0, 0.3, 0.95)))[Action.POINT] > 0.8
    leaning = replace(pointing, fingers=(-0.2, 0.1, 0.97), normal=(-0.3, -0.95, 0.1))
    assert pose_scores(leaning)[Action.POINT] == 0.0


def test_a_palm_with_its_thumb_along_must_be_flatter() -> None:
    palm = features(Pose.OPEN)
    bent = replace(palm, bends=(0.11, 0.11, 0.11, 0.2))
    assert pose_scores(replace(bent, thumb_out=0.75))[Action.PALM_OUT] > 0.6
    assert pose_scores(replace(bent, thumb_out=0.5))[Action.PALM_OUT] < 0.4
    # A thumb that lies along a flat hand takes nothing from it.
    flat = replace(palm, bends=(0.06, 0.06, 0.06, 0.1), thumb_out=0.4)
    assert pose_scores(flat)[Action.PALM_OUT] > 0.9
