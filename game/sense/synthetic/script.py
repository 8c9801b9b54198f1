"""Scripts of performances: readable text, one thing to do a line.

Settings come first (``fps 30``, ``noise dark``, ``distance 1.5``), then what is done, one after the other::

    fps 30
    noise webcam
    distance 0.8                    # metres to the hands
    wait 1
    right point at 0.6 0.4 for 1.5  # in the mirrored picture: x right, y down, 0 to 1
    left walk_air for 4
    everyday drinking
    everyday for 60                 # a minute of this and that
    right away
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from game.sense.observations import Side
from game.sense.synthetic.activities import ACTIVITIES
from game.sense.synthetic.everyday import Everyday
from game.sense.synthetic.gestures import GESTURES, show
from game.sense.synthetic.player import SIDES, Player, Style
from game.sense.synthetic.skeleton import Anatomy
from game.sense.synthetic.tracker import NOISE, Camera, Scene

LONGEST_S: Final = 7200.0
"""Nobody wants a track that is longer."""
MOST_CHARACTERS: Final = 1_000_000


class ScriptError(ValueError):
    """A script that cannot be performed; the message names file and line."""


@dataclass(slots=True)
class Settings:
    """What a script says before anything is done."""

    camera: Camera = field(default_factory=Camera)
    noise: str = "webcam"
    distance_m: float = 0.8
    seed: int = 0
    person: int | None = None
    """Draws build and style; None is the usual hand, in the usual way."""
    tempo: float = 1.0
    palm_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """A script that was performed."""

    player: Player
    scene: Scene
    camera: Camera
    everyday: Everyday | None
    seconds: float


@dataclass(frozen=True, slots=True)
class _Line:
    name: str
    number: int
    words: tuple[str, ...]

    def wrong(self, what: str) -> ScriptError:
        return ScriptError(f"{self.name}, line {self.number}: {what}")

    def value(self, index: int, what: str, low: float, high: float) -> float:
        """The number at a place of the line; raises a sentence when it is none, or out of range."""
        if index >= len(self.words):
            raise self.wrong(f"{what} is missing.")
        text = self.words[index]
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not low <= number <= high:
            raise self.wrong(f"{what} must be a number from {low:g} to {high:g}, not {text}.")
        return number

    def ends_at(self, count: int) -> None:
        if len(self.words) > count:
            raise self.wrong(f"{self.words[count]} is too much on this line.")


def _fps(s: Settings, line: _Line) -> None:
    s.camera = replace(s.camera, fps=line.value(1, "The frame rate", 1.0, 240.0))
    line.ends_at(2)


def _picture(s: Settings, line: _Line) -> None:
    width = line.value(1, "The width of the picture", 16, 16384)
    height = line.value(2, "The height of the picture", 16, 16384)
    s.camera = replace(s.camera, width_px=int(width), height_px=int(height))
    line.ends_at(3)


def _tilt(s: Settings, line: _Line) -> None:
    angle = line.value(1, "The camera's tilt in degrees", -60.0, 60.0)
    s.camera = replace(s.camera, tilt_rad=math.radians(angle))
    line.ends_at(2)


def _mirrored(s: Settings, line: _Line) -> None:
    s.camera = replace(s.camera, mirrored=True)
    line.ends_at(1)


def _noise(s: Settings, line: _Line) -> None:
    if len(line.words) < 2 or line.words[1] not in NOISE:
        raise line.wrong(f"The noise must be one of {', '.join(NOISE)}.")
    s.noise = line.words[1]
    line.ends_at(2)


def _distance(s: Settings, line: _Line) -> None:
    s.distance_m = line.value(1, "The distance in metres", 0.3, 6.0)
    line.ends_at(2)


def _seed(s: Settings, line: _Line) -> None:
    s.seed = int(line.value(1, "The seed", 0, 2**31 - 1))
    line.ends_at(2)


def _person(s: Settings, line: _Line) -> None:
    s.person = int(line.value(1, "The person's number", 0, 2**31 - 1))
    line.ends_at(2)


def _tempo(s: Settings, line: _Line) -> None:
    s.tempo = line.value(1, "The tempo", 0.4, 2.5)
    line.ends_at(2)


def _palm(s: Settings, line: _Line) -> None:
    s.palm_m = line.value(1, "The palm's length in metres", 0.05, 0.15)
    line.ends_at(2)


_SETTINGS: Final[dict[str, Callable[[Settings, _Line], None]]] = {
    "fps": _fps,
    "picture": _picture,
    "tilt": _tilt,
    "mirrored": _mirrored,
    "noise": _noise,
    "distance": _distance,
    "seed": _seed,
    "person": _person,
    "tempo": _tempo,
    "palm": _palm,
}


def load(path: Path) -> Performance:
    """Performs the script in a file; raises `ScriptError`, or `OSError` when it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScriptError(f"{path.name} is no text in UTF-8.") from error
    return perform(text, name=path.name)


def perform(text: str, *, name: str = "the script") -> Performance:
    """Performs a script; raises `ScriptError` with one sentence that names the line."""
    if len(text) > MOST_CHARACTERS:
        raise ScriptError(f"{name} is too long for a script.")
    lines = [
        _Line(name, number, tuple(words))
        for number, raw in enumerate(text.splitlines(), start=1)
        if (words := raw.partition("#")[0].split())
    ]
    settings = Settings()
    actions = 0
    for line in lines:
        setting = _SETTINGS.get(line.words[0])
        if setting is None:
            actions += 1
        elif actions:
            raise line.wrong(f"{line.words[0]} is a setting and belongs before everything that is done.")
        else:
            setting(settings, line)
    if not actions:
        raise ScriptError(f"{name} has nothing in it to perform.")
    player = _player(settings)
    stage = _Stage(player)
    for line in lines[len(lines) - actions :]:
        stage.do(line)
        if player.now_s > LONGEST_S:
            raise line.wrong(f"The performance is longer than {LONGEST_S / 3600.0:g} hours.")
    scene = Scene(
        player.hands,
        anatomy=player.anatomy,
        camera=settings.camera,
        noise=NOISE[settings.noise],
        seed=settings.seed,
    )
    return Performance(
        player=player,
        scene=scene,
        camera=settings.camera,
        everyday=stage.everyday,
        seconds=player.now_s,
    )


def _player(settings: Settings) -> Player:
    anatomy, style = Anatomy(), Style()
    if settings.person is not None:
        rng = np.random.default_rng(settings.person)
        anatomy, style = Anatomy.drawn(rng), Style.drawn(rng)
    if settings.palm_m is not None:
        anatomy = replace(anatomy, palm_m=settings.palm_m)
    return Player(
        settings.seed,
        distance_m=settings.distance_m,
        camera=settings.camera,
        anatomy=anatomy,
        style=replace(style, tempo=style.tempo * settings.tempo),
    )


class _Stage:
    """Does one line after the other."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self.everyday: Everyday | None = None

    def do(self, line: _Line) -> None:
        match line.words[0]:
            case "wait":
                self._player.wait(line.value(1, "The time to wait in seconds", 0.0, LONGEST_S))
                line.ends_at(2)
            case "left":
                self._hand("left", line)
            case "right":
                self._hand("right", line)
            case "everyday":
                self._everyday(line)
            case other:
                known = ", ".join((*SIDES, "wait", "everyday", *_SETTINGS))
                raise line.wrong(f"A line cannot begin with {other}; it can with {known}.")

    def _hand(self, side: Side, line: _Line) -> None:
        what = line.words[1] if len(line.words) > 1 else ""
        if what in ("relaxed", "away"):
            line.ends_at(2)
            self._player.rest(side, away=what == "away")
            return
        if what not in GESTURES:
            known = ", ".join((*GESTURES, "relaxed", "away"))
            raise line.wrong(f"The {side} hand cannot do {what or 'nothing'}; it can do {known}.")
        hold_s: float | None = None
        where: tuple[float, float] | None = None
        at = 2
        while at < len(line.words):
            match line.words[at]:
                case "for":
                    hold_s = line.value(at + 1, "The time after for, in seconds,", 0.05, 600.0)
                    at += 2
                case "at":
                    x = line.value(at + 1, "The place's x", 0.0, 1.0)
                    where = (x, line.value(at + 2, "The place's y", 0.0, 1.0))
                    at += 3
                case other:
                    raise line.wrong(f"{other} is not understood here; at X Y and for SECONDS are.")
        show(self._player, what, side, hold_s=hold_s, where=where)

    def _everyday(self, line: _Line) -> None:
        if self.everyday is None:
            self.everyday = Everyday(self._player)
            self._player.wait(0.5)
        if len(line.words) > 1 and line.words[1] == "for":
            self.everyday.go_on(line.value(2, "The time after for, in seconds,", 0.1, LONGEST_S))
            line.ends_at(3)
            return
        name = " ".join(line.words[1:])
        if name not in ACTIVITIES:
            raise line.wrong(f"There is no everyday {name or 'nothing'}; there is {', '.join(ACTIVITIES)}.")
        self.everyday.do(name)
