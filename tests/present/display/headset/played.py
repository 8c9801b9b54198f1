"""Frames in a headset, and what its eyes see of them."""

import numpy as np
import panda3d.core as p3d

from game.cli.staging import staged_world
from game.present.display.headset.display import HeadsetDisplay
from game.present.stage import Stage
from game.world.state import Scene


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


def frames(
    display: HeadsetDisplay, count: int, stage: Stage | None = None, scene: Scene = Scene.FORK
) -> list[float]:
    """So many frames; when each is to be seen."""
    seen = []
    world = staged_world(scene, 7)
    for _ in range(count):
        seen.append(display.begin().predicted_s)
        if stage is not None:
            stage.update(world, alpha=1.0, mouth=0.0, voice_level=0.0, predicted_s=0.0, frame_dt_s=0.02)
        display.submit()
    return seen


def pixels(picture: p3d.Texture, display: HeadsetDisplay) -> np.ndarray:
    """(height, width, 4) of an eye, 0 to 255."""
    p3d.GraphicsEngine.get_global_ptr().extract_texture_data(picture, display.desktop.output.get_gsg())
    size = (picture.get_y_size(), picture.get_x_size(), 4)
    return np.frombuffer(picture.get_ram_image_as("RGBA"), dtype=np.uint8).reshape(size)
