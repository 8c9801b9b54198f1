import json
import math
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from game.cli import bench_hands
from game.cli.bench_hands import (
    Clip,
    Points,
    Watched,
    delay_ms,
    false_share,
    figures,
    jitter_palms,
    recall,
    tracks,
)
from game.cli.hand_trials import EVERYTHING, Annotated, dark, far, read_annotations
from game.cli.main import main
from game.sense.camera import Pixels
from game.sense.hand_model import SHAPES, Pose, landmarks
from game.sense.observations import HandSeen
from game.sense.synthetic_player import project
from npc.models import ModelMissing, ModelStore
from tests.sense.test_hand_regions import open_hand

DATA = Path(os.environ.get("HOLLOW_TEST_DATA", "/nonexistent"))
FPS = 30.0
TIMES_S = [i / FPS for i in range(120)]


def watched(places: Sequence[tuple[float, float] | None], *, noise: float = 0.0) -> Watched:
    """One hand with a palm of 100 pixels, or none, in each picture."""
    grain = np.random.default_rng(1)
    hands: list[list[Points]] = []
    for place in places:
        if place is None:
            hands.append([])
            continue
        points = open_hand(*place)[:, :2].astype(np.float64)
        hands.append([points + grain.normal(0.0, noise, points.shape)])
    return Watched(cpu_ms=[1.0] * len(places), hands=hands)


def swinging(delay_s: float = 0.0) -> list[tuple[float, float] | None]:
    return [(300.0 + 100.0 * math.sin(4.0 * (t - delay_s)), 200.0) for t in TIMES_S]


def test_recall_is_counted_over_the_stretches_that_show_a_hand() -> None:
    known = Annotated(hand=((0.0, 0.99), (2.0, 2.99)), none=((1.0, 1.99),))
    seen = watched([(300.0, 200.0) if t < 1.5 else None for t in TIMES_S])
    assert recall(seen, TIMES_S, known) == pytest.approx(0.5, abs=0.02)
    assert false_share(seen, TIMES_S, known) == pytest.approx(0.5, abs=0.02)
    assert recall(seen, TIMES_S, EVERYTHING) == pytest.approx(0.375, abs=0.01)
    assert false_share(seen, TIMES_S, EVERYTHING) is None


def test_jitter_is_what_a_still_hand_trembles() -> None:
    still = [(300.0, 200.0)] * len(TIMES_S)
    assert jitter_palms(watched(still), TIMES_S) == pytest.approx(0.0, abs=1e-6)
    trembling = jitter_palms(watched(still, noise=2.0), TIMES_S)
    # 2 pixels in x and in y of a palm of 100, less what the quadratic takes with it.
    assert trembling == pytest.approx(0.02 * math.sqrt(2.0), rel=0.15)
    assert jitter_palms(watched(swinging()), TIMES_S) is None


@pytest.mark.parametrize("delay_s", [0.0, 0.04, 0.1])
def test_delay_is_how_late_a_moving_hand_is(delay_s: float) -> None:
    seen = Clip(times_s=TIMES_S, plain=watched(swinging()), hollow=watched(swinging(delay_s)))
    assert delay_ms(seen, seen.plain) == pytest.approx(0.0, abs=0.1)
    assert delay_ms(seen, seen.hollow) == pytest.approx(delay_s * 1000.0, abs=6.0)


class FakeTracker:
    """Sees one hand held still, through a landmarker that trembles; gone between ``away_s``."""

    def __init__(self, away_s: tuple[float, float] = (math.inf, math.inf)) -> None:
        self._grain = np.random.default_rng(2)
        self._points = landmarks(SHAPES[Pose.OPEN])
        self._away_s = away_s

    def detect(self, rgb: Pixels, captured_s: float) -> tuple[HandSeen, ...]:
        away_s, back_s = self._away_s
        if away_s <= captured_s < back_s:
            return ()
        image, world = project(self._points, (0.3 if captured_s < away_s else 0.7, 0.5), 0.6)
        image = image + self._grain.normal(0.0, 0.002, image.shape)
        rows = tuple((x, y, z) for x, y, z in image.tolist())
        shape = tuple((x, y, z) for x, y, z in world.tolist())
        return (HandSeen(track=1, side="right", score=0.9, image=rows, world=shape),)

    def close(self) -> None:
        pass


def filtered(monkeypatch: pytest.MonkeyPatch, tracker: FakeTracker) -> Watched:
    """What Hollow's loop gives of what the tracker sees in pictures of 640 by 360."""
    monkeypatch.setattr(bench_hands, "HandTracker", lambda model: tracker)
    loop = bench_hands.HollowLoop(Path("unused"))
    picture = np.zeros((360, 640, 3), dtype=np.uint8)
    return Watched(cpu_ms=[1.0] * len(TIMES_S), hands=[loop.detect(picture, t_s) for t_s in TIMES_S])


def test_hollow_s_landmarks_are_those_that_the_game_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    raw, black = FakeTracker(), np.zeros((360, 640, 3), dtype=np.uint8)
    pixels = [
        [
            (np.array(hand.image)[:, :2] * (-1.0, 1.0) + (1.0, 0.0)) * (640, 360)
            for hand in raw.detect(black, t_s)
        ]
        for t_s in TIMES_S
    ]
    before = jitter_palms(Watched(hands=pixels), TIMES_S)
    after = jitter_palms(filtered(monkeypatch, FakeTracker()), TIMES_S)
    assert before is not None
    assert after is not None
    assert 0.0 < after < 0.5 * before


def test_a_hand_that_was_lost_does_not_slide_in_from_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = filtered(monkeypatch, FakeTracker(away_s=(1.0, 1.5)))
    back = next(hands for t_s, hands in zip(TIMES_S, seen.hands, strict=True) if t_s >= 1.5)
    # The mirrored 0.7 of the picture's width.
    assert back[0][[0, 5, 9, 13, 17], 0].mean() == pytest.approx(0.3 * 640, abs=3.0)


def test_a_track_breaks_where_a_hand_is_missing_or_jumps() -> None:
    places = [(300.0, 200.0)] * 10 + [None] + [(300.0, 200.0)] * 10 + [(900.0, 500.0)] * 10
    lengths = [len(stamps) for stamps, _ in tracks(watched(places), TIMES_S[: len(places)])]
    assert sorted(lengths) == [10, 10, 10]


def test_figures_have_a_place_for_what_could_not_be_measured() -> None:
    nothing = Clip(times_s=TIMES_S, plain=watched([None] * 120), hollow=watched([None] * 120))
    told = figures(nothing, EVERYTHING)
    assert told["plain"]["recall"] == 0.0
    assert told["hollow"]["jitter_palms"] is None
    assert told["hollow"]["delay_ms"] is None
    assert set(told["plain"]["cpu_ms"]) == {"p50", "p95", "mean"}


def test_far_and_dark_are_what_they_say() -> None:
    picture = np.full((400, 600, 3), 200, dtype=np.uint8)
    small = far(picture, 0.1)
    assert small.shape == (720, 1280, 3)
    assert int((small > 0).all(axis=2).sum()) == 40 * 60
    assert small[360, 640].tolist() == [200, 200, 200]
    assert far(picture, 5.0).shape == (720, 1280, 3)
    night = dark(picture, 0.15, 3.0, np.random.default_rng(1))
    assert float(night.mean()) == pytest.approx(30.0, abs=0.2)
    assert float(night.std()) == pytest.approx(3.0, abs=0.2)


def test_annotations_tell_hands_from_none(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    segments = [
        {"start": 0, "end": 1, "label": "open palm"},
        {"start": 1.5, "end": 2, "label": "no hand, face"},
    ]
    path.write_text(json.dumps({"clip": {"segments": segments}}))
    known = read_annotations(path)["clip"]
    assert known.shows_hand(0.5)
    assert not known.shows_hand(1.7)
    assert known.shows_none(1.7)
    for wrong in ("[", "[1]", '{"clip": {"segments": [{"start": "x"}]}}', '{"clip": 3}'):
        path.write_text(wrong)
        with pytest.raises(ValueError, match=r"a\.json is not a file of annotated clips\."):
            read_annotations(path)


def test_what_cannot_be_measured_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "hands", str(tmp_path / "none.mp4"), "--palm-px", "0"]) == 1
    assert "--palm-px must be a number greater than 0." in capsys.readouterr().err


@pytest.mark.models
@pytest.mark.data
@pytest.mark.skipif(not DATA.is_dir(), reason="HOLLOW_TEST_DATA does not name a folder of real recordings")
def test_hollow_s_eyes_are_cheaper_than_the_plain_loop_and_see_as_much(
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        ModelStore.default().file("hand_landmarker", "hand_landmarker.task")
    except ModelMissing as missing:
        pytest.skip(str(missing))
    clip = DATA / "hands" / "mediapipe_samples_open_hand.mp4"
    assert main(["bench", "hands", str(clip), "--seconds", "2", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    both = result["clips"]["mediapipe_samples_open_hand"]
    assert both["frames"] > 40
    assert both["hollow"]["recall"] >= both["plain"]["recall"] > 0.9
    assert result["cpu_ratio"] < 0.8
