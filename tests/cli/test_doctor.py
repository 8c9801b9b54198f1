"""The doctor names what is here, what lacks and what to do, and nothing that it looks at can harm it."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from game.cli import doctor, probes
from game.cli.doctor import Check, all_checks, as_text, can_play, check_server, report
from game.cli.probes import Facts, ProbeFailed, run_probe
from npc.manifest import CarriedModel, Manifest
from npc.models import ModelMissing, ModelStore
from tests.npc.model_sources import ADDRESS, manifest, model_file, sources
from tests.served import serve_always

LIGHT = b"GGUF and more"
WORKING: Mapping[str, Facts] = {
    "camera 0": {"opens": True, "gives": True, "width": 1280, "height": 720, "brightness": 90.0},
    "sound ": {"input": ["Room Mic", "Line In"], "output": ["Loudspeakers"]},
    "graphics pandagl": {"pipe": True, "draws": True, "renderer": "Card 9000", "version": "4.6"},
    "graphics p3headlessgl": {"pipe": True, "draws": True, "renderer": "Card 9000", "version": "4.6"},
    "headset": {
        "runtime": "Runtime 1.2.3",
        "system": "Visor",
        "blends": ["alpha blend", "opaque"],
        "blend": "alpha blend",
        "by_layer": False,
        "hands": True,
        "eye": [1832, 1920],
    },
    "room": {"path": "/home/room.toml", "there": True, "fault": ""},
    "hands": {"ms": 9.2},
    "head": {"ms": 11.0},
    "language": {"gguf": True},
}


class Machine:
    """Answers probes from a table; what the table lacks fails."""

    def __init__(self, **changes: Facts | str) -> None:
        self.facts: dict[str, Facts | str] = dict(WORKING)
        self.facts.update({key.replace("_", " "): to for key, to in changes.items()})

    def __call__(self, name: str, argument: str) -> Facts:
        answer = self.facts.get(f"{name} {argument}", self.facts.get(name, "it crashed with signal 11"))
        if isinstance(answer, str):
            raise ProbeFailed(answer)
        return answer


def store(root: Path, *, complete: bool = True) -> ModelStore:
    """A store with the names that the game asks for, and one small file in each."""
    found = []
    for name, file in (
        ("hand_landmarker", "hand_landmarker.task"),
        ("face_landmarker", "face_landmarker.task"),
        ("smollm2-135m-instruct", "SmolLM2-135M-Instruct.Q4_1.gguf"),
    ):
        found += list(manifest(model_file(LIGHT, name=file, url=ADDRESS), name=name).models)
        if complete:
            (root / name).mkdir(parents=True)
            (root / name / file).write_bytes(LIGHT)
    return ModelStore(root, Manifest(models=tuple(found), carried=()), sources=sources())


def examine(
    tmp_path: Path, machine: Machine, *, complete: bool = True, cameras: int = 1, system: str = "linux"
) -> dict[str, Check]:
    dev = tmp_path / "dev"
    dev.mkdir()
    for number in range(cameras):
        (dev / f"video{number}").touch()
    models = store(tmp_path / "models", complete=complete)
    checks = all_checks(backend=None, probe=machine, store=lambda: models, dev=dev, system=system)
    return {check.name: check for check in checks}


def test_a_machine_with_everything_can_play(tmp_path: Path) -> None:
    checks = examine(tmp_path, Machine())
    assert all(check.found for check in checks.values())
    assert can_play(checks.values())
    assert checks["camera"].what == "camera 0 (1280x720)"
    assert checks["microphone"].what == "Room Mic and 1 more"


def test_a_headset_is_told_with_what_it_can_do(tmp_path: Path) -> None:
    told = examine(tmp_path, Machine())["headset"]
    assert told.found
    assert told.what == ("Runtime 1.2.3, Visor (1832x1920 an eye; alpha blend, opaque; tracks hands)")
    assert told.advice == ""


def test_a_headset_that_shows_no_room_and_sees_no_hands_is_told_so(tmp_path: Path) -> None:
    poor = dict(WORKING["headset"], blends=["opaque"], blend="opaque", hands=False)
    told = examine(tmp_path, Machine(headset=poor))["headset"]
    assert "no hand tracking" in told.what
    assert "does not show the room" in told.advice
    assert "Controllers" in told.advice


def test_without_a_headset_the_game_plays_and_the_reason_is_told(tmp_path: Path) -> None:
    checks = examine(tmp_path, Machine(headset={"fault": "No OpenXR runtime is set up on this machine."}))
    assert not checks["headset"].found
    assert checks["headset"].what == "No OpenXR runtime is set up on this machine."
    assert can_play(checks.values())


def test_missing_senses_do_not_stop_the_game_and_each_is_replaced(tmp_path: Path) -> None:
    checks = examine(tmp_path, Machine(sound_={"input": [], "output": []}), cameras=0)
    assert can_play(checks.values())
    for name, instead in (("camera", "mouse"), ("microphone", "type"), ("speakers", "silence")):
        assert not checks[name].found
        assert instead in checks[name].advice


def test_without_its_models_the_game_cannot_play(tmp_path: Path) -> None:
    checks = examine(tmp_path, Machine(), complete=False)
    assert not can_play(checks.values())
    assert "hollow play" in checks["model hand_landmarker"].advice


def test_a_damaged_model_is_told_with_both_hashes(tmp_path: Path) -> None:
    models = store(tmp_path)
    path = models.path("hand_landmarker", "hand_landmarker.task")
    path.write_bytes(LIGHT[::-1])
    check = next(check for check in doctor.check_models(models) if check.name == "model hand_landmarker")
    assert not check.found
    assert "its sha256 is" in check.what
    assert models.manifest.models[0].files[0].sha256 in check.what


def test_without_any_graphics_the_game_cannot_play(tmp_path: Path) -> None:
    machine = Machine(graphics={"pipe": False})
    del machine.facts["graphics pandagl"], machine.facts["graphics p3headlessgl"]
    checks = examine(tmp_path, machine)
    assert not can_play(checks.values())
    assert "OpenGL 3.3" in checks["graphics"].advice


def test_a_crash_of_one_graphics_library_leaves_the_other(tmp_path: Path) -> None:
    machine = Machine()
    machine.facts["graphics pandagl"] = "it crashed with signal 11"
    checks = examine(tmp_path, machine)
    assert checks["graphics"].found
    assert checks["graphics"].what.startswith("without a screen by Card 9000")


def test_drawing_by_the_processor_is_told(tmp_path: Path) -> None:
    machine = Machine()
    drawn = {"pipe": True, "draws": True, "renderer": "llvmpipe (LLVM 15.0.6)", "version": "4.5"}
    machine.facts["graphics pandagl"] = {"pipe": False}
    machine.facts["graphics p3headlessgl"] = drawn
    assert "--quality low" in examine(tmp_path, machine)["graphics"].advice


def test_the_place_of_the_room_file_is_told_even_when_nothing_is_there(tmp_path: Path) -> None:
    check = examine(tmp_path, Machine(room={"path": "/home/room.toml", "there": False, "fault": ""}))
    assert check["room"].found
    assert "/home/room.toml" in check["room"].what


def test_a_fault_in_the_room_file_is_told_and_the_game_can_play(tmp_path: Path) -> None:
    fault = {"path": "/home/room.toml", "there": True, "fault": "/home/room.toml: mirror is 'left'"}
    checks = examine(tmp_path, Machine(room=fault))
    assert "mirror is 'left'" in checks["room"].what
    assert can_play(checks.values())


def test_a_camera_that_does_not_open_is_no_camera(tmp_path: Path) -> None:
    machine = Machine()
    machine.facts["camera 0"] = {"opens": False}
    check = examine(tmp_path, machine)["camera"]
    assert not check.found
    assert "group `video`" in check.advice


def test_a_camera_that_hangs_is_told_and_the_next_is_tried(tmp_path: Path) -> None:
    machine = Machine()
    machine.facts["camera 1"] = machine.facts["camera 0"]
    machine.facts["camera 0"] = "it gave no answer for 20 s"
    assert examine(tmp_path, machine, cameras=2)["camera"].what == "camera 1 (1280x720)"


def test_a_dark_picture_is_told(tmp_path: Path) -> None:
    machine = Machine()
    machine.facts["camera 0"] = {"opens": True, "gives": True, "width": 640, "height": 480, "brightness": 3.0}
    assert "dark" in examine(tmp_path, machine)["camera"].advice


def test_elsewhere_cameras_are_counted_up_to_the_first_gap(tmp_path: Path) -> None:
    machine = Machine()
    machine.facts["camera 1"] = {"opens": False}
    assert examine(tmp_path, machine, system="darwin")["camera"].what == "camera 0 (1280x720)"


def test_a_missing_portaudio_is_a_sentence(tmp_path: Path) -> None:
    checks = examine(tmp_path, Machine(sound_="OSError: PortAudio library not found"))
    assert "libportaudio2" in checks["microphone"].advice
    assert "Traceback" not in checks["speakers"].what


@pytest.mark.parametrize("sight", ["hands", "head"])
def test_eyes_that_crash_are_told_and_the_game_plays_on(sight: str, tmp_path: Path) -> None:
    checks = examine(tmp_path, Machine(**{sight: "it crashed with signal 6"}))
    broken = checks["hand tracking" if sight == "hands" else "head tracking"]
    assert "crashed with signal 6" in broken.what
    assert "mouse" in broken.advice
    assert [check.name for check in checks.values() if not check.found] == [broken.name]
    assert can_play(checks.values())


@pytest.mark.models
@pytest.mark.parametrize(("sight", "model"), [("hands", "hand_landmarker"), ("head", "face_landmarker")])
def test_the_networks_that_the_game_sees_with_are_tried(sight: str, model: str) -> None:
    try:
        path = ModelStore.default().file(model, f"{model}.task")
    except ModelMissing as missing:
        pytest.skip(str(missing))
    assert 0.0 < run_probe(sight, str(path))["ms"] < 5000.0


@pytest.mark.parametrize("sight", ["hands", "head"])
def test_a_damaged_network_is_a_sentence(sight: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.task"
    path.write_bytes(b"no network")
    with pytest.raises(ProbeFailed, match=r"broken\.task cannot be loaded"):
        run_probe(sight, str(path))


def test_a_model_in_a_package_is_checked_by_that_packages_record() -> None:
    here = CarriedModel(
        name="pip", purpose="is here", licence="MIT", origin="", package="pytest", member="pytest/"
    )
    away = CarriedModel(
        name="no", purpose="is not", licence="MIT", origin="", package="no-such-package-here", member="x/"
    )
    other = CarriedModel(
        name="no", purpose="is not", licence="MIT", origin="", package="pytest", member="model/"
    )
    assert doctor.carried_trouble(here) == ""
    assert "not installed" in doctor.carried_trouble(away)
    assert "does not hold model/" in doctor.carried_trouble(other)


def test_a_server_that_answers_names_its_models() -> None:
    with serve_always(b'{"data": [{"id": "small"}, {"id": "large"}]}') as address:
        check = check_server(f"{address}/v1")
    assert check.found
    assert check.what == f"{address}/v1 offers small, large"


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"data": [1]}', b"\xff\xfe"])
def test_a_server_that_answers_garbage_is_a_sentence(body: bytes) -> None:
    with serve_always(body) as address:
        check = check_server(address)
    assert not check.found
    assert "not with a list of models" in check.what


@pytest.mark.parametrize("url", ["localhost:11434", "file:///etc/passwd", "http://", ""])
def test_what_is_no_address_is_never_asked(url: str) -> None:
    assert "no address" in check_server(url).what


def test_a_server_that_is_away_is_told() -> None:
    with serve_always(b"") as address:
        pass
    assert "does not answer" in check_server(address).what


def test_the_report_holds_what_others_measure_with() -> None:
    made = [Check(name="camera", found=False, what="none", advice="plug one in")]
    document = json.loads(json.dumps(report(made)))
    assert {"version", "python", "system", "checks"} <= document.keys()
    assert {"name", "found", "what", "advice"} <= document["checks"][0].keys()
    assert document["can_play"] is True


def test_text_puts_the_advice_below_what_lacks() -> None:
    assert as_text(Check(name="camera", found=False, what="none", advice="Plug one in.")).splitlines() == [
        "missing  camera: none",
        "         Plug one in.",
    ]


def test_the_command_says_with_its_status_whether_the_game_can_play(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    top = argparse.ArgumentParser()
    doctor.add_parser(top.add_subparsers())
    options = top.parse_args(["doctor", "--json"])
    lacking = Check(name="model light", found=False, what="missing", needed=True)
    monkeypatch.setattr(doctor, "all_checks", lambda **_: iter([lacking]))
    assert options.run(options) == 1
    assert json.loads(capsys.readouterr().out)["can_play"] is False
    monkeypatch.setattr(doctor, "all_checks", lambda **_: iter([]))
    assert options.run(options) == 0


# The probes' own process


def test_a_probe_that_fails_tells_its_last_word() -> None:
    with pytest.raises(ProbeFailed, match="gguf"):
        run_probe("language", "/nowhere/model.gguf")


def test_a_probe_that_hangs_is_ended() -> None:
    with pytest.raises(ProbeFailed, match="gave no answer"):
        run_probe("graphics", "p3headlessgl", timeout_s=0.01)


def test_every_probe_that_the_doctor_asks_for_exists() -> None:
    assert {key.split()[0] for key in WORKING} == set(probes.PROBES)
