"""``hollow look``: a picture comes out, the same twice, and nonsense is refused."""

import argparse
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from game.cli import look
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
    one, two = look.staged_world(Scene.FORK, 5), look.staged_world(Scene.FORK, 5)
    assert (one.paint == two.paint).all()
    assert one.child.position == two.child.position
