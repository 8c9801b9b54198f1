"""A still hand is still and a moving one is not late, on made-up hands and on recorded ones."""

import math
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from game.interpret.hand_features import measure
from game.interpret.landmark_filter import LandmarkFilter
from game.interpret.steadiness import delay_ms, jitter_palms, palm_size, speeds
from game.sense.hand_model import SHAPES, Pose, landmarks
from game.sense.observations import HandSeen, HandsSeen
from game.sense.synthetic_player import project
from game.sense.tracks import read_track

Floats = NDArray[np.float64]
DATA = os.environ.get("HOLLOW_TEST_DATA", "")
ASPECT = 16.0 / 9.0


def filtered(frames: Sequence[HandsSeen]) -> tuple[list[float], Floats, Floats]:
    """Times, raw and filtered (N, 21, 2) places of the first hand, in palm lengths of one ruler."""
    steady, times, raw, calm = LandmarkFilter(), [], [], []
    shown = [frame for frame in frames if frame.hands]
    aspect = shown[0].aspect
    ruler = np.array([1.0, aspect]) * palm_size([frame.hands[0].image for frame in shown], aspect=aspect)
    for frame in shown:
        hand = frame.hands[0]
        features = measure(hand, aspect=aspect)
        assert features is not None
        out = steady.feed(
            hand.image, hand.world, frame.captured_s, palm_width=features.palm_width, aspect=aspect
        )
        times.append(frame.captured_s)
        raw.append(np.array(hand.image)[:, :2] / ruler)
        calm.append(out.image[:, :2] / ruler)
    return times, np.array(raw), np.array(calm)


def made_up(
    *, fps: float, palms_per_s: float, noise_palms: float = 0.003, seconds: float = 8.0
) -> list[HandsSeen]:
    """An open hand that sways with this root mean square speed."""
    rng = np.random.default_rng(7)
    points = landmarks(SHAPES[Pose.OPEN])
    frames = []
    distance_m, hz = 0.6, 0.5
    palm = 0.80 * 0.092 / distance_m
    swing = palms_per_s * palm * math.sqrt(2.0) / (math.tau * hz)
    for i in range(round(seconds * fps)):
        t_s = i / fps
        where = (0.5 + swing * math.sin(math.tau * hz * t_s), 0.5)
        image, world = project(points, where, distance_m)
        image = image + rng.normal(0.0, noise_palms * palm, image.shape) * (1.0, ASPECT, 1.0)
        world = world + rng.normal(0.0, noise_palms * 0.092, world.shape)
        hand = HandSeen(
            track=1,
            side="right",
            score=0.95,
            image=tuple((x, y, z) for x, y, z in image.tolist()),
            world=tuple((x, y, z) for x, y, z in world.tolist()),
        )
        frames.append(HandsSeen(at_s=t_s, captured_s=t_s, hands=(hand,), aspect=ASPECT, brightness=0.5))
    return frames


@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
def test_a_still_hand_trembles_half_as_much(fps: float) -> None:
    times, raw, calm = filtered(made_up(fps=fps, palms_per_s=0.0))
    assert jitter_palms(times, raw) > 0.002
    assert jitter_palms(times, calm) <= 0.4 * jitter_palms(times, raw)


@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0])
@pytest.mark.parametrize("palms_per_s", [0.5, 1.0, 3.0])
def test_a_moving_hand_is_hardly_late(fps: float, palms_per_s: float) -> None:
    times, raw, calm = filtered(made_up(fps=fps, palms_per_s=palms_per_s))
    assert delay_ms(times, raw, calm) < 20.0


def test_a_moving_hand_is_hardly_late_before_a_slow_camera() -> None:
    times, raw, calm = filtered(made_up(fps=7.5, palms_per_s=1.5))
    assert delay_ms(times, raw, calm) < 20.0


def recorded(clip: str) -> list[HandsSeen]:
    path = Path(DATA) / "tracks" / f"{clip}.jsonl.gz"
    if not DATA or not path.exists():
        pytest.skip(f"HOLLOW_TEST_DATA has no {path.name}")
    return list(read_track(path))


@pytest.mark.data
@pytest.mark.parametrize("every", [1, 2])
@pytest.mark.parametrize(
    ("clip", "start_s", "end_s"),
    [("mediapipe_samples_open_hand", 2.6, 8.0), ("mediapipe_samples_thumb_up", 2.5, 7.8)],
)
def test_a_recorded_hand_that_is_held_out_trembles_half_as_much(
    clip: str, start_s: float, end_s: float, every: int
) -> None:
    times, raw, calm = filtered([f for f in recorded(clip) if start_s <= f.captured_s <= end_s][::every])
    assert jitter_palms(times, calm) <= 0.5 * jitter_palms(times, raw)


@pytest.mark.data
@pytest.mark.parametrize("every", [1, 2])
@pytest.mark.parametrize("clip", ["dandan_palm_fist_thumb", "temuge_stereo_cam0", "blue_palm_fist_60fps"])
def test_a_recorded_hand_that_moves_is_hardly_late(clip: str, every: int) -> None:
    times, raw, calm = filtered(recorded(clip)[::every])
    assert delay_ms(times, raw, calm) < 20.0


def test_the_measure_of_delay_tells_a_known_delay() -> None:
    t = np.arange(0.0, 4.0, 1.0 / 30.0)
    place = np.stack([np.sin(3.0 * t), np.cos(2.0 * t)], axis=1)
    late = np.stack([np.sin(3.0 * (t - 0.04)), np.cos(2.0 * (t - 0.04))], axis=1)
    assert delay_ms(list(t), place, late) == pytest.approx(40.0, abs=1.5)
    assert math.isnan(delay_ms(list(t), np.zeros((len(t), 2)), np.zeros((len(t), 2))))


def test_the_measure_of_jitter_tells_noise_and_not_drift() -> None:
    rng = np.random.default_rng(3)
    t = np.arange(0.0, 6.0, 1.0 / 60.0)
    drift = (0.3 * t + 0.1 * t * t)[:, None, None] * np.ones((1, 21, 2))
    noise = rng.normal(0.0, 0.01, drift.shape)
    assert jitter_palms(list(t), drift) < 1e-9
    assert jitter_palms(list(t), drift + noise) == pytest.approx(0.01 * math.sqrt(2.0), rel=0.1)


def test_nothing_is_foretold_beyond_one_frame_nor_after_a_loss() -> None:
    frames = made_up(fps=30.0, palms_per_s=3.0)[:40]
    steady = LandmarkFilter()
    for frame in frames:
        hand = frame.hands[0]
        steady.feed(hand.image, hand.world, frame.captured_s, palm_width=0.12, aspect=ASPECT)
    now_s = frames[-1].captured_s
    one_frame = steady.ahead(now_s + 1.0 / 30.0)[0]
    assert abs(one_frame) > 0.002
    assert steady.ahead(now_s + 0.2)[0] == pytest.approx(one_frame, rel=0.02)
    assert steady.ahead(now_s) == (0.0, 0.0)
    steady.miss()
    assert steady.ahead(now_s + 1.0 / 30.0) == (0.0, 0.0)


def test_speed_is_that_of_the_quickest_landmark_and_trembling_is_none() -> None:
    rng = np.random.default_rng(5)
    t = np.arange(0.0, 2.0, 1.0 / 60.0)
    places = rng.normal(0.0, 0.001, (len(t), 21, 2))
    assert np.nanmax(speeds(list(t), places)) < 0.1
    places[:, 8, 0] += 0.7 * t
    assert np.nanmean(speeds(list(t), places)) == pytest.approx(0.7, abs=0.05)
    assert np.isnan(speeds(list(t), places)[0])
