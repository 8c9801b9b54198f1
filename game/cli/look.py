"""``hollow look``: a picture of a scene as the game would draw it, without playing up to it."""

import argparse
import math
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from game.interpret.intents import Vec3
from game.present.display import AnyDisplay, NoGraphics, open_display
from game.present.display.pace import ToldPacer
from game.present.display.room_file import RoomFault, load_room
from game.present.display.view import Stereo
from game.present.stage import Quality, Stage
from game.world.antics import lair
from game.world.cave import EYE_HEIGHT_M, PAINT_ALONG, PAINT_AROUND, grow
from game.world.child import DISTANCE_M
from game.world.state import HandLight, LightWords, Pose, Scene, Wave, World
from game.world.walking import head_of
from npc.assets import asset

_OPEN_HAND: Final = (
    (0.00, 0.0, -0.07), (-0.03, 0.0, -0.05), (-0.055, -0.01, -0.025), (-0.075, -0.02, -0.005),
    (-0.092, -0.02, 0.012),
    (-0.03, 0.0, 0.015), (-0.038, 0.01, 0.055), (-0.042, 0.015, 0.080), (-0.045, 0.02, 0.102),
    (-0.008, 0.0, 0.020), (-0.010, 0.012, 0.065), (-0.011, 0.02, 0.093), (-0.012, 0.025, 0.117),
    (0.014, 0.0, 0.014), (0.017, 0.01, 0.055), (0.019, 0.016, 0.082), (0.020, 0.02, 0.104),
    (0.034, 0.0, 0.002), (0.042, 0.008, 0.034), (0.047, 0.012, 0.055), (0.051, 0.015, 0.073),
)  # fmt: skip
"""A right hand, open, palm away from the player; metres about the palm, view axes."""
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
    parser.add_argument("--size", type=_size, default=(1280, 720), metavar="WxH", help="pixels (1280x720)")
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
    parser.add_argument("--out", type=Path, required=True, metavar="PNG", help="where the picture goes")
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


def _size(text: str) -> tuple[int, int]:
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


def _pose(text: str) -> tuple[float, ...]:
    return _numbers(text, (3, 4), "three numbers in metres such as 0,12,0, and degrees if you like")


def _head(text: str) -> Vec3:
    x, y, z = _numbers(text, (3,), "three numbers in metres such as 0.3,0,-0.1")
    return x, y, z


def _paint_around(
    world: World, tunnel: int, along: float, around: float, *, strength: float, wide: float
) -> None:
    """A dab of kept light; along and around 0 to 1, ``wide`` in cells."""
    i = (np.arange(PAINT_ALONG)[:, None] + 0.5) - along * PAINT_ALONG
    j = (np.arange(PAINT_AROUND)[None, :] + 0.5) - around * PAINT_AROUND
    j = (j + PAINT_AROUND / 2) % PAINT_AROUND - PAINT_AROUND / 2
    dab = strength * np.exp(-(i * i + j * j) / (2 * wide * wide))
    world.paint[tunnel] = np.maximum(world.paint[tunnel], dab)
    world.paint_version += 1


def _hand(
    world: World, side: str, aim: tuple[float, float], *, strength: float, pinch: float = 0.0
) -> HandLight:
    yaw = world.player.yaw_rad + aim[0]
    way = np.array([math.sin(yaw) * math.cos(aim[1]), math.cos(yaw) * math.cos(aim[1]), math.sin(aim[1])])
    x, y, z = world.player.position
    eye = np.array([x, y, z + EYE_HEIGHT_M])
    target = world.cave.cast(tuple(eye), tuple(way))
    sign = 1.0 if side == "right" else -1.0
    return HandLight(
        side=side,
        aim=aim,
        shape=tuple((px * sign, py, pz) for px, py, pz in _OPEN_HAND),
        strength=strength,
        pinch=pinch,
        point=0.0,
        origin=_vec(eye + 0.75 * way),
        target=_vec(target),
    )


def _vec(values: Any) -> Vec3:
    return (float(values[0]), float(values[1]), float(values[2]))


def _stand(world: World, along_m: float, tunnel: int = 0) -> None:
    rail = world.cave.tunnels[tunnel]
    world.player.tunnel, world.player.along_m = tunnel, along_m
    world.player.position = _vec(rail.point(along_m))
    world.player.yaw_rad = rail.heading(along_m)


def _put_child(world: World, distance_m: float, azimuth_rad: float = 0.0) -> None:
    yaw = world.player.yaw_rad + azimuth_rad
    x, y, z = world.player.position
    child = world.child
    child.position = (x + math.sin(yaw) * distance_m, y + math.cos(yaw) * distance_m, z)
    child.yaw_rad = yaw + math.pi
    child.look_at = (x, y, z + EYE_HEIGHT_M)


def staged_world(scene: Scene, seed: int, *, mood: str = "wary", distance_m: float | None = None) -> World:
    """A world as it plausibly stands in ``scene``; the same arguments give the same world."""
    world = World(seed=seed, cave=grow(seed), scene=scene)
    child = world.child
    usual_m = DISTANCE_M[mood]
    child.warmth = {"hostile": 0.0, "wary": 0.15, "warming": 0.55, "friend": 0.9}[mood]
    child.mood = mood
    world.mote = 1.0 if scene is Scene.DARK else 0.0
    world.way_glow = 0.0 if scene in (Scene.DARK, Scene.PAINT) else 0.25
    _stand(world, 4.0)
    if scene is Scene.DARK:
        return world
    rng = np.random.default_rng(seed)
    for _ in range(26):
        _paint_around(world, 0, rng.uniform(0.15, 0.62), rng.uniform(0.0, 1.0),
                      strength=rng.uniform(0.4, 1.0), wide=rng.uniform(3.0, 6.0))  # fmt: skip
    if scene is Scene.PAINT:
        world.paint *= np.linspace(1.0, 0.3, PAINT_ALONG, dtype=np.float32)[None, :, None]
        world.hands = [_hand(world, "right", (0.22, 0.06), strength=1.0)]
        return world
    _stand(world, 9.0)
    if scene is Scene.WALK:
        world.ghost_hand = 1.0
        world.words = [LightWords(text="walk on two fingers", born_s=-1.0, lasts_s=12.0, kind="hint")]
        world.hands = [_hand(world, "right", (0.25, -0.12), strength=1.0)]
        return world
    _stand(world, 13.0)
    if scene is Scene.POINT:
        world.hands = [_hand(world, "right", (-0.3, 0.05), strength=1.0)]
        return world
    if scene is Scene.EYES:
        _put_child(world, distance_m or 4.0, 0.05)
        if distance_m is None and (behind := lair(world)) is not None:
            child.position = behind
        child.pose, child.eyes, child.body = Pose.PEEK, 1.0, 0.0
        world.paint *= np.float32(0.35)
        return world
    _stand(world, 20.5)
    for tunnel in (1, 2):
        for _ in range(14):
            _paint_around(world, tunnel, rng.uniform(0.0, 0.35), rng.uniform(0.0, 1.0),
                          strength=rng.uniform(0.2, 0.6), wide=rng.uniform(3.0, 6.0))  # fmt: skip
    for _ in range(20):
        _paint_around(world, 0, rng.uniform(0.55, 1.0), rng.uniform(0.0, 1.0),
                      strength=rng.uniform(0.4, 1.0), wide=rng.uniform(3.0, 6.0))  # fmt: skip
    child.pose, child.eyes, child.body = Pose.STAND, 1.0, 1.0
    _put_child(world, distance_m or usual_m, 0.04)
    if scene is Scene.ASK:
        world.hands = [_hand(world, "right", (0.35, -0.10), strength=1.0)]
        child.gesture = "stare"
    elif scene is Scene.THEFT:
        child.has_light, child.gesture = True, "steal"
        world.hands = [_hand(world, "right", (0.35, -0.10), strength=0.12)]
    elif scene is Scene.FORK:
        child.has_light = True
        world.way_glow = 0.45
        world.words = [
            LightWords(text="get lost yourself, you little lamp", born_s=0.6, lasts_s=5.0, kind="heard")
        ]
        world.waves = [
            Wave(origin=_vec(np.add(world.player.position, (0, 0, 1.5))), born_s=3.4, strength=0.8)
        ]
        world.hands = [_hand(world, "right", (0.42, -0.16), strength=0.12)]
    elif scene is Scene.LEAD:
        world.thread, world.way_glow = 1.0, 0.7
        side = -1.0 if world.cave.way_out == 1 else 1.0
        _put_child(world, distance_m or 3.2, 0.25 * side)
        child.pose, child.speed_mps, child.has_light = Pose.WALK, 0.8, True
        child.yaw_rad = world.player.yaw_rad + 0.7 * side
        child.look_at = _vec(world.cave.tunnels[world.cave.way_out].point(12.0))
    elif scene is Scene.SIGHT:
        _stand(world, world.cave.tunnels[world.cave.way_out].length_m - 11.0, world.cave.way_out)
        _put_child(world, distance_m or 2.6, -0.25)
        world.way_glow, world.ambient, world.thread = 1.0, 0.35, 0.4
    return world


def _advance(world: World, time_s: float) -> None:
    world.tick = round(time_s * FPS)


def run(args: argparse.Namespace) -> int:
    """Draws and writes the picture; 1 with a sentence when there are no graphics."""
    scene = Scene(args.scene)
    try:
        room = load_room(args.room) if args.room else None
        display = open_display(
            "offscreen",
            size=args.size,
            pacer=ToldPacer(now=lambda: 0.0),
            shaders=asset("shaders"),
            room=room,
            stereo=Stereo(args.stereo) if args.stereo else Stereo.OFF,
        )
    except (NoGraphics, RoomFault) as error:
        print(error, file=sys.stderr)
        return 1
    try:
        world = staged_world(scene, args.seed, mood=args.mood, distance_m=args.distance)
        if args.pose:
            world.player.position = _vec(args.pose[:3])
            if len(args.pose) == 4:
                world.player.yaw_rad = math.radians(args.pose[3])
        if args.warmth is not None:
            world.child.warmth = args.warmth
        if args.gesture:
            world.child.gesture = args.gesture
        stage = Stage(display, world, Quality(args.quality))
        pictures = []
        moments = [args.time + 0.25 * number for number in range(max(1, args.contact))]
        # The body's springs want a moment to settle before the first picture.
        frames = range(max(0, round((args.time - 1.5) * FPS)), round(moments[-1] * FPS) + 1)
        wanted = {round(moment * FPS) for moment in moments}
        world.child.gesture_since_s = args.time - 0.6
        for tick in frames:
            now_s = tick / FPS
            _advance(world, now_s)
            mouth = max(0.0, math.sin(now_s * 9.0)) * 0.8 if scene in (Scene.ASK, Scene.FORK) else 0.0
            stage.update(
                world, alpha=1.0, mouth=mouth, voice_level=0.0, predicted_s=now_s, frame_dt_s=1.0 / FPS
            )
            if tick in wanted:
                pictures += _heads(display, stage, world, args.head or [(0.0, 0.0, 0.0)], mouth)
        _save(pictures, args.out)
    finally:
        display.close()
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
    Image.fromarray(sheet).save(out)
