"""Assets are found in a clone and in a wheel, and nothing outside them is."""

from pathlib import Path

import pytest

from npc.assets import AssetMissing, asset


def test_the_manifest_of_models_is_an_asset() -> None:
    assert asset("models.toml").is_file()


def test_an_installed_wheels_own_assets_come_first(tmp_path: Path) -> None:
    wheel, clone = tmp_path / "_assets", tmp_path / "assets"
    for root in (wheel, clone):
        root.mkdir()
        (root / "light.txt").write_text(root.name)
    assert asset("light.txt", roots=(wheel, clone)).read_text() == "_assets"


def test_a_clone_without_a_wheels_folder_uses_its_own(tmp_path: Path) -> None:
    clone = tmp_path / "assets"
    (clone / "worlds").mkdir(parents=True)
    (clone / "worlds" / "one.toml").write_text("")
    found = asset("worlds/one.toml", roots=(tmp_path / "_assets", clone))
    assert found == clone / "worlds" / "one.toml"


def test_a_folder_is_an_asset_too(tmp_path: Path) -> None:
    (tmp_path / "shaders").mkdir()
    assert asset("shaders", roots=(tmp_path,)) == tmp_path / "shaders"


def test_a_missing_asset_is_named_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(AssetMissing, match=r"shaders/none\.frag .* install Hollow again\.$"):
        asset("shaders/none.frag", roots=(tmp_path,))


@pytest.mark.parametrize("name", ["../pyproject.toml", "/etc/passwd", "a/../../b", "a\\b", "C:/b"])
def test_a_name_that_leaves_the_assets_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="relative path"):
        asset(name, roots=(tmp_path,))
