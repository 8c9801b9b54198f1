"""A session through OpenXR, before a scripted runtime: its states, its frames, and all that can go away."""

import ctypes

import pytest

from game.present.display.headset import openxr
from game.present.display.headset.instance import Instance
from game.present.display.headset.openxr import OpenXrRuntime
from game.present.display.headset.runtime import Blend, HeadsetLost, NoHeadset, State
from game.present.display.headset.swapchains import GlFault
from tests.present.display.headset.scripted_xr import ScriptedXr
from tests.present.display.headset.xr_state import HANDS, OPENGL, PASSTHROUGH
from tests.present.display.headset.xr_structures import (
    JOINTS,
    InstanceLostError,
    PathUnsupportedError,
    ReferenceSpaceType,
    SessionLostError,
    SessionState,
    StructureType,
    ViewStateFlags,
)

S = SessionState
WORN = (S.IDLE, S.READY, S.SYNCHRONIZED, S.VISIBLE, S.FOCUSED)


class Copies:
    """In place of OpenGL's copies: which texture went into which."""

    def __init__(self) -> None:
        self.made: list[tuple[int, int]] = []
        self.fault: GlFault | None = None
        Copies.last = self

    last: "Copies"

    def copy(self, source: int, target: int, size: tuple[int, int]) -> None:
        if self.fault is not None:
            raise self.fault
        self.made.append((source, target))

    def close(self) -> None:
        self.made.clear()


@pytest.fixture(autouse=True)
def without_opengl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openxr, "Copier", Copies)
    monkeypatch.setattr(openxr, "current_binding", lambda *_: ctypes.c_int(1))
    monkeypatch.setattr(openxr, "_ENDS_WITHIN_S", 0.2)


def session(xr: ScriptedXr) -> OpenXrRuntime:
    return OpenXrRuntime(Instance(xr, platform="linux"))


def worn(xr: ScriptedXr) -> OpenXrRuntime:
    runtime = session(xr)
    xr.told(*WORN)
    assert runtime.poll() is State.PLAYED
    return runtime


def closed(xr: ScriptedXr, runtime: OpenXrRuntime) -> None:
    """Ends the session, which must have kept the rules and leave nothing open."""
    runtime.close()
    runtime.close()
    assert xr.faults == []
    assert +xr.alive == {}


def test_a_session_goes_through_its_states_and_leaves_nothing_open() -> None:
    xr = ScriptedXr()
    runtime = session(xr)
    assert runtime.poll() is State.AWAY
    seen = []
    for state in WORN:
        xr.told(state)
        seen.append(runtime.poll())
    assert seen == [State.AWAY, State.HIDDEN, State.HIDDEN, State.SEEN, State.PLAYED]
    for _ in range(5):
        runtime.begin()
        assert runtime.eyes() is not None
        runtime.end((1, 2))
    assert runtime.frames == (5, 5, 5)
    closed(xr, runtime)
    assert runtime.state is State.ENDED
    waited, begun, ended = runtime.frames
    assert waited == begun == ended


def test_a_headset_that_is_put_down_and_taken_up_again_begins_again() -> None:
    xr = ScriptedXr()
    runtime = worn(xr)
    xr.told(S.VISIBLE)
    assert runtime.poll() is State.SEEN
    # Without the focus the controllers are the menu's.
    assert runtime.controllers() == ()
    xr.told(S.SYNCHRONIZED, S.STOPPING)
    assert runtime.poll() is State.AWAY
    assert not xr.running
    xr.told(S.READY, S.SYNCHRONIZED, S.VISIBLE, S.FOCUSED)
    assert runtime.poll() is State.PLAYED
    assert xr.running
    closed(xr, runtime)


def test_whoever_quits_in_the_headset_ends_the_session() -> None:
    xr = ScriptedXr()
    runtime = worn(xr)
    xr.exits = True
    xr.told(S.VISIBLE, S.SYNCHRONIZED, S.STOPPING)
    assert runtime.poll() is State.ENDED
    closed(xr, runtime)


@pytest.mark.parametrize(
    ("listed", "modes", "blend", "mode", "flags"),
    [
        ((OPENGL,), ("OPAQUE", "ADDITIVE", "ALPHA_BLEND"), Blend.ALPHA, "ALPHA_BLEND", [2]),
        ((OPENGL,), ("OPAQUE", "ADDITIVE"), Blend.ADDITIVE, "ADDITIVE", [0]),
        ((OPENGL,), ("OPAQUE",), Blend.OPAQUE, "OPAQUE", [0]),
        # The room is a layer of its own, below the game's.
        ((OPENGL, PASSTHROUGH), ("OPAQUE",), Blend.ALPHA, "OPAQUE", [2, 2]),
    ],
)
def test_only_what_the_runtime_lists_is_submitted(
    listed: tuple[str, ...], modes: tuple[str, ...], blend: Blend, mode: str, flags: list[int]
) -> None:
    xr = ScriptedXr(listed=listed, modes=modes)
    runtime = worn(xr)
    assert runtime.blend is blend
    runtime.begin()
    runtime.eyes()
    runtime.end((1, 2))
    runtime.begin()
    runtime.end(None)
    shown, empty = xr.ended
    assert (shown.mode, shown.flags) == (mode, flags)
    assert shown.kinds == ([2, 1] if PASSTHROUGH in listed else [1])
    assert empty.kinds == []
    closed(xr, runtime)


def test_each_eye_goes_into_its_own_image() -> None:
    xr = ScriptedXr()
    runtime = worn(xr)
    runtime.begin()
    runtime.eyes()
    runtime.end((41, 42))
    (left, into_left), (right, into_right) = Copies.last.made
    assert (left, right) == (41, 42)
    assert into_left != into_right
    assert set(xr.images.values()) == {0}
    closed(xr, runtime)


def test_a_discarded_frame_is_begun_all_the_same() -> None:
    xr = ScriptedXr()
    runtime = worn(xr)
    xr.discards = True
    runtime.begin()
    runtime.end(None)
    assert runtime.frames == (1, 1, 1)
    closed(xr, runtime)


def test_a_frame_says_when_it_is_seen_and_whether() -> None:
    xr = ScriptedXr()
    runtime = worn(xr)
    # The scripted clock stands at one second, the frame is seen 20 ms later.
    beat = runtime.begin()
    assert beat.seen_in_s == pytest.approx(0.02)
    assert beat.shows
    runtime.end(None)
    xr.renders = False
    assert not runtime.begin().shows
    runtime.end(None)
    closed(xr, runtime)
    without = ScriptedXr(listed=(OPENGL,))
    runtime = worn(without)
    assert runtime.begin().seen_in_s == pytest.approx(1.0 / 90.0, abs=1e-4)
    runtime.end(None)
    closed(without, runtime)


def test_eyes_are_in_the_games_axes_and_unknown_ones_are_none() -> None:
    xr = ScriptedXr()
    runtime = worn(xr)
    runtime.begin()
    eyes = runtime.eyes()
    assert eyes is not None
    middle = [(a + b) / 2 for a, b in zip(eyes[0].pose.at_m, eyes[1].pose.at_m, strict=True)]
    assert middle == pytest.approx((0.3, -0.2, 1.7))
    assert eyes[0].fov == (-0.9, 0.7, 0.75, -0.85)
    xr.view_flags = ViewStateFlags.ORIENTATION_VALID_BIT
    assert runtime.eyes() is None
    runtime.end(None)
    closed(xr, runtime)


def test_hands_that_are_seen_are_told_with_how_sure_they_are() -> None:
    xr = ScriptedXr()
    runtime = worn(xr)
    assert runtime.tracks_hands
    runtime.begin()
    xr.loose = 13
    (left,) = runtime.hands()
    assert (left.side, len(left.places), left.sure) == ("left", JOINTS, 0.5)
    assert left.places[10] == pytest.approx((0.1, 0.4, 1.2))
    xr.hands = {1: False, 2: False}
    assert runtime.hands() == ()
    runtime.end(None)
    closed(xr, runtime)


def test_a_headset_without_hands_has_controllers() -> None:
    xr = ScriptedXr(listed=(OPENGL,))
    xr.held, xr.stick = {2}, {"select": 0.9, "walk": 0.5, "turn": -0.8}
    runtime = worn(xr)
    assert runtime.hands() == ()
    runtime.begin()
    (right,) = runtime.controllers()
    assert right.side == "right"
    assert right.grip.at_m == pytest.approx((0.2, 0.4, 1.2))
    assert (right.select, right.walk, right.turn) == (0.9, 0.5, -0.8)
    runtime.end(None)
    closed(xr, runtime)


def test_hands_that_a_runtime_tells_of_as_controllers_pinch() -> None:
    plain, with_hands = ScriptedXr(listed=(OPENGL,)), ScriptedXr()
    for xr in (plain, with_hands):
        closed(xr, session(xr))
    assert with_hands.suggested.count("select") == plain.suggested.count("select") + 2


def test_a_controller_that_the_runtime_does_not_know_is_left_out() -> None:
    xr = ScriptedXr()
    xr.fails["suggest"] = PathUnsupportedError()
    closed(xr, worn(xr))


def test_the_floor_is_the_rooms_or_below_the_eyes() -> None:
    staged = ScriptedXr()
    runtime = session(staged)
    assert runtime.floor
    closed(staged, runtime)
    local = ScriptedXr(spaces=(ReferenceSpaceType.LOCAL,))
    runtime = session(local)
    assert not runtime.floor
    closed(local, runtime)


def test_the_headsets_own_button_recentres() -> None:
    xr = ScriptedXr()
    runtime = worn(xr)
    assert not runtime.recentred()
    xr.events.append(event(xr, StructureType.EVENT_DATA_REFERENCE_SPACE_CHANGE_PENDING))
    runtime.poll()
    assert runtime.recentred()
    assert not runtime.recentred()
    closed(xr, runtime)


def event(xr: ScriptedXr, kind: StructureType) -> object:
    return xr.EventDataSessionStateChanged(kind, 0)


@pytest.mark.parametrize("call", ["poll_event", "wait_frame", "begin_frame", "locate_views", "end_frame"])
@pytest.mark.parametrize(
    ("error", "said"),
    [
        (InstanceLostError(), "The OpenXR runtime went away."),
        (SessionLostError(), "The connection with the headset was lost."),
    ],
)
def test_a_runtime_that_dies_in_any_call_is_one_sentence(call: str, error: Exception, said: str) -> None:
    xr = ScriptedXr()
    runtime = worn(xr)
    xr.fails[call] = error  # type: ignore[assignment]

    def frame() -> None:
        runtime.poll()
        runtime.begin()
        runtime.eyes()
        runtime.end((1, 2))

    with pytest.raises(HeadsetLost) as lost:
        frame()
    assert str(lost.value) == said
    runtime.close()
    assert +xr.alive == {}


@pytest.mark.parametrize(
    ("news", "said"),
    [
        (S.LOSS_PENDING, "The connection with the headset is going away."),
        (None, "The OpenXR runtime is going away."),
    ],
)
def test_a_loss_that_is_announced_is_told(news: SessionState | None, said: str) -> None:
    xr = ScriptedXr()
    runtime = worn(xr)
    if news is None:
        xr.events.append(event(xr, StructureType.EVENT_DATA_INSTANCE_LOSS_PENDING))
    else:
        xr.told(news)
    with pytest.raises(HeadsetLost) as lost:
        runtime.poll()
    assert str(lost.value) == said
    runtime.close()
    assert +xr.alive == {}


def test_a_graphics_driver_that_refuses_gives_the_image_back() -> None:
    xr = ScriptedXr()
    runtime = worn(xr)
    runtime.begin()
    Copies.last.fault = GlFault("invalid operation")
    with pytest.raises(HeadsetLost, match="does not give the picture to the headset: invalid operation"):
        runtime.end((1, 2))
    assert set(xr.images.values()) == {0}
    runtime.close()
    assert +xr.alive == {}


def test_a_runtime_without_eight_bits_of_alpha_is_no_headset() -> None:
    xr = ScriptedXr(formats=(0x8058 + 1,))
    with pytest.raises(NoHeadset, match="eight bits with alpha"):
        session(xr)
    assert +xr.alive == {}


def test_what_lacks_when_a_session_is_made_leaves_nothing_open() -> None:
    xr = ScriptedXr(listed=(OPENGL, HANDS))
    xr.fails["create_hand_tracker"] = SessionLostError()
    with pytest.raises(NoHeadset, match="The connection with the headset was lost"):
        session(xr)
    assert xr.alive["instance"] == xr.alive["session"] == xr.alive["swapchain"] == 0


def test_fifty_sessions_leave_no_handle() -> None:
    xr = ScriptedXr()
    for _ in range(50):
        runtime = worn(xr)
        runtime.begin()
        runtime.eyes()
        runtime.end((1, 2))
        closed(xr, runtime)
        xr.exits = False
