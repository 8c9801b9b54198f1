"""``hollow doctor``: which senses, light, voices and models are here, and what to do about the rest."""

import argparse
import base64
import hashlib
import http.client
import importlib.metadata
import json
import platform
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from game.cli.probes import Facts, ProbeFailed, run_probe
from npc.assets import AssetMissing
from npc.manifest import CarriedModel, ManifestError
from npc.models import Health, ModelStore

_SOFTWARE_RENDERERS: Final = ("llvmpipe", "softpipe", "swrast", "swiftshader")
_MOST_CAMERAS: Final = 8
_SERVER_S: Final = 5.0
_FETCH: Final = "Start `hollow play` with a network: it fetches what lacks and says how far it is."
_REINSTALL: Final = "Install Hollow again."

Probe = Callable[[str, str], Facts]
"""Runs a probe by name and argument; raises ProbeFailed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked for."""

    name: str
    found: bool
    what: str
    """What is there, or why nothing is."""
    advice: str = ""
    """What to do; empty when nothing need be done."""
    needed: bool = False
    """Whether the game cannot play without it."""


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Registers ``hollow doctor``."""
    command: argparse.ArgumentParser = commands.add_parser(
        "doctor",
        help="look for camera, microphone, speakers, graphics and models, and say what to do",
        description="Look at everything that the game plays with, and say what to do about what lacks. "
        "A camera is opened for a moment; nothing is kept and nothing leaves this machine. "
        "The exit status is 0 when the game can play.",
    )
    command.add_argument("--json", action="store_true", help="one JSON document instead of text")
    command.add_argument("--backend", metavar="URL", help="also look for this language server")
    command.set_defaults(run=run)
    return command


def run(options: argparse.Namespace) -> int:
    """Print every check; 0 when the game can play."""
    checks: list[Check] = []
    if not options.json:
        print(f"Hollow {_version()}, Python {platform.python_version()}, {_system()}\n")
    for check in all_checks(backend=options.backend):
        checks.append(check)
        if not options.json:
            print(as_text(check), flush=True)
    playable = can_play(checks)
    if options.json:
        print(json.dumps(report(checks), indent=2))
    else:
        print("\nHollow can play." if playable else "\nHollow cannot play yet: see what is missing above.")
    return 0 if playable else 1


def all_checks(
    *,
    backend: str | None,
    probe: Probe = run_probe,
    store: Callable[[], ModelStore] = ModelStore.default,
    dev: Path = Path("/dev"),
    system: str = sys.platform,
) -> Iterator[Check]:
    """Every check in turn, each as soon as it is made."""
    yield check_cameras(probe, dev=dev, system=system)
    yield from check_sound(probe)
    yield check_graphics(probe, system=system)
    yield check_room(probe)
    yield check_headset(probe)
    try:
        models = store()
    except (AssetMissing, ManifestError) as error:
        yield Check(name="models", found=False, what=str(error), advice=_REINSTALL, needed=True)
    else:
        yield from check_models(models)
        yield check_hands(probe, models)
        yield check_head(probe, models)
        yield check_language(probe, models)
    if backend:
        yield check_server(backend)


def can_play(checks: Iterable[Check]) -> bool:
    """Whether all that the game needs is there; a missing sense does not stop it."""
    return all(check.found for check in checks if check.needed)


def report(checks: Iterable[Check]) -> Mapping[str, object]:
    """The JSON document."""
    made = list(checks)
    return {
        "version": _version(),
        "python": platform.python_version(),
        "system": _system(),
        "can_play": can_play(made),
        "checks": [asdict(check) for check in made],
    }


def as_text(check: Check) -> str:
    """One line, and a second one with the advice if there is any."""
    line = f"{'found  ' if check.found else 'missing'}  {check.name}: {check.what}"
    return f"{line}\n         {check.advice}" if check.advice else line


def check_cameras(probe: Probe, *, dev: Path, system: str) -> Check:
    """The cameras that give a picture."""
    if system.startswith("linux"):
        names = [node.name.removeprefix("video") for node in dev.glob("video*")]
        numbers = sorted(int(name) for name in names if name.isascii() and name.isdigit())
    else:
        numbers = list(range(_MOST_CAMERAS))
    seen: list[str] = []
    dark, troubles = False, []
    for number in numbers[:_MOST_CAMERAS]:
        try:
            facts = probe("camera", str(number))
        except ProbeFailed as error:
            troubles.append(f"camera {number}: {error}")
            continue
        if facts.get("gives"):
            seen.append(f"camera {number} ({facts['width']}x{facts['height']})")
            dark = dark or facts["brightness"] < 20
        elif facts.get("opens"):
            troubles.append(f"camera {number} gives no picture")
        elif not system.startswith("linux"):
            break  # elsewhere the numbers have no gaps, and each look takes time
    if seen:
        advice = "The picture is very dark: uncover the lens, or light your hands a little." if dark else ""
        return Check(name="camera", found=True, what=", ".join(seen), advice=advice)
    if numbers and system.startswith("linux"):
        what = "; ".join(troubles) or "a device is there, but none opens"
        advice = "Close other programs that use it, and see that your user is in the group `video`."
    else:
        what = "; ".join(troubles) or "none"
        advice = "Plug in a webcam, and allow its use. Until then the mouse is your hand."
    return Check(name="camera", found=False, what=what, advice=advice)


def check_sound(probe: Probe) -> Iterator[Check]:
    """Microphones and speakers."""
    replaced = {
        "microphone": "Until then you type what you say.",
        "speakers": "Until then you play in silence.",
    }
    try:
        facts = probe("sound", "")
    except ProbeFailed as error:
        lacking = "PortAudio" in str(error)
        what = "the system's PortAudio library is missing" if lacking else str(error)
        first = "Install it (on Debian: libportaudio2)." if lacking else "See that sound works elsewhere."
        for name, instead in replaced.items():
            yield Check(name=name, found=False, what=what, advice=f"{first} {instead}")
        return
    for name, key in (("microphone", "input"), ("speakers", "output")):
        names = facts.get(key) or []
        if names:
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            yield Check(name=name, found=True, what=f"{names[0]}{more}")
        else:
            yield Check(name=name, found=False, what="none", advice=f"Plug one in. {replaced[name]}")


def check_graphics(probe: Probe, *, system: str) -> Check:
    """What draws: in a window, and where there is no screen."""
    headless = "p3headlessgl" if system.startswith("linux") else None
    ways, troubles, software = [], [], False
    for library, way in (("pandagl", "on a screen"), (headless, "without a screen")):
        if library is None:
            continue
        try:
            facts = probe("graphics", library)
        except ProbeFailed as error:
            troubles.append(f"{way}: {error}")
            continue
        if facts.get("draws"):
            renderer = str(facts["renderer"])
            ways.append(f"{way} by {renderer}, OpenGL {facts['version']}")
            software = any(name in renderer.lower() for name in _SOFTWARE_RENDERERS)
        elif facts.get("pipe"):
            troubles.append(f"{way}: nothing is drawn")
    if not ways:
        what = "; ".join(troubles) or "no graphics library can open a picture"
        advice = "Install a graphics driver with OpenGL 3.3 (on Debian: libegl1, libgl1 and libgl1-mesa-dri)."
        return Check(name="graphics", found=False, what=what, advice=advice, needed=True)
    advice = "The processor draws: `--quality low` is the smoothest." if software else ""
    return Check(name="graphics", found=True, what="; ".join(ways), advice=advice, needed=True)


def check_room(probe: Probe) -> Check:
    """The file that tells where screens and camera are; it need not be there."""
    name = "room"
    try:
        facts = probe("room", "")
    except ProbeFailed as error:
        return Check(name=name, found=False, what=str(error), advice=_REINSTALL)
    if facts.get("fault"):
        advice = "Correct the file, or move it away to see the picture as it is."
        return Check(name=name, found=False, what=str(facts["fault"]), advice=advice)
    path = facts["path"]
    what = str(path) if facts.get("there") else f"none; yours would be {path} (docs/projection.md)"
    return Check(name=name, found=True, what=what)


def check_headset(probe: Probe) -> Check:
    """The OpenXR runtime and what its headset can do; only `--display openxr` needs one."""
    name, only = "headset", "Only `hollow play --display openxr` needs one."
    try:
        facts = probe("headset", "")
    except ProbeFailed as error:
        return Check(name=name, found=False, what=f"the OpenXR runtime: {error}", advice=only)
    if facts.get("fault"):
        return Check(name=name, found=False, what=str(facts["fault"]), advice=only)
    width, height = facts["eye"]
    ways = ", ".join(facts["blends"]) + (", cameras as a layer" if facts["by_layer"] else "")
    hands = "tracks hands" if facts["hands"] else "no hand tracking"
    what = f"{facts['runtime']}, {facts['system']} ({width}x{height} an eye; {ways}; {hands})"
    advice = []
    if facts["blend"] == "opaque":
        advice.append("It does not show the room: the cave stands in the dark, on a drawn floor.")
    if not facts["hands"]:
        advice.append("Controllers stand in for hands: the trigger pinches, the stick walks.")
    return Check(name=name, found=True, what=what, advice=" ".join(advice))


def check_models(store: ModelStore) -> Iterator[Check]:
    """Every model with the state of its hash: those of the store, and those that packages carry."""
    for model in store.manifest.models:
        states = [store.state(model.name, file.name) for file in model.files]
        damaged = [state for state in states if state.health is Health.DAMAGED]
        missing = [state for state in states if state.health is Health.MISSING]
        if damaged:
            what = f"damaged: {damaged[0].path}: {damaged[0].problem}, expected sha256 {damaged[0].expected}"
            advice = "Start `hollow play` with a network: it fetches the right file in its place."
        elif missing:
            what, advice = f"missing: {', '.join(str(state.path) for state in missing)}", _FETCH
        else:
            size = f"{model.size / 1e6:.0f} MB" if model.size >= 1_000_000 else f"{model.size} bytes"
            hashes = ", ".join(f"{state.expected[:12]}" for state in states)
            what, advice = f"{size}, sha256 verified ({hashes}), {model.licence}", ""
        good = not damaged and not missing
        yield Check(name=f"model {model.name}", found=good, what=what, advice=advice, needed=True)
    for carried in store.manifest.carried:
        trouble = carried_trouble(carried)
        what = trouble or f"in the package {carried.package}, sha256 verified, {carried.licence}"
        advice = _REINSTALL if trouble else ""
        yield Check(name=f"model {carried.name}", found=not trouble, what=what, advice=advice, needed=True)


def carried_trouble(carried: CarriedModel) -> str:
    """What is wrong with a model inside a package, by that package's own record; empty when nothing is."""
    try:
        files = importlib.metadata.files(carried.package) or []
    except importlib.metadata.PackageNotFoundError:
        return f"missing: the package {carried.package} is not installed"
    own = [file for file in files if str(file).startswith(carried.member) and file.hash is not None]
    if not own:
        return f"missing: the package {carried.package} does not hold {carried.member}"
    for file in own:
        if file.hash is None or file.hash.mode != "sha256":
            continue
        try:
            found = hashlib.sha256(Path(str(file.locate())).read_bytes()).digest()
        except OSError as error:
            return f"missing: {file.locate()} ({error.strerror or error})"
        if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != file.hash.value:
            return f"damaged: {file.locate()}: its sha256 is {found.hex()}, which the package's record denies"
    return ""


def check_hands(probe: Probe, store: ModelStore) -> Check:
    """Whether the hand networks really run here."""
    return _check_sight(probe, store, "hands", "hand_landmarker", name="hand tracking", library="LiteRT")


def check_head(probe: Probe, store: ModelStore) -> Check:
    """Whether MediaPipe, which sees the head, really runs here: the eyes need both."""
    return _check_sight(probe, store, "head", "face_landmarker", name="head tracking", library="MediaPipe")


def _check_sight(probe: Probe, store: ModelStore, kind: str, model: str, *, name: str, library: str) -> Check:
    advice = "Until then the mouse is your hand."
    state = store.state(model, f"{model}.task")
    if state.health is not Health.GOOD:
        return Check(name=name, found=False, what=f"its model is {state.health}", advice=_FETCH)
    try:
        facts = probe(kind, str(state.path))
    except ProbeFailed as error:
        if sys.platform.startswith("linux") and not Path("/sys/devices/system/cpu/possible").exists():
            advice = f"Mount /sys, which MediaPipe needs (mount -t sysfs sysfs /sys). {advice}"
        return Check(name=name, found=False, what=f"{library} does not run: {error}", advice=advice)
    return Check(name=name, found=True, what=f"{library}, {facts['ms']:.0f} ms for an empty picture")


def check_language(probe: Probe, store: ModelStore) -> Check:
    """Whether the characters' words can be found on this machine."""
    name, authored = "language (embedded)", "Until then the characters keep to their written lines."
    model = store.manifest.model("smollm2-135m-instruct")
    state = store.state(model.name, model.files[0].name)
    if state.health is not Health.GOOD:
        return Check(name=name, found=False, what=f"its model is {state.health}", advice=_FETCH)
    try:
        facts = probe("language", str(state.path))
    except ProbeFailed as error:
        return Check(name=name, found=False, what=f"llama.cpp does not load: {error}", advice=authored)
    if not facts.get("gguf"):
        return Check(name=name, found=False, what=f"{state.path} is no language model", advice=authored)
    return Check(name=name, found=True, what=f"llama.cpp with {model.name}")


def check_server(url: str) -> Check:
    """Whether an OpenAI-compatible server answers at the address that the player named."""
    name = "language (server)"
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        advice = "Name it like this: --backend http://localhost:11434/v1"
        return Check(name=name, found=False, what=f"{url} is no address of a server", advice=advice)
    address = url.rstrip("/") + "/models"
    advice = "See that the server runs and that the address ends as its manual says, often in /v1."
    try:
        with urllib.request.urlopen(address, timeout=_SERVER_S) as reply:
            answer = json.loads(reply.read(1_000_000))
        names = [str(entry["id"]) for entry in answer["data"]]
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        what = f"{url} does not answer ({getattr(error, 'reason', None) or error})"
        return Check(name=name, found=False, what=what, advice=advice)
    except (ValueError, KeyError, TypeError):
        what = f"{address} answers, but not with a list of models"
        return Check(name=name, found=False, what=what, advice=advice)
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return Check(name=name, found=bool(names), what=f"{url} offers {shown or 'no model'}")


def _version() -> str:
    try:
        return importlib.metadata.version("hollow")
    except importlib.metadata.PackageNotFoundError:
        return "0+unknown"


def _system() -> str:
    return f"{platform.system()} {platform.release()} {platform.machine()}"
