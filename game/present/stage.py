"""The stage: the world as light, moved once a frame.

It sees the world and nothing else. Poses are interpolated between the last two steps; whatever can be done
for each point is done by shaders, so that the main thread only writes a few hundred numbers.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

from game.clock import TICK_S
from game.interpret.intents import Vec3
from game.present import air, hall, shading
from game.present.amounts import AMOUNTS, Quality
from game.present.child import ChildFigure
from game.present.child_figure import Doing, Figure
from game.present.child_reach import edge_of_hole, hands_at, rock_of
from game.present.display.canvas import ROOM_SIDE, Canvas
from game.present.display.room import Rectangle
from game.present.display.view import FRAME_ROWS
from game.present.hands import GHOST, Hands, ghost_shape
from game.present.scenery import Scenery
from game.present.sill import lift_m
from game.present.thrown import ThrownThings
from game.present.viewpoint import Viewpoint, place_cameras, place_pane
from game.present.words import Words
from game.world.cave import PAINT_ALONG, PAINT_AROUND
from game.world.hole import feet_of_child
from game.world.light import MOST_WAVES
from game.world.state import Scene, World
from game.world.walking import head_of

LIGHTS, WAVES = 6, MOST_WAVES
_LIGHT_ROW, _WAVE_ROW, _TUNNEL_ROW, _AMOUNT_ROW, _COUNT_ROW = 4, 16, 32, 35, 36
TORCH: Final = (1.0, 0.60, 0.24)
STOLEN: Final = (1.0, 0.55, 0.20)
COLD: Final = (0.30, 0.52, 1.0)
_LEAPS_RAD: Final = 0.2
"""A turn by more than this in one step is not smeared over a frame either."""


@dataclass(frozen=True, slots=True)
class _HandPose:
    origin: Vec3
    target: Vec3
    shape: NDArray[np.float64]
    """(21, 3) landmarks about the palm; (0, 3) where none are known."""


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What is interpolated of one world step."""

    tick: int
    feet: Vec3
    yaw_rad: float
    head: Vec3
    child: Vec3
    child_yaw_rad: float
    look_at: Vec3
    hands: dict[str, _HandPose]


def _snapshot(world: World) -> _Snapshot:
    return _Snapshot(
        tick=world.tick,
        feet=world.player.position,
        yaw_rad=world.player.yaw_rad,
        head=world.player.head,
        child=feet_of_child(world),
        child_yaw_rad=world.child.yaw_rad,
        look_at=world.child.look_at,
        hands={
            hand.side: _HandPose(
                origin=hand.origin, target=hand.target, shape=np.array(hand.shape).reshape(-1, 3)
            )
            for hand in world.hands
        },
    )


def _vec(values: Sequence[float] | NDArray[np.float64]) -> Vec3:
    return (float(values[0]), float(values[1]), float(values[2]))


def _between(a: Vec3, b: Vec3, part: float) -> Vec3:
    # A leap (a new place, not a move) is not smeared over a frame.
    if abs(a[0] - b[0]) + abs(a[1] - b[1]) + abs(a[2] - b[2]) > 1.5:
        return b
    return (a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part)


def _between_yaw(a: float, b: float, part: float) -> float:
    gap = math.remainder(b - a, math.tau)
    return b if abs(gap) > _LEAPS_RAD else a + gap * part


class Eyes(Protocol):
    """A headset: it knows where the player's eyes are, and puts its own cameras there."""

    def place(self, pane: p3d.NodePath, *, feet: Vec3, yaw_rad: float) -> Viewpoint | None:
        """The eyes of a player whose place in the cave is at ``feet``, facing ``yaw_rad``, and the pane of
        words of light before them; None while the picture is on the wall."""

    def lift_m(self, feet: Vec3) -> float:
        """How much higher than the cave has it somebody with these feet stands."""


class Stage:
    """Everything that shines, built once for a world's cave on ``canvas``."""

    def __init__(
        self, canvas: Canvas, world: World, quality: Quality = Quality.LOW, *, headset: Eyes | None = None
    ) -> None:
        self._canvas = canvas
        self._headset = headset
        amounts = AMOUNTS[quality]
        self._amounts = amounts
        cave = world.cave
        rng = np.random.default_rng(world.seed * 7 + 5)
        root, shaders = canvas.root, canvas.shaders
        self._frame = shading.Uniforms(FRAME_ROWS)
        self._frame.bind(root, "frame")
        self._paint = p3d.Texture("paint")
        self._paint.setup_2d_texture(
            PAINT_AROUND, len(cave.tunnels) * PAINT_ALONG, p3d.Texture.T_float, p3d.Texture.F_r32
        )
        self._paint.set_wrap_u(p3d.SamplerState.WM_repeat)
        self._paint.set_wrap_v(p3d.SamplerState.WM_clamp)
        self._paint.set_minfilter(p3d.SamplerState.FT_linear)
        self._paint.set_magfilter(p3d.SamplerState.FT_linear)
        self._paint_version: int | None
        root.set_shader_input("paint", self._paint)

        scenery = Scenery(root, shaders, cave, quality, rng)
        self.points = scenery.points
        """Points and ends of strands that are drawn of all this."""
        self.sights = scenery.sights
        """Parts of it that are drawn where they may be seen only."""
        self._water = scenery.water
        self._eye_of_way = hall.eye_of(cave.tunnels[cave.way_out])
        self._way_colour = cave.tunnels[cave.way_out].glow
        # What may come out of the cave into the player's own room.
        near = root.attach_new_node("near")
        near.show_through(ROOM_SIDE)
        self._thread = air.Thread(near, shaders, cave)
        self._glows = air.Glows(near, shaders)
        # What shines at the end of the way stays in the cave, also where that is above the player's floor.
        self._far_glows = air.Glows(root, shaders)
        self._hands = Hands(near, shaders, amounts.per_bone, rng)
        self._thrown = ThrownThings(near, shaders, rng)
        self._pane = near.attach_new_node("pane")
        self._figures = near.attach_new_node("figures")
        self._child: ChildFigure
        self._words: Words
        self.enter(world)

    def enter(self, world: World) -> None:
        """Show another moment of the same cave, as if the stage had been built for it."""
        rng = np.random.default_rng(world.seed * 7 + 6)
        for before in (self._figures, self._pane):
            before.get_children().detach()
        self._child = ChildFigure(self._figures, self._canvas.shaders, self._amounts.skin, rng)
        self._water.hold(self._child.node.find("child's skin"))
        self._words = Words(self._pane, self._canvas.shaders, rng)
        self._now = self._before = _snapshot(world)
        self._dawn = 0.0 if world.scene in (Scene.DARK, Scene.PAINT) else 1.0
        self._paint_version = None

    def update(
        self,
        world: World,
        *,
        alpha: float,
        mouth: float,
        voice_level: float,
        predicted_s: float,
        frame_dt_s: float,
    ) -> Viewpoint:
        """Move everything for one frame; the eye's place for whoever places sound.

        ``alpha`` (0 to 1) is how far the frame lies between the world's last two steps; ``mouth`` and
        ``voice_level`` (0 to 1) are how loud the Child's and the player's voices are now.
        """
        if world.tick != self._now.tick:
            self._before, self._now = self._now, _snapshot(world)
        alpha = min(1.0, max(0.0, alpha))
        before, now = self._before, self._now
        yaw = _between_yaw(before.yaw_rad, now.yaw_rad, alpha)
        feet = _between(before.feet, now.feet, alpha)
        worn = None if self._headset is None else self._headset.place(self._pane, feet=feet, yaw_rad=yaw)
        if worn is not None:
            view, wall = worn, None
        else:
            views, room = self._canvas.views, self._canvas.room
            head = _between(before.head, now.head, alpha)
            view = place_cameras(views, room=room, feet=feet, yaw_rad=yaw, head=head)
            wall = views[0].rectangle(room)
            place_pane(self._pane, wall=wall, view=view)
        for one in self.sights:
            one.show(view.seen)
        time_s = world.time_s + (alpha - 1.0) * TICK_S
        # The tunnels' own glow dawns only when the player has painted a cave out of the black.
        risen = 0.0 if world.scene in (Scene.DARK, Scene.PAINT) else 1.0
        self._dawn += (risen - self._dawn) * (1.0 - math.exp(-max(0.0, frame_dt_s) * 0.7))
        self._glows.clear()
        self._far_glows.clear()
        figure = self._move_child(world, view, wall, alpha, mouth, voice_level, time_s, frame_dt_s)
        self._move_hands(world, alpha, view, predicted_s)
        self._write_frame(world, view, figure, alpha, time_s, predicted_s)
        self._mote(world, view, predicted_s)
        self._way_out(world, view, predicted_s)
        self._thread.update(world.thread, world.player.tunnel, world.player.along_m)
        head = p3d.LPoint3f(*map(float, figure.head))
        before_words = self._words.standing(head, p3d.LPoint3f(*view.eye))
        self._words.update(world.words, time_s, _vec(figure.head), before_words)
        if world.paint_version != self._paint_version:
            self._paint_version = world.paint_version
            self._paint.set_ram_image(np.ascontiguousarray(world.paint, dtype=np.float32).tobytes())
        self._canvas.set_mood(exposure=world.brightness, rim=world.rim, time_s=predicted_s)
        return view

    def _move_child(
        self, world: World, view: Viewpoint, wall: Rectangle | None, alpha: float, mouth: float,
        voice_level: float, time_s: float, dt_s: float,
    ) -> Figure:  # fmt: skip
        child = world.child
        before, now = self._before, self._now
        x, y, z = _between(before.child, now.child, alpha)
        look_at = _between(before.look_at, now.look_at, alpha)
        if math.dist(now.look_at, head_of(world.player)) < 0.05:
            # Eye to eye: the world has the player's head before its place in the cave, the room may have it
            # farther back.
            look_at = view.eye
        rock = rock_of(child, world.cave)
        yaw = _between_yaw(before.child_yaw_rad, now.child_yaw_rad, alpha)
        reach = edge_of_hole(world)
        if reach[0] is None:
            reach = hands_at(child, rock, (x, y, z), yaw, time_s - child.gesture_since_s)
        doing = Doing(
            position=(x, y, z + (self._lift_m((x, y, z), wall, view) if rock is None else 0.0)),
            yaw_rad=yaw,
            look_at=look_at,
            pose=child.pose,
            gesture=child.gesture,
            gesture_age_s=time_s - child.gesture_since_s,
            speed_mps=child.speed_mps,
            has_light=child.has_light,
            mouth=mouth,
            heard=voice_level,
            mood=child.mood,
            hands_at=reach,
            rock=rock,
            blink_age_s=time_s - world.listening.blinked_s,
        )
        figure = self._child.update(child, doing, dt_s=dt_s)
        self._water.show_child(self._child.values, doing.position, view.eye, shown=child.body > 0.002)
        self._thrown.update(
            world.thrown, self._glows, held_at=_vec(figure.light_at), view=view, time_s=time_s, dt_s=dt_s
        )
        if child.eyes > 0.0:
            # One that hides behind rock shines over its edge a little.
            shine = 0.07 * child.eyes * (0.3 + 0.7 * min(1.0, 3.0 * child.body))
            colour = tuple(shine * (c + (w - c) * child.warmth) for c, w in zip(COLD, TORCH, strict=True))
            self._glows.add(figure.head, 0.42, (colour[0], colour[1], colour[2]))
        if child.has_light:
            flicker = 0.9 + 0.1 * math.sin(time_s * 7.0) * math.sin(time_s * 3.1)
            warm = (0.46 * flicker, 0.23 * flicker, 0.07 * flicker)
            self._shine(self._glows, _vec(figure.light_at), 0.17, warm, view.eye)
            self._glows.add(figure.light_at, 0.065, (2.8 * flicker, 1.35 * flicker, 0.42 * flicker))
        return figure

    def _lift_m(self, feet: Vec3, wall: Rectangle | None, view: Viewpoint) -> float:
        if wall is not None:
            return lift_m(feet, wall=wall, view=view)
        return 0.0 if self._headset is None else self._headset.lift_m(feet)

    def _move_hands(self, world: World, alpha: float, view: Viewpoint, predicted_s: float) -> None:
        self._hands.clear()
        for number, hand in enumerate(world.hands[:2]):
            pose = self._hand_pose(hand.side, alpha)
            if pose is None:
                continue
            self._hands.put(
                number, pose.shape, pose.origin, view.yaw_rad,
                strength=0.12 + 0.88 * hand.strength, pinch=hand.pinch,
            )  # fmt: skip
            warm = hand.strength * (0.14 + 0.12 * hand.pinch)
            self._glows.add(pose.origin, 0.17, (warm * TORCH[0], warm * TORCH[1], warm * TORCH[2]))
        if world.ghost_hand > 0.003:
            ahead = (math.sin(view.yaw_rad), math.cos(view.yaw_rad))
            origin = (view.rest[0] + ahead[0] * 0.62, view.rest[1] + ahead[1] * 0.62, view.rest[2] - 0.10)
            self._hands.put(
                GHOST,
                ghost_shape(predicted_s),
                origin,
                view.yaw_rad,
                strength=0.9 * world.ghost_hand,
                pinch=0.0,
            )

    def _hand_pose(self, side: str, alpha: float) -> _HandPose | None:
        now = self._now.hands.get(side)
        if now is None or len(now.shape) != 21:
            return None
        before = self._before.hands.get(side)
        if before is None or len(before.shape) != 21:
            return now
        return _HandPose(
            origin=_between(before.origin, now.origin, alpha),
            target=_between(before.target, now.target, alpha),
            shape=before.shape + (now.shape - before.shape) * alpha,
        )

    def _write_frame(
        self, world: World, view: Viewpoint, figure: Figure, alpha: float, time_s: float, predicted_s: float
    ) -> None:
        v = self._frame.values
        # Eye, pixels and focal length are each view's own: see `View.share`.
        v[0] = (*view.eye, predicted_s)
        v[1] = (1.0, 1.0, 1.0, self._amounts.gain)
        v[2] = (world.ambient, world.way_glow, world.thread, float(world.cave.way_out))
        v[_LIGHT_ROW : _LIGHT_ROW + 2 * LIGHTS] = 0.0
        row = _LIGHT_ROW
        # Those that shine come first, hands before others: shaders reckon with no more than there are.
        for hand in world.hands[:2]:
            pose = self._hand_pose(hand.side, alpha)
            if pose is not None:
                # Light falls from the hand's side: a little off the rock, towards the palm.
                t, o = pose.target, pose.origin
                far = math.dist(t, o)
                off = min(0.5, 0.35 * far) / max(far, 1e-3)
                v[row] = (*(t[i] + (o[i] - t[i]) * off for i in range(3)), hand.strength * 1.5)
                v[row + 1] = (*TORCH, 0.85 + 0.17 * far)
                row += 2
        hands = (row - _LIGHT_ROW) // 2
        child = world.child
        if child.body > 0.01:
            v[row] = (*figure.chest, 0.30 * child.body * figure.light)
            v[row + 1] = (*(c + (w - c) * child.warmth for c, w in zip(COLD, TORCH, strict=True)), 0.95)
            row += 2
        if child.has_light:
            v[row] = (*figure.light_at, 0.9 + 0.08 * math.sin(time_s * 7.0))
            v[row + 1] = (*STOLEN, 1.5)
            row += 2
        v[_WAVE_ROW : _WAVE_ROW + 2 * WAVES] = 0.0
        waves = world.waves[-WAVES:]
        for number, wave in enumerate(waves):
            v[_WAVE_ROW + 2 * number] = (*wave.origin, max(0.0, time_s - wave.born_s))
            v[_WAVE_ROW + 2 * number + 1, :2] = (wave.strength, wave.reach_m)
        for tunnel in world.cave.tunnels:
            share = 1.0 if tunnel.index == world.cave.way_out else 0.35
            glow = share * self._dawn * world.way_glow
            v[_TUNNEL_ROW + tunnel.index] = (*tunnel.glow, 0.0 if tunnel.index == 0 else glow)
        v[_AMOUNT_ROW] = (self._amounts.line_gain, self._amounts.grain_m, len(waves), hands)
        v[_COUNT_ROW, :3] = ((row - _LIGHT_ROW) // 2, self._amounts.thinned, self._amounts.strewn_m)
        for one in self._canvas.views:
            one.share(v)

    def _way_out(self, world: World, view: Viewpoint, t: float) -> None:
        if self._dawn <= 0.003:
            return
        far_m = math.dist(view.eye, self._eye_of_way)
        breath = self._dawn * world.way_glow * (0.9 + 0.1 * math.sin(t * 0.5)) * 3.2 * math.exp(-far_m * 0.05)
        r, g, b = self._way_colour
        eye = _vec(self._eye_of_way)
        far = self._far_glows
        self._shine(far, eye, 5.0, (0.7 * breath * r, 0.7 * breath * g, 0.7 * breath * b), view.eye)
        self._shine(far, eye, 1.6, (1.6 * breath, 0.9 * breath, 0.45 * breath), view.eye)

    def _shine(self, glows: air.Glows, at: Vec3, radius_m: float, colour: Vec3, eye: Vec3) -> None:
        """A ball of light, and its reflection where there is water before it."""
        glows.add(at, radius_m, colour)
        below, light = self._water.reflect(at, eye)
        if light > 0.0:
            r, g, b = (0.45 * light * c for c in colour)
            glows.add(below, radius_m, (r, g, b))

    def _mote(self, world: World, view: Viewpoint, t: float) -> None:
        if world.mote <= 0.003:
            return
        s, c = math.sin(view.yaw_rad), math.cos(view.yaw_rad)
        right = 0.16 * math.sin(t * 0.37) + 0.05 * math.sin(t * 1.1)
        up = -0.02 + 0.09 * math.sin(t * 0.29 + 1.0) + 0.03 * math.sin(t * 0.83)
        ahead = 1.7 + 0.2 * math.sin(t * 0.21)
        rest = view.rest
        at = (rest[0] + c * right + s * ahead, rest[1] - s * right + c * ahead, rest[2] + up)
        breath = world.mote * (0.8 + 0.2 * math.sin(t * 1.3))
        self._glows.add(at, 0.16, (1.5 * breath, 0.85 * breath, 0.36 * breath))
        self._glows.add(at, 0.05, (2.5 * breath, 1.9 * breath, 1.2 * breath))
