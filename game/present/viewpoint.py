"""The eye before the wall: the picture as a window, corrected to where the player's head is."""

import math
from dataclasses import dataclass
from typing import Final

import panda3d.core as p3d

from game.interpret.intents import Vec3
from game.present.display.settings import DisplaySettings
from game.world.cave import EYE_HEIGHT_M

NEAR_M: Final = 0.12
FAR_M: Final = 80.0
CLOSEST_M: Final = 0.45
"""The eye never comes nearer to the window than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewpoint:
    """Where the eye is in the cave and how wide it sees."""

    eye: Vec3
    yaw_rad: float
    focal: float
    """Pixels that one metre takes up at one metre's distance."""
    size: tuple[int, int]
    """Pixels of the picture."""


def window_corners(settings: DisplaySettings, aspect: float, head: Vec3) -> tuple[Vec3, Vec3, Vec3, Vec3]:
    """Corners of the picture from the eye, metres, view axes: upper left and right, lower left and right."""
    half_w = settings.width_m / 2
    half_h = half_w / aspect
    forward = max(CLOSEST_M, settings.distance_m - head[1])
    left, right = -half_w - head[0], half_w - head[0]
    middle = -settings.below_eyes_m - head[2]
    low, high = middle - half_h, middle + half_h
    return (left, forward, high), (right, forward, high), (left, forward, low), (right, forward, low)


def place_camera(
    camera: p3d.NodePath,
    *,
    settings: DisplaySettings,
    size: tuple[int, int],
    feet: Vec3,
    yaw_rad: float,
    head: Vec3,
) -> Viewpoint:
    """Put the camera at the player's eye and its lens behind the wall's window."""
    right = (math.cos(yaw_rad), -math.sin(yaw_rad))
    ahead = (math.sin(yaw_rad), math.cos(yaw_rad))
    eye = (
        feet[0] + right[0] * head[0] + ahead[0] * head[1],
        feet[1] + right[1] * head[0] + ahead[1] * head[1],
        feet[2] + EYE_HEIGHT_M + head[2],
    )
    camera.set_pos_hpr(*eye, -math.degrees(yaw_rad), 0.0, 0.0)
    lens = camera.node().get_lens()
    corners = window_corners(settings, size[0] / size[1], head)
    lens.set_near_far(NEAR_M, FAR_M)
    # Both flags: without FC_aspect_ratio Panda3D keeps its own aspect and the corners are missed.
    lens.set_frustum_from_corners(
        *(p3d.LVecBase3f(*corner) for corner in corners), p3d.Lens.FC_off_axis | p3d.Lens.FC_aspect_ratio
    )
    return Viewpoint(eye=eye, yaw_rad=yaw_rad, focal=size[0] / settings.width_m * corners[0][1], size=size)
