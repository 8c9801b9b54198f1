"""The head: found, lost, filtered, foretold, and never a jump of the picture."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from game.interpret.calibration import Calibration
from game.interpret.head_state import EYES_ABOVE_M, EYES_BEFORE_M, CameraPose, HeadState
from game.interpret.intents import Vec3
from game.sense.observations import HeadSeen

Floats = NDArray[np.float64]
CAMERA = CameraPose(place_m=(0.0, 2.5, -0.9), tilt_rad=0.3)
LATENCY_S = 0.05


def seen(t_s: float, place: Vec3, *, present: bool = True, yaw_rad: float = 0.0) -> HeadSeen:
    return HeadSeen(
        at_s=t_s + LATENCY_S, captured_s=t_s, present=present, position_m=place, yaw_rad=yaw_rad,
        faces=1 if present else 0,
    )  # fmt: skip


def seen_by(camera: CameraPose, eyes: Floats) -> Vec3:
    """Where ``camera`` has the middle of a head that looks at it, with its eyes there about their rest."""
    local = camera.axes().T @ (eyes - np.array(camera.place_m))
    local = local / np.array([1.0, camera.scale, 1.0]) - np.array([0.0, -EYES_BEFORE_M, EYES_ABOVE_M])
    return float(local[0]), float(local[1]), float(local[2])


def run(state: HeadState, observations: list[HeadSeen], *, until_s: float, fps: float = 60.0) -> Floats:
    """(n, 3) offsets, one a frame."""
    offsets, waiting = [], list(observations)
    for frame in range(round(until_s * fps)):
        now_s = frame / fps
        while waiting and waiting[0].at_s <= now_s:
            state.feed(waiting.pop(0))
        offsets.append(state.at(now_s).offset_m)
    return np.array(offsets)


def ten_a_second(path: Callable[[float], Floats], camera: CameraPose, start_s: float, end_s: float,
                 noise: float = 0.0) -> list[HeadSeen]:  # fmt: skip
    rng = np.random.default_rng(2)
    found = []
    for number in range(round((end_s - start_s) * 10)):
        t_s = start_s + number / 10
        x, y, z = np.array(seen_by(camera, path(t_s))) + rng.normal(0.0, noise, 3)
        found.append(seen(t_s, (float(x), float(y), float(z))))
    return found


def still(at: Vec3) -> Callable[[float], Floats]:
    return lambda _: np.array(at)


def test_a_measured_camera_tells_where_the_eyes_are_in_the_room() -> None:
    for camera in (
        CAMERA,
        CameraPose(place_m=(0.8, 2.0, 0.5), turn_rad=-0.35, tilt_rad=-0.2, scale=1.3),
    ):
        for eyes in ((0.0, 0.0, 0.0), (0.7, 0.4, -0.2), (-1.4, -0.9, 0.3)):
            offsets = run(HeadState(camera), ten_a_second(still(eyes), camera, 0.0, 5.0), until_s=5.0)
            assert offsets[-1] == pytest.approx(eyes, abs=0.005)


def test_without_a_measured_camera_the_usual_place_is_rest() -> None:
    observations = [seen(0.1 * i, (0.4, 0.9, 0.2)) for i in range(40)]
    assert run(HeadState(), observations, until_s=4.0)[-1] == pytest.approx((0, 0, 0), abs=0.003)


def test_a_turn_of_the_head_moves_the_eyes_and_not_the_middle() -> None:
    turned = [seen(0.1 * i, seen_by(CAMERA, np.zeros(3)), yaw_rad=0.5) for i in range(40)]
    x, _, _ = run(HeadState(CAMERA), turned, until_s=4.0)[-1]
    assert x == pytest.approx(EYES_BEFORE_M * math.sin(0.5), abs=0.002)


def lost_and_found(camera: CameraPose, walk_mps: float) -> list[HeadSeen]:
    """Here, gone for 3 s, back elsewhere, gone while it moves, and another person's nearer head."""
    moving = [
        seen(9.0 + 0.1 * i, seen_by(camera, np.array([-0.5 + 0.1 * walk_mps * i, 0.0, 0.0])))
        for i in range(10)
    ]
    return [
        *ten_a_second(still((0.7, 0.5, -0.2)), camera, 0.0, 3.0, noise=0.003),
        seen(3.0, (0, 0, 0), present=False),
        *ten_a_second(still((-0.6, -0.3, 0.2)), camera, 6.0, 9.0, noise=0.003),
        *moving,
        seen(10.0, (0, 0, 0), present=False),
        *ten_a_second(still((0.1, 0.0, 0.0)), camera, 13.0, 15.0, noise=0.003),
        *ten_a_second(still((0.9, 0.6, -0.3)), camera, 15.0, 18.0, noise=0.003),
        *ten_a_second(still((0.1, 0.0, 0.0)), camera, 18.0, 20.0, noise=0.003),
    ]


def on_the_wall(eyes: Floats, depth_m: float) -> Floats:
    """(n, 2): where on a wall 2.5 m before the resting eyes something ``depth_m`` behind it is seen."""
    distance = 2.5 - eyes[:, 1:2]
    across = eyes[:, [0, 2]]
    thing = np.array([0.3, -0.2])
    return across + (thing - across) * distance / (distance + depth_m)


@pytest.mark.parametrize("fps", [60.0, 30.0])
def test_a_head_that_is_lost_and_found_moves_the_picture_two_centimetres_a_frame_at_most(fps: float) -> None:
    # Its own way is 3 mm a frame; the rest is the picture's.
    offsets = run(HeadState(CAMERA), lost_and_found(CAMERA, 0.003 * fps), until_s=22.0, fps=fps)
    assert np.abs(offsets[round(2.9 * fps)] - (0.7, 0.5, -0.2)).max() < 0.03  # it did follow
    assert np.abs(offsets[round(5.9 * fps)]).max() < 0.03  # and came to rest
    assert np.abs(offsets[round(8.8 * fps)] - (-0.6, -0.3, 0.2)).max() < 0.03
    for depth_m in (-1.0, -0.5, 0.5, 3.0, 30.0):
        moved = np.sqrt((np.diff(on_the_wall(offsets, depth_m), axis=0) ** 2).sum(axis=1))
        assert moved.max() < 0.02


def test_a_glide_begins_and_ends_softly() -> None:
    offsets = run(HeadState(CAMERA), ten_a_second(still((0.8, 0, 0)), CAMERA, 1.0, 6.0), until_s=6.0)
    speed = np.abs(np.diff(offsets[:, 0])) * 60.0
    start = int(np.argmax(speed > 0.0))
    assert speed[start : start + 4].max() < 0.12
    assert 0.3 < speed.max() <= 0.51
    assert speed[-30:].max() < 0.02


def test_a_short_loss_is_waited_for() -> None:
    observations = ten_a_second(still((0.5, 0, 0)), CAMERA, 0.0, 4.0)
    gap = [seen(4.0, (0, 0, 0), present=False), *ten_a_second(still((0.5, 0, 0)), CAMERA, 4.3, 6.0)]
    offsets = run(HeadState(CAMERA), [*observations, *gap], until_s=6.0)
    assert np.abs(offsets[round(3.9 * 60) :, 0] - 0.5).max() < 0.01


def test_a_lean_is_followed_within_the_time_of_a_picture() -> None:
    def lean(t_s: float) -> Floats:
        u = min(1.0, max(0.0, (t_s - 3.0) / 1.2))
        return np.array([0.4 * (10 * u**3 - 15 * u**4 + 6 * u**5), 0.0, 0.0])

    offsets = run(HeadState(CAMERA), ten_a_second(lean, CAMERA, 0.0, 6.0, noise=0.0015), until_s=6.0)
    truth = np.array([lean(frame / 60.0)[0] for frame in range(len(offsets))])
    moving = slice(180, 300)
    lag = [float(np.abs(offsets[180:300, 0] - truth[180 - k : 300 - k]).mean()) for k in range(20)]
    # Ten pictures a second, each known 50 ms late: unpredicted, the eye would be 100 ms behind and more.
    assert int(np.argmin(lag)) <= 3
    assert np.abs(offsets[moving, 0] - truth[moving]).max() < 0.06


def test_a_still_head_is_still() -> None:
    offsets = run(
        HeadState(CAMERA), ten_a_second(still((0.2, 0.1, 0)), CAMERA, 0.0, 9.0, noise=0.002), until_s=9.0
    )
    assert offsets[240:].std(axis=0).max() < 0.0025  # foretelling costs what filtering gains
    assert np.abs(np.diff(offsets[240:], axis=0)).max() < 0.002


def test_recenter_takes_out_what_was_measured_wrong() -> None:
    true = CameraPose(place_m=(0.1, 2.4, -0.8), tilt_rad=0.35, scale=1.25)
    state = HeadState(CameraPose(place_m=(0.1, 2.4, -0.8), tilt_rad=0.25))
    at_rest = ten_a_second(still((0, 0, 0)), true, 0.0, 4.0)
    wrong = run(state, at_rest, until_s=4.0)[-1]
    assert np.abs(wrong).max() > 0.1
    assert state.corrected is None
    state.recenter()
    after = [seen(o.captured_s + 4.0, o.position_m) for o in at_rest]
    moved = ten_a_second(still((0.5, 0.5, 0.0)), true, 8.0, 12.0)
    offsets = run_on(state, [*after, *moved], 4.0, 12.0)
    assert np.abs(offsets[round(3.9 * 60)]).max() < 0.01
    assert offsets[-1] == pytest.approx((0.5, 0.5, 0.0), abs=0.08)
    assert np.abs(np.diff(offsets, axis=0)).max() < 0.02
    found = state.corrected
    assert found is not None
    assert found.scale == pytest.approx(1.25, abs=0.03)


def run_on(state: HeadState, observations: list[HeadSeen], start_s: float, until_s: float) -> Floats:
    offsets, waiting = [], list(observations)
    for frame in range(round(start_s * 60), round(until_s * 60)):
        while waiting and waiting[0].at_s <= frame / 60:
            state.feed(waiting.pop(0))
        offsets.append(state.at(frame / 60).offset_m)
    return np.array(offsets)


def test_nonsense_places_move_nothing() -> None:
    state = HeadState(CAMERA)
    run(state, ten_a_second(still((0.2, 0, 0)), CAMERA, 0.0, 3.0), until_s=3.0)
    for place in ((math.nan, 1.0, 0.0), (math.inf, 1.0, 0.0), (0.0, 1e9, 0.0)):
        state.feed(seen(3.1, place))
    x, y, z = state.at(3.2).offset_m
    assert (x, y, z) == pytest.approx((0.2, 0.0, 0.0), abs=0.01)
    for number in range(100):
        state.feed(seen(3.3 + 0.1 * number, (40.0, 40.0, 40.0)))
        state.at(3.35 + 0.1 * number)
    assert all(abs(part) <= most for part, most in zip(state.at(14.0).offset_m, (3.0, 4.0, 1.2), strict=True))


def test_hands_aim_as_far_as_the_picture_reaches() -> None:
    narrow = Calibration(aim=(0.5, 0.5))
    assert narrow.aimed((0.0, 0.0)) == (0.0, 0.0)
    across, up = narrow.aimed((math.radians(35), math.radians(-25)))
    assert math.tan(across) == pytest.approx(0.5 * math.tan(math.radians(35)))
    assert math.tan(up) == pytest.approx(-0.5 * math.tan(math.radians(25)))
    assert Calibration().aimed((0.4, -0.2)) == pytest.approx((0.4, -0.2))
