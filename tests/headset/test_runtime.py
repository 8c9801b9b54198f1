"""The headset before a real OpenXR runtime: Monado with a simulated headset, and with scripted hands.

``make headset`` sets the runtime up and runs these; elsewhere they are left out. Rates of frames are reported
and never judged, because the processor draws for the game and for the runtime.
"""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
ROOM: Final = (200, 160, 60)
LONGEST_S: Final = 1600.0
"""Of one scene: a processor that also works for others may draw a frame in four seconds."""

pytestmark = [
    pytest.mark.runtime,
    pytest.mark.skipif("HOLLOW_OPENXR" not in os.environ, reason="no OpenXR runtime: make headset"),
    pytest.mark.skipif(importlib.util.find_spec("xr") is None, reason="pyopenxr is not installed"),
]


def scene(
    mode: str,
    name: str,
    argument: str = "",
    *,
    screen: Path | None = None,
    more: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Plays a scene before the runtime in ``mode``; with ``screen`` on an X screen that is kept there."""
    return play([mode, str(HERE / "scenes.py"), name, argument], screen=screen, more=more)


def play(
    told: list[str], *, screen: Path | None = None, more: dict[str, str] | None = None
) -> dict[str, Any]:
    """Runs a script with its arguments under ``runtime.sh``; the object that its last line is."""
    command = [str(HERE / "runtime.sh"), *told]
    if screen is not None:
        if shutil.which("xvfb-run") is None:
            pytest.skip("Xvfb is not installed")
        command = ["xvfb-run", "-a", "-s", f"-screen 0 1280x800x24 -fbdir {screen}", *command]
    environment = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    played = subprocess.run(
        command,
        env=environment | (more or {}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    assert played.returncode == 0, played.stderr[-2000:]
    found: dict[str, Any] = json.loads(played.stdout.splitlines()[-1])
    return found


def validated(tmp_path: Path) -> dict[str, str]:
    """Settings that have the core validation layer write what it finds."""
    found = importlib.util.find_spec("xr")
    assert found is not None
    assert found.origin is not None
    return {
        "XR_ENABLE_API_LAYERS": "XR_APILAYER_LUNARG_core_validation",
        "XR_API_LAYER_PATH": str(Path(found.origin).parent / "api_layer/linux_x86_64"),
        "XR_CORE_VALIDATION_EXPORT_TYPE": "text",
        "XR_CORE_VALIDATION_FILE_NAME": str(tmp_path / "validation.txt"),
    }


def complaints(tmp_path: Path) -> list[str]:
    lines = (tmp_path / "validation.txt").read_text(encoding="utf-8").splitlines()
    assert any("is initialized" in line for line in lines)
    return [line for line in lines if "VALID_DEBUG" not in line]


def check_session(found: dict[str, Any], wanted: int) -> None:
    assert found["after"][0] >= wanted
    assert found["after"][0] == found["after"][1] == found["after"][2]
    assert found["states"] == ["hidden", "played"]
    assert found["ended"] == "ended"
    print(f"{found['fps']} frames a second, {found['renderer']}")


def test_frames_without_a_screen_are_ended_as_often_as_begun(tmp_path: Path) -> None:
    check_session(scene("null", "frames", "300", more=validated(tmp_path)), 300)
    assert complaints(tmp_path) == []


def test_frames_beside_a_window_are_ended_as_often_as_begun(tmp_path: Path) -> None:
    more = validated(tmp_path) | {"HOLLOW_KIND": "window"}
    check_session(scene("window", "frames", "300", screen=tmp_path, more=more), 300)
    assert complaints(tmp_path) == []


def test_the_room_is_seen_through_what_is_no_light(tmp_path: Path) -> None:
    found = scene("window", "seen_through", str(tmp_path), screen=tmp_path)
    assert found["blend"] == "alpha blend"
    assert found["layer_faults"] == []
    assert set(found["submitted"]) == {"ALPHA_BLEND"}
    mixes = {name: tuple(colour) for name, colour in found["mixes"].items()}
    assert mixes["clear"] == ROOM
    assert mixes["black"] == (0, 0, 0)
    assert mixes["half"] == pytest.approx(mixed(128 / 255), abs=1)
    # Light of alpha 0 is added to the room.
    assert all(lit > room for lit, room in zip(mixes["glow"], ROOM, strict=True))
    # And the cave itself leaves the room as it is where it has no light.
    assert min(found["transparent"]) > 0.3
    assert found["room"] > 0.3
    # In the opening its dark hides the room's wall.
    assert min(found["hidden"]) > 0.05


def mixed(alpha: float) -> tuple[float, float, float]:
    """The room under black of this alpha, as sRGB's curve has it."""

    def one(level: int) -> float:
        part = level / 255
        linear = part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        linear *= 1.0 - alpha
        return 255 * (12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055)

    return one(ROOM[0]), one(ROOM[1]), one(ROOM[2])


@pytest.mark.parametrize(
    ("listed", "used"),
    [("ALPHA_BLEND,ADDITIVE,OPAQUE", "ALPHA_BLEND"), ("OPAQUE,ADDITIVE", "ADDITIVE"), ("OPAQUE", "OPAQUE")],
)
def test_only_a_way_of_blending_that_is_listed_is_used(listed: str, used: str) -> None:
    found = scene("null", "blends", listed)
    assert set(found["submitted"]) == {used}
    assert found["layer_faults"] == []


def test_the_head_is_where_it_is_and_both_eyes_see_what_the_runtime_says(tmp_path: Path) -> None:
    found = scene("remote", "tracked", more=validated(tmp_path))
    assert found["head"] == pytest.approx((0.3, -0.2, 1.7), abs=1e-3)
    middle = [(a + b) / 2 for a, b in zip(found["eyes"][0]["at"], found["eyes"][1]["at"], strict=True)]
    assert middle == pytest.approx((0.3, -0.2, 1.7), abs=1e-3)
    for eye in found["eyes"]:
        assert eye["lens"] == pytest.approx(eye["fov"], abs=0.00175)
    assert found["hands"]
    assert {side for side, _, _ in found["tracked_hands"]} == {"left", "right"}
    assert complaints(tmp_path) == []


@pytest.mark.parametrize("name", ["point", "pinch", "grasp", "palm_out", "palm_up", "push", "walk", "call"])
def test_scripted_hands_drive_the_same_actions_as_before_a_webcam(name: str) -> None:
    found = scene("remote", "gestures", name)
    made = [gesture for gesture, _, start_s in found["gestures"] if start_s > -0.05]
    allowed = {name, "palm_out"} if name in ("push", "call") else {name}
    assert name in made
    assert set(made) <= allowed
    if name == "walk":
        assert found["steps"] >= 4


def test_a_runtime_that_dies_costs_a_sentence_and_the_game_goes_on() -> None:
    found = scene("null", "killed")
    here, sentence = found["told"][-1]
    assert here
    assert sentence == "The OpenXR runtime went away. The picture is on the screen."
    assert found["frames_after"] == 20
    assert found["states"][-1] == "away"


def test_an_evening_is_played_with_the_hands_and_outlives_the_runtime() -> None:
    found = play(["remote", str(HERE / "evening.py"), "--opening", "floor"])
    assert found["ended"] == 0
    told = [one for one in found["told"] if "headset" in one or "runtime" in one]
    assert [one.split(" (")[0] for one in told] == [
        "You are in the headset",
        "The headset is not worn, or shows another program: the game waits.",
        "You are in the headset",
        "The OpenXR runtime went away. The picture is on the screen.",
        "You are in the headset",
    ]
    assert {"point", "pinch", "walk", "palm_out", "palm_up"} <= set(found["made"])
    assert set(found["made"].values()) == {"right"}
    print(found["frames"])


def test_a_runtime_that_comes_back_is_played_in_again() -> None:
    found = scene("null", "back")
    assert [here for here, _ in found["told"]] == [True, True, True]
    assert found["told"][-1][1].startswith("You are in the headset")
    assert found["frames"][2] >= 10


def test_another_program_of_the_headset_has_the_game_wait() -> None:
    found = scene("null", "covered")
    assert found["ended"] == 0
    assert [here for here, _ in found["told"]] == [True, False, True]
    assert found["told"][1][1] == "The headset is not worn, or shows another program: the game waits."
    assert found["states"] == ["hidden", "played", "hidden", "played"]
    assert found["frames"][0] == found["frames"][1] == found["frames"][2]


@pytest.mark.parametrize(("mode", "hands"), [("null", "no hand tracking"), ("remote", "tracks hands")])
def test_the_doctor_tells_of_runtime_system_and_what_they_can_do(mode: str, hands: str) -> None:
    found = scene(mode, "doctor")
    assert found["found"]
    assert found["what"].startswith("Monado")
    assert "opaque" in found["what"]
    assert hands in found["what"]


@pytest.mark.parametrize(("where", "away_m"), [("wall", 1.2), ("floor", 1.0)])
def test_the_child_stands_at_life_size_on_the_rooms_own_floor(
    tmp_path: Path, where: str, away_m: float
) -> None:
    found = scene("worn", "opening", f"{where},{away_m},{tmp_path}", screen=tmp_path)
    assert found["blend"] == "alpha blend"
    assert found["layer_faults"] == []
    assert found["stands"][1] == pytest.approx(away_m, abs=0.05)
    assert found["stands"][2] == pytest.approx(0.0, abs=0.005)
    # As the runtime's compositor shows it: its feet are where it stands, and it is as tall as it is (what
    # shines behind it is white too where the wall has opened).
    assert found["feet_m"] == pytest.approx(away_m, abs=0.2)
    if where == "floor":
        assert found["tall_m"] == pytest.approx(0.95, abs=0.15)
    # The opening hides the tiles with its dark, and nothing else does.
    assert found["dark"] > 0.02
    assert found["tiles"] > 0.4
    print({name: round(found[name], 3) for name in ("feet_m", "tall_m", "dark", "tiles")})


def test_controllers_are_where_they_are_held_and_the_trigger_is_told(tmp_path: Path) -> None:
    found = scene("remote", "controllers", more=validated(tmp_path))
    (left, left_at, turn, left_select, *_), (right, right_at, _, right_select, *stick) = found["held"]
    assert (left, right) == ("left", "right")
    assert left_at == pytest.approx((-0.2, 0.4, 1.2), abs=1e-3)
    assert right_at == pytest.approx((0.2, 0.4, 1.2), abs=1e-3)
    assert turn == pytest.approx((1.0, 0.0, 0.0, 0.0), abs=1e-3)
    assert (left_select, right_select, *stick) == (0.0, 1.0, 0.0, 0.0)
    assert complaints(tmp_path) == []


def test_a_runtime_that_does_not_answer_costs_a_sentence() -> None:
    found = scene("dead", "absent")
    assert len(found["faults"]) == 1
    assert "does not answer" in found["faults"][0]
    assert found["runtime"] is None


def test_handles_and_memory_stay_flat_over_fifty_sessions() -> None:
    found = scene("null", "restarts", "50")
    assert len(set(found["handles"][5:])) == 1
    memory = found["memory_mb"]
    # After the first ten, which fill caches, the rest takes less than a picture's worth.
    assert max(memory[40:]) - min(memory[8:12]) < 12.0
    print(f"memory {memory[0]:.0f}, {memory[10]:.0f}, {memory[-1]:.0f} MB; handles {found['handles'][-1]}")
