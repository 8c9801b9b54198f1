"""The light of one view: a float buffer that its camera draws into, and the bloom around it."""

from collections.abc import Callable
from typing import Final

import panda3d.core as p3d

from game.present.display.view import View
from game.present.shading import Shaders

SHRINKS: Final = (4, 16)
"""Sizes of the bloom, in parts of the picture. Each is a pass more, which the main thread issues."""

MakeBuffer = Callable[[str, int, tuple[int, int], bool], tuple[p3d.GraphicsOutput, p3d.Texture]]
"""(name, sort, size, with depth) to a float buffer and the texture that it draws into."""


def full_triangle(shader: p3d.Shader) -> p3d.NodePath:
    """One triangle that covers a whole region."""
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


def show(region: p3d.DisplayRegion, *triangles: p3d.NodePath) -> p3d.NodePath:
    """Draw these triangles in this region; the root that must be kept."""
    root = p3d.NodePath("pass")
    for triangle in triangles:
        triangle.reparent_to(root)
    region.set_camera(root.attach_new_node(p3d.Camera("pass", p3d.OrthographicLens())))
    return root


class Light:
    """The passes of one view up to the last one; its `light` and `bloom` are textures of that."""

    def __init__(self, view: View, *, make_buffer: MakeBuffer, shaders: Shaders) -> None:
        self._view = view
        self._make_buffer = make_buffer
        self._buffers: list[tuple[p3d.GraphicsOutput, int]] = []
        self._reaches: list[tuple[p3d.NodePath, int]] = []
        self._roots: list[p3d.NodePath] = []
        buffer, self.light = make_buffer(f"light {view.name}", -50, view.size, True)
        self.buffer = buffer
        """What the scene is drawn into."""
        self._buffers.append((buffer, 1))
        buffer.make_display_region().set_camera(view.camera)
        buffer.set_clear_color(p3d.LColor(0, 0, 0, 1))
        shrink = shaders.make("screen", "shrink")
        grow = shaders.make("screen", "grow")
        screen, quarter = self._screen(f"shrink{SHRINKS[0]}", -40, SHRINKS[0], shrink)
        # Light that is read from the full picture is held back where it is very hot: less flicker.
        screen.set_shader_inputs(source=self.light, ceiling=(0.12, 0.0))
        self._reaches.append((screen, 1))
        soften = shaders.make("screen", "soften")
        screen, smallest = self._screen(f"shrink{SHRINKS[1]}", -39, SHRINKS[1], soften)
        screen.set_shader_input("source", quarter)
        self._reaches.append((screen, SHRINKS[0]))
        screen, self.bloom = self._screen(f"grow{SHRINKS[0]}", -20, SHRINKS[0], grow)
        screen.set_shader_inputs(wide=smallest, here=quarter)
        self._reaches.append((screen, SHRINKS[1]))
        self._spread()

    def resize(self) -> None:
        """The view has another size."""
        for buffer, part in self._buffers:
            buffer.set_size(*self._sized(part))
        self._spread()

    def _screen(
        self, name: str, sort: int, part: int, shader: p3d.Shader
    ) -> tuple[p3d.NodePath, p3d.Texture]:
        buffer, texture = self._make_buffer(f"{name} {self._view.name}", sort, self._sized(part), False)
        buffer.set_clear_color_active(False)
        self._buffers.append((buffer, part))
        triangle = full_triangle(shader)
        self._roots.append(show(buffer.make_display_region(), triangle))
        return triangle, texture

    def _sized(self, part: int) -> tuple[int, int]:
        width, height = self._view.size
        return max(1, width // part), max(1, height // part)

    def _spread(self) -> None:
        """Tell each bloom pass the size of the texels it reads."""
        for screen, source in self._reaches:
            width, height = self._sized(source)
            # To a quarter of the size: four fetches on corners of texels mean all sixteen.
            screen.set_shader_input("reach", (1.0 / width, 1.0 / height))
