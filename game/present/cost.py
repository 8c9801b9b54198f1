"""What a frame costs the graphics: draw calls, vertices, overdraw. For measuring, not for playing."""

from collections.abc import Callable, Sequence

import numpy as np
import panda3d.core as p3d

from game.present.display.panda import PandaDisplay
from game.present.sight import Sight


def _geoms(display: PandaDisplay) -> list[tuple[p3d.GeomNode, int]]:
    """Everything that a frame draws: (node, number of the geom), once for each camera that sees it."""
    found = []
    engine = p3d.GraphicsEngine.get_global_ptr()
    for window in engine.get_windows():
        for region in window.get_active_display_regions():
            camera = region.get_camera()
            if camera.is_empty():
                continue
            for path in camera.get_top().find_all_matches("**/+GeomNode"):
                if not path.is_hidden():
                    found += [(path.node(), i) for i in range(path.node().get_num_geoms())]
    return found


def count(display: PandaDisplay) -> tuple[int, int]:
    """Draw calls and vertices of a frame, all passes."""
    geoms = _geoms(display)
    vertices = 0
    for node, i in geoms:
        geom = node.get_geom(i)
        vertices += sum(primitive.get_num_vertices() for primitive in geom.get_primitives())
    return len(geoms), vertices


def overdraw(display: PandaDisplay, draw: Callable[[], None]) -> dict[str, float]:
    """How often the scene paints a pixel: the mean over the picture, over the pixels painted at all, and the
    part of the picture that is. ``draw`` draws one frame."""
    kept = []
    for path in display.root.find_all_matches("**/+GeomNode"):
        shader = path.get_shader()
        if shader is None:
            continue
        kept.append((path, path.get_attrib(p3d.ShaderAttrib)))
        path.set_attrib(kept[-1][1].set_shader(display.shaders.counting(shader)))
    draw()
    light = display.lights[0]
    engine = p3d.GraphicsEngine.get_global_ptr()
    engine.extract_texture_data(light, display.output.get_gsg())
    pixels = light.get_x_size() * light.get_y_size()
    # Drivers give back half or whole floats, as they please.
    wide = len(light.get_ram_image()) // (pixels * light.get_num_components())
    rows = np.frombuffer(memoryview(light.get_ram_image()), dtype=f"f{wide}")
    times = rows.reshape(pixels, -1)[:, 0].astype(np.float64)
    light.clear_ram_image()
    for path, attrib in kept:
        path.set_attrib(attrib)
    painted = times[times > 0.0]
    return {
        "mean": round(float(times.mean()), 3),
        "of_painted": round(float(painted.mean()), 3) if painted.size else 0.0,
        "painted_part": round(float((times > 0.0).mean()), 4),
    }


def cut(root: p3d.NodePath, sights: Sequence[Sight]) -> None:
    """Leave each draw call one primitive; one group of those whose primitives a frame chooses."""
    for one in sights:
        one.most = 1
    chosen = [one.node for one in sights]
    for path in root.find_all_matches("**/+GeomNode"):
        if path in chosen:
            continue
        node = path.node()
        for i in range(node.get_num_geoms()):
            geom = node.modify_geom(i)
            for number in range(geom.get_num_primitives()):
                primitive = type(geom.get_primitive(number))(p3d.Geom.UH_static)
                primitive.add_consecutive_vertices(0, 3)
                primitive.close_primitive()
                geom.set_primitive(number, primitive)


def times_itself(display: PandaDisplay) -> bool:
    """Whether the graphics driver can time its own work."""
    return bool(display.output.get_gsg().get_supports_timer_query())
