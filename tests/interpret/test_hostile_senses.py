"""Whatever the senses report, the interpreter answers with plain finite numbers."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from game.interpret.interpreter import Interpreter
from game.sense.observations import HandSeen, HandsSeen, HeadSeen, Loudness, Observation, PointerMoved

tame = st.floats(-2.0, 2.0)
wild = st.sampled_from([0.0, 1.0, math.nan, math.inf, -1e300])
numbers = st.one_of(tame, st.floats(), wild)
points = st.one_of(
    st.lists(st.tuples(tame, tame, tame), min_size=21, max_size=21).map(tuple),
    st.lists(st.tuples(numbers, tame, tame), min_size=20, max_size=21).map(tuple),
)
hands = st.builds(
    HandSeen,
    track=st.integers(1, 3),
    side=st.sampled_from(["left", "right"]),
    score=st.floats(0.0, 1.0),
    image=points,
    world=points,
)
frames = st.builds(
    HandsSeen,
    at_s=st.just(0.0),
    captured_s=st.one_of(st.floats(0.0, 1.0), numbers),
    hands=st.lists(hands, max_size=2).map(tuple),
    aspect=st.one_of(st.just(1.5), numbers),
    brightness=numbers,
)
heads = st.builds(
    HeadSeen,
    at_s=st.just(0.0),
    captured_s=st.floats(0.0, 100.0),
    present=st.booleans(),
    position_m=st.tuples(numbers, numbers, numbers),
    yaw_rad=numbers,
)
mice = st.builds(
    PointerMoved, at_s=st.just(0.0), x=numbers, y=numbers, pinch=st.booleans(), walk=st.booleans()
)
voices = st.builds(Loudness, at_s=st.just(0.0), db=numbers, voiced=st.booleans())


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.one_of(frames, heads, mice, voices), max_size=12))
def test_nothing_that_is_seen_breaks_a_tick(observations: list[Observation]) -> None:
    interpreter = Interpreter()
    for tick, seen in enumerate([*observations, *observations[:1]]):
        intents = interpreter.tick([seen], tick / 60.0)
        numbers = [intents.walk.speed, intents.walk.heading_rad, intents.camera_dark]
        numbers += [*intents.head.offset_m, intents.head.yaw_rad, intents.speech.loudness_db]
        for hand in intents.hands:
            numbers += [*hand.aim, *(v for point in hand.shape for v in point)]
            numbers += [value.value for value in hand.actions.values()]
        assert all(math.isfinite(number) for number in numbers)
