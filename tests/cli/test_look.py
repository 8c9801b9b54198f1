"""``hollow look``: a picture comes out, the same twice, and nonsense is refused."""

import argparse
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from game.cli import look, staging
from game.present.display import NoGraphics
from game.world.state import Scene


def parse(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    look.add_parser(parser.add_subparsers())
    return parser.parse_args(["look", *words])


def draw(out: Path, *words: str) -> np.ndarray:
    options = parse("--size", "160x90", "--out", str(out), *words)
    if options.run(options) != 0:
        pytest.skip("no graphics on this machine")
    return np.asarray(Image.open(out))


def test_the_same_arguments_draw_the_same_picture(tmp_path: Path) -> None:
    one = draw(tmp_path / "one.png", "--scene", "fork", "--time", "2")
    two = draw(tmp_path / "two.png", "--scene", "fork", "--time", "2")
    assert one.shape == (90, 160, 3)
    assert one.max() > 100
    # A driver may round the last bit of an added light either way.
    assert np.abs(one.astype(np.int16) - two.astype(np.int16)).max() <= 2


def test_a_contact_sheet_has_room_for_every_moment(tmp_path: Path) -> None:
    sheet = draw(tmp_path / "sheet.png", "--scene", "dark", "--time", "1", "--contact", "3")
    assert sheet.shape == (180, 320, 3)


@pytest.mark.parametrize("size", ["12", "0x90", "axb", "99999x10"])
def test_a_size_that_is_none_is_refused(size: str) -> None:
    with pytest.raises(SystemExit):
        parse("--size", size, "--out", "x.png")


def test_heads_make_a_sheet_and_move_what_is_near_less_than_what_is_far(tmp_path: Path) -> None:
    sheet = draw(tmp_path / "heads.png", "--time", "2", "--head=-0.4,0,0", "--head", "0.4,0,0")
    assert sheet.shape == (90, 320, 3)
    assert np.abs(sheet[:, :160].astype(int) - sheet[:, 160:]).mean() > 2


def test_two_eyes_see_two_pictures(tmp_path: Path) -> None:
    plain = draw(tmp_path / "plain.png", "--time", "2").astype(int)
    glasses = draw(tmp_path / "glasses.png", "--time", "2", "--stereo", "anaglyph").astype(int)
    assert np.abs(plain[:, :, 1] - plain[:, :, 2]).max() > 60
    # One grey for each eye: green and blue are the right one's, red is the left one's.
    assert (glasses[:, :, 1] == glasses[:, :, 2]).all()
    assert np.abs(glasses[:, :, 0] - glasses[:, :, 1]).max() > 60
    beside = draw(tmp_path / "beside.png", "--time", "2", "--stereo", "sbs").astype(int)
    assert np.abs(beside[:, :80] - beside[:, 80:]).mean() > 1


def test_a_pose_is_where_one_stands(tmp_path: Path) -> None:
    here = draw(tmp_path / "here.png", "--time", "2", "--pose", "0,20,0").astype(int)
    there = draw(tmp_path / "there.png", "--time", "2", "--pose", "0,20,0,90").astype(int)
    assert np.abs(here - there).mean() > 2


@pytest.mark.parametrize("words", [("--head", "1,2"), ("--head", "a,b,c"), ("--pose", "1,2,3,4,5"),
                                   ("--pose", "nan,0,0"), ("--stereo", "4d")])  # fmt: skip
def test_heads_poses_and_stereo_that_are_none_are_refused(words: tuple[str, str]) -> None:
    with pytest.raises(SystemExit):
        parse(*words, "--out", "x.png")


def test_a_room_file_with_a_mistake_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = tmp_path / "room.toml"
    room.write_text("[[screen]]\nwidth_m = 0\n", encoding="utf-8")
    options = parse("--room", str(room), "--out", str(tmp_path / "x.png"))
    assert options.run(options) == 1
    assert "room.toml: screen 1 (wall): width_m is 0" in capsys.readouterr().err


def test_without_graphics_it_says_so_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise NoGraphics("No hidden picture can be drawn here.")

    monkeypatch.setattr(look, "open_display", refuse)
    options = parse("--out", str(tmp_path / "x.png"))
    assert options.run(options) == 1
    assert "No hidden picture" in capsys.readouterr().err


def test_scenes_are_staged_the_same_from_the_same_seed() -> None:
    one, two = staging.staged_world(Scene.FORK, 5), staging.staged_world(Scene.FORK, 5)
    assert (one.paint == two.paint).all()
    assert one.child.position == two.child.position


def test_a_warmth_that_is_none_is_refused_and_the_moods_have_their_own_places(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parse("--warmth", "1.5", "--out", "x.png")
    assert "expected a number from 0 to 1, found '1.5'" in capsys.readouterr().err
    assert parse("--warmth", "0.35", "--out", "x.png").warmth == 0.35
    hostile, friend = (staging.staged_world(Scene.ASK, 5, mood=mood) for mood in ("hostile", "friend"))
    for world, far_m in ((hostile, 3.6), (friend, 1.8)):
        assert abs(math.dist(world.child.position, world.player.position) - far_m) < 0.01
    assert hostile.child.warmth < friend.child.warmth


def test_a_page_of_commands_is_drawn_each_to_its_own_place(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "Words.\n```\n"
        "hollow look --scene dark --time 1 --size 160x90 --out pictures/one.png\n"
        "hollow look --scene fork --time 2 --size 160x90 --out pictures/two.png\n```\n",
        encoding="utf-8",
    )
    options = parse("--gallery", str(page))
    if options.run(options) != 0:
        pytest.skip("no graphics on this machine")
    alone = draw(tmp_path / "alone.png", "--scene", "fork", "--time", "2").astype(np.int16)
    paged = np.asarray(Image.open(tmp_path / "pictures" / "two.png")).astype(np.int16)
    # A stage that has shown another moment before shows this one as a new stage does.
    assert np.abs(alone - paged).max() <= 2
    assert (tmp_path / "pictures" / "one.png").exists()


def test_a_page_without_commands_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing", encoding="utf-8")
    for words in (("--gallery", str(page)), ("--gallery", str(tmp_path / "none.md")), ()):
        options = parse(*words)
        assert options.run(options) != 0
    told = capsys.readouterr().err
    assert "page.md has no line" in told
    assert "none.md cannot be read" in told
    assert "--out FILE, or --gallery PAGE" in told


@pytest.mark.parametrize(
    "words", [("--voice", "2,1"), ("--voice", "0.5,-1"), ("--hand", "1"), ("--hand", "1,2,3")]
)
def test_voices_and_hands_that_are_none_are_refused(words: tuple[str, str]) -> None:
    with pytest.raises(SystemExit):
        parse(*words, "--out", "x.png")


def test_the_gallery_is_made_by_its_own_page() -> None:
    page = Path(look.__file__).parents[2] / "docs" / "gallery.md"
    pictures = [args.out for args in look.commands_of(page)]
    shown = page.read_text(encoding="utf-8")
    assert len(pictures) == len(set(pictures)) == 12
    for picture in pictures:
        assert f"](pictures/{picture.name})" in shown
        assert picture.stat().st_size <= 400 * 1024
        assert Image.open(picture).size == (1280, 720)
