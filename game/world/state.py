"""The state of the world: all that a save, a hash and a picture need, in metres, seconds and radians."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from game.clock import TICK_HZ
from game.interpret.intents import Vec3
from game.world.cave import PAINT_ALONG, PAINT_AROUND, Cave
from game.world.corners import WHOLE, Corner, Corners
from game.world.talk_state import Listening, Talk
from npc.contract import Exchange


class Scene(StrEnum):
    """Where the story stands; the first minute in order, then the fork."""

    DARK = "dark"
    """Black, a hum, one mote."""
    PAINT = "paint"
    """A hand (or a voice) paints the cave into being."""
    WALK = "walk"
    """A ghost hand walks on two fingers: copy it, to the giggle."""
    POINT = "point"
    """A giggle: point at it."""
    EYES = "eyes"
    """Eyes light up; it comes out and stares."""
    ASK = "ask"
    """"What are you looking at?": it waits for any answer."""
    THEFT = "theft"
    """The light goes out of the hand."""
    FORK = "fork"
    """Free talk; it leads when sworn at or charmed."""
    LEAD = "lead"
    """It goes before, to the way out."""
    SIGHT = "sight"
    """The hall at the end of the way."""


class Pose(StrEnum):
    """What the Child's body is doing; present turns it into limbs."""

    HIDDEN = "hidden"
    PEEK = "peek"
    STAND = "stand"
    WALK = "walk"
    CROUCH = "crouch"
    REACH = "reach"
    CLIMB = "climb"
    LEAP = "leap"


@dataclass(slots=True)
class Story:
    """What the story has seen and done in this evening, beyond its scene."""

    hand_seen_s: float | None = None
    painted: float = 0.0
    """Share of the first tunnel's rock that a hand has lit."""
    walked_m: float = 0.0
    spoken_to: bool = False
    """The player has spoken to the Child."""
    hide: Vec3 = (0.0, 0.0, 0.0)
    """Where the Child hides before it is seen."""
    marks: dict[str, float] = field(default_factory=dict)
    """Moments that happen once, with their time: giggle, companion, theft ..."""
    still_palm_s: float = 0.0
    """How long a palm has been held up, still and quiet."""
    actions: list[str] = field(default_factory=list)
    """Actions that the Child's heard replies asked for and the world has not done yet."""


@dataclass(slots=True)
class Player:
    tunnel: int = 0
    along_m: float = 4.0
    speed_mps: float = 0.0
    position: Vec3 = (0.0, 0.0, 0.0)
    """Feet, in the world."""
    yaw_rad: float = 0.0
    """Direction of the view; 0 is +y, positive to the right."""
    backwards: bool = False
    """Turned around: it looks and walks back along the rail."""
    bears: int = 0
    """Told to turn: -1 left, 1 right at the next fork; 0 for nothing told."""
    head: Vec3 = (0.0, 0.0, 0.0)
    """The real head relative to its resting place, metres."""
    steps: int = 0
    turn_step_rad: float = 0.0
    """The view follows the tunnel in turns of so much at once; 0: it follows all the time."""
    towed: bool = True
    """The thread of light may draw one on who does not walk."""
    near: bool = False
    """The Child may come as near as a body may, for it is seen down to its feet: in a headset."""
    hole_m: float = 0.0
    """So far away begins a hole in the player's own floor, through which the cave is seen; 0: none does."""
    hole_rad: float = 0.0
    """Where it begins: from ahead, positive to the right."""
    deep_m: float = 0.0
    """So far below the player's floor is the cave's."""


WISHES: Final = ("turn_step_rad", "towed", "near", "hole_m", "deep_m")
"""Fields of the player that are set before an evening and hold for all of it."""


@dataclass(slots=True)
class HandLight:
    """A hand of the player as a light in the cave."""

    side: str
    aim: tuple[float, float]
    """Azimuth and elevation in the view, radians."""
    shape: tuple[Vec3, ...]
    """21 landmarks about the palm in metres, view axes."""
    strength: float
    """0 to 1: how brightly it burns."""
    pinch: float
    """0 to 1."""
    point: float
    """0 to 1."""
    origin: Vec3
    """The palm in the world."""
    target: Vec3
    """Where its light meets the rock."""
    target_name: str = ""
    """What it points at: the child, or a tunnel by its name; empty for nothing."""
    pull: float = 0.0
    """0 to 1: how far its light leans to that by now."""


class Doing(StrEnum):
    """What the Child does of its own accord, beside the story: one thing at a time."""

    HIDE = "hide"
    """Behind a boulder, then it peeks."""
    CLIMB = "climb"
    """Up a boulder, stays there, and leaps down."""
    CATCH = "catch"
    """A thrown thing: sees it come, reaches, holds it, looks at it, and decides."""
    DUCK = "duck"
    """Below a thing that was thrown hard."""
    BLOCK = "block"
    """In the player's way, with its arms out."""
    FETCH = "fetch"
    """A light out of a crystal."""


@dataclass(slots=True)
class Antic:
    """What it does of its own accord, and how far it is."""

    doing: Doing
    phase: str
    """go, down, over, round; up, top, leap; wait, hold, wind, away; stand; stoop; done."""
    since_s: float
    """When the phase began."""
    boulder: int = -1
    """Number of the boulder that it needs; -1 for none."""
    way: tuple[float, float] = (1.0, 0.0)
    """From the boulder's middle to its side of it, a level unit vector."""


@dataclass(slots=True)
class Thrown:
    """A thing of light that was thrown: a light, or words that the player had just said."""

    text: str
    position: Vec3
    velocity: Vec3
    by: str
    """player or child."""
    born_s: float
    hard: float
    """0 to 1: how hard it was thrown."""
    lands_m: float
    """So far it flies before it meets rock."""
    held: bool = False
    """The Child has it in its hands."""
    fades_s: float | None = None
    """Since when it goes out."""


@dataclass(slots=True)
class Child:
    position: Vec3 = (0.0, 0.0, 0.0)
    """Feet, in the world."""
    yaw_rad: float = 0.0
    """Facing, as the player's yaw."""
    look_at: Vec3 = (0.0, 0.0, 0.0)
    pose: Pose = Pose.HIDDEN
    gesture: str | None = None
    """A tag of the personality: stare, laugh, point, hide, shrug, come_close, turn_away, jump ..."""
    gesture_since_s: float = 0.0
    body: float = 0.0
    """0 to 1: how much of its body shines."""
    eyes: float = 0.0
    """0 to 1: how much its eyes shine."""
    warmth: float = 0.0
    """0 cold blue-white to 1 warm: trust as light."""
    speaking: str | None = None
    """Name of the clip that its mouth follows."""
    has_light: bool = False
    """It holds the light that it stole."""
    looks_until_s: float = 0.0
    """Until when it looks where the player's hand points, instead of at the player."""
    goal: Vec3 | None = None
    speed_mps: float = 0.0
    mood: str = "hostile"
    antic: Antic | None = None
    antic_ended_s: float = -99.0
    reach: Vec3 | None = None
    """What its hands go for."""
    points_at: Vec3 | None = None
    """What it points at when it points; None: ahead."""


@dataclass(slots=True)
class LightWords:
    """Words that stand in the air as light for a moment."""

    text: str
    born_s: float
    lasts_s: float
    kind: str
    """heard: what the player said; hint: a word of help; child: its own; start again: the game's
    question."""
    toward: str = ""
    """child: they fly to it when they go. Else the wind has them."""


@dataclass(slots=True)
class Wave:
    """A ring of light that runs over the rock from a sound."""

    origin: Vec3
    born_s: float
    strength: float
    """0 to 1."""

    @property
    def reach_m(self) -> float:
        """How far it shows the rock: a whisper the hand before the face, a shout a cathedral."""
        return 1.1 + 55.0 * self.strength**2


@dataclass(slots=True)
class Obeyed:
    """What a command changed, for as long as it may still be taken back."""

    name: str
    end_s: float
    """When its words ended: with the name, which command it was."""
    at_s: float
    before: dict[str, float]
    after: dict[str, float]


@dataclass(slots=True)
class Setting:
    """The player sets the corners of the picture by hand."""

    corners: Corners = WHOLE
    """As they are now, parts of the screen."""
    number: int = 0
    """The corner that is being set."""
    hand: str | None = None
    """The hand that pulls it."""
    from_aim: tuple[float, float] = (0.0, 0.0)
    from_corner: Corner = (0.0, 0.0)
    touched_s: float = 0.0
    """When something was last done."""
    kept: bool | None = None
    """How it ended: True keeps the corners, False leaves what was before."""
    waited: bool = False
    """The game was paused when it began, and stays so when it ends."""


@dataclass(slots=True)
class World:
    seed: int
    cave: Cave
    tick: int = 0
    scene: Scene = Scene.DARK
    scene_since_s: float = 0.0
    player: Player = field(default_factory=Player)
    hands: list[HandLight] = field(default_factory=list)
    child: Child = field(default_factory=Child)
    trust: float = 15.0
    paint: NDArray[np.float32] = field(
        default_factory=lambda: np.zeros((3, PAINT_ALONG, PAINT_AROUND), dtype=np.float32)
    )
    """(tunnel, along, around): how much light the rock has kept, 0 to 1."""
    paint_version: int = 0
    """Rises when ``paint`` changes, so that a picture need not look."""
    mote: float = 1.0
    """0 to 1: the one mote of the first seconds."""
    ghost_hand: float = 0.0
    """0 to 1: the ghost that shows how to walk."""
    weary: float = 0.0
    """0 fresh to 1: how tired the player's arms are, as far as the world has noticed."""
    rim: float = 0.0
    """0 to 1: the warm rim of light that lights the player's hands for the camera."""
    way_glow: float = 0.25
    """0 to 1: glow in the way out."""
    thread: float = 0.0
    """0 to 1: the thread of light along the way."""
    ambient: float = 0.0
    """0 to 1: light that the rock has without a hand."""
    waves: list[Wave] = field(default_factory=list)
    words: list[LightWords] = field(default_factory=list)
    thrown: list[Thrown] = field(default_factory=list)
    history: list[Exchange] = field(default_factory=list)
    talk: Talk = field(default_factory=Talk)
    listening: Listening = field(default_factory=Listening)
    story: Story = field(default_factory=Story)
    light_stolen: bool = False
    level: str = "film"
    brightness: float = 1.0
    volume: float = 1.0
    paused: bool = False
    setting: Setting | None = None
    """While the corners of the picture are being set; the game waits."""
    obeyed: list[Obeyed] = field(default_factory=list)
    asks_until_s: float = 0.0
    """Until when the question whether to begin anew may be answered."""
    evenings: int = 0
    """Evenings that this player has played before."""
    recording: bool = False
    camera_on: bool = False
    microphone_on: bool = False
    voice_on: bool = True
    """Without a voice the characters' words stand as light."""

    @property
    def time_s(self) -> float:
        return self.tick / TICK_HZ
