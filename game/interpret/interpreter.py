"""Observations in, intents out, once a tick: the only door between the senses and the world."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from game.interpret.body import Body
from game.interpret.calibration import Calibration
from game.interpret.endurance import Arm
from game.interpret.gait import Step, UsualPace
from game.interpret.hand import Hand
from game.interpret.hand_features import measure
from game.interpret.head_state import CameraPose, HeadState
from game.interpret.intents import Arms, GestureEvent, Intents, Walk
from game.interpret.light_need import LightNeed
from game.interpret.pointer import Pointer
from game.interpret.reach import Reach
from game.interpret.together import Together
from game.interpret.voice_state import VoiceState
from game.interpret.walking import RestingYaw
from game.sense.observations import (
    ClipPlayed,
    CommandHeard,
    CommandTakenBack,
    HandSeen,
    HandsSeen,
    HeadSeen,
    Heard,
    HeardSoFar,
    Loudness,
    Observation,
    PlayerAway,
    PlayerBack,
    PointerMoved,
    ReplyEnded,
    SecondVoice,
    SenseFound,
    SenseLost,
    SentenceSpoken,
    Side,
    SpeechPaused,
    SpeechStarted,
    TurnUnderstood,
    VoiceFell,
    VoiceSounds,
    VoiceTalks,
)

LOST_AFTER_S: Final = 0.25
"""A hand whose newest picture is older than this is lost; before a slow camera ..."""
LOST_FRAMES: Final = 5.1
LOST_AFTER_MOST_S: Final = 0.45
"""... after so many of its frames: a missed picture or two, of a hand that is thrown forward, are no loss."""
REMEMBERED_S: Final = 0.85
"""A hand that comes back within this time goes on with what it did: one that throws before a slow camera is
not seen for as long."""
USUAL_FRAME_S: Final = 1.0 / 30.0


@dataclass(slots=True)
class _Told:
    """What goes to the world as it came: words, commands, replies, news of the senses."""

    heard: list[Heard] = field(default_factory=list)
    heard_so_far: list[HeardSoFar] = field(default_factory=list)
    second_voice: bool = False
    commands: list[CommandHeard] = field(default_factory=list)
    taken_back: list[CommandTakenBack] = field(default_factory=list)
    replies: list[TurnUnderstood | SentenceSpoken | ReplyEnded] = field(default_factory=list)
    played: list[ClipPlayed] = field(default_factory=list)
    senses: list[SenseLost | SenseFound] = field(default_factory=list)
    presence: list[PlayerAway | PlayerBack] = field(default_factory=list)

    def take(self, seen: Observation) -> None:
        match seen:
            case Heard():
                self.heard.append(seen)
            case SecondVoice():
                self.second_voice = True
            case HeardSoFar():
                self.heard_so_far.append(seen)
            case CommandHeard():
                self.commands.append(seen)
            case CommandTakenBack():
                self.taken_back.append(seen)
            case TurnUnderstood() | SentenceSpoken() | ReplyEnded():
                self.replies.append(seen)
            case ClipPlayed():
                self.played.append(seen)
            case SenseLost() | SenseFound():
                self.senses.append(seen)
            case PlayerAway() | PlayerBack():
                self.presence.append(seen)
            case _:
                pass


class Interpreter:
    """Holds what must be remembered between ticks. The same observations at the same ticks give the same
    intents; there is no clock in here."""

    def __init__(self, calibration: Calibration | None = None) -> None:
        self._calibration = calibration or Calibration()
        self._hands: dict[int, Hand] = {}
        self._missed: dict[int, Hand] = {}
        """Hands out of sight that may still come back."""
        self._reach = Reach()
        self._rest: dict[Side, RestingYaw] = {"left": RestingYaw(), "right": RestingYaw()}
        self._pace = UsualPace()
        self._body = Body()
        self._arms: dict[Side, Arm] = {"left": Arm(), "right": Arm()}
        self._voice = VoiceState()
        self._head = HeadState(self._calibration.camera)
        self._pointer = Pointer()
        self._light = LightNeed()
        self._together = Together()
        self._newest_s = -1.0
        self._frame_s = USUAL_FRAME_S
        self.steps: tuple[Step, ...] = ()
        """Steps that the last tick made certain; the world sees only their number."""

    @property
    def camera_corrected(self) -> CameraPose | None:
        """The room's camera as the player's "recenter" found it; None before."""
        return self._head.corrected

    def tick(self, observations: Sequence[Observation], now_s: float) -> Intents:
        """Everything that the player means at the tick of ``now_s``; ``observations`` are what became known
        since the tick before, in the order of their arrival."""
        gestures: list[GestureEvent] = []
        steps: list[Step] = []
        told = _Told()
        for seen in observations:
            if isinstance(seen, HandsSeen):
                self._see(seen, gestures, steps)
            else:
                self._follow(seen)
                told.take(seen)
        gestures += self._pass_time(now_s)
        if self._hands:
            self._pointer.withdraw()
        pointer, events, pointer_walk = self._pointer.at(now_s)
        gestures += events
        hands = [hand.intent(now_s) for _, hand in sorted(self._hands.items())]
        if pointer is not None:
            hands.append(pointer)
        hands = [replace(hand, aim=self._calibration.aimed(hand.aim)) for hand in hands]
        self.steps = tuple(steps)
        best_score = max((hand.score for hand in self._hands.values()), default=0.0)
        return Intents(
            hands=tuple(hands),
            gestures=tuple(gestures),
            walk=self._walk(len(steps)) if self._hands else pointer_walk,
            head=self._head.at(now_s),
            arms=Arms(left=self._arms["left"].spent, right=self._arms["right"].spent),
            speech=self._voice.at(now_s),
            gesturing=any(hand.talks(now_s) for hand in self._hands.values()),
            heard=tuple(told.heard),
            second_voice=told.second_voice,
            heard_so_far=tuple(told.heard_so_far),
            commands=tuple(told.commands),
            taken_back=tuple(told.taken_back),
            replies=tuple(told.replies),
            played=tuple(told.played),
            senses=tuple(told.senses),
            presence=tuple(told.presence),
            camera_dark=self._light.at(now_s, best_score=best_score),
        )

    def _follow(self, seen: Observation) -> None:
        """What an observation of anything but hands changes in what is remembered."""
        match seen:
            case HeadSeen():
                self._head.feed(seen)
                if not seen.from_rest:
                    self._body.feed(seen)
            case (
                SpeechStarted()
                | VoiceSounds()
                | VoiceTalks()
                | VoiceFell()
                | SpeechPaused()
                | Loudness()
                | Heard()
            ):
                self._voice.feed(seen)
            case CommandHeard(name="recenter"):
                self._head.recenter()
                self._reach.recenter()
            case SenseLost(sense="camera" | "eyes"):
                self._head.lose()
                self._body.lose()
                self._light.lose()
            case SenseLost(sense="microphone" | "mind"):
                self._voice.deaf(seen.at_s)
            case PointerMoved():
                self._pointer.feed(seen)
            case _:
                pass

    def _pass_time(self, now_s: float) -> list[GestureEvent]:
        """Hands go on, or are lost, or forgotten; arms without a hand rest."""
        gestures: list[GestureEvent] = []
        lost_after_s = min(LOST_AFTER_MOST_S, max(LOST_AFTER_S, LOST_FRAMES * self._frame_s))
        for track, hand in list(self._hands.items()):
            if now_s - hand.seen_s > lost_after_s:
                gestures += hand.lose(now_s)
                self._missed[track] = self._hands.pop(track)
            else:
                gestures += hand.pass_time(now_s)
        self._missed = {
            track: hand for track, hand in self._missed.items() if now_s - hand.seen_s <= REMEMBERED_S
        }
        held = {hand.side for hand in self._hands.values()}
        for side, arm in self._arms.items():
            if side not in held:
                arm.rest(now_s)
        return gestures

    def _see(self, seen: HandsSeen, gestures: list[GestureEvent], steps: list[Step]) -> None:
        if not self._newest_s < seen.captured_s < math.inf:
            return
        if self._newest_s >= 0.0:
            # Gaps of a camera that stopped for a while say nothing of its rate.
            dt_s = min(seen.captured_s - self._newest_s, LOST_AFTER_MOST_S)
            self._frame_s += (dt_s - self._frame_s) * 0.15
        self._newest_s = seen.captured_s
        self._light.feed(seen)
        shown = {one.track for one in seen.hands}
        for track, known in self._hands.items():
            if track not in shown:
                known.miss()
        measured = [(one, measure(one, aspect=seen.aspect)) for one in seen.hands]
        known_hands = [features for _, features in measured if features is not None]
        busy = self._together.feed(known_hands, seen.captured_s, aspect=seen.aspect)
        for one, features in measured:
            if features is None:
                continue
            hand = self._hands.get(one.track)
            if hand is not None and hand.side != one.side:
                # The tracker has changed its mind about the side: another hand, as far as gestures go.
                gestures += hand.lose(seen.captured_s)
                hand = None
            if hand is None:
                hand = self._found_again(one, seen.captured_s, shown)
            if hand is None:
                hand = Hand(
                    one.side,
                    reach=self._reach,
                    body=self._body,
                    arm=self._arms[one.side],
                    rest=self._rest[one.side],
                    pace=self._pace,
                )
            self._hands[one.track] = hand
            events, made = hand.feed(one, features, seen.captured_s, aspect=seen.aspect, busy=busy)
            gestures += events
            steps += made

    def _found_again(self, seen: HandSeen, captured_s: float, shown: set[int]) -> Hand | None:
        """The hand out of sight that this one is, or None. A hand that was thrown across the picture comes
        back with another track; nobody has a second one of that side."""
        for hands in (self._missed, self._hands):
            for track, hand in hands.items():
                same = track == seen.track or track not in shown
                if same and hand.side == seen.side and captured_s - hand.seen_s <= REMEMBERED_S:
                    return hands.pop(track)
        return None

    def _walk(self, steps: int) -> Walk:
        walks = [hand.walking for hand in self._hands.values() if hand.walking.active]
        if not walks:
            return Walk(steps=steps)
        best = max(walks, key=lambda walking: walking.speed_mps)
        return Walk(speed=best.speed_mps, heading_rad=best.heading_rad, steps=steps)
