from pathlib import Path

import pytest

from game.sense.synthetic.script import ScriptError, load, perform

GOOD = """\
# Somebody points and waves.
fps 15
noise clean
picture 640 480
distance 1.2
tilt -10
person 4
tempo 1.1

wait 1
right point at 0.6 0.4 for 1.5   # there
left wave
everyday drinking
everyday for 5
right away
"""


def test_a_script_is_performed_line_by_line() -> None:
    shown = perform(GOOD)
    assert [(t.variant, t.sides) for t in shown.player.truths] == [("point", ("right",)), ("wave", ("left",))]
    assert shown.player.truths[0].begin_s >= 1.0
    assert (shown.camera.fps, shown.camera.width_px, shown.camera.height_px) == (15.0, 640, 480)
    assert shown.everyday is not None
    assert shown.everyday.doing(shown.player.truths[1].end_s + 4.0) == "drinking"
    frames = list(shown.scene.frames(shown.seconds))
    assert len(frames) == pytest.approx(15.0 * shown.seconds, abs=1)
    assert frames[0].aspect == pytest.approx(4.0 / 3.0)


def test_the_same_script_gives_the_same_frames() -> None:
    a, b = (list(shown.scene.frames(shown.seconds)) for shown in (perform(GOOD), perform(GOOD)))
    assert a == b


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "nothing in it to perform"),
        ("fps 30\n", "nothing in it to perform"),
        ("fps fast\nright point", "line 1: The frame rate must be a number from 1 to 240, not fast."),
        ("fps\nright point", "line 1: The frame rate is missing."),
        ("fps nan\nright point", "line 1: The frame rate must be a number"),
        ("fps 30 60\nright point", "line 1: 60 is too much"),
        ("noise loud\nright point", "line 1: The noise must be one of clean, webcam, dark."),
        ("\nright salute", "line 2: The right hand cannot do salute"),
        ("left", "line 1: The left hand cannot do nothing"),
        ("right point for", "line 1: The time after for, in seconds, is missing."),
        ("right point at 0.5", "line 1: The place's y is missing."),
        ("right point at 2 0.5", "line 1: The place's x must be a number from 0 to 1"),
        ("right point quickly", "line 1: quickly is not understood here"),
        ("right point\nfps 30", "line 2: fps is a setting and belongs before"),
        ("jump", "line 1: A line cannot begin with jump"),
        ("everyday flying", "line 1: There is no everyday flying"),
        ("everyday", "line 1: There is no everyday nothing"),
        ("wait 7200\nwait 7200", "line 2: The performance is longer than 2 hours."),
        ("wait 7201", "line 1: The time to wait"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ScriptError) as error:
        perform(text, name="a.txt")
    assert said in str(error.value)
    assert str(error.value).startswith("a.txt")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(ScriptError, match=r"a\.txt is no text"):
        load(path)
