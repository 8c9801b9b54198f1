from dataclasses import replace

from game.sense.hand_model import Pose
from game.sense.head_tracker import Face
from game.sense.observations import HandSeen
from game.sense.synthetic_player import Stroke, SyntheticPlayer
from game.sense.whose_hands import Owners, remoteness

ASPECT = 16.0 / 9.0
PLAYER = Face(x=0.3, y=0.2, width=0.12)
FRIEND = Face(x=0.75, y=0.2, width=0.08)


def hand(x: float, y: float, track: int, *, palm: float = 0.07) -> HandSeen:
    """An open hand with its palm at ``x``, ``y`` (in widths of the picture) and a palm of this length."""
    stroke = Stroke(t_s=0.0, pose=Pose.OPEN, where=(x, y * ASPECT), side="right")
    seen = SyntheticPlayer([stroke]).hands_until(0.0)[0].hands[0]
    wrist, middle = seen.image[0], seen.image[9]
    length = ((middle[0] - wrist[0]) ** 2 + ((middle[1] - wrist[1]) / ASPECT) ** 2) ** 0.5
    scale = palm / length
    image = tuple(
        (x + (p - x) * scale, y * ASPECT + (q - y * ASPECT) * scale, z * scale) for p, q, z in seen.image
    )
    return replace(seen, track=track, image=image)


def test_with_one_face_all_hands_are_the_player_s() -> None:
    hands = (hand(0.9, 0.5, 1), hand(0.1, 0.5, 2))
    assert Owners().own(hands, [PLAYER], aspect=ASPECT) == hands
    assert Owners().own(hands, [], aspect=ASPECT) == hands


def test_hands_belong_to_the_nearer_face() -> None:
    hands = (hand(0.15, 0.4, 1), hand(0.4, 0.45, 2), hand(0.8, 0.35, 3, palm=0.05))
    own = Owners().own(hands, [PLAYER, FRIEND], aspect=ASPECT)
    assert [h.track for h in own] == [1, 2]


def test_a_small_hand_before_the_player_is_the_friend_s_behind() -> None:
    near, far = hand(0.52, 0.35, 1, palm=0.08), hand(0.52, 0.35, 1, palm=0.02)
    friend = Face(x=0.62, y=0.2, width=0.04)
    assert Owners().own((near,), [PLAYER, friend], aspect=ASPECT) == (near,)
    assert Owners().own((far,), [PLAYER, friend], aspect=ASPECT) == ()


def test_a_hand_between_two_faces_keeps_its_owner() -> None:
    owners = Owners()
    two = [PLAYER, Face(x=0.7, y=0.2, width=0.12)]
    for x in (0.4, 0.45, 0.5, 0.53, 0.49, 0.52):
        assert len(owners.own((hand(x, 0.4, 1),), two, aspect=ASPECT)) == 1
    assert owners.own((hand(0.68, 0.4, 1),), two, aspect=ASPECT) == ()
    assert owners.own((hand(0.5, 0.4, 1),), two, aspect=ASPECT) == ()  # and its other owner as well
    assert len(owners.own((hand(0.35, 0.4, 1),), two, aspect=ASPECT)) == 1


def test_remoteness_grows_with_the_way_from_the_face() -> None:
    ways = [remoteness(hand(x, 0.3, 1), PLAYER, aspect=ASPECT) for x in (0.3, 0.5, 0.7, 0.9)]
    assert ways == sorted(ways)
