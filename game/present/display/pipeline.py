"""From light to picture: the light of each view, and the last pass that puts it on its part of the window."""

from typing import Final

import numpy as np
import panda3d.core as p3d

from game.present.display import pin
from game.present.display.light import Light, MakeBuffer, full_triangle, show
from game.present.display.room import Part, Room, Screen
from game.present.display.view import Stereo, View
from game.present.shading import Shaders, Uniforms

BLOOM_SHARE: Final = 0.85
_LEFT, _RIGHT = 0, 1


class Pipeline:
    """The passes of one window. The scene is drawn by each view's camera into its light."""

    def __init__(
        self,
        *,
        make_buffer: MakeBuffer,
        window: p3d.GraphicsOutput,
        views: tuple[View, ...],
        shaders: Shaders,
        room: Room,
        stereo: Stereo,
        size: tuple[int, int],
    ) -> None:
        self._brightness = room.brightness
        self._views = views
        self._parts = room.parts()
        self._size = size
        self._fit()
        self._lights = [Light(view, make_buffer=make_buffer, shaders=shaders) for view in views]
        self._lasts = [
            Last(light, view, room.screens[view.screen], shaders, stereo)
            for light, view in zip(self._lights, views, strict=True)
        ]
        self._roots: list[p3d.NodePath] = []
        for number, part in enumerate(self._parts):
            lasts = [last for last in self._lasts if last.view.screen == number]
            match stereo:
                case Stereo.OFF:
                    self._show(window, part, *lasts)
                case Stereo.ANAGLYPH:
                    cyan = p3d.ColorWriteAttrib.C_green | p3d.ColorWriteAttrib.C_blue
                    lasts[_LEFT].write_only(p3d.ColorWriteAttrib.C_red)
                    lasts[_RIGHT].write_only(cyan)
                    self._show(window, part, *lasts)
                case Stereo.SIDE_BY_SIDE:
                    left, top, width, height = part
                    self._show(window, (left, top, width / 2, height), lasts[_LEFT])
                    self._show(window, (left + width / 2, top, width / 2, height), lasts[_RIGHT])

    @property
    def lights(self) -> list[p3d.Texture]:
        """What each view's camera draws into, before the last pass."""
        return [light.light for light in self._lights]

    def _show(self, window: p3d.GraphicsOutput, part: Part, *lasts: "Last") -> None:
        left, top, width, height = part
        # Panda3D counts from below.
        region = window.make_display_region(left, left + width, 1.0 - top - height, 1.0 - top)
        self._roots.append(show(region, *(last.triangle for last in lasts)))

    def _fit(self) -> None:
        """Tell each view the pixels of its screen. Side by side, an eye has as many across as both: the last
        pass halves them, so that points stay round when the screen pulls them apart again."""
        for view in self._views:
            _, _, width, height = self._parts[view.screen]
            view.resize((max(1, round(self._size[0] * width)), max(1, round(self._size[1] * height))))

    def resize(self, size: tuple[int, int]) -> None:
        if size == self._size or min(size) < 1:
            return
        self._size = size
        self._fit()
        for light in self._lights:
            light.resize()
        for last in self._lasts:
            last.resize()

    def pin(self, screen: Screen, number: int, corner: int | None) -> None:
        """Screen ``number`` gets the corners of ``screen`` from the next picture on; while they are being set
        its border shows, and ``corner`` (0 to 3) of it beats."""
        for last in self._lasts:
            if last.view.screen == number:
                last.pin(screen, corner)

    def set_mood(self, *, exposure: float, rim: float, time_s: float) -> None:
        """Exposure and the rim of light of the next picture; ``time_s`` moves the grain."""
        for last in self._lasts:
            last.set_mood(exposure=exposure * self._brightness, rim=rim, time_s=time_s)


class Last:
    """The last pass of one view: mirror, pin, exposure, film, grain."""

    def __init__(
        self, light: Light, view: View, screen: Screen, shaders: Shaders, stereo: Stereo = Stereo.OFF, *,
        over_room: bool = False, solid: float = 0.0,
    ) -> None:  # fmt: skip
        """``over_room``: the room is seen through the picture. ``solid`` (0 to 1): how much of it the cave's
        own dark hides, where the light's alpha says that the cave is."""
        self.view = view
        self.mood = Uniforms(2)
        self._whole = shaders.make("screen", "composite")
        self._plain = shaders.make("screen", "composite", "PLAIN")
        self.triangle = full_triangle(self._whole)
        self._light, self._stereo = light.light, stereo
        grey = stereo is Stereo.ANAGLYPH
        # As `composite.frag` has it: what a plain picture is without, now and at all.
        self._rim, self._pinned, self._never_plain = 0.0, False, over_room or grey
        self.triangle.set_shader_inputs(bloom=light.bloom, over=(1.0 if over_room else 0.0, solid))
        self.mood.values[1, 3] = 1.0 if grey else 0.0
        self.pin(screen, None)
        self.mood.bind(self.triangle, "mood")
        self.resize()

    def set_mood(self, *, exposure: float, rim: float, time_s: float) -> None:
        self.mood.values[0] = (exposure, BLOOM_SHARE, rim, time_s)
        if (rim > 0.0) != (self._rim > 0.0):
            self._rim = rim
            self._choose()

    def _choose(self) -> None:
        """Take the plain shader where it makes the same picture."""
        plain = self._rim <= 0.0 and not (self._pinned or self._never_plain)
        self.triangle.set_shader(self._plain if plain else self._whole)

    def pin(self, screen: Screen, corner: int | None) -> None:
        """Put the picture's corners where ``screen`` has them; ``corner`` is the one that is being set."""
        # Without a pin every pixel of the screen is one of the light, and the nearest is the exact one; side
        # by side it is two of them, and halfway between is their mean.
        pinned = screen.corners != pin.WHOLE or corner is not None
        sampler = p3d.SamplerState(self._light.get_default_sampler())
        if not pinned and self._stereo is not Stereo.SIDE_BY_SIDE:
            sampler.set_minfilter(p3d.SamplerState.FT_nearest)
            sampler.set_magfilter(p3d.SamplerState.FT_nearest)
        self.triangle.set_shader_input("light", self._light, sampler)
        self.triangle.set_shader_inputs(back=_back(screen), setting=-1.0 if corner is None else float(corner))
        self.mood.values[1, 2] = 1.0 if pinned else 0.0
        self._pinned = pinned or any(screen.mirror.flips)
        self._choose()

    def write_only(self, channels: int) -> None:
        """Leave the other colours of the window as they are."""
        self.triangle.set_attrib(p3d.ColorWriteAttrib.make(channels))

    def resize(self) -> None:
        width, height = self.view.screen_size
        self.mood.values[1, :2] = (width, height)
        self.triangle.set_shader_input("inner", (width / self.view.size[0], height / self.view.size[1]))


def _back(screen: Screen) -> p3d.PTA_LVecBase3f:
    """Rows of the homography from the window's part to the picture, y down: first to where it is seen on the
    wall, where the corners are told, then to the picture."""
    across, down = screen.mirror.flips
    flip = np.eye(3)
    for axis, turns in enumerate((across, down)):
        if turns:
            flip[axis, axis], flip[axis, 2] = -1.0, 1.0
    turned = pin.back(screen.corners) @ flip
    return p3d.PTA_LVecBase3f([p3d.LVecBase3f(*map(float, row)) for row in turned])
