"""``hollow look``: a picture of a scene as the game would draw it, without playing up to it."""

import argparse
import math
import shlex
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from game.cli.staging import hand_light, staged_world, vec
from game.interpret.intents import Vec3
from game.present.amounts import Quality
from game.present.display import AnyDisplay, NoGraphics, open_display
from game.present.display.pace import ToldPacer
from game.present.display.room_file import RoomFault, load_room
from game.present.display.view import Stereo
from game.present.stage import Stage
from game.world.cave import EYE_HEIGHT_M
from game.world.state import LightWords, Scene, Wave, World
from game.world.walking import head_of
from npc.assets import asset

FPS: Final = 60
_SETTLES: Final = 20
"""Updates of a twentieth of a second that the Child's springs want for another place of the head."""


def add_parser(subparsers: Any) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "look",
        help="draw a picture of a scene",
        description="Draw a scene of the cave to a PNG picture, without camera, microphone or models.",
    )
    parser.add_argument(
        "--scene", choices=[scene.value for scene in Scene], default="fork", help="which scene"
    )
    parser.add_argument("--time", type=float, default=4.0, metavar="S", help="seconds into the scene (4)")
    parser.add_argument("--seed", type=int, default=7, metavar="N", help="which cave (7)")
    parser.add_argument(
        "--quality", choices=[q.value for q in Quality], default="low", help="how many points"
    )
    parser.add_argument("--size", type=picture_size, default=(1280, 720), metavar="WxH",
                        help="pixels (1280x720)")  # fmt: skip
    parser.add_argument("--mood", choices=["hostile", "wary", "warming", "friend"], default="wary",
                        help="how the Child stands to the player")  # fmt: skip
    parser.add_argument("--warmth", type=_part, metavar="W",
                        help="colour of its light, 0 cold to 1 warm, instead of its mood's")  # fmt: skip
    parser.add_argument("--gesture", metavar="TAG", help="a gesture of the Child: laugh, hide, rude ...")
    parser.add_argument("--distance", type=float, metavar="M", help="metres from the player to the Child")
    parser.add_argument("--pose", type=_pose, metavar="X,Y,Z[,YAW]",
                        help="the player's feet in the cave, metres, and degrees of the view")  # fmt: skip
    parser.add_argument("--head", type=_head, action="append", metavar="X,Y,Z",
                        help="the head from its resting place, metres: right, towards the wall, up; "
                        "several make a sheet; write --head=-0.3,0,0 for the left")  # fmt: skip
    parser.add_argument("--stereo", choices=[Stereo.ANAGLYPH.value, Stereo.SIDE_BY_SIDE.value],
                        help="for two eyes: red and cyan glasses, or side by side")  # fmt: skip
    parser.add_argument("--room", type=Path, metavar="TOML", help="room file to draw through")
    parser.add_argument("--voice", type=_voice, metavar="LOUDNESS,S",
                        help="the player's voice, 0 a whisper to 1 a shout, S seconds ago")  # fmt: skip
    parser.add_argument("--say", metavar="TEXT", help="the player's words as light; '' for none")
    parser.add_argument("--said", type=float, default=1.0, metavar="S", help="seconds since --say (1)")
    parser.add_argument("--kept", type=_part, metavar="PART", help="of the light that hands left on the rock")
    parser.add_argument("--hand", type=_aim, metavar="RIGHT,UP[,STRENGTH]",
                        help="a right hand there, degrees; 0,0,0 for no hand")  # fmt: skip
    parser.add_argument("--alone", action="store_true", help="without the Child")
    parser.add_argument("--gallery", type=Path, metavar="PAGE",
                        help="draw every picture whose 'hollow look' command stands on this page; each goes "
                        "where its own --out says, from the page's folder")  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the picture goes: .png or .jpg")
    parser.add_argument("--contact", type=int, default=1, metavar="N",
                        help="a sheet of N pictures, a quarter of a second apart")  # fmt: skip
    parser.set_defaults(run=run)
    return parser


def _part(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, found {text!r}")
    return value


def picture_size(text: str) -> tuple[int, int]:
    """``1280x720`` as numbers. Raises argparse.ArgumentTypeError."""
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit() and 16 <= int(width) <= 8192 and 16 <= int(height) <= 8192):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write it as 1280x720, 16 to 8192 each")
    return int(width), int(height)


def _numbers(text: str, counts: tuple[int, ...], wanted: str) -> tuple[float, ...]:
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = ()
    if len(found) not in counts or not all(math.isfinite(n) and abs(n) <= 1000.0 for n in found):
        raise argparse.ArgumentTypeError(f"expected {wanted}, found {text!r}")
    return found


def _voice(text: str) -> tuple[float, ...]:
    loudness, ago_s = _numbers(text, (2,), "loudness from 0 to 1 and seconds, such as 1,1.5")
    if not (0.0 <= loudness <= 1.0 and ago_s >= 0.0):
        raise argparse.ArgumentTypeError(f"expected loudness from 0 to 1 and seconds, found {text!r}")
    return loudness, ago_s


def _aim(text: str) -> tuple[float, ...]:
    right, up, *strength = _numbers(text, (2, 3), "degrees to the right and up, such as 20,-5")
    if strength and not 0.0 <= strength[0] <= 1.0:
        raise argparse.ArgumentTypeError(f"expected a strength from 0 to 1, found {text!r}")
    return right, up, strength[0] if strength else 1.0


def _pose(text: str) -> tuple[float, ...]:
    return _numbers(text, (3, 4), "three numbers in metres such as 0,12,0, and degrees if you like")


def _head(text: str) -> Vec3:
    x, y, z = _numbers(text, (3,), "three numbers in metres such as 0.3,0,-0.1")
    return x, y, z


def _wished(world: World, args: argparse.Namespace) -> None:
    """The world as the command wants it beyond its scene."""
    if args.pose:
        world.player.position = vec(args.pose[:3])
        if len(args.pose) == 4:
            world.player.yaw_rad = math.radians(args.pose[3])
    if args.kept is not None:
        world.paint *= np.float32(args.kept)
    if args.warmth is not None:
        world.child.warmth = args.warmth
    if args.gesture:
        world.child.gesture = args.gesture
    if args.alone:
        world.child.body = world.child.eyes = 0.0
        world.child.has_light = False
    if args.hand:
        right, up, strength = args.hand
        aim = math.radians(right), math.radians(up)
        world.hands = [hand_light(world, "right", aim, strength=strength)] if strength > 0.0 else []
    if args.voice:
        loudness, ago_s = args.voice
        x, y, z = world.player.position
        born_s = args.time - ago_s
        world.waves = [Wave(origin=(x, y, z + EYE_HEIGHT_M), born_s=born_s, strength=loudness)]
    if args.say is not None:
        toward = "child" if world.child.body > 0.0 else ""
        born_s = args.time - args.said
        spoken = LightWords(text=args.say, born_s=born_s, lasts_s=3.2, kind="heard", toward=toward)
        world.words = [spoken] if args.say else []


class Studio:
    """A display and a stage; pictures of the same cave and size share them."""

    def __init__(self) -> None:
        self._for: tuple[Any, ...] | None = None
        self._display: AnyDisplay | None = None
        self._stage: Stage | None = None

    def draw(self, args: argparse.Namespace) -> None:
        """Draw and write one picture. Raises NoGraphics and RoomFault."""
        scene = Scene(args.scene)
        world = staged_world(scene, args.seed, mood=args.mood, distance_m=args.distance)
        _wished(world, args)
        display, stage = self._set(args, world)
        pictures = []
        moments = [args.time + 0.25 * number for number in range(max(1, args.contact))]
        # The body's springs want a moment to settle before the first picture.
        frames = range(max(0, round((args.time - 1.5) * FPS)), round(moments[-1] * FPS) + 1)
        wanted = {round(moment * FPS) for moment in moments}
        world.child.gesture_since_s = args.time - 0.6
        for tick in frames:
            now_s = tick / FPS
            world.tick = tick
            mouth = max(0.0, math.sin(now_s * 9.0)) * 0.8 if scene in (Scene.ASK, Scene.FORK) else 0.0
            stage.update(
                world, alpha=1.0, mouth=mouth, voice_level=0.0, predicted_s=now_s, frame_dt_s=1.0 / FPS
            )
            if tick in wanted:
                pictures += _heads(display, stage, world, args.head or [(0.0, 0.0, 0.0)], mouth)
        _save(pictures, args.out)

    def _set(self, args: argparse.Namespace, world: World) -> tuple[AnyDisplay, Stage]:
        wanted = (args.size, args.room, args.stereo, args.quality, args.seed)
        if self._display is not None and self._stage is not None and self._for == wanted:
            self._stage.enter(world)
            return self._display, self._stage
        self.close()
        self._display = open_display(
            "offscreen",
            size=args.size,
            pacer=ToldPacer(now=lambda: 0.0),
            shaders=asset("shaders"),
            room=load_room(args.room) if args.room else None,
            stereo=Stereo(args.stereo) if args.stereo else Stereo.OFF,
        )
        self._stage = Stage(self._display, world, Quality(args.quality))
        self._for = wanted
        return self._display, self._stage

    def close(self) -> None:
        if self._display is not None:
            self._display.close()
        self._display = self._stage = None


def commands_of(page: Path) -> list[argparse.Namespace]:
    """The commands of a page, each a line that begins with ``hollow look`` and says ``--out``.

    Raises OSError when the page cannot be read.
    """
    parser = argparse.ArgumentParser(prog="hollow")
    add_parser(parser.add_subparsers())
    found = []
    for line in page.read_text(encoding="utf-8").splitlines():
        if line.startswith("hollow look ") and " --out " in line:
            args = parser.parse_args(shlex.split(line)[1:])
            args.out = page.parent / args.out
            found.append(args)
    return found


def run(args: argparse.Namespace) -> int:
    """Draws and writes the picture or the page of pictures; 1 with a sentence where that cannot be."""
    wanted = [args]
    if args.gallery:
        try:
            wanted = commands_of(args.gallery)
        except OSError as error:
            print(f"{args.gallery} cannot be read: {error}", file=sys.stderr)
            return 1
        if not wanted:
            print(f"{args.gallery} has no line 'hollow look ... --out FILE'.", file=sys.stderr)
            return 1
    elif args.out is None:
        print("hollow look wants --out FILE, or --gallery PAGE.", file=sys.stderr)
        return 2
    studio = Studio()
    try:
        for one in wanted:
            if args.gallery:
                print(one.out, flush=True)
            studio.draw(one)
    except (NoGraphics, RoomFault) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        studio.close()
    return 0


def _heads(display: AnyDisplay, stage: Stage, world: World, heads: list[Vec3], mouth: float) -> list[Any]:
    """A picture of this moment for each place of the head."""
    pictures = []
    for head in heads:
        meets = math.dist(world.child.look_at, head_of(world.player)) < 0.05
        # The stage takes the head from a new step of the world; the step itself is too short to be seen.
        world.tick += 1
        world.player.head = head
        if meets:
            world.child.look_at = head_of(world.player)
        for _ in range(_SETTLES):
            # The moment stands still while the Child's eyes go where the head is now.
            stage.update(
                world, alpha=1.0, mouth=mouth, voice_level=0.0, predicted_s=world.time_s, frame_dt_s=0.05
            )
        display.begin()
        display.submit()
        picture = display.read_rgb()
        if picture is not None:
            pictures.append(picture)
    return pictures


def _save(pictures: list[Any], out: Path) -> None:
    columns = math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    height, width = pictures[0].shape[:2]
    sheet = np.zeros((rows * height, columns * width, 3), dtype=np.uint8)
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        sheet[row * height : (row + 1) * height, column * width : (column + 1) * width] = picture
    out.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(sheet).save(out, quality=88, optimize=True)
