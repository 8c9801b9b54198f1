"""The store of models: each file is checked against the manifest's size and hash before its first use."""

import argparse
import contextlib
import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import platformdirs

from npc.assets import asset
from npc.fetch import FetchFailed, Sources, alone, bring
from npc.manifest import Manifest, Model, ModelFile, parse_manifest
from npc.progress import OnProgress, ProgressLine


class ModelMissing(Exception):
    """A model cannot be used; the text is one sentence for the player, with what to do."""


class ModelDamaged(ModelMissing):
    """A model's file is there but is not the one that the manifest names."""


class Health(StrEnum):
    """What is known of one file in the store."""

    GOOD = "verified"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """One file of the store beside what the manifest says of it."""

    model: str
    file: str
    path: Path
    health: Health
    expected: str
    """The manifest's sha256."""
    problem: str = ""
    """What is wrong with a damaged file: "its sha256 is ..."."""


class ModelStore:
    """A folder with one sub-folder for each model, and the manifest that it must agree with."""

    def __init__(self, root: Path, manifest: Manifest, *, sources: Sources | None = None) -> None:
        self.root = root
        self.manifest = manifest
        self._sources = sources or Sources()

    @classmethod
    def default(cls, environment: Mapping[str, str] | None = None) -> "ModelStore":
        """The player's own store: the folder named by HOLLOW_MODELS, else the user's data folder."""
        named = (os.environ if environment is None else environment).get("HOLLOW_MODELS", "").strip()
        root = (
            Path(named).expanduser()
            if named
            else Path(platformdirs.user_data_dir("hollow", appauthor=False)) / "models"
        )
        return cls(root, parse_manifest(asset("models.toml").read_text(encoding="utf-8")))

    def path(self, model: str, file: str) -> Path:
        """Where the file is, or will be; KeyError when the manifest does not name it."""
        return self.root / model / self.manifest.model(model).file(file).name

    def file(self, model: str, file: str) -> Path:
        """The verified file.

        Raises ModelMissing when it is not there and ModelDamaged when size or hash are not the manifest's.
        """
        state = self.state(model, file)
        if state.health is Health.GOOD:
            return state.path
        raise _refusal(state)

    def folder(self, model: str) -> Path:
        """The model's folder with all its files verified; raises as ``file`` does."""
        for file in self.manifest.model(model).files:
            self.file(model, file.name)
        return self.root / model

    def state(self, model: str, file: str) -> FileState:
        """What is in the place of this file; a file that has not changed since is not read again."""
        entry = self.manifest.model(model).file(file)
        path = self.root / model / entry.name
        health, problem = _examine(path, entry)
        return FileState(
            model=model, file=file, path=path, health=health, expected=entry.sha256, problem=problem
        )

    def states(self) -> Iterator[FileState]:
        """The state of every file of every model, in the manifest's order."""
        for model in self.manifest.models:
            for file in model.files:
                yield self.state(model.name, file.name)

    def fetch(self, name: str, progress: OnProgress) -> None:
        """Bring the model's files that are missing or damaged; nothing wrong is ever left in place.

        Raises ModelMissing with what each source answered when a file cannot be had.
        """
        model = self.manifest.model(name)
        folder = self.root / name
        try:
            with alone(folder):
                # Looked at inside the lock: another process may just have brought what lacked.
                wanted = [
                    file for file in model.files if self.state(name, file.name).health is not Health.GOOD
                ]
                bring(name, wanted, folder, progress, self._sources)
        except OSError as error:
            reason = f"{folder} cannot be written ({error.strerror or error})"
            raise ModelMissing(f"The model {name} could not be fetched: {reason}.") from error
        except FetchFailed as error:
            raise ModelMissing(_not_fetched(model, folder, error)) from error
        self.folder(name)

    def ensure_all(self, progress: OnProgress) -> None:
        """Verify every model and fetch what lacks; touches no network when all is in place.

        A damaged file is reported through ``progress``, never used, and fetched anew. Raises ModelMissing.
        """
        for model in self.manifest.models:
            states = [self.state(model.name, file.name) for file in model.files]
            for state in states:
                if state.health is Health.DAMAGED:
                    progress.say(f"{_what_is_wrong(state)} It is fetched again.")
            if any(state.health is not Health.GOOD for state in states):
                self.fetch(model.name, progress)


def _refusal(state: FileState) -> ModelMissing:
    advice = "Fetch it with `hollow play`, which brings every model that lacks"
    if state.health is Health.MISSING:
        return ModelMissing(f"The model {state.model} is not here yet: {state.path} is missing. {advice}.")
    return ModelDamaged(f"{_what_is_wrong(state)} Delete that file, or let `hollow play` fetch it anew.")


def _what_is_wrong(state: FileState) -> str:
    return (
        f"The model file {state.path} is refused: {state.problem}, "
        f"but the manifest expects sha256 {state.expected}."
    )


def _not_fetched(model: Model, folder: Path, error: FetchFailed) -> str:
    names = " and ".join(file.name for file in model.files)
    return (
        f"The model {model.name} could not be fetched: {error}. Please connect to the network and start "
        f"again, or put {names} into {folder} by hand."
    )


def _examine(path: Path, entry: ModelFile) -> tuple[Health, str]:
    try:
        before = path.stat()
        if not path.is_file():
            return Health.DAMAGED, "it is not a file"
        if before.st_size != entry.size:
            return Health.DAMAGED, f"it has {before.st_size} bytes instead of {entry.size}"
        stamp = f"{entry.sha256} {before.st_size} {before.st_mtime_ns}\n"
        if _read_stamp(path) == stamp:
            return Health.GOOD, ""
        found = _sha256(path)
    except FileNotFoundError:
        return Health.MISSING, ""
    except OSError as error:
        return Health.DAMAGED, f"it cannot be read ({error.strerror or error})"
    if found != entry.sha256:
        return Health.DAMAGED, f"its sha256 is {found}"
    _write_stamp(path, stamp)
    return Health.GOOD, ""


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _stamp_path(path: Path) -> Path:
    return path.with_name(f".{path.name}.verified")


def _read_stamp(path: Path) -> str | None:
    try:
        return _stamp_path(path).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return None


def _write_stamp(path: Path, stamp: str) -> None:
    """Remember that the file is good; in a store that cannot be written it is hashed at every start."""
    fresh = path.with_name(f".{path.name}.verified.{os.getpid()}")
    try:
        fresh.write_text(stamp, encoding="ascii")
        fresh.replace(_stamp_path(path))
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink()


def main() -> int:
    """Fetch what lacks and verify every model; 0 when all are in place."""
    argparse.ArgumentParser(
        prog="python -m npc.models", description="Fetch and verify every model that Hollow uses."
    ).parse_args()
    try:
        ModelStore.default().ensure_all(ProgressLine(sys.stderr))
    except ModelMissing as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped. What has been fetched is kept; the next start goes on from there.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
