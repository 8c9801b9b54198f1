"""Shaders from files, tables of vertices from numpy, and uniforms that are written in place.

A `Uniforms` is bound to a node once; after that a frame only writes numbers into its array. No render state
is made anew per frame, which is what Panda3D's main thread would spend its time on.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray

_INCLUDE = re.compile(r'^#include "([a-z_]+\.glsl)"$', re.MULTILINE)


class Shaders:
    """The shaders of one folder, compiled sources kept by name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, ...], p3d.Shader] = {}

    def make(self, vertex: str, fragment: str, *defined: str) -> p3d.Shader:
        """The shader of ``vertex``.vert and ``fragment``.frag, their ``#include "x.glsl"`` lines resolved and
        the names ``defined`` for their ``#ifdef``.

        Raises OSError when a file cannot be read.
        """
        key = (vertex, fragment, *defined)
        if key not in self._made:
            head = "#version 330\n" + "".join(f"#define {name}\n" for name in defined)
            self._made[key] = p3d.Shader.make(
                p3d.Shader.SL_GLSL,
                head + self._read(vertex + ".vert"),
                head + self._read(fragment + ".frag"),
            )
        return self._made[key]

    def counting(self, shader: p3d.Shader) -> p3d.Shader:
        """The same vertices as ``shader``, and fragments that each count one; of one that was made here."""
        (vertex,) = (key[0] for key, made in self._made.items() if made == shader)
        return self.make(vertex, "count")

    def _read(self, name: str) -> str:
        text = (self._folder / name).read_text(encoding="utf-8")
        return _INCLUDE.sub(lambda found: self._read(found.group(1)), text)


Floats32 = NDArray[np.float32]


class Uniforms:
    """An array of vec4 in a shader; write to ``values`` (n, 4) and the next frame sees it."""

    def __init__(self, count: int) -> None:
        self._shared = p3d.PTA_LVecBase4f.empty_array(count)
        self.values: NDArray[np.float32] = np.asarray(memoryview(self._shared))  # type: ignore[arg-type,unused-ignore]
        self.values[:] = 0.0

    def bind(self, node: p3d.NodePath, name: str) -> None:
        node.set_shader_input(name, self._shared)

    def as_input(self, name: str, *, priority: int) -> p3d.ShaderInput:
        """For a camera's state: with a priority above 0 it wins over what is bound to nodes."""
        return p3d.ShaderInput(name, self._shared, priority)


def vertices(columns: Mapping[str, NDArray[np.float32]], *, name: str) -> p3d.GeomVertexData:
    """Vertex data of named float32 columns, each (n, 1..4); ``vertex`` is the position.

    One interleaved array is laid out in the order of the mapping and copied once.
    """
    layout = p3d.GeomVertexArrayFormat()
    widths = []
    for column, values in columns.items():
        kind = p3d.Geom.C_point if column == "vertex" else p3d.Geom.C_other
        layout.add_column(column, values.shape[1], p3d.Geom.NT_float32, kind)
        widths.append(values.shape[1])
    packed = np.ascontiguousarray(np.concatenate(list(columns.values()), axis=1), dtype=np.float32)
    if layout.stride != packed.shape[1] * 4:
        raise ValueError(f"vertex layout of {name} has stride {layout.stride}, not {packed.shape[1] * 4}")
    form = p3d.GeomVertexFormat.register_format(p3d.GeomVertexFormat(layout))
    data = p3d.GeomVertexData(name, form, p3d.Geom.UH_static)
    data.unclean_set_num_rows(len(packed))
    view = memoryview(data.modify_array(0)).cast("B")
    view[:] = packed.reshape(-1).view(np.uint8).data
    return data


def _node(data: p3d.GeomVertexData, primitive: Any, name: str) -> p3d.NodePath:
    geom = p3d.Geom(data)
    geom.add_primitive(primitive)
    node = p3d.GeomNode(name)
    node.add_geom(geom)
    path = p3d.NodePath(node)
    # Shaders move the vertices, so a box around their resting places would cull what is in view.
    path.node().set_bounds(p3d.OmniBoundingVolume())
    path.node().set_final(True)
    path.set_attrib(
        p3d.ColorBlendAttrib.make(
            p3d.ColorBlendAttrib.M_add, p3d.ColorBlendAttrib.O_one, p3d.ColorBlendAttrib.O_one
        )
    )
    path.set_depth_write(False)
    return path


def points(columns: Mapping[str, NDArray[np.float32]], shader: p3d.Shader, *, name: str) -> p3d.NodePath:
    """A cloud of points of light, added to what is behind; the vertex shader sets their size."""
    data = vertices(columns, name=name)
    primitive = p3d.GeomPoints(p3d.Geom.UH_static)
    primitive.add_next_vertices(data.get_num_rows())
    path = _node(data, primitive, name)
    shading = p3d.ShaderAttrib.make(shader)
    path.set_attrib(shading.set_flag(p3d.ShaderAttrib.F_shader_point_size, True))
    return path


def triangles(
    columns: Mapping[str, NDArray[np.float32]],
    corners: NDArray[np.int64],
    shader: p3d.Shader,
    *,
    name: str,
) -> p3d.NodePath:
    """Triangles (m, 3) of vertex numbers, added to what is behind, seen from both sides."""
    data = vertices(columns, name=name)
    primitive = p3d.GeomTriangles(p3d.Geom.UH_static)
    primitive.set_index_type(p3d.Geom.NT_uint32)
    table = primitive.modify_vertices()
    table.unclean_set_num_rows(corners.size)
    memoryview(table).cast("B")[:] = (
        np.ascontiguousarray(corners, dtype=np.uint32).reshape(-1).view(np.uint8).data
    )
    path = _node(data, primitive, name)
    path.set_attrib(p3d.ShaderAttrib.make(shader))
    path.set_two_sided(True)
    return path


def ribbon_corners(strands: int, length: int) -> NDArray[np.int64]:
    """Triangles of ``strands`` ribbons, each of ``length`` pairs of vertices that follow each other."""
    start = (np.arange(strands)[:, None] * length + np.arange(length - 1)[None, :]).reshape(-1) * 2
    quad = np.array([0, 1, 2, 2, 1, 3])
    return np.asarray(start[:, None] + quad[None, :]).reshape(-1, 3)
