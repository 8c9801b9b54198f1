import math
from dataclasses import replace

import numpy as np
import pytest

from game.clock import LATENCY_S
from game.sense.hand_model import SHAPES, Pose
from game.sense.observations import HandSeen, HandsSeen, Side
from game.sense.synthetic.movement import HandMotion, Place
from game.sense.synthetic.skeleton import Anatomy, Floats
from game.sense.synthetic.tracker import NOISE, Camera, Scene

QUIET = replace(
    NOISE["clean"],
    white=0.0,
    white_world=0.0,
    drift=0.0,
    drift_rad=0.0,
    glitches=0.0,
    losses=0.0,
    depth=(1.0, 1.0),
)


def scene(
    *,
    side: Side = "right",
    place: Place = (0.0, 0.8, 0.0),
    pose: Pose = Pose.OPEN,
    noise: str = "quiet",
    seed: int = 1,
    camera: Camera | None = None,
    anatomy: Anatomy | None = None,
    hidden: float = 0.0,
) -> Scene:
    hand = HandMotion(SHAPES[pose], place, np.random.default_rng(seed))
    if hidden:
        hand.shape_to(SHAPES[pose], 0.0, 0.001, hidden=hidden)
    return Scene(
        {side: hand},
        anatomy=anatomy or Anatomy(),
        camera=camera or Camera(),
        noise=NOISE.get(noise, QUIET),
        seed=seed,
    )


def palm(hand: HandSeen) -> Floats:
    return np.asarray(np.array(hand.image)[[0, 5, 9, 13, 17]].mean(axis=0))


def seen(frames: list[HandsSeen]) -> list[HandSeen]:
    return [hand for frame in frames for hand in frame.hands]


@pytest.mark.parametrize("fps", [7.5, 15.0, 30.0, 60.0])
def test_frames_come_at_the_cameras_rate_and_are_dated_as_the_eyes_date_them(fps: float) -> None:
    frames = list(scene(camera=Camera(fps=fps)).frames(4.0))
    assert len(frames) == round(4.0 * fps)
    assert [frame.captured_s for frame in frames] == pytest.approx([k / fps for k in range(len(frames))])
    assert all(frame.at_s == frame.captured_s + LATENCY_S["hands"] for frame in frames)


def test_a_hand_on_the_right_is_on_the_right_and_a_near_one_is_large() -> None:
    near, far = (seen(list(scene(place=(0.1, d, 0.05)).frames(0.5)))[0] for d in (0.5, 1.0))
    assert palm(near)[0] == pytest.approx(0.5 + 0.8 * 0.1 / 0.5, abs=0.02)
    assert palm(far)[0] == pytest.approx(0.5 + 0.8 * 0.1 / 1.0, abs=0.02)
    assert palm(near)[1] < 0.5  # Above the middle.
    size = [math.dist(hand.image[0][:2], hand.image[12][:2]) for hand in (near, far)]
    assert size[0] == pytest.approx(2.0 * size[1], rel=0.1)


def test_landmarks_in_metres_are_as_large_as_the_persons_hand() -> None:
    hand = seen(list(scene(anatomy=Anatomy(palm_m=0.08)).frames(0.2)))[0]
    assert math.dist(hand.world[0], hand.world[9]) == pytest.approx(0.08, rel=0.02)
    assert np.array(hand.world).mean(axis=0) == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)


def test_a_camera_above_sees_more_of_a_hands_back_than_one_below() -> None:
    def height(tilt_deg: float) -> float:
        camera = Camera(tilt_rad=math.radians(tilt_deg))
        hand = seen(list(scene(pose=Pose.PALM_DOWN, camera=camera).frames(0.2)))[0]
        return hand.image[12][1] - hand.image[0][1]  # Fingers point at the camera: lower in its picture.

    assert height(20.0) > height(0.0) > height(-20.0)


def test_a_hand_off_the_axis_is_seen_from_its_side() -> None:
    middle, aside = (seen(list(scene(place=(x, 0.8, 0.0)).frames(0.2)))[0] for x in (0.0, 0.35))

    def breadth(hand: HandSeen) -> float:
        return abs(hand.world[5][2] - hand.world[17][2])

    assert breadth(aside) > breadth(middle) + 0.01


def test_a_mirroring_camera_swaps_sides_and_x() -> None:
    plain = seen(list(scene(place=(0.15, 0.8, 0.0)).frames(0.2)))[0]
    mirrored = seen(list(scene(place=(0.15, 0.8, 0.0), camera=Camera(mirrored=True)).frames(0.2)))[0]
    assert (plain.side, mirrored.side) == ("right", "left")
    assert palm(mirrored)[0] == pytest.approx(1.0 - palm(plain)[0])


def test_a_hand_out_of_the_picture_is_not_seen() -> None:
    assert seen(list(scene(place=(0.9, 0.8, 0.0)).frames(1.0))) == []


@pytest.mark.parametrize(
    ("level", "low", "high"), [("clean", 0.001, 0.006), ("webcam", 0.004, 0.015), ("dark", 0.01, 0.05)]
)
def test_a_still_hand_trembles_as_in_recorded_tracks(level: str, low: float, high: float) -> None:
    hands = [h for h in seen(list(scene(noise=level).frames(40.0))) if h.side == "right"]
    image = np.array([hand.image for hand in hands])[:, :, :2] * np.array([1.0, 9.0 / 16.0])
    size = np.linalg.norm(image[:, 9] - image[:, 0], axis=1).mean()
    second = (image[2:] - 2.0 * image[1:-1] + image[:-2]) / math.sqrt(6.0) / size
    # The median over landmarks and frames, as a standard deviation: jumps and gaps do not count.
    assert low < float(np.median(np.abs(second))) / 0.6745 < high


def test_the_darker_the_more_is_lost_and_the_lower_the_score() -> None:
    share, score = {}, {}
    for level in NOISE:
        frames = list(scene(noise=level).frames(240.0))
        share[level] = sum(not frame.hands for frame in frames) / len(frames)
        score[level] = np.mean([hand.score for hand in seen(frames)])
    assert share["clean"] < share["webcam"] < share["dark"] < 0.15
    assert score["clean"] > score["webcam"] > score["dark"] > 0.8


def test_a_covered_hand_is_lost_more_often_and_a_buried_one_is_not_seen() -> None:
    def share(hidden: float) -> float:
        frames = list(scene(noise="webcam", hidden=hidden).frames(120.0))
        return sum(bool(frame.hands) for frame in frames) / len(frames)

    assert share(0.0) > share(0.6) > 0.5
    assert share(1.0) < 0.01


def test_sides_flip_in_the_dark_and_the_tracker_steadies_them() -> None:
    def wrong(*, tracked: bool) -> float:
        hands = seen(list(scene(noise="dark").frames(200.0, tracked=tracked)))
        return sum(hand.side == "left" for hand in hands) / len(hands)

    assert wrong(tracked=False) > 0.003
    assert wrong(tracked=True) < wrong(tracked=False)


def test_a_fast_hand_is_lost_by_a_slow_camera() -> None:
    def share(fps: float) -> float:
        hand = HandMotion(SHAPES[Pose.OPEN], (0.0, 0.8, 0.0), np.random.default_rng(0))
        times = np.arange(0.0, 30.0, 0.2).tolist()
        values = [0.0, *[(-1.0) ** k for k in range(len(times) - 2)], 0.0]
        hand.swing(times, values, {"x": 0.1})
        noise = replace(QUIET, fast_losses=1.0)
        it = Scene({"right": hand}, anatomy=Anatomy(), camera=Camera(fps=fps), noise=noise, seed=1)
        frames = list(it.frames(30.0))
        return sum(bool(frame.hands) for frame in frames) / len(frames)

    assert share(60.0) > 0.99
    assert 0.3 < share(10.0) < 0.9


def test_the_same_seed_gives_the_same_frames_and_another_one_others() -> None:
    a, b, c = (list(scene(noise="dark", seed=seed).frames(3.0)) for seed in (1, 1, 2))
    assert a == b
    assert a != c
