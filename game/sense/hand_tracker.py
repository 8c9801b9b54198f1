"""The player's own hands in each picture: found, followed, mirrored once, each with its identity.

The mirror policy of the game is kept here and nowhere else. The networks get the picture as it was taken.
Given that, they name the person's true side, as MediaPipe 1.2 does (measured on recordings of known hands: a
person who faces the camera and lifts the right hand is labelled "Right"), so the label is kept; only x is
mirrored, so that the player's right is on the right. `observations` describes the result.
"""

import math
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from game.sense.camera import Pixels
from game.sense.dark_pictures import trust_in
from game.sense.hand_networks import HandNetworks, HandRead, Palm
from game.sense.hand_regions import Points, Window, palm_centre, palm_length, square_of_hand
from game.sense.hand_search import HandSearch, Place
from game.sense.observations import HandSeen, Point3, Side

KEEP_S: Final = 0.6
"""How long the identity of a hand that is out of sight is kept."""
MOST_VOTES_S: Final = 0.25
"""For so long a hand whose side is settled must be labelled otherwise to become the other one."""
FIRST_VOTE_S: Final = 0.033
LONGEST_VOTE_S: Final = 0.1
"""A first picture and any later one speak for no more than this."""
JUMP_WIDTHS_PER_S: Final = 4.0
"""A hand that moves faster than this (widths of the picture) is another hand."""
SAME_HAND_PALMS: Final = 0.3
"""Two detections closer than this are one hand, seen twice."""
COVER_PALMS: Final = 0.6
"""A palm found this close to a hand that is followed is that hand's."""
FIND_PALM: Final = 0.5
FIND_PRESENCE: Final = 0.5
KEEP_PRESENCE: Final = 0.5
"""Least scores, 0 to 1, for a palm, for the hand read there, and for a hand that is followed."""
LEAD: Final = 0.7
LEAD_PALMS: Final = 0.6
SLOW_PALMS: Final = 0.1
"""Share of its motion between two pictures by which a hand is looked for ahead, at most how far, and up to
where not at all."""


def player_hand(
    *, label: Side, score: float, image: tuple[Point3, ...], world: tuple[Point3, ...], track: int = 0
) -> HandSeen:
    """A hand as the landmarker saw it in the unmirrored picture, turned into the player's own view."""
    return HandSeen(
        track=track,
        side=label,
        score=min(1.0, max(0.0, score)),
        image=tuple((1.0 - x, y, z) for x, y, z in image),
        world=tuple((-x, y, z) for x, y, z in world),
    )


@dataclass(slots=True)
class _Known:
    track: int
    side: Side
    votes: float
    """Seconds of labels: positive for right, negative for left. The label of a moment does not turn a hand
    over."""
    centre: tuple[float, float]
    seen_s: float


class Identities:
    """Gives each hand a number that it keeps while it is seen, and a side that does not flicker."""

    def __init__(self) -> None:
        self._known: list[_Known] = []
        self._count = 0

    def name(self, hands: tuple[HandSeen, ...], t_s: float, *, aspect: float) -> tuple[HandSeen, ...]:
        """The same hands with ``track`` and a steady ``side``, without duplicates, in the order of tracks."""
        self._known = [known for known in self._known if t_s - known.seen_s <= KEEP_S]
        fresh: list[tuple[HandSeen, tuple[float, float]]] = []
        for hand in sorted(hands, key=lambda h: -h.score):
            centre = _centre(hand, aspect)
            if all(_gap(centre, other) > SAME_HAND_PALMS * _palm(hand, aspect) for _, other in fresh):
                fresh.append((hand, centre))
        pairs = sorted(
            (_gap(centre, known.centre) + (0.0 if hand.side == known.side else 0.1), h, k)
            for h, (hand, centre) in enumerate(fresh)
            for k, known in enumerate(self._known)
            if _gap(centre, known.centre) <= 0.1 + JUMP_WIDTHS_PER_S * (t_s - known.seen_s)
        )
        match: dict[int, _Known] = {}
        taken: set[int] = set()
        for _, h, k in pairs:
            if h not in match and k not in taken:
                match[h] = self._known[k]
                taken.add(k)
        named: list[HandSeen] = []
        for h, (hand, centre) in enumerate(fresh):
            known = match.get(h)
            lasts_s = FIRST_VOTE_S if known is None else min(LONGEST_VOTE_S, t_s - known.seen_s)
            vote = lasts_s * (hand.score if hand.side == "right" else -hand.score)
            if known is None:
                self._count += 1
                known = _Known(track=self._count, side=hand.side, votes=vote, centre=centre, seen_s=t_s)
                self._known.append(known)
            else:
                known.votes = max(-MOST_VOTES_S, min(MOST_VOTES_S, known.votes + vote))
                known.centre, known.seen_s = centre, t_s
                if abs(known.votes) >= FIRST_VOTE_S:
                    known.side = "right" if known.votes > 0.0 else "left"
            named.append(replace(hand, track=known.track, side=known.side))
        return _one_of_each(sorted(named, key=lambda h: h.track), {k.track: k.votes for k in self._known})


def _one_of_each(hands: list[HandSeen], votes: dict[int, float]) -> tuple[HandSeen, ...]:
    """Nobody has two right hands: of two with one side the less certain one is the other hand."""
    if len(hands) == 2 and hands[0].side == hands[1].side:
        weaker = 0 if abs(votes[hands[0].track]) < abs(votes[hands[1].track]) else 1
        other: Side = "left" if hands[weaker].side == "right" else "right"
        hands[weaker] = replace(hands[weaker], side=other)
    return tuple(hands)


def palm_place(hand: HandSeen, aspect: float) -> tuple[float, float, float]:
    """x, y and length of the hand's palm, in widths of the picture."""
    return *_centre(hand, aspect), _palm(hand, aspect)


def _centre(hand: HandSeen, aspect: float) -> tuple[float, float]:
    xs = [hand.image[i][0] for i in (0, 5, 9, 13, 17)]
    ys = [hand.image[i][1] for i in (0, 5, 9, 13, 17)]
    return sum(xs) / 5.0, sum(ys) / 5.0 / aspect


def _palm(hand: HandSeen, aspect: float) -> float:
    (x0, y0, _), (x1, y1, _) = hand.image[0], hand.image[9]
    return math.hypot(x1 - x0, (y1 - y0) / aspect)


def _gap(a: tuple[float, float], b: tuple[float, float]) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])


@dataclass(slots=True)
class _Followed:
    """A hand from the picture in which it was found."""

    read: HandRead
    seen_s: float
    speed: tuple[float, float] = (0.0, 0.0)
    """Of the palm, pixels a second."""

    def lead(self, t_s: float, palm: float) -> tuple[float, float]:
        """How far the hand has probably gone by ``t_s``, pixels; a slow one is met where it was, so that its
        landmarks do not tremble with its square."""
        dx, dy = (v * (t_s - self.seen_s) * LEAD for v in self.speed)
        way = math.hypot(dx, dy)
        if way < SLOW_PALMS * palm:
            return 0.0, 0.0
        share = min(1.0, LEAD_PALMS * palm / way)
        return dx * share, dy * share

    def move(self, read: HandRead, way: Points, t_s: float) -> None:
        """It was read again, ``way`` pixels further on."""
        dt_s = t_s - self.seen_s
        if dt_s > 0.0:
            self.speed = (float(way[0]) / dt_s, float(way[1]) / dt_s)
        self.read, self.seen_s = read, t_s


class HandTracker:
    """Finds hands in each picture, on the calling thread: a hand that is seen is followed by its landmarks, a
    missing one is looked for now and then (`hand_search`).

    Raises `SourceError` with a sentence when the model cannot be loaded.
    """

    def __init__(self, model: Path) -> None:
        self._networks = HandNetworks(model)
        self._max_hands = 2
        self._size = (0, 0)
        self._search = HandSearch()
        self._followed: list[_Followed] = []
        self._identities = Identities()

    def detect(self, rgb: Pixels, captured_s: float, *, people: int = 1) -> tuple[HandSeen, ...]:
        """Two hands for each of the ``people`` in an unmirrored (height, width, 3) picture taken at
        ``captured_s``."""
        height, width = rgb.shape[:2]
        if self._size != (width, height):
            self._size, self._followed = (width, height), []
        self._follow(rgb, captured_s)
        self._max_hands = 2 * people
        if len(self._followed) < self._max_hands:
            window = self._search.next_window(rgb, captured_s, seen=[_place(h.read) for h in self._followed])
            if window is not None:
                self._look(rgb, window, captured_s)
        seen = tuple(_hand_seen(hand, width, height) for hand in self._followed)
        return self._identities.name(seen, captured_s, aspect=width / height)

    def close(self) -> None:
        """Forget every hand."""
        self._followed = []

    def _follow(self, rgb: Pixels, t_s: float) -> None:
        kept: list[_Followed] = []
        for hand in self._followed:
            centre, palm = palm_centre(hand.read.points), palm_length(hand.read.points)
            dx, dy = hand.lead(t_s, palm)
            read = self._networks.read(rgb, square_of_hand(hand.read.points).moved(dx, dy))
            if read.presence < KEEP_PRESENCE or not _plausible(read, palm):
                self._search.lose(_place(hand.read), t_s)
                continue
            hand.move(read, palm_centre(read.points) - centre, t_s)
            if all(not _one_hand(read, other.read) for other in kept):
                kept.append(hand)
        self._followed = kept

    def _look(self, rgb: Pixels, window: Window, t_s: float) -> None:
        for palm in self._networks.palms(rgb, window, least=FIND_PALM):
            if len(self._followed) >= self._max_hands:
                break
            if any(_covers(hand.read, palm) for hand in self._followed):
                continue
            read = self._networks.read(rgb, palm.square)
            if read.presence < FIND_PRESENCE or any(_one_hand(read, hand.read) for hand in self._followed):
                continue
            self._followed.append(_Followed(read=read, seen_s=t_s))
            self._search.found(palm.x, palm.y)


def _place(read: HandRead) -> Place:
    x, y = palm_centre(read.points)
    return Place(x=float(x), y=float(y), palm=palm_length(read.points))


def _plausible(read: HandRead, palm: float) -> bool:
    """A palm does not shrink or grow several times between two pictures: that is a slip of the landmarks."""
    return bool(np.isfinite(read.points).all()) and 0.3 * palm < palm_length(read.points) < 3.0 * palm


def _one_hand(a: HandRead, b: HandRead) -> bool:
    gap = float(np.hypot(*(palm_centre(a.points) - palm_centre(b.points))))
    return gap < SAME_HAND_PALMS * max(palm_length(a.points), palm_length(b.points))


def _covers(read: HandRead, palm: Palm) -> bool:
    """Whether the found palm belongs to a hand that is known already."""
    x, y = palm_centre(read.points)
    return math.hypot(palm.x - x, palm.y - y) < COVER_PALMS * max(palm_length(read.points), 0.7 * palm.side)


def _hand_seen(hand: _Followed, width: int, height: int) -> HandSeen:
    size = np.array([width, height, width], dtype=np.float64)
    image = (hand.read.points / size).tolist()
    right = hand.read.right
    return player_hand(
        label="right" if right >= 0.5 else "left",
        score=max(right, 1.0 - right) * trust_in(hand.read.light),
        image=tuple((x, y, z) for x, y, z in image),
        world=tuple((x, y, z) for x, y, z in hand.read.world.tolist()),
    )
