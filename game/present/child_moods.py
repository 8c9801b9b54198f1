"""How the Child carries itself in each mood: its posture, its pace, its light, and what it does when it does
nothing. Told apart from the dark outline alone, without the light's colour."""

import math
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.present.child_parameters import HANDS, LEFT, PARAMETERS, RIGHT, P, fingers

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Temper:
    """What a mood does to movement and light."""

    pace: float
    """Factor on how quickly every part follows."""
    damping: float
    """Factor: above 1 moves end dead, below 1 they swing on."""
    sway_rad: float
    """How far it sways from foot to foot."""
    sway_hz: float
    breath: float
    """Depth of its breath; 1 is rest."""
    breath_hz: float
    bounce_m: float
    """How much its breath lifts all of it."""
    start: float
    """0 to 1: how often it snaps its head and ears."""
    flinch: float
    """0 to 1: how often it shrinks from you and looks for the way out."""
    lift_m: float
    """How high its feet go."""
    hard: float
    """0 to 1: light as a thin hard edge instead of a soft body."""
    light: float
    """Factor on its light."""


_TEMPERS: Final[dict[str, Temper]] = {
    "hostile": Temper(pace=1.45, damping=1.15, sway_rad=0.012, sway_hz=0.16, breath=1.5, breath_hz=0.52,
                      bounce_m=0.0, start=0.62, flinch=0.0, lift_m=0.060, hard=1.0, light=1.0),
    "wary": Temper(pace=1.25, damping=0.95, sway_rad=0.010, sway_hz=0.21, breath=0.7, breath_hz=0.85,
                   bounce_m=0.0, start=0.12, flinch=0.55, lift_m=0.030, hard=0.62, light=0.72),
    "warming": Temper(pace=0.75, damping=1.1, sway_rad=0.085, sway_hz=0.19, breath=1.2, breath_hz=0.27,
                      bounce_m=0.003, start=0.0, flinch=0.0, lift_m=0.040, hard=0.25, light=0.95),
    "friend": Temper(pace=1.0, damping=0.72, sway_rad=0.060, sway_hz=0.46, breath=2.0, breath_hz=0.55,
                     bounce_m=0.014, start=0.0, flinch=0.0, lift_m=0.075, hard=0.0, light=1.15),
}  # fmt: skip

_POSTURES: Final[dict[str, dict[P, float]]] = {
    # Fists on its hips, wide, leaning at you, brow down, ears flat.
    "hostile": {
        P.LEAN: 0.20, P.NOD: 0.26, P.SHRUG: 0.030, P.STANCE: 0.042, P.CROUCH: 0.10, P.EARS: -1.25,
        P.LIDS: -0.30, P.SLANT: 0.85, P.SMILE: -0.75, P.PUPIL: -0.5, P.FORTH: 0.015,
        P.HAND_L_X: 0.058, P.HAND_L_Y: 0.010, P.HAND_L_Z: 0.080,
        P.HAND_R_X: -0.058, P.HAND_R_Y: 0.010, P.HAND_R_Z: 0.080, P.ELBOWS: 1.0,
        **fingers("L", 0.7, 0.7, 0.7, 0.5), **fingers("R", 0.7, 0.7, 0.7, 0.5),
    },
    # Half turned on bent legs, a foot back to flee on, hands clasped before its chest, ears bolt upright.
    "wary": {
        P.TURN: 0.80, P.CROUCH: 0.42, P.LEAN: 0.10, P.SIDE: 0.17, P.WEIGHT: 0.024, P.BACK: 0.060,
        P.NARROW: 0.018, P.SHRUG: 0.022, P.EARS: 1.35, P.LIDS: 0.42, P.SLANT: -0.60, P.SMILE: -0.55,
        P.PUPIL: -0.65,
        P.HAND_L_X: 0.128, P.HAND_L_Y: 0.105, P.HAND_L_Z: 0.175,
        P.HAND_R_X: -0.122, P.HAND_R_Y: 0.100, P.HAND_R_Z: 0.155,
        **fingers("L", 0.2, 0.25, 0.3, 0.1, ahead=-0.5), **fingers("R", 0.1, 0.15, 0.2, 0.0, ahead=-0.5),
    },
    # Upright, head to one side, eyes open and soft, one hand half held out.
    "warming": {
        P.TILT: 0.36, P.WEIGHT: -0.014, P.TWIST: -0.14, P.EARS: 0.15, P.EAR_ODD: 0.42, P.LIDS: 0.08,
        P.SLANT: -0.34, P.CHEEK: 0.24, P.SMILE: 0.95, P.PUPIL: 0.7, P.LEAN: -0.02,
        P.HAND_L_X: 0.020, P.HAND_L_Y: -0.030, P.HAND_L_Z: 0.005,
        P.HAND_R_X: 0.050, P.HAND_R_Y: 0.110, P.HAND_R_Z: 0.205,
        **fingers("R", -0.2, -0.15, -0.05, -0.3, up=1.0, wrist=-0.15),
    },
    # Chest up, arms wide, eyes that laugh.
    "friend": {
        P.LEAN: -0.13, P.STANCE: 0.014, P.EARS: -0.28, P.LIDS: -0.02, P.CHEEK: 0.80, P.SMILE: 1.15,
        P.PUPIL: 0.75, P.SHRUG: -0.006, P.TILT: -0.10,
        P.HAND_L_X: -0.105, P.HAND_L_Y: 0.060, P.HAND_L_Z: 0.165,
        P.HAND_R_X: 0.105, P.HAND_R_Y: 0.060, P.HAND_R_Z: 0.165,
        **fingers("L", -0.3, -0.3, -0.3, -0.4, ahead=0.7, up=0.4, wrist=0.35),
        **fingers("R", -0.3, -0.3, -0.3, -0.4, ahead=0.7, up=0.4, wrist=0.35),
    },
}  # fmt: skip

MOODS: Final = tuple(_TEMPERS)
_NAMES: Final = tuple(one.name for one in fields(Temper))
_POSTURE_ROWS: Final = np.array([[_POSTURES[mood].get(p, 0.0) for p in P] for mood in MOODS])
_TEMPER_ROWS: Final = np.array([[getattr(_TEMPERS[mood], name) for name in _NAMES] for mood in MOODS])
_CHANGE_PER_S: Final = 2.2
_USUAL: Final = MOODS.index("wary")


def noise(seed: float) -> float:
    """0 to 1, the same for the same number."""
    return (math.sin(seed * 127.1 + 11.7) * 43758.5453) % 1.0


def wander(t: float, seed: float) -> float:
    """-1 to 1: a smooth way that never comes again, about one turn in each unit of ``t``."""
    slot = math.floor(t)
    part = t - slot
    part = part * part * (3.0 - 2.0 * part)
    a, b = noise(slot + seed * 17.3), noise(slot + 1.0 + seed * 17.3)
    return 2.0 * (a + (b - a) * part) - 1.0


class Mood:
    """The mood as the body has it: it changes over a second, not at once."""

    def __init__(self) -> None:
        self._weights: Floats | None = None
        self._settled = ""
        """The mood that it has altogether."""
        self.posture = np.zeros(PARAMETERS)
        self.temper = _TEMPERS[MOODS[_USUAL]]

    def advance(self, mood: str, dt_s: float) -> None:
        """Towards ``mood``; one that is not known is carried as wary."""
        if mood == self._settled:
            return
        goal = np.zeros(len(MOODS))
        goal[MOODS.index(mood) if mood in MOODS else _USUAL] = 1.0
        if self._weights is None:
            self._weights = goal
        self._weights = self._weights + (goal - self._weights) * (1.0 - math.exp(-dt_s * _CHANGE_PER_S))
        left = float(np.abs(goal - self._weights).max())
        self._weights, self._settled = (self._weights, "") if left > 1e-6 else (goal, mood)
        self.posture = self._weights @ _POSTURE_ROWS
        values = self._weights @ _TEMPER_ROWS
        self.temper = Temper(**dict(zip(_NAMES, (float(value) for value in values), strict=True)))

    def idle(self, t: float, sway: float) -> Floats:
        """(parameters,) of what it does when it does nothing; ``sway`` is its phase in swaying, radians."""
        move = np.zeros(PARAMETERS)
        temper = self.temper
        lean = math.sin(sway) + 0.45 * wander(t * 0.7, 1.0)
        move[P.SIDE] += temper.sway_rad * lean
        move[P.WEIGHT] += 0.22 * temper.sway_rad * lean
        move[P.TILT] += 0.05 * wander(t * 0.4, 2.0) - 0.5 * temper.sway_rad * lean
        move[P.EARS] += 0.12 * wander(t * 0.9, 3.0)
        # A snap of the head: there within a tenth of a second, held, and back.
        slot = math.floor(t * 1.15)
        if noise(slot + 0.21) < temper.start:
            side = 1.0 if noise(slot + 0.61) > 0.5 else -1.0
            age = (t * 1.15 - slot) / 1.15
            if age < 0.34:
                move[P.SHAKE] += 0.16 * side
                move[P.TILT] += 0.13 * side
                move[P.LEAN] += 0.06
                move[P.SHRUG] += 0.008
                move[P.EARS] -= 0.3
        # An ear that heard something, each for itself.
        slot = math.floor(t * 2.6)
        if noise(slot + 0.37) < 0.10 + 0.5 * temper.flinch and t * 2.6 - slot < 0.42:
            move[P.EAR_ODD] += 0.9 if noise(slot + 0.77) > 0.5 else -0.9
        # It shrinks, and its head asks for the way out; its eyes stay on you.
        slot = math.floor(t * 0.62)
        if noise(slot + 0.13) < temper.flinch and (t * 0.62 - slot) / 0.62 < 0.55:
            move[P.SHAKE] += 0.22
            move[P.CROUCH] += 0.14
            move[P.SHRUG] += 0.010
            move[P.WEIGHT] += 0.012
        return move


def carried(posture: Floats, claim: Floats) -> Floats:
    """What is left of a mood's posture under a gesture that claims (parameters,) 0 to 1 of the body: of its
    hands nothing, or they would miss what they point at; of the rest about half, so that a mood shows."""
    share = 0.55 * claim
    hands = [*LEFT, *RIGHT]
    share[hands] = claim[hands]
    # What hands say is said to your face.
    share[P.TURN] = max(share[P.TURN], 0.6 * float(claim[list(HANDS)].max()))
    return np.asarray(posture * (1.0 - share))
