"""How much a hand looks like each pose, 0 to 1: pure scores of one frame, without memory."""

from typing import Final

from game.interpret.hand_features import HandFeatures
from game.interpret.intents import Action

FLAT_BENDS: Final = (0.15, 0.09)
"""Mean bend of the three straightest fingers from which a hand is not flat at all, and wholly flat. Palms
that people held out before cameras measured 0.04 to 0.10, hands at ease 0.15 and more."""


STRAIGHT_BENDS: Final = (0.16, 0.11)
"""The same for the second straightest finger: a hand that talks may stretch one. Palms held before cameras
had two of 0.03 to 0.085."""


THUMB_OUT: Final = (0.67, 0.54)
THUMB_IN_BENDS: Final = (0.04, 0.02)
"""So much less may the fingers of a flat hand bend whose thumb lies along it (its distance from the index
finger falls from the first to the second), as the thumb of a hand at ease does: held out palms with such
thumbs had bends of 0.04 to 0.08, with the thumb away up to 0.12."""


STIFF_BENDS: Final = (0.13, 0.08)
"""The same for a palm held down, which hands that lie on a table resemble."""


PICKS: Final = (-0.6, -0.3)
"""Height of the hand's direction at which thumb and finger pick up something from a table, and from which
they do not: players pinch at what is before them in the picture."""


LIES: Final = (-0.65, -0.4)
"""The same of a half closed hand that hangs, or lies in a lap, and of one that grasps."""


STANDS: Final = (0.0, 0.4)
"""Height of the direction of a hand that lies, and of one that stands."""


AT_ONESELF: Final = (0.25, 0.45)
"""How far the palm of an upright hand looks away from the picture when it has to do with the own face
for certain not, and for certain."""


SHOWS_GAP: Final = (0.0, 0.4)
"""How far a palm looks into the picture whose thumb and finger need not quite touch: not at all, and for
certain. Of one turned aside, or to the player, the tips are seen one behind the other."""


LOOKS: Final = (0.4, 0.7)
"""How far a palm looks into the picture that may be covered, and that is not."""


SURE_SCORES: Final = (0.6, 0.8)
"""The tracker's score from which thumb and fingers are believed to touch, or one to stand out, at all, and
wholly: of a hand that is covered in part the tips are guessed. Pinches before real cameras, dark ones too,
had 0.95 and more."""


TUCKED_CURLS: Final = (1.25, 1.05)
"""Curl of a finger beside one that points when it is not tucked away at all, and when it is: of fingers that
pointed before cameras the others had 0.6 to 1.05; of a talking hand that raises one 1.05 to 1.2."""


def ramp(value: float, start: float, full: float) -> float:
    """0 at ``start``, 1 at ``full``, straight between; ``full`` may be below ``start``."""
    return min(1.0, max(0.0, (value - start) / (full - start)))


def extended(f: HandFeatures, finger: int) -> float:
    """How far a finger (0 index to 3 little) is stretched.

    A finger that points at the camera looks short; it is straight, though, and longer than the others.
    """
    by_curl = ramp(f.curls[finger], 1.2, 1.5)
    others = (sum(f.curls) - f.curls[finger]) / 3.0
    straight = ramp(f.bends[finger], 0.5, 0.25) * ramp(f.curls[finger] - others, 0.1, 0.35)
    return max(by_curl, straight)


def folded(f: HandFeatures, finger: int) -> float:
    """How far a finger is curled into the palm."""
    return ramp(f.curls[finger], 1.34, 1.1)


def openness(f: HandFeatures) -> float:
    """How open the hand is: its least stretched finger but one counts."""
    stretched = sorted(ramp(curl, 1.15, 1.4) for curl in f.curls)
    return 0.4 * stretched[0] + 0.6 * stretched[1]


def flatness(f: HandFeatures) -> float:
    """How flat an open hand is held: its fingers are straight, all but one that a tracker may see bent. A
    hand at ease is open too, but its fingers are bent."""
    return min(_unbent(f, FLAT_BENDS), ramp(sorted(f.bends)[1], *STRAIGHT_BENDS))


def _unbent(f: HandFeatures, bends: tuple[float, float]) -> float:
    """How little the fingers bend: not at all from the first on, wholly below the second; less if the thumb
    lies along the hand."""
    along = ramp(f.thumb_out, *THUMB_OUT)
    none, full = (bend - along * less for bend, less in zip(bends, THUMB_IN_BENDS, strict=True))
    return ramp(mean_bend(f), none, full)


def mean_bend(f: HandFeatures) -> float:
    """Of the three straightest fingers; 0 straight, 1 folded back."""
    return sum(sorted(f.bends)[:3]) / 3.0


def fist(f: HandFeatures) -> float:
    """How much the four fingers are closed; one finger may look half open, as trackers often have it."""
    closed = sorted(ramp(curl, 1.28, 1.02) for curl in f.curls)
    return 0.4 * closed[0] + 0.6 * closed[1]


def thumb_along(f: HandFeatures) -> float:
    """How much the thumb stands away from a fist that lies on its side, -1 pointing down to 1 pointing up."""
    sideways = ramp(abs(f.fingers[2]), 0.9, 0.7)
    out = ramp(f.thumb_out, 0.38, 0.52) * sideways
    return out * (ramp(f.thumb_up, 0.2, 0.5) - ramp(f.thumb_up, -0.2, -0.5))


def pinching(f: HandFeatures) -> float:
    """How nearly thumb and index tips touch.

    With the other fingers open nothing else looks like it, and a wide gap counts already; with them closed
    only a touch counts, and a fist or a leg of a finger walk must not look like one: grab wins.
    """
    # Two of the other three: the little finger of many hands bends along. Of a hand at ease, half closed, the
    # tips are near each other too: only a touch counts.
    others_open = ramp(sorted(f.curls[1:])[1], 1.3, 1.6)
    wide = ramp(f.pinch, 0.55, 0.25) * others_open * ramp(f.normal[1], *SHOWS_GAP)
    # With two fingers clear of the palm it is no fist, nor where the tips meet: then the index finger may
    # bend as far as it likes.
    meets = ramp(f.pinch, 0.15, 0.06)
    bent = max(ramp(f.curls[0], 1.05, 1.25), ramp(sorted(f.curls[1:])[1], 1.2, 1.35), meets)
    folded = max(f.curls[2], f.curls[3])
    legs = max(ramp(f.curls[1] - folded, 0.35, 0.15), meets, ramp(folded, 1.25, 1.4))
    touch = ramp(f.pinch, 0.36, 0.2) * bent * legs
    # Fingers that hang over what lies before one pick it up.
    return max(wide, touch) * ramp(f.fingers[2], *PICKS)


def at_oneself(f: HandFeatures) -> float:
    """How surely a hand that stands with its back to the picture holds a chin, a cup, glasses or a hair."""
    return ramp(-f.normal[1], *AT_ONESELF) * ramp(f.fingers[2], 0.6, 0.8)


def pose_scores(f: HandFeatures) -> dict[Action, float]:
    """The score of every action that one frame can show; the others need time and are not in it."""
    open_hand = openness(f) * flatness(f)
    closed = fist(f)
    thumb = thumb_along(f)
    # A fist may have one finger half open, but a thumb speaks of a fist whose index finger does not.
    tucked = ramp(f.curls[0], 1.5, 1.25)
    # What is busy with the own face neither grasps nor pinches what is in the picture, nor points.
    away = at_oneself(f)
    up, forward = f.normal[2], f.normal[1]
    fingers_up = f.fingers[2]
    rest = [ramp(curl, *TUCKED_CURLS) for curl in f.curls[1:]]
    leads = ramp(f.curls[0] - max(f.curls[1:]), 0.2, 0.45)
    # Fingers that pointed before cameras had bends of 0 to 0.23, raised ones of hands that talk 0.15 to 0.3.
    straight = ramp(f.bends[0], 0.45, 0.2)
    point = min(extended(f, 0), leads, straight, 0.6 * min(rest) + 0.4 * sorted(rest)[1])
    around = [folded(f, finger) for finger in (0, 2, 3)]
    stands_out = ramp(f.curls[1] - max(f.curls[0], f.curls[2], f.curls[3]), 0.2, 0.4)
    seen = ramp(f.score, *SURE_SCORES)
    # A middle finger that means something stands up; one of a hand that lies in the lap does not.
    rude = min(extended(f, 1), stands_out, *around) * seen * ramp(fingers_up, *STANDS)
    # A palm that looks into the picture is not covered, however unsure the tracker is of it in the dark.
    touches = max(seen, ramp(f.normal[1], *LOOKS))
    pinch = pinching(f) * (1.0 - closed) * touches * (1.0 - away)
    return {
        Action.POINT: point * (1.0 - pinch) * (1.0 - away),
        Action.PINCH: pinch,
        Action.GRASP: closed
        * (1.0 - abs(thumb))
        * (1.0 - max(point, rude))
        * (1.0 - away)
        * ramp(fingers_up, *LIES),
        Action.PALM_OUT: open_hand * ramp(forward, 0.4, 0.7) * ramp(fingers_up, 0.4, 0.7) * (1.0 - pinch),
        Action.PALM_UP: open_hand * ramp(up, 0.25, 0.5) * ramp(fingers_up, 0.6, 0.35),
        Action.PALM_DOWN: openness(f)
        * _unbent(f, STIFF_BENDS)
        * ramp(up, -0.25, -0.5)
        * ramp(fingers_up, 0.85, 0.65),
        Action.THUMB_UP: closed * tucked * max(0.0, thumb),
        Action.THUMB_DOWN: closed * tucked * max(0.0, -thumb),
        Action.RUDE: rude,
    }


POSES: Final = (
    Action.POINT,
    Action.PINCH,
    Action.GRASP,
    Action.PALM_OUT,
    Action.PALM_UP,
    Action.PALM_DOWN,
    Action.THUMB_UP,
    Action.THUMB_DOWN,
    Action.RUDE,
)
"""Actions that are a pose of one moment, in a fixed order."""


def readiness(f: HandFeatures) -> dict[Action, bool]:
    """Whether each pose, and each movement but walking and throwing, can be made from here."""
    open_hand = openness(f) > 0.4
    closed = fist(f) > 0.4
    return {
        Action.POINT: extended(f, 0) > 0.4,
        Action.PINCH: not closed and f.pinch < 1.2,
        Action.GRASP: open_hand or closed,
        Action.PALM_OUT: open_hand,
        Action.PALM_UP: open_hand,
        Action.PALM_DOWN: open_hand,
        Action.THUMB_UP: closed,
        Action.THUMB_DOWN: closed,
        Action.RUDE: closed or extended(f, 1) > 0.4,
        Action.PUSH: open_hand and f.normal[1] > 0.3,
        Action.CALL: open_hand,
    }
