"""Models, wheels and servers made up for the tests of the store."""

import hashlib
import threading
import urllib.error
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path

from npc.fetch import FetchFailed, Reply, Sources
from npc.manifest import Manifest, Model, ModelFile, WheelPart

ADDRESS = "https://models.example/light.bin"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def model_file(
    content: bytes, *, name: str = "light.bin", parts: tuple[WheelPart, ...] = (), url: str | None = None
) -> ModelFile:
    return ModelFile(name=name, size=len(content), sha256=sha256(content), parts=parts, url=url)


def part(member: str, size: int, *, package: str = "light-data") -> WheelPart:
    return WheelPart(package=package, version="1.0", member=member, size=size)


def manifest(*files: ModelFile, name: str = "light") -> Manifest:
    model = Model(name=name, purpose="shines", licence="CC0-1.0", origin="made here", files=files)
    return Manifest(models=(model,), carried=())


@dataclass
class Heard:
    """Progress as it was told."""

    said: list[str] = field(default_factory=list)
    steps: list[tuple[str, int, int]] = field(default_factory=list)

    def say(self, sentence: str) -> None:
        self.said.append(sentence)

    def advance(self, what: str, done_bytes: int, total_bytes: int) -> None:
        self.steps.append((what, done_bytes, total_bytes))


@dataclass
class Index:
    """A package index that holds these wheels: members by requirement."""

    wheels: Mapping[str, Mapping[str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, requirement: str, folder: Path, on_bytes: Callable[[int], None]) -> Path:
        self.asked.append(requirement)
        if requirement not in self.wheels:
            raise FetchFailed(f"pip could not bring {requirement} (No matching distribution found)")
        path = folder / f"{requirement}.whl"
        with zipfile.ZipFile(path, "w") as archive:
            for member, content in self.wheels[requirement].items():
                archive.writestr(member, content)
        on_bytes(path.stat().st_size)
        return path


class _Answer:
    """One HTTP answer from memory."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self._headers = headers
        self._body = BytesIO(body)

    def read(self, amount: int, /) -> bytes:
        return self._body.read(amount)

    def getheader(self, name: str, /) -> str | None:
        return self._headers.get(name)

    def close(self) -> None:
        self._body.close()


@dataclass
class Web:
    """A server with one file; each connection ends after ``cut`` bytes when that is set."""

    content: bytes = b""
    cut: int | None = None
    ranges: bool = True
    fails: list[int] = field(default_factory=list)
    """Statuses answered first."""
    answers: int | None = None
    """After so many answers the network is gone."""
    asked: list[int] = field(default_factory=list)
    """The byte from which each request began."""

    def __call__(self, url: str, start: int) -> Reply:
        self.asked.append(start)
        if self.fails:
            code = self.fails.pop(0)
            raise urllib.error.HTTPError(url, code, "no", Message(), None)
        if self.answers is not None and len(self.asked) > self.answers:
            return no_web(url, start)
        if not self.ranges:
            return _Answer(200, {}, self.content[: self.cut])
        if start >= len(self.content):
            raise urllib.error.HTTPError(url, 416, "Range Not Satisfiable", Message(), None)
        end = len(self.content) if self.cut is None else start + self.cut
        if start == 0:
            return _Answer(200, {}, self.content[:end])
        told = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        return _Answer(206, {"Content-Range": told}, self.content[start:end])


def no_web(url: str, start: int) -> Reply:
    raise urllib.error.URLError("no network")


def sources(*, wheel: Index | None = None, url: Callable[[str, int], Reply] = no_web) -> Sources:
    return Sources(wheel=wheel or Index(), url=url, pause=lambda _seconds: None)


@contextmanager
def served(content: bytes) -> Iterator[str]:
    """The address of a real server on this machine that holds this file and knows ranges."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # the name is the library's
            start = int((self.headers.get("Range") or "bytes=0-").removeprefix("bytes=").removesuffix("-"))
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(content) - start))
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            self.end_headers()
            self.wfile.write(content[start:])

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/light.bin"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
