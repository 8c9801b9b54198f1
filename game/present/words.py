"""Words of light: text that gathers from points, stands for a moment, and blows away."""

import textwrap
from dataclasses import dataclass
from typing import Final

import numpy as np
import panda3d.core as p3d
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from game.interpret.intents import Vec3
from game.present import shading
from game.present.viewpoint import PANE_M
from game.world.state import LightWords

LINE_CHARACTERS: Final = 34
MOST_LINES: Final = 3
LETTER_M: Final = 0.112
"""Height of a line of text."""
_RASTER_PX: Final = 30
"""Height of a line when it is drawn to be read off point by point."""
_CLEAR_M: Final = 0.05
_EARS_M: Final = 0.26
"""From the middle of the Child's head to the tips of its ears."""
_HEIGHTS: Final = {"heard": -1.16, "hint": -0.80, "child": 0.42}
_COLOURS: Final = {"heard": (1.0, 0.55, 0.22), "hint": (0.95, 0.80, 0.62), "child": (0.55, 0.78, 1.0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """Somebody between the eye and the pane of words, as the eye sees them on it; metres on the pane."""

    across_m: float
    top_m: float
    half_m: float


def readable(text: str) -> list[str]:
    """Lines of printable text, at most `MOST_LINES`; what is longer ends with an ellipsis."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text[:400]).split())
    # Lines of about the same length: a last line of one word looks forgotten.
    count = min(MOST_LINES, -(-len(clean) // LINE_CHARACTERS))
    width = min(LINE_CHARACTERS, -(-len(clean) // max(1, count)) + 6)
    return textwrap.wrap(clean, max(8, width), max_lines=MOST_LINES, placeholder=" …", break_long_words=True)


def letters(lines: list[str], rng: np.random.Generator) -> dict[str, NDArray[np.float32]]:
    """Vertex columns of points that form ``lines``, centred on the origin, x right and z up, metres.

    A point for every other pixel of the rasterised letters; at least one for any text that shows at all.
    """
    font = ImageFont.load_default(_RASTER_PX)
    widths = [int(font.getlength(line)) + 4 for line in lines]
    spots = []
    turns = []
    for row, (line, width) in enumerate(zip(lines, widths, strict=True)):
        picture = Image.new("L", (width, int(_RASTER_PX * 1.35)), 0)
        ImageDraw.Draw(picture).text((2, 0), line, fill=255, font=font)
        mask = np.asarray(picture)
        y, x = np.nonzero(mask > 110)
        # A chequerboard of every other pixel keeps strokes whole and counts half.
        keep = (x + y) % 2 == 0
        x, y = x[keep], y[keep]
        scale = LETTER_M / _RASTER_PX
        spots.append(
            np.stack(
                [(x - width / 2) * scale, np.zeros(len(x)), -(y * scale) - row * LETTER_M * 1.25], axis=1
            )
        )
        turns.append(x / max(1, width))
    points = np.concatenate(spots)
    points[:, 2] += LETTER_M * 1.25 * len(lines) / 2
    points += rng.normal(0.0, 0.0007, points.shape)
    flight = rng.normal(0.0, 1.0, (len(points), 3)) * np.array([1.0, 0.4, 0.8])
    stray = np.concatenate([flight, rng.uniform(0, 1, (len(points), 1))], axis=1)
    return {
        "vertex": points.astype(np.float32),
        "stray": stray.astype(np.float32),
        "turn": np.concatenate(turns)[:, None].astype(np.float32),
    }


class Words:
    """Holds a cloud of points for each text that stands in the air now."""

    def __init__(self, pane: p3d.NodePath, shaders: shading.Shaders, rng: np.random.Generator) -> None:
        self._pane = pane
        self._shader = shaders.make("words", "grain")
        self._rng = rng
        self._shown: dict[tuple[str, float, str], tuple[p3d.NodePath, shading.Uniforms]] = {}

    def standing(self, head: p3d.LPoint3f, eye: p3d.LPoint3f) -> Before | None:
        """The Child, its ``head`` in the world, as an eye sees it on the pane; None behind the pane."""
        world = self._pane.get_parent()
        eye, low, high = (
            self._pane.get_relative_point(world, point)
            for point in (eye, head, head + p3d.LVector3f(0.0, 0.0, _EARS_M))
        )
        if not eye.y < low.y < PANE_M:
            return None
        larger = (PANE_M - eye.y) / (low.y - eye.y)
        return Before(
            across_m=eye.x + (low.x - eye.x) * larger,
            top_m=eye.z + (high.z - eye.z) * larger,
            half_m=(high - low).length() * larger,
        )

    def update(
        self, words: list[LightWords], time_s: float, child: Vec3, before: Before | None = None
    ) -> None:
        """Show the world's words at ``time_s``; a text is rasterised once, when it is first seen.

        ``child`` is the place (world) where words that fly to the Child end. What is nearer hides words, so a
        text that comes while somebody stands ``before`` its place stands above them instead.
        """
        wanted = {(word.text, word.born_s, word.kind): word for word in words if word.text.strip()}
        for key in [key for key in self._shown if key not in wanted]:
            self._shown.pop(key)[0].remove_node()
        for key, word in wanted.items():
            if key not in self._shown:
                lines = readable(word.text)
                if not lines:
                    continue
                columns = letters(lines, self._rng)
                if not len(columns["vertex"]):
                    continue
                node = shading.points(columns, self._shader, name="words")
                uniforms = shading.Uniforms(3)
                uniforms.bind(node, "words")
                node.reparent_to(self._pane)
                height = _HEIGHTS.get(word.kind, _HEIGHTS["hint"])
                half_m = float(columns["vertex"][:, 0].max())
                if before is not None and abs(before.across_m) < half_m + before.half_m:
                    lines_m = LETTER_M * 1.25 * len(lines)
                    height = max(height, before.top_m + 0.5 * lines_m + _CLEAR_M)
                node.set_pos(0.0, PANE_M, height)
                uniforms.values[1, :3] = _COLOURS.get(word.kind, _COLOURS["hint"])
                self._shown[key] = (node, uniforms)
            node, uniforms = self._shown[key]
            uniforms.values[0] = (time_s - word.born_s, word.lasts_s, 0.0, 1.0)
            if word.toward:
                end = node.get_relative_point(self._pane.get_parent(), p3d.LPoint3(*child))
                uniforms.values[2] = (*end, 1.0)
