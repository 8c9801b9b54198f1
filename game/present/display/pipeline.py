"""From light to picture: a float buffer of added light, its bloom, and the last pass onto the screen."""

from collections.abc import Callable
from typing import Final

import numpy as np
import panda3d.core as p3d

from game.present.display import pin
from game.present.display.settings import DisplaySettings
from game.present.shading import Shaders, Uniforms

BLOOM_SHARE: Final = 0.85
SHRINKS: Final = (4, 8, 16, 32)
"""Sizes of the bloom, in parts of the picture."""

MakeBuffer = Callable[[str, int, tuple[int, int], bool], tuple[p3d.GraphicsOutput, p3d.Texture]]
"""(name, sort, size, with depth) to a float buffer and the texture that it draws into."""


class Pipeline:
    """The passes of one picture. The scene is drawn by ``camera`` into the light buffer."""

    def __init__(
        self,
        *,
        make_buffer: MakeBuffer,
        window: p3d.GraphicsOutput,
        camera: p3d.NodePath,
        shaders: Shaders,
        settings: DisplaySettings,
        size: tuple[int, int],
        over_room: bool = False,
    ) -> None:
        self._brightness = settings.brightness
        self._buffers: list[tuple[p3d.GraphicsOutput, int]] = []
        self._reaches: list[tuple[p3d.NodePath, int]] = []
        self._roots: list[p3d.NodePath] = []
        self._make_buffer = make_buffer
        self._size = size
        self._mood = Uniforms(2)

        light_buffer, light = make_buffer("light", -50, size, True)
        self._buffers.append((light_buffer, 1))
        region = light_buffer.make_display_region()
        region.set_camera(camera)
        light_buffer.set_clear_color(p3d.LColor(0, 0, 0, 1))

        shrink = shaders.make("screen", "shrink")
        grow = shaders.make("screen", "grow")
        levels = [light]
        for i, part in enumerate(SHRINKS):
            # Light that is read from the full picture is held back where it is very hot: less flicker.
            screen, made = self._screen(f"shrink{part}", -40 + i, part, shrink)
            screen.set_shader_inputs(source=levels[-1], ceiling=(0.12 if i == 0 else 0.0, 0.0))
            self._reaches.append((screen, 1 if i == 0 else SHRINKS[i - 1]))
            levels.append(made)
        glow = levels[-1]
        for i, part in reversed(list(enumerate(SHRINKS[:-1]))):
            screen, made = self._screen(f"grow{part}", -20 - i, part, grow)
            screen.set_shader_inputs(wide=glow, here=levels[i + 1], share=(0.62, 0.5))
            self._reaches.append((screen, SHRINKS[i + 1]))
            glow = made

        last = self.triangle(shaders.make("screen", "composite"))
        # Without a pin every pixel of the screen is one of the light, and the nearest is the exact one.
        pinned = settings.corners != pin.WHOLE
        sampler = p3d.SamplerState(light.get_default_sampler())
        if not pinned:
            sampler.set_minfilter(p3d.SamplerState.FT_nearest)
            sampler.set_magfilter(p3d.SamplerState.FT_nearest)
        last.set_shader_input("light", light, sampler)
        last.set_shader_inputs(bloom=glow, back=self._back(settings), over=1.0 if over_room else 0.0)
        self._mood.values[1, 2] = 1.0 if pinned else 0.0
        self._mood.bind(last, "mood")
        self._show(window, last)
        self._spread()

    @staticmethod
    def _back(settings: DisplaySettings) -> p3d.PTA_LVecBase3f:
        matrix = pin.back(settings.corners)
        across, down = settings.mirror.flips
        flip = np.eye(3)
        for axis, turns in enumerate((across, down)):
            if turns:
                flip[axis, axis], flip[axis, 2] = -1.0, 1.0
        turned = flip @ matrix
        return p3d.PTA_LVecBase3f([p3d.LVecBase3f(*map(float, row)) for row in turned])

    @staticmethod
    def triangle(shader: p3d.Shader) -> p3d.NodePath:
        data = p3d.GeomVertexData("screen", p3d.GeomVertexFormat.get_v3(), p3d.Geom.UH_static)
        writer = p3d.GeomVertexWriter(data, "vertex")
        for x, z in ((-1.0, -1.0), (3.0, -1.0), (-1.0, 3.0)):
            writer.add_data3(x, 0.0, z)
        primitive = p3d.GeomTriangles(p3d.Geom.UH_static)
        primitive.add_next_vertices(3)
        geom = p3d.Geom(data)
        geom.add_primitive(primitive)
        node = p3d.GeomNode("screen")
        node.add_geom(geom)
        node.set_bounds(p3d.OmniBoundingVolume())
        path = p3d.NodePath(node)
        path.set_shader(shader)
        path.set_depth_test(False)
        path.set_depth_write(False)
        return path

    def _show(self, output: p3d.GraphicsOutput, triangle: p3d.NodePath) -> None:
        root = p3d.NodePath("pass")
        triangle.reparent_to(root)
        camera = root.attach_new_node(p3d.Camera("pass", p3d.OrthographicLens()))
        output.make_display_region().set_camera(camera)
        self._roots.append(root)

    def _screen(
        self, name: str, sort: int, part: int, shader: p3d.Shader
    ) -> tuple[p3d.NodePath, p3d.Texture]:
        buffer, texture = self._make_buffer(name, sort, self._sized(part), False)
        buffer.set_clear_color_active(False)
        self._buffers.append((buffer, part))
        triangle = self.triangle(shader)
        self._show(buffer, triangle)
        return triangle, texture

    def _sized(self, part: int) -> tuple[int, int]:
        return max(1, self._size[0] // part), max(1, self._size[1] // part)

    def _spread(self) -> None:
        """Tell each bloom pass the size of the texels it reads."""
        for screen, source in self._reaches:
            width, height = self._sized(source)
            # From the full picture to a quarter: four fetches on corners of texels mean all sixteen.
            screen.set_shader_input("reach", (1.0 / width, 1.0 / height))
        self._mood.values[1, :2] = self._size

    def resize(self, size: tuple[int, int]) -> None:
        if size == self._size or min(size) < 1:
            return
        self._size = size
        for buffer, part in self._buffers:
            buffer.set_size(*self._sized(part))
        self._spread()

    def set_mood(self, *, exposure: float, rim: float, time_s: float) -> None:
        """Exposure and the rim of light of the next picture; ``time_s`` moves the grain."""
        self._mood.values[0] = (exposure * self._brightness, BLOOM_SHARE, rim, time_s)
