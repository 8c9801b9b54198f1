"""What the motion of the Child is told and what it gives: plain data for stage, springs and skin."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from game.interpret.intents import Vec3
from game.world.boulders import Boulder
from game.world.state import Pose


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """What the Child does at a moment, as the world says."""

    position: Vec3
    yaw_rad: float
    look_at: Vec3
    pose: Pose
    gesture: str | None
    gesture_age_s: float
    speed_mps: float
    has_light: bool
    mouth: float
    """0 to 1: loudness of its own voice."""
    heard: float
    """0 to 1: loudness of the player's voice."""
    mood: str
    """hostile, wary, warming or friend."""
    hands_at: tuple[Vec3 | None, Vec3 | None] = (None, None)
    """What its left and its right hand reach for in the world; None leaves a hand to gesture and mood."""
    rock: Boulder | None = None
    """The boulder that it climbs or stands on."""
    blink_age_s: float = math.inf
    """Since it began to blink at something; it also blinks by itself."""


@dataclass(slots=True)
class Figure:
    """The Child as it is drawn: ``bones`` (BONES * 3, 4), rows of affine matrices from rest to the world."""

    bones: NDArray[np.float32]
    head: Vec3
    chest: Vec3
    light_at: Vec3
    """Between its hands."""
    gaze: tuple[float, float]
    """Eyes in the head: right and up, radians."""
    lids: tuple[float, float]
    """Opening, 0 shut to 1.4, left and right."""
    pupil: float
    smile: float
    mouth: float
    light: float
    """How bright it is, as a part of what the world gives it."""
    slant: float
    """Upper lids: 1 in anger, -1 in worry."""
    cheek: float
    """Lower lids: 1 pushed up by a smile."""
    hard: float
    """0 to 1: light as a thin hard edge."""
    planted: tuple[bool, bool]
    """Whether the left and the right foot stand."""
