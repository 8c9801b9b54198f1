"""The pictures of both eyes: drawn by Panda3D beside a desktop's own picture, and shown in its window."""

import math

import panda3d.core as p3d

from game.present.display.canvas import ROOM_SIDE
from game.present.display.headset.axes import Vec3
from game.present.display.headset.comfort import Comfort
from game.present.display.headset.drawn_room import DrawnRoom
from game.present.display.headset.lip import Lip
from game.present.display.headset.runtime import Blend, Eye
from game.present.display.headset.sides import Passage, Sides
from game.present.display.light import Light, full_triangle, show
from game.present.display.panda import PandaDisplay
from game.present.display.pipeline import Last
from game.present.display.room import Screen
from game.present.display.view import View


class EyePictures:
    """Both eyes' cameras hang under one node, the player's own floor."""

    def __init__(self, desktop: PandaDisplay, size: tuple[int, int], blend: Blend, comfort: Comfort) -> None:
        self._desktop = desktop
        self.size = size
        self._blend = blend
        self.floor = desktop.root.attach_new_node("floor")
        self._own = desktop.buffers
        self._own_regions = list(desktop.output.get_display_regions())
        self._outputs: list[p3d.GraphicsOutput] = []
        self._pictures: list[p3d.Texture] = []
        self._lights: list[Light] = []
        self._lasts: list[Last] = []
        self._sides: list[Sides] = []
        # What may come out of the opening is shown to the room's cameras by the stage.
        desktop.root.hide(ROOM_SIDE)
        over, solid = blend is Blend.ALPHA, comfort.solid if blend is Blend.ALPHA and comfort.opens_m else 0.0
        self._roots: list[p3d.NodePath] = []
        self.views = tuple(
            View(self.floor, name=name, screen=0, eye_m=0.0, guarded=False) for name in ("left", "right")
        )
        for view in self.views:
            view.resize(size)
            view.camera.node().set_lens(p3d.MatrixLens())
            output, picture = desktop.make_picture(view.name, size)
            light = Light(view, make_buffer=desktop.make_buffer, shaders=desktop.shaders)
            # Mirror, corners and brightness are a projector's.
            last = Last(light, view, Screen(), desktop.shaders, over_room=over, solid=solid)
            self._roots.append(show(output.make_display_region(), last.triangle))
            self._lights.append(light)
            self._sides.append(Sides(view, light, desktop.shaders))
            self._lasts.append(last)
            self._outputs.append(output)
            self._pictures.append(picture)
        self._buffers = [one for one in desktop.buffers if one not in self._own]
        self._region, self._root = self._make_mirror()
        self._room = DrawnRoom(self.floor, desktop.shaders) if blend is Blend.OPAQUE else None
        self._lip = Lip(self.floor, desktop.shaders) if comfort.deep_m > 0.0 else None

    def _make_mirror(self) -> tuple[p3d.DisplayRegion, p3d.NodePath]:
        triangle = full_triangle(self._desktop.shaders.make("screen", "mirror"))
        triangle.set_shader_input("picture", self._pictures[0])
        region = self._desktop.output.make_display_region()
        return region, show(region, triangle)

    def suits(self, size: tuple[int, int], blend: Blend) -> bool:
        """Whether these can be shown to a runtime that wants this."""
        return (size, blend) == (self.size, self._blend)

    def aim(self, eyes: tuple[Eye, Eye], passage: Passage) -> None:
        """Put both cameras where the player's eyes are in the play space."""
        for view, sides, eye in zip(self.views, self._sides, eyes, strict=True):
            view.camera.set_pos(*eye.pose.at_m)
            view.camera.set_quat(p3d.LQuaternion(*eye.pose.turn))
            sides.aim(eye, passage)
            left, right, _, _ = (math.tan(angle) for angle in eye.fov)
            at = view.camera.get_pos(self._desktop.root)
            view.tell(eye=(at[0], at[1], at[2]), focal_px=self.size[0] / (right - left))
        for part in (self._room, self._lip):
            if part is not None:
                part.put(passage)

    def in_room(self, place: Vec3) -> Vec3:
        """A place of the world in the play space."""
        at = self.floor.get_relative_point(self._desktop.root, p3d.LPoint3(*place))
        return at[0], at[1], at[2]

    def put_floor(self, at: Vec3, yaw_rad: float) -> None:
        """The middle of the play space is at ``at`` in the world, its y axis turned to the right."""
        self.floor.set_pos_hpr(*at, -math.degrees(yaw_rad), 0.0, 0.0)

    def show(self, *, eyes: bool, mirror: bool) -> None:
        """What the next frame draws: both eyes or not; the window shows an eye or the desktop's own."""
        for buffer in self._buffers:
            buffer.set_active(eyes)
        for buffer in self._own:
            buffer.set_active(not mirror)
        for region in self._own_regions:
            region.set_active(not mirror)
        # What is drawn of the player's own room is not in the desktop's picture.
        if mirror:
            self.floor.show()
        else:
            self.floor.hide()
        self._region.set_active(mirror)
        if mirror:
            across, down = (b / a for a, b in zip(self.size, self._desktop.size, strict=True))
            most = max(across, down)
            self._root.set_shader_input("part", (across / most, down / most))

    def set_mood(self, *, exposure: float, time_s: float) -> None:
        for last in self._lasts:
            # The rim of light is for a camera in a dark room.
            last.set_mood(exposure=exposure, rim=0.0, time_s=time_s)

    def textures(self) -> tuple[int, int]:
        """OpenGL's names of the two pictures, once they were drawn."""
        gsg = self._desktop.output.get_gsg()
        left, right = (
            int(picture.prepare_now(0, gsg.get_prepared_objects(), gsg).get_native_id())
            for picture in self._pictures
        )
        return left, right

    def show_plain(self, colour: p3d.LColor) -> None:
        """Fill both pictures with one colour from now on, to see what the runtime makes of its alpha."""
        for output in self._outputs:
            output.set_clear_color(colour)
            for region in output.get_display_regions():
                region.set_active(region.get_camera().is_empty())

    def picture(self, eye: int) -> p3d.Texture:
        return self._pictures[eye]

    def close(self) -> None:
        """End the eyes; the window shows its own picture again."""
        self.show(eyes=False, mirror=False)
        self._desktop.output.remove_display_region(self._region)
        self._desktop.drop(self._buffers)
        self.floor.remove_node()
